//! Policies of CloudFront towards viewers.

use super::definition::{
    Definition, PFS, PFS_AND_FIPS, PLAIN, SSL3_0, Suites, TLS1_0, TLS1_1, TLS1_2, TLS1_3,
};
use super::suites::*;
use super::{groups, schemes};

const SSL_V_3: Suites = &[
    T13_A128G, T13_A256G, T13_C20, ER_A128G, ER_A128B2, ER_A128B1, ER_A256G, ER_C20, ER_A256B3, ER_A256B1,
    R_A128G, R_A256G, R_A128B2, R_A256B1, R_A128B1, R_3DES, R_RC4_MD5,
];

const TLS_2014: Suites = &[
    T13_A128G, T13_A256G, T13_C20, EE_A128G, ER_A128G, EE_A128B2, ER_A128B2, EE_A128B1, ER_A128B1, EE_A256G,
    ER_A256G, EE_C20, ER_C20, EE_A256B3, ER_A256B3, EE_A256B1, ER_A256B1, R_A128G, R_A256G, R_A128B2,
    R_A256B1, R_A128B1, R_3DES,
];

const TLS_2014_SHA256: Suites = &[
    T13_A128G, T13_A256G, T13_C20, EE_A128G, ER_A128G, EE_A128B2, ER_A128B2, EE_A128B1, ER_A128B1, EE_A256G,
    ER_A256G, EE_C20, ER_C20, EE_A256B3, ER_A256B3, EE_A256B1, ER_A256B1, R_A128G, R_A256G, R_A128B2,
    R_A128B1, R_A256B2, R_A256B1, R_3DES,
];

const TLS_2017: Suites = &[
    T13_A128G, T13_A256G, T13_C20, EE_A128G, ER_A128G, EE_A128B2, ER_A128B2, EE_A256G, ER_A256G, EE_C20,
    ER_C20, EE_A256B3, ER_A256B3, EE_A256B1, ER_A256B1, EE_A128B1, ER_A128B1, R_A128G, R_A256G, R_A128B2,
];

const TLS_2018: Suites = &[
    T13_A128G, T13_A256G, T13_C20, EE_A128G, ER_A128G, EE_A128B2, ER_A128B2, EE_A256G, ER_A256G, EE_C20,
    ER_C20, EE_A256B3, ER_A256B3, R_A128G, R_A256G, R_A128B2,
];

const TLS_2021: Suites =
    &[T13_A128G, T13_A256G, T13_C20, EE_A128G, ER_A128G, EE_A256G, ER_A256G, EE_C20, ER_C20];

const LEGACY_2016: Suites = &[
    EE_A128G, ER_A128G, EE_A128B2, ER_A128B2, EE_A128B1, ER_A128B1, EE_A256G, ER_A256G, EE_A256B3, ER_A256B3,
    EE_A256B1, ER_A256B1, R_A128G, R_A256G, R_A128B2, R_A256B1, R_A128B1,
];

