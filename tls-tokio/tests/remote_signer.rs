//! The remote signer: its server, its client, and everyone who would misuse either.

mod faults;
mod handshakes;
mod hostile_clients;
mod hostile_servers;
mod load;
mod outage;
mod permissions;
mod raw;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::SignatureAlgorithm;
use tests::authority::{Authority, Pem};
use tests::pair::localhost;
use tls_tokio::Acceptor;
use tls_tokio::signer::remote::{
    AllowedClient, AuditEvent, Endpoint, Listener, Outcome, RemoteSigner, RemoteSignerBuilder, RequestRecord,
    Server, ServerBuilder, policy,
};
use tls_tokio::signer::{LocalSigner, SignFuture, Signer};
use tls_tokio::tls_core::ciphersuites::{Digest, KeyType, PrivateKey, SignatureScheme};
use tls_tokio::tls_core::{
    ClientAuthentication, Identity, Role, ServerConfig, ServerVerification, SignFailure, SignFailureKind,
    SignPurpose, SignRequest,
};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Everyone who has to do with one signer: an authority, the signer's own certificate, a client's, and a key to sign
/// with.
struct Site {
    authority: Authority,
    server: Pem,
    client: Pem,
    key: Pem,
}

fn local(pem: &Pem) -> LocalSigner {
    LocalSigner::new(PrivateKey::from_pem(pem.key.as_bytes()).unwrap())
}

fn public(pem: &Pem) -> Identity {
    Identity::from_public_pem(pem.chain.as_bytes()).unwrap()
}

impl Site {
    fn new() -> Self {
        Self::with_key(&rcgen::PKCS_ECDSA_P256_SHA256)
    }

    fn with_key(algorithm: &'static SignatureAlgorithm) -> Self {
        let authority = Authority::new();
        let (server, client) =
            (authority.localhost(), authority.issue(&["client.test"], &rcgen::PKCS_ECDSA_P256_SHA256));
        let key = authority.issue(&["localhost"], algorithm);
        Self { authority, server, client, key }
    }

    /// Its client, which may do what clients may unless told otherwise.
    fn allowed(&self) -> AllowedClient {
        AllowedClient::by_certificate("web", self.client.identity().fingerprint())
    }

    /// A server without keys and clients.
    fn bare_server(&self) -> ServerBuilder {
        Server::builder(self.server.identity())
    }

    /// A server for its client with its key.
    fn server(&self) -> ServerBuilder {
        self.bare_server().key(local(&self.key)).client(self.allowed())
    }

    /// Its client.
    fn signer(&self, endpoint: &Endpoint) -> RemoteSignerBuilder {
        self.signer_of(&self.client, endpoint)
    }

    fn signer_of(&self, client: &Pem, endpoint: &Endpoint) -> RemoteSignerBuilder {
        let verification = ServerVerification::Roots(self.authority.roots());
        RemoteSigner::builder(endpoint.clone(), localhost(), client.identity(), verification)
            .timeout(Duration::from_secs(20))
            .patience(Duration::from_secs(10))
    }

    /// Someone whom clients take for the server, for the test's sake.
    fn impostor(&self) -> Acceptor {
        let config = ServerConfig::builder()
            .policy(policy())
            .identity(self.server.identity())
            .client_authentication(ClientAuthentication::RequiredUnverified)
            .alpn(["s2n-signer/1"]);
        Acceptor::new(config.build().unwrap())
    }

    /// A request for a signature of a TLS 1.3 server by its key, which must be ECDSA P-256.
    fn request(&self) -> SignRequest {
        request(&self.key, tls13(Role::Server))
    }
}

fn request(pem: &Pem, purpose: SignPurpose) -> SignRequest {
    let identity = public(pem);
    assert_eq!(identity.key_type(), KeyType::EcdsaP256);
    let scheme = SignatureScheme::ECDSA_SECP256R1_SHA256;
    SignRequest::new(identity.key_id(), identity.key_type(), scheme, purpose)
}

