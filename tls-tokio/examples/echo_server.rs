//! Echoes what clients send: `cargo run -p tls-tokio --example echo_server -- CHAIN.pem KEY.pem 127.0.0.1:4433`

use tls_tokio::Acceptor;
use tls_tokio::tls_core::{Identity, ServerConfig};
use tokio::io::AsyncWriteExt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = || arguments.next().ok_or("usage: echo_server CHAIN.pem KEY.pem ADDRESS:PORT");
    let identity = Identity::from_pem(&std::fs::read(argument()?)?, &std::fs::read(argument()?)?)?;
    let acceptor = Acceptor::new(ServerConfig::builder().identity(identity).build()?);
    let listener = tokio::net::TcpListener::bind(argument()?).await?;
    println!("listening on {}", listener.local_addr()?);
    loop {
        let (tcp, peer) = listener.accept().await?;
        let handshake = acceptor.accept(tcp);
        tokio::spawn(async move {
            let (mut reader, mut writer) = handshake.await?.into_split();
            let bytes = tokio::io::copy(&mut reader, &mut writer).await?;
            println!("{peer}: echoed {bytes} bytes");
            writer.shutdown().await
        });
    }
}
