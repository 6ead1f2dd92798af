//! Sessions that a server keeps: by tickets that are handles in TLS 1.3, by session ids in TLS 1.2.

use tests::hello::Extended;
use tests::pair::only;
use tls_core::ciphersuites::ProtocolVersion;
use tls_core::{ClientAuthentication, ServerName, ServerSessionStore, Session};

use super::*;

pub(super) const BOTH: [ProtocolVersion; 2] = [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3];

pub(super) fn policy(version: ProtocolVersion) -> SecurityPolicy {
    only(version, &SecurityPolicy::P20251014)
}

/// A client with a store, and a server with another.
struct Stored {
    setup: Setup,
    version: ProtocolVersion,
    store: Arc<ServerSessionStore>,
}

impl Stored {
    fn new(version: ProtocolVersion) -> Self {
        Self { setup: Setup::new(), version, store: ServerSessionStore::new(1000).into() }
    }

    fn client(&self) -> ClientConfigBuilder {
        self.setup.client().policy(policy(self.version))
    }

    fn server(&self) -> ServerConfigBuilder {
        server_builder(&self.setup.authority)
            .policy(policy(self.version))
            .session_store(Arc::clone(&self.store))
    }

    fn connect_after(&self, seconds: u64) -> Pair {
        self.setup.connect_after(seconds, self.client(), self.server())
    }

    fn connect(&self) -> Pair {
        self.connect_after(0)
    }

    /// The session that a first connection leaves the client.
    fn session(&self) -> Session {
        self.session_and_chain().0
    }

    /// The same, and the length of the chain that is at its end.
    fn session_and_chain(&self) -> (Session, usize) {
        let config = self.client().build().unwrap();
        let pair = connect_at(now(), &config, &self.server().build().unwrap());
        let chain = pair.client.connection.facts().unwrap().peer_certificates.clone().unwrap();
        let chain_len = chain.iter().map(|certificate| certificate.len() + 3).sum();
        (self.setup.store.take_session(&config, &localhost(), now()).unwrap(), chain_len)
    }

    /// Whether a connection resumes this session.
    fn resumes(&self, session: Session) -> bool {
        self.setup.store.put_session(session);
        is_resumed(&self.connect().client)
    }
}

#[test]
fn a_second_connection_resumes_the_first() {
    for version in BOTH {
        let stored = Stored::new(version);
        let first = stored.connect();
        assert!(!is_resumed(&first.client));
        assert_eq!((stored.store.len(), stored.setup.store.len()), (1, 1));
        for round in 1..=5 {
            let pair = stored.connect_after(round);
            assert!(is_resumed(&pair.client), "{version} {round}");
            for (end, first) in [(&pair.client, &first.client), (&pair.server, &first.server)] {
                let (facts, first) = (end.connection.facts().unwrap(), first.connection.facts().unwrap());
                assert_eq!(facts.resumed.as_ref().unwrap().established_at, now());
                assert_eq!((facts.version, facts.cipher_suite), (version, first.cipher_suite));
                assert_eq!(facts.server_signature_scheme, first.server_signature_scheme);
                assert!(facts.extended_main_secret);
            }
            let chain = |pair: &Pair| pair.client.connection.facts().unwrap().peer_certificates.clone();
            assert_eq!(chain(&pair), chain(&first));
            // One goes, one comes; a session id stays what it is.
            assert_eq!((stored.store.len(), stored.setup.store.len()), (1, 1));
        }
    }
}

/// One ticket, one connection; one session id, as many as the client likes.
#[test]
fn a_replayed_ticket_leads_to_a_full_handshake() {
    for version in BOTH {
        let stored = Stored::new(version);
        let session = stored.session();
        let resumed: Vec<bool> = (0..3).map(|_| stored.resumes(session.clone())).collect();
        let again = version == ProtocolVersion::TLS1_2;
        assert_eq!(resumed, [true, again, again], "{version}");
    }
}

#[test]
fn every_fragmentation_resumes() {
    for version in BOTH {
        let stored = Stored::new(version);
        stored.connect();
        let (client, server) = (stored.client().build().unwrap(), stored.server().build().unwrap());
        let mut pair = begin_at(now(), &client, &server);
        pair.run(|end, bytes| bytes.chunks(1).for_each(|byte| end.deliver(byte)));
        pair.assert_works();
        assert!(is_resumed(&pair.client));
    }
}

