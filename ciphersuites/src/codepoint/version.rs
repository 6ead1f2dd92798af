use super::{codepoint, is_grease};

codepoint! {
    /// A protocol version, as in `legacy_version` and the supported_versions extension (RFC 9846 §4.3.1).
    pub struct ProtocolVersion;
    SSL2_0 = 0x0002 as "SSL 2.0",
    SSL3_0 = 0x0300 as "SSL 3.0",
    TLS1_0 = 0x0301 as "TLS 1.0",
    TLS1_1 = 0x0302 as "TLS 1.1",
    TLS1_2 = 0x0303 as "TLS 1.2",
    TLS1_3 = 0x0304 as "TLS 1.3",
    DTLS1_0 = 0xfeff as "DTLS 1.0",
    DTLS1_2 = 0xfefd as "DTLS 1.2",
    DTLS1_3 = 0xfefc as "DTLS 1.3",
}

impl ProtocolVersion {
    /// Whether this is a value reserved for GREASE (RFC 8701 §2).
    pub const fn is_grease(self) -> bool {
        is_grease(self.0)
    }
}
