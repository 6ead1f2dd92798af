//! What either end of a connection is told, whichever implementation it is.

use std::sync::{Arc, Mutex};

use tests::authority::Pem;
use tls_core::ciphersuites::{CipherSuite, NamedGroup, SecurityPolicy};

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

/// What either end of a connection is told. An empty list leaves the implementation its own default.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Ours only: the rest of the policy.
    pub(crate) policy: SecurityPolicy,
    pub(crate) groups: Vec<NamedGroup>,
    /// Of a client; for rustls it must be the first group.
    pub(crate) key_shares: Vec<NamedGroup>,
    pub(crate) suites: Vec<CipherSuite>,
    pub(crate) identity: Option<Pem>,
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
    /// OpenSSL only: TLS 1.2 and nothing later.
    pub(crate) only_tls12: bool,
}

impl Settings {
    /// A client of `localhost` that trusts the issuer of this chain, whatever the type of key, and has no certificate.
    pub(crate) fn client(trusted: &Chain) -> Self {
        let all: Vec<_> = KEY_TYPES.iter().flat_map(|key_type| key_type.schemes13()).copied().collect();
        Self {
            policy: SecurityPolicy { signature_schemes: all.into(), ..SecurityPolicy::DEFAULT },
            groups: Vec::new(),
            key_shares: Vec::new(),
            suites: Vec::new(),
            identity: None,
            root: trusted.root.clone(),
            client_certificate: Wanted::No,
            alpn: Vec::new(),
            name: "localhost",
            key_log: None,
            padding: None,
            cookie: false,
            only_tls12: false,
        }
    }

    /// A server that presents this chain and wants no certificate.
    pub(crate) fn server(chain: &Chain) -> Self {
        Self { identity: Some(chain.leaf.clone()), ..Self::client(chain) }
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
