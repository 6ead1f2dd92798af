//! Ten thousand connections that wait for a signer that never answers, and what becomes of everyone else. How much memory
//! they hold is in the tests of `benches`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tests::authority::Authority;
use tests::pair::{client_builder, localhost, now};
use tls_tokio::Acceptor;
use tls_tokio::signer::{Limits, Metrics, Signer, SignerExt};
use tls_tokio::tls_core::Connection;
use tokio::io::{AsyncWriteExt, DuplexStream, duplex};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::signers::ends::{EVERY, Ends};
use crate::signers::{MS, Step, local, public, scripted};

const WAITING: usize = 10_000;

/// The client's end of a connection that has sent this.
async fn sent(hello: &[u8]) -> (DuplexStream, DuplexStream) {
    let (mut client, server) = duplex(1 << 14);
    client.write_all(hello).await.unwrap();
    (client, server)
}

#[tokio::test(start_paused = true)]
async fn new_and_resumed_connections_go_on_beside_ten_thousand_that_wait() {
    let authority = Authority::new();
    let (pem, metrics) = (authority.localhost(), Metrics::new());
    let (ends, here) = (
        Ends::new(&authority, || public(&pem), EVERY[0]),
        Ends::new(&authority, || pem.identity(), EVERY[0]),
    );
    let is_stuck = Arc::new(AtomicBool::new(true));
    let stuck = Arc::clone(&is_stuck);
    let script = move |_| if stuck.load(Ordering::SeqCst) { Step::Never } else { Step::Sign(MS) };
    let endpoint = scripted(&pem, script);
    let limit = Arc::new(Arc::clone(&endpoint).with_limit(Limits::new(64, WAITING), &metrics));
    let signer: Arc<dyn Signer> = Arc::new(Arc::clone(&limit).with_deadline(Duration::from_secs(8)));
    let acceptor = Acceptor::new(Arc::clone(&ends.server)).signer(Arc::clone(&signer));

    let hello = Connection::client(client_builder(&authority).build().unwrap(), localhost(), now()).unwrap();
    let (mut clients, mut servers) = (Vec::new(), JoinSet::new());
    for _ in 0..WAITING {
        let (client, server) = sent(hello.output()).await;
        clients.push(client);
        servers.spawn(acceptor.accept(server));
    }
    sleep(MS).await;
    assert_eq!(limit.load(), Limits::new(64, WAITING - 64));

    ends.shake(&ends.resuming, local(&pem)).await.result.unwrap();
    for _ in 0..100 {
        let resumed = ends.shake(&ends.resuming, Arc::clone(&signer)).await;
        resumed.result.unwrap();
        let new = here.shake(&here.client, Arc::clone(&signer)).await;
        new.result.unwrap();
        assert!(resumed.is_resumed && !new.is_resumed);
        assert_eq!((resumed.took, new.took), (Duration::ZERO, Duration::ZERO));
    }

    // They end when their time is over, and nothing is left of them: the next one finds a place.
    for ended in servers.join_all().await {
        assert_eq!(ended.unwrap_err().code(), "signing_failed");
    }
    assert_eq!((limit.load(), endpoint.running()), (Limits::new(0, 0), 0));
    is_stuck.store(false, Ordering::SeqCst);
    let next = ends.shake(&ends.client, signer).await;
    next.result.unwrap();
    assert!(next.took <= 2 * MS, "{:?}", next.took);
}
