//! Every bound on what a peer can make this side hold or do, with the reason for its figure.

use crate::wire::handshake::HandshakeType;

/// Application or handshake bytes in one record (RFC 9846 §5.1).
pub(crate) const MAX_FRAGMENT: usize = 1 << 14;

/// Inner plaintext of a protected record: a full fragment and its content type (RFC 9846 §5.4).
pub(crate) const MAX_INNER_PLAINTEXT: usize = MAX_FRAGMENT + 1;

/// Body of a protected record (RFC 9846 §5.2).
pub(crate) const MAX_CIPHERTEXT: usize = MAX_FRAGMENT + 256;

/// Body of a record protected by TLS 1.2 (RFC 5246 §6.2.3): the larger of the two versions' bounds.
pub(crate) const MAX_CIPHERTEXT_12: usize = MAX_FRAGMENT + 2048;

/// Certificates in a chain: real ones have two to four, and some servers send all the issuers they know. webpki bounds
/// the work that building a path from them can be.
pub(crate) const MAX_CHAIN_LEN: usize = 64;

/// Names of certificate authorities that are compared with those of own certificates: lists of all the roots that a
/// program trusts have 150.
pub(crate) const MAX_AUTHORITIES: usize = 512;

/// Bytes of an OCSP response, or of certificate timestamps, that a client keeps with the server's chain. A response that
/// is signed by ML-DSA-87 and brings its signer's certificate has 13,000.
pub(crate) const MAX_STAPLE: usize = 1 << 14;

/// Records in a row that carry nothing. Each costs the sender as much as it costs us.
pub(crate) const MAX_EMPTY_RECORDS: u8 = 32;

/// Handshake bytes that are kept while an operation is awaited, before no more are taken: an honest peer sends none
/// then. One record more may come on top.
pub(crate) const MAX_HELD_HANDSHAKE: usize = 1 << 14;

/// Unprotected change_cipher_spec records in a handshake. An honest peer sends one or two.
pub(crate) const MAX_CHANGE_CIPHER_SPECS: u8 = 32;

/// Alerts that change nothing, and HelloRequests that nothing comes of: they carry no information.
pub(crate) const MAX_WARNING_ALERTS: u8 = 4;

/// Renegotiations of a connection: each costs a key exchange and the verification of a chain. A server has a reason for
/// one or two, to see a client's certificate or to change the keys of a long connection.
pub(crate) const MAX_RENEGOTIATIONS: u8 = 4;

/// Tickets of one ClientHello that a server tries to open: clients offer one or two, and each costs a decryption.
pub(crate) const MAX_TICKETS_TRIED: usize = 4;

/// Pre-shared keys of one ClientHello that a server looks for: clients offer a handful.
pub(crate) const MAX_IDENTITIES_TRIED: usize = 32;

/// Bytes of all external identities that a client offers: half of what the extension can hold, and of what we ourselves
/// take as a ClientHello.
pub(crate) const MAX_OFFERED_IDENTITIES: usize = 1 << 15;

/// Tickets that a client gets by asking for them: each is sealed or stored, and is some 250 bytes. Who opens more connections
/// at a time than this is no browser.
pub(crate) const MAX_TICKETS_REQUESTED: u8 = 8;

/// Tickets of one connection that a client keeps: each costs a key derivation, and no server gives more than a few.
pub(crate) const MAX_TICKETS_KEPT: u8 = 16;

/// Bytes of a ticket that a client keeps: those with a client's certificate in them have a few thousand.
pub(crate) const MAX_KEPT_TICKET: usize = 1 << 14;

/// Bytes of a server's chain that a client keeps with a session. One of four ML-DSA-87 certificates has 30,000.
pub(crate) const MAX_KEPT_CHAIN: usize = 1 << 15;

/// Bytes of an application in each session of a server: with more, tickets would make ClientHellos of two packets and more.
pub(crate) const MAX_SESSION_DATA: usize = 1024;

/// KeyUpdates in a row without application data between them: each costs two key derivations.
pub(crate) const MAX_KEY_UPDATES: u8 = 32;

/// Bytes of rejected early data, headers included, that a server reads past (RFC 9846 §4.3.10) even if it permits none:
/// one ticket's usual worth, from before a change of configuration.
const MIN_SKIPPED_EARLY_DATA: usize = 1 << 14;

/// The same where tickets permit so many bytes of content: small records are half overhead.
pub(crate) fn max_skipped_early_data(max_size: u32) -> usize {
    usize::try_from(max_size).unwrap_or(usize::MAX).saturating_mul(2).max(MIN_SKIPPED_EARLY_DATA)
}

/// Bytes of a server's context for early data: every ticket carries them.
pub(crate) const MAX_EARLY_DATA_CONTEXT: usize = 1024;

/// Body of a handshake message, in bytes, by type.
pub(crate) fn max_message_len(message_type: HandshakeType) -> usize {
    match message_type {
        // A ClientHello with several post-quantum shares, tickets and an encrypted hello stays well below.
        HandshakeType::CLIENT_HELLO => 1 << 16,
        // Sixteen ML-DSA-87 certificates of 7.5 KB each.
        HandshakeType::CERTIFICATE => 1 << 17,
        // The largest ticket is 2^16, and its extensions as much again; nobody sends more than a few KB.
        HandshakeType::NEW_SESSION_TICKET | HandshakeType::CERTIFICATE_REQUEST => 1 << 16,
        // ML-DSA-87 signatures have 4,627 bytes, hybrid shares 1,665.
        _ => 1 << 14,
    }
}
