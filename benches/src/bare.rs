//! The AEAD of aws-lc-rs with no protocol around it: what sealing and opening cost at least.

use std::io::Write;

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use tls_core::ciphersuites::{CipherSuite, TAG_LEN};

use crate::records::Records;
use crate::stack::Buffers;
use crate::wire::Wire;

const HEADER_LEN: usize = 5;

/// One key that both seals and opens, with a counter for each.
#[derive(Debug)]
pub struct Bare {
    key: LessSafeKey,
    out_of_place: bool,
    /// What TLS 1.2 shows of the nonce of AES-GCM.
    explicit_nonce_len: usize,
    /// What TLS 1.3 hides behind the data.
    content_type: &'static [u8],
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
        let (algorithm, explicit_nonce_len, content_type): (_, _, &[u8]) = match suite {
            CipherSuite::TLS_AES_128_GCM_SHA256 => (&AES_128_GCM, 0, &[23]),
            CipherSuite::TLS_AES_256_GCM_SHA384 => (&AES_256_GCM, 0, &[23]),
            CipherSuite::TLS_CHACHA20_POLY1305_SHA256 => (&CHACHA20_POLY1305, 0, &[23]),
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 => (&AES_128_GCM, 8, &[]),
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 => (&AES_256_GCM, 8, &[]),
            CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 => (&CHACHA20_POLY1305, 0, &[]),
            other => panic!("{other} is not measured"),
        };
        let key = UnboundKey::new(algorithm, &[42; 32][..algorithm.key_len()]).unwrap();
        // What is cheapest for each: AES-GCM saves a pass over the data, ChaCha20-Poly1305 loses more than a copy.
        let out_of_place = algorithm != &CHACHA20_POLY1305;
        Self {
            key: LessSafeKey::new(key),
            out_of_place,
            explicit_nonce_len,
            content_type,
            sealed: 0,
            opened: 0,
            buffers: Buffers::default(),
        }
    }

    fn seal(&mut self, data: &[u8], wire: &mut Wire) {
        let start = HEADER_LEN + self.explicit_nonce_len;
        let end = start + data.len() + self.content_type.len() + TAG_LEN;
        let record = &mut self.buffers.output[..end];
        let body_len = u16::try_from(end - HEADER_LEN).unwrap().to_be_bytes();
        let header = [23, 3, 3, body_len[0], body_len[1]];
        let (head, body) = record.split_at_mut(start);
        head[..HEADER_LEN].copy_from_slice(&header);
        let (nonce, aad) = (nonce(&mut self.sealed), Aad::from(header));
        if self.out_of_place {
            let (ciphertext, rest) = body.split_at_mut(data.len());
            self.key
                .seal_out_of_place_scatter(nonce, aad, data, ciphertext, self.content_type, rest)
                .unwrap();
        } else {
            let (inner, room) = body.split_at_mut(data.len() + self.content_type.len());
            inner[..data.len()].copy_from_slice(data);
            inner[data.len()..].copy_from_slice(self.content_type);
            let tag = self.key.seal_in_place_separate_tag(nonce, aad, inner).unwrap();
            room.copy_from_slice(tag.as_ref());
        }
        wire.write_all(record).unwrap();
    }

    fn open(&mut self, wire: &mut Wire) -> usize {
        let record = self.buffers.read(wire);
        let (header, body) = record.split_first_chunk_mut::<HEADER_LEN>().unwrap();
        let ciphertext = &mut body[self.explicit_nonce_len..];
        let inner = self.key.open_in_place(nonce(&mut self.opened), Aad::from(*header), ciphertext).unwrap();
        inner.len() - self.content_type.len()
    }
}
