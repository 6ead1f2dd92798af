//! Policies of CloudFront towards origins.

use super::definition::{Definition, PLAIN, SSL3_0, Suites, TLS1_0, TLS1_1, TLS1_2, TLS1_3};
use super::suites::*;
use super::{groups, schemes};

const UPSTREAM: Suites = &[
    EE_A256G, ER_A256G, EE_A128G, ER_A128G, EE_A256B3, ER_A256B3, EE_A256B1, ER_A256B1, EE_A128B2, ER_A128B2,
    EE_A128B1, ER_A128B1, R_A256G, R_A128G, R_A256B1, R_A128B2, R_A128B1, R_3DES, R_RC4_MD5,
];

const UPSTREAM_2025: Suites = &[
    T13_A128G, T13_A256G, T13_C20, EE_A128G, ER_A128G, EE_A256G, ER_A256G, EE_A128B2, ER_A128B2, EE_A256B3,
    ER_A256B3, EE_A128B1, ER_A128B1, EE_A256B1, ER_A256B1, R_A128G, R_A256G, R_A128B2, R_A128B1, R_A256B1,
    R_3DES, R_RC4_MD5,
];

pub(super) static POLICIES: &[Definition] = &[
    Definition {
        name: "CloudFront-Upstream",
        min_version: SSL3_0,
        suites: UPSTREAM,
        groups: groups::P256_X25519_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-Upstream-TLS-1-0",
        min_version: TLS1_0,
        suites: UPSTREAM,
        groups: groups::P256_X25519_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-Upstream-TLS-1-1",
        min_version: TLS1_1,
        suites: UPSTREAM,
        groups: groups::P256_X25519_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-Upstream-TLS-1-2",
        min_version: TLS1_2,
        suites: UPSTREAM,
        groups: groups::P256_X25519_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-Upstream-2025",
        min_version: SSL3_0,
        suites: UPSTREAM_2025,
        groups: groups::P256_X25519_P384,
        schemes: schemes::ECDSA_PSS_PKCS1_LEGACY,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-Upstream-TLS-1-0-2025",
        min_version: TLS1_0,
        suites: UPSTREAM_2025,
        groups: groups::P256_X25519_P384,
        schemes: schemes::ECDSA_PSS_PKCS1_LEGACY,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-Upstream-TLS-1-1-2025",
        min_version: TLS1_1,
        suites: UPSTREAM_2025,
        groups: groups::P256_X25519_P384,
        schemes: schemes::ECDSA_PSS_PKCS1_LEGACY,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-Upstream-TLS-1-2-2025",
        min_version: TLS1_2,
        suites: UPSTREAM_2025,
        groups: groups::P256_X25519_P384,
        schemes: schemes::ECDSA_PSS_PKCS1_LEGACY,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-Upstream-TLS-1-3-2025",
        min_version: TLS1_3,
        suites: TLS13,
        groups: groups::P256_X25519_P384,
        schemes: schemes::ECDSA_PSS_PKCS1_LEGACY,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-Upstream-2025-PQ",
        min_version: SSL3_0,
        suites: UPSTREAM_2025,
        groups: groups::HYBRIDS_P256_X25519_P384,
        schemes: schemes::MLDSA_ECDSA_PSS_PKCS1_LEGACY,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-Upstream-TLS-1-0-2025-PQ",
        min_version: TLS1_0,
        suites: UPSTREAM_2025,
        groups: groups::HYBRIDS_P256_X25519_P384,
        schemes: schemes::MLDSA_ECDSA_PSS_PKCS1_LEGACY,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-Upstream-TLS-1-1-2025-PQ",
        min_version: TLS1_1,
        suites: UPSTREAM_2025,
        groups: groups::HYBRIDS_P256_X25519_P384,
        schemes: schemes::MLDSA_ECDSA_PSS_PKCS1_LEGACY,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-Upstream-TLS-1-2-2025-PQ",
        min_version: TLS1_2,
        suites: UPSTREAM_2025,
        groups: groups::HYBRIDS_P256_X25519_P384,
        schemes: schemes::MLDSA_ECDSA_PSS_PKCS1_LEGACY,
        ..PLAIN
    },
    Definition {
        name: "CloudFront-Upstream-TLS-1-3-2025-PQ",
        min_version: TLS1_3,
        suites: TLS13,
        groups: groups::HYBRIDS_P256_X25519_P384,
        schemes: schemes::MLDSA_ECDSA_PSS_PKCS1_LEGACY,
        ..PLAIN
    },
];
