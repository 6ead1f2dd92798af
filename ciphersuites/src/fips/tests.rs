use super::*;

#[test]
fn there_is_a_module_where_the_feature_says_so() {
    let module = module();
    assert_eq!(module.is_ok(), IS_ENABLED);
    match module {
        Ok(module) => assert!(module.module_version >= 4, "{module:?}"),
        Err(error) => assert_eq!(error, ModuleError::NotBuilt),
    }
}

#[cfg(feature = "fips")]
mod services;
