//! Attempts to renegotiate, by OpenSSL's command line: the crate has no binding that would begin one in here.

use tls_core::AlertDescription;
use tls_core::ciphersuites::ProtocolVersion;

use crate::certificates::LOCALHOST;
use crate::command_line::Installation;
use crate::link::trying;
use crate::settings::Settings;

const INSTALLATIONS: [Installation; 2] = [Installation::New, Installation::Machine];

/// The connection goes on for us. OpenSSL takes no for an answer, and the end of the connection.
#[test]
fn a_hello_request_is_declined() {
    let client = Settings::client(&LOCALHOST).at(ProtocolVersion::TLS1_2);
    for installation in INSTALLATIONS {
        trying(installation);
        let (mut openssl, mut socket) = installation.serve(&LOCALHOST, &["-tls1_2"], &client);
        openssl.type_line("r");
        openssl.wait_for(">>> TLS 1.2, Handshake [length 0004], HelloRequest");
        // It has not heard our answer yet: we read both at once.
        openssl.type_line("meanwhile");
        openssl.wait_for(">>> TLS 1.2, RecordHeader [length 0005]");
        let error = socket.run_until_failure();
        assert_eq!(socket.end.received, b"meanwhile\n", "{error}");
        openssl.wait_for("<<< TLS 1.2, Alert [length 0002], warning no_renegotiation");
        assert_eq!(error.alert_received(), Some(AlertDescription::HANDSHAKE_FAILURE), "{error}");
    }
}

#[test]
fn a_client_that_wants_to_renegotiate_is_refused() {
    let server = Settings::server(&LOCALHOST).at(ProtocolVersion::TLS1_2);
    for installation in INSTALLATIONS {
        trying(installation);
        let (mut openssl, mut socket) = installation.connect(&LOCALHOST, &["-tls1_2"], &server);
        openssl.type_line("R");
        let error = socket.run_until_failure();
        assert_eq!(error.code(), "renegotiation_refused", "{error}");
        openssl.wait_for("<<< TLS 1.2, Alert [length 0002], fatal no_renegotiation");
    }
}
