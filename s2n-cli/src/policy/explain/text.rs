//! An explanation for people.

use std::fmt::Write;

use tls_core::ClientHello;
use tls_core::ciphersuites::SecurityPolicy;
use tls_core::explain::{Choice, Explanation, Selection, Step, Subject, Why};

use crate::columns;
use crate::style::Style;

/// How wide the column of subjects is.
const SUBJECT_WIDTH: usize = 18;

/// How many items are told for each reason: enough to see the point. JSON has them all.
const SHOWN: usize = 8;

pub(super) fn of(
    policy: &SecurityPolicy,
    source: &str,
    hello: &ClientHello,
    explanation: &Explanation,
    style: Style,
) -> String {
    let ja4 = hello.ja4().map(|ja4| format!(" (JA4 {ja4})")).unwrap_or_default();
    let mut text =
        format!("What a server with the policy {} chooses for {source}{ja4}:\n", style.bold(&policy.name));
    let selection = explanation.outcome.as_ref().ok();
    for step in &explanation.steps {
        text.push_str(&self::step(step, selection, style));
    }
    let verdict = match &explanation.outcome {
        Ok(selection) if selection.group.is_post_quantum() => style.good("post-quantum"),
        Ok(_) => format!("{}: {}", style.bad("not post-quantum"), why_classical(explanation)),
        Err(error) => format!("{}: {error}", style.bad("nothing is agreed on")),
    };
    let _ = writeln!(text, "\n  {}{verdict}", label("outcome", style));
    text
}

fn label(text: &str, style: Style) -> String {
    style.bold(&format!("{text:<SUBJECT_WIDTH$}"))
}

fn step(step: &Step, selection: Option<&Selection>, style: Style) -> String {
    let chosen = step.chosen.map_or_else(|| "none".to_owned(), |chosen| chosen.to_string());
    let reason = selection.filter(|_| step.subject == Subject::Group);
    let reason = reason.map_or_else(String::new, |selection| format!(": {}", selection.group_reason));
    let mut text =
        format!("\n  {}{}{reason}\n", label(&step.subject.to_string(), style), style.bold(&chosen));
    for (why, mut items) in by_reason(step) {
        let hidden = items.len().saturating_sub(SHOWN);
        items.truncate(SHOWN);
        items.extend((hidden > 0).then(|| format!("and {hidden} more")));
        text.push_str(&columns::list(&format!("    {why}: "), 6, &items));
    }
    text
}

/// What was passed over, by reason, in the order in which the reasons first come.
fn by_reason(step: &Step) -> Vec<(Why, Vec<String>)> {
    let mut reasons: Vec<(Why, Vec<String>)> = Vec::new();
    for (item, why) in &step.passed_over {
        match reasons.iter_mut().find(|(reason, _)| reason == why) {
            Some((_, items)) => items.push(item.to_string()),
            None => reasons.push((*why, vec![item.to_string()])),
        }
    }
    reasons
}

/// Why no post-quantum group was chosen.
pub(crate) fn why_classical(explanation: &Explanation) -> String {
    let groups = explanation.steps.iter().find(|step| step.subject == Subject::Group);
    let passed_over = groups.into_iter().flat_map(|step| &step.passed_over);
    let hybrids: Vec<_> = passed_over
        .filter(|(item, _)| matches!(item, Choice::Group(group) if group.is_post_quantum()))
        .collect();
    let offered = hybrids.iter().find(|(_, why)| *why != Why::NotOffered);
    match offered.or(hybrids.first()) {
        Some((_, Why::NotOffered)) => "the client offers none of the policy's post-quantum groups".to_owned(),
        Some((group, why)) => format!("the client offers {group}, but {why}"),
        None => "neither the policy nor the client has a post-quantum group".to_owned(),
    }
}
