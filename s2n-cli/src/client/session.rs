//! The client's connections, each from its first byte to its last.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tls_core::ciphersuites::{ProtocolVersion, SecurityPolicy};
use tls_core::{KeyUpdateRequest, ServerName, SessionStore};
use tls_tokio::{Connector, TlsStream};
use tokio::net::TcpStream;

use crate::client::Client;
use crate::client::sessions::Sessions;
use crate::client::watched::Watched;
use crate::echo::{self, Output, Stdin};
use crate::failure::Failure;
use crate::notation::host_and_port;
use crate::recorder::Recorder;
use crate::report::{Report, Versions};
use crate::{address, output, policy_file, trust};

pub(super) type Stream = TlsStream<Recorder<TcpStream>>;

/// Connects, tells, carries and closes.
pub(crate) async fn run(client: &Client) -> Result<(), Failure> {
    let name = address::server_name(client.name.as_ref().unwrap_or(&client.host))?;
    let policy = policy_file::chosen(&client.ciphers, client.policy_file.as_deref())?;
    let store = Arc::new(SessionStore::new(1));
    let read = |path: &std::path::Path| trust::read(path, "file to send");
    let file = client.send_file.as_deref().map(read).transpose()?;
    let early = client.early_data.as_deref().map(read).transpose()?;
    let (config, signer) = client.config(policy.clone(), &store, early.as_deref()).await?;
    let sessions = Sessions::new(client, Arc::clone(&config), name.clone(), store)?;
    let place = host_and_port(&client.host, client.port);

    let connector = Connector::new(config).signer(signer).handshake_timeout(client.handshake_timeout());
    let teller = Teller { client, policy, place, early };
    connect(&connector, name.clone(), &teller, file.as_deref()).await?;
    for _ in 0..sessions.reconnections()? {
        connect(&connector, name.clone(), &teller, file.as_deref()).await?;
    }
    sessions.save()
}

/// One connection.
async fn connect(
    connector: &Connector,
    name: ServerName<'static>,
    teller: &Teller<'_>,
    file: Option<&[u8]>,
) -> Result<(), Failure> {
    let client = teller.client;
    let transport = Recorder::new(address::connect(&client.host, client.port).await?);
    let began = Instant::now();
    let shaken = match &teller.early {
        Some(early) => connector.connect_with_early_data(name, transport, |_| early.clone()).await,
        None => connector.connect(name, transport).await,
    };
    let mut stream = shaken.map_err(|error| Failure::of_handshake(&teller.place, error.failure()))?;
    teller.tell(&stream, began.elapsed(), &format!("s2n is ready\nConnected to {}\n", teller.place));

    if client.key_update {
        update_keys(&mut stream).await?;
    }
    let mut stream = Watched::new(stream, teller);
    if let Some(file) = file {
        if !client.json {
            output::line("Sending file contents:");
            output::block(&String::from_utf8_lossy(file));
        }
        echo::write(&mut stream, file).await?;
    }
    match client.echo {
        true => echo::echo(stream, &mut Stdin::new(), Output::Stdout).await?,
        false => echo::close(stream).await?,
    }
    if !client.json {
        output::line("Connection closed by peer");
    }
    Ok(())
}

/// Tells of one connection.
#[derive(Debug)]
pub(super) struct Teller<'c> {
    client: &'c Client,
    policy: SecurityPolicy,
    place: String,
    /// What is said first, if something is.
    early: Option<Vec<u8>>,
}

impl Teller<'_> {
    /// What a handshake has led to, and in the text's last lines, that it is done.
    pub(super) fn tell(&self, stream: &Stream, handshake_time: Duration, done: &str) {
        let Some(facts) = stream.facts() else { return };
        let versions = Versions::of_client(&self.policy, facts);
        let recording = stream.get_ref().recording();
        let report = Report::new(facts, versions, recording, self.place.clone(), handshake_time)
            .signed(stream.signing());
        match self.client.json {
            true => output::line(&report.to_json().to_string()),
            false => output::block(&format!("{}{done}", report.to_text())),
        }
    }

    /// That the server wants another handshake, and gets it.
    pub(super) fn announce_renegotiation(&self) {
        if !self.client.json {
            output::line("RENEGOTIATE");
        }
    }
}

async fn update_keys(stream: &mut Stream) -> Result<(), Failure> {
    if stream.facts().is_some_and(|facts| facts.version < ProtocolVersion::TLS1_3) {
        return Err(Failure::later(
            "no_key_update",
            "the server speaks TLS 1.2, which cannot change keys: leave --key-update out",
        ));
    }
    stream
        .update_keys(KeyUpdateRequest::Requested)
        .map_err(|error| Failure::tls(crate::program::Status::Later, &error))?;
    // The KeyUpdate goes out with what is written next, or now.
    echo::write(stream, b"").await
}
