//! s2n-tls as a peer: a program of ours in C, told by lines what arrives and what to do (`interop/peers/s2n_tls.c`).

use std::cell::RefCell;
use std::process::Command;
use std::rc::Rc;

use tls_core::AlertDescription;
use tls_core::ciphersuites::{Hash, NamedGroup, ProtocolVersion};

use crate::peer::{Failure, Peer, PeerFacts, Progress};
use crate::process::Process;
use crate::settings::{Kept, Role, Settings, SharedKey};

/// One end of a connection.
pub(crate) struct S2nTls {
    /// It has one connection at a time.
    program: Rc<RefCell<Process>>,
    role: Role,
    output: Vec<u8>,
    progress: Progress,
}

impl S2nTls {
    pub(crate) fn new(role: Role, settings: &Settings) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_s2n-tls-peer"));
        command.arg(if role == Role::Client { "client" } else { "server" });
        for (name, value) in arguments(settings) {
            command.args([name, &value]);
        }
        Self::with(Rc::new(RefCell::new(Process::run(&mut command))), role)
    }

    fn with(program: Rc<RefCell<Process>>, role: Role) -> Self {
        Self { program, role, output: Vec::new(), progress: Progress::default() }
    }

    /// The session that its client will offer next, as it keeps it.
    pub(crate) fn session(&self) -> Vec<u8> {
        let answer = self.ask("session");
        from_hex(&answer.iter().find(|(name, _)| name == "session").expect("a session").1)
    }

    /// Begins another connection, of a client with this session.
    pub(crate) fn again_with(&self, session: &[u8]) -> Box<dyn Peer> {
        let next = self.again();
        self.ask(&format!("session {}", to_hex(session)));
        next
    }

    /// Gives a command; what it is answered, in names and values.
    fn ask(&self, command: &str) -> Vec<(String, String)> {
        let mut program = self.program.borrow_mut();
        program.type_line(command);
        let mut answer = Vec::new();
        loop {
            let line = program.next_line();
            let (name, value) = line.split_once(' ').unwrap_or((&line, ""));
            match name {
                "done" => return answer,
                "gave-up" => panic!("s2n-tls, told to {command}: {value}"),
                _ => answer.push((name.to_owned(), value.to_owned())),
            }
        }
    }

    /// Gives a command, and notes what has happened.
    fn tell(&mut self, command: &str) {
        for (name, value) in self.ask(command) {
            match &*name {
                "output" => self.output.extend(from_hex(&value)),
                "received" => self.progress.received.extend(from_hex(&value)),
                "received-early" => self.progress.received_early.extend(from_hex(&value)),
                "established" => self.progress.established = true,
                "closed" => self.progress.closed = true,
                "failed" => self.progress.failure = Some(failure(&value)),
                _ => panic!("s2n-tls: {name} {value}"),
            }
        }
    }
}

fn failure(text: &str) -> Failure {
    let (alert, text) = text.split_once(' ').unwrap();
    Failure { alert: alert.parse().ok().map(AlertDescription), text: text.to_owned() }
}

/// What the program is told before it begins.
fn arguments(settings: &Settings) -> Vec<(&'static str, String)> {
    let mut arguments = vec![
        ("clock", settings.now.as_secs().to_string()),
        ("policy", policy(settings).to_owned()),
        ("trust", settings.root.clone()),
        ("server-name", settings.name.to_owned()),
    ];
    if let Some(identity) = &settings.identity {
        arguments.extend([("certificate", identity.chain.clone()), ("key", identity.key.clone())]);
        // As many as others give.
        arguments.push(("tickets", "2".to_owned()));
    }
    if let Some(max) = settings.early_data {
        arguments.push(("early-data", max.to_string()));
    }
    arguments.extend(settings.alpn.iter().map(|name| ("protocol", (*name).to_owned())));
    arguments.extend(settings.pre_shared_keys.iter().map(|key| ("pre-shared-key", described(key))));
    if settings.pre_shared_keys.is_empty() {
        let place = if settings.kept == Kept::InStore { "cache" } else { "tickets" };
        arguments.push(("sessions", place.to_owned()));
    }
    arguments
}

/// The nearest that it has by name.
fn policy(settings: &Settings) -> &'static str {
    match (&settings.versions[..], &settings.groups[..]) {
        ([ProtocolVersion::TLS1_2], _) => "20240501",
        // Without hybrids, of which its servers otherwise ask for one.
        (_, [NamedGroup::X25519]) => "20241106",
        _ => "default_pq",
    }
}

fn described(key: &SharedKey) -> String {
    let hash = match key.hash {
        Hash::Sha256 => "sha256",
        Hash::Sha384 => "sha384",
    };
    let (suite, max) = key.early_data.map_or((0, 0), |(suite, max)| (suite.0, max));
    format!("{hash}:{}:{}:{suite:04x}:{max}", to_hex(key.identity.as_bytes()), to_hex(&key.key))
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    text.as_bytes().chunks(2).map(digits).collect()
}

impl Peer for S2nTls {
    fn deliver(&mut self, bytes: &[u8]) {
        self.tell(&format!("deliver {}", to_hex(bytes)));
    }

    fn take_output(&mut self) -> Vec<u8> {
        // A client begins its handshake when it must: early data is part of it.
        self.tell("deliver");
        std::mem::take(&mut self.output)
    }

    fn send(&mut self, data: &[u8]) {
        self.tell(&format!("send {}", to_hex(data)));
    }

    fn send_early(&mut self, data: &[u8]) {
        self.tell(&format!("send-early {}", to_hex(data)));
    }

    fn close(&mut self) {
        self.tell("close");
    }

    fn export(&self, label: &str, context: Option<&[u8]>) -> [u8; 32] {
        let answer = self.ask(&format!("export {label} {}", to_hex(context.unwrap_or_default())));
        let (_, secret) = answer.iter().find(|(name, _)| name == "exported").unwrap();
        from_hex(secret).try_into().unwrap()
    }

    fn progress(&self) -> &Progress {
        &self.progress
    }

    fn facts(&self) -> PeerFacts {
        let answer = self.ask("facts");
        let find = |name| answer.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone());
        PeerFacts {
            alpn: find("protocol").map(String::into_bytes),
            server_name: find("server-name").filter(|_| self.role == Role::Server),
            certificate: None,
            ocsp_response: None,
            pre_shared_key: find("pre-shared-key").map(|identity| from_hex(&identity)),
            resumed: find("resumed").is_some(),
            early_data_accepted: (self.role == Role::Client).then(|| find("early-data-accepted").is_some()),
        }
    }

    fn again(&self) -> Box<dyn Peer> {
        self.ask("again");
        Box::new(Self::with(Rc::clone(&self.program), self.role))
    }
}
