//! This project's server.

use std::sync::Arc;

use tests::authority::Pem;
use tls_core::ciphersuites::PrivateKey;
use tls_core::{Identity, ServerConfig, SignRequest};
use tls_tokio::Acceptor;
use tls_tokio::signer::{LocalSigner, SignFuture, Signer};
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio::runtime::Runtime;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::sleep;

use crate::AWAY;

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
pub(crate) fn verifying(pem: &Pem, runtime: &Runtime, connections: UnboundedReceiver<DuplexStream>) {
    serve(identity(pem), Distant(local(pem)), runtime, connections);
}

/// None is.
pub(crate) fn trusting(pem: &Pem, runtime: &Runtime, connections: UnboundedReceiver<DuplexStream>) {
    serve(identity(pem).trust_signer(), Distant(local(pem)), runtime, connections);
}

pub(crate) fn blocking(pem: &Pem, runtime: &Runtime, connections: UnboundedReceiver<DuplexStream>) {
    serve(identity(pem), Blocking(local(pem)), runtime, connections);
}

fn serve(
    identity: Identity,
    signer: impl Signer + 'static,
    runtime: &Runtime,
    mut connections: UnboundedReceiver<DuplexStream>,
) {
    let config: Arc<ServerConfig> = ServerConfig::builder().identity(identity).build().unwrap();
    let acceptor = Acceptor::new(config).signer(signer).handshake_timeout(None);
    runtime.block_on(async {
        while let Some(connection) = connections.recv().await {
            let accept = acceptor.accept(connection);
            tokio::spawn(async move { accept.await.unwrap().shutdown().await });
        }
    });
}
