//! Servers whose pre-shared keys are elsewhere.

use std::sync::Arc;
use std::time::Duration;

use tests::authority::Authority;
use tests::pair::{client_builder, default_tls13, localhost};
use tls_tokio::tls_core::ciphersuites::Hash;
use tls_tokio::tls_core::{
    AlertDescription, ClientConfig, PreSharedKey, PreSharedKeys, SelectPreSharedKey, ServerConfig,
    ServerVerification,
};
use tls_tokio::{Acceptor, BoxFuture, Connector, PreSharedKeyChoice, PreSharedKeySelector};
use tokio::io::duplex;

use crate::support::{assert_works, in_time};

fn key(name: &str) -> PreSharedKey {
    PreSharedKey::new(name.as_bytes(), &name.as_bytes().repeat(16), Hash::Sha384).unwrap()
}

fn client(keys: &[PreSharedKey]) -> Arc<ClientConfig> {
    let builder = client_builder(&Authority::new()).pre_shared_keys(keys.to_vec());
    builder.server_verification(ServerVerification::PreSharedKeysOnly).build().unwrap()
}

fn acceptor() -> Acceptor {
    let builder = ServerConfig::builder().permit_unapproved().policy(default_tls13());
    Acceptor::new(builder.pre_shared_keys(PreSharedKeys::Asked).build().unwrap())
}

/// Knows one key, and takes a while to find it.
#[derive(Debug)]
struct Slow(PreSharedKey);

impl PreSharedKeySelector for Slow {
    fn select<'a>(&'a self, request: &'a SelectPreSharedKey) -> BoxFuture<'a, PreSharedKeyChoice> {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            match request.identities().any(|identity| identity == self.0.identity().as_bytes()) {
                true => PreSharedKeyChoice::Use(self.0.clone()),
                false => PreSharedKeyChoice::UseNone,
            }
        })
    }
}

#[derive(Debug)]
struct Refusing;

impl PreSharedKeySelector for Refusing {
    fn select<'a>(&'a self, _: &'a SelectPreSharedKey) -> BoxFuture<'a, PreSharedKeyChoice> {
        Box::pin(async { PreSharedKeyChoice::Refuse(AlertDescription::UNKNOWN_PSK_IDENTITY) })
    }
}

#[derive(Debug)]
struct Panicking;

impl PreSharedKeySelector for Panicking {
    fn select<'a>(&'a self, _: &'a SelectPreSharedKey) -> BoxFuture<'a, PreSharedKeyChoice> {
        panic!("on purpose")
    }
}

#[tokio::test]
async fn keys_are_waited_for() {
    let acceptor = acceptor().pre_shared_key_selector(Slow(key("b")));
    let connector = Connector::new(client(&[key("a"), key("b"), key("c")]));
    let (client, transport) = duplex(1 << 16);
    let connect = connector.connect(localhost(), client);
    let (client, server) = in_time(async { tokio::join!(connect, acceptor.accept(transport)) }).await;
    let (mut client, mut server) = (client.unwrap(), server.unwrap());
    assert_works(&mut client, &mut server).await;
    for facts in [client.facts().unwrap(), server.facts().unwrap()] {
        assert_eq!(facts.pre_shared_key.as_deref().unwrap().as_bytes(), b"b");
    }
}

#[tokio::test]
async fn clients_without_a_known_key_are_refused() {
    for (acceptor, alert) in [
        (acceptor().pre_shared_key_selector(Slow(key("b"))), AlertDescription::DECRYPT_ERROR),
        (acceptor().pre_shared_key_selector(Refusing), AlertDescription::UNKNOWN_PSK_IDENTITY),
        (acceptor().pre_shared_key_selector(Panicking), AlertDescription::INTERNAL_ERROR),
        // Nobody to ask.
        (acceptor(), AlertDescription::INTERNAL_ERROR),
    ] {
        let connector = Connector::new(client(&[key("a")]));
        let (client, transport) = duplex(1 << 16);
        let connect = connector.connect(localhost(), client);
        let (client, server) = in_time(async { tokio::join!(connect, acceptor.accept(transport)) }).await;
        assert!(server.is_err());
        assert_eq!(client.unwrap_err().tls().unwrap().alert_received(), Some(alert));
    }
}
