//! Sessions that a client has kept in a file, where somebody else may have had them in hand.

use tls_core::Session;

use crate::bounded::Outcome;

/// A session that is read is written as it was.
pub fn run(input: &[u8]) -> Outcome {
    match Session::from_bytes(input) {
        Ok(session) => {
            assert_eq!(*session.to_bytes(), input, "written again");
            "accepted"
        }
        Err(_) => "malformed",
    }
}
