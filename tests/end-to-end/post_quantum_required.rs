//! A policy that requires post-quantum key exchange: nothing classical is offered, accepted or chosen.

use tests::authority::Authority;
use tests::hello::Extended;
use tests::pair::{Pair, client_builder, only, server_builder};
use tls_core::ConfigError;
use tls_core::ciphersuites::{NamedGroup, ProtocolVersion, SecurityPolicy};

const HYBRID: NamedGroup = NamedGroup::X25519MLKEM768;
const X25519: NamedGroup = NamedGroup::X25519;

const SUPPORTED_GROUPS: u16 = 10;
const SUPPORTED_VERSIONS: u16 = 43;
const KEY_SHARE: u16 = 51;

fn requiring(policy: SecurityPolicy) -> SecurityPolicy {
    SecurityPolicy { post_quantum_required: true, ..policy }
}

fn pair(client: SecurityPolicy, server: SecurityPolicy) -> Pair {
    let authority = Authority::new();
    let client = client_builder(&authority).policy(client).build().unwrap();
    let server = server_builder(&authority).policy(server).build().unwrap();
    Pair::new(&client, &server)
}

fn codes(pair: &Pair) -> [Option<&'static str>; 2] {
    [&pair.client, &pair.server].map(|end| end.error.as_ref().map(|error| error.code()))
}

#[test]
fn a_client_offers_nothing_classical() {
    let mut pair = pair(requiring(SecurityPolicy::P20251014), SecurityPolicy::P20251014);
    let flight = pair.client.take_output();
    let hello = Extended::parse(&flight[5..]);
    let body = |wanted| {
        let found = hello.extensions.iter().find(|(extension, _)| *extension == wanted);
        found.map(|(_, body)| body.clone()).unwrap()
    };
    let code_points = |bytes: &[u8]| -> Vec<_> {
        bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
    };
    let hybrids = SecurityPolicy::P20251014.groups.iter().take(3).map(|group| group.0).collect::<Vec<_>>();
    assert_eq!(code_points(&body(SUPPORTED_GROUPS)[2..]), hybrids);
    assert_eq!(code_points(&body(SUPPORTED_VERSIONS)[1..]), [ProtocolVersion::TLS1_3.0]);
    // One share, of 1216 bytes, and no half of it beside.
    let shares = body(KEY_SHARE);
    assert_eq!((&shares[2..4], shares.len()), (&HYBRID.0.to_be_bytes()[..], 2 + 4 + 1216));
    let suites_len = usize::from(hello.prefix[67 + 1]) | usize::from(hello.prefix[67]) << 8;
    assert_eq!(code_points(&hello.prefix[69..69 + suites_len]), [0x1301, 0x1302, 0x1303]);
    pair.server.deliver(&flight);
    pair.handshake();
    pair.assert_works();
    assert_eq!(pair.client.connection.facts().unwrap().group, HYBRID);
}

#[test]
fn a_client_refuses_servers_that_have_nothing_else() {
    let mut tls13 = pair(requiring(SecurityPolicy::P20251014), SecurityPolicy::DEFAULT_TLS13);
    tls13.handshake();
    assert_eq!(codes(&tls13), [Some("alert_received"), Some("no_common_group")]);
    let tls12 = only(ProtocolVersion::TLS1_2, &SecurityPolicy::P20251014);
    let mut tls12 = pair(requiring(SecurityPolicy::P20251014), tls12);
    tls12.handshake();
    assert_eq!(codes(&tls12), [Some("alert_received"), Some("no_common_version")]);
}

#[test]
fn a_server_refuses_clients_that_have_nothing_else() {
    let mut tls13 = pair(SecurityPolicy::DEFAULT_TLS13, requiring(SecurityPolicy::P20251014));
    tls13.handshake();
    assert_eq!(codes(&tls13), [Some("alert_received"), Some("no_common_group")]);
    let tls12 = only(ProtocolVersion::TLS1_2, &SecurityPolicy::P20251014);
    let mut tls12 = pair(tls12, requiring(SecurityPolicy::P20251014));
    tls12.handshake();
    assert_eq!(codes(&tls12), [Some("alert_received"), Some("no_common_version")]);
}

/// Every server that has a post-quantum group in common asks for it, whatever share is there.
#[test]
fn a_server_asks_for_the_share_it_needs() {
    let shares_classical = SecurityPolicy { key_shares: vec![X25519].into(), ..SecurityPolicy::P20251014 };
    let mut asked = 0;
    for name in SecurityPolicy::names() {
        let server = requiring(SecurityPolicy::by_name(name).unwrap());
        let wanted = server.usable_groups().find(|group| SecurityPolicy::P20251014.groups.contains(group));
        let authority = Authority::new();
        let Ok(server) = server_builder(&authority).policy(server).build() else { continue };
        let client = client_builder(&authority).policy(shares_classical.clone()).build().unwrap();
        let mut pair = Pair::new(&client, &server);
        pair.handshake();
        let Some(wanted) = wanted else {
            assert_eq!(codes(&pair), [Some("alert_received"), Some("no_common_group")], "{name}");
            continue;
        };
        pair.assert_works();
        let facts = pair.server.connection.facts().unwrap();
        assert_eq!((facts.group, facts.hello_retry_request), (wanted, true), "{name}");
        asked += 1;
    }
    // The others are the CNSA policies, which have other groups or keys, and those with nothing post-quantum.
    assert_eq!(asked, 47);
}

#[test]
fn a_policy_without_post_quantum_groups_does_not_build() {
    let authority = Authority::new();
    let build = |policy| client_builder(&authority).policy(requiring(policy)).build().unwrap_err();
    let error = build(SecurityPolicy::DEFAULT_TLS13);
    assert!(matches!(error, ConfigError::EmptyPolicy { .. }));
    assert_eq!(error.to_string(), "the policy default_tls13 has no post-quantum key exchange group");
    let error = build(only(ProtocolVersion::TLS1_2, &SecurityPolicy::P20251014));
    assert!(error.to_string().ends_with("has no TLS 1.3 cipher suite"), "{error}");
}
