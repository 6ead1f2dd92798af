//! Policies of s2n-tls' own tests.

use super::definition::{Definition, FIPS, PFS, PLAIN, SSL3_0, TLS1_0, TLS1_2, TLS1_3};
use super::suites::*;
use super::{groups, schemes};

pub(super) static POLICIES: &[Definition] = &[
    // Nothing at all: to switch TLS off.
    PLAIN,
    Definition {
        name: "test_all",
        min_version: SSL3_0,
        suites: &[
            R_RC4_MD5, R_RC4, R_3DES, DR_3DES, R_A128B1, DR_A128B1, R_A256B1, DR_A256B1, R_A128B2, R_A256B2,
            DR_A128B2, DR_A256B2, R_A128G, R_A256G, DR_A128G, DR_A256G, T13_A128G, T13_A256G, T13_C20,
            EE_A128B1, EE_A256B1, ER_RC4, ER_3DES, ER_A128B1, ER_A256B1, EE_A128B2, EE_A256B3, ER_A128B2,
            ER_A256B3, EE_A128G, EE_A256G, ER_A128G, ER_A256G, ER_C20, EE_C20, DR_C20,
        ],
        groups: groups::HYBRIDS_MLKEM1024_X25519_P256_P384_P521,
        schemes: schemes::EVERYTHING,
        ..PLAIN
    },
    Definition {
        name: "test_all_fips",
        min_version: TLS1_2,
        suites: &[
            DR_A128B1, DR_A256B1, DR_A128B2, DR_A256B2, DR_A128G, DR_A256G, T13_A128G, T13_A256G, EE_A128B1,
            EE_A256B1, ER_A128B1, ER_A256B1, EE_A128B2, EE_A256B3, ER_A128B2, ER_A256B3, EE_A128G, EE_A256G,
            ER_A128G, ER_A256G,
        ],
        groups: groups::HYBRIDS_MLKEM1024_P256_P384_P521,
        schemes: schemes::EVERYTHING_FIPS,
        rules: FIPS,
        ..PLAIN
    },
    Definition {
        name: "test_all_ecdsa",
        min_version: TLS1_0,
        suites: &[EE_A128B1, EE_A256B1, EE_A128B2, EE_A256B3, EE_A128G, EE_A256G, EE_C20],
        groups: groups::X25519_P256_P384_P521,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "test_all_rsa_kex",
        min_version: TLS1_0,
        suites: &[
            R_A128B1, R_RC4_MD5, R_RC4, R_3DES, R_A128B1, R_A256B1, R_A128B2, R_A256B2, R_A128G, R_A256G,
        ],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "test_ecdsa_priority",
        min_version: SSL3_0,
        suites: &[
            EE_A128B1, EE_A256B1, EE_A128B2, EE_A256B3, EE_A128G, EE_A256G, EE_C20, R_RC4_MD5, R_RC4, R_3DES,
            DR_3DES, R_A128B1, DR_A128B1, R_A256B1, DR_A256B1, R_A128B2, R_A256B2, DR_A128B2, DR_A256B2,
            R_A128G, R_A256G, DR_A128G, DR_A256G, ER_RC4, ER_3DES, ER_A128B1, ER_A256B1, ER_A128B2,
            ER_A256B3, ER_A128G, ER_A256G, ER_C20, DR_C20,
        ],
        groups: groups::X25519_P256_P384_P521,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "test_all_tls12",
        min_version: SSL3_0,
        suites: &[
            R_RC4_MD5, R_RC4, R_3DES, DR_3DES, R_A128B1, DR_A128B1, R_A256B1, DR_A256B1, R_A128B2, R_A256B2,
            DR_A128B2, DR_A256B2, R_A128G, R_A256G, DR_A128G, DR_A256G, EE_A128B1, EE_A256B1, ER_RC4,
            ER_3DES, ER_A128B1, ER_A256B1, EE_A128B2, EE_A256B3, ER_A128B2, ER_A256B3, EE_A128G, EE_A256G,
            ER_A128G, ER_A256G, ER_C20, EE_C20, DR_C20,
        ],
        groups: groups::P256_P384_P521,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "test_all_tls13",
        min_version: SSL3_0,
        suites: TLS13,
        groups: groups::X25519_P256_P384_P521,
        schemes: schemes::EVERYTHING,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "test_pq_only",
        min_version: TLS1_3,
        suites: TLS13,
        groups: groups::HYBRIDS_MLKEM1024,
        schemes: schemes::ECDSA_PSS_PKCS1,
        certificate_schemes: Some(schemes::ECDSA_PSS_PKCS1),
        rules: PFS,
        ..PLAIN
    },
];
