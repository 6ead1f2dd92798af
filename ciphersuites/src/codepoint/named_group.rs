use super::{codepoint, is_grease};

codepoint! {
    /// A key exchange group, as in the supported_groups and key_share extensions (RFC 9846 §4.3.7).
    pub struct NamedGroup;
    SECT163K1 = 0x0001 as "sect163k1",
    SECT163R1 = 0x0002 as "sect163r1",
    SECT163R2 = 0x0003 as "sect163r2",
    SECT193R1 = 0x0004 as "sect193r1",
    SECT193R2 = 0x0005 as "sect193r2",
    SECT233K1 = 0x0006 as "sect233k1",
    SECT233R1 = 0x0007 as "sect233r1",
    SECT239K1 = 0x0008 as "sect239k1",
    SECT283K1 = 0x0009 as "sect283k1",
    SECT283R1 = 0x000a as "sect283r1",
    SECT409K1 = 0x000b as "sect409k1",
    SECT409R1 = 0x000c as "sect409r1",
    SECT571K1 = 0x000d as "sect571k1",
    SECT571R1 = 0x000e as "sect571r1",
    SECP160K1 = 0x000f as "secp160k1",
    SECP160R1 = 0x0010 as "secp160r1",
    SECP160R2 = 0x0011 as "secp160r2",
    SECP192K1 = 0x0012 as "secp192k1",
    SECP192R1 = 0x0013 as "secp192r1",
    SECP224K1 = 0x0014 as "secp224k1",
    SECP224R1 = 0x0015 as "secp224r1",
    SECP256K1 = 0x0016 as "secp256k1",
    SECP256R1 = 0x0017 as "secp256r1",
    SECP384R1 = 0x0018 as "secp384r1",
    SECP521R1 = 0x0019 as "secp521r1",
    BRAINPOOLP256R1 = 0x001a as "brainpoolP256r1",
    BRAINPOOLP384R1 = 0x001b as "brainpoolP384r1",
    BRAINPOOLP512R1 = 0x001c as "brainpoolP512r1",
    X25519 = 0x001d as "x25519",
    X448 = 0x001e as "x448",
    BRAINPOOLP256R1TLS13 = 0x001f as "brainpoolP256r1tls13",
    BRAINPOOLP384R1TLS13 = 0x0020 as "brainpoolP384r1tls13",
    BRAINPOOLP512R1TLS13 = 0x0021 as "brainpoolP512r1tls13",
    GC256A = 0x0022,
    GC256B = 0x0023,
    GC256C = 0x0024,
    GC256D = 0x0025,
    GC512A = 0x0026,
    GC512B = 0x0027,
    GC512C = 0x0028,
    CURVESM2 = 0x0029 as "curveSM2",
    FFDHE2048 = 0x0100 as "ffdhe2048",
    FFDHE3072 = 0x0101 as "ffdhe3072",
    FFDHE4096 = 0x0102 as "ffdhe4096",
    FFDHE6144 = 0x0103 as "ffdhe6144",
    FFDHE8192 = 0x0104 as "ffdhe8192",
    MLKEM512 = 0x0200,
    MLKEM768 = 0x0201,
    MLKEM1024 = 0x0202,
    SECP256R1MLKEM768 = 0x11eb as "SecP256r1MLKEM768",
    X25519MLKEM768 = 0x11ec,
    SECP384R1MLKEM1024 = 0x11ed as "SecP384r1MLKEM1024",
    CURVESM2MLKEM768 = 0x11ee as "curveSM2MLKEM768",
    X25519KYBER768DRAFT00 = 0x6399 as "X25519Kyber768Draft00",
    SECP256R1KYBER768DRAFT00 = 0x639a as "SecP256r1Kyber768Draft00",
    ARBITRARY_EXPLICIT_PRIME_CURVES = 0xff01 as "arbitrary_explicit_prime_curves",
    ARBITRARY_EXPLICIT_CHAR2_CURVES = 0xff02 as "arbitrary_explicit_char2_curves",
}

impl NamedGroup {
    /// Whether this is a value reserved for GREASE (RFC 8701 §2).
    pub const fn is_grease(self) -> bool {
        is_grease(self.0)
    }

    /// Whether agreement over this group withstands a quantum computer: ML-KEM alone or in a hybrid.
    ///
    /// The withdrawn Kyber drafts do not count: they are not ML-KEM and nobody should rely on them.
    pub const fn is_post_quantum(self) -> bool {
        matches!(
            self,
            Self::MLKEM512
                | Self::MLKEM768
                | Self::MLKEM1024
                | Self::SECP256R1MLKEM768
                | Self::X25519MLKEM768
                | Self::SECP384R1MLKEM1024
                | Self::CURVESM2MLKEM768
        )
    }

    /// The classical group inside a hybrid (RFC 10024 §4), or `None` if this is no hybrid.
    pub const fn classical_half(self) -> Option<Self> {
        match self {
            Self::X25519MLKEM768 => Some(Self::X25519),
            Self::SECP256R1MLKEM768 => Some(Self::SECP256R1),
            Self::SECP384R1MLKEM1024 => Some(Self::SECP384R1),
            Self::CURVESM2MLKEM768 => Some(Self::CURVESM2),
            _ => None,
        }
    }
}
