use super::*;

const KEY: [u8; 32] = [0x41; 32];

#[test]
fn keys_must_be_long_enough() {
    for len in [0, 1, 15] {
        let error = PreSharedKey::new(b"identity", &KEY[..len], Hash::Sha256).unwrap_err();
        assert_eq!(error, PreSharedKeyError::KeyTooShort(len));
        assert_eq!(ExternalPsk::new(b"identity", &KEY[..len]).unwrap_err(), error);
    }
    assert!(PreSharedKey::new(b"identity", &KEY[..16], Hash::Sha384).is_ok());
    assert_eq!(
        PreSharedKeyError::KeyTooShort(5).to_string(),
        "the pre-shared key has 5 bytes; it must be random and have at least 16 (RFC 9257 §6)"
    );
}

#[test]
fn identities_have_a_length() {
    let new = |identity: &[u8]| PreSharedKey::new(identity, &KEY, Hash::Sha256).map(|_| ());
    assert_eq!(new(b""), Err(PreSharedKeyError::NoIdentity));
    assert_eq!(new(&[7; 4096]), Ok(()));
    assert_eq!(new(&[7; 4097]), Err(PreSharedKeyError::IdentityTooLong(4097)));
    let external = ExternalPsk::new(b"identity", &KEY).unwrap();
    assert!(external.import(&[7; 4096 - 16], Hash::Sha256).is_ok());
    for len in [4096 - 15, 1 << 16, 1 << 20] {
        let error = external.import(&vec![7; len], Hash::Sha256).unwrap_err();
        assert!(matches!(error, PreSharedKeyError::IdentityTooLong(_)), "{len}: {error}");
    }
}

#[test]
fn imported_identities_are_of_rfc_9258() {
    let external = ExternalPsk::new(b"psk1", &KEY).unwrap();
    let [first, second] = external.import_for_all(b"context1").unwrap();
    let encoded = b"\0\x04psk1\0\x08context1\x03\x04\0\x01";
    assert_eq!(first.identity().as_bytes(), encoded);
    assert_eq!(second.identity().as_bytes(), b"\0\x04psk1\0\x08context1\x03\x04\0\x02");
    let imported = second.identity().imported().unwrap();
    assert_eq!((imported.external_identity, imported.context), (&b"psk1"[..], &b"context1"[..]));
    assert_eq!((imported.protocol.0, imported.hash), (0x0304, Some(Hash::Sha384)));
    assert_eq!(first.identity().to_string(), "psk1 (imported for context1)");

    for len in 0..encoded.len() {
        assert_eq!(ImportedIdentity::from_bytes(&encoded[..len]), None, "{len} bytes of it");
    }
    assert_eq!(ImportedIdentity::from_bytes(&[&encoded[..], b"x"].concat()), None);
    let unknown = ImportedIdentity::from_bytes(b"\0\x01x\0\0\xfe\xfc\x12\x34").unwrap();
    assert_eq!((unknown.protocol.0, unknown.hash), (0xfefc, None));
}

#[test]
fn secrets_are_not_shown() {
    let key = PreSharedKey::new(b"who\xff", &KEY, Hash::Sha256).unwrap();
    let external = ExternalPsk::new(b"who\xff", &KEY).unwrap();
    for shown in [format!("{key:?}"), format!("{external:?}")] {
        assert!(shown.contains("who\\") && !shown.contains("41") && !shown.contains("65"), "{shown}");
    }
}
