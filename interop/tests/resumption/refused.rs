//! Sessions that are not resumed: a full handshake follows, and the connection works.

use std::time::Duration;

use tls_core::ciphersuites::CipherSuite;
use tls_core::{Session, UnixTime};

use super::*;
use crate::command_line::{session_from_pem, session_to_pem};

/// A byte of the ticket is another, behind the name of the key that it is sealed under.
fn forge(session: &mut [u8], server: &Settings) {
    let keys = server.memory.as_ref().unwrap().ticket_keys.export(server.now);
    let name = keys.iter().find_map(|key| {
        let len = key.name.len();
        session.windows(len).position(|window| window == key.name).map(|at| at + len)
    });
    let behind = name.expect("a ticket of ours");
    session[behind + 20] ^= 1;
}

#[test]
fn forged_tickets_of_s2n_tls() {
    for version in VERSIONS {
        for is_forged in [false, true] {
            trying((version, is_forged));
            let server = server().at(version);
            let first = of_s2n_tls(&client(), &server);
            let mut session = first.peer.session();
            if is_forged {
                forge(&mut session, &server);
            }
            assert_brings(&first, &session, &server, !is_forged);
        }
    }
}

#[test]
fn forged_tickets_of_openssls_command_line() {
    for (flag, version) in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")] {
        for is_forged in [false, true] {
            trying((flag, is_forged));
            let path = file("forged-session.pem", "");
            let server = server();
            let arguments = [flag, "-groups", "secp256r1", "-sess_out", &path];
            let (mut openssl, mut socket) = Installation::New.connect(&LOCALHOST, &arguments, &server);
            openssl.wait_for(&format!("New, {version}"));
            // Each ticket is written over the one before: once it leaves, it is done with that.
            socket.send_line("from us");
            openssl.wait_for("from us");
            openssl.type_line("Q");
            socket.run_until(|end| end.peer_closed);
            let mut session = session_from_pem(&std::fs::read_to_string(&path).unwrap());
            if is_forged {
                forge(&mut session, &server);
            }
            let path = file("forged-session.pem", &session_to_pem(&session));
            let arguments = [&arguments[..3], &["-sess_in", &path]].concat();
            let (openssl, socket) = Installation::New.connect(&LOCALHOST, &arguments, &server);
            openssl.wait_for(&format!("{}, {version}", if is_forged { "New" } else { "Reused" }));
            assert_eq!(socket.end.connection.facts().unwrap().resumed.is_some(), !is_forged);
        }
    }
}

/// A session with another ticket. The two fields at the end of what [`Session::to_bytes`] makes are the ticket and the
/// certificates, behind lengths of two and three bytes.
fn with_ticket(session: &Session, change: impl Fn(&mut Vec<u8>)) -> Session {
    let bytes = session.to_bytes();
    let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte));
    let ticket = |at: usize| at + 2..at + 2 + number(&bytes[at..at + 2]);
    let is_ticket = |at: &usize| {
        let certificates = bytes.get(ticket(*at).end..).filter(|rest| rest.len() >= 3);
        certificates.is_some_and(|rest| number(&rest[..3]) == rest.len() - 3)
    };
    let at = (0..bytes.len() - 2).find(is_ticket).unwrap();
    let mut changed = bytes[ticket(at)].to_vec();
    change(&mut changed);
    let len = u16::try_from(changed.len()).unwrap().to_be_bytes();
    Session::from_bytes(&[&bytes[..at], &len, &changed, &bytes[ticket(at).end..]].concat()).unwrap()
}

/// What a server is sent that never was a ticket of its own.
#[test]
fn servers_pass_over_what_we_have_changed() {
    let changes: [fn(&mut Vec<u8>); 6] = [
        |_| {},
        |ticket| ticket[0] ^= 1,
        |ticket| *ticket.last_mut().unwrap() ^= 1,
        |ticket| ticket.truncate(ticket.len() / 2),
        |ticket| ticket.truncate(1),
        |ticket| ticket.extend([0; 300]),
    ];
    for (pairing, version) in servers() {
        for (number, change) in changes.iter().enumerate() {
            trying((pairing, version, number));
            let (client, server) = (client().at(version), server().at(version));
            let mut first = Link::established(pairing, &client, &server);
            first.peer.close();
            first.run();
            let sessions = &client.memory.as_ref().unwrap().sessions;
            elsewhere::exchange(sessions, &client, |session| with_ticket(&session, change));
            let mut second = first.again(Role::Client, &client);
            second.run();
            second.assert_works();
            assert_eq!([second.peer.facts().resumed, second.facts().resumed.is_some()], [number == 0; 2]);
        }
    }
}

/// Our end is another in something, for which the session is not looked at, or is not good enough.
#[test]
fn sessions_of_another_time_version_policy_or_rule() {
    let (tls12, tls13) = (ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3);
    let suites = [
        (tls13, CipherSuite::TLS_AES_128_GCM_SHA256, CipherSuite::TLS_AES_256_GCM_SHA384),
        (
            tls12,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        ),
    ];
    for (pairing, (version, before, after)) in
        PAIRINGS.into_iter().flat_map(|pairing| suites.map(|suites| (pairing, suites)))
    {
        let other_version = if version == tls12 { tls13 } else { tls12 };
        let late = UnixTime::since_unix_epoch(Duration::from_secs(server().now.as_secs()) + WEEK);
        let changes: [(&str, &dyn Fn(Settings) -> Settings); 3] = [
            ("time", &|ours| Settings { now: late, ..ours }),
            ("version", &|ours| ours.at(other_version)),
            ("policy", &|ours| ours.suite(after)),
        ];
        for (what, change) in changes {
            trying((pairing, version, what));
            let (client, server) = (client(), server());
            let ours = if pairing.1 == Role::Client { &client } else { &server };
            let first_of_ours = ours.clone().at(version).suite(before);
            let first = match pairing.1 {
                Role::Client => Link::established(pairing, &first_of_ours, &server),
                Role::Server => Link::established(pairing, &client, &first_of_ours),
            };
            let second = if what == "version" { ours.clone() } else { first_of_ours };
            assert_full(first.again(pairing.1, &change(second)));
        }
    }
}

/// No session of ours is as old.
const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);
