//! A client's configuration.

use std::sync::Arc;

use crate::config::pre_shared_keys;
use crate::config::shared::{ConfigError, Shared, shared_setters};
use crate::identity::{Identity, Roots, Verifier};
use crate::pre_shared_key::PreSharedKey;
use crate::session::{KeptSession, Scope, Session, SessionStore};
use crate::wire::extension::ExtensionType;
use crate::wire::fragment_size::MaxFragmentLength;
use crate::wire::ticket_request::TicketRequest;

/// How a client decides whether a server is the right one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ServerVerification {
    /// By a certificate path to one of these roots, for the server's name.
    Roots(Roots),
    /// By the SHA-256 of its leaf certificate's DER. Path, name and dates are not looked at; the kind
    /// of its key is, where the policy restricts it.
    Pinned(Vec<[u8; 32]>),
    /// By the caller, who is asked by [`Operation::VerifyCertificate`](crate::Operation::VerifyCertificate). Of the policy's
    /// rules only the one for the kind of the leaf's key is applied before;
    /// [`VerifyCertificate::verify_path`](crate::VerifyCertificate::verify_path) applies them all.
    Asked,
    /// By an external pre-shared key, and nothing else: the connection is one of TLS 1.3, with a suite that goes with one
    /// of the [`pre_shared_keys`](ClientConfigBuilder::pre_shared_keys), and a server that chooses none of them is refused.
    PreSharedKeysOnly,
    /// Not at all: anyone can be the server. For tests.
    Insecure,
}

/// What a client does when a server wants to renegotiate a TLS 1.2 connection (RFC 5246 §7.4.1.1).
///
/// It is for servers that ask for a client's certificate only once they know what the client wants, and that cannot
/// have TLS 1.3. It costs an attack surface that a connection otherwise does not have: who the peer is, and under which
/// keys it speaks, may change amid the data. What is kept from changing:
///
/// - A renegotiation is accepted only if the first handshake was safe to follow: the server knows RFC 5746, and the
///   keys are bound to the handshake by the extended main secret (RFC 7627). Otherwise it is declined.
/// - The server must tie the new handshake to the one before, and present the same certificate again, or the
///   connection ends: data before and after would come from different servers. A server that takes a new certificate
///   into use meanwhile loses the connection, too. Certificates are judged by the time at which the connection began.
/// - TLS 1.2, the server's name and the application protocol stay what they were.
///
/// While it is under way, data that the server had still to send is received as ever, and none can be sent. Exported
/// keying material differs before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Renegotiation {
    /// The connection goes on as it is. The server is told so by the alert no_renegotiation.
    #[default]
    Decline,
    /// The handshake is done again, a few times at the most.
    Accept,
}

/// A client's configuration, shared by its connections.
#[derive(Debug)]
pub struct ClientConfig {
    pub(crate) shared: Shared,
    pub(crate) verifier: Verifier,
    pub(crate) identities: Vec<Identity>,
    /// The extensions that ask for what servers can staple to their certificates.
    pub(crate) staples: Vec<ExtensionType>,
    pub(crate) verifies_on_resumption: bool,
    pub(crate) server_name_indication: bool,
    pub(crate) middlebox_compatibility: bool,
    pub(crate) grease: bool,
    pub(crate) max_fragment_length: Option<MaxFragmentLength>,
    pub(crate) renegotiation: Renegotiation,
    pub(crate) pre_shared_keys: Vec<PreSharedKey>,
    pub(crate) sessions: Option<ClientSessions>,
    pub(crate) early_data: bool,
}

/// The sessions that a client keeps.
#[derive(Clone, Debug)]
pub(crate) struct ClientSessions {
    /// `None`: they are elsewhere.
    pub(crate) store: Option<Arc<SessionStore>>,
    pub(crate) scope: Scope,
    /// How many tickets to ask for.
    pub(crate) ticket_request: Option<TicketRequest>,
}

impl ClientSessions {
    /// Keeps a session; what is returned is for the caller to keep.
    pub(crate) fn keep(&self, session: Session) -> Option<KeptSession> {
        match &self.store {
            Some(store) => {
                store.put_session(session);
                None
            }
            None => (!session.is_outsized()).then(|| KeptSession::of_client(&session)),
        }
    }
}

/// Builds a [`ClientConfig`].
#[derive(Debug, Default)]
pub struct ClientConfigBuilder {
    shared: Shared,
    verification: Option<ServerVerification>,
    identities: Vec<Identity>,
    ocsp_stapling: bool,
    certificate_timestamps: bool,
    verifies_on_resumption: bool,
    no_server_name_indication: bool,
    no_middlebox_compatibility: bool,
    grease: bool,
    max_fragment_length: Option<MaxFragmentLength>,
    renegotiation: Renegotiation,
    pre_shared_keys: Vec<PreSharedKey>,
    session_store: Option<Arc<SessionStore>>,
    sessions_elsewhere: bool,
    early_data: bool,
    ticket_request: Option<TicketRequest>,
}

