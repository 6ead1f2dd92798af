//! Host names and ports: connecting, listening, and saying what went wrong with either.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tls_core::ServerName;
use tokio::net::{TcpListener, TcpStream, lookup_host};

use crate::failure::{Failure, plain};
use crate::notation::host_and_port;

/// How long one address may take to answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Connects to the first address of `host` that answers.
pub(crate) async fn connect(host: &str, port: u16) -> Result<TcpStream, Failure> {
    let place = host_and_port(host, port);
    let mut last = None;
    for address in resolve(host, port).await? {
        let attempt = tokio::time::timeout(CONNECT_TIMEOUT, TcpStream::connect(address)).await;
        match attempt.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
            Ok(stream) => {
                // Flights and echoed lines are written whole; waiting for more would only delay them.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(error) => last = Some(error),
        }
    }
    Err(match last {
        Some(error) => connect_failure(&place, &error),
        None => Failure::set_up("unresolved", format!("the name \"{host}\" has no address; check the name")),
    })
}

fn connect_failure(place: &str, error: &io::Error) -> Failure {
    let (code, why) = match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            ("connection_refused", "the connection was refused; is a server listening there?".to_owned())
        }
        io::ErrorKind::TimedOut => {
            ("connection_timeout", "nothing answered; check the address, and firewalls on the way".to_owned())
        }
        _ => ("connection_failed", plain(error)),
    };
    Failure::set_up(code, format!("cannot connect to {place}: {why}"))
}

/// Listens on the first address of `host` that can be listened on.
pub(crate) async fn listen(host: &str, port: u16) -> Result<TcpListener, Failure> {
    let place = host_and_port(host, port);
    let mut last = None;
    for address in resolve(host, port).await? {
        match TcpListener::bind(address).await {
            Ok(listener) => return Ok(listener),
            Err(error) => last = Some(error),
        }
    }
    let Some(error) = last else {
        return Err(Failure::set_up(
            "unresolved",
            format!("the name \"{host}\" has no address; check the name"),
        ));
    };
    let (code, why) = match error.kind() {
        io::ErrorKind::AddrInUse => (
            "port_in_use",
            "the port is in use; stop what uses it, or choose another (0 takes any that is free)".to_owned(),
        ),
        io::ErrorKind::PermissionDenied => {
            ("port_not_permitted", "this user may not use the port; choose one above 1023".to_owned())
        }
        io::ErrorKind::AddrNotAvailable => (
            "address_not_here",
            "the address is not one of this machine's; try localhost or 0.0.0.0".to_owned(),
        ),
        _ => ("listen_failed", plain(&error)),
    };
    Err(Failure::set_up(code, format!("cannot listen on {place}: {why}")))
}

async fn resolve(host: &str, port: u16) -> Result<impl Iterator<Item = SocketAddr>, Failure> {
    lookup_host((bare(host), port)).await.map_err(|_| {
        Failure::set_up(
            "unresolved",
            format!("the name \"{host}\" cannot be resolved; check the name and the network"),
        )
    })
}

/// The name or address that a server's certificate must be for.
pub(crate) fn server_name(name: &str) -> Result<ServerName<'static>, Failure> {
    ServerName::try_from(bare(name).to_owned()).map_err(|_| {
        Failure::set_up(
            "bad_name",
            format!("\"{name}\" is neither a host name nor an address; give one with --name"),
        )
    })
}

/// An IPv6 address without the brackets of a URL.
fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}
