//! Policies that were the first to have ML-KEM.

use super::definition::{Definition, PFS, PLAIN, TLS1_2};
use super::suites::*;
use super::{groups, schemes};

pub(super) static POLICIES: &[Definition] = &[
    Definition {
        name: "PQ-TLS-1-2-2024-10-07",
        min_version: TLS1_2,
        suites: &[
            T13_A128G, T13_A256G, T13_C20, EE_A128G, ER_A128G, EE_A128B2, ER_A128B2, EE_A128B1, ER_A128B1,
            EE_A256G, ER_A256G, EE_A256B3, ER_A256B3, ER_A256B1, EE_A256B1, R_A128G, R_A128B2, R_A128B1,
            R_A256G, R_A256B2, R_A256B1,
        ],
        groups: groups::HYBRIDS_768_X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "PQ-TLS-1-2-2024-10-08",
        min_version: TLS1_2,
        suites: &[
            T13_A128G, T13_A256G, T13_C20, EE_A128B1, ER_A128B1, EE_A128G, ER_A128G, EE_A256G, ER_A256G,
            EE_A128B2, ER_A128B2, EE_A256B1, ER_A256B1, EE_A256B3, ER_A256B3, R_A128B1, R_A128G, R_A256G,
            R_A128B2, R_A256B1, R_A256B2, DR_A128B1, DR_A128G, DR_A256G, DR_A128B2, DR_A256B1, DR_A256B2,
        ],
        groups: groups::HYBRIDS_768_X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "PQ-TLS-1-2-2024-10-08_gcm",
        min_version: TLS1_2,
        suites: &[
            T13_A128G, T13_A256G, T13_C20, EE_A128G, ER_A128G, EE_A256G, ER_A256G, EE_A128B1, ER_A128B1,
            EE_A128B2, ER_A128B2, EE_A256B1, ER_A256B1, EE_A256B3, ER_A256B3, R_A128G, R_A256G, R_A128B1,
            R_A128B2, R_A256B1, R_A256B2, DR_A128G, DR_A256G, DR_A128B1, DR_A128B2, DR_A256B1, DR_A256B2,
        ],
        groups: groups::HYBRIDS_768_X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "PQ-TLS-1-2-2024-10-09",
        min_version: TLS1_2,
        suites: &[
            T13_A256G, T13_A128G, T13_C20, ER_A256G, ER_A128G, ER_A256B3, ER_A256B1, ER_A128B2, DR_A256B2,
            DR_A128B2, DR_A256B1, DR_A128B1,
        ],
        groups: groups::HYBRIDS_768_X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        rules: PFS,
        ..PLAIN
    },
];
