//! The requirement matrix of RFC 9846: each requirement (`docs/requirements/rfc9846.toml`), where it is met, and the tests
//! that show it, by tags in comments of the form `//= 9846:CLAUSE ID` before a function or in it. The page
//! `docs/requirements.md` is made of them:
//!
//! ```text
//! REQUIREMENTS=write cargo test -p tests --test requirements
//! ```

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod list;
mod page;
mod tags;

use std::fs;
use std::path::{Path, PathBuf};

use list::Requirement;
use tags::Tag;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

fn matrix() -> (Vec<Requirement>, Vec<Tag>) {
    let source = fs::read_to_string(root().join("docs/requirements/rfc9846.toml")).unwrap();
    (list::read(&source), tags::find(&root()))
}

#[test]
fn every_tag_points_at_a_requirement() {
    let (requirements, tags) = matrix();
    let lost: Vec<&Tag> =
        tags.iter().filter(|tag| !requirements.iter().any(|requirement| tag.is_for(requirement))).collect();
    assert!(lost.is_empty(), "tags for what is not in docs/requirements/rfc9846.toml: {lost:#?}");
}

#[test]
fn what_does_not_concern_us_has_no_tags() {
    let (requirements, tags) = matrix();
    for requirement in requirements.iter().filter(|requirement| requirement.none.is_some()) {
        let tag = tags.iter().find(|tag| tag.is_for(requirement));
        assert!(
            tag.is_none(),
            "{} says why it does not concern us, and has a tag: {tag:?}",
            requirement.name()
        );
    }
}

#[test]
fn every_requirement_that_concerns_us_is_shown() {
    let (requirements, tags) = matrix();
    let mut missing = Vec::new();
    for requirement in requirements.iter().filter(|requirement| requirement.none.is_none()) {
        let is_shown = tags.iter().any(|tag| tag.is_test && tag.is_for(requirement));
        if is_shown == requirement.untested.is_some() {
            missing.push(requirement.name());
        }
    }
    assert!(missing.is_empty(), "neither a tag in a test nor a reason, or both: {missing:#?}");
}

#[test]
fn the_page_is_up_to_date() {
    let (requirements, tags) = matrix();
    let (path, page) = (root().join("docs/requirements.md"), page::render(&requirements, &tags));
    if std::env::var_os("REQUIREMENTS").is_some_and(|value| value == "write") {
        fs::write(&path, &page).unwrap();
    }
    let is_current = fs::read_to_string(&path).is_ok_and(|found| found == page);
    assert!(
        is_current,
        "docs/requirements.md is stale: REQUIREMENTS=write cargo test -p tests --test requirements"
    );
}
