//! Sessions that are kept outside of the process: by both ends, in both versions, and by caches of every temper.

use std::collections::HashMap;
use std::future::{pending, ready};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tests::authority::Authority;
use tests::pair::{client_builder, localhost, only, server_builder};
use tls_tokio::tls_core::ciphersuites::{ProtocolVersion, SecurityPolicy};
use tls_tokio::tls_core::{FindSession, KeptSession, SessionStore, TicketKeys, UnixTime};
use tls_tokio::{Acceptor, BoxFuture, Connector, SessionCache, TlsStream};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::{Instant, sleep};

use crate::support::{assert_works, in_time};

const BOTH: [ProtocolVersion; 2] = [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2];

/// How a cache deals with those who ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Temper {
    /// It answers after a while.
    Slow(Duration),
    /// It never answers, nor does it ever store.
    Stuck,
    /// It has other bytes than were stored.
    Broken,
    /// It panics, before or in its future.
    Panics,
    PanicsLater,
}

#[derive(Clone, Debug)]
struct Cache {
    sessions: Arc<Mutex<HashMap<[u8; 32], Vec<u8>>>>,
    /// How many wait for it right now.
    waiting: Arc<AtomicUsize>,
    temper: Temper,
    patience: Duration,
}

impl Cache {
    fn new() -> Self {
        let temper = Temper::Slow(Duration::from_millis(5));
        let patience = Duration::from_secs(30);
        Self { sessions: Arc::default(), waiting: Arc::default(), temper, patience }
    }

    fn with(&self, temper: Temper, patience: Duration) -> Self {
        Self { temper, patience, ..self.clone() }
    }

    /// Waits until so many sessions are stored.
    async fn holds(&self, count: usize) {
        in_time(async {
            while self.sessions.lock().unwrap().len() < count {
                sleep(Duration::from_millis(1)).await;
            }
        })
        .await;
    }
}

/// Counts one as long as it lives.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl SessionCache for Cache {
    fn find<'a>(&'a self, request: &'a FindSession) -> BoxFuture<'a, Option<Vec<u8>>> {
        match self.temper {
            Temper::Slow(delay) => Box::pin(async move {
                sleep(delay).await;
                let mut sessions = self.sessions.lock().unwrap();
                match request.serves_once() {
                    true => sessions.remove(request.key()?),
                    false => sessions.get(request.key()?).cloned(),
                }
            }),
            Temper::Stuck => Box::pin(async {
                self.waiting.fetch_add(1, Ordering::SeqCst);
                let _waiting = Waiting(&self.waiting);
                pending().await
            }),
            Temper::Broken => Box::pin(ready(Some(vec![7; 300]))),
            Temper::Panics => panic!("a cache that panics"),
            Temper::PanicsLater => Box::pin(async { panic!("a cache that panics") }),
        }
    }

    fn keep(&self, session: KeptSession) -> BoxFuture<'_, ()> {
        match self.temper {
            Temper::Slow(delay) => Box::pin(async move {
                sleep(delay).await;
                self.sessions.lock().unwrap().insert(*session.key(), session.bytes().to_vec());
            }),
            Temper::Panics => panic!("a cache that panics"),
            _ => Box::pin(pending()),
        }
    }

    fn forget(&self, key: [u8; 32]) -> BoxFuture<'_, ()> {
        assert_ne!(self.temper, Temper::Panics, "a cache that panics");
        Box::pin(async move {
            self.sessions.lock().unwrap().remove(&key);
        })
    }

    fn patience(&self) -> Duration {
        self.patience
    }
}

type Stream = TlsStream<DuplexStream>;

/// One connection, which works and has received what came after the handshake.
async fn connect(connector: &Connector, acceptor: &Acceptor) -> (Stream, Stream) {
    let (client, server) = duplex(1 << 16);
    let both = async { tokio::join!(connector.connect(localhost(), client), acceptor.accept(server)) };
    let (client, server) = in_time(both).await;
    let (mut client, mut server) = (client.unwrap(), server.unwrap());
    assert_works(&mut client, &mut server).await;
    assert_eq!(is_resumed(&client), is_resumed(&server));
    (client, server)
}

