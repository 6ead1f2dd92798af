//! Finished: RFC 9846 §4.5.3 for TLS 1.3, RFC 5246 §7.4.9 for TLS 1.2.

use ciphersuites::{Digest, Tls12WriteKey, constant_time_eq};

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

/// What a Finished of TLS 1.2 says.
pub(crate) type VerifyData12 = [u8; 12];

/// Changes this side's keys and sends its Finished, in TLS 1.2: what `verify_data` makes of the messages so far, which is
/// returned.
pub(crate) fn send12(
    flow: &mut Flow,
    key: &Tls12WriteKey,
    verify_data: impl FnOnce(&Digest) -> VerifyData12,
) -> Result<VerifyData12, Error> {
    flow.send_change_cipher_spec()?;
    flow.set_sealing_key(key.sealing_key()?)?;
    let verify_data = verify_data(&flow.transcript_hash()?);
    send(flow, &verify_data)?;
    Ok(verify_data)
}

/// Waits for the peer to change its keys and reads its Finished, in TLS 1.2.
pub(crate) async fn read12(
    flow: &mut Flow,
    key: &Tls12WriteKey,
    verify_data: impl FnOnce(&Digest) -> VerifyData12,
) -> Result<(FinishedVerified, VerifyData12), Error> {
    flow.read_change_cipher_spec(key.opening_key()?).await?;
    let verify_data = verify_data(&flow.transcript_hash()?);
    let finished = read(flow, &verify_data).await?;
    flow.expect_record_boundary()?;
    Ok((finished, verify_data))
}
