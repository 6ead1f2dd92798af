use super::*;
use crate::testing::hex;

/// RFC 4231 §4: cases 1 to 4, those whose key is no longer than a secret here.
const CASES: [(&[u8], &[u8], &str, &str); 4] = [
    (
        &[0x0b; 20],
        b"Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
    ),
    (
        b"Jefe",
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
    ),
    (
        &[0xaa; 20],
        &[0xdd; 50],
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
        "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b2a5ab39dc13814b94e3ab6e101a34f27",
    ),
    (
        &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25],
        &[0xcd; 50],
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
        "3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e6801dd23c4a7d679ccf8a386c674cffb",
    ),
];

#[test]
fn rfc4231() {
    for (key, message, sha256, sha384) in CASES {
        assert_eq!(hmac(Hash::Sha256, key, &[message]).as_ref(), hex(sha256));
        assert_eq!(hmac(Hash::Sha384, key, &[message]).as_ref(), hex(sha384));
    }
}

/// Lengths on both sides of every boundary: blocks, the stack buffer, the path for long messages.
#[test]
fn agrees_with_ring_at_every_length() {
    for (hash, algorithm) in
        [(Hash::Sha256, ring::hmac::HMAC_SHA256), (Hash::Sha384, ring::hmac::HMAC_SHA384)]
    {
        let key: Vec<u8> = (0..48).take(hash.len()).collect();
        let other = ring::hmac::Key::new(algorithm, &key);
        for len in 0..600 {
            let message = vec![0x61; len];
            let (head, tail) = message.split_at(len / 3);
            let tag = hmac(hash, &key, &[head, tail]);
            ring::hmac::verify(&other, &message, tag.as_ref()).unwrap();
            assert_eq!(tag.as_ref().len(), hash.len());
        }
    }
}

/// Keys up to a block, and those longer than one, which are hashed first.
#[test]
fn agrees_with_ring_for_every_length_of_key() {
    for (hash, algorithm) in
        [(Hash::Sha256, ring::hmac::HMAC_SHA256), (Hash::Sha384, ring::hmac::HMAC_SHA384)]
    {
        for len in 0..200 {
            let key = vec![0x61; len];
            let tag = hmac(hash, &key, &[b"a ", b"message"]);
            let other = ring::hmac::sign(&ring::hmac::Key::new(algorithm, &key), b"a message");
            assert_eq!(tag.as_ref(), other.as_ref());
        }
    }
}

#[test]
fn wiping_leaves_zeroes() {
    let mut bytes = [7; 48];
    wipe(&mut bytes);
    assert_eq!(bytes, [0; 48]);
}

#[test]
fn secrets_hold_no_more_than_they_say() {
    assert_eq!(Secret::new(Hash::Sha256, &[1; 64]).as_ref(), [1; 32]);
    assert_eq!(Secret::new(Hash::Sha384, &[1; 20]).as_ref(), [1; 20]);
    assert_eq!(Secret::zero(Hash::Sha384).as_ref(), [0; 48]);
    assert_eq!(Secret::zero(Hash::Sha384).truncated(12).truncated(40).as_ref(), [0; 12]);
}
