//! The headings of `--help`, which are the same for a client and a server.

pub(crate) const TRUST: &str = "Whom to trust";
pub(crate) const OWN: &str = "Own certificates";
pub(crate) const ELSEWHERE: &str = "Private keys elsewhere";
pub(crate) const SESSIONS: &str = "Resumption and pre-shared keys";
pub(crate) const DATA: &str = "Data";
pub(crate) const OUTPUT: &str = "Output";
