//! A build on a FIPS module: what it takes, what it refuses, and what the module says of its handshakes.

use tests::authority::{Authority, Pem};
use tests::hello::Extended;
use tests::relay::{Piece, Setup, Side};
use tls_core::ciphersuites::{NamedGroup, Rule, SecurityPolicy};
use tls_core::{
    AlertDescription as Alert, ClientConfig, ClientConfigBuilder, ConfigError, ServerConfig,
    ServerConfigBuilder, ServerVerification,
};

use crate::cases::ext;

mod services;

fn client(authority: &Authority) -> ClientConfigBuilder {
    ClientConfig::builder().server_verification(ServerVerification::Roots(authority.roots()))
}

fn server(pem: &Pem) -> ServerConfigBuilder {
    ServerConfig::builder().identity(pem.identity())
}

fn policy(name: &str) -> SecurityPolicy {
    SecurityPolicy::by_name(name).unwrap()
}

#[test]
fn whoever_chooses_nothing_gets_default_fips() {
    assert_eq!(policy("default"), SecurityPolicy { name: "default".into(), ..policy("default_fips") });
    let authority = Authority::new();
    let mut pair = Setup::new(client(&authority), server(&authority.localhost())).pair();
    pair.handshake();
    pair.assert_works();
    let facts = pair.client.connection.facts().unwrap();
    assert_eq!((&*facts.policy, facts.group), ("default", NamedGroup::X25519MLKEM768));
}

#[test]
fn a_policy_that_is_not_approved_does_not_build_unless_that_is_permitted() {
    let authority = Authority::new();
    let pem = authority.localhost();
    let mut refused = 0;
    for name in SecurityPolicy::names() {
        let builders = || (client(&authority).policy(policy(name)), server(&pem).policy(policy(name)));
        let (client, server) = builders();
        let errors = [client.build().err(), server.build().err()];
        let required = SecurityPolicy { extended_main_secret_required: true, ..policy(name) };
        let breaches = Rule::Fips140_3Strict.breaches(&required);
        if !breaches.is_empty() {
            refused += 1;
            let breaches = breaches.iter().map(ToString::to_string).collect();
            let expected = Some(ConfigError::NotApproved { policy: name.to_owned(), breaches });
            assert_eq!(errors, [expected.clone(), expected]);
        } else {
            assert!(!errors.iter().any(|error| matches!(error, Some(ConfigError::NotApproved { .. }))));
        }
        let (client, server) = builders();
        for error in [client.permit_unapproved().build().err(), server.permit_unapproved().build().err()] {
            assert!(!matches!(error, Some(ConfigError::NotApproved { .. })), "{error:?}");
        }
    }
    assert!((100..169).contains(&refused), "{refused}");
    let error = client(&authority).policy(SecurityPolicy::P20251014).build().unwrap_err().to_string();
    for piece in ["20251014", "TLS_CHACHA20_POLY1305_SHA256", "x25519", "default_fips"] {
        assert!(error.contains(piece), "{error}");
    }
}

/// The module approves of no RSA key whose length is odd. OpenSSL makes none, either: this one is put together from two
/// primes.
#[test]
fn a_key_that_is_not_approved_does_not_build() {
    let authority = Authority::new();
    let key = rcgen::KeyPair::from_pem(include_str!("fips/rsa_2049.pem")).unwrap();
    let odd = authority.issue_with(&["localhost"], key, |_| {});
    let errors = [server(&odd).build().err(), client(&authority).identity(odd.identity()).build().err()];
    let text = "an RSA key of 2049 bits is not approved: their number must be even";
    for error in errors {
        let Some(ConfigError::NotApproved { policy, breaches }) = error else { panic!("{error:?}") };
        assert_eq!((policy.as_str(), breaches), ("default", vec![text.to_owned()]));
    }
    // All that offends is named at once, whosever it is.
    let both = server(&odd).policy(policy("default_tls13")).build().unwrap_err().to_string();
    assert!(both.contains(text) && both.contains("x25519"), "{both}");
    let permitted = server(&odd).permit_unapproved();
    let mut pair = Setup::new(client(&authority), permitted).pair();
    pair.handshake();
    pair.assert_works();
}

fn without_extended_main_secret(piece: &Piece) -> Vec<Piece> {
    let mut hello = Extended::parse(&piece.content);
    hello.remove(ext::EXTENDED_MAIN_SECRET);
    vec![piece.with(hello.bytes())]
}

#[test]
fn tls12_needs_the_extended_main_secret() {
    let authority = Authority::new();
    for receiver in [Side::Client, Side::Server] {
        let client = client(&authority).policy(services::tls12());
        let setup = Setup::new(client, server(&authority.localhost()).policy(services::tls12()));
        let mut relay = setup.relay();
        relay.run_changing(usize::from(receiver == Side::Client), without_extended_main_secret);
        relay.assert_refused(receiver, Alert::HANDSHAKE_FAILURE, "required");
    }
}
