//! One handshake between a server and a client of this process, with data both ways and a clean close.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tls_core::ciphersuites::SecurityPolicy;
use tls_core::{ClientConfig, Facts, ServerConfig, ServerVerification};
use tls_tokio::{Acceptor, Connector, HandshakeError, TlsStream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::address;
use crate::demo::Script;
use crate::demo::authority::Authority;
use crate::failure::{Failure, plain};
use crate::recorder::{Recorder, Recording};

/// What the server permits: one policy whatever the build, for the stories are about its groups.
pub(super) static SERVER_POLICY: SecurityPolicy = SecurityPolicy::P20251014;

/// The name the client asks for and the certificate holds.
pub(super) const SERVER_NAME: &str = "localhost";

/// What both ends derive to see that they hold the same secrets.
pub(super) const EXPORTER_LABEL: &str = "EXPORTER-s2n-demo";

pub(super) const QUESTION: &[u8] = b"Is anyone recording this for a later day?";

/// What one end knows afterwards.
#[derive(Debug)]
pub(super) struct End {
    pub(super) facts: Facts,
    pub(super) handshake_time: Duration,
    /// What had passed when the handshake was done.
    pub(super) handshake: Recording,
    /// What had passed at the end.
    pub(super) whole: Recording,
    pub(super) exported: [u8; 16],
    pub(super) received: Vec<u8>,
}

/// What happened.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) script: Script,
    pub(super) client: End,
    pub(super) server: End,
}

type Stream = TlsStream<Recorder<TcpStream>>;
type Handshake = Result<Stream, HandshakeError<Recorder<TcpStream>>>;

impl Scene {
    /// Lets a server and a client meet on the loopback interface.
    pub(super) async fn play(script: Script, authority: &Authority) -> Result<Self, Failure> {
        let configuration =
            |error: tls_core::ConfigError| Failure::set_up("bad_configuration", error.to_string());
        let server = ServerConfig::builder()
            .permit_unapproved()
            .policy(SERVER_POLICY.clone())
            .identity(authority.identity()?)
            .build()
            .map_err(configuration)?;
        let client = ClientConfig::builder()
            .permit_unapproved()
            .policy(script.client.clone())
            .server_verification(ServerVerification::Roots(authority.roots.clone()))
            .build()
            .map_err(configuration)?;

        let answer = script.answer;
        let listener = address::listen("127.0.0.1", 0).await?;
        let port =
            listener.local_addr().map_err(|error| Failure::set_up("listen_failed", plain(&error)))?.port();
        let (server, client) =
            tokio::try_join!(serve(server, listener, answer), call(client, port, answer.len()))?;
        if server.exported != client.exported {
            return Err(Failure::later("exporters_differ", "the two ends derived different secrets"));
        }
        if server.received != QUESTION || client.received != answer.as_bytes() {
            return Err(Failure::later("data_differ", "the data that arrived is not what was sent"));
        }
        Ok(Self { script, client, server })
    }
}

async fn serve(config: Arc<ServerConfig>, listener: TcpListener, answer: &str) -> Result<End, Failure> {
    let accepted = listener.accept().await;
    let (stream, _) = accepted.map_err(|error| Failure::set_up("accept_failed", plain(&error)))?;
    let _ = stream.set_nodelay(true);
    let began = Instant::now();
    let handshake = Acceptor::new(config).accept(Recorder::new(stream)).await;
    let (mut stream, mut end) = begin(handshake, began)?;
    let talk = async {
        end.received = vec![0; QUESTION.len()];
        stream.read_exact(&mut end.received).await?;
        stream.write_all(answer.as_bytes()).await?;
        // Zero bytes without an error: the client's close_notify has come.
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await?;
        stream.shutdown().await
    };
    talk.await.map_err(|error| Failure::of_stream(&error))?;
    end.whole = stream.get_ref().recording().clone();
    Ok(end)
}

async fn call(config: Arc<ClientConfig>, port: u16, answer_len: usize) -> Result<End, Failure> {
    let stream = address::connect("127.0.0.1", port).await?;
    let name = address::server_name(SERVER_NAME)?;
    let began = Instant::now();
    let handshake = Connector::new(config).connect(name, Recorder::new(stream)).await;
    let (mut stream, mut end) = begin(handshake, began)?;
    let talk = async {
        stream.write_all(QUESTION).await?;
        end.received = vec![0; answer_len];
        stream.read_exact(&mut end.received).await?;
        stream.shutdown().await?;
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.map(|_| ())
    };
    talk.await.map_err(|error| Failure::of_stream(&error))?;
    end.whole = stream.get_ref().recording().clone();
    Ok(end)
}

/// What an end knows when its handshake is done.
fn begin(handshake: Handshake, began: Instant) -> Result<(Stream, End), Failure> {
    let stream = handshake.map_err(|error| Failure::of_handshake("127.0.0.1", error.failure()))?;
    let handshake_time = began.elapsed();
    let recording = stream.get_ref().recording().clone();
    let mut exported = [0; 16];
    stream
        .export(EXPORTER_LABEL.as_bytes(), None, &mut exported)
        .map_err(|error| Failure::later("export_failed", error.to_string()))?;
    let Some(facts) = stream.facts().cloned() else {
        return Err(Failure::later("no_facts", "the connection was lost as soon as it was made"));
    };
    let end = End {
        facts,
        handshake_time,
        handshake: recording.clone(),
        whole: recording,
        exported,
        received: Vec::new(),
    };
    Ok((stream, end))
}
