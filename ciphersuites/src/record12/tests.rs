use super::*;
use crate::{CipherSuite, SharedSecret, Tls12Cipher, Tls12MainSecret, Tls12Suite};

mod aead;
mod cbc;
mod cbc_hostile;
mod known_answer;

const APPLICATION_DATA: u8 = 23;

const ALL: [CipherSuite; 7] = [
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384,
];

/// One direction's keys under a suite, with the secrets they are made of.
struct Direction {
    cipher: Tls12Cipher,
    secrets: Tls12WriteKey,
    sealing: Tls12SealingKey,
    opening: Tls12OpeningKey,
}

impl Direction {
    fn of(id: CipherSuite) -> Self {
        let suite = Tls12Suite::from_id(id).unwrap();
        let secret = Tls12MainSecret::legacy(suite.hash, &SharedSecret::of(&[3; 32]), &[1; 32], &[2; 32]);
        Self::with(suite.cipher, secret.keys(suite, &[1; 32], &[2; 32]).unwrap().client)
    }

    fn with(cipher: Tls12Cipher, secrets: Tls12WriteKey) -> Self {
        let (sealing, opening) = (secrets.sealing_key().unwrap(), secrets.opening_key().unwrap());
        Self { cipher, secrets, sealing, opening }
    }

    fn seal(&self, seq: u64, plaintext: &[u8]) -> Vec<u8> {
        let mut body = vec![0xee; self.sealing.sealed_len(plaintext.len())];
        self.sealing.seal(seq, APPLICATION_DATA, plaintext, &mut body).unwrap();
        body
    }

    fn open(&self, seq: u64, mut body: Vec<u8>) -> Result<Vec<u8>, CryptoError> {
        let range = self.opening.open_in_place(seq, APPLICATION_DATA, &mut body)?;
        Ok(body[range].to_vec())
    }
}

/// What every record's protection covers, written out from RFC 5246 §6.2.3.3.
fn header(seq: u64, content_type: u8, len: usize) -> Vec<u8> {
    let len = u16::try_from(len).unwrap();
    [&seq.to_be_bytes()[..], &[content_type, 3, 3], &len.to_be_bytes()].concat()
}

#[test]
fn every_length_comes_back_from_both_ways_of_sealing() {
    for direction in ALL.map(Direction::of) {
        for (len, seq) in (0..100).chain([1000, (1 << 14) - 1, 1 << 14]).zip((0..).step_by(2)) {
            let plaintext: Vec<u8> = (0..=255).cycle().take(len).collect();
            assert_eq!(direction.open(seq, direction.seal(seq, &plaintext)).as_ref(), Ok(&plaintext));

            let prefix_len = direction.sealing.prefix_len();
            let mut body = vec![0xee; direction.sealing.sealed_len(len)];
            body[prefix_len..][..len].copy_from_slice(&plaintext);
            let seq = seq + 1;
            direction.sealing.seal_in_place(seq, APPLICATION_DATA, len, &mut body).unwrap();
            let opened = direction.opening.open_in_place(seq, APPLICATION_DATA, &mut body).unwrap();
            assert_eq!(opened.len(), len);
            assert_eq!(body[prefix_len..][..len], plaintext);
        }
    }
}

#[test]
fn every_altered_byte_is_noticed() {
    for direction in ALL.map(Direction::of) {
        let sealed = direction.seal(7, b"plaintext");
        for index in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[index] ^= 1;
            assert_eq!(direction.open(7, altered), Err(CryptoError), "{:?} {index}", direction.cipher);
        }
        for seq in [6, 8, 7 | 1 << 63] {
            assert_eq!(direction.open(seq, sealed.clone()), Err(CryptoError));
        }
        for content_type in [20, 21, 22, 24] {
            let opened = direction.opening.open_in_place(7, content_type, &mut sealed.clone());
            assert_eq!(opened, Err(CryptoError));
        }
        for end in 0..sealed.len() {
            assert_eq!(direction.open(7, sealed[..end].to_vec()), Err(CryptoError));
        }
        // After all this refusing the key still opens what it should.
        assert_eq!(direction.open(7, sealed), Ok(b"plaintext".to_vec()));
    }
}

#[test]
fn buffers_of_the_wrong_length_are_refused() {
    for direction in ALL.map(Direction::of) {
        let right = direction.sealing.sealed_len(5);
        for len in (0..120).filter(|len| *len != right) {
            let seal = |body: &mut [u8]| direction.sealing.seal(0, APPLICATION_DATA, b"abcde", body);
            assert_eq!(seal(&mut vec![0; len]), Err(CryptoError), "{:?} {len}", direction.cipher);
            let seal = |body: &mut [u8]| direction.sealing.seal_in_place(0, APPLICATION_DATA, 5, body);
            assert_eq!(seal(&mut vec![0; len]), Err(CryptoError), "{:?} {len}", direction.cipher);
        }
        let mut body = vec![0; direction.sealing.sealed_len(0x10000)];
        let long = direction.sealing.seal(0, APPLICATION_DATA, &[0; 0x10000], &mut body);
        assert_eq!(long, Err(CryptoError));
        for len in [usize::MAX, usize::MAX - 15] {
            let long = direction.sealing.seal_in_place(0, APPLICATION_DATA, len, &mut body);
            assert_eq!(long, Err(CryptoError));
        }
        assert_eq!(direction.open(0, vec![0; 0x20000]), Err(CryptoError));
    }
}

#[test]
fn each_direction_has_keys_of_its_own() {
    for id in ALL {
        let suite = Tls12Suite::from_id(id).unwrap();
        let secret = Tls12MainSecret::extended(
            suite.hash,
            &SharedSecret::of(&[3; 32]),
            &suite.hash.digest(b"some messages"),
        );
        let keys = secret.keys(suite, &[1; 32], &[2; 32]).unwrap();
        let (client, server) =
            (Direction::with(suite.cipher, keys.client), Direction::with(suite.cipher, keys.server));
        assert_eq!(server.open(0, client.seal(0, b"to the server")), Err(CryptoError));
        assert_eq!(client.open(0, server.seal(0, b"to the client")), Err(CryptoError));
    }
}

#[test]
fn keys_can_be_shared_and_do_not_print_themselves() {
    fn assert_send_sync<T: Send + Sync>(_: &T) {}
    for direction in ALL.map(Direction::of) {
        assert_send_sync(&direction.sealing);
        assert_send_sync(&direction.opening);
        let printed = format!("{:?} {:?}", direction.sealing, direction.opening);
        assert_eq!(printed, "Tls12SealingKey { .. } Tls12OpeningKey { .. }");
    }
}
