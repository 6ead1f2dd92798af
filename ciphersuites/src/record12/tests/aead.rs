//! AEAD records by ring, with nonce and additional data written out.

use ring::aead as other;

use super::*;

const AEADS: [(CipherSuite, &other::Algorithm); 3] = [
    (CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, &other::AES_128_GCM),
    (CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, &other::AES_256_GCM),
    (CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, &other::CHACHA20_POLY1305),
];

/// A record's body by ring. `explicit` is AES-GCM's explicit nonce.
fn ring_seal(
    direction: &Direction,
    algorithm: &'static other::Algorithm,
    (seq, explicit): (u64, u64),
    plaintext: &[u8],
) -> Vec<u8> {
    let (key, iv) = direction.secrets.parts();
    let (nonce, prefix) = match direction.cipher {
        Tls12Cipher::ChaCha20Poly1305 => {
            let mut number = [0; 16];
            number[4..].copy_from_slice(iv);
            let nonce = (u128::from_be_bytes(number) ^ u128::from(seq)).to_be_bytes();
            (nonce[4..].to_vec(), vec![])
        }
        _ => ([iv, &explicit.to_be_bytes()].concat(), explicit.to_be_bytes().to_vec()),
    };
    let key = other::LessSafeKey::new(other::UnboundKey::new(algorithm, key).unwrap());
    let nonce = other::Nonce::try_assume_unique_for_key(&nonce).unwrap();
    let aad = other::Aad::from(header(seq, APPLICATION_DATA, plaintext.len()));
    let mut sealed = plaintext.to_vec();
    key.seal_in_place_append_tag(nonce, aad, &mut sealed).unwrap();
    [prefix, sealed].concat()
}

#[test]
fn agrees_with_ring() {
    for (id, algorithm) in AEADS {
        for seq in [0, 1, 255, 256, 1 << 32, u64::MAX - 1] {
            for len in [0, 1, 15, 16, 17, 63, 64, 1000, 1 << 14] {
                let direction = Direction::of(id);
                let plaintext = vec![0x42; len];
                let expected = ring_seal(&direction, algorithm, (seq, seq), &plaintext);
                assert_eq!(direction.seal(seq, &plaintext), expected, "{id} {seq} {len}");
                assert_eq!(direction.open(seq, expected), Ok(plaintext), "{id} {seq} {len}");
            }
        }
    }
}

/// RFC 5288 §3 leaves the explicit nonce to the sender; some count from a random start.
#[test]
fn a_peer_chooses_its_explicit_nonces() {
    for (id, algorithm) in &AEADS[..2] {
        let direction = Direction::of(*id);
        for explicit in [0, 6, u64::MAX, 0x0123_4567_89ab_cdef] {
            let sealed = ring_seal(&direction, algorithm, (5, explicit), b"plaintext");
            assert_eq!(direction.open(5, sealed), Ok(b"plaintext".to_vec()));
        }
    }
}

#[test]
fn lengths() {
    for (id, prefix_len) in [(ALL[0], 8), (ALL[1], 8), (ALL[2], 0)] {
        let direction = Direction::of(id);
        assert_eq!(direction.sealing.prefix_len(), prefix_len);
        for len in [0, 1, 16, 1 << 14] {
            assert_eq!(direction.sealing.sealed_len(len), prefix_len + len + 16);
        }
    }
}
