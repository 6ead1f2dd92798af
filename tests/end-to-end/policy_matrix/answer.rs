//! A ClientHello of any content, and what a server makes of it.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use tests::hello::Extended;
use tests::pair::{End, now};
use tests::protection::Protection;
use tests::secrets::Secrets;
use tests::wire::{Side, content_type, record, records, take_messages};
use tls_core::ciphersuites::{CipherSuite, KeyPair, NamedGroup, ProtocolVersion, SignatureScheme};
use tls_core::{AlertDescription, Connection, HandshakeType, ServerConfig, ServerConfigBuilder};

use super::model::{Agreement, Offer, Outcome, Refusal};
use crate::cases::ext;

/// A server whose handshake the test can read.
pub(crate) struct OpenServer {
    config: Arc<ServerConfig>,
    secrets: Arc<Secrets>,
}

impl OpenServer {
    pub(crate) fn new(builder: ServerConfigBuilder) -> Self {
        let secrets = Arc::<Secrets>::default();
        Self { config: builder.key_log(secrets.clone()).build().unwrap(), secrets }
    }

    /// What it answers to this offer, which is made again where it asks for another share.
    pub(crate) fn answer(&self, offer: &Offer) -> Outcome {
        let mut end = End::new(Connection::server(Arc::clone(&self.config), now()).unwrap());
        let mut flight = send(&mut end, offer, &offer.shares)?;
        let retried = is_retry(&hello(&flight));
        if retried {
            let group = group(&mut hello(&flight));
            flight = send(&mut end, offer, &[group])?;
        }
        let mut hello = hello(&flight);
        assert!(!is_retry(&hello));
        let suite = CipherSuite(u16_at(&hello.prefix, hello.suites_at()));
        if !hello.has(ext::SUPPORTED_VERSIONS) {
            let version = ProtocolVersion(u16_at(&hello.prefix, 0));
            let exchange = find(&flight, HandshakeType::SERVER_KEY_EXCHANGE);
            let group = NamedGroup(u16_at(&exchange, 5));
            let scheme = SignatureScheme(u16_at(&exchange, 8 + usize::from(exchange[7])));
            return Ok(Agreement { version, suite, group, retried, scheme });
        }
        let version = ProtocolVersion(u16_at(hello.body_mut(ext::SUPPORTED_VERSIONS), 0));
        let secret = self.secrets.get("SERVER_HANDSHAKE_TRAFFIC_SECRET").unwrap();
        let mut protection = Protection::new(suite, &secret);
        let opened: Vec<u8> = records(&flight)[1..]
            .iter()
            .map(|sealed| protection.open(sealed))
            .flat_map(|(content_type, content)| record(content_type, &content))
            .collect();
        let verify = find(&opened, HandshakeType::CERTIFICATE_VERIFY);
        let scheme = SignatureScheme(u16_at(&verify, 4));
        Ok(Agreement { version, suite, group: group(&mut hello), retried, scheme })
    }
}

/// The answer's bytes, or the refusal, which the client is told of.
fn send(end: &mut End, offer: &Offer, shares: &[NamedGroup]) -> Result<Vec<u8>, Refusal> {
    end.deliver(&record(content_type::HANDSHAKE, &client_hello(offer, shares)));
    let flight = end.take_output();
    let Some(error) = &end.error else { return Ok(flight) };
    let (sent, told) = records(&flight)[0].split_at(6);
    assert_eq!((sent, records(&flight).len()), (&[content_type::ALERT, 3, 3, 0, 2, 2][..], 1), "{error}");
    Err(Refusal { side: Side::Server, code: error.code(), alert: AlertDescription(told[0]) })
}

/// A ClientHello of this offer, as a handshake message.
pub(crate) fn client_hello(offer: &Offer, shares: &[NamedGroup]) -> Vec<u8> {
    let code_points =
        |list: &mut dyn Iterator<Item = u16>| list.flat_map(u16::to_be_bytes).collect::<Vec<_>>();
    let suites = code_points(&mut offer.suites.iter().map(|suite| suite.0));
    let versions = code_points(&mut offer.versions.iter().map(|version| version.0));
    let groups = code_points(&mut offer.groups.iter().map(|group| group.0));
    let schemes = code_points(&mut offer.schemes.iter().map(|scheme| scheme.0));
    let shares: Vec<u8> =
        shares.iter().flat_map(|group| [&group.0.to_be_bytes(), &*vec16(share(*group))].concat()).collect();
    let mut extensions = vec![
        (ext::EXTENDED_MAIN_SECRET, Vec::new()),
        (ext::SUPPORTED_GROUPS, vec16(&groups)),
        (ext::SIGNATURE_ALGORITHMS, vec16(&schemes)),
    ];
    // Who has nothing newer need not say so.
    if offer.versions != [ProtocolVersion::TLS1_2] {
        let len = u8::try_from(versions.len()).unwrap();
        extensions.push((ext::SUPPORTED_VERSIONS, [&[len], versions.as_slice()].concat()));
        extensions.push((ext::KEY_SHARE, vec16(&shares)));
    }
    let prefix = [&[3, 3], [7; 32].as_slice(), &[0], &vec16(&suites), &[1, 0]].concat();
    Extended { message_type: 1, prefix, extensions }.bytes()
}

fn vec16(content: &[u8]) -> Vec<u8> {
    [&u16::try_from(content.len()).unwrap().to_be_bytes(), content].concat()
}

/// Always the same one: a server must not mind.
fn share(group: NamedGroup) -> &'static [u8] {
    static SHARES: LazyLock<BTreeMap<u16, Vec<u8>>> = LazyLock::new(|| {
        let supported =
            (0..0x1200).map(NamedGroup).filter(|group| tls_core::ciphersuites::is_supported(*group));
        let with_share = |group: NamedGroup| {
            let mut share = Vec::new();
            KeyPair::generate(group).unwrap().write_share(&mut share).unwrap();
            (group.0, share)
        };
        supported.map(with_share).collect()
    });
    SHARES.get(&group.0).map_or(&[0x55; 32], Vec::as_slice)
}

fn hello(flight: &[u8]) -> Extended {
    Extended::parse(&find(flight, HandshakeType::SERVER_HELLO))
}

/// The message of this type in plaintext records.
fn find(flight: &[u8], message_type: HandshakeType) -> Vec<u8> {
    let is_handshake = |record: &&[u8]| record[0] == content_type::HANDSHAKE;
    let mut content =
        records(flight).into_iter().filter(is_handshake).flat_map(|record| &record[5..]).copied().collect();
    take_messages(&mut content).into_iter().find(|message| message[0] == message_type.0).unwrap()
}

fn is_retry(hello: &Extended) -> bool {
    hello.prefix[2..6] == [0xcf, 0x21, 0xad, 0x74]
}

fn group(hello: &mut Extended) -> NamedGroup {
    NamedGroup(u16_at(hello.body_mut(ext::KEY_SHARE), 0))
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}
