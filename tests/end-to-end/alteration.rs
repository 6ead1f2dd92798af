//! Every message altered, byte by byte: an alert that fits, and never a connection.

use tests::relay::{Piece, Relay};
use tests::scenario::{EVERY_MESSAGE, Scenario};
use tls_core::{AlertDescription as Alert, Error};

/// What an altered message may be answered with.
const FITTING: [Alert; 16] = [
    Alert::BAD_CERTIFICATE,
    Alert::BAD_RECORD_MAC,
    Alert::CERTIFICATE_EXPIRED,
    Alert::CERTIFICATE_UNKNOWN,
    Alert::DECODE_ERROR,
    Alert::DECRYPT_ERROR,
    Alert::HANDSHAKE_FAILURE,
    Alert::ILLEGAL_PARAMETER,
    Alert::MISSING_EXTENSION,
    Alert::NO_APPLICATION_PROTOCOL,
    Alert::PROTOCOL_VERSION,
    Alert::UNEXPECTED_MESSAGE,
    Alert::UNKNOWN_CA,
    Alert::UNSUPPORTED_CERTIFICATE,
    Alert::UNSUPPORTED_EXTENSION,
    Alert::UNRECOGNIZED_NAME,
];

/// The receiver has no connection, and one of the two ends says why; unless the receiver waits for the rest of a
/// message that now seems longer.
fn assert_detected(relay: &mut Relay<'_>, message: &Piece, at: usize, context: &str) {
    relay.cut();
    let receiver = message.sender.other();
    assert!(!relay.end(receiver).established, "{context}: established");
    let errors = [receiver, message.sender].map(|side| relay.end(side).error.clone());
    let alerts: Vec<Alert> = errors.iter().flatten().filter_map(Error::alert_sent).collect();
    match alerts.as_slice() {
        [alert] => assert!(FITTING.contains(alert), "{context}: {alert}, {errors:?}"),
        [] => {
            let error = errors[0].as_ref().unwrap();
            assert!(error.code() == "truncated" && (1..4).contains(&at), "{context}: {errors:?}");
        }
        _ => panic!("{context}: {errors:?}"),
    }
}

/// The bytes of a message that are worth altering: all, or of the long ones, the first, the last and some between.
fn sampled(message: &Piece) -> impl Iterator<Item = usize> + use<> {
    let len = message.content.len();
    let step = if len > 400 { 5 } else { 1 };
    (0..len).filter(move |at| *at < 64 || at % step == 0 || at + 8 > len)
}

#[test]
fn every_altered_byte_is_detected() {
    for scenario in EVERY_MESSAGE {
        let setup = scenario.setup();
        for (number, message) in setup.messages().iter().enumerate() {
            for (at, flip) in sampled(message).flat_map(|at| [(at, 0x01), (at, 0x80)]) {
                let context = format!("{scenario:?}: {:?} at {at} ^ {flip}", message.message_type());
                let mut relay = setup.relay();
                relay.run_changing(number, |piece| {
                    let mut content = piece.content.clone();
                    // Signatures in DER differ in length from one handshake to the next.
                    let at = at.min(content.len() - 1);
                    content[at] ^= flip;
                    vec![piece.with(content)]
                });
                assert_detected(&mut relay, message, at, &context);
            }
        }
    }
}

//= 9846:6 syntax
#[test]
fn every_message_cut_short_or_made_longer_is_malformed() {
    for scenario in EVERY_MESSAGE {
        let setup = scenario.setup();
        for (number, message) in setup.messages().iter().enumerate() {
            for longer in [false, true] {
                // ServerHelloDone has nothing to lose.
                if !longer && message.content.len() == 4 {
                    continue;
                }
                let context = format!("{scenario:?}: {:?}, longer: {longer}", message.message_type());
                let mut relay = setup.relay();
                relay.run_changing(number, |piece| {
                    let mut body = piece.content[4..].to_vec();
                    if longer {
                        body.push(0);
                    } else {
                        body.pop();
                    }
                    vec![piece.with(tests::hello::message(piece.content[0], &body))]
                });
                relay.assert_refused(message.sender.other(), Alert::DECODE_ERROR, &context);
            }
        }
    }
}

#[test]
fn an_empty_message_is_malformed() {
    for scenario in EVERY_MESSAGE {
        let setup = scenario.setup();
        for (number, message) in setup.messages().iter().enumerate() {
            if message.content.len() == 4 {
                continue;
            }
            let mut relay = setup.relay();
            relay.run_changing(number, |piece| vec![piece.with(vec![piece.content[0], 0, 0, 0])]);
            let context = format!("{scenario:?}: {:?}", message.message_type());
            relay.assert_refused(message.sender.other(), Alert::DECODE_ERROR, &context);
        }
    }
}

#[test]
fn a_message_that_claims_to_be_huge_is_refused_by_its_header() {
    for scenario in EVERY_MESSAGE {
        let setup = scenario.setup();
        for (number, message) in setup.messages().iter().enumerate() {
            let mut relay = setup.relay();
            relay.run_changing(number, |piece| vec![piece.with(vec![piece.content[0], 0xff, 0xff, 0xff])]);
            let receiver = message.sender.other();
            relay.assert_refused(receiver, Alert::ILLEGAL_PARAMETER, "a huge message");
            assert_eq!(relay.end(receiver).error.as_ref().unwrap().code(), "message_too_long");
        }
    }
}

/// On the wire, not by someone who has the keys: headers and ciphertext, too.
#[test]
fn every_altered_byte_on_the_wire_is_detected() {
    for scenario in EVERY_MESSAGE {
        let setup = scenario.setup();
        for flight in 0..scenario.flights() {
            let (mut at, mut len) = (0, 1);
            while at < len {
                let mut seen = 0;
                let mut was_ignored = false;
                let mut pair = setup.pair();
                pair.run(|end, bytes| {
                    let mut bytes = bytes.to_vec();
                    if seen == flight {
                        len = bytes.len();
                        was_ignored = is_version_of_plaintext(scenario, &bytes, at);
                        bytes[at.min(len - 1)] ^= 1;
                    }
                    seen += 1;
                    end.deliver(&bytes);
                });
                let receiver = if flight % 2 == 0 { &pair.server } else { &pair.client };
                assert!(!receiver.established || was_ignored, "{scenario:?}: flight {flight} at {at}");
                at += if at < 200 { 1 } else { 3 };
            }
        }
    }
}

/// Whether this byte is of an unprotected record's version, which nobody looks at.
fn is_version_of_plaintext(scenario: Scenario, bytes: &[u8], at: usize) -> bool {
    let (mut start, mut is_plaintext) = (0, true);
    for record in tests::relay::records(bytes) {
        if is_plaintext && record[0] != 23 && (start + 1..=start + 2).contains(&at) {
            return true;
        }
        // In TLS 1.2 what follows is protected, whatever its content type.
        is_plaintext &= record[0] != 20 || !scenario.is_tls12();
        start += record.len();
    }
    false
}
