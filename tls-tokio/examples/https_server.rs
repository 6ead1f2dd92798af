//! Greets over HTTP/2 and HTTP/1.1:
//! `cargo run -p tls-tokio --example https_server -- CHAIN.pem KEY.pem 127.0.0.1:8443`

use std::convert::Infallible;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use tls_tokio::Acceptor;
use tls_tokio::hyper::serve_connection;
use tls_tokio::tls_core::{Identity, ServerConfig};

async fn greet(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::from(format!("hello over {:?}\n", request.version()))))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = || arguments.next().ok_or("usage: https_server CHAIN.pem KEY.pem ADDRESS:PORT");
    let identity = Identity::from_pem(&std::fs::read(argument()?)?, &std::fs::read(argument()?)?)?;
    let config = ServerConfig::builder().identity(identity).alpn(["h2", "http/1.1"]).build()?;
    let acceptor = Acceptor::new(config);
    let listener = tokio::net::TcpListener::bind(argument()?).await?;
    println!("listening on {}", listener.local_addr()?);
    loop {
        let (tcp, _) = listener.accept().await?;
        tokio::spawn(serve_connection(acceptor.clone(), tcp, service_fn(greet)));
    }
}
