//! `s2n policy explain --peer`: what a client with a policy gets from a server. A server does not say why it chose what
//! it chose: it is asked again, for nothing but what would have been better.

use std::time::Duration;

use serde_json::{Value, json};
use tls_core::ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion, SecurityPolicy};
use tls_core::explain::{Choice, Subject};
use tls_core::{ClientConfig, Facts, ServerName, ServerVerification};
use tls_tokio::{Connector, HandshakeError};
use tokio::net::TcpStream;

use crate::failure::Failure;
use crate::notation::host_and_port;
use crate::policy::command::Form;
use crate::program::Status;
use crate::style::Style;
use crate::{address, columns, output};

/// How long a handshake may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A server on the network.
#[derive(Debug)]
struct Peer {
    host: String,
    port: u16,
    name: ServerName<'static>,
}

/// One thing that was agreed on, and what came of asking for better.
#[derive(Debug)]
struct Step {
    subject: Subject,
    chosen: Choice,
    /// What the policy ranks before it.
    better: Vec<Choice>,
    /// What the server took when it was offered nothing else, or why it took nothing; unless there is nothing better.
    retried: Option<Result<Choice, String>>,
}

pub(super) async fn explain(policy: &SecurityPolicy, peer: &str, form: Form) -> Result<Status, Failure> {
    let peer = Peer::parse(peer)?;
    let facts = match peer.connect(policy).await? {
        Attempt::Done(facts) => facts,
        Attempt::Failed(error) => return Err(Failure::of_handshake(&peer.place(), error.failure())),
    };
    let mut steps = Vec::new();
    for subject in [Subject::Version, Subject::CipherSuite, Subject::Group, Subject::SignatureScheme] {
        let Some(chosen) = choice(&facts, subject) else { continue };
        let better = better(policy, &facts, chosen);
        let retried = match better.is_empty() {
            true => None,
            false => Some(peer.retry(&only(policy, &facts, &better), subject).await),
        };
        steps.push(Step { subject, chosen, better, retried });
    }
    match form {
        Form::Json => output::line(&to_json(policy, &peer, &facts, &steps).to_string()),
        Form::Text => output::block(&to_text(policy, &peer, &facts, &steps, Style::of_stdout())),
    }
    Ok(Status::Done)
}

impl Peer {
    /// From `HOST:PORT`; the port is 443 unless it is there.
    fn parse(text: &str) -> Result<Self, Failure> {
        let bad = || {
            let sentence = format!("--peer {text}: this is no HOST:PORT, as in example.com:443 or [::1]:443");
            Failure::set_up("bad_peer", sentence)
        };
        let is_address = text.matches(':').count() > 1 && !text.contains(']');
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !is_address && !port.ends_with(']') => {
                (host, port.parse().map_err(|_| bad())?)
            }
            _ => (text, 443),
        };
        if host.is_empty() {
            return Err(bad());
        }
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Self { name: address::server_name(&host)?, host, port })
    }

    fn place(&self) -> String {
        host_and_port(&self.host, self.port)
    }

    /// One handshake, and what came of it. Whoever the server is, nothing is told to it.
    async fn connect(&self, policy: &SecurityPolicy) -> Result<Attempt, Failure> {
        let config = ClientConfig::builder()
            .permit_unapproved()
            .policy(policy.clone())
            .server_verification(ServerVerification::Insecure)
            .build()
            .map_err(|error| Failure::set_up("bad_configuration", error.to_string()))?;
        let transport = address::connect(&self.host, self.port).await?;
        let connector = Connector::new(config).handshake_timeout(TIMEOUT);
        match connector.connect(self.name.clone(), transport).await {
            Err(error) => Ok(Attempt::Failed(error)),
            Ok(stream) => stream.facts().cloned().map(Box::new).map(Attempt::Done).ok_or_else(|| {
                Failure::later("no_facts", "the connection ended before it could be looked at")
            }),
        }
    }

    /// Another handshake, for less.
    async fn retry(&self, policy: &SecurityPolicy, subject: Subject) -> Result<Choice, String> {
        match self.connect(policy).await {
            Ok(Attempt::Done(facts)) => choice(&facts, subject).ok_or_else(|| "nothing".to_owned()),
            Ok(Attempt::Failed(error)) => {
                Err(error.tls().map_or_else(|| error.failure().to_string(), |tls| tls.cause().to_string()))
            }
            Err(failure) => Err(failure.sentence().to_owned()),
        }
    }
}

/// A handshake that was tried.
enum Attempt {
    Done(Box<Facts>),
    Failed(HandshakeError<TcpStream>),
}

