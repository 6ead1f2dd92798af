//! s2nc and s2nd with each other.

use std::io::Write;

use crate::programs::{Folder, S2NC, Server, finish, run, spawn};

/// An encrypted alert on the wire: header, level and description, content type, tag.
pub(crate) const CLOSE_NOTIFY: u64 = 5 + 2 + 1 + 16;

#[test]
fn the_block_of_lines_is_the_one_scripts_know() {
    let server = Server::start(&[]);
    let outcome = server.client(&["--name", "localhost"], "");
    outcome.assert_success();
    let wire = |lines: &str, name: &str| -> u64 {
        lines.lines().find_map(|line| line.strip_prefix(name)).unwrap().parse().unwrap()
    };
    let (bytes_in, bytes_out) =
        (wire(&outcome.stdout, "Wire bytes in: "), wire(&outcome.stdout, "Wire bytes out: "));
    let port = server.port;
    let expected = format!(
        "CONNECTED:\n\
         Handshake: NEGOTIATED|FULL_HANDSHAKE|MIDDLEBOX_COMPAT\n\
         Client hello version: 33\n\
         Client protocol version: 34\n\
         Server protocol version: 34\n\
         Actual protocol version: 34\n\
         Server name: localhost\n\
         KEM Group: X25519MLKEM768 (PQ key exchange enabled)\n\
         Group chosen because: the server chose it from the offer\n\
         Cipher negotiated: TLS_AES_128_GCM_SHA256\n\
         Server signature negotiated: ECDSA+SHA256\n\
         Early Data status: NOT REQUESTED\n\
         Wire bytes in: {bytes_in}\n\
         Wire bytes out: {bytes_out}\n\
         s2n is ready\n\
         Connected to 127.0.0.1:{port}\n\
         Connection closed by peer\n"
    );
    assert_eq!(outcome.stdout, expected);
    // Hybrid shares alone are 1,216 and 1,120 bytes.
    assert!((1_500..4_000).contains(&bytes_in) && (1_300..2_000).contains(&bytes_out), "{expected}");

    let block: Vec<String> = std::iter::repeat_with(|| server.line()).take(15).collect();
    let of_server = "the policy has it before all others in common";
    let expected = expected.replace("the server chose it from the offer", of_server);
    assert_eq!(block[..12], expected.lines().take(12).collect::<Vec<_>>());
    // The client's close_notify may have come in the same read as its Finished.
    let arrived = wire(&block[12], "Wire bytes in: ");
    assert!([bytes_out, bytes_out + CLOSE_NOTIFY].contains(&arrived), "{block:?}");
    assert_eq!(block[13..], [format!("Wire bytes out: {bytes_in}"), "s2n is ready".to_owned()]);
}

/// Both sides under a policy of their own, whose group the client has no share for.
#[test]
fn policies_from_files() {
    let folder = Folder::new();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let server_file = write(
        "server.toml",
        "name = \"acme\"\nfrom = \"default\"\ngroups.set = [\"secp384r1\", \"secp521r1\"]\n",
    );
    let client_file = write("client.toml", "name = \"acme-client\"\nfrom = \"default_tls13\"\n");
    let server = Server::start(&["--policy-file", &server_file]);
    let outcome = server.client(&["--policy-file", &client_file], "");
    outcome.assert_success();
    let reason = "Curve: secp384r1\nGroup chosen because: the server asked for it by HelloRetryRequest\n";
    assert!(outcome.stdout.contains(reason), "{outcome:?}");
    let why = "asked for by HelloRetryRequest: there was no key share for a group in common";
    server.wait_for(&format!("Group chosen because: {why}"));
    let json = server.client(&["--policy-file", &client_file, "--json"], "").json();
    assert_eq!(json["policy"], "acme-client");
    assert_eq!(json["group_reason"], "the server asked for it by HelloRetryRequest");

    let wrong = write("wrong.toml", "name = \"acme\"\nfrom = \"default\"\ngroups.add = [\"x2551\"]\n");
    let place = "wrong.toml: line 3, column 15: unknown group \"x2551\" (did you mean \"x25519\"?)";
    run(S2NC, &["--policy-file", &wrong, "localhost"], "").assert_fails(1, &[place]);
    run(S2NC, &["--policy-file", "nowhere.toml", "localhost"], "")
        .assert_fails(1, &["policy file", "nowhere.toml"]);
}

