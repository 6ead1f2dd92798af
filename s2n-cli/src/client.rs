//! `s2nc`: a client.

mod session;
mod sessions;
mod watched;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tls_core::ciphersuites::SecurityPolicy;
use tls_core::{ClientConfig, MaxFragmentLength, PreSharedKey, Renegotiation, Role, SessionStore};
use tls_tokio::KeyLogFile;
use tls_tokio::signer::KeyRing;

use crate::elsewhere::KeysElsewhere;
use crate::failure::Failure;
use crate::identity::Own;
use crate::program::{Program, Status};
use crate::trust::Trust;
use crate::unsupported::{self, Unsupported};
use crate::{fips, heading, notation, pre_shared_key};

/// Connects to a TLS server and tells what was agreed on.
///
/// Exit codes: 0 all was done, 1 wrong usage or no connection, 2 the handshake failed, 3 something failed later.
#[derive(Debug, clap::Parser)]
#[command(name = "s2nc", version, infer_long_args = true)]
pub(crate) struct Client {
    /// Name or address of the server
    host: String,
    /// Port of the server
    #[arg(default_value_t = 443)]
    port: u16,
    /// Name to ask for, and that the certificate must be for, if it is not HOST
    #[arg(short, long)]
    name: Option<String>,
    /// Security policy, by its name: s2n policy list tells all
    #[arg(short, long, value_name = "POLICY", default_value = "default")]
    ciphers: String,
    /// Security policy from a TOML file, in place of a name
    #[arg(long, value_name = "FILE", conflicts_with = "ciphers")]
    policy_file: Option<PathBuf>,
    /// Check that this build's FIPS module is in order and say so, then refuse what is not approved. Without this a
    /// build with such a module permits what it is asked for; one without it cannot do this
    #[arg(long)]
    enter_fips_mode: bool,
    /// Application protocols to offer, best first, with commas between them
    #[arg(short, long, value_name = "LIST", value_delimiter = ',')]
    alpn: Vec<String>,
    /// Give up on a handshake after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    handshake_timeout: u64,
    /// Trust the CA certificates in this PEM file instead of the system's
    #[arg(short = 'f', long, value_name = "PEM", help_heading = heading::TRUST)]
    ca_file: Option<PathBuf>,
    /// Trust the CA certificates in the PEM files of this folder instead of the system's
    #[arg(short = 'd', long, value_name = "FOLDER", help_heading = heading::TRUST)]
    ca_dir: Option<PathBuf>,
    /// Trust the server whose certificate has this SHA-256, and no other; may be repeated
    #[arg(long, value_name = "SHA256", value_parser = notation::parse_sha256, conflicts_with_all = ["ca_file", "ca_dir", "insecure"], help_heading = heading::TRUST)]
    pin: Vec<[u8; 32]>,
    /// Trust any server; -f and -d take precedence. For tests only: anyone can be the server
    #[arg(short, long, help_heading = heading::TRUST)]
    insecure: bool,
    /// Ask the server for an OCSP response about its certificate, and tell how long it is. It is not verified, and a server
    /// that has none is not refused
    #[arg(short, long, help_heading = heading::TRUST)]
    status: bool,
    /// Certificate chain to show to a server that asks, the client's own certificate first; may be repeated, each with
    /// its --key, for the server's request to choose from
    #[arg(short = 'l', long, value_name = "PEM", requires = "own_key", help_heading = heading::OWN)]
    cert: Vec<PathBuf>,
    /// Private key of the certificate at the same place
    #[arg(short, long, value_name = "PEM", requires = "cert", group = "own_key", help_heading = heading::OWN)]
    key: Vec<PathBuf>,
    #[command(flatten)]
    elsewhere: KeysElsewhere,
    /// Connect five times more, each time resuming the session of the connection before
    #[arg(short, long, help_heading = heading::SESSIONS)]
    reconnect: bool,
    /// Resume the session in this file, which --ticket-out has left
    #[arg(long, value_name = "FILE", help_heading = heading::SESSIONS)]
    ticket_in: Option<PathBuf>,
    /// Leave a session in this file, for --ticket-in: who has it can resume it in the client's name
    #[arg(long, value_name = "FILE", help_heading = heading::SESSIONS)]
    ticket_out: Option<PathBuf>,
    /// No session tickets: nothing is resumed, and nothing kept for that
    #[arg(short = 'T', long, conflicts_with_all = ["reconnect", "ticket_in", "ticket_out", "early_data"], help_heading = heading::SESSIONS)]
    no_session_ticket: bool,
    /// Send this file first, as early data in connections that resume a session which permits it, or else by the first
    /// --psk, for a server that takes so much by it; and after the handshake in others. Early data can be replayed: what it
    /// asks for may be done twice
    #[arg(short = 'E', long, value_name = "FILE", help_heading = heading::SESSIONS)]
    early_data: Option<PathBuf>,
    /// Offer this pre-shared key of TLS 1.3: identity, bytes in hexadecimal, at least 16, and SHA256 or SHA384; may be
    /// repeated, best first. The server must choose one, unless --ca-file, --ca-dir, --pin or --insecure say which
    /// certificates are good, too. Other users of this machine can see the key
    #[arg(short = 'P', long, value_name = "IDENTITY,HEX,HASH", value_parser = pre_shared_key::parse, help_heading = heading::SESSIONS)]
    psk: Vec<PreSharedKey>,
    /// Carry standard input to the server and what it sends to standard output, until the server closes. The end of
    /// standard input tells the server that nothing more will come
    #[arg(short, long, help_heading = heading::DATA)]
    echo: bool,
    /// Send this file after the handshake
    #[arg(long, value_name = "FILE", help_heading = heading::DATA)]
    send_file: Option<PathBuf>,
    /// Change the keys of both directions after the handshake
    #[arg(long, help_heading = heading::DATA)]
    key_update: bool,
    /// What to do when a TLS 1.2 server wants to do the handshake again amid the data
    #[arg(long, value_name = "ANSWER", value_enum, default_value_t = Answer::Reject, help_heading = heading::DATA)]
    renegotiation: Answer,
    /// Ask the server for records of at most so many bytes: 512, 1024, 2048 or 4096; 0 asks for nothing
    #[arg(short, long, value_name = "BYTES", value_parser = max_fragment_length, help_heading = heading::DATA)]
    mfl: Option<FragmentLength>,
    /// Tell what was agreed on, or why it failed, as one line of JSON; with --echo, the server's bytes follow it
    #[arg(long, help_heading = heading::OUTPUT)]
    json: bool,
    /// Append the connection's secrets to this file, for debugging: who has them can read the connection
    #[arg(short = 'L', long, value_name = "FILE", help_heading = heading::OUTPUT)]
    key_log: Option<PathBuf>,
    /// TLS 1.3 is spoken with every server that can, TLS 1.2 with the others
    #[arg(long, hide = true)]
    tls13: bool,
    /// Non-blocking I/O is used in any case
    #[arg(short = 'B', long, hide = true)]
    non_blocking: bool,
    /// Flights are written whole in any case
    #[arg(short = 'C', long, hide = true)]
    corked_io: bool,
}

