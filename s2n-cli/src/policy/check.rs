//! `s2n policy check`.

use std::fmt::Write;

use serde_json::{Value, json};
use tls_core::ciphersuites::{Breach, Rule, SecurityPolicy};

use crate::failure::Failure;
use crate::output;
use crate::policy::command::Form;
use crate::policy::{self, rule};
use crate::program::Status;
use crate::style::Style;

/// Judge a policy by rules: exit code 0 if it keeps them all, 1 if not, with every breach
#[derive(Debug, clap::Args)]
pub(super) struct Check {
    /// The policy: its name, or a TOML file
    policy: String,
    /// A rule to judge it by; may be repeated. Without, those that the policy declares
    #[arg(long, value_name = "RULE", value_parser = rule::parse)]
    rule: Vec<Rule>,
}

impl Check {
    pub(super) fn run(self, form: Form) -> Result<Status, Failure> {
        let policy = policy::of_argument(&self.policy)?;
        let rules = match self.rule.as_slice() {
            [] => policy.rules.to_vec(),
            rules => rules.to_vec(),
        };
        if rules.is_empty() {
            let names: Vec<_> = Rule::ALL.into_iter().map(Rule::name).collect();
            let sentence = format!(
                "the policy {} declares no rule; give one with --rule: {}",
                policy.name,
                names.join(", ")
            );
            return Err(Failure::set_up("no_rule", sentence));
        }
        let findings: Vec<_> = rules.into_iter().map(|rule| (rule, rule.breaches(&policy))).collect();
        match form {
            Form::Json => output::line(&json(&policy, &findings).to_string()),
            Form::Text => output::block(&text(&policy, &findings, Style::of_stdout())),
        }
        let is_kept = findings.iter().all(|(_, breaches)| breaches.is_empty());
        Ok(if is_kept { Status::Done } else { Status::No })
    }
}

fn json(policy: &SecurityPolicy, findings: &[(Rule, Vec<Breach>)]) -> Value {
    let breach = |breach: &Breach| json!({ "item": breach.item.to_string(), "reason": breach.reason });
    let finding = |(rule, breaches): &(Rule, Vec<Breach>)| {
        json!({
            "rule": rule.name(),
            "kept": breaches.is_empty(),
            "breaches": breaches.iter().map(breach).collect::<Vec<_>>(),
        })
    };
    json!({ "policy": policy.name, "rules": findings.iter().map(finding).collect::<Vec<_>>() })
}

fn text(policy: &SecurityPolicy, findings: &[(Rule, Vec<Breach>)], style: Style) -> String {
    let mut text = String::new();
    for (rule, breaches) in findings {
        let verdict = match breaches.len() {
            0 => style.good("keeps"),
            _ => style.bad("breaks"),
        };
        let title = format!("{}: {}", rule.name(), rule.title());
        let _ = writeln!(text, "{} {verdict} {title}", style.bold(&policy.name));
        for breach in breaches {
            let _ = writeln!(text, "  {}: {}", breach.item, breach.reason);
        }
    }
    text
}
