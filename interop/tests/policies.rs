//! Named policies against OpenSSL, which has its own defaults wherever a row does not say otherwise.

mod table;

use tls_core::AlertDescription as Alert;
use tls_core::ciphersuites::{
    CipherSuite as Suite, NamedGroup as Group, ProtocolVersion, Rule, SecurityPolicy, Tls13Suite,
};

use self::table::{BY_ROLE, ELB, FIPS, HYBRID, INTEROP1, ML_DSA_87, ML_KEM_1024, MOVING, P384, Row};
use crate::certificates::{Chain, LOCALHOST, RSA};
use crate::link::{Link, trying};
use crate::peer::Stack;
use crate::settings::{Role, Settings};

/// What OpenSSL sends shares of, if it is not told otherwise.
const DEFAULT_SHARES: [Group; 2] = [HYBRID, Group::X25519];

/// Runs a handshake in which we have this role and policy; OpenSSL has its defaults, and what it is `told`.
fn run(role: Role, policy: &str, chain: &Chain, told: impl Fn(Settings) -> Settings) -> Link {
    trying((policy, role));
    let policy = SecurityPolicy::by_name(policy).unwrap();
    let ours = |settings| Settings { policy, ..settings };
    let (client, server) = (Settings::client(chain), Settings::server(chain));
    let (client, server) = match role {
        Role::Client => (ours(client), told(server)),
        Role::Server => (told(client), ours(server)),
    };
    let mut link = Link::new((Stack::OpenSsl, role), &client, &server);
    link.run();
    link
}

/// What comes of it is what the row says.
fn connect(
    role: Role,
    (name, chain, suite, group): Row,
    told: impl Fn(Settings) -> Settings,
    shares: &[Group],
) {
    let mut link = run(role, name, chain, told);
    link.assert_works();
    let (facts, policy) = (link.facts(), SecurityPolicy::by_name(name).unwrap());
    let is_tls13 = Tls13Suite::from_id(suite).is_some();
    let version = if is_tls13 { ProtocolVersion::TLS1_3 } else { ProtocolVersion::TLS1_2 };
    assert_eq!((facts.version, facts.cipher_suite, facts.group), (version, suite, group));
    let shares = if role == Role::Client { &policy.key_shares } else { shares };
    assert_eq!(facts.hello_retry_request, is_tls13 && !shares.contains(&group));
    assert!(policy.signature_schemes.contains(&facts.server_signature_scheme.unwrap()));
    assert_eq!(facts.policy, name);
}

#[test]
fn policies_decide_over_the_defaults_of_openssl() {
    for row in MOVING.into_iter().chain(FIPS).chain(ELB) {
        Role::BOTH.into_iter().for_each(|role| connect(role, row, |settings| settings, &DEFAULT_SHARES));
    }
    for (role, row) in BY_ROLE {
        connect(role, row, |settings| settings, &DEFAULT_SHARES);
    }
}

#[test]
fn policies_with_ml_kem_1024() {
    const GROUPS: [Group; 1] = [Group::MLKEM1024];
    for row in ML_KEM_1024 {
        Role::BOTH
            .into_iter()
            .for_each(|role| connect(role, row, |settings| settings.groups(&GROUPS), &GROUPS));
    }
}

#[test]
fn the_table_has_every_policy_of_the_families() {
    let rows =
        MOVING.into_iter().chain(FIPS).chain(ELB).chain(BY_ROLE.map(|(_, row)| row)).chain(ML_KEM_1024);
    let has: Vec<&str> = rows.map(|(name, ..)| name).collect();
    let families = ["default", "cnsa", "rfc9151", "ELBSecurityPolicy"];
    for name in SecurityPolicy::names() {
        let is_fips = || SecurityPolicy::by_name(name).unwrap().rules.contains(&Rule::Fips140_3);
        let is_wanted = families.iter().any(|family| name.starts_with(family)) || is_fips();
        assert!(!is_wanted || has.contains(&name), "{name}");
    }
}

