//! What either end of a connection is told, whichever implementation it is.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tests::authority::Pem;
use tests::pair::now;
use tls_core::ciphersuites::{
    CipherSuite, Hash, NamedGroup, ProtocolVersion, SecurityPolicy, SignatureScheme,
};
use tls_core::{
    MaxFragmentLength, PreSharedKey, PskEarlyData, Renegotiation, ReplayGuard, ServerSessionStore,
    SessionStore, TicketKeys, UnixTime,
};

use crate::certificates::{Chain, KEY_TYPES};

/// Which end of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Client,
    Server,
}

impl Role {
    pub(crate) const BOTH: [Self; 2] = [Self::Client, Self::Server];

    pub(crate) fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// Whether a server wants a certificate from its clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    No,
    Optional,
    Required,
}

/// Where a server has its clients' sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// In sealed tickets, wherever a client takes them. rustls does so in TLS 1.2.
    InTickets,
    /// In a store of its own: by session ids in TLS 1.2, by tickets that stand for them in TLS 1.3.
    InStore,
}

/// What either end of a connection is told. An empty list leaves the implementation its own default.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Ours only: the rest of the policy.
    pub(crate) policy: SecurityPolicy,
    pub(crate) versions: Vec<ProtocolVersion>,
    pub(crate) groups: Vec<NamedGroup>,
    /// Of a client; for rustls it must be the first group.
    pub(crate) key_shares: Vec<NamedGroup>,
    pub(crate) suites: Vec<CipherSuite>,
    /// Not for rustls.
    pub(crate) schemes: Vec<SignatureScheme>,
    pub(crate) identity: Option<Pem>,
    /// Ours only: another one, behind it.
    pub(crate) other_identity: Option<Pem>,
    /// OpenSSL only, as a server: the authority, in PEM, whose certificates it asks clients for by name.
    pub(crate) named_authority: Option<String>,
    /// What a server staples to its certificate. A client that has one asks for the server's.
    pub(crate) ocsp_response: Option<Vec<u8>>,
    /// Not for rustls. Where there are some, our client accepts no certificates.
    pub(crate) pre_shared_keys: Vec<SharedKey>,
    /// Whom it trusts, in PEM.
    pub(crate) root: String,
    pub(crate) client_certificate: Wanted,
    pub(crate) alpn: Vec<&'static str>,
    /// The server's name, as the client has it.
    pub(crate) name: &'static str,
    pub(crate) key_log: Option<Arc<Lines>>,
    /// Ours only: records are padded to multiples of this.
    pub(crate) padding: Option<u16>,
    /// Servers only: a HelloRetryRequest carries a cookie. OpenSSL then sends one to every client.
    pub(crate) cookie: bool,
    /// What our client asks for, and our server grants.
    pub(crate) max_fragment_length: Option<MaxFragmentLength>,
    /// OpenSSL only: it does not know the extended main secret.
    pub(crate) no_extended_main_secret: bool,
    /// OpenSSL only, as a client: it says that it has tried a better version.
    pub(crate) fallback: bool,
    /// Our client's answer to a server that wants to renegotiate.
    pub(crate) renegotiation: Renegotiation,
    /// Ours and s2n-tls's: the others look at the machine's clock.
    pub(crate) now: UnixTime,
    /// Tickets after a full handshake and a resumed one: what clients ask for, ours and rustls's. rustls's server gives
    /// what it is asked for where it has some.
    pub(crate) ticket_request: Option<(u8, u8)>,
    /// Ours only: what is remembered from one connection to the next.
    pub(crate) memory: Option<Memory>,
    /// Of servers that remember something.
    pub(crate) kept: Kept,
    /// Of ends that remember something: as a server the bytes of early data that it takes; a client offers it.
    pub(crate) early_data: Option<u32>,
}

/// A pre-shared key, for any of the implementations.
#[derive(Clone, Debug)]
pub(crate) struct SharedKey {
    pub(crate) identity: &'static str,
    pub(crate) key: Vec<u8>,
    pub(crate) hash: Hash,
    /// What early data by it is sealed with, and how many bytes there may be. Not for OpenSSL.
    pub(crate) early_data: Option<(CipherSuite, u32)>,
}

impl SharedKey {
    pub(crate) fn ours(&self) -> PreSharedKey {
        let key = PreSharedKey::new(self.identity.as_bytes(), &self.key, self.hash).unwrap();
        match self.early_data {
            None => key,
            Some((suite, max)) => key.with_early_data(PskEarlyData::new(suite, max)).unwrap(),
        }
    }
}

