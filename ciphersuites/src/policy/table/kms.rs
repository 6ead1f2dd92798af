//! Policies of the Key Management Service.

use super::definition::{Definition, PFS, PFS_AND_FIPS, PLAIN, Suites, TLS1_0, TLS1_2};
use super::suites::*;
use super::{groups, schemes};

const KMS_2021: Suites = &[
    T13_A128G, T13_A256G, T13_C20, ER_A256G, ER_A128G, ER_A256B3, ER_A256B1, ER_A128B2, ER_3DES, DR_A256B2,
    DR_A128B2, DR_A256B1, DR_A128B1,
];

const KMS_FIPS_2021: Suites =
    &[T13_A128G, T13_A256G, ER_A256G, ER_A128G, ER_A256B3, ER_A128B2, DR_A256B2, DR_A128B2];

pub(super) static POLICIES: &[Definition] = &[
    Definition {
        name: "KMS-TLS-1-0-2018-10",
        min_version: TLS1_0,
        suites: &[
            ER_A256G, ER_A128G, ER_A256B3, ER_A256B1, ER_A128B2, ER_3DES, DR_A256B2, DR_A128B2, DR_A256B1,
            DR_A128B1,
        ],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "KMS-TLS-1-0-2021-08",
        min_version: TLS1_0,
        suites: KMS_2021,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "KMS-TLS-1-2-2023-06",
        min_version: TLS1_2,
        suites: KMS_2021,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "KMS-FIPS-TLS-1-2-2018-10",
        min_version: TLS1_2,
        suites: &[ER_A256G, ER_A128G, ER_A256B3, ER_A128B2, DR_A256B2, DR_A128B2],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "KMS-FIPS-TLS-1-2-2021-08",
        min_version: TLS1_2,
        suites: KMS_FIPS_2021,
        groups: groups::P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "KMS-FIPS-TLS-1-2-2024-10",
        min_version: TLS1_2,
        suites: KMS_FIPS_2021,
        groups: groups::HYBRIDS_768_P256_P384_P521,
        schemes: schemes::RSAE_PKCS1_ECDSA_PSS,
        rules: PFS_AND_FIPS,
        ..PLAIN
    },
];
