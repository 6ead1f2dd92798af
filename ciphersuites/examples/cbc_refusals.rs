//! Opens CBC records that are wrong in one of several ways, for `cbc_refusals.sh`, which counts the instructions of
//! `open_all` under valgrind: whatever is wrong with a record, refusing it must take the same work.

#![expect(clippy::indexing_slicing, reason = "of records it makes itself")]

use aws_lc_rs::cipher::{
    AES_128, AES_256, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext, UnboundCipherKey,
};
use aws_lc_rs::tls_prf::{P_SHA256, P_SHA384, Secret};
use ciphersuites::{CipherSuite, Hash, NamedGroup, Tls12MainSecret, Tls12OpeningKey, Tls12Suite};

const CLIENT_RANDOM: [u8; 32] = [1; 32];
const SERVER_RANDOM: [u8; 32] = [2; 32];
const PLAINTEXT: [u8; 1000] = [0x42; 1000];
const RECORDS: usize = 50;

/// The suites with the lengths of MAC key and cipher key.
const SUITES: [(CipherSuite, usize, usize); 4] = [
    (CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, 20, 16),
    (CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, 20, 32),
    (CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, 32, 16),
    (CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384, 48, 32),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let wrong = std::env::args().nth(1).ok_or("usage: cbc_refusals WHAT")?;
    for (id, mac_key_len, key_len) in SUITES {
        let suite = Tls12Suite::from_id(id).ok_or("a suite of this crate")?;
        let premaster = ciphersuites::respond(NamedGroup::X25519, &[9; 32], &mut Vec::new())?;
        let secret = Tls12MainSecret::legacy(suite.hash, &premaster, &CLIENT_RANDOM, &SERVER_RANDOM);
        let keys = secret.keys(suite, &CLIENT_RANDOM, &SERVER_RANDOM)?.client;
        let sealing = keys.sealing_key()?;
        let prf = match suite.hash {
            Hash::Sha256 => &P_SHA256,
            Hash::Sha384 => &P_SHA384,
        };
        let block_len = 2 * (mac_key_len + key_len);
        let block = Secret::new(prf, secret.expose())?.derive_with_seed_concatination(
            b"key expansion",
            &SERVER_RANDOM,
            &CLIENT_RANDOM,
            block_len,
        )?;
        let key =
            block.as_ref().get(2 * mac_key_len..).and_then(|keys| keys.get(..key_len)).ok_or("a key")?;
        let mut bodies = Vec::new();
        for _ in 0..RECORDS {
            let mut body = vec![0; sealing.sealed_len(PLAINTEXT.len())];
            sealing.seal(0, 23, &PLAINTEXT, &mut body)?;
            bodies.push(forge(key, &body, &wrong)?);
        }
        let refused = open_all(&keys.opening_key()?, &mut bodies);
        if refused != RECORDS {
            return Err(format!("{id}: {refused} of {RECORDS} records refused").into());
        }
    }
    Ok(())
}

#[inline(never)]
fn open_all(key: &Tls12OpeningKey, bodies: &mut [Vec<u8>]) -> usize {
    bodies.iter_mut().filter_map(|body| key.open_in_place(0, 23, body).err()).count()
}

/// The record with something wrong under its encryption.
fn forge(key: &[u8], body: &[u8], wrong: &str) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let (iv, encrypted) = body.split_first_chunk::<16>().ok_or("a vector")?;
    let algorithm = if key.len() == 16 { &AES_128 } else { &AES_256 };
    let mut blocks = encrypted.to_vec();
    DecryptingKey::cbc(UnboundCipherKey::new(algorithm, key)?)?
        .decrypt(&mut blocks, DecryptionContext::Iv128(iv.into()))?;
    let padding = usize::from(*blocks.last().ok_or("padding")?) + 1;
    let len = blocks.len();
    match wrong {
        "plaintext" => blocks[0] ^= 1,
        "mac" => blocks[PLAINTEXT.len()] ^= 1,
        "padding" => blocks[len - padding] ^= 1,
        "padding-shorter" => blocks[len - 1] = 0,
        "padding-longer" => blocks[len - 1] = 0xff,
        "padding-longest" => blocks[len - 256..].fill(0xff),
        _ => return Err("plaintext, mac, padding, padding-shorter, padding-longer or padding-longest".into()),
    }
    EncryptingKey::cbc(UnboundCipherKey::new(algorithm, key)?)?
        .less_safe_encrypt(&mut blocks, EncryptionContext::Iv128(iv.into()))?;
    Ok([&iv[..], &blocks].concat())
}
