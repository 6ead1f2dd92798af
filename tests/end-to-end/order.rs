//! Messages that are dropped, repeated or out of order: the right alert, and never a connection.

use tests::relay::{Epoch, Piece, Side, content_type};
use tests::scenario::ALL;
use tls_core::{AlertDescription, HandshakeType};

fn name(piece: &Piece) -> String {
    let message_type = piece.message_type().map(|message_type| message_type.to_string()).unwrap_or_default();
    format!("{:?}'s {message_type}{}", piece.sender, if piece.is_retry() { " (retry)" } else { "" })
}

/// Whether this message is the last before its receiver answers.
fn ends_flight(messages: &[Piece], number: usize) -> bool {
    messages.get(number + 1).is_none_or(|next| next.sender != messages[number].sender)
}

/// What follows it is under other keys, and does not open without it.
fn ends_early_data(message: &Piece) -> bool {
    message.message_type() == Some(HandshakeType::END_OF_EARLY_DATA)
}

//= 9846:4 order-sent
//= 9846:4.2.2 first-message
//= 9846:4.3 no-trailing-data
//= 9846:4.4.1 sent
//= 9846:4.4.2 place
//= 9846:4.4.2 not-with-external-psk
//= 9846:4.5.1 server-sends
//= 9846:4.5.2 server-sends
//= 9846:4.5.2 client-sends
//= 9846:4.5.2 place
#[test]
fn an_untouched_handshake_has_the_messages_in_order() {
    use HandshakeType as Type;
    for scenario in ALL {
        let hellos = [Type::CLIENT_HELLO, Type::SERVER_HELLO];
        let if_mutual = |message_type: Type| scenario.mutual.then_some(message_type);
        let mut expected = hellos.repeat(1 + usize::from(scenario.retry));
        if scenario.resumed || scenario.keyed {
            let between =
                if scenario.is_tls12() { Type::NEW_SESSION_TICKET } else { Type::ENCRYPTED_EXTENSIONS };
            expected.extend([between, Type::FINISHED]);
            expected.extend(scenario.early.then_some(Type::END_OF_EARLY_DATA));
            expected.push(Type::FINISHED);
        } else if scenario.is_tls12() {
            expected.extend([Type::CERTIFICATE, Type::SERVER_KEY_EXCHANGE]);
            expected.extend(if_mutual(Type::CERTIFICATE_REQUEST));
            expected.push(Type::SERVER_HELLO_DONE);
            expected.extend(if_mutual(Type::CERTIFICATE));
            expected.push(Type::CLIENT_KEY_EXCHANGE);
            expected.extend(if_mutual(Type::CERTIFICATE_VERIFY));
            expected.extend([Type::FINISHED, Type::FINISHED]);
        } else {
            expected.push(Type::ENCRYPTED_EXTENSIONS);
            expected.extend(if_mutual(Type::CERTIFICATE_REQUEST));
            expected.extend([Type::CERTIFICATE, Type::CERTIFICATE_VERIFY, Type::FINISHED]);
            expected.extend(if_mutual(Type::CERTIFICATE));
            expected.extend(if_mutual(Type::CERTIFICATE_VERIFY));
            expected.push(Type::FINISHED);
        }
        let messages = scenario.setup().messages();
        let types: Vec<HandshakeType> = messages.iter().filter_map(Piece::message_type).collect();
        assert_eq!(types, expected, "{scenario:?}");
    }
}

