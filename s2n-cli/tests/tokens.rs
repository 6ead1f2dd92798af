//! Private keys in tokens and in AWS KMS, as far as it goes without; `interop/scripts/cli` and `kms.rs` go on.

use rcgen::PKCS_ECDSA_P256_SHA256;
use tests::authority::Authority;

use crate::programs::{Folder, Outcome, S2NC, S2ND, run};

fn certificate(folder: &Folder) -> String {
    folder.file("cert.pem", Authority::new().issue(&["localhost"], &PKCS_ECDSA_P256_SHA256).chain)
}

/// Runs s2nd and s2nc with these, which both refuse in the same words.
fn assert_refused(options: &[&str], pieces: &[&str]) {
    let server = run(S2ND, &[options, &["127.0.0.1", "0"]].concat(), "");
    let client = run(S2NC, &[options, &["-i", "127.0.0.1", "1"]].concat(), "");
    for outcome in [server, client] {
        outcome.assert_fails(1, pieces);
        assert_no_pin(&outcome);
    }
}

fn assert_no_pin(outcome: &Outcome) {
    assert!(!format!("{outcome:?}").contains("secret-pin"), "{outcome:?}");
}

#[test]
fn a_uri_that_is_none_is_refused_without_its_pin() {
    let folder = Folder::new();
    let cert = certificate(&folder);
    let refused =
        |uri: &str, pieces: &[&str]| assert_refused(&["--cert", &cert, "--pkcs11-uri", uri], pieces);
    refused("/etc/key.pem?pin-value=secret-pin", &["--pkcs11-uri", "begins with \"pkcs11:\""]);
    refused("pkcs11:lable=a?pin-value=secret-pin", &["\"lable\" is not an attribute", "object and id"]);
    refused("pkcs11:token=%?pin-value=secret-pin", &["\"token\"", "two hexadecimal digits"]);
}

#[test]
fn a_module_that_is_none_is_named() {
    let folder = Folder::new();
    let cert = certificate(&folder);
    let uri = "pkcs11:token=a?pin-value=secret-pin";
    assert_refused(
        &["--cert", &cert, "--pkcs11-uri", uri],
        &[&cert, "no PKCS#11 module is named", "PKCS11_MODULE"],
    );
    let with_module = ["--cert", &cert, "--pkcs11-uri", uri, "--pkcs11-module", "/nowhere/p11.so"];
    assert_refused(&with_module, &["the PKCS#11 module /nowhere/p11.so does not load"]);
}

#[test]
fn each_certificate_needs_its_key() {
    let folder = Folder::new();
    let cert = certificate(&folder);
    let two = ["--cert", &cert, "--pkcs11-uri", "pkcs11:object=a", "--pkcs11-uri", "pkcs11:object=b"];
    assert_refused(&two, &["1 --cert and 2 --pkcs11-uri were given", "needs its key"]);
}

#[test]
#[cfg(not(feature = "aws-kms"))]
fn a_program_without_kms_says_how_to_have_it() {
    let folder = Folder::new();
    let cert = certificate(&folder);
    assert_refused(
        &["--cert", &cert, "--kms-key", "alias/www"],
        &["built without AWS KMS", "cargo build -p s2n-cli --features aws-kms"],
    );
}
