//! Each kind of bad input and the one error it gets.

use super::*;
use crate::der::{self, Reader};

fn refused(pem: &[u8]) -> KeyError {
    PrivateKey::from_pem(pem).unwrap_err()
}

fn refused_file(name: &str) -> KeyError {
    refused(&fixture(name))
}

#[test]
fn files_that_hold_no_usable_key() {
    assert_eq!(refused(b""), KeyError::NoPemBlock);
    assert_eq!(refused(b"just some text\n"), KeyError::NoPemBlock);
    assert_eq!(refused(&[0x30, 0x82, 0xff, 0x00]), KeyError::NoPemBlock);
    assert_eq!(refused_file("bad.encrypted.pem"), KeyError::Encrypted);
    assert_eq!(refused_file("bad.encrypted-pkcs1.pem"), KeyError::Encrypted);
    assert_eq!(refused_file("bad.certificate.pem"), KeyError::CertificateNotKey);
    assert_eq!(refused_file("bad.public.pem"), KeyError::UnexpectedPemBlock("PUBLIC KEY".into()));
    let openssh = b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n";
    assert_eq!(refused(openssh), KeyError::UnexpectedPemBlock("OPENSSH PRIVATE KEY".into()));
    assert_eq!(refused_file("bad.rsa1024.pem"), KeyError::RsaSize { bits: 1024 });
    assert_eq!(refused_file("bad.rsa-pss-mgf1-sha1.pem"), KeyError::UnsupportedPssParameters);
    assert_eq!(refused_file("bad.x25519.pem"), KeyError::UnsupportedAlgorithm("1.3.101.110".into()));
    let secp256k1 = KeyError::UnsupportedAlgorithm("1.3.132.0.10".into());
    assert_eq!(refused_file("bad.secp256k1.pem"), secp256k1);
    assert_eq!(refused_file("bad.secp256k1.sec1.pem"), secp256k1);
}

#[test]
fn malformed_pem() {
    let good = String::from_utf8(fixture("p256.pkcs8.pem")).unwrap();
    let (head, _) = good.split_once("-----END").unwrap();
    assert_eq!(refused(head.as_bytes()), KeyError::MalformedPem);
    assert_eq!(refused(good.replacen('M', "*", 1).as_bytes()), KeyError::MalformedPem);
    assert_eq!(refused(good.replace("KEY-----\nM", "KEY----\nM").as_bytes()), KeyError::MalformedPem);
    let empty = b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n";
    assert_eq!(refused(empty), KeyError::MalformedDer);
}

/// The DER of a fixture.
fn der_of(name: &str) -> Vec<u8> {
    pem::private_key(&fixture(name)).unwrap().to_vec()
}

#[test]
fn der_of_other_things() {
    use pki_types::pem::PemObject;
    let certificate = pki_types::CertificateDer::from_pem_slice(&fixture("bad.certificate.pem")).unwrap();
    assert_eq!(PrivateKey::from_der(&certificate).unwrap_err(), KeyError::CertificateNotKey);
    let public = PrivateKey::from_der(&fixture("p256.spki.der")).unwrap_err();
    assert_eq!(public, KeyError::UnexpectedPemBlock("PUBLIC KEY".into()));
    let pem = String::from_utf8(fixture("bad.encrypted.pem")).unwrap().replace("ENCRYPTED ", "");
    assert_eq!(refused(pem.as_bytes()), KeyError::Encrypted);
    assert_eq!(PrivateKey::from_der(&fixture("p256.pkcs8.pem")).unwrap_err(), KeyError::MalformedDer);
}

#[test]
fn der_cut_anywhere() {
    for file in [
        "rsa.pkcs8.pem",
        "rsa.pkcs1.pem",
        "p256.sec1.pem",
        "ed25519.pkcs8.pem",
        "mldsa44.seed-priv.pkcs8.pem",
    ] {
        let der = der_of(file);
        for end in 0..der.len() {
            assert_eq!(
                PrivateKey::from_der(&der[..end]).unwrap_err(),
                KeyError::MalformedDer,
                "{file} {end}"
            );
        }
        let longer = [&der[..], &[0]].concat();
        assert_eq!(PrivateKey::from_der(&longer).unwrap_err(), KeyError::MalformedDer, "{file}");
    }
}

