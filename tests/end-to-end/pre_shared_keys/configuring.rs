//! Configurations with keys, and those that do not build.

use tls_core::ConfigError;
use tls_core::ciphersuites::ProtocolVersion;

use super::*;

fn client_error(client: ClientConfigBuilder) -> ConfigError {
    client.build().unwrap_err()
}

fn server_error(server: ServerConfigBuilder) -> ConfigError {
    server.build().unwrap_err()
}

#[test]
fn keys_that_are_needed_must_be_there() {
    let authority = Authority::new();
    assert_eq!(client_error(keyed_client(&authority, &[])), ConfigError::NoPreSharedKey);
    assert_eq!(server_error(keyed_server(known(&[]))), ConfigError::NoPreSharedKey);
    assert_eq!(server_error(keyed_server(PreSharedKeys::None)), ConfigError::NoIdentity);
    assert!(keyed_server(PreSharedKeys::Asked).build().is_ok());
}

#[test]
fn identities_tell_keys_apart() {
    let authority = Authority::new();
    let twice = [key("twice", Hash::Sha256), key("once", Hash::Sha256), key("twice", Hash::Sha384)];
    let error = ConfigError::DuplicatePreSharedKey("twice".into());
    assert_eq!(client_error(client(&authority, &twice)), error);
    assert_eq!(server_error(server(&authority, &twice)), error);
    assert_eq!(error.to_string(), "two pre-shared keys have the identity \"twice\"; give each its own");
}

#[test]
fn a_client_hello_has_room_for_all() {
    let authority = Authority::new();
    let long = |index: u8| PreSharedKey::new(&[index; 4096], &[index; 32], Hash::Sha256).unwrap();
    let keys: Vec<_> = (0..9).map(long).collect();
    assert_eq!(client_error(client(&authority, &keys)), ConfigError::PreSharedKeysTooLong(9 * 4096));
    // As many as there may be can be offered, and the last of them taken; servers may know more.
    let mut pair = run(client(&authority, &keys[..8]), server(&authority, &keys[7..]));
    assert_by(&mut pair, Some(&keys[7]));
    assert!(server(&authority, &keys).build().is_ok());
}

#[test]
fn a_policy_must_have_a_suite_for_every_key() {
    let authority = Authority::new();
    let keys = [key("256", Hash::Sha256), key("384", Hash::Sha384)];
    let policy = |suites: &[CipherSuite]| policy(suites, &[NamedGroup::SECP256R1], &[NamedGroup::SECP256R1]);
    let error = client_error(client(&authority, &keys).policy(policy(&SUITES[..1])));
    assert!(error.to_string().contains("no TLS 1.3 cipher suite with SHA-384"), "{error}");
    let error = server_error(server(&authority, &keys).policy(policy(&SUITES[1..])));
    assert!(error.to_string().contains("no TLS 1.3 cipher suite with SHA-256"), "{error}");
    let tls12 = || tests::pair::only(ProtocolVersion::TLS1_2, &SecurityPolicy::P20251014);
    for keys in [known(&keys), PreSharedKeys::Asked] {
        let error = server_error(server_builder(&authority).pre_shared_keys(keys).policy(tls12()));
        assert!(error.to_string().contains("no TLS 1.3, which a pre-shared key needs"), "{error}");
    }
    assert!(client(&authority, &[]).policy(tls12()).build().is_ok());
}

/// The profile wants certificates (draft-becker-cnsa2-tls-profile).
#[test]
fn cnsa_2_has_no_keys() {
    let authority = Authority::new();
    let keys = [key("384", Hash::Sha384)];
    let cnsa = || SecurityPolicy::by_name("cnsa_2").unwrap();
    let permitted = ConfigError::PreSharedKeysNotPermitted { policy: cnsa().name.to_string() };
    assert_eq!(client_error(client(&authority, &keys).policy(cnsa())), permitted);
    assert_eq!(server_error(keyed_server(known(&keys)).policy(cnsa())), permitted);
    assert_eq!(server_error(keyed_server(PreSharedKeys::Asked).policy(cnsa())), permitted);
}

/// A server that would ask for a certificate does not ask a client that has a key.
//= 9846:4.4.2 not-with-external-psk
#[test]
fn clients_with_a_key_are_not_asked_for_a_certificate() {
    let authority = Authority::new();
    let keys = [key("key", Hash::Sha256)];
    let required = tls_core::ClientAuthentication::Required(authority.roots());
    let server = || server(&authority, &keys).client_authentication(required.clone());
    let client = client(&authority, &keys).identity(authority.localhost().identity());
    let mut pair = run(client, server());
    assert_by(&mut pair, Some(&keys[0]));
    let pair = run(client_builder(&authority), server());
    assert_eq!(pair.server.error.as_ref().unwrap().code(), "certificate_required");
}

/// Everything that a key uses is approved, so that a build on a FIPS module needs no permission for it.
#[test]
fn keys_are_for_approved_policies_as_well() {
    let authority = Authority::new();
    let keys = [key("256", Hash::Sha256), imported("key", b"", Hash::Sha384)];
    let fips = || SecurityPolicy::by_name("default_fips").unwrap();
    let roots = ServerVerification::Roots(authority.roots());
    let client = tls_core::ClientConfig::builder().server_verification(roots).policy(fips());
    let server = ServerConfig::builder().policy(fips()).pre_shared_keys(known(&keys));
    let mut pair = run(client.pre_shared_keys(keys.to_vec()), server);
    assert_by(&mut pair, Some(&keys[0]));
}
