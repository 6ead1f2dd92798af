//! Certificate and CertificateVerify, sent and checked (RFC 9846 §4.5.1, §4.5.2): the same for both roles.

use ciphersuites::{SecurityPolicy, SignatureError, SignatureScheme};
use pki_types::UnixTime;

use crate::error::{Cause, Error};
use crate::facts::PeerCertificates;
use crate::flow::Flow;
use crate::identity::{Identity, Usage, Verifier};
use crate::role::Role;
use crate::wire::certificate;
use crate::wire::certificate_verify::{CertificateVerify, to_be_signed};
use crate::wire::handshake::{HandshakeType, Message};

/// Proof that the peer holds the key of a certificate that was verified, or that it was not asked for one.
#[derive(Debug)]
pub(crate) struct PeerVerified(());

impl PeerVerified {
    /// For servers that do without a client certificate, by configuration.
    pub(crate) fn anonymous_client() -> Self {
        Self(())
    }
}

/// A peer that has proven its identity.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) verified: PeerVerified,
    pub(crate) certificates: PeerCertificates,
    pub(crate) scheme: SignatureScheme,
}

/// Sends this side's chain and the proof that it has the key.
pub(crate) fn send(
    flow: &mut Flow,
    role: Role,
    identity: &Identity,
    scheme: SignatureScheme,
) -> Result<(), Error> {
    flow.send(HandshakeType::CERTIFICATE, |writer| certificate::write(writer, identity.certificates()))?;
    let signature = identity.sign(scheme, &to_be_signed(role, &flow.transcript_hash()?))?;
    let verify = CertificateVerify { scheme, signature: &signature };
    flow.send(HandshakeType::CERTIFICATE_VERIFY, |writer| verify.write(writer))
}

/// Checks the chain in `message`, which `peer` sent, and reads the proof that it has the key.
pub(crate) async fn verify(
    flow: &mut Flow,
    message: &Message,
    peer: Usage<'_>,
    verifier: &Verifier,
    policy: &SecurityPolicy,
    now: UnixTime,
) -> Result<Peer, Error> {
    let chain = certificate::read(message.body())?;
    let path = verifier.verify(&chain, peer, now)?;
    let certificates = PeerCertificates::new(&chain);
    let signer = match peer {
        Usage::Server(_) => Role::Server,
        Usage::Client => Role::Client,
    };
    let signed = to_be_signed(signer, &flow.transcript_hash()?);
    let message = flow.read(HandshakeType::CERTIFICATE_VERIFY).await?;
    let CertificateVerify { scheme, signature } = CertificateVerify::read(message.body())?;
    if !policy.signature_schemes.contains(&scheme) {
        return Err(Cause::WrongSignatureScheme(scheme).into());
    }
    path.public_key().verify_tls13(scheme, &signed, signature).map_err(|error| match error {
        SignatureError::SchemeNotForKey { .. } => Cause::WrongSignatureScheme(scheme),
        _ => Cause::BadHandshakeSignature,
    })?;
    Ok(Peer { verified: PeerVerified(()), certificates, scheme })
}
