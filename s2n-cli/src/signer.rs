//! `s2n signer`: a server of signatures.

mod audit;
mod permissions;

use std::path::{Path, PathBuf};

use tls_core::KeyId;
use tls_core::ciphersuites::{KeyType, PrivateKey};
use tls_tokio::signer::LocalSigner;
use tls_tokio::signer::remote::{AllowedClient, Endpoint, Listener, ServedKey, Server};

use crate::elsewhere::token::TokenKeys;
use crate::failure::{Failure, plain};
use crate::program::Status;
use crate::signer::audit::AuditLog;
use crate::trust::Trust;
use crate::{address, identity, notation, output, trust};

/// Serve private keys to programs elsewhere, which ask for the signatures of TLS handshakes
///
/// Who may ask must be said: by --client-cert, or by --permissions. Nothing is signed but what a TLS handshake needs,
/// over TLS 1.3 with post-quantum keys, and each request leaves a line in the audit log. s2nd and s2nc ask with
/// --remote-signer; docs/remote-signer.md has the protocol. An interrupt lets what is under way finish, and ends it.
#[derive(Debug, clap::Args)]
pub(crate) struct Signer {
    /// Where to listen: HOST:PORT, or unix:PATH for a socket of this machine. Port 0 takes any that is free
    address: Endpoint,
    /// Private key to sign with; may be repeated
    #[arg(long, value_name = "PEM", required_unless_present = "uris")]
    key: Vec<PathBuf>,
    #[command(flatten)]
    tokens: TokenKeys,
    /// Certificate of the key in a token, at the same place as its --pkcs11-uri
    #[arg(long, value_name = "PEM", requires = "uris")]
    cert: Vec<PathBuf>,
    /// Certificate chain by which clients know this signer, its own certificate first
    #[arg(long, value_name = "PEM")]
    tls_cert: PathBuf,
    /// Private key of that certificate
    #[arg(long, value_name = "PEM")]
    tls_key: PathBuf,
    /// Serve the client with this certificate: all keys, to be a TLS server; may be repeated
    #[arg(long, value_name = "PEM")]
    client_cert: Vec<PathBuf>,
    /// Requests per second of each client of --client-cert; twice as many may come at once
    #[arg(long, value_name = "N", requires = "client_cert", value_parser = clap::value_parser!(u32).range(1..))]
    rate: Option<u32>,
    /// Serve the clients that this file names, one a line: NAME, then cert=PEM, sha256=HEX or key-sha256=HEX, and any of
    /// keys=PEM|ID,... use=tls13-server,tls12-server,tls13-client,tls12-client rate=N burst=N connections=N
    #[arg(long, value_name = "FILE")]
    permissions: Option<PathBuf>,
    /// Clients' certificates must come from the CAs in this PEM file, too, and be valid
    #[arg(long, value_name = "PEM")]
    client_ca: Option<PathBuf>,
    /// Append the audit log to this file instead of writing it to standard error
    #[arg(long, value_name = "FILE")]
    audit_log: Option<PathBuf>,
}

/// A key that is served, and the file that it, or its certificate, came from.
#[derive(Debug)]
pub(crate) struct KeyFile {
    file: PathBuf,
    id: KeyId,
    key_type: KeyType,
}

impl Signer {
    pub(crate) async fn run(self) -> Result<Status, Failure> {
        let (server, keys) = self.server()?;
        let listener = listen(&self.address).await?;
        let endpoint =
            listener.endpoint().map_err(|error| Failure::set_up("listen_failed", plain(&error)))?;
        let line = |key: &KeyFile| format!("Key {} {}: {}\n", key.id, key.key_type, key.file.display());
        let keys: String = keys.iter().map(line).collect();
        let own = notation::hex(&fingerprint(&self.tls_cert)?);
        let file = self.tls_cert.display();
        output::block(&format!("{keys}Certificate SHA-256 {own}: {file}\nListening on {endpoint}\n"));
        server.serve(listener, end_is_wanted()).await;
        Ok(Status::Done)
    }

