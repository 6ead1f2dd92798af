//! A lane keeps one connection open: it connects, and connects again.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::signer::backoff::Backoff;
use crate::signer::plain;
use crate::signer::remote::ALPN;
use crate::signer::remote::client::Shared;
use crate::signer::remote::client::link::{Link, Stream};

/// Runs for as long as the signer lives.
pub(crate) async fn run(shared: Arc<Shared>, lane: usize) {
    let mut backoff = Backoff::default();
    // Links that still bring answers after their server has said goodbye, and the one in use.
    let mut links = JoinSet::new();
    loop {
        match connect(&shared).await {
            Ok(stream) => {
                shared.counters.connections.fetch_add(1, Ordering::Relaxed);
                let began = Instant::now();
                let (link, driver) = Link::new(stream, Arc::clone(&shared));
                shared.set_link(lane, Some(Arc::clone(&link)));
                links.spawn(driver);
                let why = link.retired().await;
                shared.set_link(lane, None);
                shared.last_error.send_replace(why);
                backoff.lasted(began.elapsed());
            }
            Err(why) => {
                shared.last_error.send_replace(why);
            }
        }
        while links.try_join_next().is_some() {}
        sleep(backoff.next()).await;
    }
}

async fn connect(shared: &Shared) -> Result<Stream, Arc<str>> {
    let connecting = tokio::time::timeout(CONNECT_TIMEOUT, shared.endpoint.connect()).await;
    let io = match connecting {
        Ok(Ok(io)) => io,
        Ok(Err(error)) => return Err(plain(&error).into()),
        Err(_) => return Err("nothing answers at its address".into()),
    };
    let shaken = shared.connector.connect(shared.server_name.clone(), io).await;
    let stream = shaken.map_err(|error| error.to_string())?;
    match stream.facts().is_some_and(|facts| facts.alpn.as_deref() == Some(ALPN)) {
        true => Ok(stream),
        false => Err("it does not speak s2n-signer/1".into()),
    }
}

/// For a connection of the transport; the handshake has a time of its own.
const CONNECT_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);