impl Program for Client {
    const NAME: &'static str = "s2nc";
    const UNSUPPORTED: &'static [Unsupported] = unsupported::CLIENT;

    fn json(&self) -> bool {
        self.json
    }

    async fn run(self) -> Result<Status, Failure> {
        if self.enter_fips_mode {
            fips::enter(Self::NAME, !self.json)?;
        }
        session::run(&self).await.map(|()| Status::Done)
    }
}

impl Client {
    /// The configuration, and who signs for an identity whose key is not in a file.
    async fn config(
        &self,
        policy: SecurityPolicy,
        store: &Arc<SessionStore>,
        early_data: Option<&[u8]>,
    ) -> Result<(Arc<ClientConfig>, KeyRing), Failure> {
        let own = Own::load(&self.cert, &self.key, &self.elsewhere).await?;
        self.elsewhere.test(&own, &policy, Role::Client).await?;
        let trust = Trust {
            ca_file: self.ca_file.as_deref(),
            ca_dir: self.ca_dir.as_deref(),
            insecure: self.insecure,
            pins: &self.pin,
            pre_shared_keys: &self.psk,
        };
        let early_len = early_data.map_or(0, |data| u32::try_from(data.len()).unwrap_or(u32::MAX));
        let keys = pre_shared_key::with_early_data(&self.psk, early_len, &policy, &self.alpn);
        let mut builder = ClientConfig::builder()
            .policy(policy)
            .server_verification(trust.of_servers()?)
            .pre_shared_keys(keys)
            .renegotiation(self.renegotiation.into())
            .ocsp_stapling(self.status)
            .alpn(self.alpn.iter().map(String::as_str));
        if !self.enter_fips_mode {
            builder = builder.permit_unapproved();
        }
        for identity in own.identities {
            builder = builder.identity(identity);
        }
        if self.resumes() {
            builder = builder.session_store(Arc::clone(store)).early_data(self.early_data.is_some());
        }
        if let Some(FragmentLength(Some(length))) = self.mfl {
            builder = builder.max_fragment_length(length);
        }
        if let Some(path) = &self.key_log {
            builder = builder.key_log(key_log(path)?);
        }
        let config =
            builder.build().map_err(|error| Failure::set_up("bad_configuration", error.to_string()))?;
        Ok((config, own.signer))
    }

    /// Whether sessions are kept. Nobody who asks for none needs one: there is but one connection.
    fn resumes(&self) -> bool {
        self.reconnect || self.ticket_in.is_some() || self.ticket_out.is_some() || self.early_data.is_some()
    }

    fn handshake_timeout(&self) -> Duration {
        Duration::from_secs(self.handshake_timeout)
    }
}

/// What `--renegotiation` says.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Answer {
    /// Do it, where the first handshake was safe to follow, and tell what was agreed on again
    Accept,
    /// Tell the server no, and go on as before
    Reject,
}

impl From<Answer> for Renegotiation {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Accept => Self::Accept,
            Answer::Reject => Self::Decline,
        }
    }
}

/// What `--mfl` asks for; nothing for 0.
#[derive(Clone, Copy, Debug)]
struct FragmentLength(Option<MaxFragmentLength>);

fn max_fragment_length(text: &str) -> Result<FragmentLength, String> {
    let length = match text.parse() {
        Ok(0) => Some(None),
        Ok(bytes) => MaxFragmentLength::from_bytes(bytes).map(Some),
        Err(_) => None,
    };
    length.map(FragmentLength).ok_or_else(|| "max_fragment_length is 512, 1024, 2048 or 4096".to_owned())
}

/// A key log that appends to this file.
pub(crate) fn key_log(path: &std::path::Path) -> Result<Arc<KeyLogFile>, Failure> {
    KeyLogFile::open(path).map(Arc::new).map_err(|error| {
        let (path, why) = (path.display(), crate::failure::plain(&error));
        Failure::set_up("key_log_failed", format!("the key log {path} cannot be written: {why}"))
    })
}
