//! Clients that verify the server again where they resume.

use tests::pair::only;
use tls_core::ciphersuites::ProtocolVersion;
use tls_core::{CertificateError, Operation, ServerVerification};

use super::*;

const BOTH: [ProtocolVersion; 2] = [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2];

fn client(setup: &Setup, version: ProtocolVersion) -> ClientConfigBuilder {
    setup.client().policy(only(version, &SecurityPolicy::P20251014))
}

fn server(setup: &Setup) -> ServerConfigBuilder {
    setup.server().policy(SecurityPolicy::P20251014)
}

/// A connection, and how often the client's caller was asked, who gave this verdict.
fn connect(
    client: ClientConfigBuilder,
    server: ServerConfigBuilder,
    verdict: Result<(), CertificateError>,
) -> (Pair, usize) {
    let mut pair = begin_at(now(), &client.build().unwrap(), &server.build().unwrap());
    pair.handshake();
    let mut questions = 0;
    while let Some(Operation::VerifyCertificate(asked)) = pair.client.operations.pop() {
        assert_eq!(asked.certificates().ocsp_response(), Some(b"response".as_slice()));
        assert_eq!(asked.certificates().iter().count(), 2);
        pair.client.answer(asked.answer(verdict.clone()));
        pair.handshake();
        questions += 1;
    }
    (pair, questions)
}

#[test]
fn a_verdict_can_be_another_one_when_a_session_is_resumed() {
    for version in BOTH {
        let setup = Setup::new();
        let identity = || setup.authority.localhost().identity().with_ocsp_response(b"response");
        let server = || {
            let builder = ServerConfig::builder().permit_unapproved().policy(SecurityPolicy::P20251014);
            builder.identity(identity()).ticket_keys(Arc::clone(&setup.keys))
        };
        let asking = |again| {
            client(&setup, version)
                .server_verification(ServerVerification::Asked)
                .verdict_rules("the test's")
                .ocsp_stapling(true)
                .verify_on_resumption(again)
        };
        for (again, resumes, asked) in [(false, false, 1), (false, true, 0), (true, true, 1)] {
            let (mut pair, questions) = connect(asking(again), server(), Ok(()));
            pair.assert_works();
            assert_eq!((is_resumed(&pair.client), questions), (resumes, asked), "{version}");
        }
        let (pair, _) = connect(asking(true), server(), Err(CertificateError::Revoked));
        assert!(!pair.client.established && !pair.server.established);
        assert_eq!(pair.client.error.unwrap().code(), "certificate_revoked");
    }
}

/// What a session began with is what is looked at: its certificates lead to the roots still.
#[test]
fn roots_are_looked_at_again() {
    for version in BOTH {
        let setup = Setup::new();
        for resumes in [false, true, true] {
            let client = client(&setup, version).verify_on_resumption(true);
            assert_eq!(is_resumed(&setup.connect(client, server(&setup)).client), resumes, "{version}");
        }
    }
}
