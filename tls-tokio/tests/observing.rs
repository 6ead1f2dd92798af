//! What a program that listens to `tracing` hears of signatures.

use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tests::authority::Authority;
use tests::pair::{client_builder, localhost};
use tls_tokio::signer::{KeyRing, LocalSigner, Signer};
use tls_tokio::tls_core::ciphersuites::PrivateKey;
use tls_tokio::tls_core::{Identity, ServerConfig};
use tls_tokio::{Acceptor, Connector};
use tokio::io::duplex;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::support::in_time;

/// Writes everything down, and what is within a span further in.
#[derive(Default)]
struct Scribe {
    lines: Arc<Mutex<Vec<String>>>,
    depth: AtomicU64,
}

impl Scribe {
    fn write(&self, metadata: &Metadata<'_>, record: impl FnOnce(&mut Line)) {
        if metadata.target().starts_with("tls_tokio") {
            let depth = usize::try_from(self.depth.load(Ordering::SeqCst)).unwrap();
            let mut line = Line("  ".repeat(depth));
            record(&mut line);
            self.lines.lock().unwrap().push(line.0);
        }
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }
}

impl Subscriber for Scribe {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.write(span.metadata(), |line| {
            write!(line.0, "{}: ", span.metadata().name()).unwrap();
            span.record(line);
        });
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.write(event.metadata(), |line| event.record(line));
    }

    fn enter(&self, _: &Id) {
        self.depth.fetch_add(1, Ordering::SeqCst);
    }

    fn exit(&self, _: &Id) {
        self.depth.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What is said of a handshake whose server has this signer.
async fn heard(authority: &Authority, identity: Identity, signer: impl Signer + 'static) -> Vec<String> {
    let scribe = Scribe::default();
    let lines = Arc::clone(&scribe.lines);
    let config = ServerConfig::builder().permit_unapproved().identity(identity).build().unwrap();
    let acceptor = Acceptor::new(config).signer(signer);
    let connector = Connector::new(client_builder(authority).build().unwrap());
    let (client, server) = duplex(1 << 16);
    let _listening = tracing::subscriber::set_default(scribe);
    let both = async { tokio::join!(connector.connect(localhost(), client), acceptor.accept(server)) };
    drop(in_time(both).await);
    let lines = lines.lock().unwrap().clone();
    lines.into_iter().filter(|line| line.contains("sign")).collect()
}

#[tokio::test]
async fn a_signature_is_a_span_and_has_an_end() {
    let authority = Authority::new();
    let pem = authority.localhost();
    let identity = || Identity::from_public_pem(pem.chain.as_bytes()).unwrap();
    let signer = LocalSigner::new(PrivateKey::from_pem(pem.key.as_bytes()).unwrap());
    let span = format!("tls_signature: key={} scheme=ecdsa_secp256r1_sha256 ", signer.key_id());

    let lines = heard(&authority, identity(), signer).await;
    assert_eq!(lines[0], span);
    assert!(lines[1].starts_with("  message=handshake signed made_by=this process elapsed="), "{lines:?}");
    let lines = heard(&authority, identity(), KeyRing::new()).await;
    assert_eq!(lines[0], span);
    let failed =
        "  message=handshake not signed code=\"unknown_key\" failure=the signer does not have the key";
    assert!(lines[1].starts_with(failed), "{lines:?}");
}
