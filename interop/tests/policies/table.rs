//! Which policy meets OpenSSL with which result.

use std::sync::LazyLock;

use tls_core::ciphersuites::{CipherSuite as Suite, KeyType, NamedGroup as Group};

use crate::certificates::{Chain, LOCALHOST, RSA};
use crate::settings::Role;

pub(super) static P384: LazyLock<Chain> = LazyLock::new(|| Chain::new(KeyType::EcdsaP384));
static RSA_PSS: LazyLock<Chain> = LazyLock::new(|| Chain::new(KeyType::RsaPss));
pub(super) static ML_DSA_87: LazyLock<Chain> = LazyLock::new(|| Chain::new(KeyType::MlDsa87));

const A128: Suite = Suite::TLS_AES_128_GCM_SHA256;
const A256: Suite = Suite::TLS_AES_256_GCM_SHA384;
const EE_A128G: Suite = Suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
const EE_A256G: Suite = Suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384;
const EE_A256B3: Suite = Suite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384;
const ER_A128G: Suite = Suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
const ER_A256G: Suite = Suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384;
pub(super) const HYBRID: Group = Group::X25519MLKEM768;

pub(super) const INTEROP1: &str = "ELBSecurityPolicy-TLS13-1-3-CNSA2-INTEROP1-FIPS-PQ-2026-07";
const INTEROP2: &str = "ELBSecurityPolicy-TLS13-1-2-CNSA2-INTEROP2-FIPS-PQ-2026-07";
const INTEROP3: &str = "ELBSecurityPolicy-TLS13-1-2-CNSA2-INTEROP3-FIPS-PQ-2026-07";

/// The policy, the server's chain, the suite, which is one of the version that is expected, and the group.
pub(super) type Row = (&'static str, &'static LazyLock<Chain>, Suite, Group);

/// The names that follow the times, and the dated ones they stand for.
pub(super) const MOVING: [Row; 13] = [
    ("default", &LOCALHOST, A128, HYBRID),
    ("default", &RSA, A128, HYBRID),
    ("default_fips", &LOCALHOST, A128, HYBRID),
    ("default_fips", &RSA, A128, HYBRID),
    ("default_fips", &RSA_PSS, A128, HYBRID),
    ("default_pq", &LOCALHOST, A128, HYBRID),
    ("default_pq", &ML_DSA_87, A128, HYBRID),
    ("20251013", &P384, A256, Group::SECP384R1),
    ("rfc9151", &P384, A256, Group::SECP384R1),
    ("cnsa_1", &P384, A256, Group::SECP384R1),
    ("cnsa_1_2_interop", &P384, A256, Group::SECP384R1),
    ("cnsa_1_2_interop", &ML_DSA_87, A256, Group::SECP384R1),
    ("20260220", &P384, A256, Group::SECP384R1),
];

/// Those that declare to keep FIPS 140-3.
pub(super) const FIPS: [Row; 19] = [
    ("20250414", &LOCALHOST, A256, Group::SECP384R1),
    ("20260513", &LOCALHOST, A256, Group::SECP384R1),
    ("20260720", &P384, A256, Group::SECP384R1),
    ("20230317", &LOCALHOST, A128, Group::SECP256R1),
    ("20240331", &LOCALHOST, EE_A128G, Group::SECP256R1),
    ("20240416", &LOCALHOST, EE_A128G, Group::SECP256R1),
    ("20240416", &RSA, ER_A128G, Group::SECP256R1),
    ("20240502", &LOCALHOST, EE_A128G, Group::SECP256R1),
    ("20240502", &RSA_PSS, ER_A128G, Group::SECP256R1),
    ("20251015", &LOCALHOST, A128, HYBRID),
    ("20210816", &P384, EE_A256B3, Group::SECP384R1),
    ("20210816_GCM", &P384, EE_A256G, Group::SECP384R1),
    ("20210816_GCM", &RSA, ER_A256G, Group::SECP384R1),
    ("CloudFront-TLS-1-2-2025", &LOCALHOST, A128, HYBRID),
    ("CloudFront-TLS-1-2-2025-no-pq", &LOCALHOST, A128, Group::SECP256R1),
    ("AWS-CRT-SDK-TLSv1.2-2025", &LOCALHOST, A128, Group::SECP256R1),
    ("KMS-FIPS-TLS-1-2-2024-10", &LOCALHOST, A128, HYBRID),
    ("KMS-FIPS-TLS-1-2-2024-10", &RSA, A128, HYBRID),
    ("test_all_fips", &LOCALHOST, A128, HYBRID),
];

