//! A way to the server on which answers are lost, doubled, out of order, late, or altered, and connections cut: whatever
//! happens to them, each handshake ends, with a signature that is right or with the reason why there is none.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tls_tokio::signer::remote::{Endpoint, Use};
use tls_tokio::tls_core::Cause;
use tls_tokio::{ReadHalf, TlsStream, WriteHalf};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::raw::Raw;
use super::{Running, Site, local, public};
use crate::signers::ends::{EVERY, Ends};
use crate::support::{Random, in_time};

const SIGNATURE: u8 = 129;

/// How long a request may take, and half of how long a late answer does.
const TIMEOUT: Duration = Duration::from_millis(400);

/// Someone between a client and its server, whom both trust for the test's sake. It is honest once that is set.
async fn between(site: &Arc<Site>, server: &Endpoint, is_honest: &Arc<AtomicBool>) -> Endpoint {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = Endpoint::Tcp("127.0.0.1".to_owned(), listener.local_addr().unwrap().port());
    let (acceptor, site, server) = (site.impostor(), Arc::clone(site), server.clone());
    let is_honest = Arc::clone(is_honest);
    tokio::spawn(async move {
        for seed in 1.. {
            let (tcp, _) = listener.accept().await.unwrap();
            let Ok(client) = acceptor.accept(tcp).await else { continue };
            let Raw(server) = Raw::connect(&site, &server).await;
            tokio::spawn(relay(client, server, Random(seed), Arc::clone(&is_honest)));
        }
    });
    endpoint
}

async fn relay(
    client: TlsStream<TcpStream>,
    server: TlsStream<TcpStream>,
    random: Random,
    is_honest: Arc<AtomicBool>,
) {
    let ((mut from_client, to_client), (from_server, mut to_server)) =
        (client.into_split(), server.into_split());
    let (answers, waiting) = mpsc::unbounded_channel();
    let tamper = Tamper { answers, random, is_honest, held: None, earlier: Vec::new() };
    tokio::select! {
        _ = copy(&mut from_client, &mut to_server) => {}
        _ = tamper.run(from_server) => {}
        () = write(waiting, to_client) => {}
    }
}

async fn write(mut frames: mpsc::UnboundedReceiver<Vec<u8>>, mut to_client: WriteHalf<TcpStream>) {
    while let Some(message) = frames.recv().await {
        let len = u32::try_from(message.len()).unwrap().to_be_bytes();
        if to_client.write_all(&[&len, &message[..]].concat()).await.is_err() {
            break;
        }
    }
}

/// What happens to answers.
struct Tamper {
    answers: mpsc::UnboundedSender<Vec<u8>>,
    random: Random,
    is_honest: Arc<AtomicBool>,
    /// One that goes after the next.
    held: Option<Vec<u8>>,
    /// A signature that was asked for before.
    earlier: Vec<u8>,
}

impl Tamper {
    /// Until the server closes, or the connection is to be cut.
    async fn run(mut self, mut from_server: ReadHalf<TcpStream>) -> Option<()> {
        loop {
            let mut message = vec![0; from_server.read_u32().await.ok()?.try_into().unwrap()];
            from_server.read_exact(&mut message).await.ok()?;
            let held = self.held.take();
            if message[0] == SIGNATURE && !self.is_honest.load(Ordering::SeqCst) {
                let draw = self.random.below(100);
                self.pass_on(message, draw)?;
            } else {
                self.send(message)?;
            }
            held.map_or(Some(()), |held| self.send(held))?;
        }
    }

    fn send(&self, message: Vec<u8>) -> Option<()> {
        self.answers.send(message).ok()
    }

    /// Half of them as they are. `None`: cuts the connection.
    fn pass_on(&mut self, mut message: Vec<u8>, draw: usize) -> Option<()> {
        let last = message.len() - 1;
        let earlier = std::mem::replace(&mut self.earlier, message[17..].to_vec());
        match draw {
            0 => return None,
            1 => return self.send(vec![255; 40]),
            // Lost.
            2..=6 => return Some(()),
            7..=12 => {
                self.held = Some(message);
                return Some(());
            }
            13..=18 => {
                let answers = self.answers.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(2 * TIMEOUT).await;
                    let _ = answers.send(message);
                });
                return Some(());
            }
            19..=26 => self.send(message.clone())?,
            27..=32 => message[last] ^= 1,
            33..=38 => {
                message.pop();
                message[18] -= 1;
            }
            // Another's answer, or an earlier one.
            39..=44 => message[8] ^= 1,
            45..=49 if !earlier.is_empty() => {
                message.truncate(17);
                message.extend(earlier);
            }
            _ => {}
        }
        self.send(message)
    }
}

#[tokio::test]
async fn whatever_happens_to_answers_every_handshake_ends_as_it_must() {
    let (site, is_honest) = (Arc::new(Site::new()), Arc::<AtomicBool>::default());
    let server = site.bare_server().key(local(&site.key)).client(site.allowed().only_uses(Use::ALL));
    let running = Running::start(server).await;
    let endpoint = between(&site, &running.endpoint, &is_honest).await;
    let signer = Arc::new(site.signer(&endpoint).timeout(TIMEOUT).start().unwrap());
    let mut ended: BTreeMap<&str, u32> = BTreeMap::new();
    let mut ends = Vec::new();
    for every in EVERY {
        ends.push(Arc::new(Ends::new(&site.authority, || public(&site.key), every)));
    }
    let mut callers = JoinSet::new();
    for ends in ends.iter().cycle().take(32) {
        let (ends, signer) = (Arc::clone(ends), Arc::clone(&signer));
        callers.spawn(async move {
            let mut results = Vec::new();
            for _ in 0..40 {
                results.push(in_time(ends.shake(&ends.client, Arc::clone(&signer))).await.result);
            }
            results
        });
    }
    for result in callers.join_all().await.into_iter().flatten() {
        let code = result.map_or_else(
            |error| match error.tls().expect("no time is over but the signer's").cause() {
                Cause::SigningFailed(failure) => failure.kind().code(),
                _ => panic!("{error}"),
            },
            |()| "signed",
        );
        *ended.entry(code).or_default() += 1;
    }
    let counts = signer.counts();
    println!("1,280 handshakes: {ended:?}; {counts:?}");
    let kinds: Vec<&str> = ended.keys().copied().collect();
    assert_eq!(kinds, ["invalid", "signed", "timed_out", "unavailable"]);
    assert!(ended["signed"] >= 400, "{ended:?}");
    assert_eq!(counts.pending, 0);
    assert!(counts.stale > 50 && counts.connections > 2, "{counts:?}");

    // Nothing of it stays.
    is_honest.store(true, Ordering::SeqCst);
    for ends in &ends {
        let sound = async { while ends.shake(&ends.client, Arc::clone(&signer)).await.result.is_err() {} };
        in_time(sound).await;
    }
    let began = Instant::now();
    running.drain().await;
    assert!(began.elapsed() < Duration::from_secs(9), "something was under way for nobody");
}
