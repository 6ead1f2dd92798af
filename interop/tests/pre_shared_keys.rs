//! External pre-shared keys, with OpenSSL and s2n-tls; rustls has none.

mod early_data;

use tls_core::AlertDescription;
use tls_core::ciphersuites::{CipherSuite, Hash, NamedGroup, ProtocolVersion};

use crate::certificates::LOCALHOST;
use crate::command_line::{Installation, session_to_pem};
use crate::link::{Link, trying};
use crate::peer::Stack;
use crate::process::{Process, Socket, assert_works, file};
use crate::settings::{Role, Settings, SharedKey};

fn key(identity: &'static str, fill: u8, hash: Hash) -> SharedKey {
    SharedKey { identity, key: vec![fill; 32], hash, early_data: None }
}

/// An end that has keys, and no certificate.
fn with_keys(keys: &[SharedKey]) -> Settings {
    let settings = Settings::client(&LOCALHOST).at(ProtocolVersion::TLS1_3);
    Settings { pre_shared_keys: keys.to_vec(), ..settings }
}

fn assert_by(link: &Link, key: &SharedKey) {
    let facts = link.facts();
    let identity = facts.pre_shared_key.as_deref().unwrap();
    assert_eq!((identity.as_bytes(), identity.hash()), (key.identity.as_bytes(), key.hash));
    assert!(facts.peer_certificates.is_none() && facts.server_signature_scheme.is_none());
}

fn assert_exports_agree(link: &Link) {
    let mut exported = [0; 32];
    link.ours.connection.export(b"EXPORTER-test", None, &mut exported).unwrap();
    assert_eq!(exported, link.peer.export("EXPORTER-test", None));
}

#[test]
fn openssl_in_both_roles_with_hybrids_with_and_without_a_retry() {
    let key = key("sensor", 7, Hash::Sha256);
    let groups = [
        NamedGroup::X25519MLKEM768,
        NamedGroup::SECP256R1MLKEM768,
        NamedGroup::SECP384R1MLKEM1024,
        NamedGroup::SECP384R1,
    ];
    for (role, group) in Role::BOTH.into_iter().flat_map(|role| groups.map(|group| (role, group))) {
        for share in [group, NamedGroup::SECP256R1] {
            trying((role, group, share));
            let end = || with_keys(std::slice::from_ref(&key));
            let client =
                Settings { groups: vec![group, NamedGroup::SECP256R1], key_shares: vec![share], ..end() };
            let mut link = Link::new((Stack::OpenSsl, role), &client, &end().groups(&[group]));
            // Whatever the pieces are that it comes in.
            link.piece = if share == group { 1 } else { 1 << 14 };
            link.run();
            link.assert_works();
            assert_by(&link, &key);
            assert_eq!(link.facts().hello_retry_request, share != group);
            assert_exports_agree(&link);
        }
    }
}

/// Two keys of which s2n-tls's server has the second, and two of which our server has. Its client sends shares of one
/// hybrid and one curve, whatever group it is to be.
#[test]
fn s2n_tls_in_both_roles_with_every_hash_and_hybrid_with_and_without_a_retry() {
    let groups = [NamedGroup::X25519MLKEM768, NamedGroup::SECP256R1MLKEM768, NamedGroup::SECP384R1MLKEM1024];
    let cases = Role::BOTH.into_iter().flat_map(|role| [Hash::Sha256, Hash::Sha384].map(|hash| (role, hash)));
    for ((role, hash), group) in cases.flat_map(|case| groups.map(|group| (case, group))) {
        for share in [group, NamedGroup::SECP256R1] {
            trying((role, hash, group, share));
            let [other, known] = [key("a", 1, hash), key("b", 2, hash)];
            let client = Settings {
                groups: vec![group, NamedGroup::SECP256R1],
                key_shares: vec![share],
                ..with_keys(&[other, known.clone()])
            };
            let server = with_keys(std::slice::from_ref(&known)).groups(&[group]);
            let mut link = Link::new((Stack::S2nTls, role), &client, &server);
            link.piece = if share == group { 1 } else { 1 << 14 };
            link.run();
            link.assert_works();
            assert_by(&link, &known);
            assert_eq!(link.peer.facts().pre_shared_key.as_deref(), Some(known.identity.as_bytes()));
            let is_shared = match role {
                Role::Client => share == group,
                Role::Server => group == NamedGroup::X25519MLKEM768,
            };
            assert_eq!(link.facts().hello_retry_request, !is_shared);
            assert_exports_agree(&link);
        }
    }
}

