//! Whom one speaks with.

use pki_types::pem::PemObject;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, GeneralSubtree,
    IsCa, KeyPair, KeyUsagePurpose, NameConstraints, PKCS_ECDSA_P256_SHA256,
};
use tests::authority::{Authority, Pem};
use tests::hello::Extended;
use tests::pair::{Pair, client_builder, default_tls13, server_builder};
use tests::relay::{Setup, Side, content_type, record};
use tests::scenario::SIMPLE;
use tls_core::{
    AlertDescription as Alert, CertificateDer, ClientAuthentication, ClientConfig, ConfigError,
    HandshakeType, Identity, Roots, ServerConfig, ServerName, ServerVerification,
};

use tls_core::ciphersuites::PrivateKey;

use super::alert;
use crate::cases::{ext, number};

/// What a client of this name, with this root, makes of a server with this chain.
fn outcome(root: &str, pem: &Pem, name: &str) -> Result<(), String> {
    let authority = Authority::new();
    let roots = Roots::from_pem(root.as_bytes()).unwrap();
    let client = client_builder(&authority).server_verification(ServerVerification::Roots(roots));
    let server = ServerConfig::builder().permit_unapproved().policy(default_tls13()).identity(pem.identity());
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut pair = Pair::by_name(name, &client.build().unwrap(), &server.build().unwrap());
    pair.handshake();
    assert_eq!(pair.client.established, pair.client.error.is_none());
    pair.client.error.map_or(Ok(()), |error| Err(error.code().to_owned()))
}

