//! The examples, run as a newcomer would run them.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tests::authority::Authority;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// A directory with `chain.pem`, `key.pem` and `roots.pem` for localhost, for as long as it lives.
struct Files(PathBuf);

impl Files {
    fn new(name: &str) -> Self {
        let directory = std::env::temp_dir().join(format!("tls-tokio-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let authority = Authority::new();
        let pem = authority.localhost();
        for (file, content) in
            [("chain.pem", pem.chain), ("key.pem", pem.key), ("roots.pem", authority.root_pem())]
        {
            std::fs::write(directory.join(file), content).unwrap();
        }
        Self(directory)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An example that cargo has built beside this test.
fn example(name: &str) -> Command {
    let test = std::env::current_exe().unwrap();
    let path = test.ancestors().nth(2).unwrap().join("examples").join(name);
    assert!(Path::new(&path).exists(), "build the examples first: cargo build -p tls-tokio --examples");
    let mut command = Command::new(path);
    command.kill_on_drop(true).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts an example that listens on a port of its choice: the process, and the port.
async fn serve(name: &str, files: &Files) -> (Child, u16) {
    let mut server = example(name)
        .args([files.path("chain.pem"), files.path("key.pem"), "127.0.0.1:0".into()])
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().expect("a line that says the port");
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    (server, line.rsplit(':').next().unwrap().parse().unwrap())
}

async fn run(client: &mut Command, input: &[u8]) -> String {
    let mut client = client.spawn().unwrap();
    client.stdin.take().unwrap().write_all(input).await.unwrap();
    let output = client.wait_with_output().await.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn the_echo_examples_echo() {
    let files = Files::new("echo");
    let (_server, port) = serve("echo_server", &files).await;
    let address = format!("127.0.0.1:{port}");
    let mut client = example("echo_client");
    client.args([files.path("roots.pem"), "localhost".into(), address.into()]);
    let input = "a line\n".repeat(30_000);
    assert!(run(&mut client, input.as_bytes()).await == input);
}

#[tokio::test]
async fn the_https_examples_speak_http_2_and_http_1_while_another_client_dawdles() {
    let files = Files::new("https");
    let (_server, port) = serve("https_server", &files).await;
    let _silent = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let uri = format!("https://localhost:{port}/");
    for (protocol, version) in [(None, "HTTP/2.0"), (Some("h2"), "HTTP/2.0"), (Some("http/1.1"), "HTTP/1.1")]
    {
        let mut client = example("https_client");
        client.arg(files.path("roots.pem")).arg(&uri).args(protocol);
        let output = run(&mut client, b"").await;
        assert_eq!(output, format!("{version} 200 OK\nhello over {version}\n\n"));
    }
}

#[tokio::test]
async fn plain_http_on_the_https_port_is_told_so() {
    let files = Files::new("plain");
    let (_server, port) = serve("https_server", &files).await;
    let mut tcp = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    tcp.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{head}");
    assert!(head.ends_with(&format!("Content-Length: {}", body.len())), "{head}");
}

#[tokio::test]
async fn the_https_client_refuses_other_uris_and_servers_of_another_name() {
    let files = Files::new("refuse");
    let (_server, port) = serve("https_server", &files).await;
    for (uri, complaint) in [
        (format!("http://localhost:{port}/"), "only https URIs"),
        (format!("https://127.0.0.1:{port}/"), "NameMismatch"),
    ] {
        let output = example("https_client").arg(files.path("roots.pem")).arg(&uri).output().await.unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && errors.contains(complaint), "{errors}");
    }
}
