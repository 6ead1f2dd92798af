//! Secrets do not outlive their use: no block of memory that is given back, by Rust or by C, holds one.
//!
//! The allocator of a process can be looked over the shoulder without unsafe code, from outside: a program (`secrets`)
//! tells its secrets, its traffic secrets, private key and ticket keys, to a library that stands in for `free`.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::Command;

use tests::authority::Authority;

/// A folder with the library, a key, its chain and its root.
fn stage() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wiped");
    std::fs::create_dir_all(&folder).unwrap();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wiped/freed.c");
    let compiled = Command::new("cc")
        .args(["-O1", "-shared", "-fPIC", "-Wall", "-Werror", source, "-o"])
        .arg(folder.join("freed.so"))
        .status()
        .expect("a C compiler: apt-get install gcc");
    assert!(compiled.success(), "{source} does not compile");
    let authority = Authority::new();
    let pem = authority.localhost();
    std::fs::write(folder.join("key.pem"), pem.key).unwrap();
    std::fs::write(folder.join("chain.pem"), pem.chain).unwrap();
    std::fs::write(folder.join("root.pem"), authority.root_pem()).unwrap();
    folder
}

/// What was found, and where.
fn found(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_secrets"))
        .args(["key.pem", "chain.pem", "root.pem"])
        .args(arguments)
        .current_dir(folder)
        .env("LD_PRELOAD", folder.join("freed.so"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    said
}

//= 9846:6 forget
#[test]
fn freed_memory_holds_no_secrets() {
    let folder = stage();
    let said = found(&folder, &["leak"]);
    assert_eq!(
        said.matches("FREED:").count(),
        1,
        "one secret is left behind on purpose, and no other:\n{said}"
    );
    let said = found(&folder, &[]);
    assert!(!said.contains("FREED:"), "{said}");
}
