//! Early data through connectors and acceptors: what is early, what is not, and what comes of it when it is rejected.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tests::authority::Authority;
use tests::pair::{client_builder, localhost, server_builder};
use tls_tokio::tls_core::ciphersuites::{CipherSuite, Hash};
use tls_tokio::tls_core::{
    ClientConfig, ClientConfigBuilder, EarlyData, EarlyDataAcceptance, EarlyDataAttempt, FindSession,
    KeptSession, PreSharedKey, PreSharedKeys, PskEarlyData, ReplayGuard, ServerConfig, ServerConfigBuilder,
    SessionStore, TicketKeys, UnixTime,
};
use tls_tokio::{Acceptor, BoxFuture, Connector, EarlyDataDecider, SessionCache, TlsStream};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use crate::support::{assert_works, data, in_time, send, tls};

const REQUEST: &[u8] = b"GET / HTTP/1.0\r\n\r\n";

/// A client and a server that take early data, with what they share.
struct Setup {
    authority: Authority,
    store: Arc<SessionStore>,
    keys: Arc<TicketKeys>,
    guard: Arc<ReplayGuard>,
}

type Stream = TlsStream<DuplexStream>;

impl Setup {
    fn new() -> Self {
        let long_ago = UnixTime::since_unix_epoch(Duration::ZERO);
        Self {
            authority: Authority::new(),
            store: Arc::new(SessionStore::new(10)),
            keys: Arc::new(TicketKeys::rotating()),
            guard: Arc::new(ReplayGuard::once_per_client_hello(long_ago)),
        }
    }

    fn client(&self) -> ClientConfigBuilder {
        client_builder(&self.authority).session_store(Arc::clone(&self.store)).early_data(true)
    }

    fn server(&self) -> ServerConfigBuilder {
        self.server_by(EarlyDataAcceptance::Guarded(Arc::clone(&self.guard)))
    }

    fn server_by(&self, acceptance: EarlyDataAcceptance) -> ServerConfigBuilder {
        server_builder(&self.authority).ticket_keys(Arc::clone(&self.keys)).early_data(100_000, acceptance)
    }

    /// A connector and an acceptor that have had a connection.
    async fn acquainted(
        &self,
        client: ClientConfigBuilder,
        server: ServerConfigBuilder,
    ) -> (Connector, Acceptor) {
        let (client, server) = (client.build().unwrap(), server.build().unwrap());
        acquaint(&client, &server).await;
        (Connector::new(client), Acceptor::new(server))
    }
}

/// A first connection, which leaves a session.
async fn acquaint(client: &Arc<ClientConfig>, server: &Arc<ServerConfig>) {
    let (near, far) = duplex(1 << 16);
    let (connector, acceptor) = (Connector::new(Arc::clone(client)), Acceptor::new(Arc::clone(server)));
    let both = async { tokio::join!(connector.connect(localhost(), near), acceptor.accept(far)) };
    let (client, server) = in_time(both).await;
    assert_works(&mut client.unwrap(), &mut server.unwrap()).await;
}

/// A connection whose client says `first` first, to a server that accepts early data while it comes.
async fn early(
    connector: &Connector,
    acceptor: &Acceptor,
    capacity: usize,
    first: &[u8],
) -> (Stream, Stream) {
    let (near, far) = duplex(capacity);
    let connect = connector.connect_with_early_data(localhost(), near, |_| first.to_vec());
    let accept = async {
        let mut server = acceptor.accept_with_early_data(far).await.unwrap();
        let mut received = vec![0; first.len()];
        server.read_exact(&mut received).await.unwrap();
        assert!(received == first);
        server.finish_handshake().await.unwrap();
        server
    };
    let (client, server) = in_time(async { tokio::join!(connect, accept) }).await;
    (client.unwrap(), server)
}

fn outcomes(client: &Stream, server: &Stream) -> [EarlyData; 2] {
    [client, server].map(|stream| stream.facts().unwrap().early_data)
}

fn is_rejected(outcome: EarlyData) -> bool {
    matches!(outcome, EarlyData::Rejected(_))
}

