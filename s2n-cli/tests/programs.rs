//! Running the programs.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

pub(crate) const S2NC: &str = env!("CARGO_BIN_EXE_s2nc");
pub(crate) const S2ND: &str = env!("CARGO_BIN_EXE_s2nd");
pub(crate) const S2N: &str = env!("CARGO_BIN_EXE_s2n");

/// Longer than anything here takes, on a busy machine too.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What came of a program.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// It ended with this code, and one line on standard error that holds all of these pieces.
    #[track_caller]
    pub(crate) fn assert_fails(&self, code: i32, pieces: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        let is_alert = |line: &str| line.starts_with("Alert: ") || line.starts_with("Received alert: ");
        let lines = self.stderr.lines().filter(|line| !is_alert(line)).count();
        assert_eq!(lines, 1, "more than one sentence: {}", self.stderr);
        for piece in pieces {
            assert!(self.stderr.contains(piece), "\"{piece}\" is not in: {}", self.stderr);
        }
        for leak in ["panicked", "os error", "Err(", "Some("] {
            assert!(!self.stderr.contains(leak), "{}", self.stderr);
        }
    }

    #[track_caller]
    pub(crate) fn assert_success(&self) {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{self:?}");
    }

    /// The first line of standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let line = self.stdout.lines().next().unwrap_or_else(|| panic!("no output: {self:?}"));
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }
}

/// Runs a program to its end.
pub(crate) fn run(program: &str, arguments: &[&str], input: &str) -> Outcome {
    let mut child = spawn(program, arguments);
    let mut stdin = child.stdin.take().unwrap();
    // A program that failed at once does not read its input.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    finish(child)
}

pub(crate) fn spawn(program: &str, arguments: &[&str]) -> Child {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap_or_else(|error| panic!("{program}: {error}"))
}

/// Collects what a program still writes, and its end; kills it if it takes too long.
pub(crate) fn finish(mut child: Child) -> Outcome {
    let stdout = collect(child.stdout.take().unwrap());
    let stderr = collect(child.stderr.take().unwrap());
    let deadline = Instant::now() + PATIENCE;
    let code = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status.code(),
            None if Instant::now() > deadline => {
                let _ = child.kill();
                let _ = child.wait();
                break None;
            }
            None => thread::sleep(Duration::from_millis(5)),
        }
    };
    Outcome { code, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
}

fn collect(mut from: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// A running s2nd.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) stdin: Option<ChildStdin>,
    pub(crate) port: u16,
    /// The SHA-256 of the certificate it made, if it made one.
    pub(crate) pin: Option<String>,
    /// What it printed before it listened, and that it listens.
    pub(crate) announced: Vec<String>,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

impl Server {
    /// Starts s2nd on a free port of localhost, and waits until it listens.
    pub(crate) fn start(options: &[&str]) -> Self {
        let mut child = spawn(S2ND, &[options, &["127.0.0.1", "0"]].concat());
        let stdout = lines(child.stdout.take().unwrap());
        let stderr = lines(child.stderr.take().unwrap());
        let stdin = child.stdin.take();
        let mut server = Self { child, stdin, port: 0, pin: None, announced: Vec::new(), stdout, stderr };
        while server.port == 0 {
            let line = server.line();
            if let Ok(json) = serde_json::from_str::<Value>(&line) {
                server.port = u16::try_from(json["listening"]["port"].as_u64().unwrap()).unwrap();
                server.pin = json["listening"]["certificate_sha256"].as_str().map(str::to_owned);
            }
            if let Some((_, pin)) = line.split_once("SHA-256 ") {
                server.pin = Some(pin.to_owned());
            }
            if let Some(port) = line.strip_prefix("Listening on 127.0.0.1:") {
                server.port = port.parse().unwrap();
            }
            server.announced.push(line);
        }
        server
    }

    /// The next line of its standard output.
    #[track_caller]
    pub(crate) fn line(&self) -> String {
        self.stdout.recv_timeout(PATIENCE).expect("another line from s2nd")
    }

    /// The next line of its standard error.
    #[track_caller]
    pub(crate) fn error_line(&self) -> String {
        self.stderr.recv_timeout(PATIENCE).expect("an error line from s2nd")
    }

    /// Reads its standard output up to this line.
    #[track_caller]
    pub(crate) fn wait_for(&self, wanted: &str) {
        while self.line() != wanted {}
    }

    /// Runs s2nc against it, trusting the certificate it made if it made one.
    pub(crate) fn client(&self, options: &[&str], input: &str) -> Outcome {
        let arguments = self.client_arguments(options);
        run(S2NC, &arguments.iter().map(String::as_str).collect::<Vec<_>>(), input)
    }

    pub(crate) fn client_arguments(&self, options: &[&str]) -> Vec<String> {
        let mut arguments: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
        if let Some(pin) = &self.pin {
            arguments.extend(["--pin".to_owned(), pin.clone()]);
        }
        arguments.extend(["127.0.0.1".to_owned(), self.port.to_string()]);
        arguments
    }

    /// Ends it as a user at the keyboard does.
    pub(crate) fn interrupt(&mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        self.wait()
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(&mut self) -> Option<i32> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("s2nd does not end");
    }

    /// Ends it as a power cut does.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

pub(crate) fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            let Ok(line) = line else { break };
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

/// A folder of a test's own, gone with it.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("s2n-cli-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file, and gives its path as an argument.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
