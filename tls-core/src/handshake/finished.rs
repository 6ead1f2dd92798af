//! Finished, RFC 9846 §4.5.3.

use ciphersuites::{TrafficSecret, constant_time_eq};

use crate::error::{Cause, Error};
use crate::flow::Flow;
use crate::wire::handshake::HandshakeType;

/// Proof that the peer saw the same handshake. Only [`read`] makes one.
#[derive(Debug)]
pub(crate) struct FinishedVerified(());

/// Sends this side's Finished, under the secret that protects its handshake messages.
pub(crate) fn send(flow: &mut Flow, secret: &TrafficSecret) -> Result<(), Error> {
    let verify_data = secret.finished(&flow.transcript_hash()?);
    flow.send(HandshakeType::FINISHED, |writer| writer.bytes(verify_data.as_ref()))
}

/// Reads the peer's Finished and checks it.
pub(crate) async fn read(flow: &mut Flow, secret: &TrafficSecret) -> Result<FinishedVerified, Error> {
    let expected = secret.finished(&flow.transcript_hash()?);
    let message = flow.read(HandshakeType::FINISHED).await?;
    if message.body().len() != expected.as_ref().len() {
        return Err(Cause::Malformed("Finished").into());
    }
    match constant_time_eq(message.body(), expected.as_ref()) {
        true => Ok(FinishedVerified(())),
        false => Err(Cause::BadFinished.into()),
    }
}
