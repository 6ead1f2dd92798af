//! HTTPS for hyper-util's client.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::{error, io};

use hyper::Uri;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use tls_core::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tower_service::Service;

use crate::connector::Connector;
use crate::hyper::{H2, application_protocol};
use crate::stream::TlsStream;

type BoxError = Box<dyn error::Error + Send + Sync>;

/// Connects to the hosts of `https` URIs, and refuses others. `T` makes the transports: TCP connections unless told
/// otherwise.
///
/// For `hyper_util::client::legacy::Client::builder(..).build(..)`. The client speaks HTTP/2 where that is agreed on
/// in the handshake, HTTP/1.1 elsewhere.
#[derive(Clone, Debug)]
pub struct HttpsConnector<T = HttpConnector> {
    connector: Connector,
    transport: T,
}

impl HttpsConnector {
    /// HTTPS over TCP.
    pub fn new(connector: Connector) -> Self {
        let mut transport = HttpConnector::new();
        transport.enforce_http(false);
        transport.set_nodelay(true);
        Self::with_transport(connector, transport)
    }
}

impl<T> HttpsConnector<T> {
    /// HTTPS over what `transport` connects.
    pub fn with_transport(connector: Connector, transport: T) -> Self {
        Self { connector, transport }
    }
}

impl<T, IO> Service<Uri> for HttpsConnector<T>
where
    T: Service<Uri, Response = TokioIo<IO>>,
    T::Error: Into<BoxError>,
    T::Future: Send + 'static,
    IO: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    type Response = TokioIo<TlsStream<IO>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.transport.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let name = match server_name(&uri) {
            Ok(name) => name,
            Err(error) => return Box::pin(std::future::ready(Err(error.into()))),
        };
        let connector = self.connector.clone();
        let transport = self.transport.call(uri);
        Box::pin(async move {
            let io = transport.await.map_err(Into::into)?.into_inner();
            // The transport would be of no use to hyper.
            let stream = connector.connect(name, io).await.map_err(io::Error::from)?;
            Ok(TokioIo::new(stream))
        })
    }
}

/// The server that a URI wants.
fn server_name(uri: &Uri) -> io::Result<ServerName<'static>> {
    let refuse =
        |why: &str| io::Error::new(io::ErrorKind::InvalidInput, format!("cannot connect to {uri}: {why}"));
    if uri.scheme_str() != Some("https") {
        return Err(refuse("only https URIs can be used here"));
    }
    let host = uri.host().unwrap_or_default();
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    ServerName::try_from(host.to_owned()).map_err(|_| refuse("its host is neither a DNS name nor an address"))
}

impl<IO: Connection> Connection for TlsStream<IO> {
    fn connected(&self) -> Connected {
        let connected = self.get_ref().connected();
        match application_protocol(self) {
            Some(H2) => connected.negotiated_h2(),
            _ => connected,
        }
    }
}