/// A server of both versions resumes what the client has, and a client that speaks both offers a session id as it is.
#[test]
fn a_client_of_both_versions_resumes_by_session_id() {
    let stored = Stored::new(ProtocolVersion::TLS1_2);
    let both = || stored.setup.client().policy(SecurityPolicy::P20251014);
    stored.setup.connect(both(), stored.server());
    let config = both().build().unwrap();
    let mut pair = begin_at(now(), &config, &stored.server().build().unwrap());
    let flight = pair.client.take_output();
    let hello = Extended::parse(&flight[5..]);
    assert_eq!(hello.prefix[2 + 32], 32);
    assert!(hello.extensions.iter().any(|(extension, body)| *extension == 35 && body.is_empty()));
    pair.server.deliver(&flight);
    let answer = pair.server.take_output();
    // The ServerHello has the session id of the ClientHello.
    assert_eq!(answer[5 + 4 + 2 + 32..][..33], hello.prefix[2 + 32..][..33]);
    pair.client.deliver(&answer);
    pair.handshake();
    pair.assert_works();
    assert!(is_resumed(&pair.client));
    // A server that has TLS 1.3 does not go back for the session's sake.
    let newer = stored.server().policy(SecurityPolicy::P20251014);
    let facts = stored.setup.connect(both(), newer).client.connection.facts().unwrap().clone();
    assert_eq!((facts.version, facts.resumed), (ProtocolVersion::TLS1_3, None));
}

/// With keys, too, the store is for those who take no tickets.
#[test]
fn sealed_tickets_come_before_handles() {
    for version in BOTH {
        let stored = Stored::new(version);
        let server = || stored.server().ticket_keys(Arc::clone(&stored.setup.keys));
        for is_second in [false, true] {
            let pair = stored.setup.connect(stored.client(), server());
            assert_eq!(is_resumed(&pair.client), is_second);
            assert!(stored.store.is_empty());
        }
    }
    let stored = Stored::new(ProtocolVersion::TLS1_2);
    let server = stored.server().ticket_keys(Arc::clone(&stored.setup.keys)).build().unwrap();
    let session_id_len = |remove: &[u16]| {
        let mut pair = begin_at(now(), &stored.client().build().unwrap(), &server);
        let flight = pair.client.take_output();
        let mut hello = Extended::parse(&flight[5..]);
        remove.iter().for_each(|extension| hello.remove(*extension));
        let message = hello.bytes();
        let len = u16::try_from(message.len()).unwrap().to_be_bytes();
        pair.server.deliver(&[&[22, 3, 1], len.as_slice(), &message].concat());
        pair.server.take_output()[5 + 4 + 2 + 32]
    };
    assert_eq!(session_id_len(&[]), 0);
    assert_eq!(session_id_len(&[35]), 32);
    // Without the extended main secret no session is kept.
    assert_eq!(session_id_len(&[35, 23]), 0);
}

#[test]
fn either_side_may_want_forward_secrecy_more() {
    for version in BOTH {
        let stored = Stored::new(version);
        let is_kept = version == ProtocolVersion::TLS1_3;
        let connect = |client, server| is_resumed(&stored.setup.connect(client, server).client);
        let strict_client = || stored.client().forward_secret_tickets_only(true);
        let strict_server = || stored.server().forward_secret_tickets_only(true);
        assert!(!connect(strict_client(), stored.server()));
        assert_eq!(stored.setup.store.is_empty(), !is_kept);
        assert_eq!(connect(strict_client(), strict_server()), is_kept);
        // Nor is a session from before resumed.
        connect(stored.client(), stored.server());
        assert_eq!(connect(stored.client(), strict_server()), is_kept);
        connect(stored.client(), stored.server());
        assert_eq!(connect(strict_client(), stored.server()), is_kept);
    }
}

/// Of other servers, names, configurations and policies, from the future and from the past.
#[test]
fn sessions_that_are_not_for_this_connection_lead_to_full_handshakes() {
    for version in BOTH {
        let stored = Stored::new(version);
        let is_full = |seconds, client: ClientConfigBuilder, server: ServerConfigBuilder| {
            let stored = &stored.setup;
            !is_resumed(&stored.connect_after(seconds, client, server).client)
        };
        stored.connect();
        let elsewhere = stored.server().session_store(ServerSessionStore::new(100).into());
        assert!(is_full(0, stored.client(), elsewhere), "{version} another server's store");
        stored.connect();
        let stricter = ClientAuthentication::Optional(stored.setup.authority.roots());
        assert!(is_full(0, stored.client(), stored.server().client_authentication(stricter)));
        stored.connect();
        assert!(is_full(15 * 3600, stored.client(), stored.server()), "{version} expired");
        stored.connect_after(100);
        assert!(is_full(0, stored.client(), stored.server()), "{version} from the future");
        stored.connect();
        let narrower = SecurityPolicy { groups: vec![NamedGroup::SECP521R1].into(), ..policy(version) };
        let narrower = SecurityPolicy { key_shares: narrower.groups.clone(), ..narrower };
        assert!(is_full(0, stored.client(), stored.server().policy(narrower)), "{version} another policy");
        stored.connect();
        let other = stored.setup.authority.issue(&["other.test"], &rcgen::PKCS_ECDSA_P256_SHA256).identity();
        let server = stored.server().identity(other).build().unwrap();
        let client = stored.client().build().unwrap();
        let name = ServerName::try_from("other.test").unwrap();
        let mut pair = Pair::by_name(name, &client, &server);
        pair.handshake();
        pair.assert_works();
        assert!(!is_resumed(&pair.client), "{version} another name");
    }
}