#[test]
fn echo_carries_both_ways_until_the_client_has_nothing_more() {
    let mut server = Server::start(&[]);
    let arguments = server.client_arguments(&["-e"]);
    let mut client = spawn(S2NC, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let mut input = client.stdin.take().unwrap();
    input.write_all(b"from the client\n").unwrap();
    server.wait_for("from the client");
    server.stdin.as_mut().unwrap().write_all(b"from the server\n").unwrap();
    input.write_all(b"once more\n").unwrap();
    server.wait_for("once more");
    // What the server had to say must have come before the end of our input closes the connection.
    std::thread::sleep(std::time::Duration::from_millis(300));
    drop(input);
    let outcome = finish(client);
    outcome.assert_success();
    assert!(outcome.stdout.ends_with("from the server\nConnection closed by peer\n"), "{outcome:?}");
}

#[test]
fn a_server_whose_input_has_ended_serves_on() {
    let mut server = Server::start(&[]);
    drop(server.stdin.take());
    for line in ["first", "second"] {
        server.client(&["--echo"], &format!("{line}\n")).assert_success();
        server.wait_for(line);
    }
}

#[test]
fn a_file_of_any_bytes_is_sent_whole() {
    let folder = Folder::new();
    let content = format!("before\0after\n{}\nlast line\n", "x".repeat(100_000));
    let file = folder.file("content", &content);
    let server = Server::start(&[]);
    let outcome = server.client(&["--send-file", &file], "");
    outcome.assert_success();
    assert!(outcome.stdout.contains("Sending file contents:\nbefore\0after\n"));
    server.wait_for("before\0after");
    server.wait_for(&"x".repeat(100_000));
    server.wait_for("last line");
}

#[test]
fn application_protocols_and_policies_are_negotiated() {
    let server = Server::start(&["-A", "h2,http/1.1", "-c", "default_tls13"]);
    let outcome = server.client(&["--alpn", "http/1.1,spdy", "-c", "20251014"], "");
    outcome.assert_success();
    assert!(outcome.stdout.contains("Application protocol: http/1.1\n"), "{outcome:?}");
    assert!(outcome.stdout.contains("Curve: x25519\n"), "{outcome:?}");
    let retried = server.client(&["-c", "default_tls13"], "");
    assert!(retried.stdout.contains("Curve: secp256r1\n"), "{retried:?}");
}

#[test]
fn a_classical_client_of_a_hybrid_server_stays_classical() {
    let server = Server::start(&["--negotiate"]);
    let outcome = server.client(&["--ciphers", "default_tls13"], "");
    outcome.assert_success();
    assert!(outcome.stdout.contains("Curve: secp256r1\n"), "{outcome:?}");
}

#[test]
fn keys_are_updated_on_request() {
    let server = Server::start(&[]);
    server.client(&["--key-update", "--echo"], "after the update\n").assert_success();
    server.wait_for("after the update");
}

#[test]
fn secrets_are_logged_in_the_registered_format() {
    let folder = Folder::new();
    let (ours, theirs) = (folder.path().join("client"), folder.path().join("server"));
    let server = Server::start(&["--key-log", theirs.to_str().unwrap()]);
    server.client(&["-L", ours.to_str().unwrap()], "").assert_success();
    let read = |path| std::fs::read_to_string(path).unwrap();
    let mut lines: Vec<String> = read(&ours).lines().map(str::to_owned).collect();
    let mut peers: Vec<String> = read(&theirs).lines().map(str::to_owned).collect();
    lines.sort();
    peers.sort();
    assert_eq!(lines, peers, "the two ends hold the same secrets");
    let labels: Vec<&str> = lines.iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(
        labels,
        [
            "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
            "CLIENT_TRAFFIC_SECRET_0",
            "EXPORTER_SECRET",
            "SERVER_HANDSHAKE_TRAFFIC_SECRET",
            "SERVER_TRAFFIC_SECRET_0"
        ]
    );
    for line in lines {
        let fields: Vec<&str> = line.split(' ').collect();
        assert_eq!((fields.len(), fields[1].len(), fields[2].len()), (3, 64, 64), "{line}");
        assert!(fields[1..].iter().all(|field| field.bytes().all(|byte| byte.is_ascii_hexdigit())), "{line}");
    }
}

#[test]
fn the_command_that_s2nd_prints_works_as_printed() {
    let server = Server::start(&[]);
    let command = server.announced.iter().find_map(|line| line.strip_prefix("To connect: s2nc ")).unwrap();
    let outcome = run(S2NC, &command.split(' ').collect::<Vec<_>>(), "hello\n");
    outcome.assert_success();
    server.wait_for("hello");
}

#[test]
fn a_wrong_pin_is_refused_and_the_right_one_told() {
    let server = Server::start(&[]);
    let (wrong, port) = ("00".repeat(32), server.port.to_string());
    let outcome = run(S2NC, &["--pin", &wrong, "127.0.0.1", &port], "");
    outcome.assert_fails(
        2,
        &["Failed to negotiate: 127.0.0.1:", "not the pinned one", server.pin.as_deref().unwrap(), "--pin"],
    );
    assert!(server.error_line().contains("certificate_unknown"));
    assert_eq!(server.error_line(), "Alert: 46");
}
