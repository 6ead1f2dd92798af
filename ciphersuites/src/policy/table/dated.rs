//! Dated policies from 2020 on. They never change.

use super::definition::{Definition, PFS, PFS_AND_FIPS, PLAIN, SSL3_0, Suites, TLS1_0, TLS1_2, TLS1_3};
use super::suites::*;
use super::{groups, schemes};

const ECDHE_GCM_CBC: Suites =
    &[EE_A128G, EE_A256G, EE_A128B2, EE_A256B3, ER_A128G, ER_A256G, ER_A128B2, ER_A256B3];

const AES256_FIRST: Suites = &[
    T13_A256G, T13_A128G, EE_A256G, ER_A256G, EE_A256B3, ER_A256B3, EE_A256B1, ER_A256B1, EE_A128G, ER_A128G,
    EE_A128B2, ER_A128B2, EE_A128B1, ER_A128B1, R_A256G, R_A256B2, R_A256B1, R_A128G, R_A128B2, R_A128B1,
];

// Constants, because `SecurityPolicy` has them as such.

pub(in crate::policy) const P20251014: Definition = Definition {
    name: "20251014",
    min_version: TLS1_2,
    suites: &[T13_A128G, T13_A256G, T13_C20, EE_A128G, EE_A256G, ER_A128G, ER_A256G],
    groups: groups::HYBRIDS_P256_X25519_P384_P521,
    schemes: schemes::ECDSA_PSS_PKCS1,
    rules: PFS,
    ..PLAIN
};

/// `default_fips`.
pub(in crate::policy) const P20251015: Definition = Definition {
    name: "20251015",
    min_version: TLS1_2,
    suites: &[T13_A128G, T13_A256G, EE_A128G, EE_A256G, ER_A128G, ER_A256G],
    groups: groups::HYBRIDS_P256_P384_P521,
    schemes: schemes::ECDSA_PSS_PKCS1,
    certificate_schemes: Some(schemes::PSS_PKCS1_ECDSA_SHA224),
    rules: PFS_AND_FIPS,
    ..PLAIN
};

pub(in crate::policy) const P20250721: Definition = Definition {
    name: "20250721",
    min_version: TLS1_2,
    suites: GCM_CHACHA20_CBC,
    groups: groups::HYBRIDS_P256_X25519_P384_P521,
    schemes: schemes::MLDSA_ECDSA_PSS_PKCS1,
    certificate_schemes: Some(schemes::MLDSA_PSS_PKCS1_ECDSA_SHA224),
    rules: PFS,
    ..PLAIN
};

pub(in crate::policy) const P20240503: Definition = Definition {
    name: "20240503",
    min_version: TLS1_2,
    suites: GCM_CHACHA20_CBC,
    groups: groups::P256_X25519_P384_P521,
    schemes: schemes::ECDSA_PSS_PKCS1,
    certificate_schemes: Some(schemes::PSS_PKCS1_ECDSA_SHA224),
    rules: PFS,
    ..PLAIN
};

