//! Policies of the AWS Common Runtime's and the SDKs' clients.

use super::definition::{
    Definition, PFS, PFS_AND_FIPS, PLAIN, SSL3_0, Suites, TLS1_0, TLS1_1, TLS1_2, TLS1_3,
};
use super::suites::*;
use super::{groups, schemes};

const ALL_WITH_RC4: Suites = &[
    T13_A128G, T13_A256G, T13_C20, EE_A128G, ER_A128G, EE_A256G, ER_A256G, EE_C20, ER_C20, EE_A128B2,
    ER_A128B2, EE_A256B3, ER_A256B3, EE_A128B1, ER_A128B1, EE_A256B1, ER_A256B1, R_A128G, R_A256G, R_A128B2,
    R_A256B2, R_A128B1, R_A256B1, R_3DES, R_RC4_MD5,
];

const ALL: Suites = &[
    T13_A128G, T13_A256G, T13_C20, EE_A128G, ER_A128G, EE_A256G, ER_A256G, EE_C20, ER_C20, EE_A128B2,
    ER_A128B2, EE_A256B3, ER_A256B3, EE_A128B1, ER_A128B1, EE_A256B1, ER_A256B1, R_A128G, R_A256G, R_A128B2,
    R_A256B2, R_A128B1, R_A256B1,
];

pub(super) static POLICIES: &[Definition] = &[
    Definition {
        name: "AWS-CRT-SDK-SSLv3.0",
        min_version: SSL3_0,
        suites: ALL_WITH_RC4,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "AWS-CRT-SDK-TLSv1.0",
        min_version: TLS1_0,
        suites: ALL,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "AWS-CRT-SDK-TLSv1.1",
        min_version: TLS1_1,
        suites: ALL,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "AWS-CRT-SDK-TLSv1.2",
        min_version: TLS1_2,
        suites: ALL,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "AWS-CRT-SDK-TLSv1.3",
        min_version: TLS1_3,
        suites: TLS13,
        groups: groups::X25519_P256_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "AWS-CRT-SDK-SSLv3.0-2023",
        min_version: SSL3_0,
        suites: ALL_WITH_RC4,
        groups: groups::P256_X25519_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "AWS-CRT-SDK-TLSv1.0-2023",
        min_version: TLS1_0,
        suites: ALL,
        groups: groups::P256_X25519_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "AWS-CRT-SDK-TLSv1.0-2025-PQ",
        min_version: TLS1_0,
        suites: ALL,
        groups: groups::HYBRIDS_MLKEM1024_P256_X25519_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "AWS-CRT-SDK-TLSv1.1-2023",
        min_version: TLS1_1,
        suites: ALL,
        groups: groups::P256_X25519_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "AWS-CRT-SDK-TLSv1.2-2023",
        min_version: TLS1_2,
        suites: ALL,
        groups: groups::P256_X25519_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "AWS-CRT-SDK-TLSv1.2-2023-PQ",
        min_version: TLS1_2,
        suites: ALL,
        groups: groups::HYBRIDS_MLKEM1024_P256_X25519_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "AWS-CRT-SDK-TLSv1.2-2025",
        min_version: TLS1_2,
        suites: AES_GCM,
        groups: groups::P256_P384,
        schemes: schemes::ECDSA_PSS_PKCS1,
        rules: PFS_AND_FIPS,
        ..PLAIN
    },
    Definition {
        name: "AWS-CRT-SDK-TLSv1.2-2025-PQ",
        min_version: TLS1_2,
        suites: ALL,
        groups: groups::HYBRIDS_MLKEM1024_P256_X25519_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "AWS-CRT-SDK-TLSv1.3-2023",
        min_version: TLS1_3,
        suites: TLS13,
        groups: groups::P256_X25519_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "AWS-CRT-SDK-TLSv1.3-2025-PQ",
        min_version: TLS1_3,
        suites: TLS13,
        groups: groups::HYBRIDS_MLKEM1024_P256_X25519_P384,
        schemes: schemes::PSS_PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
];
