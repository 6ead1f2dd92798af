//! `s2n policy diff`.

use std::fmt::Write;

use serde_json::{Map, Value, json};
use tls_core::ciphersuites::SecurityPolicy;

use crate::failure::Failure;
use crate::output;
use crate::policy::command::Form;
use crate::policy::description::Spelling;
use crate::policy::{self, description};
use crate::program::Status;
use crate::style::Style;

/// Compare two policies: exit code 0 if they are the same, 1 if not
#[derive(Debug, clap::Args)]
pub(super) struct Diff {
    /// A policy: its name, or a TOML file
    from: String,
    /// Another one
    to: String,
}

/// How something in two policies differs.
#[derive(Debug, PartialEq, Eq)]
enum Difference {
    /// Lists of different members.
    Members { removed: Vec<Value>, added: Vec<Value> },
    /// Lists of the same members.
    Order { from: Value, to: Value },
    /// Anything else.
    Value { from: Value, to: Value },
}

/// What names a policy, and what follows from the rest.
const NOT_COMPARED: [&str; 4] = ["name", "aliases", "rules_kept", "refused"];

impl Diff {
    pub(super) fn run(self, form: Form) -> Result<Status, Failure> {
        let from = policy::of_argument(&self.from)?;
        let to = policy::of_argument(&self.to)?;
        let differences = compare(&from, &to);
        match form {
            Form::Json => output::line(&to_json(&from, &to, &differences).to_string()),
            Form::Text => output::block(&to_text(&from, &to, &differences, Style::of_stdout())),
        }
        Ok(if differences.is_empty() { Status::Done } else { Status::No })
    }
}

/// By the keys of a description.
fn compare(from: &SecurityPolicy, to: &SecurityPolicy) -> Vec<(String, Difference)> {
    let (from, to) = (description::of(from, Spelling::Registered), description::of(to, Spelling::Registered));
    let keys = from.as_object().into_iter().flat_map(Map::keys);
    let keys = keys.filter(|key| !NOT_COMPARED.contains(&key.as_str()));
    keys.filter_map(|key| Some((key.clone(), difference(from.get(key)?, to.get(key)?)?))).collect()
}

fn difference(from: &Value, to: &Value) -> Option<Difference> {
    if from == to {
        return None;
    }
    let (from, to) = (from.clone(), to.clone());
    let (Value::Array(a), Value::Array(b)) = (&from, &to) else {
        return Some(Difference::Value { from, to });
    };
    let missing = |list: &[Value], other: &[Value]| -> Vec<Value> {
        list.iter().filter(|member| !other.contains(member)).cloned().collect()
    };
    let (removed, added) = (missing(a, b), missing(b, a));
    Some(match removed.is_empty() && added.is_empty() {
        true => Difference::Order { from, to },
        false => Difference::Members { removed, added },
    })
}

fn to_json(from: &SecurityPolicy, to: &SecurityPolicy, differences: &[(String, Difference)]) -> Value {
    let entry = |(key, difference): &(String, Difference)| {
        let value = match difference {
            Difference::Members { removed, added } => json!({ "removed": removed, "added": added }),
            Difference::Order { from, to } | Difference::Value { from, to } => {
                json!({ "from": from, "to": to })
            }
        };
        (key.clone(), value)
    };
    let differences: Map<String, Value> = differences.iter().map(entry).collect();
    json!({ "from": from.name, "to": to.name, "differences": differences })
}

fn to_text(
    from: &SecurityPolicy,
    to: &SecurityPolicy,
    differences: &[(String, Difference)],
    style: Style,
) -> String {
    if differences.is_empty() {
        return format!("{} and {} are the same\n", from.name, to.name);
    }
    let mut text = format!("From {} to {}:\n", style.bold(&from.name), style.bold(&to.name));
    for (key, difference) in differences {
        let note = if matches!(difference, Difference::Order { .. }) { ", in another order" } else { "" };
        let _ = writeln!(text, "\n{}{note}", style.bold(&key.replace('_', " ")));
        let (gone, new) = match difference {
            Difference::Members { removed, added } => (plain(removed), plain(added)),
            Difference::Order { from, to } | Difference::Value { from, to } => (values(from), values(to)),
        };
        gone.iter().for_each(|value| {
            let _ = writeln!(text, "{}", style.bad(&format!("  - {value}")));
        });
        new.iter().for_each(|value| {
            let _ = writeln!(text, "{}", style.good(&format!("  + {value}")));
        });
    }
    text
}

/// One line for each part of a value.
fn values(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => plain(list),
        Value::Object(map) => map.iter().map(|(key, value)| format!("{key}: {}", word(value))).collect(),
        value => vec![word(value)],
    }
}

fn plain(list: &[Value]) -> Vec<String> {
    list.iter().map(word).collect()
}

fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "any".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_order_and_values_are_told_apart() {
        let list = |text: &str| -> Value { text.split(' ').collect() };
        assert_eq!(difference(&list("a b"), &list("a b")), None);
        assert_eq!(
            difference(&list("a b c"), &list("c d a")),
            Some(Difference::Members { removed: vec!["b".into()], added: vec!["d".into()] })
        );
        assert!(matches!(difference(&list("a b"), &list("b a")), Some(Difference::Order { .. })));
        assert!(matches!(difference(&Value::Null, &list("a")), Some(Difference::Value { .. })));
    }
}
