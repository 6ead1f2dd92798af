use std::fs;
use std::path::PathBuf;

use tests::authority::Authority;
use tls_tokio::signer::pkcs11::{Pkcs11Error, Pkcs11Options};
use tls_tokio::tls_core::ciphersuites::{KeyType, SignatureScheme};
use tls_tokio::tls_core::{Identity, KeyId, SignFailureKind};

use crate::support::{Hsm, PIN, alone, key_file, open, open_with, peer, request, runtime, sign, spki};

fn module() -> Pkcs11Options {
    Pkcs11Options::new().module(peer("libsofthsm2.so"))
}

/// Certificates whose keys are these files.
fn identity(name: &str) -> Identity {
    let key = rcgen::KeyPair::from_pem(&fs::read_to_string(key_file(name)).unwrap()).unwrap();
    Identity::from_public_pem(Authority::new().issue_with(&["localhost"], key, |_| {}).chain.as_bytes())
        .unwrap()
}

#[test]
fn tokens_and_keys_are_found_by_what_the_uri_says() {
    alone("finding::tokens_and_keys_are_found_by_what_the_uri_says", |hsm| {
        for token in ["first one", "second"] {
            hsm.token(token);
        }
        hsm.import("first one", "p256", "01");
        hsm.import("first one", "p384", "02ff");
        hsm.import("second", "rsa", "01");
        for (uri, key) in [
            ("token=first%20one;object=p256", "p256"),
            ("token=first%20one;id=%01", "p256"),
            ("token=first%20one;id=%02%FF;type=private", "p384"),
            ("token=second", "rsa"),
            ("token=second;manufacturer=SoftHSM%20project;model=SoftHSM%20v2", "rsa"),
            ("token=second;library-manufacturer=SoftHSM;library-version=2.6", "rsa"),
        ] {
            let signer = open(uri).unwrap_or_else(|error| panic!("{uri}: {error}"));
            assert_eq!(signer.key_id(), KeyId::of_public_key(&spki(key)), "{uri}");
        }
        assert_tells_what_there_is();
    });
}

fn assert_tells_what_there_is() {
    let told = |uri: &str, parts: &[&str]| {
        let error = open(uri).unwrap_err().to_string();
        parts.iter().for_each(|part| assert!(error.contains(part), "{uri}: {error}"));
    };
    told(
        "token=third",
        &["no token matches pkcs11:token=third; there are ", "\"first one\" (serial ", "\"second\""],
    );
    told("", &["several tokens match", "\"first one\"", "\"second\"", "add serial or slot-id"]);
    told("token=second;library-version=9.9", &["no token matches", "\"second\""]);
    told("token=second;slot-description=elsewhere", &["no token matches"]);
    told("token=second;object=p256", &["no private key matches", "there is object \"rsa\" with id=%01"]);
    let several =
        ["several private keys match", "object \"p256\" with id=%01", "object \"p384\" with id=%02%ff"];
    told("token=first%20one", &several);
    told("token=second;type=cert", &["must name a private key"]);
}

#[test]
fn a_certificate_tells_which_key_is_meant() {
    alone("finding::a_certificate_tells_which_key_is_meant", |hsm| {
        hsm.token("keys");
        hsm.import("keys", "p256", "01");
        hsm.import("keys", "rsa", "02");
        let options = module().pin(PIN).identity(&identity("rsa"));
        assert_eq!(open_with("token=keys", &options).unwrap().key_type(), KeyType::Rsa);
        let error = open_with("token=keys;object=p256", &options).unwrap_err();
        let mismatch = Pkcs11Error::KeyMismatch {
            token: KeyId::of_public_key(&spki("p256")),
            certificate: KeyId::of_public_key(&spki("rsa")),
        };
        assert_eq!(error, mismatch);
    });
}

