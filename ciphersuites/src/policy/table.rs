//! The named policies, those of s2n-tls: one file per family, each in s2n-tls' order.
//!
//! To add one, add a [`Definition`] to its family and a paragraph to `snapshot.txt`. A dated policy never changes; a
//! better one gets a date of its own, and a moving name of [`MOVING`] may then go to it.

use definition::Definition;

mod aws_crt_sdk;
mod cloudfront;
mod cloudfront_upstream;
mod cnsa;
mod dated;
mod dated_until_2019;
mod definition;
mod deprecated;
mod elb;
mod groups;
mod kms;
mod pq;
mod schemes;
mod suites;
mod test;

pub(super) use dated::{P20240503, P20250721, P20251014, P20251015};
#[cfg(test)]
pub(super) use deprecated::all as all_deprecated;
pub(super) use deprecated::deprecated;

/// Names that follow the times, each with the dated policy it stands for today.
const MOVING: [(&str, &str); 8] = [
    ("default", if crate::fips::IS_ENABLED { "20251015" } else { "20251014" }),
    ("default_tls13", "20240503"),
    ("default_fips", "20251015"),
    ("default_pq", "20250721"),
    ("rfc9151", "20251013"),
    ("cnsa_1", "20251013"),
    ("cnsa_2", "20260219"),
    ("cnsa_1_2_interop", "20260220"),
];

/// Second names that do not move.
const FIXED: [(&str, &str); 3] = [
    ("ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS-1-0-2015-05"),
    ("ELBSecurityPolicy-TLS13-1-3-CNSA2-INTEROP1-FIPS-PQ-2026-07", "20260720"),
    ("ELBSecurityPolicy-TLS13-1-2-CNSA2-INTEROP3-FIPS-PQ-2026-07", "20260722"),
];

static FAMILIES: [&[Definition]; 10] = [
    dated::POLICIES,
    elb::POLICIES,
    cloudfront_upstream::POLICIES,
    cloudfront::POLICIES,
    aws_crt_sdk::POLICIES,
    kms::POLICIES,
    pq::POLICIES,
    dated_until_2019::POLICIES,
    cnsa::POLICIES,
    test::POLICIES,
];

fn aliases() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    MOVING.iter().chain(&FIXED)
}

fn definitions() -> impl Iterator<Item = &'static Definition> {
    FAMILIES.iter().copied().flatten()
}

/// The names that follow the times.
pub(super) fn moving() -> impl Iterator<Item = &'static str> {
    MOVING.iter().map(|(name, _)| *name)
}

/// Every name, the moving ones first.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    aliases().map(|(name, _)| *name).chain(definitions().map(|definition| definition.name))
}

/// The other names of the policy that is called `name`: the one it stands for, and those that stand for it.
pub(super) fn other_names(name: &str) -> impl Iterator<Item = &'static str> {
    let own = find(name).map(|(name, definition)| (name, definition.name));
    names().filter(move |other| {
        own.is_some_and(|(name, own)| *other != name && find(other).is_some_and(|(_, it)| it.name == own))
    })
}

/// The name as it is written, and what it stands for.
pub(super) fn find(name: &str) -> Option<(&'static str, &'static Definition)> {
    let alias = aliases().find(|(alias, _)| alias.eq_ignore_ascii_case(name));
    let own = alias.map_or(name, |(_, own)| own);
    let definition = definitions().find(|definition| definition.name.eq_ignore_ascii_case(own))?;
    Some((alias.map_or(definition.name, |(alias, _)| alias), definition))
}
