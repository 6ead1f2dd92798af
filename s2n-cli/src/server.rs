//! `s2nd`: a server.

mod fanout;
mod serve;
mod ticket_keys;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::ArgAction;
use tls_core::ciphersuites::SecurityPolicy;
use tls_core::{
    ClientAuthentication, EarlyDataAcceptance, PreSharedKey, PreSharedKeys, ReplayGuard, Role, ServerConfig,
    ServerSessionStore, UnixTime,
};
use tls_tokio::signer::KeyRing;

use crate::elsewhere::KeysElsewhere;
use crate::failure::{Failure, plain};
use crate::identity::Own;
use crate::program::{Program, Status};
use crate::trust::Trust;
use crate::unsupported::{self, Unsupported};
use crate::{client, fips, heading, identity, pre_shared_key};

/// Serves TLS to many clients at once, and tells what was agreed on with each.
///
/// What clients send goes to standard output; standard input goes to every client that is connected. A connection ends
/// when its client closes it. Exit codes: 0 all was done, 1 wrong usage or no port to listen on; with --max-conns also
/// 2 a handshake failed, 3 something failed later.
#[derive(Debug, clap::Parser)]
#[command(name = "s2nd", version, infer_long_args = true)]
pub(crate) struct Server {
    /// Name or address to listen on
    host: String,
    /// Port to listen on; 0 takes any that is free
    port: u16,
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
    /// Application protocols to speak, best first, with commas between them
    #[arg(short = 'A', long, short_alias = 'a', value_name = "LIST", value_delimiter = ',')]
    alpn: Vec<String>,
    /// Give up on a handshake after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    handshake_timeout: u64,
    /// End after so many connections; 1 if no number is given
    #[arg(short = 'X', long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "1", value_parser = clap::value_parser!(u64).range(1..))]
    max_conns: Option<u64>,
    /// Certificate chain, the server's own certificate first; may be repeated, each with its --key. Without one and
    /// without --psk, a self-signed certificate is made
    #[arg(long, value_name = "PEM", help_heading = heading::OWN)]
    cert: Vec<PathBuf>,
    /// Private key of the certificate at the same place
    #[arg(long, value_name = "PEM", help_heading = heading::OWN)]
    key: Vec<PathBuf>,
    /// OCSP response about the certificate, in DER, to staple to it for clients that ask
    #[arg(long, value_name = "DER", help_heading = heading::OWN)]
    ocsp: Option<PathBuf>,
    #[command(flatten)]
    elsewhere: KeysElsewhere,
    /// Clients must present a certificate; --ca-file, --ca-dir or --insecure says which are good
    #[arg(short, long = "mutualAuth", help_heading = heading::TRUST)]
    mutual_auth: bool,
    /// Clients are asked for a certificate and may decline
    #[arg(long, conflicts_with_all = ["mutual_auth", "insecure"], help_heading = heading::TRUST)]
    mutual_auth_optional: bool,
    /// Trust clients whose certificates come from the CAs in this PEM file
    #[arg(short = 't', long, value_name = "PEM", help_heading = heading::TRUST)]
    ca_file: Option<PathBuf>,
    /// Trust clients whose certificates come from the CAs in the PEM files of this folder
    #[arg(short = 'd', long, value_name = "FOLDER", help_heading = heading::TRUST)]
    ca_dir: Option<PathBuf>,
    /// Accept any certificate from clients; -t and -d take precedence. For tests only
    #[arg(short, long, help_heading = heading::TRUST)]
    insecure: bool,
    /// Seal session tickets by a key made from this file, of 32 random bytes or more, so that servers with the same file
    /// resume each other's sessions. Tickets are given for two hours, and taken for fifteen, from the start. Without it,
    /// keys are made here and replaced every hour
    #[arg(long, value_name = "FILE", help_heading = heading::SESSIONS)]
    stk_file: Option<PathBuf>,
    /// No session tickets: only clients of TLS 1.2 resume, by session ids
    #[arg(short = 'T', long, conflicts_with = "stk_file", help_heading = heading::SESSIONS)]
    no_session_ticket: bool,
    /// Take so many bytes of early data from clients that resume, but for the first seconds after the start, and by --psk;
    /// and tell what it was, after the handshake; 0 takes none. This server's own replays are kept away, not those to
    /// another with its --stk-file or --psk, nor, by --psk, those of what came before it was last started
    #[arg(
        short = 'E',
        long,
        value_name = "BYTES",
        default_value_t = 0,
        conflicts_with = "no_session_ticket",
        help_heading = heading::SESSIONS
    )]
    max_early_data: u32,
    /// Take this pre-shared key of TLS 1.3: identity, bytes in hexadecimal, at least 16, and SHA256 or SHA384; may be
    /// repeated, best first. Without --cert there is no certificate, then. Other users of this machine can see the key
    #[arg(short = 'P', long, value_name = "IDENTITY,HEX,HASH", value_parser = pre_shared_key::parse, help_heading = heading::SESSIONS)]
    psk: Vec<PreSharedKey>,
    /// Close each connection after its handshake
    #[arg(short, long, conflicts_with = "https_server", help_heading = heading::DATA)]
    negotiate: bool,
    /// Answer each connection's HTTP/1.1 request with a page about the connection
    #[arg(short = 'w', long, help_heading = heading::DATA)]
    https_server: bool,
    /// With -w: answer with so many zeros instead
    #[arg(short = 'b', long, value_name = "BYTES", requires = "https_server", help_heading = heading::DATA)]
    https_bench: Option<usize>,
    /// Clients may ask for smaller records by max_fragment_length
    #[arg(long, help_heading = heading::DATA)]
    enable_mfl: bool,
    /// Tell everything as one line of JSON per connection or failure; what clients send is not printed
    #[arg(long, help_heading = heading::OUTPUT)]
    json: bool,
    /// Append all connections' secrets to this file, for debugging: who has them can read the connections
    #[arg(long, value_name = "FILE", help_heading = heading::OUTPUT)]
    key_log: Option<PathBuf>,
    /// Many connections are served at once in any case
    #[arg(long, hide = true, action = ArgAction::SetTrue)]
    parallelize: bool,
    /// TLS 1.3 is spoken with every client that can, TLS 1.2 with the others
    #[arg(long, hide = true)]
    tls13: bool,
    /// Non-blocking I/O is used in any case
    #[arg(long, hide = true)]
    non_blocking: bool,
    /// Flights are written whole in any case
    #[arg(short = 'C', long, hide = true)]
    corked_io: bool,
}

