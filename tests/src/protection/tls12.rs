//! Record protection of TLS 1.2 (RFC 5246 §5, §6.3; RFC 5288, RFC 7905), from the main secret that a key log gives away.

use ring::aead::{Aad, LessSafeKey, Nonce, UnboundKey};
use ring::{aead, hmac};
use tls_core::ciphersuites::{CipherSuite, ProtocolVersion};

use super::{Form, Protection};
use crate::wire::Side;

/// The randoms of both hellos.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "tests take it apart")]
pub struct Randoms {
    /// The ClientHello's.
    pub client: [u8; 32],
    /// The ServerHello's.
    pub server: [u8; 32],
}

/// The random of a ClientHello or ServerHello, if it is long enough to have one.
pub fn random(hello: &[u8]) -> Option<[u8; 32]> {
    hello.get(6..38)?.try_into().ok()
}

fn algorithms(suite: CipherSuite) -> Option<(Form, &'static aead::Algorithm, hmac::Algorithm)> {
    Some(match suite {
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
        | CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 => {
            (Form::Tls12Gcm, &aead::AES_128_GCM, hmac::HMAC_SHA256)
        }
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
        | CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => {
            (Form::Tls12Gcm, &aead::AES_256_GCM, hmac::HMAC_SHA384)
        }
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
        | CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 => {
            (Form::Tls12ChaCha20, &aead::CHACHA20_POLY1305, hmac::HMAC_SHA256)
        }
        _ => return None,
    })
}

/// Whether it is an AEAD suite of TLS 1.2, whose records can be forged here.
pub fn is_tls12(suite: CipherSuite) -> bool {
    algorithms(suite).is_some()
}

/// P_hash of the label and the seed, with the suite's hash (RFC 5246 §5).
pub fn prf(suite: CipherSuite, secret: &[u8], label: &str, seed: &[u8], len: usize) -> Vec<u8> {
    let key = hmac::Key::new(algorithms(suite).expect("a suite of TLS 1.2").2, secret);
    let seed = [label.as_bytes(), seed].concat();
    let mut out = Vec::new();
    let mut link = hmac::sign(&key, &seed);
    while out.len() < len {
        out.extend_from_slice(hmac::sign(&key, &[link.as_ref(), &seed].concat()).as_ref());
        link = hmac::sign(&key, link.as_ref());
    }
    out.truncate(len);
    out
}

impl Protection {
    /// The keys of TLS 1.2 for what `sender` sends, from the main secret (RFC 5246 §6.3).
    pub fn tls12(suite: CipherSuite, main: &[u8], randoms: &Randoms, sender: Side) -> Self {
        let (form, algorithm, _) = algorithms(suite).expect("a suite of TLS 1.2");
        let (key_len, iv_len) = (algorithm.key_len(), if form == Form::Tls12Gcm { 4 } else { 12 });
        let seed = [randoms.server, randoms.client].concat();
        let block = prf(suite, main, "key expansion", &seed, 2 * (key_len + iv_len));
        let (keys, ivs) = block.split_at(2 * key_len);
        let number = usize::from(sender == Side::Server);
        let key = &keys[number * key_len..][..key_len];
        let mut iv = [0; 12];
        iv[..iv_len].copy_from_slice(&ivs[number * iv_len..][..iv_len]);
        Self {
            form,
            suite,
            secret: [key, &iv].concat(),
            key: LessSafeKey::new(UnboundKey::new(algorithm, key).unwrap()),
            iv,
            sequence: 0,
        }
    }

    fn additional_data(&self, content_type: u8, len: usize) -> Aad<[u8; 13]> {
        let [high, low] = u16::try_from(len).unwrap().to_be_bytes();
        let [major, minor] = ProtocolVersion::TLS1_2.0.to_be_bytes();
        let data =
            [self.sequence.to_be_bytes().as_slice(), &[content_type, major, minor, high, low]].concat();
        Aad::from(data.try_into().unwrap())
    }

    /// The nonce that ends in this explicit part, or is made of this sequence number.
    fn nonce12(&self, number: [u8; 8]) -> Nonce {
        let mut nonce = self.iv;
        nonce[4..].iter_mut().zip(number).for_each(|(byte, number)| *byte ^= number);
        Nonce::assume_unique_for_key(nonce)
    }

    pub(super) fn seal12(&mut self, content_type: u8, content: &[u8]) -> Vec<u8> {
        let number = self.sequence.to_be_bytes();
        let explicit: &[u8] = if self.form == Form::Tls12Gcm { &number } else { &[] };
        let mut sealed = content.to_vec();
        let additional_data = self.additional_data(content_type, content.len());
        self.key.seal_in_place_append_tag(self.nonce12(number), additional_data, &mut sealed).unwrap();
        self.sequence += 1;
        let len = u16::try_from(explicit.len() + sealed.len()).unwrap().to_be_bytes();
        [&[content_type, 3, 3, len[0], len[1]], explicit, &sealed].concat()
    }

    pub(super) fn open12(&mut self, record: &[u8]) -> (u8, Vec<u8>) {
        let (header, body) = record.split_at(5);
        let (number, sealed) = match self.form {
            Form::Tls12Gcm => (*body.first_chunk().expect("an explicit nonce"), &body[8..]),
            _ => (self.sequence.to_be_bytes(), body),
        };
        let additional_data = self.additional_data(header[0], sealed.len() - 16);
        let mut sealed = sealed.to_vec();
        let nonce = self.nonce12(number);
        let content =
            self.key.open_in_place(nonce, additional_data, &mut sealed).expect("a record that opens");
        self.sequence += 1;
        (header[0], content.to_vec())
    }

    /// Goes on with the record after the next.
    pub fn skip(&mut self) {
        self.sequence += 1;
    }
}
