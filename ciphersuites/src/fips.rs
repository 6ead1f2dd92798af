//! AWS-LC's FIPS module: whether this build uses it, whether it is in order, and what it says of its services.
//!
//! With the feature `fips` all cryptography of this crate is the module's. Then the policy `default` is
//! `default_fips`. Three things are kept apart here:
//!
//! - *in order*: the module has passed its self-tests and is in FIPS mode, see [`module`];
//! - *approved*: what a service of the module is by its own service indicator, see [`observe`];
//! - *validated*: what a certificate of NIST's Cryptographic Module Validation Program says of one version of the
//!   module, on the platforms that it lists. No program can know that of itself: it has to be looked up.

use std::fmt;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

pub(crate) mod indicator;

pub use indicator::{Service, Services, observe};

/// Whether this build is one on the FIPS module, which is for the feature `fips` to say.
pub const IS_ENABLED: bool = cfg!(feature = "fips");

/// A FIPS module that is in order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Module {
    /// The version of the AWS-LC that the module is part of.
    pub library_version: &'static str,
    /// The major version of the module, which its certificates go by.
    pub module_version: u32,
    /// Whether the module's entropy comes from CPU jitter, a source that is part of the module.
    pub has_jitter_entropy: bool,
    /// How long the self-tests took that were run by [`module`].
    pub self_tests_took: Duration,
}

/// Why there is no FIPS module to rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModuleError {
    /// This build has none.
    NotBuilt,
    /// The library that is linked is not in FIPS mode.
    NotInFipsMode,
    /// A self-test failed. The module must not be used any more.
    SelfTestFailed,
}

impl fmt::Display for ModuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotBuilt => "this build has no FIPS module: build it with the feature `fips`",
            Self::NotInFipsMode => "the cryptographic library is not in FIPS mode",
            Self::SelfTestFailed => "a self-test of the FIPS module failed",
        })
    }
}

impl std::error::Error for ModuleError {}

/// The FIPS module, after its self-tests. They are run the first time, and what came of them is kept.
///
/// # Errors
/// There is no module, or it is not in order.
pub fn module() -> Result<Module, ModuleError> {
    static MODULE: OnceLock<Result<Module, ModuleError>> = OnceLock::new();
    MODULE.get_or_init(test_module).clone()
}

fn test_module() -> Result<Module, ModuleError> {
    if !IS_ENABLED {
        return Err(ModuleError::NotBuilt);
    }
    aws_lc_rs::try_fips_mode().map_err(|_| ModuleError::NotInFipsMode)?;
    let start = Instant::now();
    aws_lc_rs::try_fips_self_test().map_err(|_| ModuleError::SelfTestFailed)?;
    Ok(Module {
        library_version: aws_lc_rs::awslc_version(),
        module_version: aws_lc_rs::fips_version().ok_or(ModuleError::NotInFipsMode)?,
        has_jitter_entropy: has_jitter_entropy(),
        self_tests_took: start.elapsed(),
    })
}

#[cfg(feature = "fips")]
fn has_jitter_entropy() -> bool {
    aws_lc_rs::try_fips_cpu_jitter_entropy().is_ok()
}

#[cfg(not(feature = "fips"))]
fn has_jitter_entropy() -> bool {
    false
}

#[cfg(test)]
mod tests;
