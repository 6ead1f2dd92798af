//! Protected handshake messages that their receiver must refuse (RFC 9846 §4.4, §4.5).

use tests::authority::Authority;
use tests::pair::{client_builder, server_builder};
use tests::relay::{Setup, Side};
use tests::scenario::ALL;
use tls_core::{AlertDescription as Alert, HandshakeType};

use crate::cases::{BodyCase, Case, ext, number, refuse, refuse_bodies};

//= 9846:4.3 unsolicited
//= 9846:4.3 misplaced
//= 9846:4.4.1 forbidden
//= 9846:6.2 named-alert
#[test]
fn encrypted_extensions() {
    let cases: &[Case] = &[
        (
            "an unknown extension",
            |h| h.push(ext::UNKNOWN, &[]),
            Alert::UNSUPPORTED_EXTENSION,
            "unsolicited_extension",
        ),
        (
            "early data that was not offered",
            |h| h.push(ext::EARLY_DATA, &[]),
            Alert::UNSUPPORTED_EXTENSION,
            "unsolicited_extension",
        ),
        (
            "a share",
            |h| h.push(ext::KEY_SHARE, &[0, 0x1d, 0, 1, 1]),
            Alert::ILLEGAL_PARAMETER,
            "misplaced_extension",
        ),
        (
            "a version",
            |h| h.push(ext::SUPPORTED_VERSIONS, &[3, 4]),
            Alert::ILLEGAL_PARAMETER,
            "misplaced_extension",
        ),
        (
            "schemes",
            |h| h.push(ext::SIGNATURE_ALGORITHMS, &[0, 2, 4, 3]),
            Alert::ILLEGAL_PARAMETER,
            "misplaced_extension",
        ),
        (
            "a protocol that was not offered",
            |h| *h.body_mut(ext::ALPN) = vec![0, 3, 2, b'h', b'3'],
            Alert::ILLEGAL_PARAMETER,
            "illegal_parameter",
        ),
        (
            "two protocols",
            |h| *h.body_mut(ext::ALPN) = b"\0\x0c\x02h2\x08http/1.1".to_vec(),
            Alert::DECODE_ERROR,
            "malformed",
        ),
        ("no protocol", |h| *h.body_mut(ext::ALPN) = vec![0, 0], Alert::DECODE_ERROR, "malformed"),
        ("a name with content", |h| h.push(ext::SERVER_NAME, &[0]), Alert::DECODE_ERROR, "malformed"),
        (
            "a protocol twice",
            |h| h.push(ext::ALPN, &[0, 3, 2, b'h', b'2']),
            Alert::ILLEGAL_PARAMETER,
            "duplicate_extension",
        ),
    ];
    let setup = ALL[0].setup();
    refuse(&setup, number(&setup, Side::Server, HandshakeType::ENCRYPTED_EXTENSIONS), cases);
}

//= 9846:4.3 unsolicited
#[test]
fn what_was_not_offered_at_all() {
    let authority = Authority::new();
    let client = client_builder(&authority).server_name_indication(false);
    let setup = Setup::new(client, server_builder(&authority));
    let cases: &[Case] = &[
        (
            "a protocol",
            |h| h.push(ext::ALPN, &[0, 3, 2, b'h', b'2']),
            Alert::UNSUPPORTED_EXTENSION,
            "unsolicited_extension",
        ),
        (
            "the name",
            |h| h.push(ext::SERVER_NAME, &[]),
            Alert::UNSUPPORTED_EXTENSION,
            "unsolicited_extension",
        ),
    ];
    refuse(&setup, number(&setup, Side::Server, HandshakeType::ENCRYPTED_EXTENSIONS), cases);
}

//= 9846:4.4.2 context
//= 9846:4.4.2 schemes
#[test]
fn certificate_requests() {
    let cases: &[Case] = &[
        ("a context", |h| h.prefix = vec![1, 7], Alert::ILLEGAL_PARAMETER, "illegal_parameter"),
        (
            "no schemes",
            |h| h.remove(ext::SIGNATURE_ALGORITHMS),
            Alert::MISSING_EXTENSION,
            "missing_extension",
        ),
        (
            "an empty list of schemes",
            |h| *h.body_mut(ext::SIGNATURE_ALGORITHMS) = vec![0, 0],
            Alert::DECODE_ERROR,
            "malformed",
        ),
        (
            "half a scheme",
            |h| *h.body_mut(ext::SIGNATURE_ALGORITHMS) = vec![0, 1, 4],
            Alert::DECODE_ERROR,
            "malformed",
        ),
        // What it does not know, it ignores; that it was added shows in the signature.
        (
            "an unknown extension",
            |h| h.push(ext::UNKNOWN, &[1]),
            Alert::DECRYPT_ERROR,
            "bad_handshake_signature",
        ),
    ];
    let setup = ALL[1].setup();
    refuse(&setup, number(&setup, Side::Server, HandshakeType::CERTIFICATE_REQUEST), cases);
}