/// What our end remembers: as a client its sessions, as a server the keys of its tickets, or the sessions.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    pub(crate) sessions: Arc<SessionStore>,
    pub(crate) ticket_keys: Arc<TicketKeys>,
    pub(crate) store: Arc<ServerSessionStore>,
    /// It has watched for so long that it knows everything that is still fresh.
    pub(crate) guard: Arc<ReplayGuard>,
}

impl Memory {
    pub(crate) fn new() -> Self {
        // Our clock stands still while a slow machine's goes on.
        let window = Duration::from_secs(60);
        let long_ago = UnixTime::since_unix_epoch(Duration::from_secs(now().as_secs() - 1000));
        Self {
            sessions: SessionStore::new(16).into(),
            ticket_keys: TicketKeys::rotating().into(),
            store: ServerSessionStore::new(1000).into(),
            guard: ReplayGuard::once_per_client_hello(long_ago).window(window).external_keys(1000).into(),
        }
    }
}

/// The versions that we have.
pub(crate) const VERSIONS: [ProtocolVersion; 2] = [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3];

/// What TLS 1.2 signs with beside the schemes of TLS 1.3.
const PKCS1_SCHEMES: [SignatureScheme; 3] =
    [SignatureScheme::RSA_PKCS1_SHA256, SignatureScheme::RSA_PKCS1_SHA384, SignatureScheme::RSA_PKCS1_SHA512];

impl Settings {
    /// A client of `localhost` that trusts the issuer of this chain, whatever the type of key, and has no certificate.
    pub(crate) fn client(trusted: &Chain) -> Self {
        let schemes13 = KEY_TYPES.iter().flat_map(|key_type| key_type.schemes13()).copied();
        let all: Vec<_> = schemes13.chain(PKCS1_SCHEMES).collect();
        Self {
            policy: SecurityPolicy { signature_schemes: all.into(), ..SecurityPolicy::P20251014 },
            versions: VERSIONS.to_vec(),
            groups: Vec::new(),
            key_shares: Vec::new(),
            suites: Vec::new(),
            schemes: Vec::new(),
            identity: None,
            other_identity: None,
            named_authority: None,
            ocsp_response: None,
            pre_shared_keys: Vec::new(),
            root: trusted.root.clone(),
            client_certificate: Wanted::No,
            alpn: Vec::new(),
            name: "localhost",
            key_log: None,
            padding: None,
            cookie: false,
            max_fragment_length: None,
            no_extended_main_secret: false,
            fallback: false,
            renegotiation: Renegotiation::Decline,
            now: now(),
            ticket_request: None,
            memory: None,
            kept: Kept::InTickets,
            early_data: None,
        }
    }

    /// A server that presents this chain and wants no certificate.
    pub(crate) fn server(chain: &Chain) -> Self {
        Self { identity: Some(chain.leaf.clone()), ..Self::client(chain) }
    }

    /// The same, with this version and no other.
    pub(crate) fn at(self, version: ProtocolVersion) -> Self {
        Self { versions: vec![version], ..self }
    }

    /// The same, with this suite and no other.
    pub(crate) fn suite(self, suite: CipherSuite) -> Self {
        Self { suites: vec![suite], ..self }
    }

    /// The same, with these groups, all of which a client shares.
    pub(crate) fn groups(self, groups: &[NamedGroup]) -> Self {
        Self { groups: groups.to_vec(), key_shares: groups.to_vec(), ..self }
    }
}

/// A key log in memory, for any of the implementations.
#[derive(Debug, Default)]
pub(crate) struct Lines(Mutex<Vec<String>>);

impl Lines {
    pub(crate) fn push(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }

    fn push_secret(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        self.push(format!("{label} {} {}", hex(client_random), hex(secret)));
    }

    /// The lines in order of the alphabet: implementations differ in when they learn a secret.
    pub(crate) fn sorted(&self) -> Vec<String> {
        let mut lines = self.0.lock().unwrap().clone();
        lines.sort();
        lines
    }
}

impl tls_core::KeyLog for Lines {
    fn log(&self, label: &'static str, client_random: &[u8; 32], secret: &[u8]) {
        self.push_secret(label, client_random, secret);
    }
}

impl rustls::KeyLog for Lines {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        self.push_secret(label, client_random, secret);
    }
}
