//! What a handshake asks of the program: signatures, verdicts, configurations. Nothing waits but the handshake.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tests::authority::{Authority, Pem};
use tests::pair::{client_builder, localhost, only, server_builder};
use tls_tokio::signer::{KeyRing, LocalSigner, SignFuture, Signer};
use tls_tokio::tls_core::ciphersuites::{PrivateKey, ProtocolVersion, SecurityPolicy};
use tls_tokio::tls_core::{
    AlertDescription, CertificateError, ClientAuthentication, ClientHello, Connection, Identity, PeerName,
    ServerConfig, ServerConfigBuilder, ServerVerification, SignRequest, VerifyCertificate,
};
use tls_tokio::{
    Acceptor, BoxFuture, CertificateVerifier, ConfigChoice, ConfigSelector, Connector, HandshakeFailure,
};
use tokio::io::{AsyncWriteExt, duplex};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::support::{assert_works, in_time};

const BOTH: [ProtocolVersion; 2] = [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2];

fn public(pem: &Pem) -> Identity {
    Identity::from_public_pem(pem.chain.as_bytes()).unwrap()
}

fn signer(pem: &Pem) -> LocalSigner {
    LocalSigner::new(PrivateKey::from_pem(pem.key.as_bytes()).unwrap())
}

fn policy(version: ProtocolVersion) -> SecurityPolicy {
    only(version, &SecurityPolicy::P20251014)
}

/// Signs after a while, and counts who is waiting.
#[derive(Debug)]
struct Slow {
    inner: LocalSigner,
    delay: Duration,
    waiting: Arc<AtomicUsize>,
}

/// Counts one as long as it lives.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Signer for Slow {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        Box::pin(async move {
            self.waiting.fetch_add(1, Ordering::SeqCst);
            let _waiting = Waiting(&self.waiting);
            tokio::time::sleep(self.delay).await;
            self.inner.sign(request).await
        })
    }
}

fn slow(pem: &Pem, delay: Duration) -> (Slow, Arc<AtomicUsize>) {
    let waiting = Arc::<AtomicUsize>::default();
    (Slow { inner: signer(pem), delay, waiting: Arc::clone(&waiting) }, waiting)
}

#[tokio::test]
async fn both_sides_wait_for_their_signers() {
    let authority = Authority::new();
    for version in BOTH {
        let (server_pem, client_pem) = (authority.localhost(), authority.localhost());
        let server = ServerConfig::builder()
            .permit_unapproved()
            .policy(policy(version))
            .identity(public(&server_pem))
            .client_authentication(ClientAuthentication::Required(authority.roots()));
        let client = client_builder(&authority).policy(policy(version)).identity(public(&client_pem));
        let delay = Duration::from_millis(20);
        let acceptor = Acceptor::new(server.build().unwrap()).signer(slow(&server_pem, delay).0);
        let connector = Connector::new(client.build().unwrap()).signer(slow(&client_pem, delay).0);
        let (client, server) = duplex(1 << 16);
        let both = async { tokio::join!(connector.connect(localhost(), client), acceptor.accept(server)) };
        let (client, server) = in_time(both).await;
        let (mut client, mut server) = (client.unwrap(), server.unwrap());
        assert_works(&mut client, &mut server).await;
        for signing in [client.signing().unwrap(), server.signing().unwrap()] {
            assert_eq!(&*signing.made_by, "this process");
            assert!(signing.elapsed >= delay, "{:?}", signing.elapsed);
        }
    }
}

/// On one thread, a handshake whose signer never answers holds nobody up, and ends when its time is over.
#[tokio::test]
async fn a_stuck_signer_stops_only_its_own_handshakes() {
    let authority = Authority::new();
    for version in BOTH {
        let pem = authority.localhost();
        let (stuck, waiting) = slow(&pem, Duration::MAX);
        let server = || ServerConfig::builder().permit_unapproved().policy(policy(version));
        let stuck = Acceptor::new(server().identity(public(&pem)).build().unwrap())
            .signer(stuck)
            .handshake_timeout(Duration::from_millis(300));
        let sound = Acceptor::new(server().identity(pem.identity()).build().unwrap());
        let connector = Connector::new(client_builder(&authority).policy(policy(version)).build().unwrap());

        let (client, transport) = duplex(1 << 16);
        let held_up = tokio::spawn(connector.connect(localhost(), client));
        let held_up_server = tokio::spawn(stuck.accept(transport));
        while waiting.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        for _ in 0..10 {
            let (client, transport) = duplex(1 << 16);
            let connect = connector.connect(localhost(), client);
            let (client, server) = in_time(async { tokio::join!(connect, sound.accept(transport)) }).await;
            assert_works(&mut client.unwrap(), &mut server.unwrap()).await;
        }
        let error = in_time(held_up_server).await.unwrap().unwrap_err();
        assert!(matches!(error.failure(), HandshakeFailure::TimedOut(_)), "{error}");
        assert_eq!(waiting.load(Ordering::SeqCst), 0, "the signature was given up with its handshake");
        drop(error);
        assert!(in_time(held_up).await.unwrap().is_err());
    }
}

