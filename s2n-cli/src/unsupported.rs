//! Options of s2n-tls's programs that these do not have yet: refused by name, never accepted in silence.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// An option that is missing: its long name, its short one if it has one, and what it belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unsupported {
    /// With its dashes.
    long: &'static str,
    /// With its dash, or empty.
    short: &'static str,
    /// The feature that is missing.
    feature: &'static str,
}

const fn missing(long: &'static str, short: &'static str, feature: &'static str) -> Unsupported {
    Unsupported { long, short, feature }
}

/// What s2n-tls's `s2nc` has beyond ours.
pub(crate) const CLIENT: &[Unsupported] = &[
    missing("--buffered-send", "", "a send buffer of a chosen size"),
    missing("--deserialize-in", "", "connection serialization"),
    missing("--dynamic", "-D", "dynamic record sizing"),
    missing("--npn", "", "NPN"),
    missing("--prefer-low-latency", "", "a choice of record sizes"),
    missing("--prefer-throughput", "", "a choice of record sizes"),
    missing("--serialize-out", "", "connection serialization"),
    missing("--timeout", "-t", "dynamic record sizing"),
];

/// What s2n-tls's `s2nd` has beyond ours.
pub(crate) const SERVER: &[Unsupported] = &[
    missing("--buffered-send", "", "a send buffer of a chosen size"),
    missing("--deserialize-in", "", "connection serialization"),
    missing("--npn", "", "NPN"),
    missing("--prefer-low-latency", "", "a choice of record sizes"),
    missing("--prefer-throughput", "", "a choice of record sizes"),
    missing("--self-service-blinding", "-s", "blinding delays"),
    missing("--serialize-out", "", "connection serialization"),
];

/// If the argument that clap does not know is one of `table`, a sentence that says so.
pub(crate) fn explain(error: &clap::Error, table: &[Unsupported]) -> Option<String> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else { return None };
    let argument = argument.split('=').next().unwrap_or_default();
    // Long options may be abbreviated, as in s2n-tls.
    let is_meant =
        |row: &&Unsupported| row.short == argument || (argument.len() > 3 && row.long.starts_with(argument));
    let row = table.iter().find(is_meant)?;
    Some(format!("the option {argument} is not supported yet: there is no {} here so far", row.feature))
}
