//! What both sides must know to resume, and how it is written down.

use std::fmt;
use std::time::Duration;

use ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion, SecurityPolicy, SignatureScheme};
use pki_types::UnixTime;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::facts::{PeerCertificates, Resumed};
use crate::role::Role;
use crate::session::{EarlyDataTerms, Handle, KnownBy, Scope, Session};
use crate::wire::codec::{Reader, Writer};

/// The encoding below. Another one gets another number.
const FORMAT: u8 = 3;

/// Resumptions add up to no more than this after the handshake in which the peers proved themselves, in seconds: as
/// long as a single ticket may live (RFC 9846 §4.7.1).
const MAX_AGE: u64 = 604_800;

/// What a connection was, as far as a later one depends on it.
#[derive(Clone)]
pub(crate) struct State {
    /// Whose state this is.
    pub(crate) role: Role,
    pub(crate) version: ProtocolVersion,
    pub(crate) cipher_suite: CipherSuite,
    pub(crate) group: NamedGroup,
    pub(crate) server_scheme: Option<SignatureScheme>,
    pub(crate) client_scheme: Option<SignatureScheme>,
    pub(crate) server_name: Option<Box<str>>,
    pub(crate) scope: Scope,
    /// When the peers proved themselves to each other, in seconds since 1970.
    pub(crate) established_at: u64,
    /// When the ticket was given out.
    pub(crate) issued_at: u64,
    /// For how long it may be used, in seconds.
    pub(crate) lifetime: u32,
    /// Added to the age that a client claims, to hide it.
    pub(crate) age_add: u32,
    /// When the first of the peer's certificates expires.
    pub(crate) peer_expires_at: u64,
    /// TLS 1.3: the pre-shared key.
    pub(crate) secret: Zeroizing<Vec<u8>>,
    /// What a server knows of its client.
    pub(crate) client: Option<ClientIdentity>,
    /// What early data is bound to, if there may be some.
    pub(crate) early_data: Option<Box<EarlyDataTerms>>,
    /// What a server's application wants to know again.
    pub(crate) session_data: Box<[u8]>,
}

/// A client that has proven who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientIdentity {
    /// SHA-256 of its certificate.
    pub(crate) fingerprint: [u8; 32],
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("role", &self.role)
            .field("version", &self.version)
            .field("cipher_suite", &self.cipher_suite)
            .field("server_name", &self.server_name)
            .finish_non_exhaustive()
    }
}

impl State {
    /// Whether a connection under this policy, in this scope, for this server's name, may go on from here at this time.
    /// What is negotiated anew, as the group is, is not looked at; what is taken over is.
    //= 9846:4.3.11.1 lifetime
    //= 9846:4.7.1 seven-days-client
    pub(crate) fn may_resume(
        &self,
        policy: &SecurityPolicy,
        scope: &Scope,
        server_name: Option<&str>,
        now: UnixTime,
    ) -> bool {
        let schemes = self.server_scheme.iter().chain(&self.client_scheme);
        self.scope == *scope
            && self.server_name.as_deref() == server_name
            && self.remaining(now).is_some()
            && policy.supports(self.version)
            && policy.usable_groups().any(|group| group == self.group)
            && schemes.into_iter().all(|scheme| policy.signature_schemes.contains(scheme))
    }

    /// The seconds for which it may still be used; `None`: it may not.
    pub(crate) fn remaining(&self, now: UnixTime) -> Option<u64> {
        let now = now.as_secs();
        let ends = [
            self.issued_at.saturating_add(self.lifetime.into()),
            self.established_at.saturating_add(MAX_AGE),
            self.peer_expires_at,
        ];
        // A clock that was set back is no reason to trust what comes from the future.
        let is_from_the_future = self.issued_at > now;
        let end = ends.into_iter().min().filter(|_| !is_from_the_future)?;
        end.checked_sub(now).filter(|remaining| *remaining > 0)
    }

    /// What ends before the lifetime does ends it.
    //= 9846:4.7.1 seven-days
    pub(crate) fn limit_lifetime(&mut self, now: UnixTime) {
        let remaining = self.remaining(now).unwrap_or_default();
        self.lifetime = u32::try_from(remaining).unwrap_or(u32::MAX).min(self.lifetime);
    }

    pub(crate) fn resumed(&self) -> Resumed {
        let established_at = UnixTime::since_unix_epoch(Duration::from_secs(self.established_at));
        let client_fingerprint = self.client.map(|client| client.fingerprint);
        Resumed { established_at, client_fingerprint, session_data: self.session_data.clone() }
    }

    /// The age of its ticket as a client sends it (RFC 9846 §4.3.11.1).
    pub(crate) fn obfuscated_age(&self, now: UnixTime) -> u32 {
        let age = now.as_secs().saturating_sub(self.issued_at).saturating_mul(1000);
        // Modulo 2^32, as the field is defined.
        let [.., a, b, c, d] = age.to_be_bytes();
        u32::from_be_bytes([a, b, c, d]).wrapping_add(self.age_add)
    }

