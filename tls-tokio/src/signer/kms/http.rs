//! HTTPS for the SDK, by this crate's own TLS.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector as SdkConnector, HttpConnectorFuture, HttpConnectorSettings,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::http::uri::Scheme;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tls_core::ClientConfig;

use crate::connector::Connector;
use crate::hyper::HttpsConnector;

/// The longest answer that is read. KMS's are under 20 KiB.
const MAX_ANSWER: usize = 1 << 18;

/// An HTTP client for the AWS SDK that makes its TLS connections as the rest of this crate does: with post-quantum key
/// exchange where the configuration's policy has it and the service, too.
///
/// Connections are kept and used again. Endpoints of `http` URLs are reached without TLS: emulators and the metadata
/// services of EC2 and ECS, where the SDK finds credentials, have such.
#[derive(Clone)]
pub struct SdkHttpClient {
    config: Arc<ClientConfig>,
    /// By the time that connecting may take.
    pools: Arc<Mutex<HashMap<Option<Duration>, Pools>>>,
}

impl SdkHttpClient {
    /// Trusts whom this configuration trusts. It needs no application protocols, and must not offer other ones than
    /// `h2` and `http/1.1`.
    pub fn new(config: Arc<ClientConfig>) -> Self {
        Self { config, pools: Arc::default() }
    }
}

impl fmt::Debug for SdkHttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SdkHttpClient").finish_non_exhaustive()
    }
}

impl HttpClient for SdkHttpClient {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        let limit = settings.connect_timeout();
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        let pools = pools.entry(limit).or_insert_with(|| Pools::new(&self.config, limit)).clone();
        SharedHttpConnector::new(Requests { pools, read_timeout: settings.read_timeout() })
    }
}

/// Connections with and without TLS.
#[derive(Clone, Debug)]
struct Pools {
    https: Client<HttpsConnector, Full<Bytes>>,
    http: Client<HttpConnector, Full<Bytes>>,
}

impl Pools {
    fn new(config: &Arc<ClientConfig>, connect_timeout: Option<Duration>) -> Self {
        let mut transport = HttpConnector::new();
        transport.set_nodelay(true);
        transport.set_connect_timeout(connect_timeout);
        let mut under_tls = transport.clone();
        under_tls.enforce_http(false);
        let mut connector = Connector::new(Arc::clone(config));
        if connect_timeout.is_some() {
            connector = connector.handshake_timeout(connect_timeout);
        }
        let mut client = Client::builder(TokioExecutor::new());
        client.pool_timer(TokioTimer::new());
        Self {
            https: client.build(HttpsConnector::with_transport(connector, under_tls)),
            http: client.build(transport),
        }
    }
}

#[derive(Clone, Debug)]
struct Requests {
    pools: Pools,
    read_timeout: Option<Duration>,
}

impl SdkConnector for Requests {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self { pools, read_timeout } = self.clone();
        HttpConnectorFuture::new(async move {
            let answer = exchange(pools, request);
            match read_timeout {
                Some(limit) => tokio::time::timeout(limit, answer).await.unwrap_or_else(|elapsed| {
                    Err(ConnectorError::timeout(format!("no answer within {limit:?}: {elapsed}").into()))
                }),
                None => answer.await,
            }
        })
    }
}

/// Sends a request, and reads the whole answer.
async fn exchange(pools: Pools, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    let (head, body) = request.into_parts();
    let body = body.bytes().ok_or_else(|| ConnectorError::user("streams cannot be sent".into()))?;
    let request = Request::from_parts(head, Full::new(Bytes::copy_from_slice(body)));
    let answer = match request.uri().scheme() == Some(&Scheme::HTTP) {
        true => pools.http.request(request).await,
        false => pools.https.request(request).await,
    };
    let answer = answer.map_err(|error| match error.is_connect() {
        true => ConnectorError::io(error.into()).never_connected(),
        false => ConnectorError::io(error.into()),
    })?;
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, MAX_ANSWER).collect().await.map_err(ConnectorError::io)?.to_bytes();
    HttpResponse::try_from(Response::from_parts(head, body.into()))
        .map_err(|error| ConnectorError::other(error.into(), None))
}
