//! FIPS: what this build's cryptography is, and what its module says of two connections made on the spot.

mod trial;

use serde_json::{Value, json};
use tls_core::ciphersuites::fips::{self, Module};

use crate::failure::Failure;
use crate::output;
use crate::report::milliseconds;
use trial::Trial;

/// What no program can know of its own module.
const VALIDATED: &str = "this program cannot know whether this version of the module has a certificate, and for which \
    platforms: look for AWS-LC among the validated modules that NIST's Cryptographic Module Validation Program lists";

/// Checks for `--enter-fips-mode` that there is a module and that it is in order, and says so.
///
/// # Errors
/// There is none, or it is not.
pub(crate) fn enter(program: &str, is_told: bool) -> Result<(), Failure> {
    let module = module("FIPS mode not enabled: ")?;
    if is_told {
        output::line(&format!("{program} entered FIPS mode"));
        output::line(&describe(&module));
    }
    Ok(())
}

/// `s2n fips`.
pub(crate) fn run(json: bool) -> Result<(), Failure> {
    let module = module("")?;
    let trials = [Trial::of_tls13()?, Trial::of_tls12()?];
    match json {
        true => output::line(&to_json(&module, &trials).to_string()),
        false => output::block(&to_text(&module, &trials)),
    }
    Ok(())
}

fn module(begin: &str) -> Result<Module, Failure> {
    fips::module().map_err(|error| {
        let remedy = match fips::IS_ENABLED {
            true => "",
            false => {
                "; interop/scripts/fips build --release -p s2n-cli --features fips makes one, from a clone"
            }
        };
        Failure::set_up("no_fips_module", format!("{begin}{error}{remedy}"))
    })
}

fn describe(module: &Module) -> String {
    format!("AWS-LC {}, FIPS module version {}", module.library_version, module.module_version)
}

fn to_text(module: &Module, trials: &[Trial]) -> String {
    let entropy = if module.has_jitter_entropy { "CPU jitter" } else { "the operating system" };
    let mut text = format!(
        "All cryptography of this program is done by a FIPS module.\n\n\
         Module      {}\n\
         In order    yes: it is in FIPS mode and has passed its self-tests, in {:.0} ms\n\
         Entropy     from {entropy}\n\
         Validated   not known: {VALIDATED}\n\
         Policies    default is default_fips; s2nc and s2nd refuse what is not approved with --enter-fips-mode\n\
         Approved    by the module's own service indicator, which was asked of each call of these connections:\n",
        describe(module),
        milliseconds(module.self_tests_took),
    );
    for trial in trials {
        text += &format!("\n{}\n", trial.title());
        for service in &trial.services.approved {
            text += &format!("  approved      {service}\n");
        }
        for service in &trial.services.unapproved {
            text += &format!("  not approved  {service}: {}\n", trial::reason(service));
        }
    }
    text
}

fn to_json(module: &Module, trials: &[Trial]) -> Value {
    json!({
        "module": {
            "library": format!("AWS-LC {}", module.library_version),
            "version": module.module_version,
            "in_order": true,
            "self_tests_milliseconds": milliseconds(module.self_tests_took),
            "cpu_jitter_entropy": module.has_jitter_entropy,
        },
        "validated": { "known": false, "reason": VALIDATED },
        "connections": trials.iter().map(Trial::to_json).collect::<Vec<_>>(),
    })
}
