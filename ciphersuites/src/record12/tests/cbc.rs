//! CBC records built and taken apart by hand: MACs by ring, padding written out, and bare AES-CBC.

use aws_lc_rs::cipher::{
    AES_128, AES_256, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use ring::hmac;

use super::*;

/// A suite's record protection by hand.
pub(super) struct ByHand {
    pub(super) direction: Direction,
    pub(super) mac_len: usize,
    mac: hmac::Key,
}

impl ByHand {
    pub(super) fn all() -> [Self; 4] {
        [
            (CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, 20),
            (CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, 20),
            (CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, hmac::HMAC_SHA256, 32),
            (CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384, hmac::HMAC_SHA384, 48),
        ]
        .map(|(id, algorithm, mac_len)| {
            let direction = Direction::of(id);
            let mac = hmac::Key::new(algorithm, &direction.secrets.parts().0[..mac_len]);
            Self { direction, mac_len, mac }
        })
    }

    fn cipher_key(&self) -> UnboundCipherKey {
        let key = &self.direction.secrets.parts().0[self.mac_len..];
        let algorithm = if key.len() == 16 { &AES_128 } else { &AES_256 };
        UnboundCipherKey::new(algorithm, key).unwrap()
    }

    /// The plaintext and its MAC (RFC 5246 §6.2.3.1).
    pub(super) fn maced(&self, seq: u64, plaintext: &[u8]) -> Vec<u8> {
        self.maced_as(&header(seq, APPLICATION_DATA, plaintext.len()), plaintext)
    }

    /// The same under additional data of any kind.
    pub(super) fn maced_as(&self, header: &[u8], plaintext: &[u8]) -> Vec<u8> {
        let covered = [header, plaintext].concat();
        [plaintext, hmac::sign(&self.mac, &covered).as_ref()].concat()
    }

    /// A record's body out of whole blocks.
    pub(super) fn encrypt(&self, iv: [u8; 16], blocks: &[u8]) -> Vec<u8> {
        let mut encrypted = blocks.to_vec();
        let key = EncryptingKey::cbc(self.cipher_key()).unwrap();
        let context = EncryptionContext::Iv128(FixedLength::from(iv));
        key.less_safe_encrypt(&mut encrypted, context).unwrap();
        [&iv[..], &encrypted].concat()
    }

    fn decrypt(&self, body: &[u8]) -> Vec<u8> {
        let (iv, encrypted) = body.split_first_chunk::<16>().unwrap();
        let mut blocks = encrypted.to_vec();
        let key = DecryptingKey::cbc(self.cipher_key()).unwrap();
        key.decrypt(&mut blocks, DecryptionContext::Iv128(FixedLength::from(*iv))).unwrap();
        blocks
    }
}

/// `len` bytes of padding, the one with its length included (RFC 5246 §6.2.3.2).
pub(super) fn padding(len: usize) -> Vec<u8> {
    vec![u8::try_from(len - 1).unwrap(); len]
}

/// The shortest padding to whole blocks.
pub(super) fn shortest(maced_len: usize) -> usize {
    16 - maced_len % 16
}

#[test]
fn what_is_sealed_is_what_is_built_by_hand() {
    for by_hand in ByHand::all() {
        for len in (0..70).chain([(1 << 14) - 1, 1 << 14]) {
            let plaintext: Vec<u8> = (0..=255).cycle().take(len).collect();
            let maced = by_hand.maced(3, &plaintext);
            let expected = [&maced[..], &padding(shortest(maced.len()))].concat();
            let sealed = by_hand.direction.seal(3, &plaintext);
            assert_eq!(by_hand.decrypt(&sealed), expected, "{len}");
            let iv = *sealed.first_chunk().unwrap();
            assert_eq!(by_hand.encrypt(iv, &expected), sealed, "{len}");
        }
    }
}

/// A sender may pad to any whole block up to 256 bytes, to hide lengths.
#[test]
fn every_length_of_padding_is_accepted() {
    for by_hand in ByHand::all() {
        for len in [0, 1, 11, 12, 16, 100] {
            let plaintext = vec![0x42; len];
            let maced = by_hand.maced(0, &plaintext);
            for padding_len in (shortest(maced.len())..=256).step_by(16) {
                let body = by_hand.encrypt([9; 16], &[&maced[..], &padding(padding_len)].concat());
                assert_eq!(by_hand.direction.open(0, body), Ok(plaintext.clone()), "{len} {padding_len}");
            }
        }
    }
}

#[test]
fn lengths() {
    for by_hand in ByHand::all() {
        let sealing = &by_hand.direction.sealing;
        assert_eq!(sealing.prefix_len(), 16);
        for len in 0..64 {
            let maced = len + by_hand.mac_len;
            assert_eq!(sealing.sealed_len(len), 16 + maced + shortest(maced));
        }
    }
    // The boundary of a block: SHA-1's 20 bytes leave 11 for a plaintext that needs no second block of padding.
    let sha1 = Direction::of(ALL[3]).sealing;
    assert_eq!([11, 12, 27, 28].map(|len| sha1.sealed_len(len)), [48, 64, 64, 80]);
}

#[test]
fn vectors_are_never_repeated() {
    for by_hand in ByHand::all() {
        let mut ivs: Vec<Vec<u8>> =
            (0..100).map(|_| by_hand.direction.seal(0, b"plaintext")[..16].to_vec()).collect();
        ivs.sort();
        ivs.dedup();
        assert_eq!(ivs.len(), 100);
    }
}

#[test]
fn a_key_may_be_used_by_many_threads_at_once() {
    let direction = Direction::of(ALL[3]);
    std::thread::scope(|scope| {
        for seq in 0..4 {
            let direction = &direction;
            scope.spawn(move || {
                for len in 0..500 {
                    let plaintext = vec![b'a'; len];
                    assert_eq!(direction.open(seq, direction.seal(seq, &plaintext)), Ok(plaintext));
                }
            });
        }
    });
}

/// Two versions of the library would be linked without a word: each prefixes its symbols by its version.
#[test]
fn there_is_one_copy_of_the_library() {
    let lock = include_str!("../../../../Cargo.lock");
    assert_eq!(lock.matches("name = \"aws-lc-sys\"").count(), 1);
}
