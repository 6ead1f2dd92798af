//! NIST's vectors for SP 800-135 §4.2.2, TLS 1.2 (CAVP `tls.rsp`), COUNT 0 of each hash.

use super::*;

struct Vector {
    hash: Hash,
    premaster: &'static str,
    hello_randoms: [&'static str; 2],
    main_secret: &'static str,
    /// The key block's randoms are others than the hellos'.
    randoms: [&'static str; 2],
    key_block: &'static str,
}

/// The randoms are the client's and the server's.
const VECTORS: [Vector; 2] = [
    Vector {
        hash: Hash::Sha256,
        premaster: "
            f8938ecc9edebc5030c0c6a441e213cd24e6f770a50dda07876f8d55da062bcadb386b411fd4fe4313a604fce6c17fbc",
        hello_randoms: [
            "36c129d01a3200894b9179faac589d9835d58775f9b5ea3587cb8fd0364cae8c",
            "f6c9575ed7ddd73e1f7d16eca115415812a43c2b747daaaae043abfb50053fce",
        ],
        main_secret: "
            202c88c00f84a17a20027079604787461176455539e705be730890602c289a5001e34eeb3a043e5d52a65e66125188bf",
        randoms: [
            "62e1fd91f23f558a605f28478c58cf72637b89784d959df7e946d3f07bd1b616",
            "ae6c806f8ad4d80784549dff28a4b58fd837681a51d928c3e30ee5ff14f39868",
        ],
        key_block: "
            d06139889fffac1e3a71865f504aa5d0d2a2e89506c6f2279b670c3e1b74f531016a2530c51a3a0f7e1d6590d0f0566b
            2f387f8d11fd4f731cdd572d2eae927f6f2f81410b25e6960be68985add6c38445ad9f8c64bf8068bf9a6679485d966f
            1ad6f68b43495b10a683755ea2b858d70ccac7ec8b053c6bd41ca299d4e51928",
    },
    Vector {
        hash: Hash::Sha384,
        premaster: "
            a5e2642633f5b8c81ad3fe0c2fe3a8e5ef806b06121dd10df4bb0fe857bfdcf522558e05d2682c9a80c741a3aab1716f",
        hello_randoms: [
            "abe4bf5527429ac8eb13574d2709e8012bd1a113c6d3b1d3aa2c3840518778ac",
            "cb6e0b3eb02976b6466dfa9651c2919414f1648fd3a7838d02153e5bd39535b6",
        ],
        main_secret: "
            b4d49bfa87747fe815457bc3da15073d6ac73389e703079a3503c09e14bd559a5b3c7c601c7365f6ea8c68d3d9596827",
        randoms: [
            "954b5fe1849c2ede177438261f099a2fcd884d001b9fe1de754364b1f6a6dd8e",
            "1b1c8568344a65c30828e7483c0e353e2c68641c9551efae6927d9cd627a107c",
        ],
        key_block: "
            10fd89ef689c7ef033387b8a8f3e5e8e7c11f680f6bdd71fbac3246a73e98d45d03185dde686e6b2369e4503e9dc5a6d
            2cee3e2bf2fa3f41d3de57dff3e197c8a9d5f74cc2d277119d894f8584b07a0a5822f0bd68b3433ec6adaf5c9406c5f3
            ddbb71bbe17ce98f3d4d5893d3179ef369f57aad908e2bf710639100c3ce7e0c",
    },
];

fn randoms(texts: [&str; 2]) -> [[u8; 32]; 2] {
    texts.map(|text| hex(text).try_into().unwrap())
}

fn secret(vector: &Vector) -> Tls12MainSecret {
    let [client, server] = randoms(vector.hello_randoms);
    Tls12MainSecret::legacy(vector.hash, &SharedSecret::of(&hex(vector.premaster)), &client, &server)
}

#[test]
fn main_secret() {
    for vector in &VECTORS {
        assert_eq!(secret(vector).expose(), hex(vector.main_secret));
    }
}

/// The block cut by hand into the parts of each AEAD suite; its length decides that CBC's do not fit.
#[test]
fn key_block() {
    for (id, key_len, iv_len) in [
        (CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, 16, 4),
        (CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, 32, 12),
        (CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, 32, 4),
    ] {
        let suite = Tls12Suite::from_id(id).unwrap();
        let vector = VECTORS.iter().find(|vector| vector.hash == suite.hash).unwrap();
        let [client, server] = randoms(vector.randoms);
        let keys = secret(vector).keys(suite, &client, &server).unwrap();
        let block = hex(vector.key_block);
        let (client_key, rest) = block.split_at(key_len);
        let (server_key, rest) = rest.split_at(key_len);
        assert_eq!(keys.client.parts(), (client_key, &rest[..iv_len]), "{id}");
        assert_eq!(keys.server.parts(), (server_key, &rest[iv_len..2 * iv_len]), "{id}");
    }
}
