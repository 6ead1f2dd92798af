//! Server certificates, good and bad, as clients see them.

use pki_types::pem::PemObject;
use rcgen::{
    CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, SignatureAlgorithm, date_time_ymd,
};
use tests::authority::Authority;
use tests::hello::message;
use tests::pair::{Pair, client_builder, default_tls13, server_builder};
use tests::relay::Setup;
use tls_core::ciphersuites::{SecurityPolicy, SignatureScheme};
use tls_core::{
    AlertDescription as Alert, CertificateDer, ClientConfigBuilder, HandshakeType, Identity, ServerConfig,
    ServerName, ServerVerification,
};

fn connect(client: ClientConfigBuilder, identity: Identity, name: &str) -> Pair {
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let any = [
        SignatureScheme::ECDSA_SECP256R1_SHA256,
        SignatureScheme::ECDSA_SECP384R1_SHA384,
        SignatureScheme::ED25519,
    ];
    let policy = SecurityPolicy { signature_schemes: any.to_vec().into(), ..default_tls13() };
    let server =
        ServerConfig::builder().permit_unapproved().policy(policy).identity(identity).build().unwrap();
    let mut pair = Pair::by_name(name, &client.build().unwrap(), &server);
    pair.handshake();
    pair
}

/// The client refused the certificate, and the server knows.
fn assert_refused(pair: Pair, code: &str, alert: Alert) {
    let error = pair.client.error.expect("an error");
    assert_eq!((error.code(), error.alert_sent()), (code, Some(alert)), "{error}");
    assert!(!pair.client.established && !pair.server.established);
    assert_eq!(pair.server.error.unwrap().alert_received(), Some(alert));
}

fn issue(authority: &Authority, names: &[&str], adjust: impl FnOnce(&mut CertificateParams)) -> Identity {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    authority.issue_with(names, key, adjust).identity()
}

#[test]
fn names() {
    let authority = Authority::new();
    let table: &[(&[&str], &str, bool)] = &[
        (&["localhost"], "localhost", true),
        (&["localhost"], "LOCALHOST", true),
        (&["a.test", "b.test"], "b.test", true),
        (&["a.test"], "b.test", false),
        (&["a.test"], "x.a.test", false),
        (&["x.a.test"], "a.test", false),
        (&["*.a.test"], "x.a.test", true),
        (&["*.a.test"], "a.test", false),
        (&["*.a.test"], "x.y.a.test", false),
        (&["127.0.0.1"], "127.0.0.1", true),
        (&["127.0.0.1"], "127.0.0.2", false),
        (&["::1"], "::1", true),
        (&["localhost"], "127.0.0.1", false),
        (&["127.0.0.1"], "localhost", false),
    ];
    for (names, asked, is_good) in table {
        let mut pair = connect(client_builder(&authority), issue(&authority, names, |_| {}), asked);
        if *is_good {
            pair.assert_works();
            continue;
        }
        let error = pair.client.error.clone().unwrap_or_else(|| panic!("{names:?} for {asked}"));
        let text = error.to_string();
        assert!(text.contains(asked) && names.iter().all(|name| text.contains(name)), "{text}");
        assert_refused(pair, "certificate_name_mismatch", Alert::BAD_CERTIFICATE);
    }
}

#[test]
fn the_common_name_is_no_name() {
    let authority = Authority::new();
    for names in [&[][..], &["other.test"]] {
        let identity = issue(&authority, names, |params| {
            params.distinguished_name.push(DnType::CommonName, "localhost");
        });
        let pair = connect(client_builder(&authority), identity, "localhost");
        assert_refused(pair, "certificate_name_mismatch", Alert::BAD_CERTIFICATE);
    }
}

//= 9846:4.5.1.2 leaf-signs
//= 9846:4.5.1.2 alert
#[test]
fn content() {
    type Adjust = fn(&mut CertificateParams);
    let table: [(Adjust, &str, Alert); 5] = [
        (|p| p.not_after = date_time_ymd(2020, 1, 1), "certificate_expired", Alert::CERTIFICATE_EXPIRED),
        (
            |p| p.not_before = date_time_ymd(2090, 1, 1),
            "certificate_not_yet_valid",
            Alert::CERTIFICATE_EXPIRED,
        ),
        (
            |p| p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
            "certificate_extended_key_usage",
            Alert::UNSUPPORTED_CERTIFICATE,
        ),
        (
            |p| p.key_usages = vec![KeyUsagePurpose::KeyEncipherment],
            "certificate_key_usage",
            Alert::UNSUPPORTED_CERTIFICATE,
        ),
        (
            |p| p.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained),
            "certificate_is_a_ca",
            Alert::BAD_CERTIFICATE,
        ),
    ];
    let authority = Authority::new();
    for (adjust, code, alert) in table {
        let identity = issue(&authority, &["localhost"], adjust);
        assert_refused(connect(client_builder(&authority), identity, "localhost"), code, alert);
    }
}

#[test]
fn absent_usages_permit() {
    let authority = Authority::new();
    let identity = issue(&authority, &["localhost"], |params| {
        params.key_usages.clear();
        params.extended_key_usages.clear();
    });
    connect(client_builder(&authority), identity, "localhost").assert_works();
}

