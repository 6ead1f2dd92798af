#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

fn states() -> [State; 4] {
    let full = State {
        role: Role::Server,
        version: ProtocolVersion::TLS1_3,
        cipher_suite: CipherSuite::TLS_AES_256_GCM_SHA384,
        group: NamedGroup::X25519MLKEM768,
        server_scheme: Some(SignatureScheme::ECDSA_SECP256R1_SHA256),
        client_scheme: Some(SignatureScheme::ED25519),
        server_name: Some("a.name.that.is.not.short.example".into()),
        scope: Scope::from_bytes([3; Scope::LEN]),
        established_at: 1_790_000_000,
        issued_at: 1_790_000_100,
        lifetime: 54_000,
        age_add: 0xdead_beef,
        peer_expires_at: u64::MAX,
        secret: vec![7; 48].into(),
        client: Some(ClientIdentity { fingerprint: [9; 32] }),
        early_data: Some(Box::new(EarlyDataTerms {
            max_size: 16_384,
            alpn: Some((*b"h2").into()),
            context: (*b"version 7").into(),
        })),
        session_data: (*b"account 17").into(),
    };
    let least = State {
        version: ProtocolVersion::TLS1_2,
        server_scheme: None,
        client_scheme: None,
        server_name: None,
        client: None,
        early_data: None,
        session_data: Default::default(),
        ..full.clone()
    };
    let longest = State { server_name: Some("x".repeat(253).into()), ..full.clone() };
    let terms =
        EarlyDataTerms { max_size: u32::MAX, alpn: Some([b'a'; 255].into()), context: [7; 4000].into() };
    let session_data = [5; 3000].into();
    let talkative = State { early_data: Some(Box::new(terms)), session_data, ..longest.clone() };
    [full, least, longest, talkative]
}

/// What is read is what was written: nothing else has the same meaning.
fn assert_exact(bytes: &[u8]) -> bool {
    match State::from_bytes(bytes) {
        Some(state) => {
            assert_eq!(state.to_bytes().as_slice(), bytes);
            true
        }
        None => false,
    }
}

#[test]
fn what_was_written_can_be_read() {
    for state in states() {
        assert!(assert_exact(&state.to_bytes()));
        // Without moving, which would leave the secret behind.
        assert_eq!(state.to_bytes().capacity(), state.room());
    }
}

#[test]
fn every_part_of_it_is_nothing() {
    for state in states() {
        let bytes = state.to_bytes();
        (0..bytes.len()).for_each(|len| assert!(!assert_exact(&bytes[..len]), "{len}"));
        assert!(!assert_exact(&[bytes.as_slice(), &[0]].concat()));
    }
}

/// A byte that is another: a state of other content, or nothing.
#[test]
fn every_byte_may_be_any() {
    for state in states() {
        let bytes = state.to_bytes();
        for index in 0..bytes.len().min(1000) {
            for value in 0..=u8::MAX {
                let mut altered = bytes.to_vec();
                altered[index] = value;
                let is_read = assert_exact(&altered);
                assert!(index > 1 || !is_read || altered == bytes.as_slice(), "{index}: {value}");
            }
        }
    }
}

#[test]
fn random_bytes_are_nothing() {
    let mut bytes = [0; 400];
    for round in 0..20_000 {
        ciphersuites::random(&mut bytes).unwrap();
        let len = round % bytes.len();
        assert!(!assert_exact(&bytes[..len]));
        // With a beginning that is right.
        bytes[..2].copy_from_slice(&[FORMAT, 1]);
        assert_exact(&bytes[..len]);
    }
}

/// Who reads its own states does not read those of the other side.
#[test]
fn a_clients_is_none_of_a_server() {
    for state in states() {
        let state = State { role: Role::Client, ..state };
        assert!(!assert_exact(&state.to_bytes()));
    }
}
