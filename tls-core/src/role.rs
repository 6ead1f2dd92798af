//! Which side of a connection something belongs to.

/// Client or server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a connection has two sides")]
pub enum Role {
    /// The side that began.
    Client,
    /// The side that was called.
    Server,
}
