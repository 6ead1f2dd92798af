use ring::aead as other;

use super::*;

const HEADER: [u8; 5] = [23, 3, 3, 0, 42];
const ALL: [Aead; 3] = [Aead::Aes128Gcm, Aead::Aes256Gcm, Aead::ChaCha20Poly1305];

fn keys(aead: Aead) -> (SealingKey, OpeningKey) {
    let (key, iv) = material(aead);
    (SealingKey::new(aead, &key, iv).unwrap(), OpeningKey::new(aead, &key, iv).unwrap())
}

fn material(aead: Aead) -> (Vec<u8>, [u8; IV_LEN]) {
    ((0..32).take(aead.key_len()).collect(), *b"twelve bytes")
}

fn ring_key(aead: Aead) -> other::LessSafeKey {
    let algorithm = match aead {
        Aead::Aes128Gcm => &other::AES_128_GCM,
        Aead::Aes256Gcm => &other::AES_256_GCM,
        Aead::ChaCha20Poly1305 => &other::CHACHA20_POLY1305,
    };
    other::LessSafeKey::new(other::UnboundKey::new(algorithm, &material(aead).0).unwrap())
}

/// The nonce of RFC 9846 §5.3, written out as a 96-bit number.
fn nonce(aead: Aead, seq: u64) -> other::Nonce {
    let mut iv = [0; 16];
    iv[4..].copy_from_slice(&material(aead).1);
    let nonce = (u128::from_be_bytes(iv) ^ u128::from(seq)).to_be_bytes();
    other::Nonce::assume_unique_for_key(nonce[4..].try_into().unwrap())
}

fn seal(key: &SealingKey, seq: u64, plaintext: &[u8], suffix: &[u8]) -> Vec<u8> {
    let mut out = vec![0xee; plaintext.len() + suffix.len() + TAG_LEN];
    key.seal(seq, &HEADER, plaintext, suffix, &mut out).unwrap();
    out
}

//= 9846:5.3 sequence
#[test]
fn agrees_with_ring() {
    for aead in ALL {
        let other = ring_key(aead);
        for seq in [0, 1, 255, 256, 1 << 32, u64::MAX] {
            for len in [0, 1, 15, 16, 17, 63, 64, 1000, 1 << 14] {
                for suffix in [&[23][..], &[22, 0, 0, 0], &[23; 1], &[0; 300], &[]] {
                    let plaintext = vec![0x42; len];
                    let mut expected = [&plaintext, suffix].concat();
                    let aad = other::Aad::from(HEADER);
                    other.seal_in_place_append_tag(nonce(aead, seq), aad, &mut expected).unwrap();

                    // A FIPS module seals no number twice: each way has keys of its own.
                    assert_eq!(seal(&keys(aead).0, seq, &plaintext, suffix), expected);
                    let (sealing, opening) = keys(aead);
                    let mut in_place = [&plaintext, suffix, &[0xee; TAG_LEN]].concat();
                    sealing.seal_in_place(seq, &HEADER, &mut in_place).unwrap();
                    assert_eq!(in_place, expected);
                    let opened = opening.open_in_place(seq, &HEADER, &mut expected).unwrap();
                    assert_eq!(expected[..opened], [&plaintext, suffix].concat());
                }
            }
        }
    }
}

#[test]
fn every_altered_byte_is_noticed() {
    for aead in ALL {
        let (sealing, opening) = keys(aead);
        let sealed = seal(&sealing, 7, b"plaintext", &[23]);
        for index in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[index] ^= 1;
            assert_eq!(opening.open_in_place(7, &HEADER, &mut altered), Err(CryptoError));
        }
        for index in 0..HEADER.len() {
            let mut header = HEADER;
            header[index] ^= 0x80;
            assert_eq!(opening.open_in_place(7, &header, &mut sealed.clone()), Err(CryptoError));
        }
        for seq in [6, 8, 7 | 1 << 63] {
            assert_eq!(opening.open_in_place(seq, &HEADER, &mut sealed.clone()), Err(CryptoError));
        }
        let mut cut = sealed.clone();
        cut.pop();
        assert_eq!(opening.open_in_place(7, &HEADER, &mut cut), Err(CryptoError));
    }
}

#[test]
fn buffers_of_the_wrong_length_are_refused() {
    for aead in ALL {
        let (sealing, opening) = keys(aead);
        for len in (0..40).filter(|len| *len != 5 + 1 + TAG_LEN) {
            let mut out = vec![0; len];
            assert_eq!(sealing.seal(0, &HEADER, b"abcde", &[23], &mut out), Err(CryptoError));
        }
        for len in 0..TAG_LEN {
            assert_eq!(sealing.seal_in_place(0, &HEADER, &mut vec![0; len]), Err(CryptoError));
            assert_eq!(opening.open_in_place(0, &HEADER, &mut vec![0; len]), Err(CryptoError));
        }
        assert!(SealingKey::new(aead, &[0; 15], [0; IV_LEN]).is_err());
    }
}

//= 9846:5.5 limits
#[test]
fn limits() {
    assert_eq!(Aead::Aes128Gcm.confidentiality_limit(), 16_777_216);
    assert_eq!(Aead::Aes256Gcm.confidentiality_limit(), 16_777_216);
    assert_eq!(Aead::ChaCha20Poly1305.confidentiality_limit(), u64::MAX);
}

#[test]
fn keys_can_be_shared_and_do_not_print_themselves() {
    fn assert_send_sync<T: Send + Sync>(_: &T) {}
    let (sealing, opening) = keys(Aead::Aes128Gcm);
    assert_send_sync(&sealing);
    assert_send_sync(&opening);
    assert_eq!(format!("{sealing:?} {opening:?}"), "SealingKey { .. } OpeningKey { .. }");
}
