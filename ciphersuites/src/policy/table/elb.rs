//! Policies of Elastic Load Balancing, those that are not another name of a dated one.

use super::definition::{Definition, PFS, PFS_AND_FIPS, PLAIN, Suites, TLS1_0, TLS1_1, TLS1_2};
use super::suites::*;
use super::{groups, schemes};

const ECDHE_RSA_2015: Suites = &[
    EE_A128G, ER_A128G, EE_A128B2, ER_A128B2, EE_A128B1, ER_A128B1, EE_A256G, ER_A256G, EE_A256B3, ER_A256B3,
    ER_A256B1, EE_A256B1, R_A128G, R_A128B2, R_A128B1, R_A256G, R_A256B2, R_A256B1,
];

const FORWARD_SECRET: Suites = &[
    EE_A128G, ER_A128G, EE_A128B2, ER_A128B2, EE_A128B1, ER_A128B1, EE_A256G, ER_A256G, EE_A256B3, ER_A256B3,
    ER_A256B1, EE_A256B1,
];

pub(super) static POLICIES: &[Definition] = &[
    Definition {
        name: "ELBSecurityPolicy-TLS-1-0-2015-04",
        min_version: TLS1_0,
        suites: &[
            EE_A128G, ER_A128G, EE_A128B2, ER_A128B2, EE_A128B1, ER_A128B1, EE_A256G, ER_A256G, EE_A256B3,
            ER_A256B3, ER_A256B1, EE_A256B1, R_A128G, R_A128B2, R_A128B1, R_A256G, R_A256B2, R_A256B1,
            R_3DES,
        ],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "ELBSecurityPolicy-TLS-1-0-2015-05",
        min_version: TLS1_0,
        suites: ECDHE_RSA_2015,
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "ELBSecurityPolicy-TLS-1-1-2017-01",
        min_version: TLS1_1,
        suites: ECDHE_RSA_2015,
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "ELBSecurityPolicy-TLS-1-2-2017-01",
        min_version: TLS1_2,
        suites: &[
            EE_A128G, ER_A128G, EE_A128B2, ER_A128B2, EE_A256G, ER_A256G, EE_A256B3, ER_A256B3, R_A128G,
            R_A128B2, R_A256G, R_A256B2,
        ],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "ELBSecurityPolicy-TLS-1-2-Ext-2018-06",
        min_version: TLS1_2,
        suites: ECDHE_RSA_2015,
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        ..PLAIN
    },
    Definition {
        name: "ELBSecurityPolicy-FS-2018-06",
        min_version: TLS1_0,
        suites: FORWARD_SECRET,
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "ELBSecurityPolicy-FS-1-2-2019-08",
        min_version: TLS1_2,
        suites: FORWARD_SECRET,
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "ELBSecurityPolicy-FS-1-1-2019-08",
        min_version: TLS1_1,
        suites: FORWARD_SECRET,
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "ELBSecurityPolicy-FS-1-2-Res-2019-08",
        min_version: TLS1_2,
        suites: &[EE_A128G, ER_A128G, EE_A128B2, ER_A128B2, EE_A256G, ER_A256G, EE_A256B3, ER_A256B3],
        groups: groups::P256_P384,
        schemes: schemes::PKCS1_ECDSA_SHA1,
        rules: PFS,
        ..PLAIN
    },
    Definition {
        name: "ELBSecurityPolicy-TLS13-1-2-CNSA2-INTEROP2-FIPS-PQ-2026-07",
        min_version: TLS1_2,
        suites: CNSA_1_2,
        groups: groups::MLKEM1024_P384,
        schemes: schemes::CNSA_1_2,
        certificate_schemes: Some(schemes::MLDSA87_SHA384_FIRST),
        rules: PFS_AND_FIPS,
        ..PLAIN
    },
];
