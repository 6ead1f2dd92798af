//! Every reader of the wire, by itself. The first byte says which.

use tls_core::Who;
use tls_core::fuzzing::READERS;

use crate::bounded::Outcome;
use crate::input::Input;

/// What is refused is the peer's fault and has an alert; what is accepted and written again is the same.
pub fn run(input: &[u8]) -> Outcome {
    let mut input = Input::new(input);
    let reader = READERS[usize::from(input.byte()) % READERS.len()];
    let body = input.rest();
    match (reader.read)(body) {
        Ok(Some(written)) => {
            assert_eq!(written, body, "{}, written again", reader.name);
            "accepted and the same"
        }
        Ok(None) => "accepted",
        Err(error) => {
            assert_eq!(error.who(), Who::Peer, "{}: {error}", reader.name);
            assert!(error.alert_sent().is_some(), "{}: {error}", reader.name);
            error.code()
        }
    }
}