#[tokio::test]
async fn a_client_that_goes_ends_the_wait() {
    let authority = Authority::new();
    let pem = authority.localhost();
    for closes in [true, false] {
        let (stuck, waiting) = slow(&pem, Duration::MAX);
        let config = ServerConfig::builder().permit_unapproved().identity(public(&pem)).build().unwrap();
        let acceptor = Acceptor::new(config).signer(stuck).handshake_timeout(None);
        let connector = Connector::new(client_builder(&authority).build().unwrap());
        let (client, transport) = duplex(1 << 16);
        let accept = tokio::spawn(acceptor.accept(transport));
        let connect = tokio::spawn(connector.connect(localhost(), client));
        while waiting.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        match closes {
            // Its transport ends.
            true => connect.abort(),
            // The server's task does.
            false => accept.abort(),
        }
        if closes {
            let error = in_time(accept).await.unwrap().unwrap_err();
            assert_eq!(error.code(), "truncated");
        } else {
            assert!(in_time(accept).await.unwrap_err().is_cancelled());
        }
        assert_eq!(waiting.load(Ordering::SeqCst), 0);
    }
}

/// While it waits, a peer cannot make the handshake take in more than a record.
#[tokio::test]
async fn a_peer_that_goes_on_sending_is_held_up() {
    let authority = Authority::new();
    let pem = authority.localhost();
    let (stuck, waiting) = slow(&pem, Duration::MAX);
    let config = ServerConfig::builder()
        .permit_unapproved()
        .policy(policy(ProtocolVersion::TLS1_2))
        .identity(public(&pem));
    let acceptor = Acceptor::new(config.build().unwrap()).signer(stuck).handshake_timeout(None);
    let mut hello = Connection::client(
        client_builder(&authority).policy(policy(ProtocolVersion::TLS1_2)).build().unwrap(),
        localhost(),
        tests::pair::now(),
    )
    .unwrap();
    let (mut client, transport) = duplex(1 << 10);
    let accept = tokio::spawn(acceptor.accept(transport));
    client.write_all(hello.output()).await.unwrap();
    hello.output_sent(hello.output().len());
    while waiting.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    let record = [&[22, 3, 3, 0x3f, 0xf4, 16, 0, 0x3f, 0xf0][..], &[7; 0x3ff0]].concat();
    let records = record.repeat(8);
    let mut rest = records.as_slice();
    while let Ok(written) = tokio::time::timeout(Duration::from_millis(200), client.write(rest)).await {
        rest = &rest[written.unwrap()..];
        assert!(!rest.is_empty(), "no end to it");
    }
    assert_eq!(waiting.load(Ordering::SeqCst), 1);
    accept.abort();
}

/// Tells when the signature must be there.
#[derive(Debug)]
struct Punctual(LocalSigner, Arc<std::sync::Mutex<Option<Duration>>>);

impl Signer for Punctual {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        self.0.sign(request)
    }

    fn sign_before<'a>(&'a self, request: &'a SignRequest, deadline: Instant) -> SignFuture<'a> {
        *self.1.lock().unwrap() = Some(deadline.saturating_duration_since(Instant::now()));
        self.0.sign(request)
    }
}

/// What a slow client has used up is no more the signer's, nor are the last moments, in which the signature must be sent.
#[tokio::test(start_paused = true)]
async fn a_signer_knows_how_long_the_handshake_may_take() {
    let authority = Authority::new();
    let pem = authority.localhost();
    let left = Duration::from_millis(6600);
    for (timeout, told) in [(None, None), (Some(Duration::from_secs(10)), Some(left))] {
        let asked = Arc::default();
        let config = ServerConfig::builder().permit_unapproved().identity(public(&pem)).build().unwrap();
        let signer = Punctual(signer(&pem), Arc::clone(&asked));
        let acceptor = Acceptor::new(config).signer(signer).handshake_timeout(timeout);
        let connector = Connector::new(client_builder(&authority).build().unwrap());
        let (client, server) = duplex(1 << 16);
        let late = async {
            tokio::time::sleep(Duration::from_millis(2900)).await;
            connector.connect(localhost(), client).await
        };
        let (client, server) = tokio::join!(late, acceptor.accept(server));
        assert_works(&mut client.unwrap(), &mut server.unwrap()).await;
        assert_eq!(*asked.lock().unwrap(), told);
    }
}

#[derive(Debug)]
struct Panicking;

impl Signer for Panicking {
    fn sign<'a>(&'a self, _: &'a SignRequest) -> SignFuture<'a> {
        panic!("a bug in a signer")
    }
}

