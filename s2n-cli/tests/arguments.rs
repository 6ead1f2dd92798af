//! Usage, help, and everything that can be wrong before a connection.

use std::net::TcpListener;

use crate::programs::{Folder, S2N, S2NC, S2ND, run};

#[test]
fn help_and_version_go_to_standard_output_and_succeed() {
    for (program, must_have) in [(S2NC, "--pin"), (S2ND, "--mutualAuth"), (S2N, "demo")] {
        for option in ["-h", "--help"] {
            let outcome = run(program, &[option], "");
            outcome.assert_success();
            assert!(outcome.stdout.contains(must_have) && outcome.stdout.contains("Usage:"), "{outcome:?}");
        }
        let version = run(program, &["--version"], "");
        version.assert_success();
        assert!(version.stdout.starts_with("s2n"), "{version:?}");
    }
}

#[test]
fn wrong_usage_ends_with_1_and_a_hint() {
    for (program, arguments, hint) in [
        (S2NC, &[][..], "<HOST>"),
        (S2ND, &["localhost"], "<PORT>"),
        (S2N, &["dmeo"], "demo"),
        (S2NC, &["--alpm", "h2", "localhost"], "--alpn"),
        (S2NC, &["localhost", "70000"], "70000"),
        (S2NC, &["--mfl", "100", "localhost"], "512, 1024, 2048 or 4096"),
        (S2NC, &["--pin", "12", "localhost"], "64 hexadecimal digits"),
        (S2NC, &["--cert", "x", "localhost"], "--key"),
        (S2NC, &["--renegotiation", "wait", "localhost"], "accept, reject"),
        (S2NC, &["--policy-file", "x", "-c", "default", "localhost"], "--ciphers"),
        (S2NC, &["--pin", &"00".repeat(32), "--insecure", "localhost"], "--insecure"),
        (S2ND, &["--max-conns=0", "localhost", "0"], "max-conns"),
        (S2NC, &["--psk", "a,00", "localhost"], "IDENTITY,HEX,HASH"),
        (
            S2NC,
            &["--psk", "a,0011223344,SHA256", "localhost"],
            "has 5 bytes; it must be random and have at least 16",
        ),
        (S2ND, &["--psk", "a,00112,SHA256", "localhost", "0"], "no bytes in hexadecimal"),
        (
            S2ND,
            &["--psk", "a,00112233445566778899aabbccddeeff,MD5", "localhost", "0"],
            "SHA256 or SHA384, not MD5",
        ),
        (S2ND, &["--psk", ",00112233445566778899aabbccddeeff,SHA256", "localhost", "0"], "empty identity"),
    ] {
        let outcome = run(program, arguments, "");
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), ""), "{outcome:?}");
        assert!(outcome.stderr.contains(hint), "{hint}: {}", outcome.stderr);
    }
}

#[test]
fn options_that_do_not_exist_yet_are_refused_by_name() {
    for (program, arguments, feature) in [
        (S2NC, &["-D", "5", "localhost"][..], "dynamic record sizing"),
        (S2ND, &["--self-service", "localhost", "0"], "blinding delays"),
    ] {
        run(program, arguments, "").assert_fails(1, &["is not supported yet", feature]);
    }
}

#[test]
fn a_policy_nobody_knows_is_answered_with_the_nearest() {
    for (program, tail) in [(S2NC, &["localhost"][..]), (S2ND, &["localhost", "0"])] {
        let arguments = [&["-c", "defualt_pq"], tail].concat();
        run(program, &arguments, "")
            .assert_fails(1, &["\"defualt_pq\"", "did you mean \"default_pq\"?", "default_fips"]);
    }
}

