//! `s2n policy lint`.

use std::fmt::Write;

use serde_json::{Value, json};
use tls_core::ciphersuites::{ProtocolVersion, SecurityPolicy};
use tls_core::explain::{Explanation, Selection};

use crate::columns;
use crate::failure::Failure;
use crate::output;
use crate::policy;
use crate::policy::command::Form;
use crate::policy::corpus::{self, Recording};
use crate::policy::explain::{keys_of, why_classical};
use crate::policy::list::{is_post_quantum, named};
use crate::program::Status;
use crate::style::Style;

/// Try policies, as a server's, on the recorded ClientHellos of real programs
///
/// Exit code 1 if a policy with post-quantum groups falls back to a classical one with a client that has them, too.
#[derive(Debug, clap::Args)]
pub(super) struct Lint {
    /// The policies: names, or TOML files; without, all that have a name
    policies: Vec<String>,
}

/// What a policy makes of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    PostQuantum,
    PostQuantumAfterRetry,
    Classical,
    Tls12,
    Nothing,
}

/// One policy and one client.
#[derive(Debug)]
struct Cell {
    outcome: Outcome,
    /// Why it is classical though both have post-quantum groups.
    fault: Option<String>,
    explanation: Explanation,
}

impl Lint {
    pub(super) fn run(self, form: Form) -> Result<Status, Failure> {
        let policies = match self.policies.as_slice() {
            [] => named().collect(),
            names => names.iter().map(|name| policy::of_argument(name)).collect::<Result<Vec<_>, _>>()?,
        };
        let clients = corpus::all()?;
        let rows: Vec<(SecurityPolicy, Vec<Cell>)> = policies
            .into_iter()
            .map(|policy| {
                let cells = clients.iter().map(|client| Cell::new(&policy, client)).collect();
                (policy, cells)
            })
            .collect();
        match form {
            Form::Json => output::line(&to_json(&clients, &rows).to_string()),
            Form::Text => output::block(&to_text(&clients, &rows, Style::of_stdout())),
        }
        let is_fine = rows.iter().all(|(_, cells)| cells.iter().all(|cell| cell.fault.is_none()));
        Ok(if is_fine { Status::Done } else { Status::No })
    }
}

impl Cell {
    fn new(policy: &SecurityPolicy, client: &Recording) -> Self {
        let explanation = Explanation::new(policy, &keys_of(policy), &client.hello);
        let outcome = match &explanation.outcome {
            Ok(selection) => Outcome::of(selection),
            Err(_) => Outcome::Nothing,
        };
        let could_be_better = is_post_quantum(policy) && offers_post_quantum(client);
        let falls_back = matches!(outcome, Outcome::Classical | Outcome::Tls12) && could_be_better;
        let fault = falls_back.then(|| why_classical(&explanation));
        Self { outcome, fault, explanation }
    }
}

impl Outcome {
    const ALL: [Self; 5] =
        [Self::PostQuantum, Self::PostQuantumAfterRetry, Self::Classical, Self::Tls12, Self::Nothing];

    fn of(selection: &Selection) -> Self {
        match (selection.group.is_post_quantum(), selection.hello_retry_request) {
            (true, false) => Self::PostQuantum,
            (true, true) => Self::PostQuantumAfterRetry,
            _ if selection.version == ProtocolVersion::TLS1_3 => Self::Classical,
            _ => Self::Tls12,
        }
    }

    /// One letter for the table.
    fn letter(self) -> &'static str {
        match self {
            Self::PostQuantum => "Q",
            Self::PostQuantumAfterRetry => "q",
            Self::Classical => "3",
            Self::Tls12 => "2",
            Self::Nothing => "-",
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Self::PostQuantum => "post-quantum",
            Self::PostQuantumAfterRetry => "post-quantum after a HelloRetryRequest",
            Self::Classical => "classical in TLS 1.3",
            Self::Tls12 => "classical in TLS 1.2",
            Self::Nothing => "no handshake",
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::PostQuantum => "post_quantum",
            Self::PostQuantumAfterRetry => "post_quantum_after_retry",
            Self::Classical => "classical",
            Self::Tls12 => "tls12",
            Self::Nothing => "no_handshake",
        }
    }
}

