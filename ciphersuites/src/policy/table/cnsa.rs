//! Policies of the Commercial National Security Algorithm suites: RFC 9151, CNSA 1.0 and 2.0.

use super::definition::{Definition, PFS_AND_FIPS, PLAIN, TLS1_2, TLS1_3};
use super::suites::*;
use super::{groups, schemes};
use crate::KeyType;
use crate::policy::CertificateKey;

const CNSA_1_KEYS: &[CertificateKey] = &[
    CertificateKey::of(KeyType::EcdsaP384),
    CertificateKey::rsa(KeyType::Rsa, 3072),
    CertificateKey::rsa(KeyType::Rsa, 4096),
    CertificateKey::rsa(KeyType::RsaPss, 3072),
    CertificateKey::rsa(KeyType::RsaPss, 4096),
];

const CNSA_2_KEYS: &[CertificateKey] = &[CertificateKey::of(KeyType::MlDsa87)];

pub(super) static POLICIES: &[Definition] = &[
    Definition {
        name: "20250429",
        min_version: TLS1_2,
        suites: &[EE_A256G, ER_A256G, R_A256G, DR_A256G, T13_A256G],
        groups: groups::P384_ONLY,
        schemes: schemes::CNSA_1,
        certificate_schemes: Some(schemes::CNSA_1_CERTIFICATES),
        certificate_keys: Some(CNSA_1_KEYS),
        applies_to_own_certificates: true,
        early_data_allowed: false,
        ..PLAIN
    },
    Definition {
        name: "20251013",
        min_version: TLS1_2,
        suites: &[EE_A256G, ER_A256G, T13_A256G],
        groups: groups::P384_ONLY,
        schemes: schemes::CNSA_1,
        certificate_schemes: Some(schemes::CNSA_1_CERTIFICATES),
        certificate_keys: Some(CNSA_1_KEYS),
        applies_to_own_certificates: true,
        early_data_allowed: false,
        rules: PFS_AND_FIPS,
        ..PLAIN
    },
    Definition {
        name: "20260219",
        min_version: TLS1_3,
        suites: TLS13_AES256,
        groups: groups::MLKEM1024_ONLY,
        schemes: schemes::CNSA_2,
        certificate_schemes: Some(schemes::CNSA_2),
        certificate_keys: Some(CNSA_2_KEYS),
        applies_to_own_certificates: true,
        early_data_allowed: false,
        rules: PFS_AND_FIPS,
        ..PLAIN
    },
    Definition {
        name: "20260220",
        min_version: TLS1_2,
        suites: CNSA_1_2,
        groups: groups::MLKEM1024_P384,
        schemes: schemes::CNSA_1_2,
        certificate_schemes: Some(schemes::CNSA_1_2_CERTIFICATES),
        early_data_allowed: false,
        rules: PFS_AND_FIPS,
        ..PLAIN
    },
];
