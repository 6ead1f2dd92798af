//! Resumption: a second connection of the same two ends needs no certificate.

mod elsewhere;
mod refused;
mod tickets;

use tls_core::ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion};

use crate::certificates::LOCALHOST;
use crate::command_line::{Installation, session_from_pem, session_to_pem};
use crate::link::{Link, Pairing, trying};
use crate::peer::{S2nTls, Stack};
use crate::process::{assert_works, file};
use crate::settings::{Memory, Role, Settings, VERSIONS, Wanted};

/// The peers that can be asked for a second connection in here. OpenSSL's clients are processes of their own.
pub(crate) const PAIRINGS: [Pairing; 5] = [
    (Stack::OpenSsl, Role::Client),
    (Stack::Rustls, Role::Client),
    (Stack::Rustls, Role::Server),
    (Stack::S2nTls, Role::Client),
    (Stack::S2nTls, Role::Server),
];

/// Those of them that resume where clients prove who they are: s2n-tls then gives no tickets, keeps no sessions and offers
/// none.
pub(crate) const MUTUAL: [Pairing; 3] = [PAIRINGS[0], PAIRINGS[1], PAIRINGS[2]];

/// The peers that are servers.
const SERVERS: [Pairing; 3] = [PAIRINGS[0], PAIRINGS[1], PAIRINGS[3]];

/// The peers that are clients.
const CLIENTS: [Pairing; 2] = [PAIRINGS[2], PAIRINGS[4]];

/// Each with every version.
pub(crate) fn by_version<const N: usize>(
    pairings: [Pairing; N],
) -> impl Iterator<Item = (Pairing, ProtocolVersion)> {
    pairings.into_iter().flat_map(|pairing| VERSIONS.map(|version| (pairing, version)))
}

fn client() -> Settings {
    Settings { memory: Some(Memory::new()), ..Settings::client(&LOCALHOST) }
}

fn server() -> Settings {
    Settings { memory: Some(Memory::new()), ..Settings::server(&LOCALHOST) }
}

/// A connection, and then others: as both ends say, all but the first are resumed.
pub(crate) fn assert_resumes(pairing: Pairing, client: &Settings, server: &Settings) -> Link {
    let ours = if pairing.1 == Role::Client { client } else { server };
    let mut link = Link::established(pairing, client, server);
    assert!(!link.peer.facts().resumed && link.facts().resumed.is_none());
    for _ in 0..3 {
        // OpenSSL forgets the session of a connection that nobody closed.
        link.peer.close();
        link.run();
        link = assert_resumed(link.again(pairing.1, ours));
    }
    link
}

/// Each peer with every version, and in TLS 1.3 with several groups.
pub(crate) fn pairings_by_group() -> impl Iterator<Item = (Pairing, ProtocolVersion, NamedGroup)> {
    let cases = [
        (ProtocolVersion::TLS1_2, NamedGroup::SECP256R1),
        (ProtocolVersion::TLS1_3, NamedGroup::X25519),
        (ProtocolVersion::TLS1_3, NamedGroup::SECP256R1),
        (ProtocolVersion::TLS1_3, NamedGroup::X25519MLKEM768),
    ];
    PAIRINGS.into_iter().flat_map(move |pairing| cases.map(|(version, group)| (pairing, version, group)))
}

#[test]
fn every_version_resumes_with_a_key_exchange_where_there_is_one() {
    for (pairing, version, group) in pairings_by_group() {
        trying((pairing, version, group));
        let only = |settings: Settings| settings.at(version).groups(&[group]);
        let link = assert_resumes(pairing, &only(client()), &only(server()));
        assert_eq!((link.facts().version, link.facts().group), (version, group));
    }
}

#[test]
fn bytes_may_arrive_one_at_a_time() {
    for (pairing, version) in by_version(PAIRINGS) {
        trying((pairing, version));
        let (client, server) = (client().at(version), server().at(version));
        let first = Link::established(pairing, &client, &server);
        let mut second = first.again(pairing.1, if pairing.1 == Role::Client { &client } else { &server });
        second.piece = 1;
        assert_resumed(second);
    }
}