fn ca(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

fn key() -> KeyPair {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap()
}

/// webpki RUSTSEC-2026-0098/0099, RUSTSEC-2023-0053, mbedTLS CVE-2024-45159: what certificates permit, and how long one
/// looks for a path.
#[test]
fn class_16_certificate_paths() {
    let (inside, outside) = (["a.test"], ["a.example"]);
    // Names that an issuer may not speak for, a wildcard above them included.
    let subtrees = |name: &str| vec![GeneralSubtree::DnsName(name.to_owned())];
    let permitted = NameConstraints { permitted_subtrees: subtrees("test"), excluded_subtrees: vec![] };
    let excluded = NameConstraints { permitted_subtrees: vec![], excluded_subtrees: subtrees("b.test") };
    for (constraints, names, asked, is_good) in [
        (&permitted, &inside[..], "a.test", true),
        (&permitted, &outside, "a.example", false),
        (&excluded, &inside, "a.test", true),
        (&excluded, &["x.b.test"], "x.b.test", false),
        (&excluded, &["*.test"], "b.test", false),
    ] {
        let mut params = ca("Constrained");
        params.name_constraints = Some(constraints.clone());
        let (root, leaf_key) = (CertifiedIssuer::self_signed(params, key()).unwrap(), key());
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let leaf = CertificateParams::new(names).unwrap().signed_by(&leaf_key, &root).unwrap();
        let pem = Pem { chain: leaf.pem(), key: leaf_key.serialize_pem() };
        assert_eq!(outcome(&root.pem(), &pem, asked).is_ok(), is_good, "{constraints:?} {asked}");
    }
    // What a key is for.
    let authority = Authority::new();
    let adjusted = |adjust: fn(&mut CertificateParams)| {
        let pem = authority.issue_with(&["localhost"], key(), adjust);
        outcome(&authority.root_pem(), &pem, "localhost")
    };
    assert_eq!(adjusted(|_| {}), Ok(()));
    let refused = |code: &str| Err(code.to_owned());
    let of_clients =
        adjusted(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]);
    assert_eq!(of_clients, refused("certificate_extended_key_usage"));
    let of_ciphers = adjusted(|params| params.key_usages = vec![KeyUsagePurpose::KeyEncipherment]);
    assert_eq!(of_ciphers, refused("certificate_key_usage"));
    let common_name = adjusted(|params| {
        params.subject_alt_names.clear();
        params.distinguished_name.push(DnType::CommonName, "localhost");
    });
    assert_eq!(common_name, refused("certificate_name_mismatch"));

    // Issuers of one name and many keys: every path is a wrong one.
    let name = "One Of Many";
    let issuers: Vec<_> = (0..30).map(|_| CertifiedIssuer::self_signed(ca(name), key()).unwrap()).collect();
    let mut chain = authority.localhost();
    for pair in issuers.windows(2) {
        chain.chain.push_str(&ca(name).signed_by(pair[0].key(), &pair[1]).unwrap().pem());
    }
    let leaf_key = key();
    let leaf = CertificateParams::new(vec!["localhost".to_owned()])
        .unwrap()
        .signed_by(&leaf_key, &issuers[0])
        .unwrap();
    chain.chain = format!("{}{}", leaf.pem(), chain.chain);
    chain.key = leaf_key.serialize_pem();
    let begun = std::time::Instant::now();
    assert!(outcome(&authority.root_pem(), &chain, "localhost").is_err());
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

/// OpenSSL CVE-2024-12797, mbedTLS CVE-2025-27809: nobody in particular, reported as fine.
//= 9846:C.5 unauthenticated
#[test]
fn class_18_unauthenticated_peers() {
    // A client that was not told how to tell servers apart is none.
    let built = ClientConfig::builder().permit_unapproved().build();
    assert!(matches!(built.unwrap_err(), ConfigError::NoServerVerification));
    let (authority, stranger) = (Authority::new(), Authority::new());
    let mut pair =
        Pair::new(&client_builder(&stranger).build().unwrap(), &server_builder(&authority).build().unwrap());
    pair.handshake();
    assert!(!pair.client.established && !pair.server.established);
    assert_eq!(alert(&pair.client), Some(Alert::UNKNOWN_CA));
    // A certificate that need not be shown must be right all the same, and none is none.
    for (identity, works) in
        [(None, true), (Some(authority.localhost()), true), (Some(stranger.localhost()), false)]
    {
        let client = client_builder(&authority);
        let client = identity.iter().fold(client, |client, pem| client.identity(pem.identity()));
        let server = server_builder(&authority)
            .client_authentication(ClientAuthentication::Optional(authority.roots()));
        let mut pair = Pair::new(&client.build().unwrap(), &server.build().unwrap());
        pair.handshake();
        assert_eq!(pair.server.established, works);
        if works {
            pair.assert_works();
            let facts = pair.server.connection.facts().unwrap();
            assert_eq!(facts.peer_certificates.is_some(), identity.is_some());
        }
    }
    // Nothing is taken from a server before it has proven itself.
    let setup = SIMPLE[0].setup();
    let mut relay = setup.relay();
    relay.run_changing(number(&setup, Side::Server, HandshakeType::CERTIFICATE_VERIFY), |piece| {
        vec![tests::relay::Piece {
            content_type: content_type::APPLICATION_DATA,
            ..piece.with(b"data".to_vec())
        }]
    });
    assert_eq!((relay.pair.client.received.len(), relay.pair.client.established), (0, false));
}

/// GnuTLS CVE-2025-42010, wolfSSL CVE-2024-5991: names with a NUL, a dot or a wildcard too many.
#[test]
fn class_27_names() {
    for name in
        ["", ".", "a..test", "a\0.test", "*.test", "ü.test", "-a.test", "a b.test", "1.2.3.4.5", "[::1]"]
    {
        assert!(ServerName::try_from(name).is_err(), "{name:?}");
    }
    let authority = Authority::new();
    let outcome = |names: &[&str], asked: &str| {
        let pem = authority.issue(names, &PKCS_ECDSA_P256_SHA256);
        outcome(&authority.root_pem(), &pem, asked).is_ok()
    };
    assert!(outcome(&["a.test"], "A.test") && outcome(&["*.a.test"], "b.a.test"));
    assert!(!outcome(&["*.a.test"], "c.b.a.test") && !outcome(&["*.a.test"], "a.test"));
    assert!(!outcome(&["a.test"], "a.test.evil") && !outcome(&["192.0.2.1"], "192.0.2.2"));
    // Sent by a client.
    let setup = Setup::new(client_builder(&authority), server_builder(&authority));
    for name in [&b"local\0ost"[..], b"192.0.2.1", b"localhost.", b"", b"\xff\xfe"] {
        let mut pair = setup.pair();
        let wire = pair.client.take_output();
        let mut hello = Extended::parse(&wire[5..]);
        let len = |extra: usize| u16::try_from(name.len() + extra).unwrap().to_be_bytes();
        hello.set(ext::SERVER_NAME, &[&len(3), [0].as_slice(), &len(0), name].concat());
        pair.server.deliver(&record(content_type::HANDSHAKE, &hello.bytes()));
        let facts = pair.server.connection.facts().and_then(|facts| facts.server_name.clone());
        assert_eq!(facts, None);
        let context = String::from_utf8_lossy(name);
        let expected = [Some(Alert::DECODE_ERROR), Some(Alert::ILLEGAL_PARAMETER)];
        assert!(expected.contains(&alert(&pair.server)), "{context:?}: {:?}", pair.server.error);
    }
    // A certificate that speaks for a name up to its NUL, made from one that its issuer signed.
    let pem = authority.issue(&["localhost"], &PKCS_ECDSA_P256_SHA256);
    let mut chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(pem.chain.as_bytes()).map(Result::unwrap).collect();
    let at = chain[0].windows(9).position(|window| window == b"localhost").unwrap();
    let mut altered = chain[0].to_vec();
    altered[at + 5] = 0;
    chain[0] = altered.into();
    let key = PrivateKey::from_pem(pem.key.as_bytes()).unwrap();
    if let Ok(identity) = Identity::new(chain, key) {
        let server = ServerConfig::builder().permit_unapproved().policy(default_tls13()).identity(identity);
        let mut pair = Pair::new(&client_builder(&authority).build().unwrap(), &server.build().unwrap());
        pair.handshake();
        assert!(!pair.client.established && pair.client.error.is_some());
    }
}
