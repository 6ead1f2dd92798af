//! Other implementations as processes of their own, and our end on a socket.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use tests::pair::{End, now};

use crate::ours;
use crate::settings::{Role, Settings};

/// Longer than anything here takes on a busy machine; a hanging test ends.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A running program.
pub(crate) struct Process {
    child: Child,
    input: ChildStdin,
    output: Receiver<String>,
}

impl Process {
    pub(crate) fn run(command: &mut Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let (sender, output) = channel();
        send_lines(child.stdout.take().unwrap(), sender.clone());
        send_lines(child.stderr.take().unwrap(), sender);
        Self { input: child.stdin.take().unwrap(), child, output }
    }

    /// Types a line, all at once: OpenSSL takes what one read gives it for one line.
    pub(crate) fn type_line(&mut self, line: &str) {
        self.input.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Waits for a line of output, or of complaint.
    pub(crate) fn next_line(&self) -> String {
        self.output.recv_timeout(PATIENCE).expect("another line from the program")
    }

    /// Waits for a line of output, or of complaint, that has this in it.
    pub(crate) fn wait_for(&self, text: &str) -> String {
        let mut seen = String::new();
        loop {
            match self.output.recv_timeout(PATIENCE) {
                Ok(line) if line.contains(text) => return line,
                Ok(line) => seen.extend([&line, "\n"]),
                Err(_) => panic!("the program never said \"{text}\", but:\n{seen}"),
            }
        }
    }
}

fn send_lines(from: impl Read + Send + 'static, to: Sender<String>) {
    thread::spawn(move || {
        BufReader::new(from).lines().map_while(Result::ok).try_for_each(|line| to.send(line))
    });
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Our end on a socket, which writes one byte at a time.
pub(crate) struct Socket {
    pub(crate) end: End,
    stream: TcpStream,
}

impl Socket {
    /// Connects to a program that serves at this address, to the end of the handshake.
    pub(crate) fn connect(address: &str, settings: &Settings) -> Self {
        Self::begin(TcpStream::connect(address).unwrap(), Role::Client, settings).established()
    }

    /// Closes the connection and begins another with the same program, with early data, to the end of the handshake.
    pub(crate) fn again(mut self, settings: &Settings, early_data: &[u8]) -> Self {
        self.end.connection.close();
        self.flush();
        let address = self.stream.peer_addr().unwrap();
        drop(self);
        let mut next = Self::begin(TcpStream::connect(address).unwrap(), Role::Client, settings);
        assert_eq!(next.end.send_early(early_data), early_data.len());
        next.established()
    }

    /// Accepts a program, to the end of the handshake.
    pub(crate) fn accept(listener: &TcpListener, settings: &Settings) -> Self {
        let (stream, _) = listener.accept().unwrap();
        Self::begin(stream, Role::Server, settings).established()
    }

    /// The same, with a line that goes out before the client has finished.
    pub(crate) fn accept_and_send(listener: &TcpListener, settings: &Settings, line: &str) -> Self {
        let (stream, _) = listener.accept().unwrap();
        let mut socket = Self::begin(stream, Role::Server, settings);
        socket.run_until(|end| end.connection.may_send());
        assert!(!socket.end.established);
        socket.send_line(line);
        socket.established()
    }

    /// Accepts a program that our end will refuse.
    pub(crate) fn accept_in_vain(listener: &TcpListener, settings: &Settings) -> tls_core::Error {
        let (stream, _) = listener.accept().unwrap();
        Self::begin(stream, Role::Server, settings).run_until_failure()
    }

    fn begin(stream: TcpStream, role: Role, settings: &Settings) -> Self {
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { end: ours::begin(role, settings), stream }
    }

    fn established(mut self) -> Self {
        self.run_until(|end| end.established);
        self
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.chunks(1).for_each(|byte| self.stream.write_all(byte).unwrap());
    }

    fn flush(&mut self) {
        let output = self.end.take_output();
        self.write(&output);
    }

    /// Receives, and answers what is to be answered, until it is done or has failed.
    pub(crate) fn run_until(&mut self, is_done: impl Fn(&End) -> bool) {
        self.flush();
        while !is_done(&self.end) {
            self.receive();
            assert_eq!(self.end.error, None);
        }
    }

    /// The same until it has failed, as it should.
    pub(crate) fn run_until_failure(&mut self) -> tls_core::Error {
        loop {
            self.receive();
            if let Some(error) = &self.end.error {
                return error.clone();
            }
        }
    }

    fn receive(&mut self) {
        let mut buffer = [0; 4096];
        let len = self.stream.read(&mut buffer).unwrap();
        assert_ne!(len, 0, "the program closed the socket");
        self.end.deliver(&buffer[..len]);
        self.flush();
    }

    /// Gives a client one more ticket.
    pub(crate) fn send_ticket(&mut self) {
        self.end.connection.send_ticket(now()).unwrap();
        self.flush();
    }

    pub(crate) fn send_line(&mut self, line: &str) {
        let sealed = self.end.seal(format!("{line}\n").as_bytes());
        self.write(&sealed);
    }

    pub(crate) fn receive_line(&mut self, line: &str) {
        self.run_until(|end| end.received.ends_with(format!("{line}\n").as_bytes()));
    }
}

/// Data passes both ways.
pub(crate) fn assert_works(program: &mut Process, socket: &mut Socket) {
    socket.send_line("from us");
    program.wait_for("from us");
    program.type_line("from the program");
    socket.receive_line("from the program");
}

/// A port for a program to connect to, and its address.
pub(crate) fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

/// A file for a program to read, by a name that no other has.
pub(crate) fn file(name: &str, content: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path.into_os_string().into_string().unwrap()
}
