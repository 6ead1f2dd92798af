//! What is taken over from an earlier connection.

use std::sync::Arc;

use tests::authority::Authority;
use tests::hello::Extended;
use tests::pair::{Pair, client_builder, localhost, now, only, server_builder};
use tests::relay::{content_type, record, records};
use tests::scenario::{SIMPLE, Scenario};
use tls_core::ciphersuites::{ProtocolVersion, SecurityPolicy};
use tls_core::{
    AlertDescription as Alert, ClientAuthentication, ServerConfigBuilder, Session, SessionStore, TicketKey,
    TicketKeys,
};

use super::alert;
use crate::cases::ext;

const VERSIONS: [ProtocolVersion; 2] = [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2];

/// A client and a server of one version that have had one connection.
struct Met {
    authority: Authority,
    store: Arc<SessionStore>,
    keys: Arc<TicketKeys>,
    version: ProtocolVersion,
}

impl Met {
    fn new(version: ProtocolVersion) -> Self {
        let store = Arc::new(SessionStore::new(4));
        let met =
            Self { authority: Authority::new(), store, keys: Arc::new(TicketKeys::rotating()), version };
        met.connect(met.server());
        met
    }

    fn server(&self) -> ServerConfigBuilder {
        server_builder(&self.authority).policy(self.policy()).ticket_keys(Arc::clone(&self.keys))
    }

    fn policy(&self) -> SecurityPolicy {
        only(self.version, &SecurityPolicy::P20251014)
    }

    /// Whether a connection with this server, which works, is a resumed one.
    fn connect(&self, server: ServerConfigBuilder) -> bool {
        let client =
            client_builder(&self.authority).policy(self.policy()).session_store(Arc::clone(&self.store));
        let mut pair = Pair::new(&client.build().unwrap(), &server.build().unwrap());
        pair.handshake();
        pair.assert_works();
        pair.server.connection.facts().unwrap().resumed.is_some()
    }
}

/// GnuTLS CVE-2020-13777, Go CVE-2025-68121: a ticket of others, or under rules that have changed.
#[test]
fn class_13_tickets_bound_to_the_wrong_thing() {
    type Other = fn(&Met) -> ServerConfigBuilder;
    let others: [(&str, Other); 4] = [
        ("other keys", |met| met.server().ticket_keys(Arc::new(TicketKeys::rotating()))),
        ("no keys", |met| server_builder(&met.authority).policy(met.policy())),
        ("another suite", |met| {
            let suites = met.policy().cipher_suites.iter().copied().skip(1).collect::<Vec<_>>().into();
            met.server().policy(SecurityPolicy { cipher_suites: suites, ..met.policy() })
        }),
        ("a client that must prove itself", |met| {
            met.server().client_authentication(ClientAuthentication::Optional(met.authority.roots()))
        }),
    ];
    for version in VERSIONS {
        let met = Met::new(version);
        assert!(met.connect(met.server()), "{version}");
        for (what, other) in others {
            let met = Met::new(version);
            assert!(!met.connect(other(&met)), "{version}: {what}");
        }
    }
    // A key of zeros is a key that somebody forgot to make.
    let zeros = TicketKey { name: [0; 16], secret: [0; 32].into(), introduced_at: now() };
    assert!(TicketKeys::manual().add(zeros, now()).is_err());
}

/// BoGo's SkipEarlyData, and every replay: data that nobody asked to be early.
//= 9846:F.5 zero-rtt-off
#[test]
fn class_14_early_data_unasked_for() {
    for scenario in [SIMPLE[0], Scenario { resumed: true, ..SIMPLE[0] }] {
        let setup = scenario.setup();
        let mut pair = setup.pair();
        let wire = pair.client.take_output();
        let mut hello = Extended::parse(&records(&wire)[0][5..]);
        let at = hello.extensions.len() - usize::from(hello.has(ext::PRE_SHARED_KEY));
        hello.extensions.insert(at, (ext::EARLY_DATA, Vec::new()));
        pair.server.deliver(&record(content_type::HANDSHAKE, &hello.bytes()));
        match scenario.resumed {
            // The binder covers the offer.
            true => assert_eq!(alert(&pair.server), Some(Alert::DECRYPT_ERROR)),
            false => {
                let mut sent = 0;
                while pair.server.error.is_none() {
                    pair.server.deliver(&record(content_type::APPLICATION_DATA, &[9; 1000]));
                    sent += 1005;
                    assert!(sent <= (1 << 14) + 1005, "{sent} bytes");
                }
                assert_eq!(pair.server.error.as_ref().unwrap().code(), "too_many");
            }
        }
        assert!(pair.server.received.is_empty());
    }
}

/// NSS and mbedTLS: sessions that are read back from where anyone may have written.
#[test]
fn class_24_serialised_sessions() {
    for version in VERSIONS {
        let met = Met::new(version);
        let client =
            client_builder(&met.authority).policy(met.policy()).session_store(Arc::clone(&met.store));
        let client = client.build().unwrap();
        let bytes = met.store.take_session(&client, &localhost(), now()).unwrap().to_bytes();
        assert_eq!(Session::from_bytes(&bytes).unwrap().to_bytes(), bytes);
        for len in 0..bytes.len() {
            assert!(Session::from_bytes(&bytes[..len]).is_err(), "{version}: {len}");
        }
        let server = met.server().build().unwrap();
        for at in 0..bytes.len() {
            let mut altered = bytes.to_vec();
            altered[at] ^= 0x41;
            let Ok(session) = Session::from_bytes(&altered) else { continue };
            met.store.put_session(session);
            let mut pair = Pair::new(&client, &server);
            pair.handshake();
            // A session that was tampered with is not used, or found out: nobody believes that it works and is wrong.
            let both = pair.client.established && pair.server.established;
            assert!(both || pair.client.error.is_some() || pair.server.error.is_some(), "{version}: {at}");
            while met.store.take_session(&client, &localhost(), now()).is_some() {}
        }
    }
}
