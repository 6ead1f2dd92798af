//! Certificate and CertificateVerify, sent and checked: RFC 9846 §4.5.1 and §4.5.2 for TLS 1.3, RFC 5246 §7.4.2,
//! §7.4.3 and §7.4.8 for TLS 1.2; the same for both roles.

use std::sync::Arc;

use ciphersuites::{KeyType, NamedGroup, SecurityPolicy, SignatureError, SignatureScheme};
use pki_types::UnixTime;

use crate::error::{Cause, Error};
use crate::facts::PeerCertificates;
use crate::flow::Flow;
use crate::handshake::client::Client;
use crate::handshake::pre_shared_keys::ChosenKey;
use crate::handshake::pre_shared_keys::server::AcceptedKey;
use crate::handshake::resumption::{AcceptedSession, OfferedSession};
use crate::identity::{Identity, Key, PathVerified, Usage, Verifier};
use crate::operation::{SignPurpose, SignRequest};
use crate::role::Role;
use crate::session::{Session, State};
use crate::wire::certificate::{self, Chain};
use crate::wire::certificate_verify::{CertificateVerify, to_be_signed};
use crate::wire::handshake::HandshakeType;
use crate::wire::staples::Staples;

/// Proof that the peer holds the key of a certificate that was verified, or a pre-shared key, or that it was asked for
/// neither.
#[derive(Debug)]
pub(crate) struct PeerVerified(());

/// The proof that a server's peer is the client of the session that is resumed: it has shown that it knows its secret.
pub(crate) fn resumed_client(_: &AcceptedSession) -> PeerVerified {
    PeerVerified(())
}

/// The proof that a server's peer is one with which it shares an external key: its binder has shown that it has the key.
pub(crate) fn keyed_client(_: &AcceptedKey) -> PeerVerified {
    PeerVerified(())
}

/// The same of a session in TLS 1.2: to go on, the client must know the session's secret.
pub(crate) fn resumed_client12(_: &State) -> PeerVerified {
    PeerVerified(())
}

/// The proof that a client's peer is the server of the session of TLS 1.2 that is resumed: its Finished shows that it
/// knows the session's secret.
pub(crate) fn resumed_server12(_: &Session) -> PeerVerified {
    PeerVerified(())
}

/// What a server knows of its client: the proof that it is who it says, or that it need not say.
pub(crate) fn client_proof(peer: Option<Peer>) -> PeerVerified {
    peer.map_or(PeerVerified(()), |peer| peer.verified)
}

/// The curve of an ECDSA key. In TLS 1.2 a client's groups say which it knows (RFC 8422 §5.1.1).
//= 9846:4.3.3 tls12-curves
pub(crate) fn curve(key: KeyType) -> Option<NamedGroup> {
    match key {
        KeyType::EcdsaP256 => Some(NamedGroup::SECP256R1),
        KeyType::EcdsaP384 => Some(NamedGroup::SECP384R1),
        KeyType::EcdsaP521 => Some(NamedGroup::SECP521R1),
        _ => None,
    }
}

/// A peer that has proven its identity.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) verified: PeerVerified,
    pub(crate) certificates: Option<PeerCertificates>,
    pub(crate) scheme: Option<SignatureScheme>,
}

impl Peer {
    /// The server that goes on from this key. Its Finished shows that it has the key.
    pub(crate) fn with_key(key: &ChosenKey<'_>) -> Option<Self> {
        match key {
            ChosenKey::Session(session) => Self::resumed(session),
            ChosenKey::External { .. } => {
                Some(Self { verified: PeerVerified(()), certificates: None, scheme: None })
            }
        }
    }

    /// The server of the session that is resumed, as it proved itself then.
    fn resumed(offered: &OfferedSession) -> Option<Self> {
        let Session { state, certificates, .. } = &offered.session;
        let (verified, certificates) = (PeerVerified(()), Some(certificates.clone()));
        Some(Self { verified, certificates, scheme: Some(state.server_scheme?) })
    }
}

/// Verifies the server of a session that is resumed again, where the client wants that.
pub(crate) async fn verify_again(
    flow: &mut Flow,
    client: &Client<'_>,
    session: &Session,
) -> Result<(), Error> {
    if !client.config.verifies_on_resumption {
        return Ok(());
    }
    let certificates = &session.certificates;
    let staples = Staples {
        ocsp_response: certificates.ocsp_response(),
        timestamps: certificates.certificate_timestamps(),
    };
    let chain = Chain { certificates: certificates.iter().collect(), staples };
    client.config.verifier.verify(flow, &chain, Usage::Server(client.name), client.now).await.map(drop)
}

/// A peer's chain that is acceptable. That the peer has its key is still to be proven.
#[derive(Debug)]
pub(crate) struct PathChecked {
    path: PathVerified,
    certificates: PeerCertificates,
}

impl PathChecked {
    pub(crate) async fn new(
        flow: &mut Flow,
        chain: &Chain<'_>,
        peer: Usage<'_>,
        verifier: &Verifier,
        now: UnixTime,
    ) -> Result<Self, Error> {
        let path = verifier.verify(flow, chain, peer, now).await?;
        Ok(Self { path, certificates: PeerCertificates::new(chain) })
    }

    pub(crate) fn key_type(&self) -> KeyType {
        self.path.public_key().key_type()
    }