#[tokio::test]
async fn whoever_cannot_sign_fails_in_words() {
    let authority = Authority::new();
    let pem = authority.localhost();
    let other = authority.localhost();
    let config = ServerConfig::builder().permit_unapproved().identity(public(&pem)).build().unwrap();
    let acceptor = || Acceptor::new(Arc::clone(&config));
    let empty = KeyRing::new();
    let table = [
        (acceptor(), "no signer was given"),
        (acceptor().signer(empty), "no signer is configured for the key"),
        (acceptor().signer(signer(&other)), "asked for the key"),
        (acceptor().signer(Panicking), "the signer panicked"),
    ];
    let connector = Connector::new(client_builder(&authority).build().unwrap());
    for (acceptor, words) in table {
        let (client, server) = duplex(1 << 16);
        let both = async { tokio::join!(connector.connect(localhost(), client), acceptor.accept(server)) };
        let (client, server) = in_time(both).await;
        let error = server.unwrap_err();
        assert_eq!(error.code(), "signing_failed");
        assert!(error.to_string().contains(words), "{error}");
        let received = client.unwrap_err().tls().unwrap().alert_received();
        assert_eq!(received, Some(AlertDescription::INTERNAL_ERROR));
    }
}

/// A verdict that takes a while, on whether the leaf is the expected one.
#[derive(Debug)]
struct Expecting(Vec<u8>, PeerName);

impl CertificateVerifier for Expecting {
    fn verify<'a>(&'a self, request: &'a VerifyCertificate) -> BoxFuture<'a, Result<(), CertificateError>> {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(10)).await;
            assert_eq!(request.peer(), &self.1);
            match request.certificates().leaf() == self.0 {
                true => Ok(()),
                false => Err(CertificateError::Refused("it is not the expected one".into())),
            }
        })
    }
}

#[tokio::test]
async fn verdicts_are_waited_for() {
    let authority = Authority::new();
    for version in BOTH {
        for is_right in [true, false] {
            let (pem, client_pem) = (authority.localhost(), authority.localhost());
            let leaf = |pem: &Pem| pem.identity().certificates()[0].to_vec();
            let server = ServerConfig::builder()
                .permit_unapproved()
                .policy(policy(version))
                .identity(pem.identity())
                .client_authentication(ClientAuthentication::RequiredAsked);
            let client = client_builder(&authority)
                .policy(policy(version))
                .server_verification(ServerVerification::Asked)
                .identity(client_pem.identity());
            let expected = if is_right { leaf(&client_pem) } else { leaf(&pem) };
            let acceptor =
                Acceptor::new(server.build().unwrap()).verifier(Expecting(expected, PeerName::Client));
            let connector = Connector::new(client.build().unwrap())
                .verifier(Expecting(leaf(&pem), PeerName::Server(localhost())));
            let (client, transport) = duplex(1 << 16);
            let connect = connector.connect(localhost(), client);
            let (client, server) = in_time(async { tokio::join!(connect, acceptor.accept(transport)) }).await;
            if is_right {
                assert_works(&mut client.unwrap(), &mut server.unwrap()).await;
            } else {
                assert_eq!(server.unwrap_err().code(), "certificate_refused");
            }
        }
    }
}

/// Chooses by the server's name, after a while.
#[derive(Debug)]
struct ByName(Arc<ServerConfig>, Notify);

impl ConfigSelector for ByName {
    fn select<'a>(&'a self, hello: &'a ClientHello) -> BoxFuture<'a, ConfigChoice> {
        Box::pin(async move {
            self.1.notified().await;
            match hello.server_name() {
                Ok(Some("localhost")) => ConfigChoice::Use(Arc::clone(&self.0)),
                _ => ConfigChoice::Refuse(AlertDescription::UNRECOGNIZED_NAME),
            }
        })
    }
}

#[tokio::test]
async fn configurations_are_waited_for() {
    let authority = Authority::new();
    for version in BOTH {
        let with = |builder: ServerConfigBuilder| builder.policy(policy(version)).build().unwrap();
        let first = with(
            ServerConfig::builder()
                .permit_unapproved()
                .identity(Authority::new().localhost().identity())
                .select_config(true),
        );
        let chosen = with(server_builder(&authority));
        let selector = ByName(chosen, Notify::new());
        selector.1.notify_one();
        let acceptor = Acceptor::new(Arc::clone(&first)).config_selector(selector);
        let connector = Connector::new(client_builder(&authority).policy(policy(version)).build().unwrap());
        let (client, transport) = duplex(1 << 16);
        let connect = connector.connect(localhost(), client);
        let (client, server) = in_time(async { tokio::join!(connect, acceptor.accept(transport)) }).await;
        assert_works(&mut client.unwrap(), &mut server.unwrap()).await;

        // Nobody to ask: no client is served.
        let (client, transport) = duplex(1 << 16);
        let connect = connector.connect(localhost(), client);
        let acceptor = Acceptor::new(first);
        let (client, server) = in_time(async { tokio::join!(connect, acceptor.accept(transport)) }).await;
        assert_eq!(server.unwrap_err().code(), "aborted");
        assert_eq!(
            client.unwrap_err().tls().unwrap().alert_received(),
            Some(AlertDescription::INTERNAL_ERROR)
        );
    }
}
