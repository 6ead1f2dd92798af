//! What connections cost in memory, beside rustls. These figures do not depend on the machine's load, so they gate.
//!
//! Two instruments, both for the thread at hand. jemalloc stands in for the C library's allocator and counts bytes:
//! those that aws-lc allocates in C are among them, rounded up to jemalloc's size classes. The counting allocator in
//! front of it counts the allocations of Rust code alone.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a report beside its gates"
)]

mod limits;
mod usage;

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use benches::bare::Bare;
use benches::handshake::{Halves, Pipes, Side, establish, run};
use benches::ours::Ours;
use benches::peer::Rustls;
use benches::records::{Direction, Established, Records, SIZES};
use benches::stack::{HANDSHAKES, SUITES, Scenario, Stack};
use benches::wire::Wire;
use tests::authority::Authority;
use tests::pair::{localhost, now};
use tls_core::ciphersuites::SecurityPolicy;
use tls_core::{ClientConfig, Connection, Identity, ServerConfig, ServerVerification, SignRequest};
use tls_tokio::Acceptor;
use tls_tokio::signer::{
    Ejection, Failover, Hedging, Limits, Metrics, PublicKeys, Retries, SignFuture, Signer, SignerExt,
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use crate::usage::Usage;

/// So many connections that what varies from one to the next evens out.
const CONNECTIONS: usize = 64;

/// The sums over [`CONNECTIONS`] connections that have just been established and are all alive.
fn idle<S: Stack>(scenario: &Scenario) -> Halves<Usage> {
    let (stack, mut pipes) = (S::new(scenario), Pipes::default());
    // What a thread or process sets up once is nobody's connection.
    run(&stack, &mut Halves::<Usage>::default(), &mut pipes);
    let mut usage = Halves::default();
    let mut connections = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        connections.push(establish(&stack, &mut usage, &mut pipes));
    }
    usage
}

#[test]
fn the_instrument_sees_allocations_in_c() {
    let (usage, _key) = Usage::of(|| Bare::new(SUITES[0].1).into_key());
    assert!(usage.live > 500, "an AES-GCM context of aws-lc takes more than {} bytes", usage.live);
}

#[test]
fn a_policys_name_resolves_without_allocation() {
    for name in SecurityPolicy::names() {
        let (usage, policy) = Usage::of(|| SecurityPolicy::by_name(name));
        assert!(policy.is_ok());
        assert_eq!((usage.allocations, usage.bytes), (0, 0), "{name}");
    }
}

/// How long the server's chain is, which a client keeps for its caller as long as the connection lives.
fn chain_len(scenario: &Scenario) -> i64 {
    let mut usage = Halves::<Usage>::default();
    let (client, _server) = establish(&Ours::new(scenario), &mut usage, &mut Pipes::default());
    let certificates = client.facts().unwrap().peer_certificates.as_ref().unwrap();
    certificates.iter().map(|certificate| i64::try_from(certificate.len()).unwrap()).sum()
}

/// Both AEAD contexts are included, the peer's chain is not: that is as long as the peer likes. jemalloc makes 640 bytes
/// of each context's 592, 896 of the chain's 782, and 64 of each of the three secrets, which have memory of their own so
/// that they are never moved.
#[test]
fn an_idle_connection_takes_little_more_than_a_kilobyte_and_a_half() {
    const LIMIT: i64 = 1664;
    let connections = i64::try_from(CONNECTIONS).unwrap();
    for (name, suite, group) in HANDSHAKES {
        let scenario = Scenario::new(suite, group);
        let chain_len = Halves { client: chain_len(&scenario), server: 0 };
        let (ours, rustls) = (idle::<Ours>(&scenario), idle::<Rustls>(&scenario));
        for side in Side::BOTH {
            let (ours, rustls) = (ours.of(side).live / connections, rustls.of(side).live / connections);
            let chain_len = chain_len.of(side);
            println!(
                "idle heap, bytes: {name} {}: ours {ours}, the peer's chain {chain_len} of it (+{} inline), rustls {rustls} (+{})",
                side.name(),
                size_of::<<Ours as Stack>::End>(),
                size_of::<<Rustls as Stack>::End>()
            );
            assert!(ours - chain_len < LIMIT, "{name} {}: {ours} bytes", side.name());
            assert!(ours < rustls, "{name} {}: rustls takes less", side.name());
        }
    }
}

#[test]
fn a_handshake_allocates_less_than_rustls() {
    for (name, suite, group) in HANDSHAKES {
        let scenario = Scenario::new(suite, group);
        let (ours, rustls) = (idle::<Ours>(&scenario), idle::<Rustls>(&scenario));
        for side in Side::BOTH {
            let (ours, rustls) = (*ours.of(side), *rustls.of(side));
            let each = |sum: u64| sum / u64::try_from(CONNECTIONS).unwrap();
            println!(
                "handshake: {name} {}: ours {} allocations in Rust, {} bytes with C; rustls {}, {}",
                side.name(),
                each(ours.allocations),
                each(ours.bytes),
                each(rustls.allocations),
                each(rustls.bytes)
            );
            assert!(ours.allocations < rustls.allocations, "{name} {}: allocations", side.name());
            assert!(ours.bytes < rustls.bytes, "{name} {}: bytes", side.name());
        }
    }
}

