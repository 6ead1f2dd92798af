//! Sends its standard input to a server and prints what comes back:
//! `cargo run -p tls-tokio --example echo_client -- ROOTS.pem localhost 127.0.0.1:4433`

use tls_tokio::Connector;
use tls_tokio::tls_core::{ClientConfig, Roots, ServerName, ServerVerification};
use tokio::io::{AsyncWriteExt, copy, stdin, stdout};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = || arguments.next().ok_or("usage: echo_client ROOTS.pem NAME ADDRESS:PORT");
    let roots = Roots::from_pem(&std::fs::read(argument()?)?)?;
    let verification = ServerVerification::Roots(roots);
    let connector = Connector::new(ClientConfig::builder().server_verification(verification).build()?);
    let name = ServerName::try_from(argument()?)?;
    let tcp = tokio::net::TcpStream::connect(argument()?).await?;
    let stream = connector.connect(name, tcp).await?;
    eprintln!("connected: {:?}", stream.facts());
    let (mut reader, mut writer) = stream.into_split();
    let send = async {
        copy(&mut stdin(), &mut writer).await?;
        writer.shutdown().await
    };
    let mut output = stdout();
    tokio::try_join!(send, copy(&mut reader, &mut output))?;
    Ok(())
}
