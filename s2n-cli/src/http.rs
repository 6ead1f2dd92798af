//! Just enough HTTP/1.1 to answer a browser or a benchmark.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};

use crate::echo::write;
use crate::failure::Failure;
use crate::output;

/// A request's head that is longer than this is answered without being read further.
const MAX_HEAD: usize = 1 << 14;

/// How long a client may take to ask.
const REQUEST_WAIT: Duration = Duration::from_secs(10);

const OK: &str = "200 OK";

/// How much of a benchmark's zeros is written at once.
const BENCH_CHUNK: usize = 1 << 16;

/// Reads a request's head. What it asks for does not matter.
pub(crate) async fn read_request<S: AsyncRead + Unpin>(stream: &mut S) -> Result<(), Failure> {
    let mut head = Vec::new();
    let read = async {
        while !head.windows(4).any(|window| window == b"\r\n\r\n") && head.len() < MAX_HEAD {
            if stream.read_buf(&mut head).await? == 0 {
                break;
            }
        }
        Ok(())
    };
    match tokio::time::timeout(REQUEST_WAIT, read).await {
        Ok(read) => read.map_err(|error: std::io::Error| Failure::of_stream(&error)),
        Err(_) => Err(Failure::later("no_request", "the client sent no HTTP request in ten seconds")),
    }
}

/// Answers with a page that shows `text`: one write, and so one record.
pub(crate) async fn answer<S: AsyncWrite + Unpin>(stream: &mut S, text: &str) -> Result<(), Failure> {
    write(stream, page(text).as_bytes()).await
}

/// Answers a client that speaks plain HTTP in its own language.
pub(crate) async fn refuse<S: AsyncWrite + Unpin>(stream: &mut S) {
    let body = "This port speaks HTTPS: ask for https:// instead of http://.\n";
    let head = head("400 Bad Request", "text/plain", body.len());
    // A client that does not wait for the answer is refused all the same.
    let _ = write(stream, format!("{head}{body}").as_bytes()).await;
}

fn page(text: &str) -> String {
    let body = format!(
        "<!DOCTYPE html>\n<html><head><title>s2nd</title></head>\n<body><h1>Hello from s2nd</h1>\n<pre>\n{}</pre>\n\
         </body></html>\n",
        escape(text)
    );
    format!("{}{body}", head(OK, "text/html; charset=utf-8", body.len()))
}

fn head(status: &str, content_type: &str, len: usize) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len}\r\nConnection: close\r\n\r\n"
    )
}

/// The text holds a name that the client chose.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Answers with `len` zeros.
pub(crate) async fn bench<S: AsyncWrite + Unpin>(
    stream: &mut S,
    len: usize,
    json: bool,
) -> Result<(), Failure> {
    let say = |text: &str| {
        if !json {
            output::line(text)
        }
    };
    say(&format!("Sending {len} bytes..."));
    write(stream, head(OK, "application/octet-stream", len).as_bytes()).await?;
    let zeros = vec![0; BENCH_CHUNK];
    let mut left = len;
    while left > 0 {
        let chunk = zeros.get(..left.min(BENCH_CHUNK)).unwrap_or_default();
        write(stream, chunk).await?;
        left = left.saturating_sub(chunk.len());
    }
    say("Done. Closing connection.");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_its_length_and_hides_no_markup() {
        let page = page("Server name: <script>&");
        let (head, body) = page.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}", body.len())), "{head}");
        assert!(body.contains("&lt;script&gt;&amp;"), "{body}");
    }
}