fn is_resumed(stream: &Stream) -> bool {
    stream.facts().unwrap().resumed.is_some()
}

/// Both ends with their sessions in caches, and the policy of a version.
fn ends(authority: &Authority, version: ProtocolVersion, caches: [&Cache; 2]) -> (Connector, Acceptor) {
    let policy = || only(version, &SecurityPolicy::P20251014);
    let [client_cache, server_cache] = caches.map(Clone::clone);
    let client = client_builder(authority).policy(policy()).sessions_elsewhere().build().unwrap();
    let server = server_builder(authority).policy(policy()).sessions_elsewhere().build().unwrap();
    (Connector::new(client).session_cache(client_cache), Acceptor::new(server).session_cache(server_cache))
}

#[tokio::test]
async fn connections_resume_what_is_kept_elsewhere() {
    let authority = Authority::new();
    for version in BOTH {
        // One cache can serve both ends: nothing of the one is anything of the other.
        let cache = Cache::new();
        let (connector, acceptor) = ends(&authority, version, [&cache, &cache]);
        assert!(!is_resumed(&connect(&connector, &acceptor).await.0));
        for round in 0..3 {
            cache.holds(2).await;
            let (client, _server) = connect(&connector, &acceptor).await;
            assert!(is_resumed(&client), "{version} {round}");
        }
    }
}

/// A cache that fails, or is late, costs a full handshake and what patience it asks for, and no connection.
#[tokio::test]
async fn caches_of_every_temper_lead_to_connections() {
    let authority = Authority::new();
    let patience = Duration::from_millis(50);
    for version in BOTH {
        let sound = Cache::new();
        for temper in [Temper::Stuck, Temper::Broken, Temper::Panics, Temper::PanicsLater] {
            let (connector, acceptor) = ends(&authority, version, [&sound, &sound]);
            connect(&connector, &acceptor).await;
            sound.holds(2).await;
            let moody = sound.with(temper, patience);
            for caches in [[&moody, &sound], [&sound, &moody], [&moody, &moody]] {
                let (connector, acceptor) = ends(&authority, version, caches);
                let begun = Instant::now();
                connect(&connector, &acceptor).await;
                if temper == Temper::Stuck {
                    assert!(begun.elapsed() >= patience);
                }
            }
        }
        // Late is as good as never.
        let late = sound.with(Temper::Slow(Duration::from_secs(3600)), patience);
        let (connector, acceptor) = ends(&authority, version, [&sound, &late]);
        assert!(!is_resumed(&connect(&connector, &acceptor).await.0));
    }
}

/// Without anybody to ask there is nobody to wait for.
#[tokio::test]
async fn without_a_cache_handshakes_are_full_ones() {
    let authority = Authority::new();
    let client = client_builder(&authority).sessions_elsewhere().build().unwrap();
    let server = server_builder(&authority).sessions_elsewhere().build().unwrap();
    let (connector, acceptor) = (Connector::new(client), Acceptor::new(server));
    for _ in 0..2 {
        assert!(!is_resumed(&connect(&connector, &acceptor).await.0));
    }
}

