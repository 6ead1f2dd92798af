//! The AEAD of aws-lc-rs with no protocol around it: what sealing and opening cost at least.

use std::io::Write;

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use tls_core::ciphersuites::{CipherSuite, TAG_LEN};

use crate::records::Records;
use crate::stack::Buffers;

const HEADER_LEN: usize = 5;
const CONTENT_TYPE: [u8; 1] = [23];

/// One key that both seals and opens, with a counter for each.
#[derive(Debug)]
pub struct Bare {
    key: LessSafeKey,
    out_of_place: bool,
    sealed: u64,
    opened: u64,
    buffers: Buffers,
}

impl Bare {
    /// The key alone.
    pub fn into_key(self) -> LessSafeKey {
        self.key
    }
}

fn nonce(counter: &mut u64) -> Nonce {
    let mut nonce = [7; 12];
    nonce[4..].copy_from_slice(&counter.to_be_bytes());
    *counter += 1;
    Nonce::assume_unique_for_key(nonce)
}

impl Records for Bare {
    fn new(suite: CipherSuite) -> Self {
        let algorithm = match suite {
            CipherSuite::TLS_AES_128_GCM_SHA256 => &AES_128_GCM,
            CipherSuite::TLS_AES_256_GCM_SHA384 => &AES_256_GCM,
            CipherSuite::TLS_CHACHA20_POLY1305_SHA256 => &CHACHA20_POLY1305,
            other => panic!("{other} is not measured"),
        };
        let key = UnboundKey::new(algorithm, &[42; 32][..algorithm.key_len()]).unwrap();
        // What is cheapest for each: AES-GCM saves a pass over the data, ChaCha20-Poly1305 loses more than a copy.
        let out_of_place = suite != CipherSuite::TLS_CHACHA20_POLY1305_SHA256;
        Self { key: LessSafeKey::new(key), out_of_place, sealed: 0, opened: 0, buffers: Buffers::default() }
    }

    fn seal(&mut self, data: &[u8], wire: &mut impl Write) {
        let end = HEADER_LEN + data.len() + CONTENT_TYPE.len() + TAG_LEN;
        let record = &mut self.buffers.output[..end];
        let body_len = u16::try_from(end - HEADER_LEN).unwrap().to_be_bytes();
        let header = [23, 3, 3, body_len[0], body_len[1]];
        let (head, body) = record.split_at_mut(HEADER_LEN);
        head.copy_from_slice(&header);
        let nonce = nonce(&mut self.sealed);
        if self.out_of_place {
            let (ciphertext, rest) = body.split_at_mut(data.len());
            self.key
                .seal_out_of_place_scatter(nonce, Aad::from(header), data, ciphertext, &CONTENT_TYPE, rest)
                .unwrap();
        } else {
            let (inner, room) = body.split_at_mut(data.len() + CONTENT_TYPE.len());
            inner[..data.len()].copy_from_slice(data);
            inner[data.len()..].copy_from_slice(&CONTENT_TYPE);
            let tag = self.key.seal_in_place_separate_tag(nonce, Aad::from(header), inner).unwrap();
            room.copy_from_slice(tag.as_ref());
        }
        wire.write_all(record).unwrap();
    }

    fn open(&mut self, wire: &[u8]) -> usize {
        let record = self.buffers.read(wire);
        let (header, body) = record.split_first_chunk_mut::<HEADER_LEN>().unwrap();
        let inner = self.key.open_in_place(nonce(&mut self.opened), Aad::from(*header), body).unwrap();
        inner.len() - CONTENT_TYPE.len()
    }
}
