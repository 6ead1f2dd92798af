//! Sends rustls' ClientHello to an address, and nothing more: `rustls-client ADDRESS SERVER-NAME`.

use std::error::Error;
use std::net::TcpStream;
use std::sync::Arc;

use pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(name)) = (arguments.next(), arguments.next()) else {
        return Err("usage: rustls-client ADDRESS SERVER-NAME".into());
    };
    let config = ClientConfig::builder().with_root_certificates(RootCertStore::empty()).with_no_client_auth();
    let mut connection = ClientConnection::new(Arc::new(config), ServerName::try_from(name)?)?;
    let mut stream = TcpStream::connect(address)?;
    while connection.wants_write() {
        connection.write_tls(&mut stream)?;
    }
    Ok(())
}
