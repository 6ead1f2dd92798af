//! Clients that prove their identity, or do not.

use rcgen::{
    CertificateParams, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
    date_time_ymd,
};
use tests::authority::{Authority, Pem};
use tests::pair::{Pair, client_builder, default_tls13, only, server_builder};
use tls_core::ciphersuites::{ProtocolVersion, SecurityPolicy, SignatureScheme};
use tls_core::{AlertDescription as Alert, ClientAuthentication, Identity};

/// A client certificate with an oddity.
fn issue(authority: &Authority, adjust: impl FnOnce(&mut CertificateParams)) -> Identity {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    authority.issue_with(&["client.test"], key, adjust).identity()
}

const BOTH: [ProtocolVersion; 2] = [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2];

fn connect(
    authority: &Authority,
    version: ProtocolVersion,
    asked: ClientAuthentication,
    identity: Option<Identity>,
) -> Pair {
    let policy = only(version, &SecurityPolicy::P20251014);
    let client = client_builder(authority).policy(policy.clone());
    let client = match identity {
        Some(identity) => client.identity(identity),
        None => client,
    };
    let server = server_builder(authority).policy(policy).client_authentication(asked);
    let mut pair = Pair::new(&client.build().unwrap(), &server.build().unwrap());
    pair.handshake();
    pair
}

//= 9846:4.5.1 client-sends
//= 9846:4.5.1 client-empty
#[test]
fn who_is_asked_and_who_answers() {
    let authority = Authority::new();
    let (optional, required) = (
        || ClientAuthentication::Optional(authority.roots()),
        || ClientAuthentication::Required(authority.roots()),
    );
    let table = [
        (ClientAuthentication::None, true, Ok(false)),
        (ClientAuthentication::None, false, Ok(false)),
        (optional(), true, Ok(true)),
        (optional(), false, Ok(false)),
        (required(), true, Ok(true)),
        (required(), false, Err("certificate_required")),
        (ClientAuthentication::RequiredUnverified, true, Ok(true)),
        (ClientAuthentication::RequiredUnverified, false, Err("certificate_required")),
    ];
    let rows = table.iter().flat_map(|row| BOTH.map(|version| (version, row.clone())));
    for (version, (asked, has_identity, expected)) in rows {
        let context = format!("{version} {asked:?} {has_identity}");
        let is_asked = !matches!(asked, ClientAuthentication::None);
        let identity = has_identity.then(|| issue(&authority, |_| {}));
        let leaf = identity.as_ref().map(|identity| identity.certificates()[0].to_vec());
        let mut pair = connect(&authority, version, asked, identity);
        match expected {
            Ok(proven) => {
                pair.assert_works();
                let scheme = proven.then_some(SignatureScheme::ECDSA_SECP256R1_SHA256);
                let server = pair.server.connection.facts().unwrap();
                let shown = server.peer_certificates.as_ref().map(|chain| chain.leaf().to_vec());
                assert_eq!(shown, leaf.filter(|_| proven), "{context}");
                let client = pair.client.connection.facts().unwrap();
                for facts in [server, client] {
                    assert_eq!(facts.client_signature_scheme, scheme, "{context}");
                    assert_eq!(facts.certificate_requested, is_asked, "{context}");
                }
            }
            Err(code) => {
                let alert = match version {
                    ProtocolVersion::TLS1_3 => Alert::CERTIFICATE_REQUIRED,
                    // TLS 1.2 has no name for it.
                    _ => Alert::HANDSHAKE_FAILURE,
                };
                let error = pair.server.error.unwrap();
                assert_eq!((error.code(), error.alert_sent()), (code, Some(alert)));
                assert!(!pair.server.established);
                assert_eq!(pair.client.error.unwrap().alert_received(), Some(alert));
            }
        }
    }
}

