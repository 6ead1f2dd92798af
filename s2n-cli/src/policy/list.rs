//! `s2n policy list`.

use serde_json::json;
use tls_core::ciphersuites::{ProtocolVersion, Rule, SecurityPolicy, UnknownName};

use crate::columns::table;
use crate::failure::Failure;
use crate::output;
use crate::policy::command::Form;
use crate::policy::rule;
use crate::program::Status;

/// List the security policies that meet every filter
#[derive(Debug, clap::Args)]
pub(super) struct List {
    /// Only those whose name has this in it
    text: Option<String>,
    /// Only those that can agree on a post-quantum key
    #[arg(long)]
    post_quantum: bool,
    /// Only those that can negotiate TLS 1.2
    #[arg(long)]
    tls12: bool,
    /// Only those that can negotiate TLS 1.3
    #[arg(long)]
    tls13: bool,
    /// Only those that keep FIPS 140-3 as s2n-tls understands it; the same as --satisfies fips-140-3
    #[arg(long)]
    fips: bool,
    /// Only those that keep this rule; may be repeated
    #[arg(long, value_name = "RULE", value_parser = rule::parse)]
    satisfies: Vec<Rule>,
    /// Only those that have this cipher suite or group; may be repeated
    #[arg(long, value_name = "SUITE|GROUP")]
    contains: Vec<String>,
}

impl List {
    pub(super) fn run(mut self, form: Form) -> Result<Status, Failure> {
        if self.fips {
            self.satisfies.push(Rule::Fips140_3);
        }
        for name in &self.contains {
            check_member(name)?;
        }
        let policies: Vec<SecurityPolicy> = named().filter(|policy| self.admits(policy)).collect();
        match form {
            Form::Json => {
                let entries: Vec<_> = policies.iter().map(entry).collect();
                output::line(&json!({ "policies": entries }).to_string());
            }
            Form::Text => output::block(&text(&policies)),
        }
        Ok(if policies.is_empty() { Status::No } else { Status::Done })
    }

    fn admits(&self, policy: &SecurityPolicy) -> bool {
        let text = self.text.as_deref().unwrap_or_default().to_ascii_lowercase();
        let has = |name: &String| members(policy).any(|member| member.eq_ignore_ascii_case(name));
        policy.name.to_ascii_lowercase().contains(&text)
            && (!self.post_quantum || is_post_quantum(policy))
            && (!self.tls12 || policy.supports(ProtocolVersion::TLS1_2))
            && (!self.tls13 || policy.supports(ProtocolVersion::TLS1_3))
            && self.satisfies.iter().all(|rule| rule.breaches(policy).is_empty())
            && self.contains.iter().all(has)
    }
}

/// Every policy.
pub(super) fn named() -> impl Iterator<Item = SecurityPolicy> {
    SecurityPolicy::names().filter_map(|name| SecurityPolicy::by_name(name).ok())
}

/// Whether a policy can agree on a post-quantum key.
pub(super) fn is_post_quantum(policy: &SecurityPolicy) -> bool {
    policy.supports(ProtocolVersion::TLS1_3) && policy.usable_groups().any(|group| group.is_post_quantum())
}

/// The registered names of its suites and groups.
fn members(policy: &SecurityPolicy) -> impl Iterator<Item = &'static str> {
    let suites = policy.cipher_suites.iter().filter_map(|suite| suite.name());
    suites.chain(policy.groups.iter().filter_map(|group| group.name()))
}

/// A name that no policy has is a slip.
fn check_member(name: &str) -> Result<(), Failure> {
    let mut known: Vec<&str> = named().flat_map(|policy| members(&policy).collect::<Vec<_>>()).collect();
    known.sort_unstable();
    known.dedup();
    match known.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        true => Ok(()),
        false => {
            let error = UnknownName::among("cipher suite or group", name, known.into_iter());
            Err(Failure::set_up("unknown_member", error.to_string()))
        }
    }
}

fn versions(policy: &SecurityPolicy) -> String {
    let versions = [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3];
    let usable = versions.into_iter().filter(|version| policy.supports(*version));
    let numbers: Vec<_> = usable.map(|version| version.to_string().replace("TLS ", "")).collect();
    if numbers.is_empty() { "none left".to_owned() } else { numbers.join(" ") }
}

fn key_exchange(policy: &SecurityPolicy) -> &'static str {
    let is_usable = policy.supports(ProtocolVersion::TLS1_3) || policy.supports(ProtocolVersion::TLS1_2);
    match (is_post_quantum(policy), policy.post_quantum_required) {
        _ if !is_usable => "",
        (true, true) => "post-quantum only",
        (true, false) => "post-quantum",
        (false, _) => "classical",
    }
}

fn rules(policy: &SecurityPolicy) -> Vec<&'static str> {
    Rule::ALL.into_iter().filter(|rule| rule.breaches(policy).is_empty()).map(Rule::name).collect()
}

fn entry(policy: &SecurityPolicy) -> serde_json::Value {
    let versions = [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3];
    let usable = versions.iter().filter(|version| policy.supports(**version));
    json!({
        "name": policy.name,
        "versions": usable.map(ToString::to_string).collect::<Vec<_>>(),
        "post_quantum": is_post_quantum(policy),
        "rules_kept": rules(policy),
    })
}

fn text(policies: &[SecurityPolicy]) -> String {
    let heading = ["policy", "TLS", "key exchange", "keeps"].map(str::to_owned).to_vec();
    let row = |policy: &SecurityPolicy| {
        vec![
            policy.name.to_string(),
            versions(policy),
            key_exchange(policy).to_owned(),
            rules(policy).join(" "),
        ]
    };
    let count = match policies.len() {
        0 => "no policy is like that\n".to_owned(),
        1 => "1 policy\n".to_owned(),
        count => format!("{count} policies\n"),
    };
    let rows: Vec<_> = std::iter::once(heading).chain(policies.iter().map(row)).collect();
    if policies.is_empty() { count } else { format!("{}\n{count}", table(&rows)) }
}