impl ClientConfig {
    /// Begins with the policy `default`, no client certificate and no application protocols.
    pub fn builder() -> ClientConfigBuilder {
        ClientConfigBuilder::default()
    }
}

impl ClientConfigBuilder {
    shared_setters!();

    /// How servers are verified. There is no default.
    pub fn server_verification(mut self, verification: ServerVerification) -> Self {
        self.verification = Some(verification);
        self
    }

    /// Adds a certificate to show to servers that ask for one. With several, those that an authority has issued which the
    /// server names go before others, then the policy's order of the signature schemes that it accepts decides; among
    /// equals the first is taken. A server that accepts none is shown none.
    pub fn identity(mut self, identity: Identity) -> Self {
        self.identities.push(identity);
        self
    }

    /// Whether servers are asked to staple an OCSP response to their certificate (RFC 6066 §8). It is handed to the
    /// caller, in [`PeerCertificates::ocsp_response`](crate::PeerCertificates::ocsp_response), and not judged: to refuse
    /// servers by it, or for want of it, verify them by [`ServerVerification::Asked`]. Off unless set.
    pub fn ocsp_stapling(mut self, on: bool) -> Self {
        self.ocsp_stapling = on;
        self
    }

    /// The same with signed certificate timestamps (RFC 6962 §3.3), which
    /// [`PeerCertificates::certificate_timestamps`](crate::PeerCertificates::certificate_timestamps) has. Off unless
    /// set.
    pub fn certificate_timestamps(mut self, on: bool) -> Self {
        self.certificate_timestamps = on;
        self
    }

    /// Whether the server's certificates are verified again where a session is resumed, as
    /// [`server_verification`](Self::server_verification) says, with what was stapled to them: for callers who learn of
    /// revocations meanwhile. Early data has left by then. Off unless set: until a session is over, or a certificate of
    /// its chain expires, the verdict with which it began holds.
    pub fn verify_on_resumption(mut self, on: bool) -> Self {
        self.verifies_on_resumption = on;
        self
    }

    /// Whether the server's DNS name is sent to it (RFC 6066 §3). Addresses never are. On unless set.
    pub fn server_name_indication(mut self, send: bool) -> Self {
        self.no_server_name_indication = !send;
        self
    }

    /// Whether to look like a resumed TLS 1.2 session to middleboxes (RFC 9846 appendix E.4). On unless set.
    pub fn middlebox_compatibility(mut self, on: bool) -> Self {
        self.no_middlebox_compatibility = !on;
        self
    }

    /// Whether to send values that a server must ignore, so that it keeps doing so (RFC 8701). Off unless set: it
    /// costs about 20 bytes of a ClientHello that nearly fills a packet.
    pub fn grease(mut self, on: bool) -> Self {
        self.grease = on;
        self
    }

    /// Asks the server for records of at most this content, in both directions (RFC 6066 §4). The newer
    /// [`record_size_limit`](Self::record_size_limit) takes precedence with servers that know it.
    pub fn max_fragment_length(mut self, length: MaxFragmentLength) -> Self {
        self.max_fragment_length = Some(length);
        self
    }

    /// What to do when a TLS 1.2 server wants to renegotiate. [`Renegotiation::Decline`] unless set.
    pub fn renegotiation(mut self, renegotiation: Renegotiation) -> Self {
        self.renegotiation = renegotiation;
        self
    }

    /// Offers these external pre-shared keys to every server, best first, in TLS 1.3 (RFC 9846 §4.3.11). None are offered
    /// unless set. A server that chooses one of them has proven itself by it, and sees no certificate of the client; one
    /// that chooses none must prove itself as [`server_verification`](Self::server_verification) says, which may be
    /// [`PreSharedKeysOnly`](ServerVerification::PreSharedKeysOnly).
    ///
    /// The keys' identities are sent in the clear. Connections by these keys leave no sessions: they need no certificate or
    /// signature, so that there is nothing to save, and a session could outlive the key.
    pub fn pre_shared_keys(mut self, keys: impl IntoIterator<Item = PreSharedKey>) -> Self {
        self.pre_shared_keys = keys.into_iter().collect();
        self
    }