//= 9846:4.5.1 leaf-first
#[test]
fn a_chain_is_shown_whole() {
    let authority = Authority::new();
    for version in BOTH {
        let identity = issue(&authority, |_| {});
        let chain: Vec<Vec<u8>> = identity.certificates().iter().map(|der| der.to_vec()).collect();
        let asked = ClientAuthentication::Required(authority.roots());
        let pair = connect(&authority, version, asked, Some(identity));
        let facts = pair.server.connection.facts().unwrap();
        let shown: Vec<Vec<u8>> =
            facts.peer_certificates.as_ref().unwrap().iter().map(<[u8]>::to_vec).collect();
        assert_eq!((shown.len(), shown), (2, chain));
    }
}

//= 9846:4.5.1.2 alert
#[test]
fn certificates_that_are_refused() {
    type Adjust = fn(&mut CertificateParams);
    let authority = Authority::new();
    let table: [(Adjust, &str, Alert); 5] = [
        (
            |params| params.not_after = date_time_ymd(2020, 1, 1),
            "certificate_expired",
            Alert::CERTIFICATE_EXPIRED,
        ),
        (
            |params| params.not_before = date_time_ymd(2090, 1, 1),
            "certificate_not_yet_valid",
            Alert::CERTIFICATE_EXPIRED,
        ),
        (
            |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth],
            "certificate_extended_key_usage",
            Alert::UNSUPPORTED_CERTIFICATE,
        ),
        (
            |params| params.key_usages = vec![KeyUsagePurpose::KeyAgreement],
            "certificate_key_usage",
            Alert::UNSUPPORTED_CERTIFICATE,
        ),
        (
            |params| params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained),
            "certificate_is_a_ca",
            Alert::BAD_CERTIFICATE,
        ),
    ];
    // Whether it was required or not: one that is shown must be good.
    for (adjust, code, alert) in table {
        let roots = authority.roots();
        let asked = [ClientAuthentication::Optional(roots.clone()), ClientAuthentication::Required(roots)];
        for (version, asked) in BOTH.into_iter().zip(asked.clone()).chain(BOTH.into_iter().rev().zip(asked)) {
            let pair = connect(&authority, version, asked, Some(issue(&authority, adjust)));
            let error = pair.server.error.unwrap();
            assert_eq!((error.code(), error.alert_sent()), (code, Some(alert)));
            assert!(!pair.server.established);
            assert_eq!(pair.client.error.unwrap().alert_received(), Some(alert));
        }
    }
}

#[test]
fn a_stranger_is_refused_unless_nobody_looks() {
    let authority = Authority::new();
    let stranger = || -> Pem { Authority::new().localhost() };
    for version in BOTH {
        let asked = ClientAuthentication::Required(authority.roots());
        let pair = connect(&authority, version, asked, Some(stranger().identity()));
        let error = pair.server.error.unwrap();
        let expected = ("certificate_unknown_issuer", Some(Alert::UNKNOWN_CA));
        assert_eq!((error.code(), error.alert_sent()), expected);
        let asked = ClientAuthentication::RequiredUnverified;
        connect(&authority, version, asked, Some(stranger().identity())).assert_works();
    }
}

/// Without a scheme in common the client declines; the server decides what that means.
//= 9846:4.5.1 client-empty
//= 9846:4.5.1.2 leaf-signs
//= 9846:4.5.2 scheme-client
#[test]
fn a_key_that_the_server_cannot_check_is_not_shown() {
    let authority = Authority::new();
    for required in [false, true] {
        let schemes = |schemes: &[SignatureScheme]| SecurityPolicy {
            signature_schemes: schemes.to_vec().into(),
            ..default_tls13()
        };
        let both = [SignatureScheme::ECDSA_SECP256R1_SHA256, SignatureScheme::ED25519];
        let identity = authority.issue(&["client.test"], &rcgen::PKCS_ED25519).identity();
        let client = client_builder(&authority).policy(schemes(&both)).identity(identity);
        let roots = authority.roots();
        let asked = match required {
            true => ClientAuthentication::Required(roots),
            false => ClientAuthentication::Optional(roots),
        };
        let server = server_builder(&authority).policy(schemes(&both[..1])).client_authentication(asked);
        let mut pair = Pair::new(&client.build().unwrap(), &server.build().unwrap());
        pair.handshake();
        match required {
            true => assert_eq!(pair.server.error.unwrap().code(), "certificate_required"),
            false => pair.assert_works(),
        }
    }
}