pub(super) static POLICIES: &[Definition] = &[
    Definition {
        name: "CloudFront-SSL-v-3",
        min_version: SSL3_0,
        suites: SSL_V_3,
        groups: groups::HYBRIDS_768_X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-0-2014",
        min_version: TLS1_0,
        suites: TLS_2014,
        groups: groups::HYBRIDS_768_X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-0-2014-sha256",
        min_version: TLS1_0,
        suites: TLS_2014_SHA256,
        groups: groups::HYBRIDS_768_X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-0-2016",
        min_version: TLS1_0,
        suites: CLOUDFRONT_2016,
        groups: groups::HYBRIDS_768_X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-1-2016",
        min_version: TLS1_1,
        suites: CLOUDFRONT_2016,
        groups: groups::HYBRIDS_768_X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-2-2017",
        min_version: TLS1_2,
        suites: TLS_2017,
        groups: groups::HYBRIDS_768_X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-2-2018-no-sha1",
        min_version: TLS1_2,
        suites: TLS_2018,
        groups: groups::HYBRIDS_768_X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA224,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-2-2019-no-sha1",
        min_version: TLS1_2,
        suites: GCM_CHACHA20_CBC,
        groups: groups::HYBRIDS_768_X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA224,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-2-2021-no-sha1",
        min_version: TLS1_2,
        suites: TLS_2021,
        groups: groups::HYBRIDS_768_X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA224,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-2-2025",
        min_version: TLS1_2,
        suites: AES_GCM,
        groups: groups::HYBRIDS_768_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA,
        rules: PFS_AND_FIPS,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-3-2025",
        min_version: TLS1_3,
        suites: TLS13,
        groups: groups::HYBRIDS_768_X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-SSL-v-3-no-pq",
        min_version: SSL3_0,
        suites: SSL_V_3,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-0-2014-no-pq",
        min_version: TLS1_0,
        suites: TLS_2014,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-0-2014-sha256-no-pq",
        min_version: TLS1_0,
        suites: TLS_2014_SHA256,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-0-2016-no-pq",
        min_version: TLS1_0,
        suites: CLOUDFRONT_2016,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-1-2016-no-pq",
        min_version: TLS1_1,
        suites: CLOUDFRONT_2016,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-2-2017-no-pq",
        min_version: TLS1_2,
        suites: TLS_2017,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-2-2018-no-sha1-no-pq",
        min_version: TLS1_2,
        suites: TLS_2018,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA224,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-2-2019-no-sha1-no-pq",
        min_version: TLS1_2,
        suites: GCM_CHACHA20_CBC,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA224,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-2-2021-no-sha1-no-pq",
        min_version: TLS1_2,
        suites: TLS_2021,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA224,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-2-2025-no-pq",
        min_version: TLS1_2,
        suites: AES_GCM,
        groups: groups::P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA,
        rules: PFS_AND_FIPS,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-3-2025-no-pq",
        min_version: TLS1_3,
        suites: TLS13,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-0-2014-PQ-Beta",
        min_version: TLS1_0,
        suites: TLS_2014,
        groups: groups::HYBRIDS_768_X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-2-2021-no-sha1-PQ-Beta",
        min_version: TLS1_2,
        suites: TLS_2021,
        groups: groups::HYBRIDS_768_X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA224,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-2-2018-Beta",
        min_version: TLS1_2,
        suites: &[
            T13_A128G, T13_A256G, T13_C20, ER_A128G, ER_A128B2, ER_A256G, ER_C20, ER_A256B3, R_A128G,
            R_A256G, R_A128B2,
        ],
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-2-2021-Chacha20-Boosted",
        min_version: TLS1_2,
        suites: TLS_2021,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        chacha20_boosting: true,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-SSL-v-3-Legacy",
        min_version: SSL3_0,
        suites: &[
            EE_A128G, ER_A128G, EE_A128B2, ER_A128B2, EE_A128B1, ER_A128B1, EE_A256G, ER_A256G, EE_A256B3,
            ER_A256B3, EE_A256B1, ER_A256B1, R_A128G, R_A256G, R_A128B2, R_A256B1, R_A128B1, R_3DES,
            R_RC4_MD5,
        ],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-0-2014-Legacy",
        min_version: TLS1_0,
        suites: &[
            EE_A128G, ER_A128G, EE_A128B2, ER_A128B2, EE_A128B1, ER_A128B1, EE_A256G, ER_A256G, EE_A256B3,
            ER_A256B3, EE_A256B1, ER_A256B1, R_A128G, R_A256G, R_A128B2, R_A256B1, R_A128B1, R_3DES,
        ],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-0-2016-Legacy",
        min_version: TLS1_0,
        suites: LEGACY_2016,
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-1-2016-Legacy",
        min_version: TLS1_1,
        suites: LEGACY_2016,
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-2-2018-Legacy",
        min_version: TLS1_2,
        suites: &[
            EE_A128G, ER_A128G, EE_A128B2, ER_A128B2, EE_A256G, ER_A256G, EE_A256B3, ER_A256B3, R_A128G,
            R_A256G, R_A128B2,
        ],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-2-2019-Legacy",
        min_version: TLS1_2,
        suites: &[EE_A128G, ER_A128G, EE_A256G, ER_A256G, EE_A256B3, ER_A256B3, EE_A128B2, ER_A128B2],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-2-2018",
        min_version: TLS1_2,
        suites: TLS_2018,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-2-2019",
        min_version: TLS1_2,
        suites: GCM_CHACHA20_CBC,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-TLS-1-2-2021",
        min_version: TLS1_2,
        suites: TLS_2021,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        rules: PFS,
        ..PLAIN
    },
];
