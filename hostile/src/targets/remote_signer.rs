//! The remote signer's protocol: frames, and the messages of both directions.

use std::sync::LazyLock;

use tls_tokio::signer::remote::fuzzing::{count_frames, read_request, read_response};
use tokio::runtime::{Builder, Runtime};

use crate::bounded::Outcome;
use crate::input::Input;

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_time().build().unwrap());

/// What a server says is read again when it is written.
pub fn run(input: &[u8]) -> Outcome {
    let mut input = Input::new(input);
    let choice = input.byte() % 3;
    let rest = input.rest();
    match choice {
        0 => read_request(rest).map_or("a malformed request", |()| "a request"),
        1 => {
            let Ok(frame) = read_response(rest) else { return "a malformed response" };
            let again = read_response(&frame[4..]).expect("what was written");
            assert_eq!(again, frame, "written again");
            "a response"
        }
        _ => match RUNTIME.block_on(count_frames(rest)) {
            Ok(0) => "no frame",
            Ok(count) => {
                assert!(count * 4 <= rest.len(), "more frames than there is room for");
                "frames"
            }
            Err(_) => "malformed frames",
        },
    }
}
