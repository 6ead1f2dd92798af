//! The same derivations by OpenSSL, from the bytes 0 to 65 as P-521's pre-main secret, which is longer than a block of
//! SHA-256, and the hash of "some messages". Each value is the output of
//! `openssl kdf -keylen N -kdfopt digest:H -kdfopt hexsecret:S -kdfopt hexseed:LABEL -kdfopt hexseed:SEED TLS1-PRF`.

use super::*;

struct Values {
    hash: Hash,
    main_secret: &'static str,
    client_finished: &'static str,
    server_finished: &'static str,
    /// 80 bytes for "EXPORTER-test" with no context, an empty one and "context".
    exports: [&'static str; 3],
}

const VALUES: [Values; 2] = [
    Values {
        hash: Hash::Sha256,
        main_secret: "
            b1decbc996f169592725410089c5ce8c012a1ac4863c026bbb01620b91abc1f92cbfcc2f49f56392e98ed66a1398200c",
        client_finished: "1a271061fe937b963efa6772",
        server_finished: "5ec71803f1bcb7f4b32065de",
        exports: [
            "c69ed84b35571ea032ee7ef5c585bb7a9f2edebadfcdce61cd1b4ff627fba6a7ffde5aa1507753ab91071ed2d429c794
             25c6a8a070f4310411eb4a6baeea5a82f58e13787b66cab472ae44918d168920",
            "7670921476c30468b3f8f7acef2c23783b9e83186dce0508c83dd155c8adfc3bf6baa9c43a3f183723df498b48802fe1
             b522f5084f99647362a6b2efd88a06eca8e0ba856b075df4c26f3a7192403d33",
            "d06f0e16707ecba3a6feb8e8a0bb6a2c546b1dc2ee6a353612cbe60c6e265778b8f8478c2c05c449ffdc2dba44513da5
             675c092fa9ab803416c842613089345c95d42b37111c19b4b53a03a6c80f465d",
        ],
    },
    Values {
        hash: Hash::Sha384,
        main_secret: "
            9313cf13ddfbed2954215f92a970d4288a21a696a7750b36d31c6e71ee1c3c386f9a0cd0456ca950e9f2b2b49b04dade",
        client_finished: "1f76f91b781d5c0b42f98967",
        server_finished: "fa7b92295865875d7a6e97c6",
        exports: [
            "cbaef651ca4392e6cec934f81f2e42523165f40cb64a7039cc535a1344250c3a1a5fa32e53bf7bc1c21f6d3289d7a8f6
             3a572c3451b2ddfec58440c656cf2de80a6b326d9816d41733360fb319893053",
            "59beb46b012688ab3712350a616c1629725daa21aa403a472a4f03aae946b2b1b58025161f5fbee47ed29c1ca1a8b0c5
             44318f0f71d126f8d16ccd480ca8e10cb55c2f3a8aa773efbda46e9d6c133abe",
            "7ea8c3290f428a8eec0e3bdb8d7b5a52f8c03f5b88bebf60cce85f786b7f5e359ac1a57455ce2eee717aed76943c8111
             61c1c697ca20d3fd400102603892f9cb01adba72ea336f81f6e4bfa2f08a0802",
        ],
    },
];

#[test]
fn agrees() {
    for values in VALUES {
        let premaster = SharedSecret::of(&(0..66).collect::<Vec<_>>());
        let transcript = values.hash.digest(b"some messages");
        let secret = Tls12MainSecret::extended(values.hash, &premaster, &transcript);
        assert_eq!(secret.expose(), hex(values.main_secret));
        assert_eq!(secret.client_finished(&transcript).to_vec(), hex(values.client_finished));
        assert_eq!(secret.server_finished(&transcript).to_vec(), hex(values.server_finished));
        for (context, expected) in [None, Some(&b""[..]), Some(b"context")].into_iter().zip(values.exports) {
            let mut out = [0; 80];
            secret.export(&[0x11; 32], &[0x22; 32], b"EXPORTER-test", context, &mut out).unwrap();
            assert_eq!(out.to_vec(), hex(expected));
        }
    }
}
