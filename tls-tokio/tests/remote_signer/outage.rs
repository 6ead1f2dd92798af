//! Two servers of signatures under a load of handshakes, of which one is cut off or killed, and comes back: what fails,
//! what is slow, and how soon that is over. `--nocapture` shows the figures.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tls_tokio::signer::remote::Endpoint;
use tls_tokio::signer::{Ejection, Failover, Hedging, Metrics, PublicKeys, Retries, Signer, SignerExt};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::{Running, Site, public};
use crate::signers::ends::{EVERY, Ends};
use crate::support::in_time;

/// A cable to a server, which can be pulled: what is sent then arrives when it is back, if anyone still waits for it.
struct Cable {
    endpoint: Endpoint,
    is_cut: watch::Sender<bool>,
}

impl Cable {
    async fn to(server: &Endpoint) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = Endpoint::Tcp("127.0.0.1".to_owned(), listener.local_addr().unwrap().port());
        let (is_cut, server) = (watch::Sender::new(false), server.to_string());
        let watched = is_cut.subscribe();
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                // A server that is gone closes the connections to it.
                let Ok(server) = TcpStream::connect(&server).await else { continue };
                let ((from_client, to_client), (from_server, to_server)) =
                    (client.into_split(), server.into_split());
                let (there, back) = (watched.clone(), watched.clone());
                tokio::spawn(async move {
                    tokio::select! {
                        _ = carry(from_client, to_server, there) => {}
                        _ = carry(from_server, to_client, back) => {}
                    }
                });
            }
        });
        Self { endpoint, is_cut }
    }
}

async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut is_cut: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let mut buffer = vec![0; 1 << 14];
    loop {
        let len = from.read(&mut buffer).await?;
        let _ = is_cut.wait_for(|is_cut| !is_cut).await;
        if len == 0 {
            return Ok(());
        }
        to.write_all(&buffer[..len]).await?;
    }
}

/// A handshake that has ended.
struct Handshake {
    over: Instant,
    took: Duration,
    is_ok: bool,
}

/// Handshakes without end by sixteen clients, until told.
struct Load {
    ends: Arc<AtomicBool>,
    clients: JoinSet<Vec<Handshake>>,
}

impl Load {
    fn begin(site: &Site, signer: &Arc<dyn Signer>) -> Self {
        let shaking = Arc::new(Ends::new(&site.authority, || public(&site.key), EVERY[0]));
        let (ends, mut clients) = (Arc::<AtomicBool>::default(), JoinSet::new());
        for _ in 0..16 {
            let (shaking, signer, ends) = (Arc::clone(&shaking), Arc::clone(signer), Arc::clone(&ends));
            clients.spawn(async move {
                let mut done = Vec::new();
                while !ends.load(Ordering::Relaxed) {
                    let ended = shaking.shake(&shaking.client, Arc::clone(&signer)).await;
                    let is_ok = ended.result.is_ok();
                    done.push(Handshake { over: Instant::now(), took: ended.took, is_ok });
                }
                done
            });
        }
        Self { ends, clients }
    }

    async fn end(self) -> Vec<Handshake> {
        self.ends.store(true, Ordering::Relaxed);
        in_time(self.clients.join_all()).await.into_iter().flatten().collect()
    }
}

/// What an outage did. Slow is what took longer than nearly all did before it.
fn report(what: &str, handshakes: &[Handshake], began: Instant, back: Instant) -> usize {
    let mut before: Vec<Duration> =
        handshakes.iter().filter(|it| it.over < began).map(|it| it.took).collect();
    before.sort();
    let usual = before[before.len() * 99 / 100].max(Duration::from_millis(20));
    let failed = handshakes.iter().filter(|it| !it.is_ok).count();
    let slow: Vec<_> = handshakes.iter().filter(|it| it.over > began && it.took > 2 * usual).collect();
    let until = slow.iter().map(|it| it.over - began).max().unwrap_or_default();
    let longest = handshakes.iter().map(|it| it.took).max().unwrap_or_default();
    let meanwhile = handshakes.iter().filter(|it| it.is_ok && began < it.over && it.over < back).count();
    println!(
        "{what} for {:?}: of {} handshakes, {} before it and {meanwhile} meanwhile, {failed} failed; {} took longer than \
         {:?}, the last was over {until:?} after it began; the longest took {longest:?}",
        back - began,
        handshakes.len(),
        before.len(),
        slow.len(),
        2 * usual,
    );
    failed
}

fn layered(site: &Site, endpoints: &[Endpoint], metrics: &Metrics) -> Arc<dyn Signer> {
    let mut failover = Failover::new(&PublicKeys::of([&public(&site.key)]), Ejection::default(), metrics);
    for endpoint in endpoints {
        let remote = site.signer(endpoint).patience(Duration::from_millis(200)).start().unwrap();
        failover = failover.endpoint(endpoint.to_string(), remote.with_deadline(Duration::from_millis(300)));
    }
    let hedged = failover.with_hedging(Hedging::default(), metrics);
    Arc::new(hedged.with_retries(Retries::default(), metrics).with_deadline(Duration::from_secs(2)))
}

#[tokio::test]
async fn one_of_two_servers_is_cut_off_under_load_and_comes_back() {
    let (site, metrics) = (Site::new(), Metrics::new());
    let servers = [Running::start(site.server()).await, Running::start(site.server()).await];
    let cables = [Cable::to(&servers[0].endpoint).await, Cable::to(&servers[1].endpoint).await];
    let signer = layered(&site, &cables.each_ref().map(|cable| cable.endpoint.clone()), &metrics);
    let load = Load::begin(&site, &signer);
    sleep(Duration::from_secs(2)).await;
    let began = Instant::now();
    cables[0].is_cut.send_replace(true);
    sleep(Duration::from_secs(3)).await;
    let back = Instant::now();
    cables[0].is_cut.send_replace(false);
    let signed = |running: &Running| running.events.lock().unwrap().len();
    let before = signed(&servers[0]);
    in_time(async {
        while signed(&servers[0]) < before + 100 {
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    println!("the server that was cut off has work again {:?} after it was back", back.elapsed());
    let failed = report("one of two servers cut off", &load.end().await, began, back);
    let snapshot = metrics.snapshot();
    println!("{} hedges, {} won; {} retries", snapshot.hedges, snapshot.hedge_wins, snapshot.retries);
    assert!(snapshot.hedge_wins >= 1, "somebody must have waited at the one that was cut off");
    assert_eq!(failed, 0);
}

#[tokio::test]
async fn one_of_two_servers_is_killed_under_load_and_comes_back() {
    let (site, metrics) = (Site::new(), Metrics::new());
    let (one, other) = (Running::start(site.server()).await, Running::start(site.server()).await);
    let endpoint = one.endpoint.clone();
    let signer = layered(&site, &[endpoint.clone(), other.endpoint.clone()], &metrics);
    let load = Load::begin(&site, &signer);
    sleep(Duration::from_secs(2)).await;
    let began = Instant::now();
    one.kill().await;
    sleep(Duration::from_secs(3)).await;
    let one = Running::start_at(site.server(), &endpoint).await;
    let back = Instant::now();
    one.record(super::is_signed).await;
    println!("the server that was killed has work again {:?} after it was back", back.elapsed());
    let failed = report("one of two servers killed", &load.end().await, began, back);
    assert_eq!(failed, 0);
}
