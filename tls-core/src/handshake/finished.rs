//! Finished: RFC 9846 §4.5.3 for TLS 1.3, RFC 5246 §7.4.9 for TLS 1.2.

use ciphersuites::constant_time_eq;

use crate::error::{Cause, Error};
use crate::flow::Flow;
use crate::wire::handshake::HandshakeType;

/// Proof that the peer saw the same handshake. Only [`read`] makes one.
#[derive(Debug)]
pub(crate) struct FinishedVerified(());

/// Sends this side's Finished.
pub(crate) fn send(flow: &mut Flow, verify_data: &[u8]) -> Result<(), Error> {
    flow.send(HandshakeType::FINISHED, |writer| writer.bytes(verify_data))
}

/// Reads the peer's Finished, which must be this.
//= 9846:4.5.3 verified
pub(crate) async fn read(flow: &mut Flow, expected: &[u8]) -> Result<FinishedVerified, Error> {
    let message = flow.read(HandshakeType::FINISHED).await?;
    if message.body().len() != expected.len() {
        return Err(Cause::Malformed("Finished").into());
    }
    match constant_time_eq(message.body(), expected) {
        true => Ok(FinishedVerified(())),
        false => Err(Cause::BadFinished.into()),
    }
}