#[test]
fn a_policy_that_asks_for_the_past_is_told_what_and_why() {
    for (name, what, why) in [
        ("SSLv3", "SSL 3.0", "RFC 7568"),
        ("TLSv1", "TLS 1.0", "RFC 8996"),
        ("TLSv1.1", "TLS 1.1", "RFC 8996"),
        ("rc4", "RC4", "RFC 7465"),
    ] {
        let asks = format!("asks for {what}, which is not implemented");
        for (program, tail) in [(S2NC, &["localhost"][..]), (S2ND, &["localhost", "0"])] {
            run(program, &[&["-c", name], tail].concat(), "")
                .assert_fails(1, &[name, &asks, why, "the nearest policy is default_tls13", "default_fips"]);
        }
    }
}

#[test]
fn a_deprecated_policy_is_answered_with_what_takes_its_place() {
    run(S2NC, &["-c", "PQ-TLS-1-2-2023-10-07", "localhost"], "")
        .assert_fails(1, &["\"PQ-TLS-1-2-2023-10-07\" is deprecated: use \"PQ-TLS-1-2-2024-10-07\""]);
}

#[test]
fn a_policy_of_which_nothing_is_left_says_what_is_refused() {
    run(S2NC, &["-i", "-c", "20140601", "localhost"], "")
        .assert_fails(1, &["20140601", "no cipher suite that is supported", "TLS_RSA_WITH_RC4_128_MD5"]);
}

#[test]
fn files_that_are_missing_or_malformed_are_named() {
    let folder = Folder::new();
    let (empty, noise) =
        (folder.file("empty.pem", ""), folder.file("noise.pem", "-----BEGIN CERTIFICATE-----\n%%\n"));
    let nowhere = folder.path().join("nowhere.pem").to_str().unwrap().to_owned();
    let folder_path = folder.path().to_str().unwrap();
    for (option, path, pieces) in [
        ("--ca-file", nowhere.as_str(), &["the CA file", "nowhere.pem", "does not exist"][..]),
        ("--ca-dir", &nowhere, &["the CA folder", "does not exist"]),
        ("--ca-dir", folder_path, &["--ca-dir", "no file in it holds a CA certificate"]),
        ("--ca-file", &empty, &["empty.pem", "no CA certificate found"]),
        ("--ca-file", &noise, &["noise.pem", "not valid PEM"]),
        ("--send-file", &nowhere, &["the file to send", "does not exist"]),
        ("--key-log", "/nonexistent/keys", &["the key log /nonexistent/keys cannot be written"]),
    ] {
        let trust: &[&str] = if option.starts_with("--ca") { &[] } else { &["--insecure"] };
        run(S2NC, &[&[option, path], trust, &["127.0.0.1", "1"]].concat(), "").assert_fails(1, pieces);
    }
}

#[test]
fn servers_that_are_not_there_are_told_apart() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    run(S2NC, &["-i", "127.0.0.1", &free], "")
        .assert_fails(1, &["cannot connect to 127.0.0.1:", "refused", "is a server listening there?"]);
    run(S2NC, &["-i", "no-such-host.invalid", "443"], "")
        .assert_fails(1, &["\"no-such-host.invalid\" cannot be resolved"]);
    run(S2NC, &["-i", "--name", "not a name", "127.0.0.1", &free], "")
        .assert_fails(1, &["\"not a name\" is neither a host name nor an address"]);
}

#[test]
fn ports_that_cannot_be_listened_on_are_told_apart() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    run(S2ND, &["127.0.0.1", &port], "")
        .assert_fails(1, &[&format!("cannot listen on 127.0.0.1:{port}"), "in use", "choose another"]);
    run(S2ND, &["192.0.2.1", "0"], "")
        .assert_fails(1, &["cannot listen on 192.0.2.1:0", "not one of this machine's"]);
}

#[test]
fn json_failures_before_a_connection_are_json() {
    let outcome = run(S2NC, &["--json", "-c", "nope", "localhost"], "");
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(1), ""), "{outcome:?}");
    let json = outcome.json();
    assert_eq!(json["error"]["code"], "unknown_policy");
    assert_eq!(json["error"]["stage"], "set-up");
    assert!(json["error"]["alert_sent"].is_null());
}
