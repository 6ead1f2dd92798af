//! What a connection's facts say of why it is as it is, and of policies that it would satisfy.

use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ML_DSA_87};
use tests::authority::Authority;
use tests::pair::{Pair, client_builder, only, server_builder};
use tls_core::ciphersuites::{
    CertificateKey, CipherSuite, KeyType, NamedGroup, ProtocolVersion, SecurityPolicy, SignatureScheme,
};
use tls_core::{
    ClientAuthentication, ClientConfigBuilder, Facts, GroupReason, ServerConfig, ServerConfigBuilder, Unmet,
};

const HYBRID: NamedGroup = NamedGroup::X25519MLKEM768;
const MLKEM1024: NamedGroup = NamedGroup::MLKEM1024;
const X25519: NamedGroup = NamedGroup::X25519;
const P256: NamedGroup = NamedGroup::SECP256R1;
const P384: NamedGroup = NamedGroup::SECP384R1;

/// What the client and the server know of a connection.
fn facts(client: ClientConfigBuilder, server: ServerConfigBuilder) -> [Facts; 2] {
    let mut pair = Pair::new(&client.build().unwrap(), &server.build().unwrap());
    pair.handshake();
    pair.assert_works();
    [&pair.client, &pair.server].map(|end| end.connection.facts().unwrap().clone())
}

fn of_groups(groups: &[NamedGroup], key_shares: &[NamedGroup], preferred: &[NamedGroup]) -> SecurityPolicy {
    SecurityPolicy {
        groups: groups.to_vec().into(),
        key_shares: key_shares.to_vec().into(),
        strongly_preferred_groups: preferred.to_vec().into(),
        ..SecurityPolicy::P20251014
    }
}

//= 9846:4.2.1 retry-without-share
#[test]
fn both_sides_know_why_it_is_this_group() {
    use GroupReason::*;
    /// The client's groups and shares, the server's groups and strongly preferred ones, the group, each side's reason.
    type Row<'a> = ([&'a [NamedGroup]; 2], [&'a [NamedGroup]; 2], NamedGroup, [GroupReason; 2]);
    let table: [Row<'_>; 11] = [
        ([&[HYBRID, P256], &[HYBRID]], [&[HYBRID, P256], &[]], HYBRID, [ServerChose, Preferred]),
        ([&[HYBRID, P256], &[HYBRID, P256]], [&[P384, P256], &[]], P256, [ServerChose, OnlyOne]),
        ([&[P256], &[P256]], [&[P384, P256], &[]], P256, [OnlyOne, OnlyOne]),
        ([&[P256, X25519], &[X25519]], [&[P256, X25519], &[]], X25519, [ServerChose, ShareAtHand]),
        ([&[P256, X25519], &[X25519]], [&[P256, X25519], &[P256]], P256, [ServerAsked, StronglyPreferred]),
        ([&[P256, X25519], &[P256]], [&[P256, X25519], &[P256]], P256, [ServerChose, Preferred]),
        ([&[HYBRID, P256], &[P256]], [&[P256, HYBRID], &[]], HYBRID, [ServerAsked, PostQuantum]),
        ([&[HYBRID, P256], &[P256]], [&[P256, HYBRID], &[HYBRID]], HYBRID, [ServerAsked, PostQuantum]),
        (
            [&[HYBRID, MLKEM1024], &[HYBRID]],
            [&[HYBRID, MLKEM1024], &[MLKEM1024]],
            MLKEM1024,
            [ServerAsked, StronglyPreferred],
        ),
        ([&[P256, P384, X25519], &[X25519]], [&[P384, P256], &[]], P384, [ServerAsked, NoShare]),
        ([&[P384], &[]], [&[P384, P256], &[]], P384, [OnlyOne, NoShare]),
    ];
    let authority = Authority::new();
    for ([groups, shares], [server, preferred], chosen, reasons) in table {
        let client = client_builder(&authority).policy(of_groups(groups, shares, &[]));
        let server = server_builder(&authority).policy(of_groups(server, &[], preferred));
        let known = facts(client, server);
        let row = format!("{groups:?} {shares:?} {preferred:?}");
        assert_eq!(known.each_ref().map(|facts| facts.group), [chosen; 2], "{row}");
        assert_eq!(known.each_ref().map(|facts| facts.group_reason), reasons, "{row}");
        let asked = known[1].group_reason.to_string().contains("HelloRetryRequest");
        assert_eq!(asked, known[1].hello_retry_request, "{row}");
    }
}

#[test]
fn the_reason_in_tls12() {
    let authority = Authority::new();
    let tls12 = |groups: &[NamedGroup]| SecurityPolicy {
        groups: groups.to_vec().into(),
        ..only(ProtocolVersion::TLS1_2, &SecurityPolicy::P20251014)
    };
    for (client, server, reasons) in [
        (&[HYBRID, P256, P384][..], &[P384, P256][..], [GroupReason::ServerChose, GroupReason::Preferred]),
        (&[P256, P384], &[HYBRID, P256], [GroupReason::ServerChose, GroupReason::OnlyOne]),
        (&[HYBRID, P256], &[P384, P256], [GroupReason::OnlyOne, GroupReason::OnlyOne]),
    ] {
        let known = facts(
            client_builder(&authority).policy(tls12(client)),
            server_builder(&authority).policy(tls12(server)),
        );
        assert_eq!(known.map(|facts| facts.group_reason), reasons);
    }
}