/// For clients that take no tickets; s2n-tls's program has room for 256.
const STORED_SESSIONS: usize = 1024;

/// Connections with early data by a pre-shared key: all must be remembered, and then no more is taken.
const EARLY_DATA_BY_KEY: usize = 1 << 16;

/// What connections are accepted with.
#[derive(Debug)]
struct SetUp {
    config: Arc<ServerConfig>,
    signer: KeyRing,
    /// The SHA-256 of the certificate if it was made on the spot.
    made: Option<[u8; 32]>,
}

impl Program for Server {
    const NAME: &'static str = "s2nd";
    const UNSUPPORTED: &'static [Unsupported] = unsupported::SERVER;

    fn json(&self) -> bool {
        self.json
    }

    async fn run(self) -> Result<Status, Failure> {
        if self.enter_fips_mode {
            fips::enter(Self::NAME, !self.json)?;
        }
        serve::run(self).await
    }
}

impl Server {
    async fn set_up(&self, policy: SecurityPolicy) -> Result<SetUp, Failure> {
        let (own, made) = self.identities().await?;
        self.elsewhere.test(&own, &policy, Role::Server).await?;
        let keys = pre_shared_key::with_early_data(&self.psk, self.max_early_data, &policy, &self.alpn);
        let mut builder = ServerConfig::builder()
            .policy(policy)
            .accept_max_fragment_length(self.enable_mfl)
            .client_authentication(self.client_authentication()?)
            .alpn(self.alpn.iter().map(String::as_str));
        if !self.enter_fips_mode {
            builder = builder.permit_unapproved();
        }
        let ocsp_response = self.ocsp_response()?;
        for identity in own.identities {
            builder = builder.identity(identity.with_ocsp_response(ocsp_response.as_slice()));
        }
        if !keys.is_empty() {
            builder = builder.pre_shared_keys(PreSharedKeys::Known(keys));
        }
        builder = builder.session_store(ServerSessionStore::new(STORED_SESSIONS).into());
        builder = match self.no_session_ticket {
            true => builder.tickets_per_handshake(0),
            false => builder.ticket_keys(ticket_keys::of(self.stk_file.as_deref())?.into()),
        };
        if self.max_early_data > 0 {
            let guard = ReplayGuard::once_per_client_hello(UnixTime::now()).external_keys(EARLY_DATA_BY_KEY);
            let acceptance = EarlyDataAcceptance::Guarded(Arc::new(guard));
            builder = builder.early_data(self.max_early_data, acceptance);
        }
        if let Some(path) = &self.key_log {
            builder = builder.key_log(client::key_log(path)?);
        }
        let config =
            builder.build().map_err(|error| Failure::set_up("bad_configuration", error.to_string()))?;
        Ok(SetUp { config, signer: own.signer, made })
    }

    /// The identities, and the SHA-256 of the certificate if it was made on the spot.
    async fn identities(&self) -> Result<(Own, Option<[u8; 32]>), Failure> {
        let mut own = Own::load(&self.cert, &self.key, &self.elsewhere).await?;
        if !own.identities.is_empty() || !self.psk.is_empty() {
            return Ok((own, None));
        }
        let identity = identity::self_signed(&self.host)?;
        let fingerprint = identity.fingerprint();
        own.identities.push(identity);
        Ok((own, Some(fingerprint)))
    }

    /// Empty: there is none.
    fn ocsp_response(&self) -> Result<Vec<u8>, Failure> {
        let Some(path) = &self.ocsp else { return Ok(Vec::new()) };
        std::fs::read(path).map_err(|error| {
            let (path, why) = (path.display(), plain(&error));
            Failure::set_up("ocsp_response_not_read", format!("--ocsp {path}: {why}"))
        })
    }

    fn client_authentication(&self) -> Result<ClientAuthentication, Failure> {
        if !self.asks_clients() {
            return Ok(ClientAuthentication::None);
        }
        let trust = Trust {
            ca_file: self.ca_file.as_deref(),
            ca_dir: self.ca_dir.as_deref(),
            insecure: self.insecure,
            pins: &[],
            pre_shared_keys: &[],
        };
        match trust.given_roots()? {
            Some(roots) if self.mutual_auth => Ok(ClientAuthentication::Required(roots)),
            Some(roots) => Ok(ClientAuthentication::Optional(roots)),
            None if self.insecure => Ok(ClientAuthentication::RequiredUnverified),
            None => Err(Failure::set_up(
                "no_client_trust",
                "clients are to present certificates, but nothing says which are good: name their CA with --ca-file \
                 or --ca-dir, or accept any with --insecure",
            )),
        }
    }

    fn asks_clients(&self) -> bool {
        self.mutual_auth || self.mutual_auth_optional
    }

    /// Whether connections carry standard input and output.
    fn echoes(&self) -> bool {
        !self.negotiate && !self.https_server
    }

    fn handshake_timeout(&self) -> Duration {
        Duration::from_secs(self.handshake_timeout)
    }
}
