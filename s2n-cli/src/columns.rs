//! Text in columns.

use std::fmt::Write;

/// The widest that lines are made, in characters, where they can be broken.
const WIDTH: usize = 100;

/// Rows of cells, each column as wide as its widest cell.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell: &String| len(cell)).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// `items` with commas between them, in lines that end before [`WIDTH`] and begin after `indent`; the first one after
/// `start`, which is as long as it looks.
pub(crate) fn list(start: &str, indent: usize, items: &[String]) -> String {
    let mut text = start.to_owned();
    let mut line = len(start);
    for (index, item) in items.iter().enumerate() {
        let is_last = index.saturating_add(1) == items.len();
        let piece = if is_last { item.clone() } else { format!("{item},") };
        if index > 0 && line.saturating_add(len(&piece)) >= WIDTH {
            let _ = write!(text, "\n{}", " ".repeat(indent));
            line = indent;
        } else if index > 0 {
            text.push(' ');
            line = line.saturating_add(1);
        }
        line = line.saturating_add(len(&piece));
        text.push_str(&piece);
    }
    text.push('\n');
    text
}

fn len(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_they_must_be() {
        let rows = [["a", "b"], ["long", "c"], ["é", ""]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(table(&rows), "a     b\nlong  c\né\n");
        assert_eq!(table(&[]), "");
    }

    #[test]
    fn lists_are_broken_between_items() {
        let items: Vec<String> = (0..30).map(|number| format!("item {number}")).collect();
        let text = list("start: ", 4, &items);
        assert!(text.lines().count() > 1);
        assert!(text.lines().skip(1).all(|line| line.starts_with("    item")), "{text}");
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        assert_eq!(text.split_whitespace().collect::<Vec<_>>().join(" "), {
            format!("start: {}", items.join(", "))
        });
    }
}
