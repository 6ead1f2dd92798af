//! HTTPS for servers.

use std::error;

use hyper::body::{Body, Incoming};
use hyper::service::Service;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use crate::acceptor::Acceptor;
use crate::error::HandshakeError;
use crate::hyper::{H2, application_protocol};

type BoxError = Box<dyn error::Error + Send + Sync>;

/// What a client that speaks HTTP to an HTTPS port is told.
const PLAIN_HTTP: &[u8] = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\n\
    Content-Length: 28\r\n\r\nThis port speaks only HTTPS.";

/// Serves one client: the TLS handshake, then HTTP/1.1 or HTTP/2, whichever was agreed on in it.
///
/// The loop that accepts connections should spawn this, not await it: it takes as long as the client stays. A client
/// that speaks plain HTTP is told so in its own language.
///
/// ```no_run
/// # use {http_body_util::Full, hyper::{Request, Response, body::{Bytes, Incoming}, service::service_fn}};
/// # use tls_tokio::{Acceptor, hyper::serve_connection};
/// # async fn hello(_: Request<Incoming>) -> Result<Response<Full<Bytes>>, std::convert::Infallible> { todo!() }
/// # async fn run(acceptor: Acceptor, listener: tokio::net::TcpListener) -> std::io::Result<()> {
/// loop {
///     let (tcp, _) = listener.accept().await?;
///     tokio::spawn(serve_connection(acceptor.clone(), tcp, service_fn(hello)));
/// }
/// # }
/// ```
pub async fn serve_connection<IO, S, B>(acceptor: Acceptor, io: IO, service: S) -> Result<(), BoxError>
where
    IO: AsyncRead + AsyncWrite + Unpin + 'static,
    S: Service<Request<Incoming>, Response = Response<B>>,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    let stream = match acceptor.accept(io).await {
        Ok(stream) => stream,
        Err(error) => return Err(refuse(error).await.into()),
    };
    let builder = auto::Builder::new(TokioExecutor::new());
    let builder = match application_protocol(&stream) {
        Some(H2) => builder.http2_only(),
        Some(_) => builder.http1_only(),
        None => builder,
    };
    builder.serve_connection(TokioIo::new(stream), service).await
}

/// Answers a client that speaks HTTP without TLS.
async fn refuse<IO: AsyncRead + AsyncWrite + Unpin>(error: HandshakeError<IO>) -> std::io::Error {
    if !error.is_not_tls() {
        return error.into();
    }
    let (mut io, failure) = error.into_io_and_failure();
    // The client may be gone; that it does not speak TLS is what there is to report.
    if io.write_all(PLAIN_HTTP).await.is_ok() {
        let _ = io.shutdown().await;
    }
    failure.into()
}