#[tokio::test]
async fn a_request_is_answered_before_the_handshake_is_done() {
    let setup = Setup::new();
    let (connector, acceptor) = setup.acquainted(setup.client(), setup.server()).await;
    let (near, far) = duplex(1 << 16);
    let connect = tokio::spawn(connector.connect_with_early_data(localhost(), near, |_| REQUEST.to_vec()));
    let mut server = in_time(acceptor.accept_with_early_data(far)).await.unwrap();
    // The client has sent its first flight, and not been answered.
    assert!(!server.is_handshake_done());
    let known = server.connection().early_facts().unwrap();
    assert_eq!((known.early_data, known.server_name.as_deref()), (EarlyData::Accepted, Some("localhost")));
    let mut request = [0; REQUEST.len()];
    in_time(server.read_exact(&mut request)).await.unwrap();
    assert_eq!((request.as_slice(), server.early_data_len()), (REQUEST, request.len() as u64));
    assert!(!server.is_handshake_done());
    in_time(server.write_all(b"answer")).await.unwrap();
    let mut client = in_time(connect).await.unwrap().unwrap();
    let mut answer = [0; 6];
    in_time(client.read_exact(&mut answer)).await.unwrap();
    assert_eq!(&answer, b"answer");
    in_time(server.finish_handshake()).await.unwrap();
    assert!(server.is_handshake_done());
    assert_eq!(outcomes(&client, &server), [EarlyData::Accepted; 2]);
    assert_works(&mut client, &mut server).await;
    assert_eq!(server.early_data_len(), request.len() as u64);
}

/// By an external key, on the first connection there is.
#[tokio::test]
async fn a_key_does_without_a_session() {
    let terms = PskEarlyData::new(CipherSuite::TLS_AES_128_GCM_SHA256, 100_000);
    let key = PreSharedKey::new(b"key", &[7; 32], Hash::Sha256).unwrap().with_early_data(terms).unwrap();
    let authority = Authority::new();
    let client = client_builder(&authority).pre_shared_keys([key.clone()]).early_data(true).build().unwrap();
    let guard = ReplayGuard::once_per_client_hello(UnixTime::now()).external_keys(2);
    let acceptance = EarlyDataAcceptance::Guarded(Arc::new(guard));
    let server = server_builder(&authority).pre_shared_keys(PreSharedKeys::Known(vec![key]));
    let server = server.early_data(100_000, acceptance).build().unwrap();
    let (connector, acceptor) = (Connector::new(client), Acceptor::new(server));
    for len in [100, 50_000] {
        let (mut client, mut server) = early(&connector, &acceptor, 1 << 10, &data(len)).await;
        assert_eq!(outcomes(&client, &server), [EarlyData::Accepted; 2]);
        assert!(server.facts().unwrap().pre_shared_key.is_some());
        assert_works(&mut client, &mut server).await;
    }
    // The guard has seen enough: from now on it arrives, but not early.
    let (client, server) = early(&connector, &acceptor, 1 << 10, REQUEST).await;
    assert!(outcomes(&client, &server).into_iter().all(is_rejected));
}

/// A service that opens tickets, in its own time.
#[derive(Debug)]
struct Opener(Arc<TicketKeys>);

impl SessionCache for Opener {
    fn find<'a>(&'a self, request: &'a FindSession) -> BoxFuture<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            self.0.open(request.ticket()?, UnixTime::now()).map(|bytes| bytes.to_vec())
        })
    }

    fn keep(&self, _: KeptSession) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    fn forget(&self, _: [u8; 32]) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(30)
    }
}

/// It waits in the transport while the session is looked for elsewhere, however much it is.
#[tokio::test]
async fn it_waits_for_a_session_that_is_elsewhere() {
    let setup = Setup::new();
    for capacity in [100, 1 << 16] {
        for is_found in [true, false] {
            let (connector, _) = setup.acquainted(setup.client(), setup.server()).await;
            let acceptance = EarlyDataAcceptance::Guarded(Arc::clone(&setup.guard));
            let server =
                server_builder(&setup.authority).sessions_elsewhere().early_data(100_000, acceptance);
            let keys = if is_found { Arc::clone(&setup.keys) } else { Arc::new(TicketKeys::rotating()) };
            let acceptor = Acceptor::new(server.build().unwrap()).session_cache(Opener(keys));
            let (mut client, mut server) = early(&connector, &acceptor, capacity, &data(90_000)).await;
            assert_eq!(outcomes(&client, &server).map(is_rejected), [!is_found; 2]);
            assert_works(&mut client, &mut server).await;
        }
    }
}

/// What is not early is not counted, and what is too much follows after the handshake.
#[tokio::test]
async fn what_has_no_room_follows() {
    let setup = Setup::new();
    for (len, capacity) in [(0, 100), (1, 7), (99_999, 1 << 20), (100_001, 1 << 20), (300_000, 1000)] {
        let (connector, acceptor) = setup.acquainted(setup.client(), setup.server()).await;
        let (mut client, mut server) = early(&connector, &acceptor, capacity, &data(len)).await;
        assert_eq!(outcomes(&client, &server), [EarlyData::Accepted; 2], "{len}");
        assert_eq!(server.early_data_len(), len.min(100_000) as u64);
        assert_works(&mut client, &mut server).await;
        assert_eq!((client.buffered(), server.buffered()), (0, 0));
    }
}

