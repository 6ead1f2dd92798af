//! Where a server of signatures is: a TCP port or a Unix socket.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

/// The address of a server of signatures: `HOST:PORT`, or `unix:PATH` for a socket of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Endpoint {
    /// A port, by TCP. An IPv6 address is without its brackets here.
    Tcp(String, u16),
    /// A Unix socket.
    Unix(PathBuf),
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(host, port) if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp(host, port) => write!(f, "{host}:{port}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// Why a text is no [`Endpoint`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidEndpoint;

impl fmt::Display for InvalidEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a signer's address is HOST:PORT, [IPV6]:PORT or unix:PATH")
    }
}

impl std::error::Error for InvalidEndpoint {}

impl FromStr for Endpoint {
    type Err = InvalidEndpoint;

    fn from_str(text: &str) -> Result<Self, InvalidEndpoint> {
        if let Some(path) = text.strip_prefix("unix:") {
            return if path.is_empty() { Err(InvalidEndpoint) } else { Ok(Self::Unix(path.into())) };
        }
        let (host, port) = text.rsplit_once(':').ok_or(InvalidEndpoint)?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let host = bare.unwrap_or(host);
        if host.is_empty() || bare.is_none() && host.contains(':') {
            return Err(InvalidEndpoint);
        }
        Ok(Self::Tcp(host.to_owned(), port.parse().map_err(|_| InvalidEndpoint)?))
    }
}

/// A connection of either kind.
pub(crate) trait Transport: AsyncRead + AsyncWrite + Send + Unpin {}

impl<IO: AsyncRead + AsyncWrite + Send + Unpin> Transport for IO {}

impl Endpoint {
    /// Listens here; port 0 takes any that is free. A Unix socket that nobody listens on any more is replaced.
    ///
    /// # Errors
    /// The system's.
    pub async fn listen(&self) -> io::Result<Listener> {
        match self {
            Self::Tcp(host, port) => TcpListener::bind((host.as_str(), *port)).await.map(Listener::Tcp),
            Self::Unix(path) => {
                let listener = match UnixListener::bind(path) {
                    Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_abandoned(path).await => {
                        std::fs::remove_file(path)?;
                        UnixListener::bind(path)
                    }
                    outcome => outcome,
                };
                Ok(Listener::Unix(listener?, path.clone()))
            }
        }
    }

    pub(crate) async fn connect(&self) -> io::Result<Box<dyn Transport>> {
        match self {
            Self::Tcp(host, port) => {
                let stream = TcpStream::connect((host.as_str(), *port)).await?;
                // A request is written whole, and its answer is waited for.
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
            Self::Unix(path) => Ok(Box::new(UnixStream::connect(path).await?)),
        }
    }
}

async fn is_abandoned(path: &Path) -> bool {
    let connected = UnixStream::connect(path).await;
    connected.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

/// What a [`Server`](super::Server) listens on.
#[derive(Debug)]
#[non_exhaustive]
pub enum Listener {
    /// A port.
    Tcp(TcpListener),
    /// A Unix socket, and its path, which goes when the listener does.
    Unix(UnixListener, PathBuf),
}

impl Listener {
    /// Where it listens, with the port that it got.
    ///
    /// # Errors
    /// The system's.
    pub fn endpoint(&self) -> io::Result<Endpoint> {
        match self {
            Self::Tcp(listener) => {
                let address = listener.local_addr()?;
                Ok(Endpoint::Tcp(address.ip().to_string(), address.port()))
            }
            Self::Unix(_, path) => Ok(Endpoint::Unix(path.clone())),
        }
    }

    /// The next connection, and who it is from as far as the transport knows.
    pub(crate) async fn accept(&self) -> io::Result<(Box<dyn Transport>, String)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                stream.set_nodelay(true)?;
                Ok((Box::new(stream), peer.to_string()))
            }
            Self::Unix(listener, _) => {
                let (stream, _) = listener.accept().await?;
                let uid = stream.peer_cred().map_or_else(|_| "?".to_owned(), |peer| peer.uid().to_string());
                Ok((Box::new(stream), format!("unix:uid={uid}")))
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Self::Unix(_, path) = self {
            // If it cannot be removed, whoever listens there next sees that it is abandoned.
            let _ = std::fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_read_and_written() {
        for text in ["localhost:1", "10.0.0.1:65535", "[::1]:7300", "unix:/run/s2n/signer", "unix:relative"] {
            assert_eq!(text.parse::<Endpoint>().unwrap().to_string(), text);
        }
        for wrong in ["", "localhost", ":1", "localhost:", "localhost:65536", "::1:7300", "unix:", "[]:1"] {
            assert_eq!(wrong.parse::<Endpoint>(), Err(InvalidEndpoint), "{wrong}");
        }
    }
}
