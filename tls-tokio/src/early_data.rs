//! Both ends of early data: what a client says first, and who decides whether a server hears it early.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::{fmt, io};

use tls_core::{AcceptEarlyData, EarlyData, EarlyDataAttempt, Error};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::operations::{BoxFuture, Done, contained};
use crate::stream::{TlsState, TlsStream};

/// Someone who decides on early data: asked where the configuration says
/// [`EarlyDataAcceptance::Asked`](tls_core::EarlyDataAcceptance::Asked).
pub trait EarlyDataDecider: fmt::Debug + Send + Sync {
    /// Whether it is accepted. Who says yes twice to [one](EarlyDataAttempt::client_hello_id) lets it be replayed. No answer
    /// in the time that a handshake has is the end of the connection: who is not sure says no.
    fn accept<'a>(&'a self, attempt: &'a EarlyDataAttempt) -> BoxFuture<'a, bool>;
}

pub(crate) async fn decide_by(decider: Option<Arc<dyn EarlyDataDecider>>, asked: AcceptEarlyData) -> Done {
    let is_accepted = match &decider {
        Some(decider) => contained(decider.accept(asked.attempt())).await.unwrap_or(false),
        None => false,
    };
    Done { answer: if is_accepted { asked.accept() } else { asked.reject() }, signing: None }
}

/// What a client says first, made for the application protocol that it is said in.
pub(crate) struct FirstData<F> {
    make: F,
    early: Option<Early>,
}

/// What was sent early, for this protocol, and how much of it.
struct Early {
    alpn: Option<Box<[u8]>>,
    data: Vec<u8>,
    sent: usize,
}

impl<F: FnMut(Option<&[u8]>) -> Vec<u8>> FirstData<F> {
    pub(crate) fn new(make: F) -> Self {
        Self { make, early: None }
    }

    /// Sends it as early data, once there can be some.
    pub(crate) fn send_early(&mut self, state: &mut TlsState) -> Result<(), Error> {
        if self.early.is_none()
            && let Some(offer) = state.connection().early_data_offer()
        {
            let data = (self.make)(offer.alpn.as_deref());
            let sent = state.send_early_data(&data)?;
            self.early = Some(Early { alpn: offer.alpn, data, sent });
        }
        Ok(())
    }

    /// Sends what has not been, now that the handshake is done: the rest, or everything, if it was rejected; made anew, if
    /// another protocol was chosen.
    pub(crate) async fn send_rest<IO>(mut self, stream: &mut TlsStream<IO>) -> io::Result<()>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let Some(facts) = stream.facts() else { return Ok(()) };
        let (alpn, outcome) = (facts.alpn.clone(), facts.early_data);
        let rest = match self.early {
            Some(Early { mut data, sent, .. }) if outcome == EarlyData::Accepted => {
                data.split_off(sent.min(data.len()))
            }
            Some(early) if early.alpn == alpn => early.data,
            _ => (self.make)(alpn.as_deref()),
        };
        let mut rest = rest.as_slice();
        while !rest.is_empty() {
            let len = poll_fn(|cx| Pin::new(&mut *stream).poll_write(cx, rest)).await?;
            if len == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            rest = rest.get(len..).unwrap_or_default();
        }
        poll_fn(|cx| Pin::new(&mut *stream).poll_flush(cx)).await
    }
}
