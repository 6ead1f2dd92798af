//! The fuzz targets for a few seconds each, with the same inputs in every run. `FUZZ_FACTOR` multiplies how many there
//! are; `interop/scripts/fuzz` is for those that libFuzzer finds.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a test that says what was run")]

use hostile::bounded::run;
use hostile::targets::ALL;

fn target(name: &str) {
    let target = ALL.iter().find(|target| target.name == name);
    println!("{}", run(target.expect("a target")));
}

macro_rules! tests {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                target(stringify!($name));
            }
        )*

        #[test]
        fn no_target_is_left_out() {
            let tested = [$(stringify!($name)),*];
            assert!(ALL.iter().map(|target| target.name).eq(tested), "{tested:?}");
        }
    };
}

tests!(client_hellos handshakes messages policies records remote_signer sessions texts);