/// The hybrids as they come with X25519's share alone, in either order.
#[test]
fn a_share_of_x25519_keeps_no_post_quantum_policy_classical() {
    let mut count = 0;
    for name in SecurityPolicy::names() {
        let policy = SecurityPolicy::by_name(name).unwrap();
        let chain = if policy.certificate_keys.is_some() { &ML_DSA_87 } else { &P384 };
        for hybrid in policy.groups.iter().copied().filter(|group| group.is_post_quantum()) {
            for groups in [[Group::X25519, hybrid], [hybrid, Group::X25519]] {
                let told = |settings: Settings| Settings {
                    key_shares: vec![Group::X25519],
                    ..settings.groups(&groups)
                };
                let mut link = run(Role::Server, name, chain, told);
                link.assert_works();
                assert_eq!((link.facts().group, link.facts().hello_retry_request), (hybrid, true));
                count += 1;
            }
        }
    }
    assert!(count > 100, "{count}");
}

/// Who gives up, and how.
enum Refusal {
    Ours(&'static str, Alert),
    OpenSsl(Alert),
}

#[test]
fn what_a_policy_lacks_is_refused() {
    use Refusal::{OpenSsl, Ours};
    use Role::{Client, Server};
    type Told = fn(Settings) -> Settings;
    let as_it_is: Told = |settings| settings;
    let tls12: Told = |settings| settings.at(ProtocolVersion::TLS1_2);
    let tls11: Told = |settings| settings.at(ProtocolVersion::TLS1_1);
    let chacha20: Told =
        |settings| settings.at(ProtocolVersion::TLS1_3).suite(Suite::TLS_CHACHA20_POLY1305_SHA256);
    let static_rsa: Told =
        |settings| settings.at(ProtocolVersion::TLS1_2).suite(Suite::TLS_RSA_WITH_AES_128_GCM_SHA256);
    let x25519: Told = |settings| settings.groups(&[Group::X25519]);
    let old_elb = "ELBSecurityPolicy-TLS-1-1-2017-01";
    let version = Ours("no_common_version", Alert::PROTOCOL_VERSION);
    let suite = Ours("no_common_cipher_suite", Alert::HANDSHAKE_FAILURE);
    let group = Ours("no_common_group", Alert::HANDSHAKE_FAILURE);
    let key = Ours("no_suitable_key", Alert::HANDSHAKE_FAILURE);
    let failure = OpenSsl(Alert::HANDSHAKE_FAILURE);
    let old_version = OpenSsl(Alert::PROTOCOL_VERSION);
    let table: [(&str, Role, &Chain, Told, &Refusal); 17] = [
        ("cnsa_2", Server, &ML_DSA_87, as_it_is, &group),
        ("cnsa_2", Client, &ML_DSA_87, as_it_is, &failure),
        ("cnsa_1", Client, &LOCALHOST, as_it_is, &failure),
        // OpenSSL heeds what we say that we accept in certificates.
        ("cnsa_1", Client, &RSA, as_it_is, &failure),
        ("cnsa_1", Server, &P384, x25519, &group),
        ("cnsa_1_2_interop", Server, &ML_DSA_87, tls12, &key),
        ("cnsa_2", Server, &ML_DSA_87, tls12, &version),
        ("cnsa_2", Client, &ML_DSA_87, tls12, &old_version),
        ("default_fips", Server, &LOCALHOST, chacha20, &suite),
        ("default_fips", Client, &LOCALHOST, chacha20, &failure),
        ("default_fips", Server, &LOCALHOST, x25519, &group),
        ("default_fips", Client, &LOCALHOST, x25519, &failure),
        (INTEROP1, Server, &P384, tls12, &version),
        (INTEROP1, Client, &P384, tls12, &old_version),
        // Refused, though the policies name it.
        (old_elb, Server, &LOCALHOST, tls11, &version),
        (old_elb, Server, &RSA, static_rsa, &suite),
        (old_elb, Client, &RSA, static_rsa, &failure),
    ];
    for (policy, role, chain, told, refusal) in table {
        let link = run(role, policy, chain, told);
        match refusal {
            Ours(code, alert) => link.assert_we_refuse(code, *alert),
            OpenSsl(alert) => link.assert_peer_refuses(*alert),
        }
    }
}
