//! Renegotiations, which OpenSSL's command line asks for: whoever reads or writes meanwhile carries them on.

use std::process::Stdio;
use std::time::Duration;

use tests::authority::Authority;
use tests::pair::{client_builder, localhost, only};
use tls_tokio::signer::{LocalSigner, SignFuture, Signer};
use tls_tokio::tls_core::ciphersuites::{PrivateKey, ProtocolVersion, SecurityPolicy};
use tls_tokio::tls_core::{Identity, Renegotiation, SignRequest};
use tls_tokio::{Connector, TlsStream};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::support::in_time;

/// `openssl s_server`, for one connection.
struct Server {
    _child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Server {
    async fn type_line(&mut self, line: &str) {
        self.input.write_all(format!("{line}\n").as_bytes()).await.unwrap();
    }

    async fn wait_for(&mut self, text: &str) -> String {
        let find = async {
            loop {
                let line = self.output.next_line().await.unwrap().expect("the server should go on");
                if line.contains(text) {
                    return line;
                }
            }
        };
        in_time(find).await
    }

    /// Waits until it has sent so much data.
    async fn wait_for_records_with(&mut self, mut len: usize) {
        // An explicit nonce and a tag.
        const OVERHEAD: usize = 8 + 16;
        while len > 0 {
            self.wait_for(">>> TLS 1.2, RecordHeader [length 0005]").await;
            let header = self.output.next_line().await.unwrap().unwrap();
            let bytes: Vec<usize> =
                header.split_whitespace().map(|byte| usize::from_str_radix(byte, 16).unwrap()).collect();
            if bytes[0] == 23 {
                len -= (bytes[3] << 8 | bytes[4]) - OVERHEAD;
            }
        }
    }
}

fn connector(authority: &Authority) -> Connector {
    let pem = authority.localhost();
    let config = client_builder(authority)
        .policy(only(ProtocolVersion::TLS1_2, &SecurityPolicy::P20251014))
        .identity(Identity::from_public_pem(pem.chain.as_bytes()).unwrap())
        .renegotiation(Renegotiation::Accept);
    let key = PrivateKey::from_pem(pem.key.as_bytes()).unwrap();
    Connector::new(config.build().unwrap()).signer(Slow(LocalSigner::new(key)))
}

/// A client's key that is elsewhere.
#[derive(Debug)]
struct Slow(LocalSigner);

impl Signer for Slow {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            self.0.sign(request).await
        })
    }
}