/// Who only accepts has it after the handshake, where it can be no copy.
#[tokio::test]
async fn it_can_wait_for_the_handshake() {
    let setup = Setup::new();
    let (connector, acceptor) = setup.acquainted(setup.client(), setup.server()).await;
    let (near, far) = duplex(1 << 20);
    let first = data(90_000);
    let connect = connector.connect_with_early_data(localhost(), near, |_| first.clone());
    let (client, server) = in_time(async { tokio::join!(connect, acceptor.accept(far)) }).await;
    let (mut client, mut server) = (client.unwrap(), server.unwrap());
    assert!(server.is_handshake_done());
    assert_eq!(server.early_data_len(), 90_000);
    client.write_all(b"more").await.unwrap();
    let mut received = vec![0; 90_004];
    for (number, piece) in received.chunks_mut(3).enumerate() {
        in_time(server.read_exact(piece)).await.unwrap();
        // The memory of what has been read is given back, if not at once.
        assert!(server.buffered() <= 4 * (90_004 - 3 * number) + 100, "{number}");
    }
    assert!(received == [&first[..], b"more"].concat());
    assert_works(&mut client, &mut server).await;
    assert_eq!((client.buffered(), server.buffered()), (0, 0));
}

#[tokio::test]
async fn without_a_session_it_is_ordinary_data() {
    let setup = Setup::new();
    let client = Connector::new(setup.client().build().unwrap());
    let server = Acceptor::new(setup.server().build().unwrap());
    let (mut client, mut server) = early(&client, &server, 1 << 16, REQUEST).await;
    assert!(server.is_handshake_done());
    assert_eq!((outcomes(&client, &server), server.early_data_len()), ([EarlyData::NotOffered; 2], 0));
    assert_works(&mut client, &mut server).await;
}

/// All of what was rejected comes again, once.
#[tokio::test]
async fn what_is_rejected_is_sent_again_after_the_handshake() {
    let setup = Setup::new();
    for len in [REQUEST.len(), 100_000, 150_000] {
        let (connector, _) = setup.acquainted(setup.client(), setup.server()).await;
        let other = Acceptor::new(setup.server().early_data_context("other").build().unwrap());
        let (mut client, mut server) = early(&connector, &other, 1 << 14, &data(len)).await;
        assert!(outcomes(&client, &server).into_iter().all(is_rejected));
        assert_eq!(server.early_data_len(), 0);
        assert_works(&mut client, &mut server).await;
        while setup
            .store
            .take_session(&setup.client().build().unwrap(), &localhost(), UnixTime::now())
            .is_some()
        {}
    }
}

/// Data for one protocol is not data for another (RFC 9846 §4.3.10).
#[tokio::test]
async fn what_is_rejected_for_another_protocol_is_made_anew() {
    let setup = Setup::new();
    let client = setup.client().alpn(["h2", "http/1.1"]);
    let (connector, _) = setup.acquainted(client, setup.server().alpn(["h2"])).await;
    let other = Acceptor::new(setup.server().alpn(["http/1.1"]).build().unwrap());
    let (near, far) = duplex(1 << 16);
    let asked = Mutex::new(Vec::new());
    let connect = connector.connect_with_early_data(localhost(), near, |protocol| {
        let protocol = protocol.unwrap_or_default().to_vec();
        asked.lock().unwrap().push(protocol.clone());
        [b"for ", protocol.as_slice(), b"."].concat()
    });
    let (client, server) = in_time(async { tokio::join!(connect, other.accept_with_early_data(far)) }).await;
    let (client, mut server) = (client.unwrap(), server.unwrap());
    let mut received = [0; 13];
    in_time(server.read_exact(&mut received)).await.unwrap();
    assert_eq!(&received, b"for http/1.1.");
    assert_eq!(asked.into_inner().unwrap(), [b"h2".to_vec(), b"http/1.1".to_vec()]);
    assert!(outcomes(&client, &server).into_iter().all(is_rejected));
}

/// A stream that is shut down early is one whose client has been heard out.
#[tokio::test]
async fn a_server_can_answer_and_close_at_once() {
    let setup = Setup::new();
    let (connector, acceptor) = setup.acquainted(setup.client(), setup.server()).await;
    let (near, far) = duplex(1 << 16);
    let connect = async {
        let mut client =
            connector.connect_with_early_data(localhost(), near, |_| REQUEST.to_vec()).await.unwrap();
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();
        answer
    };
    let accept = async {
        let mut server = acceptor.accept_with_early_data(far).await.unwrap();
        server.write_all(b"too early").await.unwrap();
        server.shutdown().await.unwrap();
        assert!(server.is_handshake_done());
    };
    let (answer, ()) = in_time(async { tokio::join!(connect, accept) }).await;
    assert_eq!(answer, b"too early");
}

