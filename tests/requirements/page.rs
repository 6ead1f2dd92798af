//! The page that is made of the list and the tags.

use std::fmt::Write;

use crate::list::Requirement;
use crate::tags::Tag;

const HEAD: &str = "\
# The requirements of RFC 9846

Made by `REQUIREMENTS=write cargo test -p tests --test requirements` from `docs/requirements/rfc9846.toml`, which has
every MUST and MUST NOT of sections 1 to 9 and the appendices in our own words, and from tags in code and tests of the
form `//= 9846:CLAUSE ID`. The same test fails when a tag points nowhere, when a requirement that concerns us has neither
a test nor a reason, and when this page is stale.

";

/// Markdown.
pub(crate) fn render(requirements: &[Requirement], tags: &[Tag]) -> String {
    let mut page = HEAD.to_owned();
    summary(&mut page, requirements);
    let mut clause = "";
    for requirement in requirements {
        if requirement.clause != clause {
            clause = &requirement.clause;
            let kind = if clause.starts_with(|c: char| c.is_ascii_digit()) { "§" } else { "Appendix " };
            write!(page, "\n## {kind}{clause}\n\n| requirement | met in | shown by |\n|---|---|---|\n")
                .unwrap();
        }
        row(&mut page, requirement, tags);
    }
    page
}

fn summary(page: &mut String, requirements: &[Requirement]) {
    let count = |holds: fn(&Requirement) -> bool| requirements.iter().filter(|each| holds(each)).count();
    let concern = count(|each| each.none.is_none());
    let untested = count(|each| each.untested.is_some());
    let deviate = count(|each| each.deviates.is_some());
    writeln!(
        page,
        "Of {} requirements {concern} concern a client or server like ours. Of these, {} are covered by tests and \
         {untested} are not, for the reason given; {deviate} of them we do not keep to in full, for the reason given.",
        requirements.len(),
        concern - untested,
    )
    .unwrap();
}

fn row(page: &mut String, requirement: &Requirement, tags: &[Tag]) {
    let Requirement { id, by, level, words, .. } = requirement;
    write!(page, "| `{id}` {by} {level} {words}").unwrap();
    for (what, text) in [("Deviation", &requirement.deviates), ("Note", &requirement.note)] {
        if let Some(text) = text {
            write!(page, ". *{what}: {text}*").unwrap();
        }
    }
    if let Some(reason) = &requirement.none {
        writeln!(page, " | | does not concern us: {reason} |").unwrap();
        return;
    }
    let places = |is_test: bool| {
        let found = tags.iter().filter(|tag| tag.is_test == is_test && tag.is_for(requirement));
        found.map(|tag| format!("[{}](../{})", tag.item, tag.file)).collect::<Vec<_>>().join(", ")
    };
    let shown =
        requirement.untested.as_ref().map_or_else(|| places(true), |reason| format!("no test: {reason}"));
    writeln!(page, " | {} | {shown} |", places(false)).unwrap();
}
