//! What people write: keys and certificates in PEM and DER, PKCS#11 URIs, addresses.

use pki_types::CertificateDer;
use tls_core::ciphersuites::{PrivateKey, PublicKey, SignatureScheme};
use tls_core::{Identity, Roots};
use tls_tokio::signer::pkcs11::Pkcs11Uri;
use tls_tokio::signer::remote::{Endpoint, Use};

use crate::bounded::Outcome;
use crate::input::Input;

/// A key that is read signs, and its signature verifies. A URI or address that is read reads again as it prints.
pub fn run(input: &[u8]) -> Outcome {
    let mut input = Input::new(input);
    let choice = input.byte() % 8;
    let rest = input.rest();
    match choice {
        0 => PrivateKey::from_pem(rest).map_or("no key", |key| use_key(&key)),
        1 => PrivateKey::from_der(rest).map_or("no key", |key| use_key(&key)),
        2 => PublicKey::from_spki(rest).map_or("no public key", |key| {
            assert!(key.bits() > 0, "a key of no size");
            "a public key"
        }),
        3 => {
            let identity = Identity::from_pem(rest, rest);
            identity.map_or("no identity", |identity| {
                assert!(!identity.certificates().is_empty(), "nothing to send");
                "an identity"
            })
        }
        4 => Roots::from_pem(rest).map_or("no roots", |roots| {
            assert!(!roots.is_empty(), "nobody is trusted");
            "roots"
        }),
        5 => {
            let certificate = CertificateDer::from(rest.to_vec());
            Identity::with_key_elsewhere(vec![certificate]).map_or("no certificate", |_| "a certificate")
        }
        6 => uri(&String::from_utf8_lossy(rest)),
        _ => address(&String::from_utf8_lossy(rest)),
    }
}

fn use_key(key: &PrivateKey) -> Outcome {
    let public = PublicKey::from_spki(key.public_key_der()).expect("its public half");
    assert!(key.matches(&public), "another key's public half");
    // A signature that is wrong in a key whose numbers were altered must be one that does not come.
    let scheme: SignatureScheme = key.schemes()[0];
    match key.sign(scheme, b"message") {
        Ok(signature) => {
            public.verify_tls13(scheme, b"message", &signature).expect("a signature that verifies")
        }
        Err(_) => return "a key that does not sign",
    }
    "a key"
}

fn uri(text: &str) -> Outcome {
    let Ok(uri) = text.parse::<Pkcs11Uri>() else { return "no URI" };
    let printed = uri.to_string();
    let again = printed.parse::<Pkcs11Uri>().unwrap_or_else(|error| panic!("{printed}: {error}"));
    assert_eq!(again.to_string(), printed, "printed again");
    "a URI"
}

fn address(text: &str) -> Outcome {
    let _ = text.parse::<Use>();
    let Ok(endpoint) = text.parse::<Endpoint>() else { return "no address" };
    let printed = endpoint.to_string();
    assert_eq!(printed.parse::<Endpoint>().expect("an address"), endpoint, "{printed}");
    "an address"
}