#[test]
fn a_key_without_a_public_object_is_known_by_its_certificate() {
    alone("finding::a_key_without_a_public_object_is_known_by_its_certificate", |hsm| {
        hsm.token("keys");
        hsm.import_file("keys", &key_file("p256"), "p256", "01", &["--no-public-key"]);
        hsm.import_file("keys", &key_file("rsa"), "rsa", "02", &["--no-public-key"]);
        assert_eq!(open("token=keys;object=p256").unwrap_err(), Pkcs11Error::NoPublicKey);
        // Of an RSA key the private object tells enough.
        let rsa = open("token=keys;object=rsa").unwrap();
        assert_eq!(rsa.key_id(), KeyId::of_public_key(&spki("rsa")));
        let identity = identity("p256");
        let signer = open_with("token=keys;object=p256", &module().pin(PIN).identity(&identity)).unwrap();
        assert_eq!(signer.key_id(), identity.key_id());
        let request = request(&signer, SignatureScheme::ECDSA_SECP256R1_SHA256, 0);
        runtime().block_on(sign(&signer, identity.public_key(), &request)).unwrap();
    });
}

#[test]
fn a_wrong_pin_is_tried_once() {
    alone("finding::a_wrong_pin_is_tried_once", |hsm| {
        hsm.token("keys");
        hsm.import("keys", "p256", "01");
        for _ in 0..20 {
            let error = open_with("token=keys", &module().pin("12345")).unwrap_err();
            assert_eq!(error.kind(), SignFailureKind::Denied);
            let why = "C_Login returned CKR_PIN_INCORRECT".to_owned();
            assert_eq!(error, Pkcs11Error::PinRefused { token: "keys".to_owned(), why });
        }
        assert_eq!(
            open_with("token=keys", &module()).unwrap_err(),
            Pkcs11Error::NoPin { token: "keys".to_owned() }
        );
        open("token=keys").unwrap();
    });
}

#[test]
fn a_pin_comes_from_the_uri_or_a_file() {
    alone("finding::a_pin_comes_from_the_uri_or_a_file", |hsm| {
        hsm.token("keys");
        hsm.import("keys", "p256", "01");
        for (content, error) in [
            ("", Some("it holds no PIN of 1 to 4096 bytes")),
            ("\n", Some("it holds no PIN of 1 to 4096 bytes")),
            ("9999\n", Some("refused the PIN")),
            ("1234\r\n", None),
        ] {
            assert_pin_of_file(hsm, content, error);
        }
        let missing = open_with("token=keys?pin-source=/nowhere/pin", &module()).unwrap_err();
        assert!(
            missing.to_string().starts_with("the PIN cannot be read from /nowhere/pin: no such file"),
            "{missing}"
        );
        open_with("token=keys?pin-value=1234", &module()).unwrap();
    });
}

fn assert_pin_of_file(hsm: &Hsm, content: &str, expected: Option<&str>) {
    let file = hsm.file("pin");
    fs::write(&file, content).unwrap();
    let opened = open_with(&format!("token=keys?pin-source=file:{}", file.display()), &module());
    let error = opened.err().map(|error| error.to_string());
    let is_expected = match (&error, expected) {
        (Some(error), Some(expected)) => error.contains(expected),
        (error, expected) => error.is_none() && expected.is_none(),
    };
    assert!(is_expected, "{content:?}: {error:?}");
}

#[test]
fn what_is_no_module_is_told() {
    alone("finding::what_is_no_module_is_told", |_| {
        assert_eq!(open_with("token=keys", &Pkcs11Options::new()).unwrap_err(), Pkcs11Error::NoModule);
        let error = open_with("token=keys?module-path=/nowhere/p11.so", &Pkcs11Options::new()).unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("the PKCS#11 module /nowhere/p11.so does not load: "), "{text}");
        // A library, but no module.
        let library = peer("lib/libffi.so.8");
        let Pkcs11Error::Module { path, .. } =
            open_with("token=keys", &Pkcs11Options::new().module(&library)).unwrap_err()
        else {
            panic!("another error");
        };
        assert_eq!(path, library);
        let folder = peer("libsofthsm2.so").parent().map(PathBuf::from).unwrap();
        let uri = format!("token=keys?module-path={}&module-name=softhsm2", folder.display());
        let error = open_with(&uri, &Pkcs11Options::new()).unwrap_err();
        let none = Pkcs11Error::NoToken { uri: "pkcs11:token=keys".to_owned(), present: Vec::new() };
        assert_eq!(error, none);
    });
}