/// A handshake that is dropped drops its question with it.
#[tokio::test]
async fn a_handshake_can_be_dropped_while_it_waits() {
    let authority = Authority::new();
    let stuck = Cache::new().with(Temper::Stuck, Duration::MAX);
    let (connector, acceptor) = ends(&authority, ProtocolVersion::TLS1_3, [&stuck, &stuck]);
    let (client, server) = duplex(1 << 16);
    let handshake = tokio::spawn(connector.connect(localhost(), client));
    in_time(async {
        while stuck.waiting.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    handshake.abort();
    assert!(in_time(acceptor.accept(server)).await.is_err());
    assert_eq!(stuck.waiting.load(Ordering::SeqCst), 0);
}

/// What is stuck does not outlast the handshake's own timeout by much.
#[tokio::test]
async fn the_handshake_timeout_bounds_all_patience() {
    let authority = Authority::new();
    let stuck = Cache::new().with(Temper::Stuck, Duration::MAX);
    let (connector, _) = ends(&authority, ProtocolVersion::TLS1_3, [&stuck, &stuck]);
    let connector = connector.handshake_timeout(Duration::from_millis(50));
    let (client, _server) = duplex(1 << 16);
    assert!(in_time(connector.connect(localhost(), client)).await.is_err());
}

/// A service that has the keys of a fleet.
#[derive(Debug)]
struct Opener(Arc<TicketKeys>);

impl SessionCache for Opener {
    fn find<'a>(&'a self, request: &'a FindSession) -> BoxFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            sleep(Duration::from_millis(5)).await;
            self.0.open(request.ticket()?, UnixTime::now()).map(|bytes| bytes.to_vec())
        })
    }

    fn keep(&self, _: KeptSession) -> BoxFuture<'_, ()> {
        Box::pin(ready(()))
    }

    fn forget(&self, _: [u8; 32]) -> BoxFuture<'_, ()> {
        Box::pin(ready(()))
    }
}

#[tokio::test]
async fn a_service_opens_tickets() {
    let authority = Authority::new();
    let keys = Arc::new(TicketKeys::rotating());
    let sealing = Acceptor::new(server_builder(&authority).ticket_keys(Arc::clone(&keys)).build().unwrap());
    let store = Arc::new(SessionStore::new(16));
    let connector = Connector::new(client_builder(&authority).session_store(store).build().unwrap());
    connect(&connector, &sealing).await;
    let asking = Acceptor::new(server_builder(&authority).sessions_elsewhere().build().unwrap())
        .session_cache(Opener(keys));
    assert!(is_resumed(&connect(&connector, &asking).await.0));
}

/// A connection by a session id that fails takes its session with it, on both sides (RFC 5246 §7.2.2).
#[tokio::test]
async fn sessions_of_connections_that_fail_are_forgotten() {
    let authority = Authority::new();
    let [client_cache, server_cache] = [Cache::new(), Cache::new()];
    let (connector, acceptor) = ends(&authority, ProtocolVersion::TLS1_2, [&client_cache, &server_cache]);
    let (client, mut server) = connect(&connector, &acceptor).await;
    client_cache.holds(1).await;
    server_cache.holds(1).await;
    // A record that does not open.
    let (mut io, state) = client.into_parts();
    io.write_all(&[23, 3, 3, 0, 40]).await.unwrap();
    io.write_all(&[0; 40]).await.unwrap();
    let mut client = TlsStream::from_parts(io, state);
    for stream in [&mut server, &mut client] {
        in_time(stream.read_u8()).await.unwrap_err();
        // The server's alert is on its way.
        let _ = in_time(stream.flush()).await;
    }
    in_time(async {
        while [&client_cache, &server_cache].iter().any(|cache| !cache.sessions.lock().unwrap().is_empty()) {
            sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
    assert!(!is_resumed(&connect(&connector, &acceptor).await.0));
}

/// A ticket that the server gives later goes out with what it writes next, and is kept by both ends.
#[tokio::test]
async fn a_server_gives_tickets_later() {
    let authority = Authority::new();
    let cache = Cache::new();
    let client = client_builder(&authority).sessions_elsewhere().build().unwrap();
    let server = server_builder(&authority).sessions_elsewhere().later_tickets(1).build().unwrap();
    let connector = Connector::new(client).session_cache(Cache::new());
    let acceptor = Acceptor::new(server).session_cache(cache.clone());
    let (mut client, mut server) = connect(&connector, &acceptor).await;
    cache.holds(1).await;
    server.send_ticket().unwrap();
    assert_works(&mut client, &mut server).await;
    cache.holds(2).await;
    assert_eq!(server.send_ticket().unwrap_err().code(), "misuse");
    assert_works(&mut client, &mut server).await;
}
