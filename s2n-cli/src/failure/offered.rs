//! What a peer offered that has nothing in common with this side: for an operator who looks for those that are to be
//! updated.

use tls_core::ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion, Tls12Suite, Tls13Suite};
use tls_core::{Cause, Error, HandshakeType, Stage};

use crate::policy;

/// What the peer offered, and what makes it too old.
#[derive(Clone, Debug, Default)]
pub(super) struct Offered {
    /// The registered names of the versions, suites, groups or schemes, in the peer's order.
    pub(super) names: Vec<String>,
    /// If there is nothing among it that any policy could have: what it is, and why that is not implemented.
    pub(super) outdated: Option<String>,
}

impl Offered {
    /// What the error tells of the peer's offer.
    pub(super) fn of(error: &Error) -> Self {
        match error.cause() {
            Cause::NoCommonVersion { peer, .. } => versions(peer),
            Cause::NoCommonCipherSuite { peer } => suites(peer),
            Cause::NoSuitableKey { peer } => Self { names: names(peer), outdated: None },
            Cause::NoCommonGroup { peer } => groups(peer),
            Cause::NoCommonSignatureScheme { peer } => Self { names: names(peer), outdated: None },
            Cause::NotTls(bytes) => {
                version2_hello(bytes).map_or_else(Self::default, |best| versions(&[best]))
            }
            _ => Self::default(),
        }
    }

    /// The sentence about a peer that is too old, where it is.
    pub(super) fn sentence(&self, error: &Error) -> Option<String> {
        let outdated = self.outdated.as_ref()?;
        // Nothing but a ClientHello makes a server give up like this.
        let who = match error.stage() {
            Some(Stage::Expecting(HandshakeType::CLIENT_HELLO)) => "client",
            _ => "server",
        };
        Some(format!(
            "outdated {who}: it speaks {outdated}; the least that any policy accepts is TLS 1.2 with ECDHE, most with \
             {}: update its TLS software",
            policy::WIDEST
        ))
    }
}

fn names(items: &[impl ToString]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

fn versions(peer: &[ProtocolVersion]) -> Offered {
    let known: Vec<ProtocolVersion> = peer.iter().copied().filter(|version| !version.is_grease()).collect();
    let best = known.iter().max().filter(|best| **best < ProtocolVersion::TLS1_2);
    let outdated = best.map(|best| {
        let (version, rfc) = match *best {
            best if best < ProtocolVersion::SSL3_0 => (ProtocolVersion::SSL2_0, "RFC 6176"),
            ProtocolVersion::SSL3_0 => (ProtocolVersion::SSL3_0, "RFC 7568"),
            best => (best, "RFC 8996"),
        };
        format!("{version} at best, which is broken and not implemented ({rfc})")
    });
    Offered { names: names(&known), outdated }
}

/// The version in a ClientHello of SSL 2.0's format, as clients of old began with (RFC 5246 appendix E.2).
fn version2_hello(bytes: &[u8]) -> Option<ProtocolVersion> {
    match bytes {
        [length, _, 1, major @ (0 | 3), minor, ..] if length & 0x80 != 0 => {
            Some(ProtocolVersion(u16::from_be_bytes([*major, *minor])))
        }
        _ => None,
    }
}

fn suites(peer: &[CipherSuite]) -> Offered {
    let real = |suite: &CipherSuite| !suite.is_grease() && !suite.is_signal();
    let suites: Vec<CipherSuite> = peer.iter().copied().filter(real).collect();
    let mut kinds: Vec<&str> = Vec::new();
    for kind in suites.iter().map(|suite| kind(*suite)) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let implemented =
        |id: &CipherSuite| Tls12Suite::from_id(*id).is_some() || Tls13Suite::from_id(*id).is_some();
    let is_outdated = !suites.is_empty() && !suites.iter().any(implemented);
    let outdated = is_outdated.then(|| {
        let (kinds, them) = (kinds.join(", "), if kinds.len() == 1 { "is" } else { "are" });
        format!("TLS 1.2 only with {kinds}, which {them} not implemented")
    });
    Offered { names: names(&suites), outdated }
}

/// What makes a suite one that is not implemented.
fn kind(suite: CipherSuite) -> &'static str {
    let name = suite.to_string();
    let ciphers = [
        ("_NULL", "no encryption"),
        ("_EXPORT_", "export ciphers"),
        ("_RC4_", "RC4 (RFC 7465)"),
        ("_3DES_", "3DES"),
    ];
    let exchanges = [
        ("TLS_RSA_WITH", "static RSA (RFC 10015)"),
        ("TLS_DHE_RSA", "DHE (RFC 10015)"),
        ("TLS_DHE_DSS", "DSA signatures"),
        ("TLS_DH_anon", "no certificates"),
        ("TLS_ECDH_anon", "no certificates"),
        ("TLS_DH_", "static DH (RFC 10015)"),
        ("TLS_ECDH_", "static ECDH (RFC 10015)"),
    ];
    let cipher = ciphers.iter().find(|(part, _)| name.contains(part));
    let exchange = exchanges.iter().find(|(start, _)| name.starts_with(start));
    cipher.or(exchange).map_or("rare cipher suites", |(_, kind)| kind)
}