#[test]
fn a_connection_satisfies_what_it_is() {
    let authority = Authority::with_algorithm(&PKCS_ML_DSA_87);
    let identity = authority.issue(&["localhost"], &PKCS_ML_DSA_87);
    let cnsa_2 = SecurityPolicy::by_name("cnsa_2").unwrap();
    let client = client_builder(&authority).policy(cnsa_2.clone());
    let server = ServerConfig::builder().permit_unapproved().policy(cnsa_2).identity(identity.identity());
    for known in facts(client, server) {
        for name in ["cnsa_2", "cnsa_1_2_interop", "test_all"] {
            assert_eq!(known.satisfies(&SecurityPolicy::by_name(name).unwrap()), Ok(()), "{name}");
        }
        assert_eq!(
            known.satisfies(&SecurityPolicy::P20251014),
            Err(vec![Unmet::Group(MLKEM1024), Unmet::ServerSignatureScheme(SignatureScheme::MLDSA87)])
        );
    }
}

#[test]
fn everything_that_a_policy_does_not_permit_is_named() {
    let authority = Authority::with_algorithm(&PKCS_ECDSA_P384_SHA384);
    let tls12 = only(ProtocolVersion::TLS1_2, &SecurityPolicy::DEFAULT_TLS13);
    let p256 = authority.issue(&["localhost"], &PKCS_ECDSA_P256_SHA256);
    let client = client_builder(&authority).policy(tls12).identity(p256.identity());
    let server = ServerConfig::builder()
        .permit_unapproved()
        .policy(SecurityPolicy::DEFAULT_TLS13)
        .identity(p256.identity())
        .client_authentication(ClientAuthentication::Required(authority.roots()));
    let [client, server] = facts(client, server);
    assert_eq!(client.satisfies(&SecurityPolicy::DEFAULT_TLS13), Ok(()));

    let scheme = client.server_signature_scheme.unwrap();
    let mut expected = vec![
        Unmet::Version(ProtocolVersion::TLS1_2),
        Unmet::CipherSuite(client.cipher_suite),
        Unmet::Group(client.group),
        Unmet::ServerSignatureScheme(scheme),
        Unmet::ClientSignatureScheme(client.client_signature_scheme.unwrap()),
    ];
    let place = |unmet: &Unmet| matches!(unmet, Unmet::PeerCertificate(_));
    for known in [&client, &server] {
        let unmet = known.satisfies(&SecurityPolicy::by_name("cnsa_2").unwrap()).unwrap_err();
        let (certificates, others): (Vec<_>, Vec<_>) = unmet.into_iter().partition(place);
        assert_eq!(others, expected);
        // The leaf and the intermediate, each with its key and its signature.
        assert_eq!(certificates.len(), 4, "{certificates:?}");
    }
    let text: Vec<_> = expected.drain(..).map(|unmet| unmet.to_string()).collect();
    assert_eq!(text[0], "the version is TLS 1.2");

    let strict = SecurityPolicy {
        certificate_keys: Some(vec![CertificateKey::of(KeyType::EcdsaP384)].into()),
        cipher_suites: vec![CipherSuite::TLS_AES_128_GCM_SHA256, client.cipher_suite].into(),
        ..SecurityPolicy::DEFAULT_TLS13
    };
    let only_key = vec![Unmet::PeerCertificate("certificate 1 has an ECDSA P-256 key".to_owned())];
    assert_eq!(client.satisfies(&strict), Err(only_key));
    // The same policy, where post-quantum key exchange is required.
    let quantum = SecurityPolicy { post_quantum_required: true, ..SecurityPolicy::P20251014 };
    let unmet = client.satisfies(&quantum).unwrap_err();
    assert_eq!(unmet[..2], [Unmet::Version(ProtocolVersion::TLS1_2), Unmet::Group(client.group)]);
}

#[test]
fn the_extended_main_secret_counts() {
    let authority = Authority::new();
    let tls12 = only(ProtocolVersion::TLS1_2, &SecurityPolicy::P20251014);
    let requiring = SecurityPolicy { extended_main_secret_required: true, ..SecurityPolicy::P20251014 };
    let known =
        facts(client_builder(&authority).policy(tls12.clone()), server_builder(&authority).policy(tls12));
    for mut known in known {
        assert_eq!(known.satisfies(&requiring), Ok(()));
        // Both of our ends always have it; this is what facts of another peer look like.
        known.extended_main_secret = false;
        assert_eq!(known.satisfies(&requiring), Err(vec![Unmet::ExtendedMainSecret]));
        assert_eq!(known.satisfies(&SecurityPolicy::P20251014), Ok(()));
    }
}