#[test]
fn every_hash_and_cipher() {
    let suites = [
        (ProtocolVersion::TLS1_3, CipherSuite::TLS_AES_128_GCM_SHA256),
        (ProtocolVersion::TLS1_3, CipherSuite::TLS_AES_256_GCM_SHA384),
        (ProtocolVersion::TLS1_3, CipherSuite::TLS_CHACHA20_POLY1305_SHA256),
        (ProtocolVersion::TLS1_2, CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256),
        (ProtocolVersion::TLS1_2, CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384),
    ];
    for (pairing, (version, suite)) in PAIRINGS.into_iter().flat_map(|pair| suites.map(|case| (pair, case))) {
        trying((pairing, suite));
        let (client, server) = (client().at(version), server().at(version));
        let link = match pairing.1 {
            Role::Client => assert_resumes(pairing, &client.suite(suite), &server),
            Role::Server => assert_resumes(pairing, &client, &server.suite(suite)),
        };
        assert_eq!(link.facts().cipher_suite, suite);
    }
}

/// The binder is made anew for the second ClientHello.
#[test]
fn a_retry_resumes_all_the_same() {
    let groups = [NamedGroup::X25519, NamedGroup::X25519MLKEM768];
    let [classical, hybrid] = groups;
    let client = Settings { key_shares: vec![classical], ..client().groups(&groups) };
    for pairing in SERVERS {
        trying(pairing);
        let server = Settings::server(&LOCALHOST).groups(&[hybrid]);
        let link = assert_resumes(pairing, &client, &server);
        assert!(link.facts().hello_retry_request);
        assert_eq!(link.facts().group, hybrid);
    }
    // rustls' client remembers the group, too: it is the server that must change its mind.
    let server = server();
    let pairing = (Stack::Rustls, Role::Server);
    let first = Link::established(pairing, &client, &server.clone().groups(&[classical]));
    let second = assert_resumed(first.again(Role::Server, &server.clone().groups(&groups)));
    assert!(second.facts().hello_retry_request);
    // s2n-tls's client shares the same groups always, and not this one.
    let server = server.groups(&[NamedGroup::SECP384R1MLKEM1024]);
    let link = assert_resumes((Stack::S2nTls, Role::Server), &self::client(), &server);
    assert!(link.facts().hello_retry_request);
}

/// Who a client is comes out of the session: no certificate is sent.
#[test]
fn clients_are_known_again() {
    for (pairing, version) in by_version(MUTUAL) {
        trying((pairing, version));
        let client = Settings { identity: Some(LOCALHOST.leaf.clone()), ..client() };
        let server = Settings { client_certificate: Wanted::Required, ..server() };
        let link = assert_resumes(pairing, &client.at(version), &server.at(version));
        assert!(link.facts().client_signature_scheme.is_some());
        let fingerprint = link.facts().resumed.as_ref().unwrap().client_fingerprint;
        match pairing.1 {
            Role::Client => assert!(link.peer.facts().certificate.is_some()),
            Role::Server => assert_eq!(fingerprint, Some(LOCALHOST.leaf.identity().fingerprint())),
        }
    }
}

/// A server that has been started again opens nothing: a full handshake follows, and its ticket serves.
#[test]
fn a_ticket_of_other_keys_is_passed_over() {
    for (pairing, version) in by_version(PAIRINGS) {
        trying((pairing, version));
        assert_forgotten(pairing, &client().at(version), || server().at(version));
    }
}

/// Another server than the first does not know its sessions.
pub(crate) fn assert_forgotten(pairing: Pairing, client: &Settings, server: impl Fn() -> Settings) {
    let first = Link::established(pairing, client, &server());
    let second = match pairing.1 {
        Role::Client => Link::new(pairing, client, &server()),
        Role::Server => first.again(Role::Server, &server()),
    };
    assert_full(second);
}

/// A connection of s2n-tls's client, whose sessions can be seen, with our server.
pub(crate) fn of_s2n_tls(client: &Settings, server: &Settings) -> Link<S2nTls> {
    let ours = crate::ours::begin(Role::Server, server);
    let mut link = Link::between(ours, Box::new(S2nTls::new(Role::Client, client)));
    link.run();
    link.assert_works();
    link
}

