//! What the workspace depends on: whose it is, under which licence, and how many versions of it there are.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Licences that permit use in a product of any kind for the price of a notice.
const LICENCES: [&str; 11] = [
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "NCSA",
    // Of the tables that come with names in other scripts.
    "Unicode-3.0",
    // Parts of the FIPS module, which is one of AWS-LC's older versions.
    "OpenSSL",
];

/// Crates of which there are several versions, and why.
const DUPLICATES: [(&str, &str); 5] = [
    ("getrandom", "ring, a second opinion in tests, has not moved to the current one"),
    ("syn", "procedural macros are moving to its third version one by one; it is in no program"),
    ("synstructure", "as syn"),
    ("untrusted", "aws-lc-rs reads by the older one, webpki and ring by the newer"),
    ("windows-sys", "of other systems only; ring has not moved"),
];

/// Whether a licence expression (SPDX) can be met by [`LICENCES`]. Of alternatives one must be, of a sum all.
fn is_permitted(expression: &str) -> bool {
    let all_of = split(expression, &[" AND "]);
    if all_of.len() > 1 {
        return all_of.iter().all(|part| is_permitted(part));
    }
    let one_of = split(expression, &[" OR ", " / ", "/"]);
    if one_of.len() > 1 {
        return one_of.iter().any(|part| is_permitted(part));
    }
    let expression = expression.trim();
    match expression.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => is_permitted(inner),
        None => LICENCES.contains(&expression),
    }
}

/// The parts between separators that are not in parentheses.
fn split<'e>(expression: &'e str, separators: &[&str]) -> Vec<&'e str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    for (at, letter) in expression.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        let separator = separators.iter().find(|separator| expression[at..].starts_with(**separator));
        if let (0, Some(separator), true) = (depth, separator, at >= start) {
            parts.push(&expression[start..at]);
            start = at + separator.len();
        }
    }
    parts.push(&expression[start..]);
    parts
}

#[test]
fn expressions_are_understood() {
    for permitted in ["MIT", "MIT/Apache-2.0", "GPL-3.0 OR (MIT AND ISC)", "(MIT OR GPL-3.0) AND NCSA"] {
        assert!(is_permitted(permitted), "{permitted}");
    }
    for refused in ["", "GPL-3.0", "MIT AND GPL-3.0", "MIT AND (GPL-3.0 OR AGPL-3.0)", "MITX"] {
        assert!(!is_permitted(refused), "{refused}");
    }
}

/// Every package that any feature and any system can bring.
fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--all-features", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().expect("packages").clone()
}

#[test]
fn every_dependency_is_from_the_registry_and_free_to_use() {
    let mut seen = 0;
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        let Some(source) = package["source"].as_str() else {
            assert_eq!(package["license"], "Apache-2.0", "{name}, our own");
            continue;
        };
        assert!(
            source.starts_with("registry+"),
            "{name} comes from {source}: only registries keep what they have"
        );
        let licence = package["license"].as_str().unwrap_or_default();
        assert!(is_permitted(licence), "{name} is under {licence:?}: nobody has looked at that licence yet");
        seen += 1;
    }
    assert!(seen > 100, "{seen} dependencies: the list is not whole");
}

#[test]
fn duplicates_have_a_reason() {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in packages() {
        let text = |key: &str| package[key].as_str().unwrap().to_owned();
        versions.entry(text("name")).or_default().insert(text("version"));
    }
    versions.retain(|_, versions| versions.len() > 1);
    let known: BTreeSet<&str> = DUPLICATES.iter().map(|(name, _)| *name).collect();
    let found: BTreeSet<&str> = versions.keys().map(String::as_str).collect();
    assert_eq!(found, known, "versions: {versions:?}");
}