/// The DER of `name` with the byte at `from_end` before its end altered.
fn altered(name: &str, from_end: usize) -> KeyError {
    let mut der = der_of(name);
    let at = der.len() - from_end;
    der[at] ^= 1;
    PrivateKey::from_der(&der).unwrap_err()
}

#[test]
fn parts_that_do_not_belong_together() {
    // The last bytes of an ECPrivateKey are the public point, those of an RSAPrivateKey the CRT coefficient.
    assert_eq!(altered("p256.sec1.pem", 1), KeyError::Inconsistent);
    assert_eq!(altered("p256.pkcs8.pem", 1), KeyError::Inconsistent);
    assert_eq!(altered("p521.pkcs8.pem", 1), KeyError::Inconsistent);
    assert_eq!(altered("rsa.pkcs1.pem", 1), KeyError::Inconsistent);
    assert_eq!(altered("rsa.pkcs8.pem", 200), KeyError::Inconsistent);
    assert_eq!(altered("rsa-pss.pkcs8.pem", 200), KeyError::Inconsistent);
}

/// ML-DSA's form with seed and expanded key must be refused if the two disagree (RFC 9881 §6).
#[test]
fn ml_dsa_seed_of_another_key() {
    for set in ["mldsa44", "mldsa65", "mldsa87"] {
        let mut both = der_of(&format!("{set}.seed-priv.pkcs8.pem"));
        let seed_only = der_of(&format!("{set}.seed-only.pkcs8.pem"));
        let seed = &seed_only[seed_only.len() - 32..];
        let at = both.windows(32).position(|window| window == seed).unwrap();
        both[at] ^= 1;
        assert_eq!(PrivateKey::from_der(&both).unwrap_err(), KeyError::Inconsistent, "{set}");
        both[at] ^= 1;
        assert!(PrivateKey::from_der(&both).is_ok());
        let last = both.len() - 1;
        both[last] ^= 1;
        assert_eq!(PrivateKey::from_der(&both).unwrap_err(), KeyError::Inconsistent, "{set}");
    }
}

#[test]
fn ml_dsa_of_the_wrong_length() {
    let der = der_of("mldsa65.seed-only.pkcs8.pem");
    let mut reader = Reader::sequence(&der).unwrap();
    reader.read(der::INTEGER).unwrap();
    let algorithm = reader.read(der::SEQUENCE).unwrap();
    for len in [0, 31, 33, 64] {
        let (mut seed, mut contents, mut pkcs8) = (Vec::new(), Vec::new(), Vec::new());
        der::write(&mut seed, 0x80, &[&vec![7; len]]);
        der::write(&mut contents, der::INTEGER, &[&[0]]);
        der::write(&mut contents, der::SEQUENCE, &[algorithm]);
        der::write(&mut contents, der::OCTET_STRING, &[&seed]);
        der::write(&mut pkcs8, der::SEQUENCE, &[&contents]);
        assert_eq!(PrivateKey::from_der(&pkcs8).unwrap_err(), KeyError::Inconsistent, "{len}");
    }
}

#[test]
fn a_key_of_one_curve_under_the_name_of_another() {
    // The curve's object identifiers are of one length, so that only the name changes.
    let mut der = der_of("p384.pkcs8.pem");
    let name = [0x2b, 0x81, 0x04, 0x00, 0x22];
    let at = der.windows(name.len()).position(|window| window == name).unwrap();
    der[at + 4] = 0x23;
    assert_eq!(PrivateKey::from_der(&der).unwrap_err(), KeyError::Inconsistent);
}

#[test]
fn every_error_is_one_sentence() {
    for error in [
        KeyError::NoPemBlock,
        KeyError::MalformedPem,
        KeyError::Encrypted,
        KeyError::CertificateNotKey,
        KeyError::UnexpectedPemBlock("PUBLIC KEY".into()),
        KeyError::MalformedDer,
        KeyError::UnsupportedAlgorithm("1.3.101.113".into()),
        KeyError::UnsupportedPssParameters,
        KeyError::RsaSize { bits: 1024 },
        KeyError::Inconsistent,
    ] {
        let text = error.to_string();
        assert!(!text.is_empty() && !text.contains('\n') && !text.ends_with('.'), "{text}");
    }
    assert!(KeyError::Encrypted.to_string().contains("openssl pkey"));
    assert!(KeyError::RsaSize { bits: 1024 }.to_string().contains("1024"));
}
