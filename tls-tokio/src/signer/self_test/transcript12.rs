//! The messages that a client of TLS 1.2 signs, for a signer that signs nothing else: in their order and well-formed,
//! with random numbers in them, and of no connection.

use tls_core::{CertificateDer, HandshakeType};

/// All messages from ClientHello to ClientKeyExchange (RFC 5246 §7.3) with these randoms, of a client with this leaf;
/// `None`: it is too long.
pub(super) fn messages(client: [u8; 32], server: [u8; 32], leaf: &CertificateDer<'_>) -> Option<Vec<u8>> {
    // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, without a session id, compression or extensions.
    let client_hello = [&[3, 3][..], &client, &[0, 0, 2, 0xc0, 0x2b, 1, 0]].concat();
    let server_hello = [&[3, 3][..], &server, &[0, 0xc0, 0x2b, 0]].concat();
    let certificate = with_len(&with_len(leaf)?)?;
    // A share of X25519, and no signature of it: nobody verifies one here.
    let server_key_exchange = [&[3, 0, 29, 32][..], &server, &[4, 3, 0, 0]].concat();
    // A certificate for ECDSA, signatures by P-256 with SHA-256, any authority.
    let certificate_request = [1, 64, 0, 2, 4, 3, 0, 0];
    let client_key_exchange = [&[32][..], &client].concat();
    let messages = [
        (HandshakeType::CLIENT_HELLO, client_hello.as_slice()),
        (HandshakeType::SERVER_HELLO, &server_hello),
        (HandshakeType::CERTIFICATE, &certificate),
        (HandshakeType::SERVER_KEY_EXCHANGE, &server_key_exchange),
        (HandshakeType::CERTIFICATE_REQUEST, &certificate_request),
        (HandshakeType::SERVER_HELLO_DONE, &[]),
        (HandshakeType::CERTIFICATE, &certificate),
        (HandshakeType::CLIENT_KEY_EXCHANGE, &client_key_exchange),
    ];
    let mut transcript = Vec::new();
    for (message, body) in messages {
        transcript.push(message.0);
        transcript.extend(with_len(body)?);
    }
    Some(transcript)
}

/// The bytes behind their length in three bytes.
fn with_len(bytes: &[u8]) -> Option<Vec<u8>> {
    let [0, len @ ..] = u32::try_from(bytes.len()).ok()?.to_be_bytes() else { return None };
    Some([&len, bytes].concat())
}
