//! What servers staple to their certificates: OCSP responses and certificate timestamps, for clients that ask for them.

use std::sync::Arc;

use tests::authority::Authority;
use tests::pair::{Pair, client_builder, only};
use tls_core::ciphersuites::{ProtocolVersion, SecurityPolicy};
use tls_core::{
    AlertDescription as Alert, CertificateError, ClientConfigBuilder, IdentityError, Operation,
    PeerCertificates, ServerConfig, ServerVerification, SessionStore, TicketKeys,
};

const BOTH: [ProtocolVersion; 2] = [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2];

/// Nothing here looks into a response, so it need not be one.
const RESPONSE: &[u8] = b"an OCSP response";

/// Two timestamps, of one byte and of three.
const TIMESTAMPS: &[u8] = &[0, 8, 0, 1, 1, 0, 3, 1, 2, 3];

/// What a client asks for.
#[derive(Clone, Copy, Debug)]
struct Asks {
    response: bool,
    timestamps: bool,
}

const NOTHING: Asks = Asks { response: false, timestamps: false };
const ALL: Asks = Asks { response: true, timestamps: true };

fn client(authority: &Authority, version: ProtocolVersion, asks: Asks) -> ClientConfigBuilder {
    client_builder(authority)
        .policy(only(version, &SecurityPolicy::P20251014))
        .ocsp_stapling(asks.response)
        .certificate_timestamps(asks.timestamps)
}

/// A server that has these to staple.
fn server(authority: &Authority, response: &[u8], timestamps: Option<&[u8]>) -> Arc<ServerConfig> {
    let identity = authority.localhost().identity().with_ocsp_response(response);
    let identity = match timestamps {
        Some(timestamps) => identity.with_certificate_timestamps(timestamps).unwrap(),
        None => identity,
    };
    let server = ServerConfig::builder().permit_unapproved().policy(SecurityPolicy::P20251014);
    server.identity(identity).ticket_keys(TicketKeys::rotating().into()).build().unwrap()
}

fn certificates(pair: &Pair) -> &PeerCertificates {
    pair.client.connection.facts().unwrap().peer_certificates.as_ref().unwrap()
}

//= 9846:4.5.1 entry-extensions
//= 9846:4.5.1.1 ocsp-form
#[test]
fn a_client_is_given_what_it_asks_for_and_the_server_has() {
    let authority = Authority::new();
    let asks = [NOTHING, ALL, Asks { timestamps: false, ..ALL }, Asks { response: false, ..ALL }];
    let servers =
        [(RESPONSE, Some(TIMESTAMPS)), (RESPONSE, None), (b"".as_slice(), Some(TIMESTAMPS)), (b"", None)];
    for (version, asks) in BOTH.into_iter().flat_map(|version| asks.map(|asks| (version, asks))) {
        for (response, timestamps) in servers {
            let mut pair = Pair::new(
                &client(&authority, version, asks).build().unwrap(),
                &server(&authority, response, timestamps),
            );
            pair.handshake();
            pair.assert_works();
            let has_response = asks.response && !response.is_empty();
            let shown = certificates(&pair);
            assert_eq!(shown.ocsp_response(), has_response.then_some(response), "{version} {asks:?}");
            assert_eq!(shown.certificate_timestamps(), timestamps.filter(|_| asks.timestamps));
            assert_eq!(shown.iter().count(), 2);
        }
    }
}

#[test]
fn a_resumed_connection_has_what_the_first_one_was_given() {
    let authority = Authority::new();
    let server = server(&authority, RESPONSE, Some(TIMESTAMPS));
    for version in BOTH {
        let store = Arc::new(SessionStore::new(8));
        let client = client(&authority, version, ALL).session_store(store).build().unwrap();
        for resumes in [false, true, true] {
            let mut pair = Pair::new(&client, &server);
            pair.handshake();
            pair.assert_works();
            assert_eq!(pair.client.connection.facts().unwrap().resumed.is_some(), resumes);
            assert_eq!(certificates(&pair).ocsp_response(), Some(RESPONSE), "{version}");
            assert_eq!(certificates(&pair).certificate_timestamps(), Some(TIMESTAMPS));
        }
    }
}

/// A client that wants certificates to have a response refuses those that have none.
#[test]
fn the_caller_judges_by_it() {
    let authority = Authority::new();
    for (version, response) in
        BOTH.into_iter().flat_map(|version| [(version, RESPONSE), (version, b"".as_slice())])
    {
        let client = client(&authority, version, ALL).server_verification(ServerVerification::Asked);
        let mut pair = Pair::new(&client.build().unwrap(), &server(&authority, response, None));
        pair.handshake();
        let Some(Operation::VerifyCertificate(asked)) = pair.client.operations.pop() else { panic!() };
        let verdict = match asked.certificates().ocsp_response() {
            Some(RESPONSE) => asked.verify_path(&authority.roots()),
            _ => Err(CertificateError::BadStatusResponse("it has none".into())),
        };
        pair.client.answer(asked.answer(verdict));
        pair.handshake();
        if response.is_empty() {
            let error = pair.client.error.as_ref().unwrap();
            assert_eq!(error.code(), "certificate_bad_status_response");
            assert!(error.to_string().contains("it has none"), "{error}");
            let alert = Some(Alert::BAD_CERTIFICATE_STATUS_RESPONSE);
            assert_eq!(error.alert_sent(), alert);
            assert_eq!(pair.server.error.unwrap().alert_received(), alert);
        } else {
            pair.assert_works();
        }
    }
}

/// A peer can make a client keep only so much.
#[test]
fn a_response_that_is_far_too_large_is_refused() {
    let authority = Authority::new();
    for version in BOTH {
        // The message of TLS 1.2 is limited as a whole, with four bytes around the response.
        let (most, refused) = match version {
            ProtocolVersion::TLS1_3 => (1 << 14, "too_many"),
            _ => ((1 << 14) - 4, "message_too_long"),
        };
        for (len, code) in [(most, None), (most + 1, Some(refused))] {
            let client = client(&authority, version, ALL).build().unwrap();
            let mut pair = Pair::new(&client, &server(&authority, &vec![7; len], None));
            pair.handshake();
            assert_eq!(pair.client.error.as_ref().map(|error| error.code()), code, "{version} {len}");
        }
    }
}

#[test]
fn timestamps_must_be_a_list_of_them() {
    let authority = Authority::new();
    for malformed in [&b""[..], &[0], &[0, 0], &[0, 2, 0, 0], &[0, 3, 0, 1], &[0, 3, 0, 1, 1, 1]] {
        let identity = authority.localhost().identity().with_certificate_timestamps(malformed);
        assert!(matches!(identity, Err(IdentityError::MalformedTimestamps)), "{malformed:?}");
    }
    let long = [&[0x40, 0][..], &[0x3f, 0xfe], &[1; 0x3ffe]].concat();
    assert!(authority.localhost().identity().with_certificate_timestamps(long).is_err());
}