/// The encoding of a session whose ticket, or session id, is another one.
fn with_handle(session: &Session, chain_len: usize, alter: impl FnOnce(&mut Vec<u8>)) -> Option<Session> {
    let bytes = session.to_bytes();
    let end = bytes.len() - 3 - chain_len;
    let start = end - 32;
    let mut handle = bytes[start..end].to_vec();
    alter(&mut handle);
    let len = u16::try_from(handle.len()).unwrap().to_be_bytes();
    let altered = [&bytes[..start - 2], &len, &handle, &bytes[end..]].concat();
    Session::from_bytes(&altered).ok()
}

/// What a client makes up finds nothing, and the connection comes about.
#[test]
fn forged_and_truncated_handles_lead_to_full_handshakes() {
    for version in BOTH {
        let stored = Stored::new(version);
        let (session, chain_len) = stored.session_and_chain();
        let altered = |alter: &dyn Fn(&mut Vec<u8>)| with_handle(&session, chain_len, alter).unwrap();
        for index in 0..32 {
            assert!(!stored.resumes(altered(&|handle| handle[index] ^= 0x10)), "{version} {index}");
        }
        for len in 1..32 {
            assert!(!stored.resumes(altered(&|handle| handle.truncate(len))), "{version} {len} bytes");
        }
        // Longer, it is a ticket like any other, but no session id.
        let longer = with_handle(&session, chain_len, |handle| handle.push(0));
        assert_eq!(longer.is_some(), version == ProtocolVersion::TLS1_3);
        assert!(longer.is_none_or(|session| !stored.resumes(session)));
        assert!(stored.resumes(altered(&|_| {})), "{version}");
    }
}

/// One store may serve both versions: what is a session of the one is none of the other, nor is it spent by the attempt.
#[test]
fn handles_do_not_cross_versions() {
    let stored = Stored::new(ProtocolVersion::TLS1_2);
    let (session, chain_len) = stored.session_and_chain();
    let mut forged = session.to_bytes().to_vec();
    // A ticket of TLS 1.3, as its version, its suite and its kind say: the kind is in front of the session id.
    let kind = forged.len() - 3 - chain_len - 32 - 3;
    forged[2..4].copy_from_slice(&[3, 4]);
    forged[4..6].copy_from_slice(&[0x13, 0x01]);
    forged[kind] = 0;
    stored.setup.store.put_session(Session::from_bytes(&forged).unwrap());
    let server = stored.server().policy(policy(ProtocolVersion::TLS1_3));
    let client = stored.setup.client().policy(policy(ProtocolVersion::TLS1_3));
    assert!(!is_resumed(&stored.setup.connect(client, server).client));
    assert!(stored.resumes(session));
}

/// However many clients come, the store holds so many sessions.
#[test]
fn a_flood_of_handshakes_fills_a_store_and_no_more() {
    for version in BOTH {
        let stored = Stored { store: ServerSessionStore::new(64).into(), ..Stored::new(version) };
        let server = || stored.server().tickets_per_handshake(4);
        let (client, server) = (stored.client().build().unwrap(), server().build().unwrap());
        for _ in 0..200 {
            // It is a new client each time.
            while stored.setup.store.take_session(&client, &localhost(), now()).is_some() {}
            Pair::new(&client, &server).handshake();
            assert!(stored.store.len() <= 64);
        }
        assert!(stored.store.len() > 32);
    }
}

#[test]
fn a_client_that_has_proven_itself_is_known_again() {
    for version in BOTH {
        let stored = Stored::new(version);
        let pem = stored.setup.authority.localhost();
        let roots = || stored.setup.authority.roots();
        let server = || stored.server().client_authentication(ClientAuthentication::Required(roots()));
        let connect = || stored.setup.connect(stored.client().identity(pem.identity()), server());
        connect();
        let resumed = connect().server.connection.facts().unwrap().resumed.clone().unwrap();
        assert_eq!(resumed.client_fingerprint, Some(pem.identity().fingerprint()));
    }
}
