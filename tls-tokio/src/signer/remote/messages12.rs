//! What a client of TLS 1.2 signs: all messages of the handshake so far (RFC 5246 §7.4.8).

use tls_core::{CertificateDer, ClientHello, HandshakeType, Identity, KeyId};

use crate::signer::remote::codec::{Malformed, Reader};

/// Bytes of a transcript: both chains, and the names of all the authorities that a server with a long list of them
/// sends, are well below.
pub(crate) const MAX_MESSAGES: usize = 1 << 18;

/// The order of messages in a full handshake in which the client signs (RFC 5246 §7.3, RFC 6066 §8), and whether each
/// may be left out.
const ORDER: [(HandshakeType, Presence); 9] = [
    (HandshakeType::CLIENT_HELLO, Presence::Required),
    (HandshakeType::SERVER_HELLO, Presence::Required),
    (HandshakeType::CERTIFICATE, Presence::Required),
    (HandshakeType::CERTIFICATE_STATUS, Presence::Optional),
    (HandshakeType::SERVER_KEY_EXCHANGE, Presence::Required),
    (HandshakeType::CERTIFICATE_REQUEST, Presence::Required),
    (HandshakeType::SERVER_HELLO_DONE, Presence::Required),
    (HandshakeType::CERTIFICATE, Presence::Required),
    (HandshakeType::CLIENT_KEY_EXCHANGE, Presence::Required),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Presence {
    Required,
    Optional,
}

/// ProtocolVersion of TLS 1.2.
const TLS12: [u8; 2] = [3, 3];

/// A ServerHello without a session id and extensions (RFC 5246 §7.4.1.3).
const MIN_SERVER_HELLO: usize = 38;

/// Checks that `messages` are those of a handshake of TLS 1.2 up to ClientKeyExchange, and returns the key of the
/// client's certificate: the only one that has any business to sign them.
pub(crate) fn client_key(messages: &[u8]) -> Result<KeyId, Malformed> {
    if messages.len() > MAX_MESSAGES {
        return Err(Malformed("a transcript that is longer than any may be"));
    }
    let mut rest = Reader::new(messages);
    let mut client_certificate = None;
    for (expected, presence) in ORDER {
        let mut next = rest.clone();
        if next.u8().map(HandshakeType) != Ok(expected) {
            match presence {
                Presence::Optional => continue,
                Presence::Required => {
                    return Err(Malformed("a transcript without a message, or out of order"));
                }
            }
        }
        let body = next.vec24()?;
        match expected {
            HandshakeType::CLIENT_HELLO => check_client_hello(messages, body)?,
            HandshakeType::SERVER_HELLO => check_server_hello(body)?,
            // The client's comes second, and its is what is left.
            HandshakeType::CERTIFICATE => client_certificate = Some(body),
            _ => {}
        }
        rest = next;
    }
    rest.finish().map_err(|_| Malformed("a transcript that goes on after ClientKeyExchange"))?;
    leaf_key(client_certificate.unwrap_or_default())
}

fn check_client_hello(messages: &[u8], body: &[u8]) -> Result<(), Malformed> {
    let message = messages.get(..body.len().saturating_add(4)).unwrap_or_default();
    match ClientHello::from_bytes(message) {
        Ok(_) => Ok(()),
        Err(_) => Err(Malformed("a transcript whose ClientHello is malformed")),
    }
}

fn check_server_hello(body: &[u8]) -> Result<(), Malformed> {
    let mut reader = Reader::new(body);
    if body.len() < MIN_SERVER_HELLO || reader.array() != Ok(TLS12) {
        return Err(Malformed("a transcript whose ServerHello is not one of TLS 1.2"));
    }
    Ok(())
}

/// The key of the first certificate in a Certificate message (RFC 5246 §7.4.2).
fn leaf_key(body: &[u8]) -> Result<KeyId, Malformed> {
    let mut reader = Reader::new(body);
    let mut list = Reader::new(reader.vec24()?);
    reader.finish()?;
    let leaf = list.vec24().map_err(|_| Malformed("a transcript without a certificate of the client"))?;
    let identity = Identity::with_key_elsewhere(vec![CertificateDer::from(leaf.to_vec())]);
    identity
        .map(|identity| identity.key_id())
        .map_err(|_| Malformed("a transcript whose client certificate is malformed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let len = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&[kind], &len[1..], body].concat()
    }

    fn certificate(leaf: &[u8]) -> Vec<u8> {
        let len = |len: usize| u32::try_from(len).unwrap().to_be_bytes();
        let (inner, outer) = (len(leaf.len()), len(leaf.len() + 3));
        message(11, &[&outer[1..], &inner[1..], leaf].concat())
    }

    fn handshake() -> (Vec<Vec<u8>>, KeyId) {
        let pem = ::tests::authority::Authority::new().localhost();
        let identity = Identity::from_public_pem(pem.chain.as_bytes()).unwrap();
        let leaf = certificate(&identity.certificates()[0]);
        let hello = [&[3, 3][..], &[4; 32], &[0, 0, 2, 0xc0, 0x2b, 1, 0]].concat();
        let server_hello = [&[3, 3][..], &[4; 32], &[0, 0xc0, 0x2b, 0]].concat();
        let rest = [message(12, b"parameters"), message(13, b"request"), message(14, b""), leaf.clone()];
        let first = [message(1, &hello), message(2, &server_hello), leaf];
        ([&first[..], &rest, &[message(16, b"share")]].concat(), identity.key_id())
    }

    #[test]
    fn a_handshake_is_known_by_its_clients_key() {
        let (mut messages, key) = handshake();
        assert_eq!(client_key(&messages.concat()), Ok(key));
        messages.insert(3, message(22, b"status"));
        assert_eq!(client_key(&messages.concat()), Ok(key));
    }

    #[test]
    fn whatever_is_missing_doubled_out_of_order_or_cut_is_refused() {
        let (messages, _) = handshake();
        for at in 0..messages.len() {
            let mut missing = messages.clone();
            let doubled = missing.remove(at);
            assert!(client_key(&missing.concat()).is_err(), "without {at}");
            missing.splice(at..at, [doubled.clone(), doubled]);
            assert!(client_key(&missing.concat()).is_err(), "twice {at}");
        }
        for at in 1..messages.len() {
            let mut swapped = messages.clone();
            swapped.swap(at - 1, at);
            assert!(client_key(&swapped.concat()).is_err(), "{at} first");
        }
        let whole = messages.concat();
        for len in 0..whole.len() {
            assert!(client_key(&whole[..len]).is_err(), "{len}");
        }
    }

    #[test]
    fn what_is_no_handshake_of_tls12_is_refused() {
        let (messages, _) = handshake();
        let with = |at: usize, other: Vec<u8>| {
            let mut messages = messages.clone();
            messages[at] = other;
            client_key(&messages.concat()).unwrap_err().0
        };
        assert!(with(0, message(1, b"hello")).contains("ClientHello is malformed"));
        assert!(with(1, message(2, &[&[3, 1][..], &[0; 36]].concat())).contains("not one of TLS 1.2"));
        assert!(with(6, message(11, &[0; 3])).contains("without a certificate"));
        assert!(with(6, certificate(b"none")).contains("certificate is malformed"));
        assert!(client_key(&vec![1; MAX_MESSAGES + 1]).unwrap_err().0.contains("longer"));
    }
}