#[test]
fn a_dropped_message_is_missed() {
    for scenario in ALL {
        let setup = scenario.setup();
        let messages = setup.messages();
        for (number, message) in messages.iter().enumerate() {
            let context = format!("{scenario:?} without {}", name(message));
            let mut relay = setup.relay();
            relay.run_changing(number, |_| vec![]);
            let receiver = message.sender.other();
            if ends_flight(&messages, number) {
                assert!(!relay.end(receiver).established, "{context}");
                relay.cut();
                // Early data does not wait for an answer.
                let code = if scenario.early && number == 0 { "unexpected_record" } else { "truncated" };
                assert_eq!(relay.end(receiver).error.as_ref().unwrap().code(), code, "{context}");
                continue;
            }
            // It is optional: only the signature over the transcript, or else the answer, tells that it is missing.
            let is_request = message.message_type() == Some(HandshakeType::CERTIFICATE_REQUEST);
            match (is_request, scenario.is_tls12()) {
                (true, false) => relay.assert_refused(receiver, AlertDescription::DECRYPT_ERROR, &context),
                (true, true) => {
                    relay.assert_refused(message.sender, AlertDescription::UNEXPECTED_MESSAGE, &context)
                }
                _ if ends_early_data(message) => {
                    relay.assert_refused(receiver, AlertDescription::BAD_RECORD_MAC, &context)
                }
                _ => relay.assert_refused(receiver, AlertDescription::UNEXPECTED_MESSAGE, &context),
            }
        }
    }
}

//= 9846:4.5.3 keys-behind
#[test]
fn a_repeated_message_is_refused() {
    for scenario in ALL {
        let setup = scenario.setup();
        for (number, message) in setup.messages().iter().enumerate() {
            let context = format!("{scenario:?} with {} twice", name(message));
            let mut relay = setup.relay();
            // Behind a Finished its sender would be using the next keys, and behind EndOfEarlyData.
            let is_finished = message.message_type() == Some(HandshakeType::FINISHED);
            relay.run_changing(number, |piece| {
                let epoch = match piece.epoch {
                    _ if is_finished => Epoch::Application,
                    Epoch::Early => Epoch::Handshake,
                    epoch => epoch,
                };
                vec![piece.clone(), Piece { epoch, ..piece.clone() }]
            });
            let alert = match message.message_type() {
                // Taken for the second ClientHello, it does not hold what was asked for.
                Some(HandshakeType::CLIENT_HELLO) if scenario.retry && number == 0 => {
                    AlertDescription::ILLEGAL_PARAMETER
                }
                _ => AlertDescription::UNEXPECTED_MESSAGE,
            };
            if is_finished {
                let error = relay.end(message.sender.other()).error.clone().unwrap();
                assert_eq!(error.alert_sent(), Some(alert), "{context}: {error}");
            } else {
                relay.assert_refused(message.sender.other(), alert, &context);
            }
        }
    }
}

//= 9846:4 order-received
#[test]
fn two_messages_in_the_wrong_order_are_refused() {
    for scenario in ALL {
        let setup = scenario.setup();
        let messages = setup.messages();
        for number in (0..messages.len()).filter(|number| !ends_flight(&messages, *number)) {
            let context = format!("{scenario:?} with {} one too late", name(&messages[number]));
            let mut relay = setup.relay();
            let (mut count, mut held) = (0, None);
            relay.run(|piece| {
                if piece.message_type().is_none() {
                    return vec![piece.clone()];
                }
                count += 1;
                if count == number + 1 {
                    held = Some(piece.clone());
                    return vec![];
                }
                std::iter::once(piece.clone()).chain(held.take()).collect()
            });
            let receiver = messages[number].sender.other();
            let alert = match ends_early_data(&messages[number]) {
                true => AlertDescription::BAD_RECORD_MAC,
                false => AlertDescription::UNEXPECTED_MESSAGE,
            };
            let is_request = messages[number].message_type() == Some(HandshakeType::CERTIFICATE_REQUEST);
            if is_request && scenario.is_tls12() {
                // The client has answered before it comes, and the answer is refused, too.
                let errors = [Side::Client, Side::Server].map(|side| relay.end(side).error.clone().unwrap());
                assert!(errors.iter().all(|error| error.alert_sent() == Some(alert)), "{errors:?}");
                continue;
            }
            relay.assert_refused(receiver, alert, &context);
        }
    }
}

