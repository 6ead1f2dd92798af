//! This project's server.

use std::sync::Arc;

use tests::authority::Pem;
use tls_core::ciphersuites::PrivateKey;
use tls_core::{Identity, ServerConfig, SignRequest};
use tls_tokio::Acceptor;
use tls_tokio::signer::{LocalSigner, SignFuture, Signer};
use tokio::io::AsyncWriteExt;
use tokio::time::sleep;

use crate::{AWAY, Serve};

/// Signs in the end by a key of this process.
#[derive(Debug)]
struct Distant(LocalSigner);

impl Signer for Distant {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        Box::pin(async move {
            sleep(AWAY).await;
            self.0.sign(request).await
        })
    }
}

/// The same, for who waits for it on the spot.
#[derive(Debug)]
struct Blocking(LocalSigner);

impl Signer for Blocking {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        std::thread::sleep(AWAY);
        self.0.sign(request)
    }
}

fn local(pem: &Pem) -> LocalSigner {
    LocalSigner::new(PrivateKey::from_pem(pem.key.as_bytes()).unwrap())
}

fn identity(pem: &Pem) -> Identity {
    Identity::from_public_pem(pem.chain.as_bytes()).unwrap()
}

/// Every signature is verified before it is sent, as by default.
pub(crate) fn verifying(pem: &Pem) -> Serve {
    server(identity(pem), Distant(local(pem)))
}

/// None is.
pub(crate) fn trusting(pem: &Pem) -> Serve {
    server(identity(pem).trust_signer(), Distant(local(pem)))
}

pub(crate) fn blocking(pem: &Pem) -> Serve {
    server(identity(pem), Blocking(local(pem)))
}

fn server(identity: Identity, signer: impl Signer + 'static) -> Serve {
    let config: Arc<ServerConfig> = ServerConfig::builder().identity(identity).build().unwrap();
    let acceptor = Acceptor::new(config).signer(signer).handshake_timeout(None);
    Arc::new(move |connection| {
        let accept = acceptor.accept(connection);
        Box::pin(async move { accept.await.unwrap().shutdown().await.unwrap() })
    })
}
