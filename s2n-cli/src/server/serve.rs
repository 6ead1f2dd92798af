//! Accepting and serving.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use tls_core::ciphersuites::SecurityPolicy;
use tls_tokio::{Acceptor, TlsStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::address;
use crate::echo::{self, Output};
use crate::failure::{Failure, plain};
use crate::program::{Program, Status};
use crate::recorder::Recorder;
use crate::report::{Report, Versions};
use crate::server::fanout::Fanout;
use crate::server::{Server, SetUp};
use crate::{http, notation, output, policy_file};

/// How long to wait when the system has no room for another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until the given number of connections is done, or the user has enough.
pub(crate) async fn run(server: Server) -> Result<Status, Failure> {
    let policy = policy_file::chosen(&server.ciphers, server.policy_file.as_deref())?;
    let SetUp { config, signer, made } = server.set_up(policy.clone()).await?;
    let listener = address::listen(&server.host, server.port).await?;
    let local = listener.local_addr().map_err(|error| Failure::set_up("listen_failed", plain(&error)))?;
    announce(&server, local, made);

    let acceptor = Acceptor::new(config).signer(signer).handshake_timeout(server.handshake_timeout());
    let fanout = Fanout::default();
    if server.echoes() {
        tokio::spawn(fanout.clone().run());
    }
    let service = Arc::new(Service { server, policy, acceptor, fanout });
    tokio::select! {
        status = accept(listener, service) => Ok(status),
        _ = tokio::signal::ctrl_c() => Ok(Status::Done),
    }
}

fn announce(server: &Server, local: SocketAddr, made: Option<[u8; 32]>) {
    let fingerprint = made.map(|fingerprint| notation::hex(&fingerprint));
    if server.json {
        output::line(
            &json!({ "listening": {
                "address": local.ip().to_string(),
                "port": local.port(),
                "certificate_sha256": fingerprint,
            }})
            .to_string(),
        );
        return;
    }
    let mut text = String::new();
    if let Some(fingerprint) = fingerprint {
        // What listens everywhere is not an address to connect to.
        let host = if local.ip().is_unspecified() { "localhost" } else { &server.host };
        let echo = if server.echoes() { "--echo " } else { "" };
        text = format!(
            "Made a self-signed certificate, SHA-256 {fingerprint}\n\
             To connect: s2nc {echo}--pin {fingerprint} {host} {}\n",
            local.port()
        );
    }
    output::block(&format!("{text}Listening on {}\n", notation::host_and_port(&server.host, local.port())));
}

/// What every connection shares.
#[derive(Debug)]
struct Service {
    server: Server,
    policy: SecurityPolicy,
    acceptor: Acceptor,
    fanout: Fanout,
}

/// Accepts, and serves each connection in a task of its own. Returns the worst that happened to any.
async fn accept(listener: TcpListener, service: Arc<Service>) -> Status {
    let mut left = service.server.max_conns;
    let mut tasks = JoinSet::new();
    let mut worst = Status::Done;
    while left != Some(0) {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    left = left.map(|left| left.saturating_sub(1));
                    let service = Arc::clone(&service);
                    tasks.spawn(async move { service.connection(stream, peer).await });
                }
                Err(error) => {
                    output::diagnostic(&format!("s2nd: a connection could not be accepted: {}", plain(&error)));
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(ended) = tasks.join_next() => worst = worst.max(ended.unwrap_or(Status::Later)),
        }
    }
    drop(listener);
    while let Some(ended) = tasks.join_next().await {
        worst = worst.max(ended.unwrap_or(Status::Later));
    }
    worst
}

impl Service {
    /// Serves one connection to its end, and tells if it failed: the others go on.
    async fn connection(&self, stream: TcpStream, peer: SocketAddr) -> Status {
        match self.serve(stream, peer).await {
            Ok(()) => Status::Done,
            Err(failure) => {
                match self.server.json {
                    true => output::line(&failure.to_json().to_string()),
                    false => output::diagnostic(&failure.to_text(Server::NAME)),
                }
                failure.status()
            }
        }
    }

    async fn serve(&self, stream: TcpStream, peer: SocketAddr) -> Result<(), Failure> {
        let server = &self.server;
        let _ = stream.set_nodelay(true);
        let began = Instant::now();
        let mut stream = match self.acceptor.accept(Recorder::new(stream)).await {
            Ok(stream) => stream,
            Err(error) => {
                let failure = Failure::of_handshake(&peer.to_string(), error.failure());
                if server.https_server && error.is_not_tls() {
                    http::refuse(&mut error.into_parts().0).await;
                }
                return Err(failure);
            }
        };
        let report = self.report(&stream, peer, began.elapsed());
        if let Some(report) = &report {
            match server.json {
                true => output::line(&report.to_json().to_string()),
                false => output::block(&format!("{}s2n is ready\n", report.to_text())),
            }
        }
        if server.negotiate {
            return echo::close(stream).await;
        }
        if !server.https_server {
            self.tell_early_data(&mut stream).await?;
        }
        if server.https_server {
            http::read_request(&mut stream).await?;
            match server.https_bench {
                Some(len) => http::bench(&mut stream, len, server.json).await?,
                None => {
                    http::answer(&mut stream, &report.map_or_else(String::new, |report| report.to_text()))
                        .await?
                }
            }
            return echo::close(stream).await;
        }
        let output = if server.json { Output::Discarded } else { Output::Stdout };
        echo::echo(stream, &mut self.fanout.join(), output).await
    }

    /// Reads early data, of which there is no more than the configuration permits, and prints it.
    async fn tell_early_data(&self, stream: &mut TlsStream<Recorder<TcpStream>>) -> Result<(), Failure> {
        let len = usize::try_from(stream.early_data_len()).unwrap_or(usize::MAX);
        if len == 0 {
            return Ok(());
        }
        let data = echo::read(stream, len).await?;
        if !self.server.json {
            output::line(&format!("Early Data received: {}", String::from_utf8_lossy(&data)));
        }
        Ok(())
    }

    fn report(
        &self,
        stream: &TlsStream<Recorder<TcpStream>>,
        peer: SocketAddr,
        handshake_time: Duration,
    ) -> Option<Report> {
        let (facts, recording) = (stream.facts()?, stream.get_ref().recording());
        let versions = Versions::of_server(&self.policy, facts);
        let report = Report::new(facts, versions, recording, peer.to_string(), handshake_time);
        Some(report.signed(stream.signing()))
    }
}