#[tokio::test]
async fn what_is_cut_off_is_an_error() {
    let setup = Setup::new();
    let (connector, acceptor) = setup.acquainted(setup.client(), setup.server()).await;
    for tolerant in [false, true] {
        let policy = if tolerant { tls_tokio::EofPolicy::Tolerate } else { tls_tokio::EofPolicy::Strict };
        let (near, far) = duplex(1 << 16);
        let connect = connector.connect_with_early_data(localhost(), near, |_| REQUEST.to_vec());
        let mut connect = Box::pin(connect);
        // Its first flight, and no more.
        assert!(crate::support::once(&mut connect).await.is_pending());
        drop(connect);
        let accept = acceptor.clone().eof_policy(policy).accept_with_early_data(far);
        let mut server = match in_time(accept).await {
            Ok(server) => server,
            // The answer found nobody.
            Err(_) => continue,
        };
        let error = in_time(server.read_to_end(&mut Vec::new())).await.unwrap_err();
        assert!(
            error.kind() == std::io::ErrorKind::UnexpectedEof && tls(&error).code() == "truncated",
            "{error}"
        );
        let (client, server) = (setup.client(), setup.server());
        acquaint(&client.build().unwrap(), &server.build().unwrap()).await;
    }
}

/// Answers as it was told to, after a while.
#[derive(Debug)]
struct Decider(&'static str, Arc<AtomicUsize>);

impl EarlyDataDecider for Decider {
    fn accept<'a>(&'a self, attempt: &'a EarlyDataAttempt) -> BoxFuture<'a, bool> {
        Box::pin(async {
            assert_eq!(attempt.server_name(), Some("localhost"));
            tokio::time::sleep(Duration::from_millis(5)).await;
            self.1.fetch_add(1, Ordering::Relaxed);
            assert!(self.0 != "panic", "on purpose");
            self.0 == "yes"
        })
    }
}

#[tokio::test]
async fn somebody_else_may_decide_and_take_time() {
    let setup = Setup::new();
    for answer in ["yes", "no", "panic", "nobody"] {
        let asking = setup.server_by(EarlyDataAcceptance::Asked);
        let (connector, acceptor) = setup.acquainted(setup.client(), asking).await;
        let asked = Arc::<AtomicUsize>::default();
        let acceptor = match answer {
            "nobody" => acceptor,
            answer => acceptor.early_data_decider(Decider(answer, Arc::clone(&asked))),
        };
        let (mut client, mut server) = early(&connector, &acceptor, 1000, &data(5000)).await;
        let [told, known] = outcomes(&client, &server);
        match answer {
            "yes" => assert_eq!([told, known], [EarlyData::Accepted; 2]),
            _ => assert!(is_rejected(told) && is_rejected(known), "{answer}"),
        }
        assert_eq!(asked.load(Ordering::Relaxed), usize::from(answer != "nobody"));
        send(&mut client, &mut server, b"more").await;
    }
}

/// Halves in two tasks: one writes while the other has not heard the client out.
#[tokio::test]
async fn halves_of_an_early_stream_work() {
    let setup = Setup::new();
    let (connector, acceptor) = setup.acquainted(setup.client(), setup.server()).await;
    let (near, far) = duplex(100);
    let connect = async {
        let mut client =
            connector.connect_with_early_data(localhost(), near, |_| data(50_000)).await.unwrap();
        let mut answer = vec![0; 50_000];
        client.read_exact(&mut answer).await.unwrap();
        assert!(answer == data(50_000));
        client.shutdown().await.unwrap();
        // The server ends without a word; but it has its tickets to give first.
        let _ = client.read_to_end(&mut answer).await;
    };
    let accept = async {
        let server = acceptor.accept_with_early_data(far).await.unwrap();
        let (mut reader, mut writer) = server.into_split();
        let read = tokio::spawn(async move {
            let mut received = Vec::new();
            reader.read_to_end(&mut received).await.unwrap();
            received
        });
        let write = tokio::spawn(async move { writer.write_all(&data(50_000)).await });
        write.await.unwrap().unwrap();
        assert!(read.await.unwrap() == data(50_000));
    };
    in_time(async { tokio::join!(connect, accept) }).await;
}
