use std::fmt;
use std::ops::Range;

use crate::policy::PolicyError;
use crate::{UnknownName, UnknownPolicy};

/// Where something stands in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a text has no third dimension")]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The character in its line, from 1.
    pub column: usize,
}

impl Place {
    /// Where a range of bytes begins; without one, at the beginning.
    pub(super) fn of(source: &str, span: Option<Range<usize>>) -> Self {
        let before = span.and_then(|span| source.get(..span.start)).unwrap_or_default();
        let line = before.split('\n').count();
        let last = before.rsplit('\n').next().unwrap_or_default();
        Self { line, column: last.chars().count().saturating_add(1) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why a file is no policy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyFileError {
    /// It is not TOML.
    Syntax {
        /// Where.
        place: Place,
        /// What was expected, or is not allowed.
        message: String,
    },
    /// A key that must be there is not.
    Missing(&'static str),
    /// The policy to begin with is none.
    UnknownPolicy {
        /// Where.
        place: Place,
        /// What it says, and what there is.
        error: UnknownPolicy,
    },
    /// A key, or the name of something, that is none.
    UnknownName {
        /// Where.
        place: Place,
        /// What it says, and what there is.
        error: UnknownName,
    },
    /// A value of the wrong type.
    WrongType {
        /// Where.
        place: Place,
        /// Whose value it is.
        key: String,
        /// What it should be.
        expected: &'static str,
        /// TOML's word for what it is.
        found: &'static str,
    },
    /// The policy does not build.
    Policy(PolicyError),
}

impl fmt::Display for PolicyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { place, message } => write!(f, "{place}: {message}"),
            Self::Missing(key) => {
                write!(f, "the key `{key}` is missing: begin with name = \"...\" and from = \"...\"")
            }
            Self::UnknownPolicy { place, error } => write!(f, "{place}: {error}"),
            Self::UnknownName { place, error } => write!(f, "{place}: {error}"),
            Self::WrongType { place, key, expected, found } => {
                write!(f, "{place}: `{key}` takes {expected}, not {found}")
            }
            Self::Policy(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for PolicyFileError {}
