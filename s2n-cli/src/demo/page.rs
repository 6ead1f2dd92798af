//! The demonstration for people.

use std::fmt::Write;

use tls_core::Facts;
use tls_core::ciphersuites::ProtocolVersion;

use crate::certificate::Certificate;
use crate::demo::flights::{self, Flight, Line};
use crate::demo::scene::{EXPORTER_LABEL, End, QUESTION, SERVER_NAME, Scene};
use crate::notation::{hex, signature, thousands};
use crate::recorder::ContentType;
use crate::report::milliseconds;
use crate::style::Style;

/// How wide the column of names is, so that numbers stand below each other.
const NAME_WIDTH: usize = 48;

/// The page being written.
#[derive(Debug)]
pub(super) struct Page {
    style: Style,
    text: String,
}

impl Page {
    pub(super) fn new(style: Style) -> Self {
        Self { style, text: String::new() }
    }

    /// The whole page.
    pub(super) fn render(mut self, scenes: &[Scene]) -> String {
        let title = self.style.bold("Three TLS handshakes between a server and a client on this machine");
        self.line(&format!("\n{title}, over TCP on 127.0.0.1."));
        for (index, scene) in scenes.iter().enumerate() {
            self.scene(index.saturating_add(1), scene);
        }
        self.line(&format!(
            "\n{} s2nd localhost 4433, in another window the s2nc command that it prints.\n",
            self.style.bold("Now yourself:")
        ));
        self.text
    }

    fn line(&mut self, text: &str) {
        let _ = writeln!(self.text, "{text}");
    }

    fn scene(&mut self, number: usize, scene: &Scene) {
        let title = format!("{number}. {}", scene.script.title);
        self.line(&format!("\n{}", self.style.bold(&title)));
        for line in scene.script.story {
            self.line(&format!("   {line}"));
        }
        self.line("");
        for flight in flights::of(&scene.client) {
            self.flight(&flight, scene.client.facts.version);
        }
        self.line("");
        self.agreed(&scene.client);
        self.proven(&scene.client.facts);
        if number == 1 {
            self.protected(&scene.client.facts);
        }
        self.evidence(scene);
    }

    fn flight(&mut self, flight: &Flight, version: ProtocolVersion) {
        let (arrow, who) = match flight.from_client {
            true => ("──▶", self.style.client("client")),
            false => ("◀──", self.style.server("server")),
        };
        let total = format!("{:>7} bytes", thousands(flight.len()));
        let time = self.style.dim(&format!("at {:.2} ms", milliseconds(flight.at)));
        let name = format!("{arrow} {who}");
        // The name may hold invisible escapes: pad by what is seen of it.
        let padding = " ".repeat(NAME_WIDTH.saturating_sub("──▶ client".chars().count()));
        self.line(&format!("   {name}{padding}{}   {time}", self.style.bold(&total)));
        for record in &flight.records {
            self.record(record, version);
        }
    }

    fn record(&mut self, record: &Line, version: ProtocolVersion) {
        let is_tls12 = version == ProtocolVersion::TLS1_2;
        let entry = |name: &str, len: usize, note: &str| {
            let (len, width) = (thousands(len), NAME_WIDTH.saturating_sub(6));
            format!("         {name:<width$}{len:>7}{note}")
        };
        if record.content_type == ContentType::CHANGE_CIPHER_SPEC {
            let note = match is_tls12 {
                true => "what follows is encrypted",
                false => "means nothing; for old middleboxes",
            };
            let note = self.style.dim(&format!("         {note}"));
            self.line(&entry("change_cipher_spec", record.len, &note));
        }
        for message in &record.messages {
            let note = if record.encrypted { self.style.dim("         encrypted") } else { String::new() };
            self.line(&entry(message.name, message.len, &note));
        }
        let content: usize = record.messages.iter().map(|message| message.len).sum();
        if !record.messages.is_empty() {
            let framing = match (record.encrypted, is_tls12) {
                (false, _) => "record header",
                (true, false) => "record header, content type and tag",
                (true, true) => "record header, nonce and tag",
            };
            let line = entry(framing, record.len.saturating_sub(content), "");
            self.line(&self.style.dim(&line));
        }
    }

    fn fact(&mut self, name: &str, lines: &[String]) {
        for (index, line) in lines.iter().enumerate() {
            let label = if index == 0 { name } else { "" };
            let label = self.style.bold(&format!("{label:<13}"));
            self.line(&format!("   {label}{line}"));
        }
    }

    fn agreed(&mut self, client: &End) {
        let facts = &client.facts;
        let group = match facts.post_quantum() {
            true => self.style.good(&format!("{} (post-quantum)", facts.group)),
            false => format!("{} (not post-quantum)", facts.group),
        };
        let agreed = format!("{}, {group}, {}", facts.version, facts.cipher_suite);
        self.fact("Agreed on", &[agreed]);
    }

    fn proven(&mut self, facts: &Facts) {
        let leaf = facts.peer_certificates.as_ref().map(|chain| Certificate::read(chain.leaf()));
        let (Some(leaf), Some(scheme)) = (leaf, facts.server_signature_scheme) else { return };
        let server = format!(
            "the server is \"{SERVER_NAME}\": it signed this handshake ({}) with the key of a certificate",
            signature(scheme)
        );
        let issuer =
            format!("for {}, issued by \"{}\", which the client trusts", leaf.names.join(", "), leaf.issuer);
        self.fact("Proven", &[server, issuer, "the client proved nothing: it was not asked to".to_owned()]);
    }

    fn protected(&mut self, facts: &Facts) {
        let lines = [
            format!(
                "{}: an ML-KEM-768 secret and an X25519 secret, 32 bytes each, one after the other;",
                facts.group
            ),
            "who records this must break both to read it. From them HKDF derives".to_owned(),
            "  ├─ handshake secret ─▶ two traffic secrets ─▶ keys of the encrypted messages above".to_owned(),
            format!(
                "  └─ main secret ──────▶ two traffic secrets ─▶ keys of the data ({})",
                facts.cipher_suite
            ),
            "                      └▶ exporter secret".to_owned(),
        ];
        self.fact("Protected by", &lines);
    }

    fn evidence(&mut self, scene: &Scene) {
        let Scene { client, server, .. } = scene;
        let exported = [
            format!("both ends derive the same value from their exporter secret ({EXPORTER_LABEL}):"),
            format!("{} {}", self.style.client("client"), hex(&client.exported)),
            format!("{} {}", self.style.server("server"), hex(&server.exported)),
        ];
        self.fact("Evidence", &exported);
        let arrow = |text: &[u8], to: &str| format!("\"{}\" ─▶ {to}", text.escape_ascii());
        self.fact("Data", &[arrow(QUESTION, "server"), arrow(scene.script.answer.as_bytes(), "client")]);
        self.fact("Closed", &["both ends sent close_notify: nothing was cut off".to_owned()]);
        let (handshake, whole) = (&client.handshake, &client.whole);
        let sum = |recording: &crate::recorder::Recording| {
            let bytes = recording.bytes_in().saturating_add(recording.bytes_out());
            thousands(usize::try_from(bytes).unwrap_or(usize::MAX))
        };
        let cost = format!(
            "{:.2} ms at the client, {:.2} ms at the server; {} bytes, {} with the data",
            milliseconds(client.handshake_time),
            milliseconds(server.handshake_time),
            sum(handshake),
            sum(whole)
        );
        self.fact("Cost", &[cost]);
    }
}