/// Elastic Load Balancing's.
pub(super) const ELB: [Row; 13] = [
    ("ELBSecurityPolicy-2016-08", &LOCALHOST, EE_A128G, Group::SECP256R1),
    ("ELBSecurityPolicy-2016-08", &RSA, ER_A128G, Group::SECP256R1),
    ("ELBSecurityPolicy-TLS-1-0-2015-04", &LOCALHOST, EE_A128G, Group::SECP256R1),
    ("ELBSecurityPolicy-TLS-1-0-2015-05", &LOCALHOST, EE_A128G, Group::SECP256R1),
    ("ELBSecurityPolicy-TLS-1-1-2017-01", &LOCALHOST, EE_A128G, Group::SECP256R1),
    ("ELBSecurityPolicy-TLS-1-2-2017-01", &LOCALHOST, EE_A128G, Group::SECP256R1),
    ("ELBSecurityPolicy-TLS-1-2-Ext-2018-06", &LOCALHOST, EE_A128G, Group::SECP256R1),
    ("ELBSecurityPolicy-FS-2018-06", &LOCALHOST, EE_A128G, Group::SECP256R1),
    ("ELBSecurityPolicy-FS-1-1-2019-08", &LOCALHOST, EE_A128G, Group::SECP256R1),
    ("ELBSecurityPolicy-FS-1-2-2019-08", &LOCALHOST, EE_A128G, Group::SECP256R1),
    ("ELBSecurityPolicy-FS-1-2-Res-2019-08", &RSA, ER_A128G, Group::SECP256R1),
    (INTEROP1, &P384, A256, Group::SECP384R1),
    (INTEROP2, &P384, A256, Group::SECP384R1),
];

/// Those of either with whom the two servers choose differently, with our role.
pub(super) const BY_ROLE: [(Role, Row); 4] = [
    (Role::Server, ("default_tls13", &LOCALHOST, A128, Group::X25519)),
    (Role::Client, ("default_tls13", &LOCALHOST, A128, Group::SECP256R1)),
    // The policy strongly prefers P-384; OpenSSL prefers P-256 even where it must ask for it.
    (Role::Server, (INTEROP3, &P384, A256, Group::SECP384R1)),
    (Role::Client, (INTEROP3, &P384, A256, Group::SECP256R1)),
];

/// Where OpenSSL is told to have ML-KEM-1024.
pub(super) const ML_KEM_1024: [Row; 10] = [
    ("20260219", &ML_DSA_87, A256, Group::MLKEM1024),
    ("cnsa_2", &ML_DSA_87, A256, Group::MLKEM1024),
    ("cnsa_1_2_interop", &ML_DSA_87, A256, Group::MLKEM1024),
    ("cnsa_1_2_interop", &P384, A256, Group::MLKEM1024),
    ("20260220", &ML_DSA_87, A256, Group::MLKEM1024),
    ("20260513", &ML_DSA_87, A256, Group::MLKEM1024),
    (INTEROP1, &ML_DSA_87, A256, Group::MLKEM1024),
    (INTEROP2, &ML_DSA_87, A256, Group::MLKEM1024),
    (INTEROP3, &ML_DSA_87, A256, Group::MLKEM1024),
    ("test_all_fips", &LOCALHOST, A128, Group::MLKEM1024),
];
