use crate::UnknownName;

/// How many letters may be wrong in a name for it still to be taken for a known one.
const MAX_DISTANCE: usize = 3;

/// The known name that `name` is most likely a slip of, if it is near any.
pub(super) fn nearest(name: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    known
        .map(|candidate| (distance(&name, &candidate.to_ascii_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= MAX_DISTANCE)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

impl UnknownName {
    /// Says that nothing of this kind has this name, and what of `known` comes nearest.
    pub fn among(kind: &'static str, name: &str, known: impl Iterator<Item = &'static str> + Clone) -> Self {
        let nearest = nearest(name, known.clone());
        Self { kind, name: name.to_owned(), nearest, known: known.collect() }
    }
}

/// The number of characters to insert, delete or replace to turn `a` into `b` (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        // `diagonal` and `left` are the previous row's and this row's entry one column back.
        let mut diagonal = i;
        let mut left = i.saturating_add(1);
        let mut entries = row.iter_mut();
        if let Some(first) = entries.next() {
            *first = left;
        }
        for (entry, to) in entries.zip(b.chars()) {
            let replaced = diagonal.saturating_add(usize::from(from != to));
            diagonal = *entry;
            left = replaced.min(left.saturating_add(1)).min(entry.saturating_add(1));
            *entry = left;
        }
    }
    row.last().copied().unwrap_or(0)
}
