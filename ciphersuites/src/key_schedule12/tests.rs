use super::*;
use crate::CipherSuite;
use crate::testing::hex;

mod against_ring;
mod cavp;
mod openssl;

/// The PRF vectors of the IETF's TLS mailing list (2 November 2010), for the label "test label".
#[test]
fn mailing_list() {
    for (hash, secret, seed, expected) in [
        (
            Hash::Sha256,
            "9bbe436ba940f017b17652849a71db35",
            "a0ba9f936cda311827a6f796ffd5198c",
            "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af
             0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701
             87347b66",
        ),
        (
            Hash::Sha384,
            "b80b733d6ceefcdc71566ea48e5567df",
            "cd665cf6a8447dd6ff8b27555edb7465",
            "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0
             e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d918425
             9b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa3be85e099070
             3d73e56f",
        ),
    ] {
        let expected = hex(expected);
        for len in 0..=expected.len() {
            let mut out = vec![0xee; len];
            prf(hash, &hex(secret), b"test label", &hex(seed), &mut out);
            assert_eq!(out, expected[..len]);
        }
    }
}

fn main_secret(hash: Hash) -> Tls12MainSecret {
    Tls12MainSecret::extended(hash, &SharedSecret::of(&[1; 32]), &hash.digest(b"messages"))
}

#[test]
fn the_extended_secret_depends_on_the_handshake_and_the_legacy_one_on_the_randoms() {
    let premaster = SharedSecret::of(&[1; 32]);
    let extended = |messages: &[u8]| {
        let session_hash = Hash::Sha256.digest(messages);
        Tls12MainSecret::extended(Hash::Sha256, &premaster, &session_hash).expose().to_vec()
    };
    let legacy = |client: u8, server: u8| {
        Tls12MainSecret::legacy(Hash::Sha256, &premaster, &[client; 32], &[server; 32]).expose().to_vec()
    };
    let all = [extended(b"one"), extended(b"other"), legacy(1, 2), legacy(2, 1), legacy(1, 3)];
    for (index, one) in all.iter().enumerate() {
        assert_eq!(one.len(), 48);
        assert!(all[..index].iter().all(|other| other != one));
    }
}

#[test]
fn a_suite_of_another_hash_gets_no_keys() {
    let sha384 = Tls12Suite::from_id(CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384).unwrap();
    assert_eq!(main_secret(Hash::Sha256).keys(sha384, &[1; 32], &[2; 32]).err(), Some(CryptoError));
    assert!(main_secret(Hash::Sha384).keys(sha384, &[1; 32], &[2; 32]).is_ok());
}

#[test]
fn labels_of_the_protocol_are_not_exported_under() {
    let secret = main_secret(Hash::Sha256);
    let export = |label: &[u8], context| secret.export(&[1; 32], &[2; 32], label, context, &mut [0; 16]);
    for label in
        ["client finished", "server finished", "master secret", "extended master secret", "key expansion"]
    {
        assert_eq!(export(label.as_bytes(), None), Err(CryptoError));
        assert_eq!(export(label.as_bytes(), Some(b"context")), Err(CryptoError));
    }
    assert_eq!(export(b"key expansions", None), Ok(()));
    assert_eq!(export(b"", None), Ok(()));
}

#[test]
fn a_context_must_fit_its_length_of_two_bytes() {
    let secret = main_secret(Hash::Sha256);
    let export = |len| secret.export(&[1; 32], &[2; 32], b"label", Some(&vec![0; len]), &mut [0; 16]);
    assert_eq!(export(0xffff), Ok(()));
    assert_eq!(export(0x10000), Err(CryptoError));
}

#[test]
fn secrets_can_be_shared_and_do_not_print_themselves() {
    fn assert_send_sync<T: Send + Sync>(_: &T) {}
    let secret = main_secret(Hash::Sha256);
    assert_send_sync(&secret);
    assert_eq!(format!("{secret:?}"), "Tls12MainSecret { hash: Sha256, .. }");
    let suite = Tls12Suite::from_id(CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA).unwrap();
    let keys = secret.keys(suite, &[1; 32], &[2; 32]).unwrap();
    assert_send_sync(&keys);
    assert_eq!(
        format!("{keys:?}"),
        "Tls12Keys { client: Tls12WriteKey { cipher: Aes128CbcSha1, .. }, \
         server: Tls12WriteKey { cipher: Aes128CbcSha1, .. } }"
    );
}