/// OpenSSL knows one key by one name.
#[test]
fn openssl_finds_its_key_among_several() {
    let keys = [key("a", 1, Hash::Sha384), key("b", 2, Hash::Sha256), key("c", 3, Hash::Sha256)];
    for known in &keys[1..] {
        let server = with_keys(std::slice::from_ref(known));
        let mut link = Link::new((Stack::OpenSsl, Role::Client), &with_keys(&keys), &server);
        link.run();
        link.assert_works();
        assert_by(&link, known);
        let mut link = Link::new((Stack::OpenSsl, Role::Server), &server, &with_keys(&keys));
        link.run();
        link.assert_works();
        assert_by(&link, known);
    }
}

#[test]
fn keys_that_peers_do_not_have() {
    let ours = with_keys(&[key("sensor", 1, Hash::Sha256)]);
    let (alert, error) = (AlertDescription::DECRYPT_ERROR, "bad_binder");
    let cases =
        [(key("sensor", 2, Hash::Sha256), error), (key("nobody", 1, Hash::Sha256), "unknown_pre_shared_key")];
    for (stack, (theirs, code)) in
        [Stack::OpenSsl, Stack::S2nTls].into_iter().flat_map(|stack| cases.clone().map(|case| (stack, case)))
    {
        trying((stack, code));
        let theirs = with_keys(&[theirs]);
        let mut link = Link::new((stack, Role::Server), &theirs, &ours);
        link.run();
        link.assert_we_refuse(code, alert);
        let mut link = Link::new((stack, Role::Client), &ours, &theirs);
        link.run();
        assert!(!link.ours.established && link.ours.error.is_some());
        assert!(link.peer.progress().failure.is_some());
    }
}

/// The command line takes a key with SHA-384 as a session, in OpenSSL's own form (`SSL_SESSION_ASN1`).
fn session_file(key: &SharedKey, name: &str) -> String {
    let tlv = |tag: u8, value: &[u8]| [&[tag, u8::try_from(value.len()).unwrap()], value].concat();
    let (integer, octets) = (2, 4);
    let content = [
        tlv(integer, &[1]),
        tlv(integer, &[3, 4]),
        tlv(octets, &[0x13, 0x02]),
        tlv(octets, &[]),
        tlv(octets, &key.key),
    ];
    let der = tlv(0x30, &content.concat());
    file(name, &session_to_pem(&der))
}

#[test]
fn openssls_command_line_with_every_hash() {
    let sha256 = key("sensor", 0x11, Hash::Sha256);
    let sha384 = key("gateway", 0x22, Hash::Sha384);
    let (hex, session) = ("11".repeat(32), session_file(&sha384, "psk-session.pem"));
    let options = |key: &SharedKey| match key.hash {
        Hash::Sha256 => ["-psk_identity", key.identity, "-psk", hex.as_str()],
        Hash::Sha384 => ["-psk_identity", key.identity, "-psk_session", session.as_str()],
    };
    // It chooses a suite, and then a key that goes with it.
    for (key, suite) in
        [(&sha256, CipherSuite::TLS_AES_128_GCM_SHA256), (&sha384, CipherSuite::TLS_AES_256_GCM_SHA384)]
    {
        trying(key.identity);
        let other = SharedKey { identity: "other", ..key.clone() };
        let ours = with_keys(&[other, key.clone()]).suite(suite);
        let (mut server, mut socket) = Installation::New.serve(&LOCALHOST, &options(key), &ours);
        assert_socket(&mut server, &mut socket, key);
        let (mut client, mut socket) = Installation::New.connect(&LOCALHOST, &options(key), &ours);
        assert_socket(&mut client, &mut socket, key);
    }
}

fn assert_socket(openssl: &mut Process, socket: &mut Socket, key: &SharedKey) {
    let facts = socket.end.connection.facts().unwrap();
    let identity = facts.pre_shared_key.as_deref().unwrap();
    assert_eq!((identity.as_bytes(), identity.hash()), (key.identity.as_bytes(), key.hash));
    assert_works(openssl, socket);
}
