//! s2n-tls, on tokio.

use std::sync::Arc;

use s2n_tls::config::Config;
use s2n_tls::connection::{Builder, Connection, ModifiedBuilder};
use s2n_tls::enums::PskHmac;
use s2n_tls::error::Error;
use s2n_tls::psk::Psk;
use s2n_tls::security::Policy;
use s2n_tls_tokio::{TlsAcceptor, TlsConnector};
use tests::pair::localhost;
use tls_core::ciphersuites::{Hash, NamedGroup, SecurityPolicy};
use tls_core::{ClientConfig, PreSharedKey, PreSharedKeys, ServerConfig, ServerVerification};
use tls_tokio::{Acceptor, Connector};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex};

use super::{key, trying};
use crate::settings::SharedKey;

/// What s2n-tls's connections have, each with these keys.
fn s2n(keys: &[SharedKey], policy: &str) -> impl Builder<Output = Connection> + use<> {
    let mut config = Config::builder();
    config.with_system_certs(false).unwrap();
    config.set_security_policy(&Policy::from_version(policy).unwrap()).unwrap();
    let keys: Arc<Vec<Psk>> = Arc::new(keys.iter().map(psk).collect());
    ModifiedBuilder::new(config.build().unwrap(), move |connection: &mut Connection| {
        keys.iter().try_for_each(|key| connection.append_psk(key))?;
        Ok::<_, Error>(connection)
    })
}

fn psk(key: &SharedKey) -> Psk {
    let mut psk = Psk::builder().unwrap();
    psk.set_identity(key.identity.as_bytes()).unwrap().set_secret(&key.key).unwrap();
    let hash = match key.hash {
        Hash::Sha256 => PskHmac::SHA256,
        Hash::Sha384 => PskHmac::SHA384,
    };
    psk.set_hmac(hash).unwrap();
    psk.build().unwrap()
}

fn negotiated(connection: &Connection) -> Vec<u8> {
    let mut identity = vec![0; connection.negotiated_psk_identity_length().unwrap()];
    connection.negotiated_psk_identity(&mut identity).unwrap();
    identity
}

fn ours(keys: &[SharedKey]) -> Vec<PreSharedKey> {
    keys.iter().map(SharedKey::ours).collect()
}

/// The default policy with this group, and a share of another where a retry is wanted.
fn policy(group: NamedGroup, share: NamedGroup) -> SecurityPolicy {
    SecurityPolicy {
        groups: vec![group, share].into(),
        key_shares: vec![share].into(),
        ..SecurityPolicy::P20251014
    }
}

/// Data passes both ways.
async fn assert_works(
    one: &mut (impl AsyncRead + AsyncWrite + Unpin),
    other: &mut (impl AsyncRead + AsyncWrite + Unpin),
) {
    let mut buffer = [0; 5];
    one.write_all(b"there").await.unwrap();
    one.flush().await.unwrap();
    other.read_exact(&mut buffer).await.unwrap();
    assert_eq!(&buffer, b"there");
    other.write_all(b"again").await.unwrap();
    other.flush().await.unwrap();
    one.read_exact(&mut buffer).await.unwrap();
    assert_eq!(&buffer, b"again");
}

fn wire() -> (DuplexStream, DuplexStream) {
    duplex(1 << 16)
}

const GROUPS: [NamedGroup; 3] =
    [NamedGroup::X25519MLKEM768, NamedGroup::SECP384R1MLKEM1024, NamedGroup::SECP256R1];

#[tokio::test]
async fn its_server_takes_our_keys() {
    for hash in [Hash::Sha256, Hash::Sha384] {
        for (group, share) in
            GROUPS.into_iter().flat_map(|group| [(group, group), (group, NamedGroup::X25519)])
        {
            trying((hash, group, share));
            let (theirs, offered) = (key("b", 2, hash), [key("a", 1, hash), key("b", 2, hash)]);
            let acceptor = TlsAcceptor::new(s2n(&[theirs], "default_pq"));
            let config = ClientConfig::builder()
                .permit_unapproved()
                .policy(policy(group, share))
                .server_verification(ServerVerification::PreSharedKeysOnly)
                .pre_shared_keys(ours(&offered));
            let (client, server) = wire();
            let connector = Connector::new(config.build().unwrap());
            let (client, server) =
                tokio::join!(connector.connect(localhost(), client), acceptor.accept(server));
            let (mut client, mut server) = (client.unwrap(), server.unwrap());
            assert_works(&mut client, &mut server).await;
            assert_eq!(negotiated(server.as_ref()), b"b");
            let facts = client.facts().unwrap();
            let identity = facts.pre_shared_key.as_deref().unwrap();
            assert_eq!((identity.as_bytes(), identity.hash()), (&b"b"[..], hash));
        }
    }
}

#[tokio::test]
async fn its_client_has_our_keys() {
    for hash in [Hash::Sha256, Hash::Sha384] {
        for group in GROUPS {
            trying((hash, group));
            let (known, offered) = (key("b", 2, hash), [key("a", 1, hash), key("b", 2, hash)]);
            let connector = TlsConnector::new(s2n(&offered, "default_pq"));
            let config = ServerConfig::builder()
                .permit_unapproved()
                .policy(policy(group, group))
                .pre_shared_keys(PreSharedKeys::Known(ours(&[known])));
            let (client, server) = wire();
            let acceptor = Acceptor::new(config.build().unwrap());
            let (client, server) =
                tokio::join!(connector.connect("localhost", client), acceptor.accept(server));
            let (mut client, mut server) = (client.unwrap(), server.unwrap());
            assert_works(&mut client, &mut server).await;
            assert_eq!(negotiated(client.as_ref()), b"b");
            let facts = server.facts().unwrap();
            let identity = facts.pre_shared_key.as_deref().unwrap();
            assert_eq!((identity.as_bytes(), identity.hash()), (&b"b"[..], hash));
        }
    }
}
