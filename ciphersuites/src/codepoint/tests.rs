use super::*;

#[test]
fn names_are_the_registrys() {
    assert_eq!(CipherSuite(0x1301).name(), Some("TLS_AES_128_GCM_SHA256"));
    assert_eq!(CipherSuite(0xc02b).name(), Some("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"));
    assert_eq!(CipherSuite(0xccad).name(), Some("TLS_DHE_PSK_WITH_CHACHA20_POLY1305_SHA256"));
    assert_eq!(CipherSuite(0x0034).name(), Some("TLS_DH_anon_WITH_AES_128_CBC_SHA"));
    assert_eq!(CipherSuite(0x00ff).name(), Some("TLS_EMPTY_RENEGOTIATION_INFO_SCSV"));
    assert_eq!(NamedGroup(0x001d).name(), Some("x25519"));
    assert_eq!(NamedGroup(0x11ec).name(), Some("X25519MLKEM768"));
    assert_eq!(NamedGroup(0x11ed).name(), Some("SecP384r1MLKEM1024"));
    assert_eq!(SignatureScheme(0x0804).name(), Some("rsa_pss_rsae_sha256"));
    assert_eq!(SignatureScheme(0x0905).name(), Some("mldsa65"));
    assert_eq!(ProtocolVersion(0x0304).name(), Some("TLS 1.3"));
}

#[test]
fn constants_have_their_values() {
    assert_eq!(CipherSuite::TLS_CHACHA20_POLY1305_SHA256.0, 0x1303);
    assert_eq!(NamedGroup::SECP256R1MLKEM768.0, 4587);
    assert_eq!(NamedGroup::X25519MLKEM768.0, 4588);
    assert_eq!(NamedGroup::SECP384R1MLKEM1024.0, 4589);
    assert_eq!(SignatureScheme::ED25519.0, 0x0807);
    assert_eq!(SignatureScheme::MLDSA87.0, 0x0906);
    assert_eq!(ProtocolVersion::TLS1_2.0, 0x0303);
}

#[test]
fn no_two_values_share_a_name() {
    fn assert_distinct(name: impl Fn(u16) -> Option<&'static str>, count: usize) {
        let mut names: Vec<_> = (0..=u16::MAX).filter_map(name).collect();
        assert_eq!(names.len(), count);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
    assert_distinct(|value| CipherSuite(value).name(), 352);
    assert_distinct(|value| NamedGroup(value).name(), 57);
    assert_distinct(|value| SignatureScheme(value).name(), 51);
    assert_distinct(|value| ProtocolVersion(value).name(), 9);
}

#[test]
fn names_are_found_again() {
    assert!(
        CipherSuite::NAMED.iter().all(|suite| CipherSuite::by_name(suite.name().unwrap()) == Some(*suite))
    );
    assert_eq!(NamedGroup::by_name("x25519mlkem768"), Some(NamedGroup::X25519MLKEM768));
    assert_eq!(SignatureScheme::by_name("RSA_PSS_RSAE_SHA256"), Some(SignatureScheme::RSA_PSS_RSAE_SHA256));
    assert_eq!(ProtocolVersion::by_name("TLS 1.3"), Some(ProtocolVersion::TLS1_3));
    assert_eq!(NamedGroup::by_name("x2551"), None);
    assert_eq!(NamedGroup::by_name(""), None);
}

#[test]
fn unknown_values_survive_and_print_as_hex() {
    assert_eq!(CipherSuite(0x00c8).name(), None);
    assert_eq!(CipherSuite(0x00c8).to_string(), "0x00c8");
    assert_eq!(format!("{:?}", NamedGroup(0xabcd)), "NamedGroup(0xabcd)");
    assert_eq!(format!("{:?}", CipherSuite(0x1301)), "CipherSuite(TLS_AES_128_GCM_SHA256)");
    assert_eq!(ProtocolVersion::TLS1_3.to_string(), "TLS 1.3");
    assert_eq!(format!("{:>8}|", NamedGroup::X25519), "  x25519|");
}

#[test]
fn grease_is_sixteen_values() {
    let grease: Vec<u16> = (0..=u16::MAX).filter(|value| is_grease(*value)).collect();
    assert_eq!(grease.len(), 16);
    assert_eq!(grease.first(), Some(&0x0a0a));
    assert_eq!(grease.get(1), Some(&0x1a1a));
    assert_eq!(grease.last(), Some(&0xfafa));
    for value in grease {
        assert!(CipherSuite(value).is_grease() && NamedGroup(value).is_grease());
        assert!(SignatureScheme(value).is_grease() && ProtocolVersion(value).is_grease());
        assert_eq!((CipherSuite(value).name(), NamedGroup(value).name()), (None, None));
    }
}

#[test]
fn halves_of_hybrids() {
    assert_eq!(NamedGroup::X25519MLKEM768.classical_half(), Some(NamedGroup::X25519));
    assert_eq!(NamedGroup::SECP256R1MLKEM768.classical_half(), Some(NamedGroup::SECP256R1));
    assert_eq!(NamedGroup::SECP384R1MLKEM1024.classical_half(), Some(NamedGroup::SECP384R1));
    assert_eq!(NamedGroup::MLKEM1024.classical_half(), None);
    assert_eq!(NamedGroup::X25519.classical_half(), None);
    for value in 0..=u16::MAX {
        let group = NamedGroup(value);
        assert!(group.classical_half().is_none() || group.is_post_quantum());
    }
    assert!(!NamedGroup::X25519KYBER768DRAFT00.is_post_quantum());
}

#[test]
fn chacha20_suites_by_name() {
    for suite in (0..=u16::MAX).map(CipherSuite) {
        assert_eq!(
            suite.is_chacha20(),
            suite.name().is_some_and(|name| name.contains("CHACHA20")),
            "{suite}"
        );
    }
}
