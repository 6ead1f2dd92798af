//! Standard output and standard error. A reader who went away is no reason to fail.

use std::io::Write;

/// Writes `text` and a line's end to standard output, in one piece.
pub(crate) fn line(text: &str) {
    block(&format!("{text}\n"));
}

/// Writes `text`, which ends its own lines, to standard output, in one piece.
pub(crate) fn block(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

/// Writes `text` and a line's end to standard error, in one piece.
pub(crate) fn diagnostic(text: &str) {
    let _ = std::io::stderr().lock().write_all(format!("{text}\n").as_bytes());
}
