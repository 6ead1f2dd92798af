//! Tables of altered messages, each with the alert and the code that must come of it.

use tests::hello::Extended;
use tests::relay::{Piece, Setup};
use tls_core::AlertDescription as Alert;

/// What is altered, how, and what its receiver makes of it.
pub(crate) type Case = (&'static str, fn(&mut Extended), Alert, &'static str);

/// Extension types.
pub(crate) mod ext {
    pub(crate) const SERVER_NAME: u16 = 0;
    pub(crate) const SUPPORTED_GROUPS: u16 = 10;
    pub(crate) const SIGNATURE_ALGORITHMS: u16 = 13;
    pub(crate) const ALPN: u16 = 16;
    pub(crate) const PADDING: u16 = 21;
    pub(crate) const PRE_SHARED_KEY: u16 = 41;
    pub(crate) const EARLY_DATA: u16 = 42;
    pub(crate) const SUPPORTED_VERSIONS: u16 = 43;
    pub(crate) const COOKIE: u16 = 44;
    pub(crate) const PSK_KEY_EXCHANGE_MODES: u16 = 45;
    pub(crate) const KEY_SHARE: u16 = 51;
    pub(crate) const UNKNOWN: u16 = 0xfe00;
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
