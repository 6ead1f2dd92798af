//! `s2n policy show`.

use std::fmt::{Display, Write};

use tls_core::ciphersuites::{NamedGroup, ProtocolVersion, Rule, SecurityPolicy};

use crate::failure::Failure;
use crate::output;
use crate::policy::command::Form;
use crate::policy::description::Spelling;
use crate::policy::{self, description};
use crate::program::Status;
use crate::style::Style;

/// Show what a policy holds, what of it is refused, and which rules it keeps
#[derive(Debug, clap::Args)]
pub(super) struct Show {
    /// The policy: its name, or a TOML file
    policy: String,
}

impl Show {
    pub(super) fn run(self, form: Form) -> Result<Status, Failure> {
        let policy = policy::of_argument(&self.policy)?;
        match form {
            Form::Json => output::line(&description::of(&policy, Spelling::S2n).to_string()),
            Form::Text => output::block(&text(&policy, Style::of_stdout())),
        }
        Ok(Status::Done)
    }
}

/// How wide the column of labels is.
const LABEL_WIDTH: usize = 18;

fn text(policy: &SecurityPolicy, style: Style) -> String {
    let refused = policy.refused();
    let names: Vec<_> = policy.other_names().collect();
    let also = if names.is_empty() { String::new() } else { format!(", the same as {}", names.join(", ")) };
    let mut text = format!("{}{also}\n", style.bold(&policy.name));
    let certificate_schemes = policy.certificate_signature_schemes.as_deref();
    for (label, lines) in [
        ("versions", versions(policy, &refused.versions)),
        ("cipher suites", members(&policy.cipher_suites, &refused.cipher_suites, |_| Vec::new())),
        ("groups", members(&policy.groups, &refused.groups, |group| traits(policy, *group))),
        ("signatures", members(&policy.signature_schemes, &refused.signature_schemes, |_| Vec::new())),
        (
            "certificates",
            certificate_schemes.map_or_else(
                || vec!["signed with any scheme".to_owned()],
                |schemes| members(schemes, &refused.certificate_signature_schemes, |_| Vec::new()),
            ),
        ),
        ("certificate keys", policy.certificate_keys.as_deref().map_or_else(any, description::strings)),
        ("conditions", conditions(policy)),
        ("rules", Rule::ALL.into_iter().map(|rule| verdict(rule, policy, style)).collect()),
    ] {
        for (index, line) in lines.iter().enumerate() {
            let label = if index == 0 { label } else { "" };
            let _ = writeln!(text, "  {}{line}", style.bold(&format!("{label:<LABEL_WIDTH$}")));
        }
    }
    text
}

fn any() -> Vec<String> {
    vec!["any".to_owned()]
}

fn versions(policy: &SecurityPolicy, refused: &[ProtocolVersion]) -> Vec<String> {
    let known = [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2];
    let usable = known.into_iter().filter(|version| policy.supports(*version));
    let refused = refused.iter().rev().map(|version| format!("{version} (refused)"));
    let lines: Vec<_> = usable.map(|version| version.to_string()).chain(refused).collect();
    if lines.is_empty() { vec!["none".to_owned()] } else { lines }
}

/// A line for each, with what is to be said of it.
fn members<T: Display + PartialEq>(
    list: &[T],
    refused: &[T],
    notes: impl Fn(&T) -> Vec<&'static str>,
) -> Vec<String> {
    let line = |member: &T| {
        let notes = if refused.contains(member) { vec!["refused"] } else { notes(member) };
        match notes.is_empty() {
            true => member.to_string(),
            false => format!("{member} ({})", notes.join(", ")),
        }
    };
    if list.is_empty() { vec!["none".to_owned()] } else { list.iter().map(line).collect() }
}

fn traits(policy: &SecurityPolicy, group: NamedGroup) -> Vec<&'static str> {
    let traits = [
        (group.is_post_quantum(), "post-quantum"),
        (policy.key_shares.contains(&group), "key share"),
        (policy.strongly_preferred_groups.contains(&group), "strongly preferred"),
    ];
    traits.into_iter().filter(|(has, _)| *has).map(|(_, name)| name).collect()
}

fn conditions(policy: &SecurityPolicy) -> Vec<String> {
    let conditions = [
        (policy.post_quantum_required, "post-quantum key exchange is required"),
        (policy.extended_main_secret_required, "TLS 1.2 only with the extended main secret"),
        (policy.certificate_preferences_apply_locally, "what is said of certificates binds own ones, too"),
        (policy.chacha20_boosting, "ChaCha20 comes first with clients that prefer it"),
        (!policy.early_data_allowed, "no early data"),
    ];
    let lines: Vec<_> =
        conditions.into_iter().filter(|(holds, _)| *holds).map(|(_, line)| line.to_owned()).collect();
    if lines.is_empty() { vec!["none".to_owned()] } else { lines }
}

fn verdict(rule: Rule, policy: &SecurityPolicy, style: Style) -> String {
    let declared = if policy.rules.contains(&rule) { " (declared)" } else { "" };
    match rule.breaches(policy).len() {
        0 => format!("{} {}{declared}", style.good("keeps "), rule.name()),
        1 => format!("{} {} (1 breach)", style.bad("breaks"), rule.name()),
        count => format!("{} {} ({count} breaches)", style.bad("breaks"), rule.name()),
    }
}
