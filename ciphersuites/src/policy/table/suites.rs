//! Cipher suites by short names, and the lists of them that several families share.
//!
//! The key exchange: `T13` TLS 1.3's, `EE` ECDHE with ECDSA, `ER` ECDHE with RSA, `DR` DHE with RSA, `R` static RSA. The
//! cipher: `A128G` and `A256G` AES-GCM; `A128B` and `A256B` AES in CBC mode with SHA-1 (`1`), SHA-256 (`2`) or SHA-384
//! (`3`); `C20` ChaCha20-Poly1305. TLS 1.2 with `DR` and `R`, and every `3DES` and `RC4`, are named and refused.

use super::definition::Suites;
use crate::CipherSuite;

pub(super) const T13_A128G: CipherSuite = CipherSuite::TLS_AES_128_GCM_SHA256;
pub(super) const T13_A256G: CipherSuite = CipherSuite::TLS_AES_256_GCM_SHA384;
pub(super) const T13_C20: CipherSuite = CipherSuite::TLS_CHACHA20_POLY1305_SHA256;
pub(super) const DR_3DES: CipherSuite = CipherSuite::TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA;
pub(super) const DR_A128B1: CipherSuite = CipherSuite::TLS_DHE_RSA_WITH_AES_128_CBC_SHA;
pub(super) const DR_A128B2: CipherSuite = CipherSuite::TLS_DHE_RSA_WITH_AES_128_CBC_SHA256;
pub(super) const DR_A128G: CipherSuite = CipherSuite::TLS_DHE_RSA_WITH_AES_128_GCM_SHA256;
pub(super) const DR_A256B1: CipherSuite = CipherSuite::TLS_DHE_RSA_WITH_AES_256_CBC_SHA;
pub(super) const DR_A256B2: CipherSuite = CipherSuite::TLS_DHE_RSA_WITH_AES_256_CBC_SHA256;
pub(super) const DR_A256G: CipherSuite = CipherSuite::TLS_DHE_RSA_WITH_AES_256_GCM_SHA384;
pub(super) const DR_C20: CipherSuite = CipherSuite::TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256;
pub(super) const EE_A128B1: CipherSuite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA;
pub(super) const EE_A128B2: CipherSuite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256;
pub(super) const EE_A128G: CipherSuite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
pub(super) const EE_A256B1: CipherSuite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA;
pub(super) const EE_A256B3: CipherSuite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384;
pub(super) const EE_A256G: CipherSuite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384;
pub(super) const EE_C20: CipherSuite = CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256;
pub(super) const ER_3DES: CipherSuite = CipherSuite::TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA;
pub(super) const ER_A128B1: CipherSuite = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA;
pub(super) const ER_A128B2: CipherSuite = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256;
pub(super) const ER_A128G: CipherSuite = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
pub(super) const ER_A256B1: CipherSuite = CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA;
pub(super) const ER_A256B3: CipherSuite = CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384;
pub(super) const ER_A256G: CipherSuite = CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384;
pub(super) const ER_C20: CipherSuite = CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256;
pub(super) const ER_RC4: CipherSuite = CipherSuite::TLS_ECDHE_RSA_WITH_RC4_128_SHA;
pub(super) const R_3DES: CipherSuite = CipherSuite::TLS_RSA_WITH_3DES_EDE_CBC_SHA;
pub(super) const R_A128B1: CipherSuite = CipherSuite::TLS_RSA_WITH_AES_128_CBC_SHA;
pub(super) const R_A128B2: CipherSuite = CipherSuite::TLS_RSA_WITH_AES_128_CBC_SHA256;
pub(super) const R_A128G: CipherSuite = CipherSuite::TLS_RSA_WITH_AES_128_GCM_SHA256;
pub(super) const R_A256B1: CipherSuite = CipherSuite::TLS_RSA_WITH_AES_256_CBC_SHA;
pub(super) const R_A256B2: CipherSuite = CipherSuite::TLS_RSA_WITH_AES_256_CBC_SHA256;
pub(super) const R_A256G: CipherSuite = CipherSuite::TLS_RSA_WITH_AES_256_GCM_SHA384;
pub(super) const R_RC4: CipherSuite = CipherSuite::TLS_RSA_WITH_RC4_128_SHA;
pub(super) const R_RC4_MD5: CipherSuite = CipherSuite::TLS_RSA_WITH_RC4_128_MD5;

pub(super) const GCM_CHACHA20_CBC: Suites = &[
    T13_A128G, T13_A256G, T13_C20, EE_A128G, ER_A128G, EE_A256G, ER_A256G, EE_C20, ER_C20, EE_A256B3,
    ER_A256B3, EE_A128B2, ER_A128B2,
];

pub(super) const CLOUDFRONT_2016: Suites = &[
    T13_A128G, T13_A256G, T13_C20, EE_A128G, ER_A128G, EE_A128B2, ER_A128B2, EE_A128B1, ER_A128B1, EE_A256G,
    ER_A256G, EE_C20, ER_C20, EE_A256B3, ER_A256B3, EE_A256B1, ER_A256B1, R_A128G, R_A256G, R_A128B2,
    R_A256B1, R_A128B1,
];

pub(super) const TLS13_AES256: Suites = &[T13_A256G];

pub(super) const CNSA_1_2: Suites = &[T13_A256G, EE_A256G, ER_A256G];

pub(super) const TLS13: Suites = &[T13_A128G, T13_A256G, T13_C20];

pub(super) const AES_GCM: Suites = &[T13_A128G, T13_A256G, EE_A128G, ER_A128G, EE_A256G, ER_A256G];

pub(super) const CHACHA20_FIRST: Suites = &[
    ER_C20, ER_A128B1, ER_A128G, ER_A256G, ER_A128B2, ER_A256B1, ER_A256B3, R_A128B1, R_A128G, R_A256G,
    R_A128B2, R_A256B1, R_A256B2, R_3DES,
];
