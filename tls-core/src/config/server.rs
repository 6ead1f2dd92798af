//! A server's configuration.

use std::sync::Arc;
use std::time::Duration;

use crate::config::early_data::{EarlyDataAcceptance, ServerEarlyData};
use crate::config::pre_shared_keys::{self, PreSharedKeys, ServerKeys};
use crate::config::shared::{ConfigError, Shared, shared_setters};
use crate::facts::Facts;
use crate::identity::{Identity, Roots, Verifier};
use crate::limits;
use crate::session::{EarlyDataTerms, Scope, ServerSessionStore, ServerSessions, TicketKeys};
use crate::wire::new_session_ticket::MAX_LIFETIME;

/// Whether a server asks clients for a certificate, and what it does with the answer.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum ClientAuthentication {
    /// Clients are not asked.
    #[default]
    None,
    /// Clients are asked and may decline; a certificate that is sent must be valid.
    Optional(Roots),
    /// Clients must present a valid certificate.
    Required(Roots),
    /// Clients are asked and may decline; the caller judges a certificate that is sent, by
    /// [`Operation::VerifyCertificate`](crate::Operation::VerifyCertificate).
    OptionalAsked,
    /// Clients must present a certificate that the caller accepts.
    RequiredAsked,
    /// Clients must present a certificate and prove its key; by whom it was issued is not looked at. For tests, and
    /// for those who check the certificate themselves.
    RequiredUnverified,
}

/// The same, settled.
#[derive(Debug)]
pub(crate) struct ClientVerification {
    pub(crate) verifier: Verifier,
    pub(crate) required: bool,
}

/// A server's configuration, shared by its connections.
#[derive(Debug)]
pub struct ServerConfig {
    pub(crate) shared: Shared,
    pub(crate) identities: Vec<Identity>,
    pub(crate) client_verification: Option<ClientVerification>,
    pub(crate) retry_cookie: bool,
    pub(crate) grease: bool,
    pub(crate) accepts_max_fragment_length: bool,
    pub(crate) asks_for_config: bool,
    pub(crate) pre_shared_keys: Option<Box<ServerKeys>>,
    pub(crate) sessions: Option<ServerSessions>,
    pub(crate) early_data: Option<ServerEarlyData>,
}

/// A working day and some of the night.
const SESSION_LIFETIME: Duration = Duration::from_secs(15 * 3600);

/// Builds a [`ServerConfig`].
#[derive(Debug, Default)]
pub struct ServerConfigBuilder {
    shared: Shared,
    identities: Vec<Identity>,
    client_authentication: ClientAuthentication,
    retry_cookie: bool,
    grease: bool,
    accepts_max_fragment_length: bool,
    asks_for_config: bool,
    pre_shared_keys: PreSharedKeys,
    ticket_keys: Option<Arc<TicketKeys>>,
    session_store: Option<Arc<ServerSessionStore>>,
    sessions_elsewhere: bool,
    tickets: Option<u8>,
    later_tickets: u8,
    session_lifetime: Option<Duration>,
    session_data: Vec<u8>,
    early_data: Option<(u32, EarlyDataAcceptance)>,
    early_data_context: Vec<u8>,
}

impl ServerConfig {
    /// Begins with the policy `default`, no certificates and no client authentication.
    pub fn builder() -> ServerConfigBuilder {
        ServerConfigBuilder::default()
    }
}

impl ServerConfig {
    /// How clients resume in TLS 1.2, if they do.
    pub(crate) fn tls12_sessions(&self) -> Option<&ServerSessions> {
        self.sessions.as_ref().filter(|_| !self.shared.forward_secret_tickets_only)
    }

    /// What early data under a ticket of this connection depends on.
    pub(crate) fn early_data_terms(&self, facts: &Facts) -> Option<Box<EarlyDataTerms>> {
        let early_data = self.early_data.as_ref()?;
        EarlyDataTerms::new(early_data.max_size, facts, &early_data.context)
    }
}

impl ServerConfigBuilder {
    shared_setters!();

    /// Adds a certificate. With several, those for the client's server_name go before others, among them those of an
    /// authority that the client names, then the policy's order of the signature schemes that the client accepts decides;
    /// among equals the first is taken.
    pub fn identity(mut self, identity: Identity) -> Self {
        self.identities.push(identity);
        self
    }

    /// Whether clients are asked for a certificate. They are not unless set.
    pub fn client_authentication(mut self, authentication: ClientAuthentication) -> Self {
        self.client_authentication = authentication;
        self
    }

    /// Whether a HelloRetryRequest carries a cookie that the client must return (RFC 9846 §4.3.2). Off unless set.
    pub fn retry_cookie(mut self, on: bool) -> Self {
        self.retry_cookie = on;
        self
    }

