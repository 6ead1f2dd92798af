//! OpenSSL, with clients that resume. It takes unsafe code to give a client of its a session: hyper-openssl has that, and
//! keeps the sessions.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use hyper::Uri;
use hyper_openssl::client::legacy::{HttpsConnector, MaybeHttpsStream};
use hyper_util::rt::TokioIo;
use openssl::ssl::{SslConnector, SslMethod, SslStream};
use tower_service::Service;

use crate::peer::openssl::{OpenSsl, configure_client};
use crate::peer::polled::{Lent, Polled, Stream};
use crate::stack::{Buffers, End, Scenario, Stack};
use crate::wire::Wire;

/// Both ends' configurations.
#[expect(missing_debug_implementations, reason = "OpenSSL's have none")]
pub struct OpenSslResuming {
    client: HttpsConnector<Lent>,
    lent: Lent,
    server: OpenSsl,
}

/// What hyper connects by.
impl Service<Uri> for Lent {
    type Response = TokioIo<Self>;
    type Error = Infallible;
    type Future = Ready<Result<TokioIo<Self>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        ready(Ok(TokioIo::new(self.clone())))
    }
}

type ClientStream = TokioIo<MaybeHttpsStream<TokioIo<Lent>>>;

impl Stream for ClientStream {
    fn is_resumed(&self) -> bool {
        matches!(self.inner(), MaybeHttpsStream::Https(stream) if stream.ssl().session_reused())
    }
}

/// Either end.
#[expect(missing_debug_implementations, reason = "the client has none")]
#[expect(clippy::exhaustive_enums, reason = "there are two ends")]
pub enum EitherEnd {
    /// The client.
    Client(Polled<ClientStream>),
    /// The server.
    Server(SslStream<Wire>),
}

impl Stack for OpenSslResuming {
    type End = EitherEnd;

    fn new(scenario: &Scenario) -> Self {
        let mut client = SslConnector::builder(SslMethod::tls()).unwrap();
        configure_client(&mut client, scenario);
        let lent = Lent::default();
        let client = HttpsConnector::with_connector(lent.clone(), client).unwrap();
        Self { client, lent, server: OpenSsl::new(scenario) }
    }

    fn client(&self, wire: &mut Wire) -> EitherEnd {
        let connect = self.client.clone().call(Uri::from_static("https://localhost"));
        let mut end = Polled::new(&self.lent, async { TokioIo::new(connect.await.unwrap()) });
        end.begin(wire);
        EitherEnd::Client(end)
    }

    fn server(&self) -> EitherEnd {
        EitherEnd::Server(self.server.server())
    }
}

impl End for EitherEnd {
    fn receive(&mut self, wire: &mut Wire, buffers: &mut Buffers) -> usize {
        match self {
            Self::Client(end) => end.receive(wire, buffers),
            Self::Server(end) => end.receive(wire, buffers),
        }
    }

    fn transmit(&mut self, wire: &mut Wire) {
        match self {
            Self::Client(end) => end.transmit(wire),
            Self::Server(end) => end.transmit(wire),
        }
    }

    fn seal(&mut self, data: &[u8], wire: &mut Wire, buffers: &mut Buffers) {
        match self {
            Self::Client(end) => end.seal(data, wire, buffers),
            Self::Server(end) => end.seal(data, wire, buffers),
        }
    }

    fn is_handshaking(&self) -> bool {
        match self {
            Self::Client(end) => end.is_handshaking(),
            Self::Server(end) => end.is_handshaking(),
        }
    }

    /// OpenSSL takes a session for bad whose connection is released without a goodbye.
    fn farewell(&mut self, wire: &mut Wire) {
        if let Self::Client(end) = self {
            end.shut_down(wire);
        }
    }

    fn is_resumed(&self) -> bool {
        match self {
            Self::Client(end) => end.is_resumed(),
            Self::Server(end) => end.is_resumed(),
        }
    }
}