pub(super) static POLICIES: &[Definition] = &[
    Definition {
        name: "20241106",
        min_version: TLS1_2,
        suites: CLOUDFRONT_2016,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20240501",
        min_version: TLS1_2,
        suites: ECDHE_GCM_CBC,
        groups: groups::P256_X25519_P384_P521,
        schemes: schemes::ECDSA_PSS_PKCS1,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "20240502",
        min_version: TLS1_2,
        suites: ECDHE_GCM_CBC,
        groups: groups::P256_P384_P521,
        schemes: schemes::ECDSA_PSS_PKCS1,
        certificate_schemes: Some(schemes::PSS_PKCS1_ECDSA_SHA224),
        rules: PFS_AND_FIPS,
        ..PLAIN
    },
    P20240503,
    Definition {
        name: "20230317",
        min_version: TLS1_2,
        suites: &[
            EE_A128G, EE_A256G, EE_A128B2, EE_A256B3, ER_A128G, ER_A256G, ER_A128B2, ER_A256B3, T13_A128G,
            T13_A256G,
        ],
        groups: groups::P256_P384_P521,
        schemes: schemes::RSAE_PKCS1_ECDSA_PSS,
        certificate_schemes: Some(schemes::RSAE_PKCS1_ECDSA_PSS),
        rules: PFS_AND_FIPS,
        ..PLAIN
    },
    Definition {
        name: "20240331",
        min_version: TLS1_2,
        suites: ECDHE_GCM_CBC,
        groups: groups::P256_P384_P521,
        schemes: schemes::RSAE_PKCS1_ECDSA_PSS,
        certificate_schemes: Some(schemes::RSAE_PKCS1_ECDSA_PSS),
        rules: PFS_AND_FIPS,
        ..PLAIN
    },
    Definition {
        name: "20240417",
        min_version: TLS1_0,
        suites: &[
            T13_A128G, T13_A256G, T13_C20, EE_A128G, ER_A128G, EE_A256G, ER_A256G, EE_C20, ER_C20, EE_A128B1,
            ER_A128B1, EE_A128B2, ER_A128B2, EE_A256B1, ER_A256B1, R_A128G, R_A128B2, R_A128B1,
        ],
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        certificate_schemes: Some(schemes::PSS_PKCS1_ECDSA_SHA224),
        ..PLAIN
    },
    Definition {
        name: "20240416",
        min_version: TLS1_2,
        suites: &[
            EE_A128G, EE_A256G, EE_A128B2, EE_A256B3, ER_A128G, ER_A256G, ER_A128B2, ER_A256B3, DR_A128B2,
            DR_A256B2, DR_A128G, DR_A256G,
        ],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA,
        certificate_schemes: Some(schemes::PKCS1_ECDSA),
        rules: PFS_AND_FIPS,
        ..PLAIN
    },
    Definition {
        name: "20241001",
        min_version: TLS1_2,
        suites: GCM_CHACHA20_CBC,
        groups: groups::HYBRIDS_768_P256_X25519_P384_P521,
        schemes: schemes::ECDSA_PSS_PKCS1,
        certificate_schemes: Some(schemes::PSS_PKCS1_ECDSA_SHA224),
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "20250512",
        min_version: TLS1_2,
        suites: GCM_CHACHA20_CBC,
        groups: groups::HYBRIDS_768_P256_X25519_P384_P521,
        schemes: schemes::MLDSA_ECDSA_PSS_PKCS1,
        certificate_schemes: Some(schemes::MLDSA_PSS_PKCS1_ECDSA_SHA224),
        rules: PFS,
        ..PLAIN
    },
    P20250721,
    P20251014,
    P20251015,
    Definition {
        name: "20241001_pq_mixed",
        min_version: TLS1_2,
        suites: GCM_CHACHA20_CBC,
        groups: groups::HYBRIDS_768_P256_X25519_P384_P521,
        schemes: schemes::ECDSA_PSS_PKCS1,
        certificate_schemes: Some(schemes::PSS_PKCS1_ECDSA_SHA224),
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "20210825",
        min_version: TLS1_0,
        suites: &[
            T13_A128G, T13_A256G, T13_C20, EE_A128B1, ER_A128B1, EE_A128G, ER_A128G, EE_A256G, ER_A256G,
            EE_A128B2, ER_A128B2, EE_A256B1, ER_A256B1, EE_A256B3, ER_A256B3, R_A128B1, R_A128G, R_A256G,
            R_A128B2, R_A256B1, R_A256B2, R_3DES, DR_A128B1, DR_A128G, DR_A256G, DR_A128B2, DR_A256B1,
            DR_A256B2,
        ],
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20210825_gcm",
        min_version: TLS1_0,
        suites: &[
            T13_A128G, T13_A256G, T13_C20, EE_A128G, ER_A128G, EE_A256G, ER_A256G, EE_A128B1, ER_A128B1,
            EE_A128B2, ER_A128B2, EE_A256B1, ER_A256B1, EE_A256B3, ER_A256B3, R_A128G, R_A256G, R_A128B1,
            R_A128B2, R_A256B1, R_A256B2, R_3DES, DR_A128G, DR_A256G, DR_A128B1, DR_A128B2, DR_A256B1,
            DR_A256B2,
        ],
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20200207",
        min_version: SSL3_0,
        suites: TLS13,
        groups: groups::X25519_P256_P384_P521,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "20201021",
        min_version: TLS1_0,
        suites: CHACHA20_FIRST,
        groups: groups::P256_P384_P521,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20210816",
        min_version: TLS1_2,
        suites: &[EE_A256B3, ER_A256B3, EE_A256G, ER_A256G],
        groups: groups::P384_ONLY,
        schemes: schemes::PKCS1_ECDSA_SHA384_SHA512,
        rules: PFS_AND_FIPS,
        ..PLAIN
    },
    Definition {
        name: "20210816_GCM",
        min_version: TLS1_2,
        suites: &[EE_A256G, ER_A256G, EE_A256B3, ER_A256B3],
        groups: groups::P384_ONLY,
        schemes: schemes::PKCS1_ECDSA_SHA384_SHA512,
        rules: PFS_AND_FIPS,
        ..PLAIN
    },
    Definition {
        name: "20240603",
        min_version: TLS1_2,
        suites: &[
            T13_A128G, T13_A256G, T13_C20, EE_A128G, EE_A128B2, EE_A256G, EE_A256B3, EE_C20, ER_A128G,
            ER_A128B2, ER_A256G, ER_A256B3, ER_C20, EE_A128B1, EE_A256B1, ER_A128B1, ER_A256B1, DR_A128G,
            DR_A128B2, DR_A256G, DR_A256B2, DR_A128B1, DR_A256B1, ER_3DES, DR_3DES, R_A128G, R_A128B2,
            R_A256G, R_A256B2, R_A128B1, R_A256B1, R_3DES,
        ],
        groups: groups::X25519_P256_P384_P521,
        schemes: schemes::ECDSA_PSS_PKCS1,
        chacha20_boosting: true,
        certificate_schemes: Some(schemes::PSS_PKCS1_ECDSA_SHA224),
        ..PLAIN
    },
    Definition {
        name: "20250211",
        min_version: TLS1_3,
        suites: TLS13_AES256,
        groups: groups::P384_ONLY,
        schemes: schemes::CNSA_1,
        certificate_schemes: Some(schemes::PSS_PKCS1_ECDSA_SHA224),
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "20250414",
        min_version: TLS1_3,
        suites: TLS13_AES256,
        groups: groups::P384_ONLY,
        schemes: schemes::ECDSA_PSS_PKCS1,
        certificate_schemes: Some(schemes::PSS_PKCS1_ECDSA_SHA224),
        rules: PFS_AND_FIPS,
        ..PLAIN
    },
    Definition {
        name: "20251113",
        min_version: TLS1_2,
        suites: &[T13_A256G, T13_A128G, EE_A256G, ER_A256G, EE_A128G, ER_A128G],
        groups: groups::P384_P256_P521,
        schemes: schemes::SHA384_FIRST,
        strongly_preferred_groups: &[groups::P384],
        certificate_schemes: Some(schemes::SHA384_FIRST),
        ..PLAIN
    },
    Definition {
        name: "20251114",
        min_version: TLS1_2,
        suites: &[
            T13_A256G, T13_A128G, EE_A256G, ER_A256G, EE_A256B3, ER_A256B3, EE_A256B1, ER_A256B1, EE_A128G,
            ER_A128G, EE_A128B2, ER_A128B2, EE_A128B1, ER_A128B1,
        ],
        groups: groups::P384_P256_P521,
        schemes: schemes::SHA384_FIRST,
        strongly_preferred_groups: &[groups::P384],
        certificate_schemes: Some(schemes::SHA384_FIRST),
        ..PLAIN
    },
    Definition {
        name: "20251115",
        min_version: TLS1_2,
        suites: AES256_FIRST,
        groups: groups::P384_P256_P521,
        schemes: schemes::SHA384_FIRST,
        strongly_preferred_groups: &[groups::P384],
        certificate_schemes: Some(schemes::SHA384_FIRST),
        ..PLAIN
    },
    Definition {
        name: "20251116",
        min_version: TLS1_0,
        suites: &[
            T13_A256G, T13_A128G, EE_A256G, ER_A256G, EE_A256B3, ER_A256B3, EE_A256B1, ER_A256B1, EE_A128G,
            ER_A128G, EE_A128B2, ER_A128B2, EE_A128B1, ER_A128B1, R_A256G, R_A256B2, R_A256B1, R_A128G,
            R_A128B2, R_A128B1, DR_A256G, DR_A256B2, DR_A256B1, DR_A128G, DR_A128B2, DR_A128B1,
        ],
        groups: groups::P384_P256_P521,
        schemes: schemes::SHA384_FIRST,
        strongly_preferred_groups: &[groups::P384],
        certificate_schemes: Some(schemes::SHA384_FIRST),
        ..PLAIN
    },
    Definition {
        name: "20251117",
        min_version: TLS1_2,
        suites: &[
            T13_A256G, T13_A128G, EE_A256G, ER_A256G, EE_A256B3, ER_A256B3, EE_A128G, ER_A128G, EE_A128B2,
            ER_A128B2,
        ],
        groups: groups::P384_P256_P521,
        schemes: schemes::SHA384_FIRST,
        strongly_preferred_groups: &[groups::P384],
        certificate_schemes: Some(schemes::SHA384_FIRST),
        ..PLAIN
    },
    Definition {
        name: "20260513",
        min_version: TLS1_3,
        suites: TLS13_AES256,
        groups: groups::MLKEM1024_P384,
        schemes: schemes::MLDSA87_ECDSA_PSS_PKCS1,
        certificate_schemes: Some(schemes::MLDSA87_PSS_PKCS1_ECDSA_SHA224),
        rules: PFS_AND_FIPS,
        ..PLAIN
    },
    Definition {
        name: "20260520",
        min_version: TLS1_0,
        suites: &[
            T13_A128G, T13_A256G, EE_A128B1, ER_A128B1, EE_A128G, ER_A128G, EE_A256G, ER_A256G, EE_A128B2,
            ER_A128B2, EE_A256B1, ER_A256B1, EE_A256B3, ER_A256B3, R_A128B1, R_A128G, R_A256G, R_A128B2,
            R_A256B1, R_A256B2, R_3DES, DR_A128B1, DR_A128G, DR_A256G, DR_A128B2, DR_A256B1, DR_A256B2,
        ],
        groups: groups::HYBRIDS_768_P256_P384_P521,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20260520_gcm",
        min_version: TLS1_0,
        suites: &[
            T13_A128G, T13_A256G, EE_A128G, ER_A128G, EE_A256G, ER_A256G, EE_A128B1, ER_A128B1, EE_A128B2,
            ER_A128B2, EE_A256B1, ER_A256B1, EE_A256B3, ER_A256B3, R_A128G, R_A256G, R_A128B1, R_A128B2,
            R_A256B1, R_A256B2, R_3DES, DR_A128G, DR_A256G, DR_A128B1, DR_A128B2, DR_A256B1, DR_A256B2,
        ],
        groups: groups::HYBRIDS_768_P256_P384_P521,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20260521",
        min_version: TLS1_2,
        suites: &[
            T13_A128G, T13_A256G, EE_A128B1, ER_A128B1, EE_A128G, ER_A128G, EE_A256G, ER_A256G, EE_A128B2,
            ER_A128B2, EE_A256B1, ER_A256B1, EE_A256B3, ER_A256B3, R_A128B1, R_A128G, R_A256G, R_A128B2,
            R_A256B1, R_A256B2,
        ],
        groups: groups::HYBRIDS_768_P256_P384_P521,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20260521_gcm",
        min_version: TLS1_2,
        suites: &[
            T13_A128G, T13_A256G, EE_A128G, ER_A128G, EE_A128B1, ER_A128B1, EE_A256G, ER_A256G, EE_A128B2,
            ER_A128B2, EE_A256B1, ER_A256B1, EE_A256B3, ER_A256B3, R_A128G, R_A256G, R_A128B1, R_A128B2,
            R_A256B1, R_A256B2,
        ],
        groups: groups::HYBRIDS_768_P256_P384_P521,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20260522",
        min_version: TLS1_2,
        suites: &[
            T13_A128G, T13_A256G, EE_A128B1, ER_A128B1, EE_A128G, ER_A128G, EE_A256G, ER_A256G, EE_A128B2,
            ER_A128B2, EE_A256B1, ER_A256B1, EE_A256B3, ER_A256B3,
        ],
        groups: groups::HYBRIDS_768_P256_P384_P521,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20260522_gcm",
        min_version: TLS1_2,
        suites: &[
            T13_A128G, T13_A256G, EE_A128G, ER_A128G, EE_A128B1, ER_A128B1, EE_A256G, ER_A256G, EE_A128B2,
            ER_A128B2, EE_A256B1, ER_A256B1, EE_A256B3, ER_A256B3,
        ],
        groups: groups::HYBRIDS_768_P256_P384_P521,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20260523",
        min_version: TLS1_2,
        suites: &[
            T13_A128G, T13_A256G, EE_A128B1, ER_A128B1, EE_A128G, ER_A128G, EE_A256G, ER_A256G, EE_A128B2,
            ER_A128B2, EE_A256B1, ER_A256B1, EE_A256B3, ER_A256B3, R_A128B1, R_A128G, R_A256G, R_A128B2,
            R_A256B1, R_A256B2, DR_A128B1, DR_A128G, DR_A256G, DR_A128B2, DR_A256B1, DR_A256B2,
        ],
        groups: groups::HYBRIDS_768_P256_P384_P521,
        schemes: schemes::ECDSA_PSS_PKCS1_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20260523_gcm",
        min_version: TLS1_2,
        suites: &[
            T13_A128G, T13_A256G, EE_A128G, ER_A128G, EE_A256G, ER_A256G, EE_A128B1, ER_A128B1, EE_A128B2,
            ER_A128B2, EE_A256B1, ER_A256B1, EE_A256B3, ER_A256B3, R_A128G, R_A256G, R_A128B1, R_A128B2,
            R_A256B1, R_A256B2, DR_A128G, DR_A256G, DR_A128B1, DR_A128B2, DR_A256B1, DR_A256B2,
        ],
        groups: groups::HYBRIDS_768_P256_P384_P521,
        schemes: schemes::ECDSA_PSS_PKCS1_SHA1,
        ..PLAIN
    },
    Definition {
        name: "20260720",
        min_version: TLS1_3,
        suites: TLS13_AES256,
        groups: groups::MLKEM1024_P384,
        schemes: schemes::CNSA_1_2,
        certificate_schemes: Some(schemes::MLDSA87_SHA384_FIRST),
        rules: PFS_AND_FIPS,
        ..PLAIN
    },
    Definition {
        name: "20260722",
        min_version: TLS1_2,
        suites: AES256_FIRST,
        groups: groups::MLKEM1024_P384_P256_P521,
        schemes: schemes::MLDSA87_SHA384_FIRST,
        strongly_preferred_groups: &[groups::P384],
        certificate_schemes: Some(schemes::MLDSA87_SHA384_FIRST),
        ..PLAIN
    },
];
