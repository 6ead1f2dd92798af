//! Keying material by the secret of early data, and what key logs say of it. rustls and s2n-tls export none, nor does the
//! client of OpenSSL's command line: it logs the secret.

use std::sync::Arc;

use super::*;
use crate::command_line::Installation;
use crate::peer::{OpenSsl, Peer};
use crate::process::file;
use crate::settings::Lines;

const LABEL: &str = "EXPERIMENTAL interop";

#[test]
fn openssls_server_exports_the_same() {
    let (client, server) = (client(), server());
    let begin = || crate::ours::begin(Role::Client, &client);
    let mut first = Link::between(begin(), Box::new(OpenSsl::new(Role::Server, &server)));
    first.run();
    first.assert_works();
    first.peer.close();
    first.run();
    let mut link = Link::between(begin(), Box::new(first.peer.begin_again()));
    assert_eq!(link.ours.send_early(b"early"), 5);
    let ours = |link: &Link<OpenSsl>, context: &[u8]| {
        let mut exported = [0; 32];
        link.ours.connection.export_early(LABEL.as_bytes(), context, &mut exported).unwrap();
        exported
    };
    let at_once = ours(&link, b"context");
    link.run();
    link.assert_works();
    assert_eq!(link.facts().early_data, EarlyData::Accepted);
    assert_eq!(at_once, link.peer.export_early(LABEL, b"context"));
    assert_eq!(ours(&link, b""), link.peer.export_early(LABEL, b""));
}

/// The lines that are of early data.
fn of_early_data<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut lines: Vec<_> =
        lines.into_iter().filter(|line| line.contains("EARLY_")).map(ToOwned::to_owned).collect();
    lines.sort();
    lines
}

/// rustls logs what protects early data, and not what is exported.
#[test]
fn both_ends_log_the_same_secrets() {
    for pairing in PAIRINGS.into_iter().filter(|(stack, _)| *stack != Stack::S2nTls) {
        trying(pairing);
        let logs = [Arc::<Lines>::default(), Arc::<Lines>::default()];
        let [client, server] = [client(), server()];
        let client = Settings { key_log: Some(Arc::clone(&logs[0])), ..client };
        let server = Settings { key_log: Some(Arc::clone(&logs[1])), ..server };
        let mut link = second(pairing, &client, &server);
        send_early(&mut link, pairing.1, [b"early".as_slice()]);
        link.run();
        assert_accepted(&mut link, pairing.1, b"early");
        let [clients, servers] = logs.map(|log| of_early_data(log.sorted().iter().map(String::as_str)));
        let (ours, theirs) = if pairing.1 == Role::Client { (clients, servers) } else { (servers, clients) };
        let common = if pairing.0 == Stack::Rustls { &ours[..1] } else { &ours[..] };
        assert_eq!((ours.len(), common), (2, &theirs[..]));
    }
}

#[test]
fn openssls_client_logs_the_same_secrets() {
    let log = Arc::<Lines>::default();
    let server = Settings { key_log: Some(Arc::clone(&log)), ..server() };
    let path = file("early-keys", "");
    let arguments = ["-groups", "x25519", "-keylogfile", &path];
    let (openssl, socket, _) =
        command_line::send("logged", Installation::New, &arguments, [&server, &server]);
    openssl.wait_for("Early data was accepted");
    assert_eq!(socket.end.connection.facts().unwrap().early_data, EarlyData::Accepted);
    let theirs = std::fs::read_to_string(path).unwrap();
    let ours = of_early_data(log.sorted().iter().map(String::as_str));
    assert_eq!((ours.len(), &ours), (2, &of_early_data(theirs.lines())));
}
