//! Dated policies before TLS 1.3. They never change.

use super::definition::{Definition, PLAIN, SSL3_0, Suites, TLS1_0};
use super::suites::*;
use super::{groups, schemes};

const DHE_RSA_2014: Suites = &[DR_A128B2, DR_A128B1, DR_3DES, R_A128B2, R_A128B1, R_3DES, R_RC4, R_RC4_MD5];

const TLS13_ECDHE_RSA: Suites = &[
    T13_A256G, T13_A128G, T13_C20, ER_A128G, ER_A256G, ER_C20, ER_A128B1, ER_A128B2, ER_A256B1, R_A128G,
    R_A128B2, R_A128B1,
];

pub(super) static POLICIES: &[Definition] = &[
    Definition {
        name: "20140601",
        min_version: SSL3_0,
        suites: DHE_RSA_2014,
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20141001",
        min_version: TLS1_0,
        suites: DHE_RSA_2014,
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20150202",
        min_version: TLS1_0,
        suites: &[DR_A128B2, DR_A128B1, DR_3DES, R_A128B2, R_A128B1, R_3DES],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20150214",
        min_version: TLS1_0,
        suites: &[DR_A128G, DR_A128B2, DR_A128B1, DR_3DES, R_A128G, R_A128B2, R_A128B1, R_3DES],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20150306",
        min_version: TLS1_0,
        suites: &[
            ER_A128G, ER_A256G, ER_A128B1, ER_A128B2, ER_3DES, ER_A256B1, R_A128G, R_A128B2, R_A128B1, R_3DES,
        ],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20160411",
        min_version: TLS1_0,
        suites: &[
            ER_A128B1, ER_A128G, ER_A256G, ER_A128B2, ER_A256B1, ER_A256B3, R_A128B1, R_A128G, R_A256G,
            R_A128B2, R_A256B1, R_A256B2, R_3DES,
        ],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20160804",
        min_version: TLS1_0,
        suites: &[
            ER_A128G, ER_A256G, ER_A128B1, ER_A128B2, ER_A256B1, ER_A256B3, R_A128G, R_A256G, R_A128B1,
            R_A128B2, R_A256B1, R_A256B2, R_3DES,
        ],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20160824",
        min_version: TLS1_0,
        suites: &[ER_A128G, ER_A256G, ER_A128B1, ER_A128B2, ER_A256B1, R_A128G, R_A128B2, R_A128B1],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20170210",
        min_version: TLS1_0,
        suites: &[ER_A128G, ER_A256G, ER_C20, ER_A128B1, ER_A128B2, ER_A256B1, R_A128G, R_A128B2, R_A128B1],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20170328",
        min_version: TLS1_0,
        suites: &[
            ER_A128B1, ER_A128G, ER_A256G, ER_A128B2, ER_A256B1, ER_A256B3, R_A128B1, R_A128G, R_A256G,
            R_A128B2, R_A256B1, R_A256B2, R_3DES, DR_A128B1, DR_A128G, DR_A256G, DR_A128B2, DR_A256B1,
            DR_A256B2,
        ],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20170328_gcm",
        min_version: TLS1_0,
        suites: &[
            ER_A128G, ER_A256G, ER_A128B1, ER_A128B2, ER_A256B1, ER_A256B3, R_A128G, R_A256G, R_A128B1,
            R_A128B2, R_A256B1, R_A256B2, R_3DES, DR_A128G, DR_A256G, DR_A128B1, DR_A128B2, DR_A256B1,
            DR_A256B2,
        ],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20190214",
        min_version: TLS1_0,
        suites: &[
            EE_A128B1, ER_A128B1, EE_A128G, ER_A128G, EE_A256G, ER_A256G, EE_A128B2, ER_A128B2, EE_A256B1,
            ER_A256B1, EE_A256B3, ER_A256B3, R_A128B1, R_A128G, R_A256G, R_A128B2, R_A256B1, R_A256B2,
            R_3DES, DR_A128B1, DR_A128G, DR_A256G, DR_A128B2, DR_A256B1, DR_A256B2,
        ],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20190214_gcm",
        min_version: TLS1_0,
        suites: &[
            EE_A128G, ER_A128G, EE_A256G, ER_A256G, EE_A128B1, ER_A128B1, EE_A128B2, ER_A128B2, EE_A256B1,
            ER_A256B1, EE_A256B3, ER_A256B3, R_A128G, R_A256G, R_A128B1, R_A128B2, R_A256B1, R_A256B2,
            R_3DES, DR_A128G, DR_A256G, DR_A128B1, DR_A128B2, DR_A256B1, DR_A256B2,
        ],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20170405",
        min_version: TLS1_0,
        suites: &[
            ER_A128B2, ER_A256B3, ER_A128G, ER_A256G, R_A128B1, R_A128G, R_A256G, R_A128B2, R_A256B1,
            R_A256B2, R_3DES,
        ],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20170405_gcm",
        min_version: TLS1_0,
        suites: &[
            ER_A128G, ER_A256G, ER_A128B2, ER_A256B3, R_A128G, R_A256G, R_A128B1, R_A128B2, R_A256B1,
            R_A256B2, R_3DES,
        ],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20170718",
        min_version: TLS1_0,
        suites: &[
            ER_A128B1, ER_A128G, ER_A256G, ER_A128B2, ER_A256B1, ER_A256B3, R_A128B1, R_A128G, R_A256G,
            R_A128B2, R_A256B1, R_A256B2,
        ],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20170718_gcm",
        min_version: TLS1_0,
        suites: &[
            ER_A128G, ER_A256G, ER_A128B1, ER_A128B2, ER_A256B1, ER_A256B3, R_A128G, R_A256G, R_A128B1,
            R_A128B2, R_A256B1, R_A256B2,
        ],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20190120",
        min_version: TLS1_0,
        suites: &[
            ER_A128B1, ER_A128G, ER_A256G, ER_C20, ER_A128B2, ER_A256B1, ER_A256B3, R_A128B1, R_A128G,
            R_A256G, R_A128B2, R_A256B1, R_A256B2, R_3DES,
        ],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20190121",
        min_version: TLS1_0,
        suites: &[
            ER_A128G, ER_A256G, ER_C20, ER_A128B1, ER_A128B2, ER_A256B1, ER_A256B3, R_A128G, R_A256G,
            R_A128B1, R_A128B2, R_A256B1, R_A256B2, R_3DES,
        ],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20190122",
        min_version: TLS1_0,
        suites: CHACHA20_FIRST,
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20190801",
        min_version: TLS1_0,
        suites: TLS13_ECDHE_RSA,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20190802",
        min_version: TLS1_0,
        suites: TLS13_ECDHE_RSA,
        groups: groups::P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
];