    pub(crate) fn write(&self, writer: &mut Writer<'_>) {
        writer.u8(FORMAT);
        writer.u8(match self.role {
            Role::Client => 0,
            Role::Server => 1,
        });
        writer.u16(self.version.0);
        writer.u16(self.cipher_suite.0);
        writer.u16(self.group.0);
        // No scheme has the code point 0.
        writer.u16(self.server_scheme.map_or(0, |scheme| scheme.0));
        writer.u16(self.client_scheme.map_or(0, |scheme| scheme.0));
        writer.vec8(|writer| writer.bytes(self.server_name.as_deref().unwrap_or_default().as_bytes()));
        writer.bytes(self.scope.as_bytes());
        for time in [self.established_at, self.issued_at, self.peer_expires_at] {
            writer.bytes(&time.to_be_bytes());
        }
        writer.bytes(&self.lifetime.to_be_bytes());
        writer.bytes(&self.age_add.to_be_bytes());
        writer.vec8(|writer| writer.bytes(&self.secret));
        writer.vec8(|writer| {
            self.client.iter().for_each(|client| writer.bytes(&client.fingerprint));
        });
        EarlyDataTerms::write(self.early_data.as_deref(), writer);
        writer.vec16(|writer| writer.bytes(&self.session_data));
    }

    /// Reads what [`write`](Self::write) made for this role.
    pub(crate) fn read(reader: &mut Reader<'_>, role: Role) -> Result<Self, Error> {
        let expected = match role {
            Role::Client => [FORMAT, 0],
            Role::Server => [FORMAT, 1],
        };
        if reader.array()? != &expected {
            return reader.error();
        }
        let (version, cipher_suite) = (ProtocolVersion(reader.u16()?), CipherSuite(reader.u16()?));
        let group = NamedGroup(reader.u16()?);
        let mut scheme =
            || Ok::<_, Error>(Some(SignatureScheme(reader.u16()?)).filter(|scheme| scheme.0 != 0));
        let (server_scheme, client_scheme) = (scheme()?, scheme()?);
        let Ok(server_name) = std::str::from_utf8(reader.vec8()?) else { return reader.error() };
        let server_name = Some(server_name).filter(|name| !name.is_empty()).map(Into::into);
        let scope = Scope::from_bytes(*reader.array()?);
        let mut time = || reader.array().map(|bytes| u64::from_be_bytes(*bytes));
        let (established_at, issued_at, peer_expires_at) = (time()?, time()?, time()?);
        let (lifetime, age_add) = (reader.u32()?, reader.u32()?);
        let secret = Zeroizing::new(reader.vec8()?.to_vec());
        let client = reader.vec8()?;
        let client = match (client.is_empty(), client.try_into()) {
            (true, _) => None,
            (false, Ok(fingerprint)) => Some(ClientIdentity { fingerprint }),
            (false, Err(_)) => return reader.error(),
        };
        let early_data = EarlyDataTerms::read(reader)?;
        let session_data = reader.vec16()?.into();
        Ok(Self {
            role,
            version,
            cipher_suite,
            group,
            server_scheme,
            client_scheme,
            server_name,
            scope,
            established_at,
            issued_at,
            lifetime,
            age_add,
            peer_expires_at,
            secret,
            client,
            early_data,
            session_data,
        })
    }

    /// Room for the encoding: a vector that grows would leave the secret behind in freed memory.
    fn room(&self) -> usize {
        512 + self.early_data.as_ref().map_or(0, |terms| 512 + terms.context.len()) + self.session_data.len()
    }

    /// The encoding, as it is sealed in a ticket or kept for one.
    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.room()));
        self.write(&mut Writer::new(&mut bytes));
        bytes
    }

    /// Reads a server's own state, and nothing behind it.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes, "session");
        let state = Self::read(&mut reader, Role::Server).ok()?;
        reader.finish().ok().map(|()| state)
    }
}

/// Why bytes are no [`Session`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MalformedSession;

impl fmt::Display for MalformedSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("these bytes are no session of a client, or one that another version has written")
    }
}

impl std::error::Error for MalformedSession {}

pub(super) fn encode_session(session: &Session) -> Zeroizing<Vec<u8>> {
    let certificates = session.certificates.as_bytes();
    let room = session.state.room() + 16 + session.ticket.len() + certificates.len();
    let mut out = Zeroizing::new(Vec::with_capacity(room));
    let mut writer = Writer::new(&mut out);
    session.state.write(&mut writer);
    writer.u8(match session.known_by {
        KnownBy::Ticket => 0,
        KnownBy::SessionId => 1,
    });
    writer.vec16(|writer| writer.bytes(&session.ticket));
    writer.vec24(|writer| writer.bytes(certificates));
    out
}

pub(super) fn decode_session(bytes: &[u8]) -> Result<Session, MalformedSession> {
    let mut reader = Reader::new(bytes, "session");
    let mut decode = || -> Result<Session, Error> {
        let state = State::read(&mut reader, Role::Client)?;
        let known_by = read_known_by(&mut reader, state.version)?;
        let ticket: Box<[u8]> = reader.nonempty_vec16()?.into();
        if known_by == KnownBy::SessionId && ticket.len() > Handle::LEN {
            return reader.error();
        }
        let certificates = PeerCertificates::read(&mut reader)?;
        Ok(Session { state, ticket, known_by, certificates })
    };
    let session = decode().map_err(|_| MalformedSession)?;
    reader.finish().map(|()| session).map_err(|_| MalformedSession)
}

fn read_known_by(reader: &mut Reader<'_>, version: ProtocolVersion) -> Result<KnownBy, Error> {
    match reader.u8()? {
        0 => Ok(KnownBy::Ticket),
        1 if version == ProtocolVersion::TLS1_2 => Ok(KnownBy::SessionId),
        _ => reader.error(),
    }
}

#[cfg(test)]
mod tests;
