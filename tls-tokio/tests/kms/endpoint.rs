//! An endpoint that does what a test tells it to.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What an endpoint does with connections.
#[derive(Clone)]
pub(crate) enum Conduct {
    /// Answers the first request with these bytes, and closes.
    Say(Vec<u8>),
    /// Takes the first request, and never answers.
    Nothing,
    /// Hands them on to the endpoint of this URL.
    Forward(String),
}

impl Conduct {
    /// An answer in HTTP with this status line and body, as KMS's are.
    pub(crate) fn answer(status: &str, body: &str) -> Self {
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/x-amz-json-1.1\r\nx-amzn-RequestId: id-of-the-request\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        Self::Say(answer.into_bytes())
    }

    /// KMS's answer to a request that it refuses.
    pub(crate) fn refusal(status: &str, code: &str, message: &str) -> Self {
        Self::answer(status, &format!(r#"{{"__type":"{code}","message":"{message}"}}"#))
    }
}

/// An endpoint.
pub(crate) struct Endpoint {
    pub(crate) url: String,
    conduct: Arc<Mutex<Conduct>>,
    requests: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Endpoint {
    pub(crate) async fn new(conduct: Conduct) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let conduct = Arc::new(Mutex::new(conduct));
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let (now, seen) = (Arc::clone(&conduct), Arc::clone(&requests));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let conduct = now.lock().unwrap().clone();
                tokio::spawn(serve(stream, conduct, Arc::clone(&seen)));
            }
        });
        Self { url, conduct, requests, task }
    }

    /// What it does with new connections from now on.
    pub(crate) fn becomes(&self, conduct: Conduct) {
        *self.conduct.lock().unwrap() = conduct;
    }

    /// From now on nobody listens.
    pub(crate) async fn goes_down(self) {
        self.task.abort();
        let _ = self.task.await;
    }

    /// The requests that it did not hand on, heads and bodies.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, conduct: Conduct, seen: Arc<Mutex<Vec<String>>>) {
    if let Conduct::Forward(url) = &conduct {
        let mut endpoint = TcpStream::connect(url.strip_prefix("http://").unwrap()).await.unwrap();
        let _ = copy_bidirectional(&mut stream, &mut endpoint).await;
        return;
    }
    let mut request = String::new();
    let mut buffer = [0; 4096];
    while !is_whole(&request) {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(len) => request.push_str(str::from_utf8(&buffer[..len]).unwrap()),
        }
    }
    seen.lock().unwrap().push(request);
    let Conduct::Say(answer) = conduct else { return std::future::pending().await };
    let _ = stream.write_all(&answer).await;
    let _ = stream.shutdown().await;
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
    });
    body.len() >= length.unwrap_or(0)
}
