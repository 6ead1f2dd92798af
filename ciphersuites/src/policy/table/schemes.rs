//! Lists of signature schemes, for handshakes and for certificates.
//!
//! Short names: `PSS` is RSASSA-PSS with keys under id-RSASSA-PSS, `RSAE` the same with keys under rsaEncryption; the
//! number is that of the hash.

use super::definition::Schemes;
use crate::SignatureScheme;

const MLDSA44: SignatureScheme = SignatureScheme::MLDSA44;
const MLDSA65: SignatureScheme = SignatureScheme::MLDSA65;
const MLDSA87: SignatureScheme = SignatureScheme::MLDSA87;
const ECDSA_256: SignatureScheme = SignatureScheme::ECDSA_SECP256R1_SHA256;
const ECDSA_384: SignatureScheme = SignatureScheme::ECDSA_SECP384R1_SHA384;
const ECDSA_512: SignatureScheme = SignatureScheme::ECDSA_SECP521R1_SHA512;
const PSS_256: SignatureScheme = SignatureScheme::RSA_PSS_PSS_SHA256;
const PSS_384: SignatureScheme = SignatureScheme::RSA_PSS_PSS_SHA384;
const PSS_512: SignatureScheme = SignatureScheme::RSA_PSS_PSS_SHA512;
const RSAE_256: SignatureScheme = SignatureScheme::RSA_PSS_RSAE_SHA256;
const RSAE_384: SignatureScheme = SignatureScheme::RSA_PSS_RSAE_SHA384;
const RSAE_512: SignatureScheme = SignatureScheme::RSA_PSS_RSAE_SHA512;
const PKCS1_256: SignatureScheme = SignatureScheme::RSA_PKCS1_SHA256;
const PKCS1_384: SignatureScheme = SignatureScheme::RSA_PKCS1_SHA384;
const PKCS1_512: SignatureScheme = SignatureScheme::RSA_PKCS1_SHA512;
const ECDSA_224: SignatureScheme = SignatureScheme::ECDSA_SHA224;
const PKCS1_224: SignatureScheme = SignatureScheme::RSA_PKCS1_SHA224;
const ECDSA_SHA1: SignatureScheme = SignatureScheme::ECDSA_SHA1;
const PKCS1_SHA1: SignatureScheme = SignatureScheme::RSA_PKCS1_SHA1;
/// What TLS 1.0 signs with, which has no code point: s2n-tls keeps it under one that is for private use.
const MD5_SHA1: SignatureScheme = SignatureScheme(0xffff);

pub(super) const ECDSA_PSS_PKCS1: Schemes = &[
    ECDSA_256, ECDSA_384, ECDSA_512, PSS_256, PSS_384, PSS_512, RSAE_256, RSAE_384, RSAE_512, PKCS1_256,
    PKCS1_384, PKCS1_512,
];

pub(super) const MLDSA_ECDSA_PSS_PKCS1: Schemes = &[
    MLDSA44, MLDSA65, MLDSA87, ECDSA_256, ECDSA_384, ECDSA_512, PSS_256, PSS_384, PSS_512, RSAE_256,
    RSAE_384, RSAE_512, PKCS1_256, PKCS1_384, PKCS1_512,
];

pub(super) const MLDSA87_ECDSA_PSS_PKCS1: Schemes = &[
    MLDSA87, ECDSA_256, ECDSA_384, ECDSA_512, PSS_256, PSS_384, PSS_512, RSAE_256, RSAE_384, RSAE_512,
    PKCS1_256, PKCS1_384, PKCS1_512,
];

pub(super) const ECDSA_PSS_PKCS1_SHA1: Schemes = &[
    ECDSA_256, ECDSA_384, ECDSA_512, PSS_256, PSS_384, PSS_512, RSAE_256, RSAE_384, RSAE_512, PKCS1_256,
    PKCS1_384, PKCS1_512, PKCS1_224, ECDSA_SHA1, PKCS1_SHA1,
];

pub(super) const PSS_PKCS1_ECDSA: Schemes = &[
    PSS_256, PSS_384, PSS_512, RSAE_256, RSAE_384, RSAE_512, PKCS1_256, PKCS1_384, PKCS1_512, ECDSA_256,
    ECDSA_384, ECDSA_512,
];

pub(super) const PSS_PKCS1_ECDSA_SHA224: Schemes = &[
    PSS_256, PSS_384, PSS_512, RSAE_256, RSAE_384, RSAE_512, PKCS1_256, PKCS1_384, PKCS1_512, PKCS1_224,
    ECDSA_256, ECDSA_384, ECDSA_512, ECDSA_224,
];

pub(super) const MLDSA_PSS_PKCS1_ECDSA_SHA224: Schemes = &[
    MLDSA44, MLDSA65, MLDSA87, PSS_256, PSS_384, PSS_512, RSAE_256, RSAE_384, RSAE_512, PKCS1_256, PKCS1_384,
    PKCS1_512, PKCS1_224, ECDSA_256, ECDSA_384, ECDSA_512, ECDSA_224,
];

