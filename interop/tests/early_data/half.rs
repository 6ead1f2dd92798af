//! What a server sends before the client has finished (0.5-RTT): it waits for nobody, with early data or without.

use super::*;
use crate::command_line::Installation;
use crate::process::{Socket, assert_works, file};

/// s2n-tls's servers send nothing before. OpenSSL's do where they take early data.
#[test]
fn we_read_what_servers_send_first() {
    for (stack, data) in
        [(Stack::OpenSsl, Some(b"early")), (Stack::Rustls, Some(b"early")), (Stack::Rustls, None)]
    {
        trying((stack, data));
        let (client, server) = (client(), server());
        let mut link = second((stack, Role::Client), &client, &server);
        if let Some(data) = data {
            send_early(&mut link, Role::Client, [data.as_slice()]);
        }
        let flight = link.ours.take_output();
        link.peer.deliver(&flight);
        assert!(!link.peer.progress().established);
        link.peer.send(b"first from the peer");
        let flight = link.peer.take_output();
        link.ours.deliver(&flight);
        assert_eq!(link.ours.received, b"first from the peer", "{:?}", link.ours.error);
        link.run();
        link.assert_works();
        assert_eq!(link.peer.progress().received_early, data.map_or(&b""[..], |data| data));
    }
}

/// OpenSSL's own program prints it.
#[test]
fn openssls_client_reads_what_we_send_first() {
    for is_early in [false, true] {
        trying(is_early);
        let server = server();
        let session = file("half-session.pem", "");
        let early = file("half-data", "early");
        let arguments = ["-tls1_3", "-groups", "x25519", "-sess_out", &session];
        let (mut openssl, mut socket) = Installation::New.connect(&LOCALHOST, &arguments, &server);
        assert_works(&mut openssl, &mut socket);
        let arguments = ["-tls1_3", "-groups", "x25519", "-sess_in", &session, "-early_data", &early];
        let arguments = &arguments[..if is_early { 7 } else { 5 }];
        let (listener, openssl) = Installation::New.begin(&LOCALHOST, arguments);
        let mut socket = Socket::accept_and_send(&listener, &server, "first from us");
        openssl.wait_for("first from us");
        let accepted = if is_early { EarlyData::Accepted } else { EarlyData::NotOffered };
        assert_eq!(socket.end.connection.facts().unwrap().early_data, accepted);
        socket.send_line("from us");
        openssl.wait_for("from us");
    }
}

#[test]
fn clients_read_what_we_send_first() {
    for (stack, data) in
        [Stack::Rustls, Stack::S2nTls].into_iter().flat_map(|stack| [(stack, None), (stack, Some(b"early"))])
    {
        trying((stack, data));
        let (client, server) = (client(), server());
        let mut link = second((stack, Role::Server), &client, &server);
        if let Some(data) = data {
            send_early(&mut link, Role::Server, [data.as_slice()]);
        }
        let flight = link.peer.take_output();
        link.ours.deliver(&flight);
        assert!(!link.ours.established && link.ours.connection.may_send());
        let sealed = link.ours.seal(b"first from us");
        let flight = [link.ours.take_output(), sealed].concat();
        link.peer.deliver(&flight);
        assert_eq!(link.peer.progress().received, b"first from us", "{:?}", link.peer.progress().failure);
        link.run();
        link.assert_works();
        assert_eq!(link.ours.received_early, data.map_or(&b""[..], |data| data));
    }
}