fn offers_post_quantum(client: &Recording) -> bool {
    let has_tls13 =
        client.hello.versions().is_ok_and(|mut versions| versions.any(|v| v == ProtocolVersion::TLS1_3));
    let groups = client.hello.supported_groups();
    has_tls13 && groups.is_ok_and(|mut groups| groups.any(|group| group.is_post_quantum()))
}

fn to_json(clients: &[Recording], rows: &[(SecurityPolicy, Vec<Cell>)]) -> Value {
    let client = |client: &Recording| {
        json!({
            "name": client.name,
            "program": client.program,
            "version": client.version,
            "recorded": client.recorded,
            "ja4": client.hello.ja4().ok(),
            "offers_post_quantum": offers_post_quantum(client),
        })
    };
    let row = |(policy, cells): &(SecurityPolicy, Vec<Cell>)| {
        let entry = |(client, cell): (&Recording, &Cell)| {
            let selection = cell.explanation.outcome.as_ref().ok();
            json!({
                "client": client.name,
                "outcome": cell.outcome.code(),
                "group": selection.map(|selection| selection.group.to_string()),
                "error": cell.explanation.outcome.as_ref().err().map(|error| error.code()),
                "fault": cell.fault,
            })
        };
        let outcomes: Vec<_> = clients.iter().zip(cells).map(entry).collect();
        json!({ "policy": policy.name, "outcomes": outcomes })
    };
    json!({
        "clients": clients.iter().map(client).collect::<Vec<_>>(),
        "policies": rows.iter().map(row).collect::<Vec<_>>(),
    })
}

fn to_text(clients: &[Recording], rows: &[(SecurityPolicy, Vec<Cell>)], style: Style) -> String {
    let mut text = String::new();
    let numbers = || (1..=clients.len()).map(|number| number.to_string());
    let legend: Vec<_> =
        clients.iter().zip(numbers()).map(|(client, number)| legend(client, number)).collect();
    text.push_str(&columns::table(&legend));
    text.push('\n');
    let heading = std::iter::once("policy".to_owned()).chain(numbers()).collect();
    let row = |(policy, cells): &(SecurityPolicy, Vec<Cell>)| {
        let letters = cells.iter().map(|cell| match cell.fault {
            Some(_) => format!("{}!", cell.outcome.letter()),
            None => cell.outcome.letter().to_owned(),
        });
        std::iter::once(policy.name.to_string()).chain(letters).collect()
    };
    let table: Vec<Vec<String>> = std::iter::once(heading).chain(rows.iter().map(row)).collect();
    text.push_str(&columns::table(&table));
    let meanings = Outcome::ALL.map(|outcome| format!("{} {}", outcome.letter(), outcome.meaning()));
    let meanings: Vec<_> = meanings
        .into_iter()
        .chain(["! falls back though both have post-quantum groups".to_owned()])
        .collect();
    text.push('\n');
    text.push_str(&columns::list("", 0, &meanings));
    for (policy, cells) in rows {
        for (fault, names) in faults(clients, cells) {
            let _ = writeln!(text, "\n{} falls back: {fault}", style.bad(&policy.name));
            text.push_str(&columns::list("  with ", 4, &names));
        }
    }
    text
}

/// The clients with which a policy falls back, by reason.
fn faults<'c>(clients: &[Recording], cells: &'c [Cell]) -> Vec<(&'c str, Vec<String>)> {
    let mut faults: Vec<(&str, Vec<String>)> = Vec::new();
    for (client, cell) in clients.iter().zip(cells) {
        let Some(fault) = cell.fault.as_deref() else { continue };
        match faults.iter_mut().find(|(known, _)| *known == fault) {
            Some((_, names)) => names.push(client.name.to_owned()),
            None => faults.push((fault, vec![client.name.to_owned()])),
        }
    }
    faults
}

fn legend(client: &Recording, number: String) -> Vec<String> {
    let note = if offers_post_quantum(client) { "offers post-quantum" } else { "" };
    vec![
        number,
        client.name.to_owned(),
        format!("{} {}", client.program, client.version),
        client.recorded.clone(),
        note.to_owned(),
    ]
}
