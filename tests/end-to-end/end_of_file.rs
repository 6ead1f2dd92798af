//! A transport that ends, at every point: a clean error, unless a close_notify came before.

use tests::scenario::{EVERY_MESSAGE, SIMPLE};
use tls_core::AlertDescription;

#[test]
fn at_every_offset_of_a_handshake() {
    for scenario in EVERY_MESSAGE {
        let setup = scenario.setup();
        let mut flight = 0;
        loop {
            let mut len = 0;
            for offset in 0.. {
                let mut seen = 0;
                let mut pair = setup.pair();
                let mut established = false;
                pair.run(|end, bytes| {
                    if seen < flight {
                        end.deliver(bytes);
                    } else if seen == flight {
                        len = bytes.len();
                        end.deliver(&bytes[..offset.min(len)]);
                        established = end.established;
                        let error = end.connection.receive_eof().unwrap_err();
                        assert_eq!((error.code(), error.alert_sent()), ("truncated", None));
                    }
                    seen += 1;
                });
                assert!(!established || offset >= len, "{scenario:?}: {offset} of {len}");
                if offset >= len {
                    break;
                }
            }
            if len == 0 {
                break;
            }
            flight += 1;
        }
        assert_eq!(flight, scenario.flights(), "{scenario:?}");
    }
}

//= 9846:6.1 end-of-data
#[test]
fn at_every_offset_of_the_data() {
    for scenario in SIMPLE {
        let setup = scenario.setup();
        let mut offset = 0;
        loop {
            let mut pair = setup.pair();
            pair.handshake();
            let mut wire = pair.client.seal(b"first");
            let first_len = wire.len();
            wire.extend(pair.client.seal(b"second"));
            let data_len = wire.len();
            pair.client.connection.close();
            wire.extend(pair.client.take_output());
            let server = &mut pair.server;
            server.deliver(&wire[..offset]);
            let delivered: &[u8] = match offset {
                _ if offset < first_len => b"",
                _ if offset < data_len => b"first",
                _ => b"firstsecond",
            };
            assert_eq!(server.received, delivered);
            let end = server.connection.receive_eof();
            assert_eq!(server.peer_closed, offset == wire.len());
            if server.peer_closed {
                assert_eq!(end, Ok(()));
                break;
            }
            assert_eq!(end.unwrap_err().code(), "truncated");
            offset += 1;
        }
    }
}

#[test]
fn data_before_a_broken_record_is_delivered_and_the_error_stays() {
    for scenario in SIMPLE {
        let mut pair = scenario.setup().pair();
        pair.handshake();
        let mut wire = pair.client.seal(b"good");
        wire.extend(pair.client.seal(b"broken"));
        *wire.last_mut().unwrap() ^= 1;
        wire.extend(pair.client.seal(b"after"));
        pair.server.deliver(&wire);
        assert_eq!(pair.server.received, b"good");
        let error = pair.server.error.clone().unwrap();
        assert_eq!(
            (error.code(), error.alert_sent()),
            ("bad_record", Some(AlertDescription::BAD_RECORD_MAC))
        );
        let connection = &mut pair.server.connection;
        assert_eq!(connection.receive(&mut wire).unwrap_err(), error);
        assert_eq!(connection.receive_eof().unwrap_err(), error);
        assert_eq!(connection.send(&[], &mut [0; 64]).unwrap_err(), error);
        let alert = pair.server.take_output();
        pair.client.deliver(&alert);
        let told = pair.client.error.unwrap();
        assert_eq!(told.alert_received(), Some(AlertDescription::BAD_RECORD_MAC));
        assert_eq!((told.code(), told.alert_sent()), ("alert_received", None));
    }
}
