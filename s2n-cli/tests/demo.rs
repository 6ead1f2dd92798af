//! `s2n demo`.

use crate::programs::{S2N, run};

#[test]
fn the_page_shows_the_handshakes_and_no_escapes_in_a_pipe() {
    let outcome = run(S2N, &["demo"], "");
    outcome.assert_success();
    let page = &outcome.stdout;
    assert!(!page.contains('\x1b'), "{page}");
    assert_eq!(page.matches("X25519MLKEM768 (post-quantum)").count(), 2, "{page}");
    assert_eq!(page.matches("(not post-quantum)").count(), 1, "{page}");
    assert_eq!(page.matches("HelloRetryRequest  ").count(), 1, "{page}");
    for piece in [
        "ClientHello",
        "ServerHello",
        "CertificateVerify",
        "ClientKeyExchange",
        "Finished",
        "s2n demo CA",
        "exporter",
        "close_notify",
    ] {
        assert!(page.contains(piece), "{piece}: {page}");
    }
    let exported: Vec<&str> = page
        .lines()
        .filter_map(|line| {
            line.trim().strip_prefix("client ").or_else(|| line.trim().strip_prefix("server "))
        })
        .filter(|value| value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .collect();
    assert_eq!(exported.len(), 6, "{page}");
    assert!(exported.chunks(2).all(|ends| ends[0] == ends[1]), "{page}");
    assert!(exported[0] != exported[2] && exported[2] != exported[4], "{page}");
}

#[test]
fn the_json_adds_up() {
    let outcome = run(S2N, &["demo", "--json"], "");
    outcome.assert_success();
    assert_eq!(outcome.stdout.lines().count(), 1);
    let json = outcome.json();
    let handshakes = json["handshakes"].as_array().unwrap();
    assert_eq!(handshakes.len(), 3);
    let expected = [("TLS 1.3", false, 3), ("TLS 1.3", true, 5), ("TLS 1.2", false, 4)];
    for (handshake, (version, retried, flights_len)) in handshakes.iter().zip(expected) {
        for end in ["client", "server"] {
            assert_eq!(handshake[end]["protocol_version"], version);
            assert_eq!(handshake[end]["post_quantum"], version == "TLS 1.3");
            assert_eq!(handshake[end]["hello_retry_request"], retried);
        }
        assert_eq!(handshake["exporter"]["equal"], true);
        assert_eq!(handshake["exporter"]["client"], handshake["exporter"]["server"]);
        let flights = handshake["flights"].as_array().unwrap();
        assert_eq!(flights.len(), flights_len, "{handshake}");
        let sum = |from: &str| -> u64 {
            let of = flights.iter().filter(|flight| flight["from"] == from);
            of.map(|flight| flight["bytes"].as_u64().unwrap()).sum()
        };
        assert_eq!(handshake["client"]["wire_bytes_out"], sum("client"));
        assert_eq!(handshake["client"]["wire_bytes_in"], sum("server"));
        for flight in flights {
            let records: u64 = flight["records"]
                .as_array()
                .unwrap()
                .iter()
                .map(|record| record["bytes"].as_u64().unwrap())
                .sum();
            assert_eq!(flight["bytes"], records);
        }
        let first = &flights[0]["records"][0]["messages"][0]["name"];
        assert_eq!(first, "ClientHello");
    }
}