/// What `count` records cost, sealed into a wire with room for them, or opened.
fn records<R: Records>(records: &mut R, direction: Direction, len: usize) -> Usage {
    const COUNT: usize = 64;
    let data = vec![0x5a; len];
    let mut wire = Wire::with_capacity(COUNT * (len + 64));
    let mut ends = Vec::with_capacity(COUNT);
    let (sealing, ()) = Usage::of(|| {
        for _ in 0..COUNT {
            records.seal(&data, &mut wire);
            ends.push(wire.position());
        }
    });
    let (opening, ()) = Usage::of(|| {
        for end in &ends {
            wire.deliver(*end);
            assert_eq!(records.open(&mut wire), len);
        }
    });
    match direction {
        Direction::Seal => sealing,
        Direction::Open => opening,
    }
}

#[test]
fn records_allocate_nothing() {
    for (name, suite) in SUITES {
        let mut ours = Established::<Ours>::new(suite);
        let mut rustls = Established::<Rustls>::new(suite);
        for direction in Direction::BOTH {
            for len in SIZES {
                let what = format!("{name} {} {len}", direction.name());
                let (ours, rustls) =
                    (records(&mut ours, direction, len), records(&mut rustls, direction, len));
                println!(
                    "64 records: {what}: rustls {} allocations in Rust, {} bytes",
                    rustls.allocations, rustls.bytes
                );
                assert_eq!((ours.allocations, ours.bytes), (0, 0), "{what}");
            }
        }
    }
}

/// A client's end that has sent its ClientHello, takes whatever comes, and says nothing more.
#[derive(Debug)]
struct Silent {
    hello: Arc<[u8]>,
    read: usize,
}

impl AsyncRead for Silent {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let rest = &self.hello[self.read..];
        let len = rest.len().min(buf.remaining());
        if len == 0 {
            return Poll::Pending;
        }
        buf.put_slice(&rest[..len]);
        self.read += len;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Silent {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Never answers.
#[derive(Debug, Default)]
struct Stuck(AtomicUsize);

impl Signer for Stuck {
    fn sign<'a>(&'a self, _: &'a SignRequest) -> SignFuture<'a> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(std::future::pending())
    }
}

/// Ten thousand servers' connections of the default policies, post-quantum key exchange included, each a task of tokio's,
/// at a signer that never answers; with and without layers around it. What is held is freed when they are dropped.
#[test]
fn ten_thousand_connections_that_wait_for_a_stuck_signer_hold_bounded_memory() {
    const WAITING: usize = 10_000;
    let pem = Authority::new().localhost();
    let config = ClientConfig::builder().server_verification(ServerVerification::Asked).build().unwrap();
    let client = Connection::client(config, localhost(), now()).unwrap();
    let hello: Arc<[u8]> = client.output().into();
    let identity = || Identity::from_public_pem(pem.chain.as_bytes()).unwrap();
    let server = ServerConfig::builder().identity(identity()).build().unwrap();
    let (stuck, metrics) = (Arc::<Stuck>::default(), Metrics::new());
    let layered = Failover::new(&PublicKeys::of([&identity()]), Ejection::default(), &metrics)
        .endpoint("stuck", Arc::clone(&stuck).with_limit(Limits::new(64, WAITING), &metrics))
        .with_hedging(Hedging::default(), &metrics)
        .with_retries(Retries::default(), &metrics)
        .with_deadline(Duration::from_secs(3600))
        .with_metrics(&metrics);
    let acceptor = Acceptor::new(server).handshake_timeout(None);
    for (name, acceptor, asked, limit) in [
        ("bare", acceptor.clone().signer(Arc::clone(&stuck)), WAITING, 14 * 1024),
        ("in layers", acceptor.signer(layered), 64, 16 * 1024),
    ] {
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        let before = stuck.0.load(Ordering::Relaxed);
        let mut tasks = JoinSet::new();
        let (held, ()) = Usage::of(|| {
            runtime.block_on(async {
                for _ in 0..WAITING {
                    tasks.spawn(acceptor.accept(Silent { hello: Arc::clone(&hello), read: 0 }));
                }
                // The runtime gives each some dozens of them their turn.
                for _ in 0..WAITING {
                    tokio::task::yield_now().await;
                }
            });
        });
        assert_eq!(stuck.0.load(Ordering::Relaxed) - before, asked, "all of them wait");
        let each = held.live / i64::try_from(WAITING).unwrap();
        println!("waiting for a stuck signer, {name}: {each} bytes a connection");
        assert!(each < limit, "{name}: {each} bytes a connection");
        let (freed, ()) = Usage::of(|| runtime.block_on(tasks.shutdown()));
        assert!(
            held.live + freed.live < limit * 64,
            "{name}: {} of {} bytes are left",
            held.live + freed.live,
            held.live
        );
    }
}
