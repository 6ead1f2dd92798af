//! The same derivations by ring's HKDF.

use ring::hkdf::{self, Prk, Salt};

use super::*;

struct Len(usize);

impl hkdf::KeyType for Len {
    fn len(&self) -> usize {
        self.0
    }
}

pub(super) fn algorithm(hash: Hash) -> hkdf::Algorithm {
    match hash {
        Hash::Sha256 => hkdf::HKDF_SHA256,
        Hash::Sha384 => hkdf::HKDF_SHA384,
    }
}

pub(super) fn ring_expand(prk: &Prk, label: &[u8], context: &[u8], len: usize) -> Vec<u8> {
    let label_len = [u8::try_from(label.len() + 6).unwrap()];
    let context_len = [u8::try_from(context.len()).unwrap()];
    let total = u16::try_from(len).unwrap().to_be_bytes();
    let info = [&total[..], &label_len, b"tls13 ", label, &context_len, context];
    let mut out = vec![0; len];
    prk.expand(&info, Len(len)).unwrap().fill(&mut out).unwrap();
    out
}

pub(super) fn ring_extract(hash: Hash, salt: &[u8], input: &[u8]) -> Prk {
    Salt::new(algorithm(hash), salt).extract(input)
}

/// A secret of the next stage by ring, given this one's and its input.
fn ring_next(hash: Hash, prk: &Prk, input: &[u8]) -> Prk {
    let salt = ring_expand(prk, b"derived", hash.digest(b"").as_ref(), hash.len());
    ring_extract(hash, &salt, input)
}

#[test]
fn whole_schedule() {
    for (hash, aead) in [
        (Hash::Sha256, Aead::Aes128Gcm),
        (Hash::Sha256, Aead::ChaCha20Poly1305),
        (Hash::Sha384, Aead::Aes256Gcm),
    ] {
        for psk in [None, Some(&b"a pre-shared key"[..]), Some(&[7; 300])] {
            for shared in [&[1; 32][..], &[2; 48], &[3; 64], &[4; 66], &[5; 80]] {
                assert_schedule(hash, aead, psk, shared);
            }
        }
    }
}

fn assert_schedule(hash: Hash, aead: Aead, psk: Option<&[u8]>, shared: &[u8]) {
    let len = hash.len();
    let zeroes = vec![0; len];
    let transcript = hash.digest(b"some messages");
    let hello = transcript.as_ref();

    let early = ring_extract(hash, &zeroes, psk.unwrap_or(&zeroes));
    let prk = ring_next(hash, &early, shared);
    let handshake =
        EarlySecret::new(hash, psk.map(|psk| PskSecret::new(hash, psk)).as_ref()).into_handshake(shared);
    let client = handshake.client_traffic(&transcript);
    assert_eq!(client.expose(), ring_expand(&prk, b"c hs traffic", hello, len));
    let server = handshake.server_traffic(&transcript);
    assert_eq!(server.expose(), ring_expand(&prk, b"s hs traffic", hello, len));
    assert_traffic(hash, aead, &server);

    let prk = ring_next(hash, &prk, &zeroes);
    let main = handshake.into_main();
    let client = main.client_traffic(&transcript);
    assert_eq!(client.expose(), ring_expand(&prk, b"c ap traffic", hello, len));
    let server = main.server_traffic(&transcript);
    assert_eq!(server.expose(), ring_expand(&prk, b"s ap traffic", hello, len));
    let exporter = main.exporter(&transcript);
    assert_eq!(exporter.expose(), ring_expand(&prk, b"exp master", hello, len));
    assert_exporter(hash, &exporter);
}

fn assert_traffic(hash: Hash, aead: Aead, secret: &TrafficSecret) {
    let prk = Prk::new_less_safe(algorithm(hash), secret.expose());
    let (key, iv) = secret.record_key(aead).unwrap();
    assert_eq!(key.as_ref(), ring_expand(&prk, b"key", b"", aead.key_len()));
    assert_eq!(iv.as_slice(), ring_expand(&prk, b"iv", b"", IV_LEN));
    assert_eq!(secret.next().expose(), ring_expand(&prk, b"traffic upd", b"", hash.len()));

    let algorithm = match hash {
        Hash::Sha256 => ring::hmac::HMAC_SHA256,
        Hash::Sha384 => ring::hmac::HMAC_SHA384,
    };
    let key = ring::hmac::Key::new(algorithm, &ring_expand(&prk, b"finished", b"", hash.len()));
    let transcript = hash.digest(b"up to here");
    let verify_data = secret.finished(&transcript);
    ring::hmac::verify(&key, transcript.as_ref(), verify_data.as_ref()).unwrap();
}

fn assert_exporter(hash: Hash, exporter: &ExporterSecret) {
    let prk = Prk::new_less_safe(algorithm(hash), exporter.expose());
    for label in [&b""[..], b"EXPORTER-Channel-Binding", &[b'l'; 249]] {
        for (context, len) in [(&b""[..], 1), (b"context", 32), (&[9; 1000], 49), (b"", 255 * hash.len())] {
            let secret = ring_expand(&prk, label, hash.digest(b"").as_ref(), hash.len());
            let secret = Prk::new_less_safe(algorithm(hash), &secret);
            let mut out = vec![0; len];
            exporter.export(label, context, &mut out).unwrap();
            assert_eq!(out, ring_expand(&secret, b"exporter", hash.digest(context).as_ref(), len));
        }
    }
}
