//! Sessions that are not resumed: a full handshake follows, and the connection works.

use std::time::Duration;

use tls_core::ciphersuites::CipherSuite;
use tls_core::{Session, UnixTime};

use super::*;

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
fn forged_tickets() {
    for (version, is_forged) in VERSIONS.into_iter().flat_map(|version| [(version, false), (version, true)]) {
        trying((version, is_forged));
        let server = server().at(version);
        let forged = |mut session: Vec<u8>| {
            if is_forged {
                forge(&mut session, &server);
            }
            session
        };
        let first = of_s2n_tls(&client(), &server);
        assert_brings(&first, &forged(first.peer.session()), &server, !is_forged);
        let name = "forged-session.pem";
        assert_openssl_brings(&forged(session_of_openssl(name, &server)), name, &server, !is_forged);
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
    for (pairing, version) in by_version(SERVERS) {
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

/// Our end in a first connection and in a second, to which the session of the first is nothing.
fn changes(ours: &Settings) -> Vec<(&'static str, Settings, Settings)> {
    let (tls12, tls13) = (ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3);
    let late = UnixTime::since_unix_epoch(Duration::from_secs(ours.now.as_secs()) + WEEK);
    let cases = [
        (tls13, tls12, CipherSuite::TLS_AES_128_GCM_SHA256, CipherSuite::TLS_AES_256_GCM_SHA384),
        (
            tls12,
            tls13,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        ),
    ];
    let changed = cases.map(|(version, other_version, suite, other_suite)| {
        let ours = ours.clone().at(version);
        let before = || ours.clone().suite(suite);
        [
            ("time", before(), Settings { now: late, ..before() }),
            ("version", before(), ours.clone().at(other_version)),
            ("policy", before(), ours.clone().suite(other_suite)),
        ]
    });
    changed.into_iter().flatten().collect()
}

/// No session of ours is as old.
const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

#[test]
fn sessions_of_another_time_version_or_policy() {
    for pairing in PAIRINGS {
        let (client, server) = (client(), server());
        for (what, before, after) in changes(if pairing.1 == Role::Client { &client } else { &server }) {
            trying((pairing, &before.versions, what));
            let first = match pairing.1 {
                Role::Client => Link::established(pairing, &before, &server),
                Role::Server => Link::established(pairing, &client, &before),
            };
            assert_full(first.again(pairing.1, &after));
        }
    }
    for (what, before, after) in changes(&server()) {
        trying((&before.versions, what));
        let name = "other-session.pem";
        let session = session_of_openssl(name, &before);
        assert_openssl_brings(&session, name, &before, true);
        assert_openssl_brings(&session, name, &after, false);
    }
}