/// A connection to an OpenSSL of its own.
async fn connect(name: &str) -> (Server, TlsStream<TcpStream>) {
    let authority = Authority::new();
    let pem = authority.localhost();
    let file = format!("{}/renegotiation-{name}.pem", env!("CARGO_TARGET_TMPDIR"));
    let issuers = format!("{}/renegotiation-{name}-issuer.pem", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&issuers, &pem.chain[pem.chain.rfind("-----BEGIN").unwrap()..]).unwrap();
    std::fs::write(&file, [pem.chain, pem.key].concat()).unwrap();
    let root = format!("{}/renegotiation-{name}-root.pem", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&root, authority.root_pem()).unwrap();
    let mut child = Command::new("openssl")
        .args([
            "s_server",
            "-accept",
            "127.0.0.1:0",
            "-tls1_2",
            "-msg",
            "-cert",
            &file,
            "-cert_chain",
            &issuers,
            "-CAfile",
            &root,
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut server = Server { _child: child, input, output: BufReader::new(output).lines() };
    let listening = server.wait_for("ACCEPT ").await;
    let transport = TcpStream::connect(listening.trim_start_matches("ACCEPT ")).await.unwrap();
    let connect = connector(&authority).connect(localhost(), transport);
    (server, in_time(connect).await.unwrap())
}

async fn ask(server: &mut Server) {
    server.type_line("r").await;
    server.wait_for("HelloRequest").await;
}

async fn read_line(stream: &mut TlsStream<TcpStream>, line: &str) {
    let mut buffer = vec![0; line.len()];
    in_time(stream.read_exact(&mut buffer)).await.unwrap();
    assert_eq!(buffer, line.as_bytes());
}

fn renegotiations(stream: &TlsStream<TcpStream>) -> u8 {
    stream.facts().unwrap().renegotiations
}

#[tokio::test]
async fn one_who_only_reads_renegotiates() {
    let (mut server, mut stream) = connect("reader").await;
    for round in 1..=4 {
        ask(&mut server).await;
        let mut buffer = [0; 64];
        let mut read = std::pin::pin!(stream.read(&mut buffer));
        tokio::select! {
            result = &mut read => panic!("there is nothing to read: {result:?}"),
            _ = server.wait_for("<<< TLS 1.2, Handshake [length 0010], Finished") => {}
        }
        server.wait_for(">>> TLS 1.2, Handshake [length 0010], Finished").await;
        server.type_line("from openssl").await;
        let len = in_time(read).await.unwrap();
        assert_eq!(&buffer[..len], b"from openssl\n");
        assert_eq!(renegotiations(&stream), round);
        in_time(stream.write_all(b"from us\n")).await.unwrap();
        server.wait_for("from us").await;
    }
    assert_eq!(stream.buffered(), 0);
}

#[tokio::test]
async fn one_who_writes_renegotiates_and_keeps_what_comes_meanwhile() {
    let (mut server, mut stream) = connect("writer").await;
    server.type_line("before").await;
    server.wait_for(">>> TLS 1.2, RecordHeader [length 0005]").await;
    read_line(&mut stream, "before\n").await;
    for round in 1..=4 {
        ask(&mut server).await;
        server.type_line("meanwhile").await;
        server.wait_for(">>> TLS 1.2, RecordHeader [length 0005]").await;
        // The wish comes before the data, of which the rest is left to be read: more than the writer needs.
        read_line(&mut stream, "m").await;
        assert!(stream.connection().is_handshaking());
        server.type_line("and more").await;
        in_time(stream.write_all(b"from us\n")).await.unwrap();
        server.wait_for("from us").await;
        assert!(!stream.connection().is_handshaking());
        assert_eq!(renegotiations(&stream), round);
        read_line(&mut stream, "eanwhile\nand more\n").await;
    }
    assert_eq!(stream.buffered(), 0);
}

/// The server asks for the client's certificate only now, and the client's key is elsewhere.
#[tokio::test]
async fn a_renegotiation_waits_for_the_clients_signer() {
    for writes in [false, true] {
        let (mut server, mut stream) = connect(if writes { "signer-write" } else { "signer-read" }).await;
        assert_eq!(stream.signing(), None);
        server.type_line("R").await;
        server.wait_for("HelloRequest").await;
        if writes {
            // Waits for the renegotiation, if it has read of it.
            let mut buffer = [0; 1];
            tokio::select! {
                biased;
                result = stream.read(&mut buffer) => panic!("there is nothing to read: {result:?}"),
                () = tokio::time::sleep(Duration::from_millis(100)) => {}
            }
            in_time(stream.write_all(b"from us\n")).await.unwrap();
            server.wait_for("from us").await;
        } else {
            let mut buffer = [0; 64];
            let mut read = std::pin::pin!(stream.read(&mut buffer));
            tokio::select! {
                result = &mut read => panic!("there is nothing to read: {result:?}"),
                _ = server.wait_for("<<< TLS 1.2, Handshake [length 0010], Finished") => {}
            }
            server.type_line("from openssl").await;
            in_time(read).await.unwrap();
        }
        assert_eq!(renegotiations(&stream), 1);
        assert!(stream.signing().is_some_and(|signing| signing.elapsed >= Duration::from_millis(20)));
        assert!(stream.facts().unwrap().client_signature_scheme.is_some());
    }
}

/// What comes before the renegotiation is done is kept for the reader, but not without bound: then the writer waits.
#[tokio::test]
async fn one_who_writes_waits_for_the_reader_where_much_comes_meanwhile() {
    const LINES: usize = 200;
    const BOUND: usize = 1 << 16;
    // What a read may bring beyond it.
    const MORE: usize = 3 << 14;
    let (mut server, mut stream) = connect("much").await;
    ask(&mut server).await;
    let line = "x".repeat(999);
    for _ in 0..LINES {
        server.type_line(&line).await;
    }
    server.wait_for_records_with(LINES * 1000).await;
    read_line(&mut stream, "x").await;
    let write = stream.write_all(b"from us\n");
    assert!(tokio::time::timeout(Duration::from_millis(500), write).await.is_err(), "nobody has read");
    assert!(stream.connection().is_handshaking());
    let held = stream.buffered();
    assert!((BOUND..BOUND + MORE).contains(&held), "{held}");

    let (mut reader, mut writer) = stream.into_split();
    let write = async { writer.write_all(b"from us\n").await.unwrap() };
    let read = async {
        let mut received = b"x".to_vec();
        received.resize(LINES * 1000, 0);
        reader.read_exact(&mut received[1..]).await.unwrap();
        assert!(received.chunks(1000).all(|chunk| &chunk[..999] == line.as_bytes() && chunk[999] == b'\n'));
    };
    in_time(async { tokio::join!(write, read) }).await;
    server.wait_for("from us").await;
    let stream = reader.reunite(writer).unwrap();
    assert_eq!((renegotiations(&stream), stream.buffered()), (1, 0));
}

#[tokio::test]
async fn halves_in_two_tasks_renegotiate() {
    let (mut server, stream) = connect("halves").await;
    let (mut reader, mut writer) = stream.into_split();
    let (lines, mut received) = tokio::sync::mpsc::unbounded_channel();
    let read = tokio::spawn(async move {
        let mut line = Vec::new();
        while line != b"end\n" {
            line.push(reader.read_u8().await.unwrap());
            if line.ends_with(b"from openssl\n") {
                lines.send(std::mem::take(&mut line)).unwrap();
            }
        }
        reader
    });
    for round in 0..4 {
        server.type_line("r").await;
        let write = async {
            for line in 0..50 {
                writer.write_all(format!("line {round} {line}\n").as_bytes()).await.unwrap();
            }
        };
        let renegotiate = async {
            server.wait_for("HelloRequest").await;
            server.wait_for(">>> TLS 1.2, Handshake [length 0010], Finished").await;
        };
        in_time(async { tokio::join!(write, renegotiate) }).await;
        server.type_line("from openssl").await;
        assert_eq!(in_time(received.recv()).await.unwrap(), b"from openssl\n");
    }
    server.type_line("end").await;
    let reader = in_time(read).await.unwrap();
    let mut stream = reader.reunite(writer).unwrap();
    in_time(stream.write_all(b"last\n")).await.unwrap();
    server.wait_for("last").await;
    assert_eq!(renegotiations(&stream), 4);
}