pub(super) const MLDSA87_PSS_PKCS1_ECDSA_SHA224: Schemes = &[
    MLDSA87, PSS_256, PSS_384, PSS_512, RSAE_256, RSAE_384, RSAE_512, PKCS1_256, PKCS1_384, PKCS1_512,
    PKCS1_224, ECDSA_256, ECDSA_384, ECDSA_512, ECDSA_224,
];

pub(super) const PSS_PKCS1_ECDSA_SHA1: Schemes = &[
    PSS_256, PSS_384, PSS_512, RSAE_256, RSAE_384, RSAE_512, PKCS1_256, PKCS1_384, PKCS1_512, PKCS1_224,
    ECDSA_256, ECDSA_384, ECDSA_512, ECDSA_224, PKCS1_SHA1, ECDSA_SHA1,
];

pub(super) const PKCS1_ECDSA_SHA1: Schemes = &[
    PKCS1_256, PKCS1_384, PKCS1_512, PKCS1_224, ECDSA_256, ECDSA_384, ECDSA_512, ECDSA_224, PKCS1_SHA1,
    ECDSA_SHA1,
];

pub(super) const PKCS1_ECDSA: Schemes =
    &[PKCS1_256, PKCS1_384, PKCS1_512, ECDSA_256, ECDSA_384, ECDSA_512, ECDSA_224];

pub(super) const RSAE_PKCS1_ECDSA_PSS: Schemes = &[
    RSAE_256, RSAE_384, RSAE_512, PKCS1_256, PKCS1_384, PKCS1_512, ECDSA_256, ECDSA_384, ECDSA_512, PSS_256,
    PSS_384, PSS_512,
];

pub(super) const PKCS1_ECDSA_SHA384_SHA512: Schemes = &[PKCS1_384, PKCS1_512, ECDSA_384, ECDSA_512];

pub(super) const SHA384_FIRST: Schemes = &[
    ECDSA_384, PSS_384, RSAE_384, PKCS1_384, ECDSA_256, PSS_256, RSAE_256, PKCS1_256, ECDSA_512, PSS_512,
    RSAE_512, PKCS1_512,
];

pub(super) const MLDSA87_SHA384_FIRST: Schemes = &[
    MLDSA87, ECDSA_384, PSS_384, RSAE_384, PKCS1_384, ECDSA_256, PSS_256, RSAE_256, PKCS1_256, ECDSA_512,
    PSS_512, RSAE_512, PKCS1_512,
];

pub(super) const CNSA_1: Schemes = &[ECDSA_384, PSS_384, RSAE_384, PKCS1_384];

pub(super) const CNSA_1_CERTIFICATES: Schemes = &[ECDSA_384, PKCS1_384];

pub(super) const CNSA_2: Schemes = &[MLDSA87];

pub(super) const CNSA_1_2: Schemes = &[MLDSA87, ECDSA_384, PSS_384, RSAE_384, PKCS1_384];

pub(super) const CNSA_1_2_CERTIFICATES: Schemes = &[MLDSA87, ECDSA_384, PKCS1_384];

pub(super) const ECDSA_PSS_PKCS1_LEGACY: Schemes = &[
    ECDSA_256, ECDSA_384, ECDSA_512, ECDSA_224, PSS_256, PSS_384, PSS_512, RSAE_256, RSAE_384, RSAE_512,
    PKCS1_256, PKCS1_384, PKCS1_512, PKCS1_224, PKCS1_SHA1, ECDSA_SHA1,
];

pub(super) const MLDSA_ECDSA_PSS_PKCS1_LEGACY: Schemes = &[
    MLDSA44, MLDSA65, MLDSA87, ECDSA_256, ECDSA_384, ECDSA_512, ECDSA_224, PSS_256, PSS_384, PSS_512,
    RSAE_256, RSAE_384, RSAE_512, PKCS1_256, PKCS1_384, PKCS1_512, PKCS1_224, PKCS1_SHA1, ECDSA_SHA1,
];

pub(super) const EVERYTHING: Schemes = &[
    MD5_SHA1, PKCS1_SHA1, PKCS1_224, PKCS1_256, PKCS1_384, PKCS1_512, ECDSA_SHA1, ECDSA_224, ECDSA_256,
    ECDSA_384, ECDSA_512, RSAE_256, RSAE_384, RSAE_512, PSS_256, PSS_384, PSS_512, MLDSA44, MLDSA65, MLDSA87,
];

pub(super) const EVERYTHING_FIPS: Schemes = &[
    PSS_256, PSS_384, PSS_512, RSAE_256, RSAE_384, RSAE_512, PKCS1_256, PKCS1_384, PKCS1_512, PKCS1_224,
    ECDSA_256, ECDSA_384, ECDSA_512, ECDSA_224, MLDSA44, MLDSA65, MLDSA87,
];
