//! Gets a page over HTTP/2, or HTTP/1.1 if that is what the server speaks:
//! `cargo run -p tls-tokio --example https_client -- ROOTS.pem https://localhost:8443/ [h2|http/1.1]`

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tls_tokio::Connector;
use tls_tokio::hyper::HttpsConnector;
use tls_tokio::tls_core::{ClientConfig, Roots, ServerVerification};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = || arguments.next().ok_or("usage: https_client ROOTS.pem URI [PROTOCOL]");
    let roots = Roots::from_pem(&std::fs::read(argument()?)?)?;
    let uri = argument()?.parse()?;
    let protocols = argument().map_or(vec!["h2".into(), "http/1.1".into()], |protocol| vec![protocol]);
    let verification = ServerVerification::Roots(roots);
    let config = ClientConfig::builder().server_verification(verification).alpn(protocols).build()?;
    let connector = HttpsConnector::new(Connector::new(config));
    let client = Client::builder(TokioExecutor::new()).build::<_, Empty<Bytes>>(connector);
    let response = client.get(uri).await?;
    let (version, status) = (response.version(), response.status());
    let body = response.into_body().collect().await?.to_bytes();
    println!("{version:?} {status}\n{}", String::from_utf8_lossy(&body));
    Ok(())
}