    /// The peer has proven itself by this signature of TLS 1.3, if the scheme was offered and fits its key.
    //= 9846:4.5.2 key-fits
    //= 9846:4.5.2 verified
    fn verify13(
        self,
        policy: &SecurityPolicy,
        scheme: SignatureScheme,
        signed: &[u8],
        signature: &[u8],
    ) -> Result<Peer, Error> {
        let result = self.path.public_key().verify_tls13(scheme, signed, signature);
        self.conclude(policy, scheme, result)
    }

    /// The same of TLS 1.2.
    pub(crate) fn verify12(
        self,
        policy: &SecurityPolicy,
        scheme: SignatureScheme,
        signed: &[u8],
        signature: &[u8],
    ) -> Result<Peer, Error> {
        let result = self.path.public_key().verify_tls12(scheme, signed, signature);
        self.conclude(policy, scheme, result)
    }

    fn conclude(
        self,
        policy: &SecurityPolicy,
        scheme: SignatureScheme,
        result: Result<(), SignatureError>,
    ) -> Result<Peer, Error> {
        if !policy.signature_schemes.contains(&scheme) {
            return Err(Cause::WrongSignatureScheme(scheme).into());
        }
        match result {
            Ok(()) => {
                let (certificates, scheme) = (Some(self.certificates), Some(scheme));
                Ok(Peer { verified: PeerVerified(()), certificates, scheme })
            }
            Err(SignatureError::SchemeNotForKey { .. }) => Err(Cause::WrongSignatureScheme(scheme).into()),
            Err(_) => Err(Cause::BadHandshakeSignature.into()),
        }
    }
}

/// Sends this side's chain and the proof that it has the key, in TLS 1.3.
//= 9846:4.5.1 server-sends
//= 9846:4.5.2 place
pub(crate) async fn send13(
    flow: &mut Flow,
    role: Role,
    identity: &Identity,
    scheme: SignatureScheme,
    staples: Staples<'_>,
) -> Result<(), Error> {
    flow.send(HandshakeType::CERTIFICATE, |writer| {
        certificate::write13(writer, identity.certificates(), staples);
    })?;
    let transcript_hash = flow.transcript_hash()?;
    send_verify(flow, identity, scheme, SignPurpose::Tls13CertificateVerify { signer: role, transcript_hash })
        .await
}

/// Sends this side's chain, or none, in TLS 1.2.
pub(crate) fn send12(flow: &mut Flow, identity: Option<&Identity>) -> Result<(), Error> {
    let chain = identity.map(Identity::certificates).unwrap_or_default();
    flow.send(HandshakeType::CERTIFICATE, |writer| certificate::write12(writer, chain))
}

/// Sends a client's proof that it has its key, in TLS 1.2: a signature of all messages so far.
pub(crate) async fn send_verify12(
    flow: &mut Flow,
    identity: &Identity,
    scheme: SignatureScheme,
) -> Result<(), Error> {
    let messages = flow.messages().to_vec();
    send_verify(flow, identity, scheme, SignPurpose::Tls12CertificateVerify { messages }).await
}

//= 9846:4.5.2 server-sends
//= 9846:4.5.2 client-sends
async fn send_verify(
    flow: &mut Flow,
    identity: &Identity,
    scheme: SignatureScheme,
    purpose: SignPurpose,
) -> Result<(), Error> {
    let signature = sign(flow, identity, scheme, purpose).await?;
    let verify = CertificateVerify { scheme, signature: &signature };
    flow.send(HandshakeType::CERTIFICATE_VERIFY, |writer| verify.write(writer))
}

/// A signature by this side's key, wherever that is.
pub(crate) async fn sign(
    flow: &mut Flow,
    identity: &Identity,
    scheme: SignatureScheme,
    purpose: SignPurpose,
) -> Result<Vec<u8>, Error> {
    let key = match identity.key() {
        Key::Here(key) => return Ok(key.sign(scheme, &purpose.to_be_signed())?),
        Key::Elsewhere(key) => key,
    };
    let request = Arc::new(SignRequest::new(identity.key_id(), identity.key_type(), scheme, purpose));
    let signature = flow.sign(Arc::clone(&request)).await?;
    // A wrong signature must not leave the house: the peer would see only that the handshake fails, and an RSA signature
    // with a fault in it can give the key away (RFC 9846 appendix C.3).
    if !key.is_trusted {
        request.verify(identity.public_key(), &signature)?;
    }
    Ok(signature)
}

/// Reads the proof that `signer` has the key of its chain, in TLS 1.3.
pub(crate) async fn receive_verify13(
    flow: &mut Flow,
    path: PathChecked,
    signer: Role,
    policy: &SecurityPolicy,
) -> Result<Peer, Error> {
    let signed = to_be_signed(signer, &flow.transcript_hash()?);
    let message = flow.read(HandshakeType::CERTIFICATE_VERIFY).await?;
    let CertificateVerify { scheme, signature } = CertificateVerify::read(message.body())?;
    path.verify13(policy, scheme, &signed, signature)
}

/// Reads the proof that the client has the key of its chain, in TLS 1.2.
pub(crate) async fn receive_verify12(
    flow: &mut Flow,
    path: PathChecked,
    policy: &SecurityPolicy,
) -> Result<Peer, Error> {
    let signed = flow.messages().to_vec();
    let message = flow.read(HandshakeType::CERTIFICATE_VERIFY).await?;
    let CertificateVerify { scheme, signature } = CertificateVerify::read(message.body())?;
    path.verify12(policy, scheme, &signed, signature)
}
