//! The protocol as its page has it, byte by byte, without the crate's own codec.

use std::time::Duration;

use tests::authority::Pem;
use tests::pair::localhost;
use tls_tokio::signer::remote::{Endpoint, policy};
use tls_tokio::tls_core::{ClientConfig, ServerVerification};
use tls_tokio::{Connector, TlsStream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Site;
use crate::support::in_time;

/// A client that says what a test wants.
pub(super) struct Raw(pub(super) TlsStream<TcpStream>);

impl Raw {
    pub(super) async fn connect(site: &Site, endpoint: &Endpoint) -> Self {
        Self::offering(site, &site.client, endpoint, &["s2n-signer/1"]).await.unwrap()
    }

    /// Offers these protocols; the error is the handshake's code.
    pub(super) async fn offering(
        site: &Site,
        client: &Pem,
        endpoint: &Endpoint,
        protocols: &[&str],
    ) -> Result<Self, &'static str> {
        let config = ClientConfig::builder()
            .policy(policy())
            .server_verification(ServerVerification::Roots(site.authority.roots()))
            .identity(client.identity())
            .alpn(protocols.iter().copied())
            .build()
            .unwrap();
        let Endpoint::Tcp(host, port) = endpoint else { panic!("{endpoint} is no TCP port") };
        let io = TcpStream::connect((host.as_str(), *port)).await.unwrap();
        let connected = in_time(Connector::new(config).connect(localhost(), io)).await;
        connected.map(Self).map_err(|error| error.code())
    }

    pub(super) async fn send(&mut self, message: &[u8]) {
        let len = u32::try_from(message.len()).unwrap().to_be_bytes();
        self.0.write_all(&[&len, message].concat()).await.unwrap();
    }

    /// The next message, or `None` at the end.
    pub(super) async fn receive(&mut self) -> Option<Vec<u8>> {
        in_time(async {
            let mut message = vec![0; self.0.read_u32().await.ok()?.try_into().unwrap()];
            self.0.read_exact(&mut message).await.ok()?;
            Some(message)
        })
        .await
    }

    /// The connection ends, after any answers, with a goodbye of this kind that says this.
    pub(super) async fn assert_sent_away(&mut self, reason: u8, why: &str) {
        let mut message = self.receive().await.expect("a goodbye");
        while message[0] != 132 {
            message = self.receive().await.expect("a goodbye");
        }
        let detail = String::from_utf8(message[3..].to_vec()).unwrap();
        assert!(message[1] == reason && detail.contains(why), "{} {detail}", message[1]);
        assert_eq!(self.receive().await, None);
    }
}

/// A request for a signature of a TLS 1.3 server by the site's key.
pub(super) fn sign(site: &Site, id: u64, time_left: Duration) -> Vec<u8> {
    let key = super::public(&site.key).key_id();
    let time_left = u32::try_from(time_left.as_millis()).unwrap().to_be_bytes();
    // Scheme, time, no trace, purpose, role, hash.
    [&[1][..], &id.to_be_bytes(), key.as_bytes(), &[4, 3], &time_left, &[0, 1, 1, 32], &[7; 32]].concat()
}

pub(super) fn ping(id: u64) -> Vec<u8> {
    [&[3][..], &id.to_be_bytes()].concat()
}

pub(super) fn cancel(id: u64) -> Vec<u8> {
    [&[2][..], &id.to_be_bytes()].concat()
}
