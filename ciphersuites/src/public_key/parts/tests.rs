use super::*;
use crate::der::Reader;
use crate::testing::{MESSAGE, fixture};
use crate::{PrivateKey, SignatureScheme};

#[test]
fn a_key_of_parts_is_the_key() {
    for (name, key_type) in [
        ("rsa", KeyType::Rsa),
        ("rsa-pss", KeyType::RsaPss),
        ("p256", KeyType::EcdsaP256),
        ("p384", KeyType::EcdsaP384),
        ("p521", KeyType::EcdsaP521),
        ("ed25519", KeyType::Ed25519),
        ("mldsa44", KeyType::MlDsa44),
        ("mldsa65", KeyType::MlDsa65),
        ("mldsa87", KeyType::MlDsa87),
    ] {
        let spki = fixture(&format!("{name}.spki.der"));
        let whole = PublicKey::from_spki(&spki).unwrap();
        assert_eq!(PublicKey::from_encoded(key_type, &whole.key).unwrap().to_spki(), spki, "{name}");
        assert!(PublicKey::from_encoded(key_type, &whole.key[1..]).is_err(), "{name}");
    }
}

#[test]
fn an_rsa_key_of_numbers_is_the_key() {
    let spki = fixture("rsa.spki.der");
    let whole = PublicKey::from_spki(&spki).unwrap();
    let mut numbers = Reader::sequence(&whole.key).unwrap();
    let (modulus, exponent) = (numbers.read_unsigned().unwrap(), numbers.read_unsigned().unwrap());
    assert_eq!(PublicKey::from_rsa(modulus, exponent).unwrap().to_spki(), spki);
    let padded = [&[0, 0], modulus].concat();
    assert_eq!(PublicKey::from_rsa(&padded, exponent).unwrap().to_spki(), spki);
    assert_eq!(PublicKey::from_rsa(&modulus[..128], exponent).err(), Some(KeyError::RsaSize { bits: 1024 }));
    assert!(PublicKey::from_rsa(&[], exponent).is_err());
}

#[test]
fn a_raw_signature_verifies_in_der() {
    let key = PrivateKey::from_pem(&fixture("p521.pkcs8.pem")).unwrap();
    let public = PublicKey::from_spki(key.public_key_der()).unwrap();
    let scheme = SignatureScheme::ECDSA_SECP521R1_SHA512;
    for _ in 0..20 {
        let signature = key.sign(scheme, MESSAGE).unwrap();
        let mut numbers = Reader::sequence(&signature).unwrap();
        let raw: Vec<u8> = (0..2).flat_map(|_| padded(numbers.read_unsigned().unwrap(), 66)).collect();
        assert_eq!(ecdsa_signature(&raw).as_ref(), Some(&signature));
        public.verify_tls13(scheme, MESSAGE, &signature).unwrap();
    }
}

fn padded(number: &[u8], len: usize) -> Vec<u8> {
    [vec![0; len - number.len()], number.to_vec()].concat()
}

#[test]
fn what_is_no_raw_signature_is_refused() {
    assert_eq!(ecdsa_signature(&[]), None);
    assert_eq!(ecdsa_signature(&[1; 63]), None);
    assert_eq!(ecdsa_signature(&[0, 0]), Some(vec![SEQUENCE, 6, INTEGER, 1, 0, INTEGER, 1, 0]));
    assert_eq!(ecdsa_signature(&[0x80, 1]), Some(vec![SEQUENCE, 7, INTEGER, 2, 0, 0x80, INTEGER, 1, 1]));
}