    /// Whether to send values that a client must ignore, so that it keeps doing so (RFC 8701). Off unless set.
    pub fn grease(mut self, on: bool) -> Self {
        self.grease = on;
        self
    }

    /// Whether clients may ask for smaller records by max_fragment_length (RFC 6066 §4). They may not unless set;
    /// record_size_limit is always honoured.
    pub fn accept_max_fragment_length(mut self, on: bool) -> Self {
        self.accepts_max_fragment_length = on;
        self
    }

    /// Whether the caller is asked for the configuration to go on with once a ClientHello has come, by
    /// [`Operation::SelectConfig`](crate::Operation::SelectConfig). Until then, and if the caller keeps it, this one
    /// holds. Off unless set.
    pub fn select_config(mut self, on: bool) -> Self {
        self.asks_for_config = on;
        self
    }

    /// Takes external pre-shared keys (RFC 9846 §4.3.11). None are taken unless set. Clients that offer one that is known
    /// are not shown a certificate or asked for one, whatever
    /// [`client_authentication`](Self::client_authentication) says, and get no tickets: there is nothing to save, and a
    /// ticket could outlive the key. Sessions that a client offers go before keys.
    ///
    /// A server with such keys needs no certificate. Without one it speaks TLS 1.3 alone, and refuses clients that offer no
    /// key; those whose keys it does not know cannot tell that from a key that they do not have.
    pub fn pre_shared_keys(mut self, keys: PreSharedKeys) -> Self {
        self.pre_shared_keys = keys;
        self
    }

    /// Gives clients tickets, sealed with these keys, by which they resume. No tickets are given, and none taken, unless
    /// set.
    ///
    /// A ticket is taken by every server that has its key, verifies clients as this one does, and has a policy under
    /// which the session could have begun. Where the caller judges clients' certificates, a configuration takes only
    /// its own tickets, for nobody else is known to judge as it does; or those of all with the same
    /// [`verdict_rules`](Self::verdict_rules), as the machines of a fleet have.
    pub fn ticket_keys(mut self, keys: Arc<TicketKeys>) -> Self {
        self.ticket_keys = Some(keys);
        self
    }

    /// Keeps sessions here, for clients to which no sealed ticket is given: where there are no [`ticket_keys`](Self::ticket_keys),
    /// clients of TLS 1.3 get tickets that stand for a session in the store, each good for one connection; clients of TLS 1.2
    /// that take no tickets get session ids. None are kept unless set. What is resumed is subject to the same rules as with
    /// tickets.
    pub fn session_store(mut self, store: Arc<ServerSessionStore>) -> Self {
        self.session_store = Some(store);
        self
    }

    /// Has the caller find sessions, and open tickets, that nothing here knows, by
    /// [`Operation::FindSession`](crate::Operation::FindSession); and keep sessions that nothing here keeps, for want of
    /// [`ticket_keys`](Self::ticket_keys) or a [`session_store`](Self::session_store):
    /// [`Connection::take_kept_session`](crate::Connection::take_kept_session) hands them out. Of the tickets in one
    /// ClientHello the first is asked for, and no other.
    pub fn sessions_elsewhere(mut self) -> Self {
        self.sessions_elsewhere = true;
        self
    }

    /// How many tickets a client is given after a handshake of TLS 1.3: as many as it is likely to begin connections at
    /// a time. One unless set. A client that says how many it wants (RFC 9149) gets those, but no more than eight, and none
    /// where this is 0, but for [later ones](Self::later_tickets).
    pub fn tickets_per_handshake(mut self, tickets: u8) -> Self {
        self.tickets = Some(tickets);
        self
    }

    /// How many more tickets a connection of TLS 1.3 may give out later, by
    /// [`Connection::send_ticket`](crate::Connection::send_ticket). None unless set: a connection that may remembers what it
    /// makes them by, about 200 bytes.
    pub fn later_tickets(mut self, limit: u8) -> Self {
        self.later_tickets = limit;
        self
    }

    /// For how long a ticket may be used: at most a week, 15 hours unless set, and never for longer than its key opens
    /// tickets.
    pub fn session_lifetime(mut self, lifetime: Duration) -> Self {
        self.session_lifetime = Some(lifetime);
        self
    }

    /// What the application wants to know again when a session that begins under this configuration is resumed, in at most
    /// 1,024 bytes: it is in the session, sealed in a ticket or in a store, and in
    /// [`Resumed::session_data`](crate::Resumed::session_data) of each connection that resumes it, whose own sessions have
    /// it, too. Nothing unless set. By [`select_config`](Self::select_config) it can depend on the ClientHello, and by
    /// [`Connection::set_session_data`](crate::Connection::set_session_data) on everything that is known of a client.
    pub fn session_data(mut self, data: impl Into<Vec<u8>>) -> Self {
        self.session_data = data.into();
        self
    }

