//! What a server sends before the client has finished (0.5-RTT): it waits for nobody, with early data or without.

use super::*;

/// s2n-tls's servers send nothing before. OpenSSL's do where they take early data.
#[test]
fn we_read_what_servers_send_first() {
    for (stack, data) in
        [(Stack::OpenSsl, Some(b"early")), (Stack::Rustls, Some(b"early")), (Stack::Rustls, None)]
    {
        trying((stack, data));
        let (client, server) = (client(), server());
        let mut link = first((stack, Role::Client), &client, &server).again(Role::Client, &client);
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

#[test]
fn clients_read_what_we_send_first() {
    for (stack, data) in
        [Stack::Rustls, Stack::S2nTls].into_iter().flat_map(|stack| [(stack, None), (stack, Some(b"early"))])
    {
        trying((stack, data));
        let (client, server) = (client(), server());
        let mut link = first((stack, Role::Server), &client, &server).again(Role::Server, &server);
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
