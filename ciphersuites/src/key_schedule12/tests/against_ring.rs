//! The same derivations with ring's HMAC under a P_hash written out block by block (RFC 5246 §5).

use ring::hmac;

use super::*;

const CLIENT: [u8; 32] = [0xc1; 32];
const SERVER: [u8; 32] = [0x5e; 32];

fn ring_prf(hash: Hash, secret: &[u8], parts: &[&[u8]], len: usize) -> Vec<u8> {
    let key = match hash {
        Hash::Sha256 => hmac::Key::new(hmac::HMAC_SHA256, secret),
        Hash::Sha384 => hmac::Key::new(hmac::HMAC_SHA384, secret),
    };
    let seed = parts.concat();
    let mut a = seed.clone();
    let mut out = Vec::new();
    while out.len() < len {
        a = hmac::sign(&key, &a).as_ref().to_vec();
        out.extend_from_slice(hmac::sign(&key, &[&a[..], &seed].concat()).as_ref());
    }
    out.truncate(len);
    out
}

/// Every length of secret that a group here gives, on both sides of both hashes' blocks.
#[test]
fn main_secrets() {
    for hash in [Hash::Sha256, Hash::Sha384] {
        let session_hash = hash.digest(b"some messages");
        for len in 1..=80 {
            let bytes = vec![0x42; len];
            let premaster = SharedSecret::of(&bytes);
            let extended = Tls12MainSecret::extended(hash, &premaster, &session_hash);
            let expected = ring_prf(hash, &bytes, &[b"extended master secret", session_hash.as_ref()], 48);
            assert_eq!(extended.expose(), expected);
            let legacy = Tls12MainSecret::legacy(hash, &premaster, &CLIENT, &SERVER);
            assert_eq!(legacy.expose(), ring_prf(hash, &bytes, &[b"master secret", &CLIENT, &SERVER], 48));
        }
    }
}

#[test]
fn finished() {
    for hash in [Hash::Sha256, Hash::Sha384] {
        let secret = main_secret(hash);
        let transcript = hash.digest(b"all messages");
        let expected = |label| ring_prf(hash, secret.expose(), &[label, transcript.as_ref()], 12);
        assert_eq!(secret.client_finished(&transcript).to_vec(), expected(b"client finished"));
        assert_eq!(secret.server_finished(&transcript).to_vec(), expected(b"server finished"));
    }
}

/// The lengths of MAC key, key and vector as RFC 5246 appendix C and the RFCs of the suites have them.
#[test]
fn keys_of_every_suite() {
    for (id, mac_key_len, key_len, iv_len) in [
        (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, 0, 16, 4),
        (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, 0, 32, 4),
        (CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, 0, 32, 12),
        (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, 20, 16, 0),
        (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, 20, 32, 0),
        (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, 32, 16, 0),
        (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, 48, 32, 0),
    ] {
        let suite = Tls12Suite::from_id(id).unwrap();
        let secret = main_secret(suite.hash);
        let keys = secret.keys(suite, &CLIENT, &SERVER).unwrap();
        let len = 2 * (mac_key_len + key_len + iv_len);
        let block = ring_prf(suite.hash, secret.expose(), &[b"key expansion", &SERVER, &CLIENT], len);
        let (mac_keys, rest) = block.split_at(2 * mac_key_len);
        let (keys_only, ivs) = rest.split_at(2 * key_len);
        for (ours, side) in [(&keys.client, 0), (&keys.server, 1)] {
            let part = |bytes: &[u8], len| bytes[side * len..][..len].to_vec();
            let expected = [part(mac_keys, mac_key_len), part(keys_only, key_len)].concat();
            assert_eq!(ours.parts(), (&expected[..], &part(ivs, iv_len)[..]), "{id}");
        }
    }
}

#[test]
fn exports() {
    for hash in [Hash::Sha256, Hash::Sha384] {
        let secret = main_secret(hash);
        for label in [&b"EXPORTER_a"[..], &[b'x'; 300]] {
            for context in [None, Some(&b""[..]), Some(b"context"), Some(&[7; 0x1234])] {
                for len in [0, 1, 31, 32, 33, 48, 200, 5000] {
                    let mut ours = vec![0; len];
                    secret.export(&CLIENT, &SERVER, label, context, &mut ours).unwrap();
                    let head = context.map(|context| u16::try_from(context.len()).unwrap().to_be_bytes());
                    let head = head.as_ref().map_or(&[][..], |head| &head[..]);
                    let seed = [label, &CLIENT, &SERVER, head, context.unwrap_or_default()];
                    assert_eq!(ours, ring_prf(hash, secret.expose(), &seed, len));
                }
            }
        }
    }
}