    /// Keeps sessions here, and resumes them. None are kept unless set. The store may be shared: a session is resumed
    /// only by clients that verify servers by the same rules and roots, and that have the same certificates. Where the
    /// caller judges servers' certificates, a configuration resumes only its own sessions, without another verdict, or
    /// those of all with the same [`verdict_rules`](Self::verdict_rules).
    ///
    /// A resumed TLS 1.3 connection has forward secrecy of its own: its keys come from a new key exchange, too
    /// (psk_dhe_ke), with the same groups.
    pub fn session_store(mut self, store: Arc<SessionStore>) -> Self {
        self.session_store = Some(store);
        self
    }

    /// Has the caller find sessions, by [`Operation::FindSession`](crate::Operation::FindSession), which is asked before the
    /// ClientHello is made, and keep them: [`Connection::take_kept_session`](crate::Connection::take_kept_session) hands them
    /// out. It takes the place of a [`session_store`](Self::session_store), and the same rules hold.
    pub fn sessions_elsewhere(mut self) -> Self {
        self.sessions_elsewhere = true;
        self
    }

    /// Whether every connection offers early data that resumes a session for which the server permits it, or, where there
    /// is no session, whose first external key [does](crate::PreSharedKey::with_early_data): see
    /// [`Connection::send_early_data`](crate::Connection::send_early_data), also for what should not be sent that way. It
    /// needs a [session store](Self::session_store), here or elsewhere, or such a key. Off unless set; a policy may forbid
    /// it.
    //= 9846:F.5 zero-rtt-off
    pub fn early_data(mut self, on: bool) -> Self {
        self.early_data = on;
        self
    }

    /// Asks servers of TLS 1.3 for so many tickets: after a full handshake, and after one that resumes a session
    /// (RFC 9149). It helps clients that begin several connections at a time, and those with no use for any. Not asked
    /// unless set, nor without a place for sessions.
    pub fn request_tickets(mut self, new_session: u8, resumption: u8) -> Self {
        self.ticket_request =
            Some(TicketRequest { new_session_count: new_session, resumption_count: resumption });
        self
    }

    /// Checks everything and settles it.
    //= 9846:C.5 unauthenticated
    pub fn build(mut self) -> Result<Arc<ClientConfig>, ConfigError> {
        let keys = &self.pre_shared_keys;
        pre_shared_keys::check_offer(keys, &self.shared.policy)?;
        let verifier = match self.verification.ok_or(ConfigError::NoServerVerification)? {
            ServerVerification::Roots(roots) if roots.is_empty() => return Err(ConfigError::NoRoots),
            ServerVerification::Roots(roots) => Verifier::path(roots, &self.shared.policy),
            ServerVerification::Pinned(pins) => Verifier::pinned(pins, &self.shared.policy),
            ServerVerification::Asked => Verifier::asked(&self.shared.policy),
            ServerVerification::PreSharedKeysOnly if keys.is_empty() => {
                return Err(ConfigError::NoPreSharedKey);
            }
            ServerVerification::PreSharedKeysOnly => {
                pre_shared_keys::narrow(&mut self.shared.policy, Some(keys));
                Verifier::NoCertificates
            }
            ServerVerification::Insecure => Verifier::Insecure,
        };
        self.shared.settle(&mut self.identities)?;
        let ocsp = self.ocsp_stapling.then_some(ExtensionType::STATUS_REQUEST);
        let timestamps = self.certificate_timestamps.then_some(ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP);
        // A client that knows servers by external keys alone keeps no sessions.
        let has_sessions = (self.session_store.is_some() || self.sessions_elsewhere)
            && !matches!(verifier, Verifier::NoCertificates);
        if self.early_data {
            let first = self.pre_shared_keys.first();
            let is_permitted = first.is_some_and(|key| key.early_data().is_some());
            self.shared.check_early_data(has_sessions || is_permitted)?;
        }
        let store = self.session_store.filter(|_| !self.sessions_elsewhere);
        let sessions = has_sessions
            .then(|| Scope::of_client(&verifier, &self.identities, &self.shared))
            .flatten()
            .map(|scope| ClientSessions { store, scope, ticket_request: self.ticket_request });
        Ok(Arc::new(ClientConfig {
            shared: self.shared,
            verifier,
            identities: self.identities,
            staples: ocsp.into_iter().chain(timestamps).collect(),
            verifies_on_resumption: self.verifies_on_resumption,
            server_name_indication: !self.no_server_name_indication,
            middlebox_compatibility: !self.no_middlebox_compatibility,
            grease: self.grease,
            max_fragment_length: self.max_fragment_length,
            renegotiation: self.renegotiation,
            pre_shared_keys: self.pre_shared_keys,
            sessions,
            early_data: self.early_data,
        }))
    }
}
