//! Early data by a key that is not accepted, and peers that get it wrong.

use tests::hello::Extended;
use tests::relay::Side;
use tls_core::{AlertDescription as Alert, HandshakeType};

use super::*;
use crate::cases::ext;

/// It comes to nothing, for these reasons, as the client and the server know them; the connection comes about.
#[track_caller]
fn assert_rejected(client: ClientConfigBuilder, server: ServerConfigBuilder, refusals: [Refusal; 2]) {
    let mut pair = first(client, server);
    assert_comes_to_nothing(&mut pair, refusals);
}

fn with(terms: PskEarlyData) -> PreSharedKey {
    key("key", Hash::Sha256).with_early_data(terms).unwrap()
}

//= 9846:4.3.10 same-parameters
#[test]
fn where_the_server_agreed_on_something_else() {
    let acceptance = || EarlyDataAcceptance::Guarded(Arc::new(guard()));
    let ours = || client([with(terms())]);
    let unsaid = |known| [Refusal::Unsaid, known];
    assert_rejected(ours(), server([with(terms())]).early_data(0, acceptance()), unsaid(Refusal::Disabled));
    let other = key("other", Hash::Sha256).with_early_data(terms()).unwrap();
    let permits_none = server([key("key", Hash::Sha256), other]);
    assert_rejected(ours(), permits_none, unsaid(Refusal::NotPermitted));
    let takes_less = server([with(terms())]).early_data(MAX - 1, acceptance());
    assert_rejected(ours(), takes_less, unsaid(Refusal::NotPermitted));
    assert_rejected(ours(), server([with(terms().context("7"))]), unsaid(Refusal::Context));
    let elsewhere = server([with(terms())]).early_data_context("7");
    assert_rejected(ours(), elsewhere, unsaid(Refusal::Context));
    let other_suite = with(PskEarlyData::new(CHACHA20, MAX));
    assert_rejected(ours(), server([other_suite]), unsaid(Refusal::CipherSuite));
    let other_protocol = with(terms().alpn("h2"));
    assert_rejected(ours(), server([other_protocol]), unsaid(Refusal::ApplicationProtocol));
}

/// What the client can see for itself.
//= 9846:4.3.10 same-parameters
//= 9846:4.3.10 not-in-second-hello
#[test]
fn where_the_server_chooses_something_else() {
    let chacha = || SecurityPolicy { cipher_suites: vec![CHACHA20].into(), ..default_tls13() };
    let twice = |refusal| [refusal, refusal];
    let server_of = || server([with(terms())]);
    let ours = || client([with(terms())]);
    assert_rejected(ours(), server_of().policy(chacha()), twice(Refusal::CipherSuite));
    let speaks = ours().alpn(["h2"]);
    assert_rejected(speaks, server_of().alpn(["h2"]), twice(Refusal::ApplicationProtocol));
    let groups = |groups: &[NamedGroup]| SecurityPolicy {
        groups: groups.to_vec().into(),
        key_shares: groups[..1].to_vec().into(),
        ..default_tls13()
    };
    let both = [NamedGroup::X25519, NamedGroup::SECP256R1];
    for cookie in [false, true] {
        let asks = server_of().policy(groups(&both[1..])).retry_cookie(cookie);
        assert_rejected(ours().policy(groups(&both)), asks, twice(Refusal::HelloRetryRequest));
    }
    // A client that would not offer what it is bound to offers no early data.
    let speaks_no_h2 = || client([with(terms().alpn("h2"))]).alpn(["http/1.1"]);
    for client in [speaks_no_h2(), ours().policy(chacha())] {
        assert_eq!(first(client, server_of()).client.connection.early_data_offer(), None);
    }
}

//= 9846:4.3.10 first-psk
#[test]
fn where_the_server_goes_on_from_another_key() {
    let keys = || [with(terms()), early_key("second")];
    let twice = [Refusal::NotResumed; 2];
    assert_rejected(client(keys()), server([early_key("second")]), twice);
    // The server's order of keys decides.
    let [one, two] = keys();
    assert_rejected(client(keys()), server([two, one]), twice);
    // A server that knows none of them goes on by its certificate.
    let authority = Authority::new();
    let trusts = client(keys()).server_verification(ServerVerification::Roots(authority.roots()));
    let certified = server([early_key("third")]).identity(authority.localhost().identity());
    assert_rejected(trusts, certified, twice);
}

/// Up to the bound, however small the pieces; one byte more than the server's key permits is too much, accepted.
#[test]
fn more_than_was_agreed_on() {
    let generous = || with(PskEarlyData::new(AES_128, 3 * MAX));
    let mut pair = first(client([generous()]), server([with(terms())]));
    assert_eq!(pair.client.send_early(&[1; 1000]), 1000);
    assert_eq!(pair.client.send_early(&[1; 1]), 1);
    pair.handshake();
    let error = pair.server.error.unwrap();
    assert_eq!((error.code(), error.alert_sent()), ("too_many", Some(Alert::UNEXPECTED_MESSAGE)));
    // Rejected, it is read past.
    let huge = || with(PskEarlyData::new(AES_128, 1 << 14));
    for (len, is_read_past) in [(16_000, true), (16_384, false)] {
        let server = server([huge()]);
        let mut pair = first(client([huge()]), server);
        assert_eq!(pair.client.send_early(&vec![1; len]), len);
        pair.handshake();
        assert_eq!(pair.server.error.is_none(), is_read_past, "{len}");
    }
}

/// RFC 9846 §4.3.11: early data goes with the first key, whatever the server says.
//= 9846:4.3.11 early-identity
#[test]
fn servers_accept_none_by_another_key_than_the_first() {
    let client = client([with(terms()), early_key("second")]);
    let setup = tests::relay::Setup::new(client, server([early_key("second")]));
    let mut relay = setup.relay();
    relay.run(|piece| match piece.message_type() {
        Some(HandshakeType::ENCRYPTED_EXTENSIONS) => {
            let mut encrypted = Extended::parse(&piece.content);
            encrypted.push(ext::EARLY_DATA, &[]);
            vec![piece.with(encrypted.bytes())]
        }
        _ => vec![piece.clone()],
    });
    // The server, which waits for the end of what it does not read, cannot be told.
    let error = relay.end(Side::Client).error.as_ref().unwrap();
    assert_eq!((error.code(), error.alert_sent()), ("illegal_parameter", Some(Alert::ILLEGAL_PARAMETER)));
    assert!(!relay.end(Side::Server).established);
}
