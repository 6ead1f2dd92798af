//! The readers of both directions, for those who feed them what they like. Only with the feature `fuzzing`.

use std::time::Duration;

use crate::signer::remote::frame::{FrameError, Frames, Patience};
use crate::signer::remote::message::{Request, Response};

/// Reads a client's message.
///
/// # Errors
/// What is wrong with it.
pub fn read_request(message: &[u8]) -> Result<(), String> {
    Request::read(message).map(|_| ()).map_err(|malformed| malformed.to_string())
}

/// Reads a server's message, and writes it again in its frame.
///
/// # Errors
/// What is wrong with it.
pub fn read_response(message: &[u8]) -> Result<Vec<u8>, String> {
    let response = Response::read(message).map_err(|malformed| malformed.to_string())?;
    let mut frame = Vec::new();
    response.write(&mut frame);
    Ok(frame)
}

/// How many messages are in the frames that these bytes are.
///
/// # Errors
/// The bytes end in a frame, or one of them is malformed.
pub async fn count_frames(bytes: &[u8]) -> Result<usize, String> {
    let patience = Patience { silence: Duration::from_secs(1), frame: Duration::from_secs(1) };
    let mut frames = Frames::new(bytes, patience);
    let mut count: usize = 0;
    loop {
        match frames.next().await {
            Ok(Some(_)) => count = count.saturating_add(1),
            Ok(None) => return Ok(count),
            Err(FrameError::Io(error)) => return Err(error.kind().to_string()),
            Err(FrameError::Malformed(malformed)) => return Err(malformed.to_string()),
            Err(FrameError::Late(late)) => return Err(late.to_owned()),
        }
    }
}
