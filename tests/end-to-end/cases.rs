//! Tables of altered messages, each with the alert and the code that must come of it.

use tests::hello::{Extended, message};
use tests::relay::{Piece, Setup, Side};
use tls_core::{AlertDescription as Alert, HandshakeType};

/// What is altered, how, and what its receiver makes of it.
pub(crate) type Case = (&'static str, fn(&mut Extended), Alert, &'static str);

/// Extension types.
pub(crate) mod ext {
    pub(crate) const SERVER_NAME: u16 = 0;
    pub(crate) const MAX_FRAGMENT_LENGTH: u16 = 1;
    pub(crate) const STATUS_REQUEST: u16 = 5;
    pub(crate) const SUPPORTED_GROUPS: u16 = 10;
    pub(crate) const EC_POINT_FORMATS: u16 = 11;
    pub(crate) const SIGNATURE_ALGORITHMS: u16 = 13;
    pub(crate) const ALPN: u16 = 16;
    pub(crate) const PADDING: u16 = 21;
    pub(crate) const EXTENDED_MAIN_SECRET: u16 = 23;
    pub(crate) const RECORD_SIZE_LIMIT: u16 = 28;
    pub(crate) const SESSION_TICKET: u16 = 35;
    pub(crate) const PRE_SHARED_KEY: u16 = 41;
    pub(crate) const EARLY_DATA: u16 = 42;
    pub(crate) const SUPPORTED_VERSIONS: u16 = 43;
    pub(crate) const COOKIE: u16 = 44;
    pub(crate) const PSK_KEY_EXCHANGE_MODES: u16 = 45;
    pub(crate) const KEY_SHARE: u16 = 51;
    pub(crate) const UNKNOWN: u16 = 0xfe00;
    pub(crate) const RENEGOTIATION_INFO: u16 = 0xff01;
}

/// Runs each case on the message with this number.
pub(crate) fn refuse(setup: &Setup, number: usize, cases: &[Case]) {
    for (what, alter, alert, code) in cases {
        let altered = |piece: &Piece| {
            let mut message = Extended::parse(&piece.content);
            alter(&mut message);
            vec![piece.with(message.bytes())]
        };
        refuse_altered(setup, number, what, altered, *alert, code);
    }
}

/// Runs one case, altered by any means.
pub(crate) fn refuse_altered(
    setup: &Setup,
    number: usize,
    what: &str,
    alter: impl Fn(&Piece) -> Vec<Piece>,
    alert: Alert,
    code: &str,
) {
    let receiver = setup.messages()[number].sender.other();
    let mut relay = setup.relay();
    relay.run_changing(number, alter);
    relay.assert_refused(receiver, alert, what);
    let error = relay.end(receiver).error.as_ref().unwrap();
    assert_eq!(error.code(), code, "{what}: {error}");
}

/// The number of the first message of this type from this side.
pub(crate) fn number(setup: &Setup, side: Side, message_type: HandshakeType) -> usize {
    let found = |piece: &Piece| piece.sender == side && piece.message_type() == Some(message_type);
    setup.messages().iter().position(found).unwrap()
}

/// A change of a whole body: what, how, alert, code.
pub(crate) type BodyCase = (&'static str, fn(&mut Vec<u8>), Alert, &'static str);

/// Runs each case on the body of the message with this number.
pub(crate) fn refuse_bodies(setup: &Setup, number: usize, cases: &[BodyCase]) {
    for (what, alter, alert, code) in cases {
        let altered = |piece: &Piece| {
            let mut body = piece.content[4..].to_vec();
            alter(&mut body);
            vec![piece.with(message(piece.content[0], &body))]
        };
        refuse_altered(setup, number, what, altered, *alert, code);
    }
}