//= 9846:4.5.1 context
//= 9846:4.5.1 entry-extensions
//= 9846:4.5.1.3 empty
#[test]
fn certificates() {
    /// Puts an extension into the first entry.
    fn extend(body: &mut Vec<u8>, extension: &[u8]) {
        let leaf_len = usize::from(body[5]) << 8 | usize::from(body[6]);
        let at = 7 + leaf_len;
        let len = u16::try_from(extension.len()).unwrap().to_be_bytes();
        body.splice(at..at + 2, [&len, extension].concat());
        fix_len(body);
    }
    /// Sets the length of the list.
    fn fix_len(body: &mut [u8]) {
        let len = u32::try_from(body.len() - 4).unwrap().to_be_bytes();
        body[1..4].copy_from_slice(&len[1..]);
    }
    /// Repeats the last certificate until there are `count`.
    fn repeat(body: &mut Vec<u8>, count: usize) {
        let leaf_end = 9 + (usize::from(body[5]) << 8 | usize::from(body[6]));
        let last = body[leaf_end..].to_vec();
        (2..count).for_each(|_| body.extend_from_slice(&last));
        fix_len(body);
    }
    let cases: &[BodyCase] = &[
        ("a context", |body| drop(body.splice(0..1, [1, 7])), Alert::ILLEGAL_PARAMETER, "illegal_parameter"),
        (
            "an empty certificate",
            |body| *body = vec![0, 0, 0, 5, 0, 0, 0, 0, 0],
            Alert::DECODE_ERROR,
            "malformed",
        ),
        (
            "no certificate at all in the DER",
            |body| *body = vec![0, 0, 0, 6, 0, 0, 1, 0x30, 0, 0],
            Alert::DECODE_ERROR,
            "certificate_malformed",
        ),
        (
            "an OCSP response that was not asked for",
            |body| extend(body, &[0, 5, 0, 1, 1]),
            Alert::UNSUPPORTED_EXTENSION,
            "unsolicited_extension",
        ),
        (
            "an unknown extension",
            |body| extend(body, &[0xfe, 0, 0, 0]),
            Alert::UNSUPPORTED_EXTENSION,
            "unsolicited_extension",
        ),
        ("sixty-five certificates", |body| repeat(body, 65), Alert::UNEXPECTED_MESSAGE, "too_many"),
        ("sixty-four certificates", |body| repeat(body, 64), Alert::DECRYPT_ERROR, "bad_handshake_signature"),
    ];
    let setup = ALL[1].setup();
    for side in [Side::Server, Side::Client] {
        let number = number(&setup, side, HandshakeType::CERTIFICATE);
        refuse_bodies(&setup, number, cases);
        let (alert, code) = match side {
            Side::Server => (Alert::DECODE_ERROR, "certificate_empty"),
            Side::Client => (Alert::CERTIFICATE_REQUIRED, "certificate_required"),
        };
        refuse_bodies(&setup, number, &[("no certificate", |body| *body = vec![0; 4], alert, code)]);
    }
}

//= 9846:4.5.2 key-fits
//= 9846:4.5.2 verified
#[test]
fn certificate_verifies() {
    let cases: &[BodyCase] = &[
        (
            "a scheme of another curve",
            |body| body[..2].copy_from_slice(&[5, 3]),
            Alert::ILLEGAL_PARAMETER,
            "wrong_signature_scheme",
        ),
        (
            "a scheme that was not offered",
            |body| body[..2].copy_from_slice(&[8, 7]),
            Alert::ILLEGAL_PARAMETER,
            "wrong_signature_scheme",
        ),
        (
            "PKCS#1, which is for certificates only",
            |body| body[..2].copy_from_slice(&[4, 1]),
            Alert::ILLEGAL_PARAMETER,
            "wrong_signature_scheme",
        ),
        (
            "a scheme of no meaning",
            |body| body[..2].copy_from_slice(&[0xfe, 0]),
            Alert::ILLEGAL_PARAMETER,
            "wrong_signature_scheme",
        ),
        (
            "another signature",
            |body| *body.last_mut().unwrap() ^= 1,
            Alert::DECRYPT_ERROR,
            "bad_handshake_signature",
        ),
        (
            "an empty signature",
            |body| *body = vec![4, 3, 0, 0],
            Alert::DECRYPT_ERROR,
            "bad_handshake_signature",
        ),
    ];
    let setup = ALL[1].setup();
    for side in [Side::Server, Side::Client] {
        refuse_bodies(&setup, number(&setup, side, HandshakeType::CERTIFICATE_VERIFY), cases);
    }
}

//= 9846:4.5.3 verified
#[test]
fn finisheds() {
    let cases: &[BodyCase] = &[
        ("another MAC", |body| body[0] ^= 1, Alert::DECRYPT_ERROR, "bad_finished"),
        ("another MAC at its end", |body| body[31] ^= 0x80, Alert::DECRYPT_ERROR, "bad_finished"),
        ("a shorter MAC", |body| body.truncate(31), Alert::DECODE_ERROR, "malformed"),
        ("a longer MAC", |body| body.push(0), Alert::DECODE_ERROR, "malformed"),
    ];
    let setup = ALL[1].setup();
    for side in [Side::Server, Side::Client] {
        refuse_bodies(&setup, number(&setup, side, HandshakeType::FINISHED), cases);
    }
}

/// The CertificateVerify of one side is none of the other: the two sign under different labels.
//= 9846:4.5.2 verified
#[test]
fn a_reflected_certificate_verify() {
    let setup = ALL[1].setup();
    let mut relay = setup.relay();
    let mut servers = None;
    relay.run(|piece| match piece.message_type() {
        Some(HandshakeType::CERTIFICATE_VERIFY) => {
            vec![piece.with(servers.get_or_insert_with(|| piece.content.clone()).clone())]
        }
        _ => vec![piece.clone()],
    });
    relay.assert_refused(Side::Server, Alert::DECRYPT_ERROR, "a reflected signature");
}
