//! Standard input, shared by all connections: each chunk goes to every client that is connected when it is read.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, mpsc};

use crate::echo::{Input, Stdin};

/// Chunks that a slow client may lag behind before the others wait for it.
const LAG: usize = 16;

type Chunk = Arc<[u8]>;

/// Who receives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fanout {
    clients: Arc<Mutex<Vec<mpsc::Sender<Chunk>>>>,
    joined: Arc<Notify>,
}

impl Fanout {
    /// A share of the input, from now on.
    pub(crate) fn join(&self) -> mpsc::Receiver<Chunk> {
        let (sender, receiver) = mpsc::channel(LAG);
        self.clients.lock().unwrap_or_else(PoisonError::into_inner).push(sender);
        self.joined.notify_one();
        receiver
    }

    /// Hands standard input out, until its end. It is not read before somebody can receive it.
    pub(crate) async fn run(self) -> io::Result<()> {
        let mut stdin = Stdin::new();
        loop {
            while self.present().is_empty() {
                self.joined.notified().await;
            }
            let Some(chunk) = stdin.next().await? else { return Ok(()) };
            for client in self.present() {
                // A client that has just left needs nothing.
                let _ = client.send(Arc::clone(&chunk)).await;
            }
        }
    }

    fn present(&self) -> Vec<mpsc::Sender<Chunk>> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients.retain(|client| !client.is_closed());
        clients.clone()
    }
}
