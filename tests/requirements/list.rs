//! The list of requirements, as the file has it.

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// One requirement, in our own words.
#[derive(Debug)]
pub(crate) struct Requirement {
    pub(crate) clause: String,
    /// Unique within its clause.
    pub(crate) id: String,
    /// Whom it binds.
    pub(crate) by: String,
    /// `must` or `must-not`.
    pub(crate) level: &'static str,
    pub(crate) words: String,
    /// Why it does not concern us.
    pub(crate) none: Option<String>,
    /// Why there is no test.
    pub(crate) untested: Option<String>,
    /// How and why we do otherwise.
    pub(crate) deviates: Option<String>,
    /// What else there is to say.
    pub(crate) note: Option<String>,
}

impl Requirement {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.clause, self.id)
    }
}

type Entry<'t, 'i> = (&'t Spanned<DeString<'i>>, &'t Spanned<DeValue<'i>>);

/// The entries of a table as they stand in the file.
fn in_order<'t, 'i>(table: &'t DeTable<'i>) -> Vec<Entry<'t, 'i>> {
    let mut entries: Vec<Entry<'t, 'i>> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

fn table<'t, 'i>(value: &'t Spanned<DeValue<'i>>) -> &'t DeTable<'i> {
    match value.get_ref() {
        DeValue::Table(table) => table,
        other => panic!("a table was expected, not {other:?}"),
    }
}

/// Every field must be known, and a text.
fn requirement(clause: &str, id: &str, fields: &DeTable<'_>) -> Requirement {
    const KNOWN: [&str; 7] = ["by", "must", "must-not", "none", "untested", "deviates", "note"];
    for (key, _) in fields {
        assert!(KNOWN.contains(&key.get_ref().as_ref()), "{clause} {id}: unknown field {key:?}");
    }
    let text = |key: &str| {
        fields.get(key).map(|value| match value.get_ref() {
            DeValue::String(text) if !text.is_empty() => text.to_string(),
            other => panic!("{clause} {id}: {key} is {other:?}, and should be a text"),
        })
    };
    let (level, words) = match (text("must"), text("must-not")) {
        (Some(words), None) => ("must", words),
        (None, Some(words)) => ("must not", words),
        _ => panic!("{clause} {id}: one of must and must-not is needed"),
    };
    let by = text("by").unwrap_or_else(|| panic!("{clause} {id}: whom does it bind?"));
    let [none, untested, deviates, note] = ["none", "untested", "deviates", "note"].map(text);
    Requirement {
        clause: clause.to_owned(),
        id: id.to_owned(),
        by,
        level,
        words,
        none,
        untested,
        deviates,
        note,
    }
}

pub(crate) fn read(source: &str) -> Vec<Requirement> {
    let clauses = DeTable::parse(source).expect("TOML");
    let mut requirements = Vec::new();
    for (clause, entries) in in_order(clauses.get_ref()) {
        for (id, fields) in in_order(table(entries)) {
            requirements.push(requirement(clause.get_ref(), id.get_ref(), table(fields)));
        }
    }
    requirements
}
