//! ALPN (RFC 7301).

use tests::authority::Authority;
use tests::pair::{Pair, client_builder, server_builder};
use tls_core::AlertDescription as Alert;

fn connect(client: &[&str], server: &[&str]) -> Pair {
    let authority = Authority::new();
    let client = client_builder(&authority).alpn(client.to_vec()).build().unwrap();
    let server = server_builder(&authority).alpn(server.to_vec()).build().unwrap();
    let mut pair = Pair::new(&client, &server);
    pair.handshake();
    pair
}

#[test]
fn the_servers_order_decides() {
    let table: &[(&[&str], &[&str], Option<&str>)] = &[
        (&["h2", "http/1.1"], &["http/1.1", "h2"], Some("http/1.1")),
        (&["h2", "http/1.1"], &["h3", "h2"], Some("h2")),
        (&["h2"], &["h2"], Some("h2")),
        (&["h2"], &[], None),
        (&[], &["h2"], None),
        (&[], &[], None),
    ];
    for (client, server, expected) in table {
        let mut pair = connect(client, server);
        pair.assert_works();
        for end in [&pair.client, &pair.server] {
            let alpn = end.connection.facts().unwrap().alpn.as_deref();
            assert_eq!(alpn, expected.map(str::as_bytes), "{client:?} {server:?}");
        }
    }
}

#[test]
fn none_in_common() {
    let pair = connect(&["h2", "\u{7f}x"], &["http/1.1", "h3"]);
    let error = pair.server.error.unwrap();
    assert_eq!(error.code(), "no_common_application_protocol");
    assert_eq!(error.alert_sent(), Some(Alert::NO_APPLICATION_PROTOCOL));
    for shown in ["h2", "\\x7fx", "http/1.1", "h3"] {
        assert!(error.to_string().contains(shown), "{error}");
    }
    assert_eq!(pair.client.error.unwrap().alert_received(), Some(Alert::NO_APPLICATION_PROTOCOL));
}

#[test]
fn names_have_one_to_255_bytes() {
    let authority = Authority::new();
    for (len, is_valid) in [(0, false), (1, true), (255, true), (256, false)] {
        let names = || ["x".repeat(len)];
        assert_eq!(client_builder(&authority).alpn(names()).build().is_ok(), is_valid);
        assert_eq!(server_builder(&authority).alpn(names()).build().is_ok(), is_valid);
    }
}
