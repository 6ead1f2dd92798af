//! The ClientHellos of real programs, as `s2n-cli/corpus/record` recorded them.

use serde_json::Value;
use tls_core::ClientHello;

use crate::failure::Failure;
use crate::notation;

/// A recording.
#[derive(Clone, Debug)]
pub(super) struct Recording {
    /// What it is called here.
    pub(super) name: &'static str,
    /// The program, with its TLS library where that is another's.
    pub(super) program: String,
    /// Its version.
    pub(super) version: String,
    /// The day of the recording, as in 2026-11-22.
    pub(super) recorded: String,
    /// What it said.
    pub(super) hello: ClientHello,
}

macro_rules! files {
    ($($name:literal,)+) => { [$(($name, include_str!(concat!("../../corpus/", $name, ".json"))),)+] };
}

const FILES: [(&str, &str); 24] = files![
    "aws-crt-default",
    "aws-crt-pq_default",
    "aws-crt-tlsv1_2_2025_07",
    "chromium",
    "curl-debian11",
    "curl-debian12",
    "curl-debian13",
    "firefox",
    "go",
    "java-11",
    "java-17",
    "java-25",
    "node-24",
    "openssl-1.1",
    "openssl-3.0",
    "openssl-3.5",
    "python-debian11",
    "python-debian12",
    "python-debian13",
    "rustls",
    "s2nc",
    "wget-debian11",
    "wget-debian12",
    "wget-debian13",
];

/// All of them, in the order of their names.
///
/// # Errors
/// One of them is broken.
pub(super) fn all() -> Result<Vec<Recording>, Failure> {
    FILES.iter().map(|(name, text)| parse(name, text)).collect()
}

/// The one of this name.
///
/// # Errors
/// It is broken.
pub(super) fn find(wanted: &str) -> Result<Option<Recording>, Failure> {
    let found = FILES.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    found.map(|(name, text)| parse(name, text)).transpose()
}

/// The names of all.
pub(super) fn names() -> impl Iterator<Item = &'static str> + Clone {
    FILES.iter().map(|(name, _)| *name)
}

fn parse(name: &'static str, text: &str) -> Result<Recording, Failure> {
    let broken = |why: String| Failure::set_up("bad_corpus", format!("the recording {name}: {why}"));
    let value: Value = serde_json::from_str(text).map_err(|error| broken(error.to_string()))?;
    let field = |key: &str| {
        let text = value.get(key).and_then(Value::as_str).map(str::to_owned);
        text.ok_or_else(|| broken(format!("it has no \"{key}\"")))
    };
    let bytes = notation::parse_hex(&field("client_hello")?).map_err(broken)?;
    Ok(Recording {
        name,
        program: field("program")?,
        version: field("version")?,
        recorded: field("recorded")?,
        hello: ClientHello::from_bytes(&bytes).map_err(|error| broken(error.to_string()))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| {
                entry.unwrap().file_name().into_string().unwrap().strip_suffix(".json").map(Into::into)
            })
            .collect();
        files.sort_unstable();
        assert_eq!(names().collect::<Vec<_>>(), files);
        let recordings = all().unwrap();
        assert!(recordings.iter().all(|recording| recording.hello.server_name().is_ok()));
        assert!(recordings.iter().all(|recording| recording.recorded.len() == 10));
    }
}
