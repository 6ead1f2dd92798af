//! What scripts read.

use serde_json::Value;

use crate::connection::CLOSE_NOTIFY;
use crate::programs::Server;

#[test]
fn both_sides_tell_the_same_facts() {
    let server = Server::start(&["--json", "--alpn", "h2"]);
    let outcome = server.client(&["--json", "--name", "localhost", "--alpn", "h2"], "");
    outcome.assert_success();
    assert_eq!(outcome.stdout.lines().count(), 1, "{outcome:?}");
    let ours = outcome.json();
    let theirs: Value = serde_json::from_str(&server.line()).unwrap();

    for (name, expected) in [
        ("handshake", "NEGOTIATED|FULL_HANDSHAKE|MIDDLEBOX_COMPAT"),
        ("protocol_version", "TLS 1.3"),
        ("client_protocol_version", "TLS 1.3"),
        ("server_protocol_version", "TLS 1.3"),
        ("server_name", "localhost"),
        ("application_protocol", "h2"),
        ("group", "X25519MLKEM768"),
        ("cipher_suite", "TLS_AES_128_GCM_SHA256"),
        ("server_signature_scheme", "ecdsa_secp256r1_sha256"),
        ("policy", "default"),
    ] {
        assert_eq!(ours[name], expected, "{ours}");
        assert_eq!(theirs[name], expected, "{theirs}");
    }
    assert_eq!((&ours["post_quantum"], &ours["hello_retry_request"]), (&true.into(), &false.into()));
    assert_eq!(
        (&ours["extended_main_secret"], &theirs["extended_main_secret"]),
        (&true.into(), &true.into())
    );
    assert!(ours["client_signature_scheme"].is_null());
    assert_eq!(ours["wire_bytes_in"], theirs["wire_bytes_out"]);
    // The client's close_notify may have come in the same read as its Finished.
    let (sent, arrived) =
        (ours["wire_bytes_out"].as_u64().unwrap(), theirs["wire_bytes_in"].as_u64().unwrap());
    assert!([sent, sent + CLOSE_NOTIFY].contains(&arrived), "{sent} {arrived}");
    let time = ours["handshake_milliseconds"].as_f64().unwrap();
    assert!(time > 0.0 && time < 60_000.0, "{time}");

    let certificate = &ours["peer_certificates"][0];
    assert_eq!(certificate["sha256"].as_str(), server.pin.as_deref());
    assert_eq!(certificate["subject"], "CN=s2nd self-signed");
    assert!(certificate["names"].as_array().unwrap().contains(&"localhost".into()), "{certificate}");
    let not_after = certificate["not_after"].as_str().unwrap();
    assert!(not_after.ends_with('Z') && not_after.len() == 20, "{not_after}");
    assert_eq!(theirs["peer_certificates"], Value::Array(Vec::new()));
}

#[test]
fn limits_of_records_are_told() {
    let server = Server::start(&["--json", "--enable-mfl"]);
    for (options, expected) in [(&["-m", "512"][..], Value::from(512)), (&[], Value::Null)] {
        let ours = server.client(&[&["--json"], options].concat(), "").json();
        let theirs: Value = serde_json::from_str(&server.line()).unwrap();
        for report in [ours, theirs] {
            assert_eq!(
                (&report["max_fragment_length"], &report["record_size_limits"]),
                (&expected, &Value::Null)
            );
        }
    }
}

#[test]
fn failures_are_objects_with_stable_codes() {
    let server = Server::start(&["--json"]);
    let outcome = crate::programs::run(
        crate::programs::S2NC,
        &["--json", "--pin", &"11".repeat(32), "127.0.0.1", &server.port.to_string()],
        "",
    );
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(2), ""));
    let ours = &outcome.json()["error"];
    assert_eq!(ours["code"], "certificate_not_pinned");
    assert_eq!(ours["alert_sent"], "certificate_unknown");
    assert!(ours["alert_received"].is_null());
    assert!(ours["message"].as_str().unwrap().contains("is not the pinned one"), "{ours}");
    let theirs: Value = serde_json::from_str(&server.line()).unwrap();
    assert_eq!(theirs["error"]["code"], "alert_received");
    assert_eq!(theirs["error"]["alert_received"], "certificate_unknown");
    assert_eq!(theirs["error"]["stage"], "while waiting for Finished");
}

#[test]
fn what_clients_say_does_not_mix_with_json() {
    let server = Server::start(&["--json"]);
    let outcome = server.client(&["--echo"], "not JSON\n");
    outcome.assert_success();
    server.client(&["--json"], "").assert_success();
    for _ in 0..2 {
        let line = server.line();
        assert!(serde_json::from_str::<Value>(&line).is_ok(), "{line}");
    }
}