/// The client of this connection begins another, with this session.
#[track_caller]
pub(crate) fn assert_brings(first: &Link<S2nTls>, session: &[u8], server: &Settings, is_resumed: bool) {
    let mut link = Link::between(crate::ours::begin(Role::Server, server), first.peer.again_with(session));
    link.run();
    link.assert_works();
    assert_eq!([link.peer.facts().resumed, link.facts().resumed.is_some()], [is_resumed; 2]);
}

/// The session, in DER, that OpenSSL's own client has from a connection with our server. The file has this name.
fn session_of_openssl(name: &str, server: &Settings) -> Vec<u8> {
    let path = file(name, "");
    let arguments = ["-groups", "secp256r1", "-sess_out", &path];
    let (mut openssl, mut socket) = Installation::New.connect(&LOCALHOST, &arguments, server);
    openssl.wait_for("New, TLSv1.");
    // Each ticket is written over the one before: once it leaves, it is done with that.
    socket.send_line("from us");
    openssl.wait_for("from us");
    openssl.type_line("Q");
    socket.run_until(|end| end.peer_closed);
    session_from_pem(&std::fs::read_to_string(&path).unwrap())
}

/// OpenSSL's own client begins a connection with this session.
#[track_caller]
fn assert_openssl_brings(session: &[u8], name: &str, server: &Settings, is_resumed: bool) {
    let path = file(name, &session_to_pem(session));
    let arguments = ["-groups", "secp256r1", "-sess_in", &path];
    let (mut openssl, mut socket) = Installation::New.connect(&LOCALHOST, &arguments, server);
    openssl.wait_for(if is_resumed { "Reused, TLSv1." } else { "New, TLSv1." });
    assert_eq!(socket.end.connection.facts().unwrap().resumed.is_some(), is_resumed);
    assert_works(&mut openssl, &mut socket);
}

/// The session is resumed, and the connection works.
#[track_caller]
fn assert_resumed(mut link: Link) -> Link {
    link.run();
    link.assert_works();
    assert!(link.peer.facts().resumed && link.facts().resumed.is_some());
    link
}

/// Nothing is resumed, and the connection works.
#[track_caller]
fn assert_full(mut link: Link) {
    link.run();
    link.assert_works();
    assert!(!link.peer.facts().resumed && link.facts().resumed.is_none());
}

const INSTALLATIONS: [Installation; 2] = [Installation::New, Installation::Machine];

/// OpenSSL's client keeps the session in a file, and says itself that it is resumed.
#[test]
fn the_command_line_resumes_its_sessions() {
    let cases = [
        ("-tls1_2", "TLSv1.2", "secp256r1"),
        ("-tls1_3", "TLSv1.3", "x25519"),
        // Two modes, of which we take the one with a key exchange.
        ("-allow_no_dhe_kex", "TLSv1.3", "x25519"),
        ("-tls1_3", "TLSv1.3", "X25519MLKEM768"),
        ("-tls1_3", "TLSv1.3", "x25519:X25519MLKEM768"),
    ];
    for ((flag, version, group), installation) in
        cases.into_iter().flat_map(|case| INSTALLATIONS.map(|installation| (case, installation)))
    {
        if installation == Installation::Machine && group.ends_with("X25519MLKEM768") {
            continue;
        }
        trying((installation, flag, group));
        let path = file("session.pem", "");
        let server = Settings { client_certificate: Wanted::Required, ..server() };
        let arguments = [flag, "-groups", group, "-sess_out", &path];
        let (openssl, mut socket) = installation.connect(&LOCALHOST, &arguments, &server);
        openssl.wait_for(&format!("New, {version}"));
        // OpenSSL writes the file anew for each ticket; what comes behind the tickets finds it written.
        socket.send_line("from us");
        openssl.wait_for("from us");
        let arguments = [&arguments[..], &["-sess_in", &path]].concat();
        for _ in 0..2 {
            let (mut openssl, mut socket) = installation.connect(&LOCALHOST, &arguments, &server);
            openssl.wait_for(&format!("Reused, {version}"));
            let facts = socket.end.connection.facts().unwrap();
            assert_eq!(facts.group.to_string(), group.rsplit(':').next().unwrap());
            assert_eq!(facts.hello_retry_request, group.contains(':'));
            assert!(facts.resumed.as_ref().unwrap().client_fingerprint.is_some());
            assert_works(&mut openssl, &mut socket);
        }
    }
}