fn choice(facts: &Facts, subject: Subject) -> Option<Choice> {
    match subject {
        Subject::Version => Some(facts.version.into()),
        Subject::CipherSuite => Some(facts.cipher_suite.into()),
        Subject::Group => Some(facts.group.into()),
        Subject::SignatureScheme => facts.server_signature_scheme.map(Into::into),
    }
}

/// What the policy ranks before what was chosen, of what goes with the version.
fn better(policy: &SecurityPolicy, facts: &Facts, chosen: Choice) -> Vec<Choice> {
    let all: Vec<Choice> = match chosen {
        Choice::Version(_) => {
            let versions = [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2];
            versions.into_iter().filter(|version| policy.supports(*version)).map(Choice::from).collect()
        }
        Choice::CipherSuite(_) => suites(policy, facts.version).into_iter().map(Choice::from).collect(),
        Choice::Group(_) => groups(policy, facts.version).into_iter().map(Choice::from).collect(),
        Choice::SignatureScheme(_) => policy.usable_signature_schemes().map(Choice::from).collect(),
    };
    all.into_iter().take_while(|choice| *choice != chosen).collect()
}

fn suites(policy: &SecurityPolicy, version: ProtocolVersion) -> Vec<CipherSuite> {
    match version {
        ProtocolVersion::TLS1_3 => policy.tls13_suites().map(|suite| suite.id).collect(),
        _ => policy.tls12_suites().map(|suite| suite.id).collect(),
    }
}

fn groups(policy: &SecurityPolicy, version: ProtocolVersion) -> Vec<NamedGroup> {
    match version {
        ProtocolVersion::TLS1_3 => policy.group_tuples().into_iter().flatten().collect(),
        _ => policy.tls12_groups().collect(),
    }
}

/// The policy with nothing but these to choose from.
fn only(policy: &SecurityPolicy, facts: &Facts, better: &[Choice]) -> SecurityPolicy {
    let mut only = SecurityPolicy { cipher_suites: suites(policy, facts.version).into(), ..policy.clone() };
    match better.first() {
        Some(Choice::Version(version)) => only.cipher_suites = suites(policy, *version).into(),
        Some(Choice::CipherSuite(_)) => {
            only.cipher_suites.to_mut().retain(|suite| better.contains(&(*suite).into()));
        }
        Some(Choice::Group(first)) => {
            only.groups.to_mut().retain(|group| better.contains(&(*group).into()));
            only.key_shares = vec![*first].into();
        }
        Some(Choice::SignatureScheme(_)) => {
            only.signature_schemes.to_mut().retain(|scheme| better.contains(&(*scheme).into()));
        }
        None => {}
    }
    only
}

fn to_json(policy: &SecurityPolicy, peer: &Peer, facts: &Facts, steps: &[Step]) -> Value {
    let step = |step: &Step| {
        let took = step.retried.as_ref().and_then(|retried| retried.as_ref().ok());
        let refused = step.retried.as_ref().and_then(|retried| retried.as_ref().err());
        json!({
            "subject": step.subject.to_string(),
            "chosen": step.chosen.to_string(),
            "better": strings(&step.better),
            "better_alone": {
                "took": took.map(ToString::to_string),
                "refused": refused,
            },
        })
    };
    json!({
        "policy": policy.name,
        "peer": peer.place(),
        "post_quantum": facts.post_quantum(),
        "hello_retry_request": facts.hello_retry_request,
        "group_reason": facts.group_reason.to_string(),
        "steps": steps.iter().map(step).collect::<Vec<_>>(),
    })
}

fn strings(choices: &[Choice]) -> Vec<String> {
    choices.iter().map(ToString::to_string).collect()
}

fn to_text(policy: &SecurityPolicy, peer: &Peer, facts: &Facts, steps: &[Step], style: Style) -> String {
    let mut text =
        format!("What a client with the policy {} gets from {}:\n", style.bold(&policy.name), peer.place());
    for step in steps {
        let label = style.bold(&format!("{:<18}", step.subject));
        let is_group = step.subject == Subject::Group;
        let reason = if is_group { format!(": {}", facts.group_reason) } else { String::new() };
        text.push_str(&format!("\n  {label}{}{reason}\n", style.bold(&step.chosen.to_string())));
        let Some(retried) = &step.retried else {
            text.push_str("    the policy has nothing better\n");
            continue;
        };
        text.push_str(&columns::list("    the policy prefers: ", 6, &strings(&step.better)));
        text.push_str(&match retried {
            Ok(took) => format!("    offered only these, the server takes {took}: it has its own order\n"),
            Err(error) => format!("    offered only these, the server takes none: {error}\n"),
        });
    }
    let verdict =
        if facts.post_quantum() { style.good("post-quantum") } else { style.bad("not post-quantum") };
    text.push_str(&format!("\n  {}{verdict}\n", style.bold(&format!("{:<18}", "outcome"))));
    text
}
