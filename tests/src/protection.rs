//! Record protection for whoever has the secrets, by ring: what tests forge owes nothing to the code under test.

pub mod tls12;

use ring::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::{hkdf, hmac};
use tls_core::ciphersuites::CipherSuite;

/// One direction's keys of one epoch, with the number of the next record.
#[derive(Debug)]
pub struct Protection {
    form: Form,
    suite: CipherSuite,
    secret: Vec<u8>,
    key: LessSafeKey,
    iv: [u8; 12],
    sequence: u64,
}

/// How records are protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Tls13,
    Tls12Gcm,
    Tls12ChaCha20,
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn algorithms(suite: CipherSuite) -> (&'static aead::Algorithm, hkdf::Algorithm, hmac::Algorithm) {
    match suite {
        CipherSuite::TLS_AES_128_GCM_SHA256 => (&aead::AES_128_GCM, hkdf::HKDF_SHA256, hmac::HMAC_SHA256),
        CipherSuite::TLS_AES_256_GCM_SHA384 => (&aead::AES_256_GCM, hkdf::HKDF_SHA384, hmac::HMAC_SHA384),
        CipherSuite::TLS_CHACHA20_POLY1305_SHA256 => {
            (&aead::CHACHA20_POLY1305, hkdf::HKDF_SHA256, hmac::HMAC_SHA256)
        }
        other => panic!("{other} is no suite of TLS 1.3"),
    }
}

/// HKDF-Expand-Label (RFC 9846 §7.1).
pub fn expand_label(suite: CipherSuite, secret: &[u8], label: &str, context: &[u8], len: usize) -> Vec<u8> {
    let label = format!("tls13 {label}");
    let info = [
        u16::try_from(len).unwrap().to_be_bytes().as_slice(),
        &[u8::try_from(label.len()).unwrap()],
        label.as_bytes(),
        &[u8::try_from(context.len()).unwrap()],
        context,
    ]
    .concat();
    let mut out = vec![0; len];
    let prk = hkdf::Prk::new_less_safe(algorithms(suite).1, secret);
    prk.expand(&[&info], Length(len)).unwrap().fill(&mut out).unwrap();
    out
}

impl Protection {
    /// The keys of TLS 1.3 that come from this traffic secret.
    pub fn new(suite: CipherSuite, secret: &[u8]) -> Self {
        let algorithm = algorithms(suite).0;
        let key = expand_label(suite, secret, "key", &[], algorithm.key_len());
        Self {
            form: Form::Tls13,
            suite,
            secret: secret.to_vec(),
            key: LessSafeKey::new(UnboundKey::new(algorithm, &key).unwrap()),
            iv: expand_label(suite, secret, "iv", &[], 12).try_into().unwrap(),
            sequence: 0,
        }
    }

    /// Whether both come from the same secret.
    pub fn is_same(&self, other: &Self) -> bool {
        self.suite == other.suite && self.secret == other.secret
    }

    /// The keys after a KeyUpdate (RFC 9846 §7.2).
    pub fn next(&self) -> Self {
        let secret = expand_label(self.suite, &self.secret, "traffic upd", &[], self.secret.len());
        Self::new(self.suite, &secret)
    }

    /// The verify_data for a transcript with this hash (RFC 9846 §4.5.3).
    pub fn finished(&self, transcript: &[u8]) -> Vec<u8> {
        let key = expand_label(self.suite, &self.secret, "finished", &[], self.secret.len());
        let key = hmac::Key::new(algorithms(self.suite).2, &key);
        hmac::sign(&key, transcript).as_ref().to_vec()
    }

    fn next_nonce(&self) -> Nonce {
        let mut nonce = self.iv;
        nonce[4..].iter_mut().zip(self.sequence.to_be_bytes()).for_each(|(byte, number)| *byte ^= number);
        Nonce::assume_unique_for_key(nonce)
    }

    fn nonce(&mut self) -> Nonce {
        let nonce = self.next_nonce();
        self.sequence += 1;
        nonce
    }

    /// Whether this record of TLS 1.3 is the next.
    pub fn opens(&self, record: &[u8]) -> bool {
        let (header, body) = record.split_at(5);
        self.key.open_in_place(self.next_nonce(), Aad::from(header), &mut body.to_vec()).is_ok()
    }

    /// One record of this content.
    pub fn seal(&mut self, content_type: u8, content: &[u8]) -> Vec<u8> {
        match self.form {
            Form::Tls13 => self.seal_inner(&[content, &[content_type]].concat()),
            _ => self.seal12(content_type, content),
        }
    }

    /// One record of TLS 1.3 with whatever is said to be its inner plaintext.
    pub fn seal_inner(&mut self, inner: &[u8]) -> Vec<u8> {
        let len = u16::try_from(inner.len() + 16).unwrap().to_be_bytes();
        let header = [23, 3, 3, len[0], len[1]];
        let mut body = inner.to_vec();
        let nonce = self.nonce();
        self.key.seal_in_place_append_tag(nonce, Aad::from(header), &mut body).unwrap();
        [&header, body.as_slice()].concat()
    }

    /// The content type and content of a record; panics if it does not open.
    pub fn open(&mut self, record: &[u8]) -> (u8, Vec<u8>) {
        if self.form != Form::Tls13 {
            return self.open12(record);
        }
        let (header, body) = record.split_at(5);
        let mut body = body.to_vec();
        let nonce = self.nonce();
        let inner = self.key.open_in_place(nonce, Aad::from(header), &mut body).expect("a record that opens");
        let last = inner.iter().rposition(|byte| *byte != 0).expect("a content type");
        (inner[last], inner[..last].to_vec())
    }
}
