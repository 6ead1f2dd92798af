//! Certificates with id-RSASSA-PSS keys, which only OpenSSL makes.

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::{Id, PKey, Private};
use openssl::pkey_ctx::PkeyCtx;
use openssl::x509::extension::{BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509Name, X509NameRef};
use tests::authority::Pem;

use crate::certificates::Chain;

/// A chain for localhost, signed with RSA-PSS by a root with such a key.
pub(super) fn chain() -> Chain {
    let root_key = key();
    let root_name = name("RSA-PSS Root");
    let mut root = builder(1, &root_name, &root_name, &root_key);
    root.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
    root.append_extension(KeyUsage::new().critical().key_cert_sign().build().unwrap()).unwrap();
    let root = signed(root, &root_key);

    let leaf_key = key();
    let mut leaf = builder(2, &name("RSA-PSS Leaf"), &root_name, &leaf_key);
    let names = SubjectAlternativeName::new().dns("localhost").build(&leaf.x509v3_context(Some(&root), None));
    leaf.append_extension(names.unwrap()).unwrap();
    leaf.append_extension(KeyUsage::new().critical().digital_signature().build().unwrap()).unwrap();
    leaf.append_extension(ExtendedKeyUsage::new().server_auth().client_auth().build().unwrap()).unwrap();
    let leaf = signed(leaf, &root_key);

    let text = |pem: Vec<u8>| String::from_utf8(pem).unwrap();
    let key = text(leaf_key.private_key_to_pem_pkcs8().unwrap());
    Chain { root: text(root.to_pem().unwrap()), leaf: Pem { chain: text(leaf.to_pem().unwrap()), key } }
}

/// A key without parameters: for any hash.
fn key() -> PKey<Private> {
    let mut generator = PkeyCtx::new_id(Id::RSA_PSS).unwrap();
    generator.keygen_init().unwrap();
    generator.set_rsa_keygen_bits(2048).unwrap();
    generator.keygen().unwrap()
}

fn name(common_name: &str) -> X509Name {
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_text("CN", common_name).unwrap();
    name.build()
}

fn builder(serial: u32, subject: &X509NameRef, issuer: &X509NameRef, key: &PKey<Private>) -> X509Builder {
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(serial).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(subject).unwrap();
    builder.set_issuer_name(issuer).unwrap();
    builder.set_not_before(&Asn1Time::from_str("20200101000000Z").unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_str("20990101000000Z").unwrap()).unwrap();
    builder.set_pubkey(key).unwrap();
    builder
}

fn signed(mut builder: X509Builder, key: &PKey<Private>) -> X509 {
    builder.sign(key, MessageDigest::sha256()).unwrap();
    builder.build()
}
