//! What the peer's messages say: each as right as can be at that moment.

use ring::agreement::{ECDH_P256, EphemeralPrivateKey, X25519};
use ring::rand::SystemRandom;
use tests::hello::{Extended, message};
use tests::protection::tls12::prf;
use tests::relay::{Epoch, Side};

use super::credentials::vec16;
use super::peer::Peer;
use super::symbol::Symbol;

const X25519_ID: [u8; 2] = [0, 0x1d];
const P256_ID: [u8; 2] = [0, 0x17];

/// A group and a share.
fn share(group: [u8; 2]) -> Vec<u8> {
    let algorithm = if group == P256_ID { &ECDH_P256 } else { &X25519 };
    let key = EphemeralPrivateKey::generate(algorithm, &SystemRandom::new()).unwrap();
    key.compute_public_key().unwrap().as_ref().to_vec()
}

/// An X25519 share with its length in front, as one byte.
fn point() -> Vec<u8> {
    [&[32], share(X25519_ID).as_slice()].concat()
}

/// The random by which a ServerHello is a HelloRetryRequest.
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2,
    0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

impl Peer<'_> {
    pub(super) fn content(&self, symbol: Symbol) -> Vec<u8> {
        match symbol {
            Symbol::ClientHello => self.hello.clone(),
            Symbol::FirstClientHello => self.first_hello.clone(),
            Symbol::ChangeCipherSpec => vec![1],
            Symbol::Warning => vec![1, 100],
            Symbol::UserCanceled => vec![1, 90],
            Symbol::CloseNotify => vec![1, 0],
            Symbol::FatalAlert => vec![2, 40],
            Symbol::ApplicationData | Symbol::UnknownRecord => b"data".to_vec(),
            Symbol::EmptyApplicationData | Symbol::EmptyHandshake => Vec::new(),
            other => message(other.message_type().unwrap().0, &self.body(other)),
        }
    }

    fn body(&self, symbol: Symbol) -> Vec<u8> {
        let is_tls12 = self.is_tls12();
        match symbol {
            Symbol::ServerHello | Symbol::ResumingServerHello if is_tls12 => self.server_hello12(symbol),
            Symbol::ServerHello | Symbol::ResumingServerHello => self.server_hello13(symbol),
            Symbol::HelloRetryRequest => {
                let asked = [&[0, 51, 0, 2], P256_ID.as_slice()].concat();
                self.hello_of_server(
                    &RETRY,
                    &self.session_id(),
                    &[&[0, 43, 0, 2, 3, 4], asked.as_slice()].concat(),
                )
            }
            Symbol::NewSessionTicket if is_tls12 => [&[0, 0, 1, 0], vec16(&[7; 16]).as_slice()].concat(),
            Symbol::NewSessionTicket => {
                [&[0, 0, 1, 0, 9, 9, 9, 9, 1, 7], vec16(&[7; 16]).as_slice(), &[0, 0]].concat()
            }
            Symbol::EncryptedExtensions => vec![0, 0],
            // For the protocol of the session.
            Symbol::EarlyDataAccepted => {
                [&[0, 19, 0, 16, 0, 11, 0, 9, 8], b"http/1.1".as_slice(), &[0, 42, 0, 0]].concat()
            }
            Symbol::Certificate if is_tls12 => self.credentials().certificate12(),
            Symbol::Certificate => self.credentials().certificate13(),
            Symbol::EmptyCertificate if is_tls12 => vec![0; 3],
            Symbol::EmptyCertificate => vec![0; 4],
            Symbol::CompressedCertificate => vec![0, 1, 0, 0, 1, 0, 0, 1, 0],
            Symbol::CertificateStatus => vec![1, 0, 0, 1, 0],
            Symbol::ServerKeyExchange => self.server_key_exchange(),
            Symbol::CertificateRequest if is_tls12 => vec![1, 64, 0, 2, 4, 3, 0, 0],
            Symbol::CertificateRequest => vec![0, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3],
            Symbol::CertificateVerify => self.certificate_verify(),
            Symbol::ClientKeyExchange => point(),
            Symbol::Finished => self.finished(),
            Symbol::KeyUpdate => vec![0],
            Symbol::RequestingKeyUpdate => vec![1],
            Symbol::MessageHash => self.transcript_hash(),
            _ => Vec::new(),
        }
    }

    fn session_id(&self) -> Vec<u8> {
        let prefix = Extended::parse(&self.hello).prefix;
        prefix[35..35 + usize::from(prefix[34])].to_vec()
    }

    fn hello_of_server(&self, random: &[u8; 32], session_id: &[u8], extensions: &[u8]) -> Vec<u8> {
        let suite = self.suite.0.to_be_bytes();
        let session_id = [&[u8::try_from(session_id.len()).unwrap()], session_id].concat();
        [&[3, 3], random.as_slice(), &session_id, &suite, &[0], &vec16(extensions)].concat()
    }

    fn server_hello13(&self, symbol: Symbol) -> Vec<u8> {
        let group = if self.retried { P256_ID } else { X25519_ID };
        let entry = [group.as_slice(), &vec16(&share(group))].concat();
        let mut extensions = [&[0, 43, 0, 2, 3, 4, 0, 51], vec16(&entry).as_slice()].concat();
        if symbol == Symbol::ResumingServerHello {
            extensions.extend_from_slice(&[0, 41, 0, 2, 0, 0]);
        }
        self.hello_of_server(&self.randoms.server, &self.session_id(), &extensions)
    }

    fn server_hello12(&self, symbol: Symbol) -> Vec<u8> {
        let mut extensions = vec![0xff, 1, 0, 1, 0, 0, 23, 0, 0];
        if self.world.shape.scenario.resumed {
            extensions.extend_from_slice(&[0, 35, 0, 0]);
        }
        let session_id = match (symbol, self.session_id()) {
            (Symbol::ServerHello, _) => Vec::new(),
            (_, offered) if offered.is_empty() => vec![9; 32],
            (_, offered) => offered,
        };
        self.hello_of_server(&self.randoms.server, &session_id, &extensions)
    }

    fn server_key_exchange(&self) -> Vec<u8> {
        let params = [&[3], X25519_ID.as_slice(), &point()].concat();
        let signed = [&self.randoms.client, self.randoms.server.as_slice(), &params].concat();
        [params, self.credentials().sign(&signed)].concat()
    }

    fn certificate_verify(&self) -> Vec<u8> {
        if self.is_tls12() {
            return self.credentials().sign(&self.transcript);
        }
        let role = if self.side() == Side::Client { "client" } else { "server" };
        let context = format!("{}TLS 1.3, {role} CertificateVerify\0", " ".repeat(64));
        self.credentials().sign(&[context.as_bytes(), &self.transcript_hash()].concat())
    }

    fn finished(&self) -> Vec<u8> {
        let hash = self.transcript_hash();
        if !self.is_tls12() {
            let keys = self.keys(self.side(), Epoch::Handshake);
            return keys.map_or_else(|| vec![0; hash.len()], |keys| keys.finished(&hash));
        }
        let label = if self.side() == Side::Client { "client finished" } else { "server finished" };
        let main = self.main_secret();
        main.map_or_else(|| vec![0; 12], |main| prf(self.suite, &main, label, &hash, 12))
    }
}
