//! OpenSSL's own programs: its client keeps the session in a file and sends another file early.

use std::io::{Read, Write};
use std::net::TcpListener;

use tls_core::AlertDescription;

use super::*;
use crate::command_line::Installation;
use crate::process::{PATIENCE, Process, Socket, assert_works, file};

/// A first connection to a server, and a second, with the early data that is returned, to another; their files have this
/// name.
pub(super) fn send(
    name: &str,
    installation: Installation,
    arguments: &[&str],
    [first, second]: [&Settings; 2],
) -> (Process, Socket, Vec<u8>) {
    let data: Vec<u8> = (b'a'..=b'z').cycle().take(3000).collect();
    let (listener, openssl) = begin(name, installation, arguments, first, &data);
    (openssl, Socket::accept(&listener, second), data)
}

/// The same, with this data, for a server that is yet to accept the second connection.
fn begin(
    name: &str,
    installation: Installation,
    arguments: &[&str],
    first: &Settings,
    data: &[u8],
) -> (TcpListener, Process) {
    let session = file(&format!("{name}-session.pem"), "");
    let early = file(&format!("{name}-data"), std::str::from_utf8(data).unwrap());
    let keeping = [arguments, &["-tls1_3", "-sess_out", &session]].concat();
    let (mut openssl, mut socket) = installation.connect(&LOCALHOST, &keeping, first);
    assert_works(&mut openssl, &mut socket);
    let sending = [arguments, &["-tls1_3", "-sess_in", &session, "-early_data", &early]].concat();
    installation.begin(&LOCALHOST, &sending)
}

fn installations(group: &str) -> impl Iterator<Item = Installation> {
    // The machine's may be too old for hybrid groups.
    let is_hybrid = group.contains("MLKEM");
    [Installation::New, Installation::Machine]
        .into_iter()
        .filter(move |installation| *installation == Installation::New || !is_hybrid)
}

#[test]
fn it_is_accepted() {
    for (group, client_certificate) in [("x25519", Wanted::No), ("X25519MLKEM768", Wanted::Required)] {
        for installation in installations(group) {
            trying((installation, group));
            let server = Settings { client_certificate, ..server() };
            let (mut openssl, mut socket, data) =
                send("accepted", installation, &["-groups", group], [&server, &server]);
            openssl.wait_for("Early data was accepted");
            assert!(socket.end.received_early == data && socket.end.received.is_empty());
            let facts = socket.end.connection.facts().unwrap();
            assert_eq!((facts.early_data, &*facts.group.to_string()), (EarlyData::Accepted, group));
            let is_known = facts.resumed.as_ref().unwrap().client_fingerprint.is_some();
            assert_eq!(is_known, client_certificate == Wanted::Required);
            assert_works(&mut openssl, &mut socket);
            assert!(socket.end.received_early == data);
        }
    }
}

#[test]
fn it_is_rejected() {
    let server = server();
    let alpn = |names: &[&'static str]| Settings { alpn: names.to_vec(), ..server.clone() };
    let (hybrid, classical) = (NamedGroup::X25519MLKEM768, NamedGroup::X25519);
    let cases = [
        (
            "x25519",
            [server.clone(), Settings { early_data: None, ..server.clone() }],
            EarlyDataRefusal::Disabled,
        ),
        ("x25519", [server.clone(), self::server()], EarlyDataRefusal::NotResumed),
        ("x25519", [alpn(&["http/1.1"]), alpn(&["h2"])], EarlyDataRefusal::ApplicationProtocol),
        (
            "x25519:X25519MLKEM768",
            [server.clone().groups(&[classical]), server.clone().groups(&[classical, hybrid])],
            EarlyDataRefusal::HelloRetryRequest,
        ),
    ];
    for (groups, [first, second], refusal) in cases {
        for installation in installations(groups) {
            trying((installation, refusal));
            let arguments = ["-groups", groups, "-alpn", "http/1.1,h2"];
            let (mut openssl, mut socket, _) = send("rejected", installation, &arguments, [&first, &second]);
            openssl.wait_for("Early data was rejected");
            assert!(socket.end.received_early.is_empty() && socket.end.received.is_empty());
            let facts = socket.end.connection.facts().unwrap();
            assert_eq!(facts.early_data, EarlyData::Rejected(refusal));
            assert_eq!(facts.resumed.is_some(), refusal != EarlyDataRefusal::NotResumed);
            assert_works(&mut openssl, &mut socket);
            assert!(socket.end.received_early.is_empty());
        }
    }
}

#[test]
fn a_copy_of_it_is_rejected() {
    let server = server();
    let arguments = ["-groups", "x25519"];
    let (listener, openssl) = begin("copied", Installation::New, &arguments, &server, b"once");
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let [mut end, mut copy] = [(); 2].map(|()| crate::ours::begin(Role::Server, &server));
    let mut buffer = [0; 4096];
    while end.received_early != b"once" {
        let len = stream.read(&mut buffer).unwrap();
        assert_ne!(len, 0, "{:?}", end.error);
        end.deliver(&buffer[..len]);
        copy.deliver(&buffer[..len]);
    }
    assert_eq!((copy.error, copy.received_early), (None, Vec::new()));
    stream.write_all(&end.take_output()).unwrap();
    openssl.wait_for("Early data was accepted");
}

#[test]
fn there_is_more_than_is_read_past() {
    let server = Settings { early_data: Some(20_000), ..server() };
    let other = Settings { early_data: None, ..server.clone() };
    let arguments = ["-groups", "x25519"];
    let (listener, _openssl) = begin("endless", Installation::New, &arguments, &server, &[b'a'; 20_000]);
    let error = Socket::accept_in_vain(&listener, &other);
    assert_eq!((error.code(), error.alert_sent()), ("too_many", Some(AlertDescription::UNEXPECTED_MESSAGE)));
}

#[test]
fn servers_print_ours() {
    for group in [NamedGroup::X25519, NamedGroup::X25519MLKEM768] {
        for installation in installations(&group.to_string()) {
            trying((installation, group));
            let name = group.to_string();
            let arguments = ["-tls1_3", "-groups", &name, "-early_data", "-max_early_data", "4096"];
            let client = client().groups(&[group]);
            let (mut openssl, mut socket) = installation.serve(&LOCALHOST, &arguments, &client);
            assert_works(&mut openssl, &mut socket);
            let mut socket = socket.again(&client, b"early from us\n");
            openssl.wait_for("early from us");
            let facts = socket.end.connection.facts().unwrap();
            assert_eq!((facts.early_data, facts.group), (EarlyData::Accepted, group));
            assert_works(&mut openssl, &mut socket);
        }
    }
}