fn groups(peer: &[NamedGroup]) -> Offered {
    let known: Vec<NamedGroup> = peer.iter().copied().filter(|group| !group.is_grease()).collect();
    let finite = NamedGroup::FFDHE2048..=NamedGroup::FFDHE8192;
    let is_outdated = !known.is_empty() && known.iter().all(|group| finite.contains(group));
    let outdated = is_outdated
        .then(|| "finite field Diffie-Hellman groups only, which are not implemented (RFC 10015)".to_owned());
    Offered { names: names(&known), outdated }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_versions_are_told_from_new_ones() {
        let outdated = |bytes: &[u16]| {
            let versions: Vec<ProtocolVersion> = bytes.iter().copied().map(ProtocolVersion).collect();
            super::versions(&versions).outdated
        };
        assert!(outdated(&[0x0302, 0x0301]).unwrap().starts_with("TLS 1.1 at best"));
        assert!(outdated(&[0x0a0a, 0x0301]).unwrap().contains("TLS 1.0 at best"));
        assert!(outdated(&[0x0300]).unwrap().contains("RFC 7568"));
        assert_eq!(outdated(&[0x0303, 0x0301]), None);
        assert_eq!(outdated(&[0x1a1a]), None);
    }

    #[test]
    fn a_hello_of_ssl2_is_one_and_other_noise_is_not() {
        assert_eq!(version2_hello(b"\x80\x2e\x01\x03\x01\x00"), Some(ProtocolVersion::TLS1_0));
        assert_eq!(version2_hello(b"\x80\x2e\x01\x00\x02\x00"), Some(ProtocolVersion::SSL2_0));
        assert_eq!(version2_hello(b"GET / HTTP/1.1"), None);
        assert_eq!(version2_hello(b"\x80"), None);
    }

    #[test]
    fn suites_that_nobody_should_use_are_named_by_kind() {
        let outdated = |suites: &[CipherSuite]| super::suites(suites).outdated;
        let signal = CipherSuite::TLS_EMPTY_RENEGOTIATION_INFO_SCSV;
        let old =
            [CipherSuite::TLS_RSA_WITH_AES_128_GCM_SHA256, CipherSuite::TLS_RSA_WITH_RC4_128_SHA, signal];
        let sentence = outdated(&old).unwrap();
        assert!(
            sentence.starts_with("TLS 1.2 only with static RSA (RFC 10015), RC4 (RFC 7465), which are"),
            "{sentence}"
        );
        let sentence = outdated(&[CipherSuite::TLS_DHE_RSA_WITH_AES_128_GCM_SHA256]).unwrap();
        assert!(sentence.starts_with("TLS 1.2 only with DHE (RFC 10015), which is"), "{sentence}");
        // No policy of today has it, but it is implemented.
        assert_eq!(outdated(&[CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA]), None);
        assert_eq!(outdated(&[signal]), None);
    }
}
