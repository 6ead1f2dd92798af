//! Tags in comments: which function meets, or shows, which requirement.

use std::fs;
use std::path::Path;

use crate::list::Requirement;

/// One tag.
#[derive(Debug)]
pub(crate) struct Tag {
    clause: String,
    id: String,
    /// Its file, from the repository's root.
    pub(crate) file: String,
    /// The item that it stands before, or else the function that it stands in.
    pub(crate) item: String,
    /// Whether it is in a test.
    pub(crate) is_test: bool,
}

impl Tag {
    pub(crate) fn is_for(&self, requirement: &Requirement) -> bool {
        self.clause == requirement.clause && self.id == requirement.id
    }
}

/// Where code and tests are.
const FOLDERS: [&str; 7] =
    ["ciphersuites", "tls-core", "tls-tokio", "s2n-cli", "interop", "hostile", "tests"];

/// What a tag begins with. In two parts, so that this line is none.
const MARK: &str = concat!("//", "= 9846:");

/// All tags below this folder, in the order of their files.
pub(crate) fn find(root: &Path) -> Vec<Tag> {
    let mut files = Vec::new();
    FOLDERS.iter().for_each(|folder| collect(&root.join(folder), &mut files));
    files.sort();
    let mut tags = Vec::new();
    for path in files {
        let source = fs::read_to_string(&path).unwrap();
        let file = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
        read(&file, &source, &mut tags);
    }
    tags
}

fn collect(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn read(file: &str, source: &str, tags: &mut Vec<Tag>) {
    let is_test = ["tests/", "interop/", "hostile/"].iter().any(|folder| file.starts_with(folder))
        || file.contains("/tests/")
        || file.ends_with("/tests.rs");
    let lines: Vec<&str> = source.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        let Some(tag) = line.trim_start().strip_prefix(MARK) else { continue };
        let (clause, id) = tag.split_once(' ').unwrap_or_else(|| panic!("{file}:{}: no id", number + 1));
        let next = lines[number..].iter().find(|line| !is_passed_over(line));
        let item = next
            .and_then(|line| item(line))
            .or_else(|| lines[..number].iter().rev().find_map(|line| item(line)))
            .unwrap_or_else(|| panic!("{file}:{}: a tag for nothing", number + 1));
        let (clause, id) = (clause.to_owned(), id.trim().to_owned());
        tags.push(Tag { clause, id, file: file.to_owned(), item: item.to_owned(), is_test });
    }
}

/// What may stand between a tag and its item.
fn is_passed_over(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with("//") || line.starts_with("#[")
}

/// The name of the function, constant or type that begins in this line.
fn item(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    words.find(|word| ["fn", "static", "const", "struct", "enum"].contains(word))?;
    let name = words.next()?;
    // `const fn`
    let name = if name == "fn" { words.next()? } else { name };
    name.split(|c: char| !c.is_alphanumeric() && c != '_').next().filter(|name| !name.is_empty())
}