//= 9846:4.5.1.2 alert
#[test]
fn issuers() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let pair = connect(client_builder(&authority), stranger.localhost().identity(), "localhost");
    assert_refused(pair, "certificate_unknown_issuer", Alert::UNKNOWN_CA);

    let pem = authority.localhost();
    let leaf_only = pem.chain.split_inclusive("-----END CERTIFICATE-----\r\n").next().unwrap_or(&pem.chain);
    let leaf_only = leaf_only.split_inclusive("-----END CERTIFICATE-----").next().unwrap();
    let identity = Identity::from_pem(leaf_only.as_bytes(), pem.key.as_bytes()).unwrap();
    assert_eq!(identity.certificates().len(), 1);
    let pair = connect(client_builder(&authority), identity, "localhost");
    assert_refused(pair, "certificate_unknown_issuer", Alert::UNKNOWN_CA);
}

#[test]
fn pins() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let identity = stranger.localhost().identity();
    let fingerprint = identity.fingerprint();
    let pinned = |pins| client_builder(&authority).server_verification(ServerVerification::Pinned(pins));
    connect(pinned(vec![[0; 32], fingerprint]), identity, "other.test").assert_works();
    let pair = connect(pinned(vec![fingerprint]), stranger.localhost().identity(), "localhost");
    assert_refused(pair, "certificate_not_pinned", Alert::CERTIFICATE_UNKNOWN);
}

/// The policy governs what the chain is signed with, whatever the leaf's own key.
#[test]
fn signature_algorithms_of_the_chain() {
    let permitted = SignatureScheme::ECDSA_SECP256R1_SHA256;
    let policy = SecurityPolicy {
        signature_schemes: vec![permitted, SignatureScheme::ED25519].into(),
        certificate_signature_schemes: Some(vec![permitted].into()),
        ..default_tls13()
    };
    let table: [(&'static SignatureAlgorithm, bool); 3] =
        [(&PKCS_ECDSA_P256_SHA256, true), (&PKCS_ECDSA_P384_SHA384, false), (&PKCS_ED25519, false)];
    for (algorithm, is_permitted) in table {
        let authority = Authority::with_algorithm(algorithm);
        let identity = authority.issue(&["localhost"], &PKCS_ECDSA_P256_SHA256).identity();
        let mut pair = connect(client_builder(&authority).policy(policy.clone()), identity, "localhost");
        match is_permitted {
            true => pair.assert_works(),
            false => assert_refused(pair, "certificate_signature_algorithm", Alert::BAD_CERTIFICATE),
        }
    }
}

#[test]
fn a_signature_of_the_chain_that_does_not_verify() {
    let authority = Authority::new();
    let pem = authority.localhost();
    let identity = pem.identity();
    let mut chain: Vec<_> = identity.certificates().iter().map(|der| der.to_vec()).collect();
    *chain[0].last_mut().unwrap() ^= 1;
    let key = tls_core::ciphersuites::PrivateKey::from_pem(pem.key.as_bytes()).unwrap();
    let identity = Identity::new(chain.into_iter().map(Into::into).collect(), key).unwrap();
    let pair = connect(client_builder(&authority), identity, "localhost");
    assert_refused(pair, "certificate_bad_signature", Alert::DECRYPT_ERROR);
}

/// No identity of ours can have such a certificate: it is put in place of the server's on the wire.
#[test]
fn a_critical_extension_that_is_not_known() {
    let authority = Authority::new();
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let pem = authority.issue_with(&["localhost"], key, |params| {
        let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
        extension.set_criticality(true);
        params.custom_extensions.push(extension);
    });
    let leaf = CertificateDer::from_pem_slice(pem.chain.as_bytes()).unwrap();
    let setup = Setup::new(client_builder(&authority), server_builder(&authority));
    let mut relay = setup.relay();
    relay.run(|piece| match piece.message_type() {
        Some(HandshakeType::CERTIFICATE) => {
            let len = |extra: usize| u32::try_from(leaf.len() + extra).unwrap().to_be_bytes();
            let body = [&[0], &len(5)[1..], &len(0)[1..], &leaf, &[0, 0]].concat();
            vec![piece.with(message(piece.content[0], &body))]
        }
        _ => vec![piece.clone()],
    });
    assert_refused(relay.pair, "certificate_invalid", Alert::BAD_CERTIFICATE);
}

/// Whatever the signature would say: its algorithm is enough.
//= 9846:4.5.1.3 md5
#[test]
fn certificates_signed_with_md5_are_refused() {
    let authority = Authority::with_algorithm(&rcgen::PKCS_RSA_SHA256);
    let identity = authority.issue(&["localhost"], &PKCS_ECDSA_P256_SHA256).identity();
    // sha256WithRSAEncryption, and in its place md5WithRSAEncryption.
    let oid = |last| [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, last];
    let mut leaf = identity.certificates()[0].to_vec();
    let mut found = 0;
    for at in 0..leaf.len() - 9 {
        if leaf[at..at + 9] == oid(11) {
            leaf[at..at + 9].copy_from_slice(&oid(4));
            found += 1;
        }
    }
    assert_eq!(found, 2);
    let setup = Setup::new(client_builder(&authority), server_builder(&authority));
    let mut relay = setup.relay();
    relay.run(|piece| match piece.message_type() {
        Some(HandshakeType::CERTIFICATE) => {
            let entry =
                |der: &[u8]| [&u32::try_from(der.len()).unwrap().to_be_bytes()[1..], der, &[0, 0]].concat();
            let entries = [entry(&leaf), entry(&identity.certificates()[1])].concat();
            let len = u32::try_from(entries.len()).unwrap().to_be_bytes();
            vec![piece.with(message(piece.content[0], &[&[0], &len[1..], &entries].concat()))]
        }
        _ => vec![piece.clone()],
    });
    assert_refused(relay.pair, "certificate_signature_algorithm", Alert::BAD_CERTIFICATE);
}