    fn server(&self) -> Result<(Server, Vec<KeyFile>), Failure> {
        let mut server = Server::builder(identity::load(&self.tls_cert, &self.tls_key)?);
        let mut keys = Vec::new();
        for file in &self.key {
            let signer = LocalSigner::new(read_key(file)?);
            keys.push(KeyFile { file: file.clone(), id: signer.key_id(), key_type: signer.key_type() });
            server = server.key(signer);
        }
        for (file, uri) in self.cert.iter().zip(self.token_uris()?) {
            let identity = identity::load_public(file)?;
            let signer = self.tokens.open(uri, &identity, file)?;
            keys.push(KeyFile { file: file.clone(), id: identity.key_id(), key_type: identity.key_type() });
            server = server.key(ServedKey::of_identity(&identity, signer));
        }
        for client in self.clients(&keys)? {
            server = server.client(client);
        }
        let trust = Trust { ca_file: self.client_ca.as_deref(), ..Trust::default() };
        if let Some(roots) = trust.given_roots()? {
            server = server.client_roots(roots);
        }
        let log = AuditLog::open(self.audit_log.as_deref())?;
        let server = server.audit(move |event| log.write(event)).build();
        let server = server.map_err(|error| Failure::set_up("bad_configuration", error.to_string()))?;
        Ok((server, keys))
    }

    /// As many as there are certificates for them.
    fn token_uris(&self) -> Result<&[String], Failure> {
        let (uris, certs) = (self.tokens.uris(), self.cert.len());
        if uris.len() == certs {
            return Ok(uris);
        }
        let uris = uris.len();
        let sentence = format!(
            "{uris} --pkcs11-uri and {certs} --cert were given; each key in a token needs its certificate"
        );
        Err(Failure::set_up("unpaired_key", sentence))
    }

    fn clients(&self, keys: &[KeyFile]) -> Result<Vec<AllowedClient>, Failure> {
        let mut clients = Vec::new();
        for file in &self.client_cert {
            let client = AllowedClient::by_certificate(&file.display().to_string(), fingerprint(file)?);
            clients.push(match self.rate {
                Some(rate) => client.rate(rate, rate.saturating_mul(2)),
                None => client,
            });
        }
        if let Some(file) = &self.permissions {
            clients.extend(permissions::read(file, keys)?);
        }
        if clients.is_empty() {
            return Err(Failure::set_up(
                "no_clients",
                "nobody may ask for signatures: name clients with --client-cert or --permissions",
            ));
        }
        Ok(clients)
    }
}

fn read_key(file: &Path) -> Result<PrivateKey, Failure> {
    let pem = trust::read(file, "private key file")?;
    PrivateKey::from_pem(&pem).map_err(|error| {
        Failure::set_up("bad_key", format!("{}: the private key does not load: {error}", file.display()))
    })
}

/// The SHA-256 of the first certificate in a file.
fn fingerprint(file: &Path) -> Result<[u8; 32], Failure> {
    let identity = identity::load_public(file)?;
    Ok(identity.fingerprint())
}

async fn listen(endpoint: &Endpoint) -> Result<Listener, Failure> {
    if let Endpoint::Tcp(host, port) = endpoint {
        return address::listen(host, *port).await.map(Listener::Tcp);
    }
    endpoint.listen().await.map_err(|error| {
        let why = match error.kind() {
            std::io::ErrorKind::AddrInUse => "something listens there, or is in its place".to_owned(),
            std::io::ErrorKind::NotFound => "the folder does not exist".to_owned(),
            _ => plain(&error),
        };
        Failure::set_up("listen_failed", format!("cannot listen on {endpoint}: {why}"))
    })
}

/// Ready when the user, or the system, wants the program to end.
async fn end_is_wanted() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
