//! `s2n policy explain`: what a policy leads to with one client, or with one server.

mod text;

pub(super) use self::text::why_classical;

use std::path::Path;

use serde_json::{Value, json};
use tls_core::ClientHello;
use tls_core::ciphersuites::{KeyType, SecurityPolicy, UnknownName};
use tls_core::explain::{Explanation, Selection, Step};

use crate::failure::Failure;
use crate::policy::command::Form;
use crate::policy::{self, corpus, peer};
use crate::program::Status;
use crate::style::Style;
use crate::{notation, output, trust};

/// Explain, step by step, what is negotiated under a policy and why nothing better
///
/// Exit code 0 if something is, 1 if nothing is, 2 if the handshake with the server of --peer fails.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("other side").required(true).args(["client_hello", "peer"]))]
pub(super) struct Explain {
    /// The policy: its name, or a TOML file
    policy: String,
    /// What a server with the policy chooses for this ClientHello: a file with its bytes or records, or with their
    /// hexadecimal digits; the digits themselves; or the name of a recording: see s2n policy lint
    #[arg(long, value_name = "FILE|HEX|NAME")]
    client_hello: Option<String>,
    /// What a client with the policy gets from this server. The certificate is not verified, and nothing is sent
    #[arg(long, value_name = "HOST:PORT")]
    peer: Option<String>,
    /// The keys that the server of --client-hello has: rsa, rsa-pss, ecdsa-p256, ecdsa-p384, ecdsa-p521, ed25519,
    /// ml-dsa-44, ml-dsa-65 or ml-dsa-87, with commas between them. Without, one of each that the policy permits
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = parse_key, conflicts_with = "peer")]
    key: Vec<KeyType>,
}

impl Explain {
    pub(super) async fn run(self, form: Form) -> Result<Status, Failure> {
        let policy = policy::of_argument(&self.policy)?;
        if let Some(peer) = &self.peer {
            return peer::explain(&policy, peer, form).await;
        }
        let (source, hello) = read(self.client_hello.as_deref().unwrap_or_default())?;
        let keys = if self.key.is_empty() { keys_of(&policy) } else { self.key };
        let explanation = Explanation::new(&policy, &keys, &hello);
        match form {
            Form::Json => output::line(&to_json(&policy, &hello, &explanation).to_string()),
            Form::Text => {
                output::block(&text::of(&policy, &source, &hello, &explanation, Style::of_stdout()));
            }
        }
        Ok(if explanation.outcome.is_ok() { Status::Done } else { Status::No })
    }
}

/// Every kind of key that a server with this policy could have.
pub(super) fn keys_of(policy: &SecurityPolicy) -> Vec<KeyType> {
    let permitted =
        policy.certificate_keys.as_deref().filter(|_| policy.certificate_preferences_apply_locally);
    let is_permitted =
        |key: &KeyType| permitted.is_none_or(|kinds| kinds.iter().any(|kind| kind.key_type == *key));
    KeyType::ALL.into_iter().filter(is_permitted).collect()
}

/// `ECDSA P-256` as `ecdsa-p256`.
fn option(key: KeyType) -> String {
    key.to_string().to_lowercase().replace("p-", "p").replace(' ', "-")
}

fn parse_key(text: &str) -> Result<KeyType, String> {
    let found = KeyType::ALL.into_iter().find(|key| option(*key) == text.to_lowercase());
    let known = || KeyType::ALL.map(option).join(", ");
    found.ok_or_else(|| format!("no kind of key is called that: known are {}", known()))
}

/// The ClientHello that an argument means, and what to call it.
fn read(argument: &str) -> Result<(String, ClientHello), Failure> {
    let bad = |why: String| Failure::set_up("bad_client_hello", format!("--client-hello {argument}: {why}"));
    let parse = |bytes: &[u8]| ClientHello::from_bytes(bytes).map_err(|error| bad(error.to_string()));
    let path = Path::new(argument);
    if path.is_file() {
        let bytes = trust::read(path, "ClientHello")?;
        let is_binary = bytes.first().is_some_and(|first| [22, 1].contains(first));
        let bytes = if is_binary { bytes } else { from_text(&bytes).map_err(bad)? };
        return Ok((argument.to_owned(), parse(&bytes)?));
    }
    if let Some(recording) = corpus::find(argument)? {
        return Ok((format!("{} {}", recording.program, recording.version), recording.hello));
    }
    match notation::parse_hex(argument) {
        Ok(bytes) => Ok(("the client".to_owned(), parse(&bytes)?)),
        Err(_) => {
            let unknown = UnknownName::among("recording", argument, corpus::names());
            Err(bad(format!("there is no such file, and these are no hexadecimal digits; {unknown}")))
        }
    }
}

/// A file of digits, or a recording of this project.
fn from_text(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| {
        "the file begins neither like a record, nor like a ClientHello, nor is it text".to_owned()
    })?;
    let recording: Option<Value> = serde_json::from_str(text).ok();
    let digits = recording.as_ref().and_then(|value| value.get("client_hello")).and_then(Value::as_str);
    notation::parse_hex(digits.unwrap_or(text))
}

fn to_json(policy: &SecurityPolicy, hello: &ClientHello, explanation: &Explanation) -> Value {
    let error = explanation.outcome.as_ref().err();
    json!({
        "policy": policy.name,
        "ja4": hello.ja4().ok(),
        "steps": explanation.steps.iter().map(step).collect::<Vec<_>>(),
        "selection": explanation.outcome.as_ref().ok().map(selection),
        "error": error.map(|error| json!({ "code": error.code(), "message": error.to_string() })),
    })
}

fn step(step: &Step) -> Value {
    let passed_over = step
        .passed_over
        .iter()
        .map(|(item, why)| json!({ "item": item.to_string(), "why": why.to_string() }));
    json!({
        "subject": step.subject.to_string(),
        "chosen": step.chosen.map(|item| item.to_string()),
        "passed_over": passed_over.collect::<Vec<_>>(),
    })
}

fn selection(selection: &Selection) -> Value {
    json!({
        "protocol_version": selection.version.to_string(),
        "cipher_suite": selection.cipher_suite.to_string(),
        "group": selection.group.to_string(),
        "group_reason": selection.group_reason.to_string(),
        "post_quantum": selection.group.is_post_quantum(),
        "hello_retry_request": selection.hello_retry_request,
        "server_signature_scheme": selection.signature_scheme.to_string(),
        "key": option(selection.key_type),
    })
}
