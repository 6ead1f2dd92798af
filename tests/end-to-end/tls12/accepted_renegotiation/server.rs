//! A server that renegotiates by the test's script, with cryptography of its own: whatever it says fits the keys.

use rcgen::{KeyPair, SigningKey};
use ring::agreement::{EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use tests::authority::{Authority, Pem};
use tests::hello::{Extended, message};
use tests::pair::{End, client_builder};
use tests::protection::Protection;
use tests::protection::tls12::{Randoms, prf, random};
use tests::relay::{Setup, Side, content_type, records};
use tls_core::ciphersuites::CipherSuite;
use tls_core::{ClientConfigBuilder, HandshakeType, Renegotiation, ServerConfig, ServerConfigBuilder};

use super::super::default_tls12;
use crate::cases::ext;

const SUITE: CipherSuite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;

/// The server's side of a connection whose first handshake was ordinary.
pub(super) struct Server {
    pub(super) client: End,
    pub(super) client_keys: Protection,
    pub(super) server_keys: Protection,
    /// Of the client's Finished and of the server's.
    pub(super) verify_data: [Vec<u8>; 2],
    /// The server's Certificate message.
    pub(super) certificate: Vec<u8>,
    key: KeyPair,
    randoms: Randoms,
    share: Option<EphemeralPrivateKey>,
    transcript: Vec<u8>,
}

/// The messages in a flight's unprotected records.
fn messages(flight: &[u8]) -> Vec<Vec<u8>> {
    let records = records(flight);
    let plain = records.iter().take_while(|record| record[0] == content_type::HANDSHAKE);
    let mut rest: Vec<u8> = plain.flat_map(|record| record[5..].to_vec()).collect();
    let mut messages = Vec::new();
    while !rest.is_empty() {
        messages.push(rest.drain(..4 + (usize::from(rest[2]) << 8 | usize::from(rest[3]))).collect());
    }
    messages
}

impl Server {
    /// With a client that accepts renegotiations.
    pub(super) fn new() -> Self {
        Self::with(|client| client, |server| server)
    }

    /// As [`Self::new`], with the last word on both configurations.
    pub(super) fn with(
        client: impl FnOnce(ClientConfigBuilder) -> ClientConfigBuilder,
        server: impl FnOnce(ServerConfigBuilder) -> ServerConfigBuilder,
    ) -> Self {
        let authority = Authority::new();
        let Pem { chain, key } = authority.localhost();
        let identity = Pem { chain, key: key.clone() }.identity();
        let setup = Setup::new(
            client(client_builder(&authority).policy(default_tls12()).renegotiation(Renegotiation::Accept)),
            server(ServerConfig::builder().permit_unapproved().policy(default_tls12()).identity(identity)),
        );
        let (mut pair, mut flights) = (setup.pair(), Vec::new());
        pair.run(|end, bytes| {
            flights.push(bytes.to_vec());
            end.deliver(bytes);
        });
        assert!(pair.client.established && pair.server.established);
        let [client, server] = [0, 1].map(|flight: usize| random(&flights[flight][5..]).unwrap());
        let randoms = Randoms { client, server };
        let main = setup.client_secrets.get("CLIENT_RANDOM").unwrap();
        let [mut client_keys, mut server_keys] =
            [Side::Client, Side::Server].map(|side| Protection::tls12(SUITE, &main, &randoms, side));
        let verify_data =
            |keys: &mut Protection, flight: &[u8]| keys.open(records(flight).last().unwrap()).1[4..].to_vec();
        let verify_data =
            [verify_data(&mut client_keys, &flights[2]), verify_data(&mut server_keys, &flights[3])];
        let certificate = messages(&flights[1]).remove(1);
        let key = KeyPair::from_pem(&key).unwrap();
        let (share, transcript) = (None, Vec::new());
        Self {
            client: pair.client,
            client_keys,
            server_keys,
            verify_data,
            certificate,
            key,
            randoms,
            share,
            transcript,
        }
    }

    /// Sends something under the keys of the moment.
    pub(super) fn send(&mut self, content_type: u8, content: &[u8]) {
        let record = self.server_keys.seal(content_type, content);
        self.client.deliver(&record);
    }

    /// What the client says under the keys of the moment: content types and contents.
    pub(super) fn hear(&mut self) -> Vec<(u8, Vec<u8>)> {
        let output = self.client.take_output();
        records(&output).into_iter().map(|record| self.client_keys.open(record)).collect()
    }

    /// Asks for a renegotiation: the client's answer, a ClientHello.
    pub(super) fn ask(&mut self) -> Extended {
        self.send(content_type::HANDSHAKE, &[0; 4]);
        let heard = self.hear();
        assert!(heard.iter().all(|(content_type, _)| *content_type == content_type::HANDSHAKE));
        self.transcript = heard.into_iter().flat_map(|(_, content)| content).collect();
        self.randoms.client = random(&self.transcript).unwrap();
        assert_eq!(HandshakeType(self.transcript[0]), HandshakeType::CLIENT_HELLO);
        Extended::parse(&self.transcript)
    }

    /// The ServerHello that ties the handshake to the one before, as it should be.
    pub(super) fn hello(&self) -> Extended {
        let [client, server] = &self.verify_data;
        let info = [&[24], client.as_slice(), server].concat();
        let suite = SUITE.0.to_be_bytes();
        Extended {
            message_type: HandshakeType::SERVER_HELLO.0,
            prefix: [&[3, 3], [9; 32].as_slice(), &[0], &suite, &[0]].concat(),
            extensions: vec![(ext::RENEGOTIATION_INFO, info), (ext::EXTENDED_MAIN_SECRET, Vec::new())],
        }
    }

    /// Sends the flight with this ServerHello and this Certificate, in records of at most 500 bytes.
    pub(super) fn answer(&mut self, hello: &Extended, certificate: &[u8]) {
        let hello = hello.bytes();
        self.randoms.server = random(&hello).unwrap();
        let share = EphemeralPrivateKey::generate(&X25519, &SystemRandom::new()).unwrap();
        let public = share.compute_public_key().unwrap();
        self.share = Some(share);
        let params = [&[3, 0, 0x1d, 32], public.as_ref()].concat();
        let Randoms { client, server } = self.randoms;
        let signature = self.key.sign(&[&client, server.as_slice(), &params].concat()).unwrap();
        let len = u16::try_from(signature.len()).unwrap().to_be_bytes();
        let exchange = message(12, &[&params, [4, 3].as_slice(), &len, &signature].concat());
        for message in [&hello, certificate, &exchange, &message(14, &[])] {
            self.transcript.extend_from_slice(message);
            message.chunks(500).for_each(|part| self.send(content_type::HANDSHAKE, part));
        }
    }

    /// Reads the client's flight, and changes the client's keys. Returns the main secret.
    pub(super) fn read_flight(&mut self) -> Vec<u8> {
        let output = self.client.take_output();
        let mut records = records(&output).into_iter();
        let mut exchange = Vec::new();
        loop {
            match self.client_keys.open(records.next().expect("change_cipher_spec")) {
                (content_type::HANDSHAKE, content) => exchange.extend(content),
                last => break assert_eq!(last, (content_type::CHANGE_CIPHER_SPEC, vec![1])),
            }
        }
        self.transcript.extend_from_slice(&exchange);
        let public = UnparsedPublicKey::new(&X25519, &exchange[5..]);
        let premaster = agree_ephemeral(self.share.take().unwrap(), &public, <[u8]>::to_vec).unwrap();
        let main = prf(SUITE, &premaster, "extended master secret", &self.transcript_hash(), 48);
        self.client_keys = Protection::tls12(SUITE, &main, &self.randoms, Side::Client);
        let (_, finished) = self.client_keys.open(records.next().expect("Finished"));
        self.verify_data[0] = prf(SUITE, &main, "client finished", &self.transcript_hash(), 12);
        assert_eq!(finished, message(20, &self.verify_data[0]));
        self.transcript.extend(finished);
        main
    }

    /// Sends change_cipher_spec, and changes the server's keys.
    pub(super) fn change_keys(&mut self, main: &[u8]) {
        self.send(content_type::CHANGE_CIPHER_SPEC, &[1]);
        self.server_keys = Protection::tls12(SUITE, main, &self.randoms, Side::Server);
    }

    /// Sends Finished.
    pub(super) fn finish(&mut self, main: &[u8]) {
        self.verify_data[1] = prf(SUITE, main, "server finished", &self.transcript_hash(), 12);
        self.send(content_type::HANDSHAKE, &message(20, &self.verify_data[1]));
    }

    /// Renegotiates from beginning to end, with this ServerHello.
    pub(super) fn renegotiate(&mut self, alter: impl FnOnce(&mut Extended)) {
        self.ask();
        let (mut hello, certificate) = (self.hello(), self.certificate.clone());
        alter(&mut hello);
        self.answer(&hello, &certificate);
        let main = self.read_flight();
        self.change_keys(&main);
        self.finish(&main);
    }

    /// Data passes both ways.
    pub(super) fn assert_works(&mut self) {
        let wire = self.client.seal(b"from the client");
        assert_eq!(
            self.client_keys.open(&wire),
            (content_type::APPLICATION_DATA, b"from the client".to_vec())
        );
        self.send(content_type::APPLICATION_DATA, b"from the server");
        assert_eq!(std::mem::take(&mut self.client.received), b"from the server");
        assert_eq!(self.client.error, None);
    }

    fn transcript_hash(&self) -> Vec<u8> {
        digest(&SHA256, &self.transcript).as_ref().to_vec()
    }
}
