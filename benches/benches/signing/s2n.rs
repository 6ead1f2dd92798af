//! s2n-tls, by its asynchronous private key callback. It does not verify what the callback signs.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use aws_lc_rs::digest::{Digest, SHA256};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use s2n_tls::callbacks::{ConnectionFuture, PrivateKeyCallback, PrivateKeyOperation};
use s2n_tls::config::Config;
use s2n_tls::connection::Connection;
use s2n_tls::error::Error;
use s2n_tls::security::Policy;
use s2n_tls_tokio::TlsAcceptor;
use tests::authority::Pem;
use tokio::io::AsyncWriteExt;
use tokio::time::{Sleep, sleep};

use crate::{AWAY, Serve};

struct Distant(Arc<EcdsaKeyPair>);

struct Signing {
    answer: Pin<Box<Sleep>>,
    operation: Option<PrivateKeyOperation>,
    key: Arc<EcdsaKeyPair>,
}

impl PrivateKeyCallback for Distant {
    fn handle_operation(
        &self,
        _: &mut Connection,
        operation: PrivateKeyOperation,
    ) -> Result<Option<Pin<Box<dyn ConnectionFuture>>>, Error> {
        let key = Arc::clone(&self.0);
        Ok(Some(Box::pin(Signing { answer: Box::pin(sleep(AWAY)), operation: Some(operation), key })))
    }
}

impl ConnectionFuture for Signing {
    fn poll(
        mut self: Pin<&mut Self>,
        connection: &mut Connection,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Error>> {
        ready!(self.answer.as_mut().poll(cx));
        let operation = self.operation.take().unwrap();
        let mut digest = [0; 32];
        operation.input(&mut digest)?;
        let signature = self.key.sign_digest(&Digest::import_less_safe(&digest, &SHA256).unwrap()).unwrap();
        Poll::Ready(operation.set_output(connection, signature.as_ref()))
    }
}

pub(crate) fn server(pem: &Pem) -> Serve {
    let key = PrivatePkcs8KeyDer::from_pem_slice(pem.key.as_bytes()).unwrap();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.secret_pkcs8_der()).unwrap();
    let mut config = Config::builder();
    config.set_security_policy(&Policy::from_version("default_tls13").unwrap()).unwrap();
    config.load_public_pem(pem.chain.as_bytes()).unwrap();
    config.set_private_key_callback(Distant(Arc::new(key))).unwrap();
    let acceptor = TlsAcceptor::new(config.build().unwrap());
    Arc::new(move |connection| {
        let acceptor = acceptor.clone();
        Box::pin(async move { acceptor.accept(connection).await.unwrap().shutdown().await.unwrap() })
    })
}