fn tls13(signer: Role) -> SignPurpose {
    SignPurpose::Tls13CertificateVerify { signer, transcript_hash: Digest::from_bytes(&[7; 32]).unwrap() }
}

fn tls12_server() -> SignPurpose {
    let params = [&[3, 0, 29, 32][..], &[9; 32]].concat();
    SignPurpose::Tls12ServerKeyExchange { client_random: [1; 32], server_random: [2; 32], params }
}

/// A server that runs in a task.
struct Running {
    endpoint: Endpoint,
    end: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
    events: Arc<Mutex<Vec<AuditEvent>>>,
}

impl Running {
    async fn start(server: ServerBuilder) -> Self {
        Self::start_at(server, &Endpoint::Tcp("127.0.0.1".to_owned(), 0)).await
    }

    async fn start_at(server: ServerBuilder, endpoint: &Endpoint) -> Self {
        Self::start_on(server, endpoint.listen().await.unwrap())
    }

    fn start_on(server: ServerBuilder, listener: Listener) -> Self {
        let events = Arc::<Mutex<Vec<AuditEvent>>>::default();
        let told = Arc::clone(&events);
        let server = server.audit(move |event| told.lock().unwrap().push(event.clone())).build().unwrap();
        let endpoint = listener.endpoint().unwrap();
        let (end, ended) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            server
                .serve(listener, async {
                    let _ = ended.await;
                })
                .await;
        });
        Self { endpoint, end: Some(end), task, events }
    }

    /// Ends it as a power cut does.
    async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
    }

    /// Asks it to end, and waits until it has.
    async fn drain(mut self) {
        drop(self.end.take());
        self.task.await.unwrap();
    }

    fn begin_to_drain(&mut self) {
        drop(self.end.take());
    }

    /// The first event so far, or soon, of which `wanted` makes something.
    async fn event<T>(&self, wanted: impl Fn(&AuditEvent) -> Option<T>) -> T {
        let poll = async {
            loop {
                if let Some(found) = self.events.lock().unwrap().iter().find_map(&wanted) {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        crate::support::in_time(poll).await
    }

    async fn record(&self, wanted: impl Fn(&RequestRecord) -> bool) -> RequestRecord {
        self.event(|event| match event {
            AuditEvent::Request(record) if wanted(record) => Some(record.clone()),
            _ => None,
        })
        .await
    }

    /// Why the last connection ended.
    async fn disconnected(&self) -> String {
        self.event(|event| match event {
            AuditEvent::Disconnected { reason, .. } => Some(reason.clone()),
            _ => None,
        })
        .await
    }
}

#[track_caller]
fn assert_fails<T: std::fmt::Debug>(result: Result<T, SignFailure>, kind: SignFailureKind, why: &str) {
    let failure = result.unwrap_err();
    assert_eq!(failure.kind(), kind, "{failure}");
    assert!(failure.detail().contains(why), "\"{why}\" is not in: {failure}");
}

/// Never signs.
#[derive(Debug)]
struct Stuck;

impl Signer for Stuck {
    fn sign<'a>(&'a self, _: &'a SignRequest) -> SignFuture<'a> {
        Box::pin(std::future::pending())
    }
}

/// Signs after a while.
#[derive(Debug)]
struct Slow(LocalSigner, Duration);

impl Signer for Slow {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        Box::pin(async {
            tokio::time::sleep(self.1).await;
            self.0.sign(request).await
        })
    }
}

/// Panics at once.
#[derive(Debug)]
struct Panicking;

impl Signer for Panicking {
    fn sign<'a>(&'a self, _: &'a SignRequest) -> SignFuture<'a> {
        panic!("a signer that panics, for a test")
    }
}

fn is_signed(record: &RequestRecord) -> bool {
    record.outcome == Outcome::Signed
}
