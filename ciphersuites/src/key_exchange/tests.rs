use super::*;
use crate::testing::hex;

mod composition;
mod hostile;
mod wycheproof;

/// Every group there is, with the lengths of its client share, server share and secret (RFC 9846 §4.3.8,
/// RFC 10024 §4.1 to §4.3).
const GROUPS: [(NamedGroup, usize, usize, usize); 10] = [
    (NamedGroup::X25519, 32, 32, 32),
    (NamedGroup::SECP256R1, 65, 65, 32),
    (NamedGroup::SECP384R1, 97, 97, 48),
    (NamedGroup::SECP521R1, 133, 133, 66),
    (NamedGroup::MLKEM512, 800, 768, 32),
    (NamedGroup::MLKEM768, 1184, 1088, 32),
    (NamedGroup::MLKEM1024, 1568, 1568, 32),
    (NamedGroup::X25519MLKEM768, 1216, 1120, 64),
    (NamedGroup::SECP256R1MLKEM768, 1249, 1153, 64),
    (NamedGroup::SECP384R1MLKEM1024, 1665, 1665, 80),
];

const HYBRIDS: [NamedGroup; 3] =
    [NamedGroup::X25519MLKEM768, NamedGroup::SECP256R1MLKEM768, NamedGroup::SECP384R1MLKEM1024];

fn client(group: NamedGroup) -> (KeyPair, Vec<u8>) {
    let key = KeyPair::generate(group).unwrap();
    let mut share = Vec::new();
    key.write_share(&mut share).unwrap();
    (key, share)
}

fn server(group: NamedGroup, client_share: &[u8]) -> (SharedSecret, Vec<u8>) {
    let mut share = Vec::new();
    let secret = respond(group, client_share, &mut share).unwrap();
    (secret, share)
}

#[test]
fn every_group_agrees_and_has_its_lengths() {
    for (group, client_len, server_len, secret_len) in GROUPS {
        assert!(is_supported(group));
        let (key, client_share) = client(group);
        assert_eq!(key.group(), group);
        assert_eq!(client_share.len(), client_len, "{group}");
        let (ours, server_share) = server(group, &client_share);
        assert_eq!(server_share.len(), server_len, "{group}");
        let theirs = key.agree(&server_share).unwrap();
        assert_eq!(ours.as_ref(), theirs.as_ref(), "{group}");
        assert_eq!(ours.as_ref().len(), secret_len, "{group}");
    }
}

//= 9846:B.3.1.4 obsolete-groups
#[test]
fn nothing_else_is_supported() {
    let known = GROUPS.map(|(group, ..)| group);
    for group in (0..=u16::MAX).map(NamedGroup).filter(|group| !known.contains(group)) {
        assert!(!is_supported(group));
        let unsupported = KeyExchangeError::UnsupportedGroup(group);
        assert_eq!(KeyPair::generate(group).unwrap_err(), unsupported);
        assert_eq!(respond(group, &[4; 65], &mut Vec::new()).unwrap_err(), unsupported);
    }
}

#[test]
fn keys_and_secrets_are_fresh() {
    for (group, ..) in GROUPS {
        let ((_, first), (_, second)) = (client(group), client(group));
        assert_ne!(first, second);
        let ((one, share), (two, other)) = (server(group, &first), server(group, &first));
        assert_ne!(share, other);
        assert_ne!(one.as_ref(), two.as_ref());
    }
}

#[test]
fn classical_half_agrees_with_a_classical_server() {
    for group in HYBRIDS {
        let half = group.classical_half().unwrap();
        let (key, whole) = client(group);
        let mut share = Vec::new();
        key.write_classical_share(&mut share).unwrap();
        // The half is the very key inside the hybrid share.
        assert!(whole.ends_with(&share) || whole.starts_with(&share));
        let (ours, server_share) = server(half, &share);
        assert_eq!(key.agree_classical(&server_share).unwrap().as_ref(), ours.as_ref());
    }
    for group in [NamedGroup::X25519, NamedGroup::SECP256R1, NamedGroup::MLKEM1024] {
        let unsupported = KeyExchangeError::UnsupportedGroup(group);
        let (key, _) = client(group);
        assert_eq!(key.write_classical_share(&mut Vec::new()), Err(unsupported));
        assert_eq!(key.agree_classical(&[0; 32]).unwrap_err(), unsupported);
    }
}

#[test]
fn shares_are_appended() {
    let mut out = b"before".to_vec();
    let (key, share) = client(NamedGroup::X25519MLKEM768);
    key.write_share(&mut out).unwrap();
    assert_eq!(out, [b"before", &share[..]].concat());
    let mut out = b"before".to_vec();
    let secret = respond(NamedGroup::X25519MLKEM768, &share, &mut out).unwrap();
    let server_share = out.strip_prefix(b"before").unwrap();
    assert_eq!(key.agree(server_share).unwrap().as_ref(), secret.as_ref());
}

#[test]
fn keys_cross_threads_and_do_not_print_themselves() {
    fn assert_send_sync<T: Send + Sync>(_: &T) {}
    let (key, share) = client(NamedGroup::X25519);
    let (secret, _) = server(NamedGroup::X25519, &share);
    assert_send_sync(&key);
    assert_send_sync(&secret);
    assert_eq!(format!("{key:?}"), "KeyPair { group: NamedGroup(x25519), .. }");
    assert_eq!(format!("{secret:?}"), "SharedSecret([redacted])");
}
