//! CBC records by Botan, from connections of its own tests (`tls_cbc_kat.vec`, MAC then encrypt).

use super::*;
use crate::testing::hex;

/// Key block of one direction, sequence number, content type, vector, plaintext, ciphertext.
const RECORDS: [(&str, u64, u8, &str, &str, &str); 2] = [
    (
        "228f2c6eaace13ef6eb9986a9e6c333695661d292b22f1491eba0e35ebda6370ff2609e26d2e07edebe9a2c97bf76b4f",
        0,
        22,
        "40b6b772c42fbb0ddaf9d0f8db3f4b45",
        "1400000c08c742abd8c48c573cbd3fc7",
        "6bd213365cba73c0f2697c5e772942beac666f997ca6a0afcd43291ba69a9f38c0bf3459551d6405ae6775626f9b4d1e
         6105b0c758a180699e4b2f46dc128ea0",
    ),
    (
        "228f2c6eaace13ef6eb9986a9e6c333695661d292b22f1491eba0e35ebda6370ff2609e26d2e07edebe9a2c97bf76b4f",
        3,
        21,
        "3b43563dc6f6af075ef5cbcee8fc3a95",
        "0164",
        "a32aef79e640787fa96dd93191c63b03254469c78fe9590d1599e97d80397638d3b3a75a9bba5485013bc3198b9d27ad",
    ),
];

#[test]
fn opens_what_botan_sealed() {
    for (keys, seq, content_type, iv, plaintext, ciphertext) in RECORDS {
        let (mac_key, key) = (&hex(keys)[..32], &hex(keys)[32..]);
        let block = [mac_key, mac_key, key, key].concat();
        let keys = Tls12Keys::cut(Tls12Cipher::Aes128CbcSha256, |room| room.copy_from_slice(&block)).unwrap();
        let mut body = [hex(iv), hex(ciphertext)].concat();
        let opening = keys.server.opening_key().unwrap();
        let range = opening.open_in_place(seq, content_type, &mut body).unwrap();
        assert_eq!(body[range], hex(plaintext));
    }
}