#[test]
fn a_message_of_another_type_is_refused_wherever_it_comes() {
    let others = [0, 2, 3, 4, 5, 6, 14, 16, 21, 22, 23, 24, 25, 67, 254, 255];
    for scenario in ALL {
        let setup = scenario.setup();
        for (number, message) in setup.messages().iter().enumerate() {
            for other in others.into_iter().filter(|other| *other != message.content[0]) {
                // In the place of a CertificateRequest there may be a ServerHelloDone.
                if scenario.is_tls12() && (message.content[0], other) == (13, 14) {
                    continue;
                }
                // HelloRequests have rules of their own: `tls12::hello_request`.
                if scenario.is_tls12() && (message.sender, other) == (Side::Server, 0) {
                    continue;
                }
                let context = format!("{scenario:?} with type {other} for {}", name(message));
                let mut relay = setup.relay();
                relay.run_changing(number, |piece| {
                    let mut content = piece.content.clone();
                    content[0] = other;
                    vec![piece.with(content)]
                });
                let alert = AlertDescription::UNEXPECTED_MESSAGE;
                relay.assert_refused(message.sender.other(), alert, &context);
            }
        }
    }
}

#[test]
fn application_data_before_the_end_of_the_handshake_is_refused() {
    for scenario in ALL {
        let setup = scenario.setup();
        for (number, message) in setup.messages().iter().enumerate() {
            for epoch in [message.epoch, Epoch::Plain] {
                let context = format!("{scenario:?} with data in place of {} ({epoch:?})", name(message));
                let mut relay = setup.relay();
                let content = b"data".to_vec();
                let content_type = content_type::APPLICATION_DATA;
                relay.run_changing(number, |piece| {
                    vec![Piece { epoch, content_type, content: content.clone(), ..piece.clone() }]
                });
                let receiver = message.sender.other();
                // Where there are keys, it is a record that does not open.
                let alert = match (epoch, message.epoch) {
                    (Epoch::Plain, Epoch::Handshake | Epoch::Application | Epoch::Early) => {
                        AlertDescription::BAD_RECORD_MAC
                    }
                    // It is early data like the other; what follows is under keys that have not been changed.
                    (Epoch::Early, _) => AlertDescription::BAD_RECORD_MAC,
                    _ => AlertDescription::UNEXPECTED_MESSAGE,
                };
                relay.assert_refused(receiver, alert, &context);
            }
        }
    }
}

#[test]
fn a_handshake_message_in_the_clear_is_refused_once_there_are_keys() {
    for scenario in ALL {
        let setup = scenario.setup();
        for (number, message) in setup.messages().iter().enumerate() {
            if message.epoch == Epoch::Plain {
                continue;
            }
            let mut relay = setup.relay();
            relay.run_changing(number, |piece| vec![Piece { epoch: Epoch::Plain, ..piece.clone() }]);
            let receiver = message.sender.other();
            // In TLS 1.2 every record has to open.
            let (alert, code) = match scenario.is_tls12() {
                true => (AlertDescription::BAD_RECORD_MAC, "bad_record"),
                false => (AlertDescription::UNEXPECTED_MESSAGE, "unexpected_record"),
            };
            relay.assert_refused(receiver, alert, &name(message));
            assert_eq!(relay.end(receiver).error.as_ref().unwrap().code(), code);
        }
    }
}

//= 9846:4.2.2 hello-again
//= 9846:4.7.2 unasked
#[test]
fn no_handshake_message_follows_the_handshake_but_tickets_and_key_updates() {
    let setup = ALL[1].setup();
    for sender in [Side::Client, Side::Server] {
        for message_type in 0..=255 {
            let is_permitted = message_type == 24 || (message_type == 4 && sender == Side::Server);
            if is_permitted {
                continue;
            }
            let (mut pair, mut keys) = setup.established(sender);
            let receiver = pair.end(sender.other());
            // The type alone is enough to know.
            receiver.deliver(&keys.seal(content_type::HANDSHAKE, &[message_type]));
            let error = receiver.error.as_ref().unwrap_or_else(|| panic!("{message_type} from {sender:?}"));
            assert_eq!(error.code(), "unexpected_message");
            assert_eq!(error.alert_sent(), Some(AlertDescription::UNEXPECTED_MESSAGE));
        }
    }
}