    /// Takes early data from clients that resume: up to `max_size` bytes on a connection, which tickets say from now on.
    /// And from clients with external keys that [permit](crate::PreSharedKey::with_early_data) no more than that, where
    /// `acceptance` takes any from those. None is taken unless set; a policy may forbid it. It needs ticket keys, or such
    /// external keys.
    ///
    /// Early data is taken where the connection goes on from the session, or the external key, that the client offers first,
    /// with its cipher suite, application protocol and [context](Self::early_data_context), and `acceptance` sees no
    /// replay in it. Everything that it asks for should do no harm when it is done again: guards forget, and a client
    /// whose early data was rejected may send it again as ordinary data. Nor has it forward secrecy: who has the ticket's
    /// key, or the external one, can read it.
    //= 9846:F.5 zero-rtt-off
    pub fn early_data(mut self, max_size: u32, acceptance: EarlyDataAcceptance) -> Self {
        self.early_data = Some((max_size, acceptance)).filter(|_| max_size > 0);
        self
    }

    /// What clients must know of the application that its protocol does not say, to send it early data: its settings, or a
    /// version of them, in at most 1,024 bytes. Tickets hold it, and early data is rejected where it has changed since, or is
    /// not [the one of the external key](crate::PskEarlyData::context).
    pub fn early_data_context(mut self, context: impl Into<Vec<u8>>) -> Self {
        self.early_data_context = context.into();
        self
    }

    /// Checks everything and settles it.
    //= 9846:4.5.1 server-not-empty
    pub fn build(mut self) -> Result<Arc<ServerConfig>, ConfigError> {
        let pre_shared_keys = ServerKeys::new(self.pre_shared_keys, &self.shared.policy)?;
        match &pre_shared_keys {
            None if self.identities.is_empty() => return Err(ConfigError::NoIdentity),
            Some(_) if self.identities.is_empty() => pre_shared_keys::narrow(&mut self.shared.policy, None),
            _ => {}
        }
        self.shared.settle(&mut self.identities)?;
        let client_verification = client_verification(self.client_authentication, &self.shared)?;
        let lifetime = self.session_lifetime.unwrap_or(SESSION_LIFETIME).as_secs();
        let lifetime = u32::try_from(lifetime).map_or(MAX_LIFETIME, |lifetime| lifetime.min(MAX_LIFETIME));
        let tickets = self.tickets.unwrap_or(1);
        let has_any = self.ticket_keys.is_some() || self.session_store.is_some() || self.sessions_elsewhere;
        let has_keys = has_any || pre_shared_keys.as_ref().is_some_and(|keys| keys.permit_early_data());
        let early_data = self.early_data.map(|(max_size, acceptance)| {
            ServerEarlyData::new(max_size, acceptance, self.early_data_context, (&self.shared, has_keys))
        });
        let early_data = early_data.transpose()?;
        if self.session_data.len() > limits::MAX_SESSION_DATA {
            return Err(ConfigError::SessionDataTooLong);
        }
        // Without a certificate there are no sessions, and those of others' certificates are not for this server.
        let sessions = (has_any && !self.identities.is_empty())
            .then(|| Scope::of_server(client_verification.as_ref(), &self.shared))
            .flatten();
        let sessions = sessions.map(|scope| ServerSessions {
            keys: self.ticket_keys,
            store: self.session_store,
            elsewhere: self.sessions_elsewhere,
            scope,
            tickets,
            later_tickets: self.later_tickets,
            lifetime,
            session_data: self.session_data.into(),
        });
        Ok(Arc::new(ServerConfig {
            shared: self.shared,
            identities: self.identities,
            client_verification,
            retry_cookie: self.retry_cookie,
            grease: self.grease,
            accepts_max_fragment_length: self.accepts_max_fragment_length,
            asks_for_config: self.asks_for_config,
            pre_shared_keys,
            sessions,
            early_data,
        }))
    }
}

fn client_verification(
    authentication: ClientAuthentication,
    shared: &Shared,
) -> Result<Option<ClientVerification>, ConfigError> {
    let with_roots = |roots: Roots| match roots.is_empty() {
        true => Err(ConfigError::NoRoots),
        false => Ok(Verifier::path(roots, &shared.policy)),
    };
    let (verifier, required) = match authentication {
        ClientAuthentication::None => return Ok(None),
        ClientAuthentication::Optional(roots) => (with_roots(roots)?, false),
        ClientAuthentication::Required(roots) => (with_roots(roots)?, true),
        ClientAuthentication::OptionalAsked => (Verifier::asked(&shared.policy), false),
        ClientAuthentication::RequiredAsked => (Verifier::asked(&shared.policy), true),
        ClientAuthentication::RequiredUnverified => (Verifier::Insecure, true),
    };
    Ok(Some(ClientVerification { verifier, required }))
}
