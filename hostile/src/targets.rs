//! The targets.

pub mod client_hellos;
pub mod handshakes;
pub mod messages;
pub mod policies;
pub mod records;
pub mod remote_signer;
pub mod sessions;
pub mod texts;

use crate::bounded::Target;

/// All of them.
pub const ALL: [Target; 8] = [
    Target { name: "client_hellos", run: client_hellos::run, executions: 100_000, outcomes: 8 },
    Target { name: "handshakes", run: handshakes::run, executions: 6_000, outcomes: 15 },
    Target { name: "messages", run: messages::run, executions: 500_000, outcomes: 8 },
    Target { name: "policies", run: policies::run, executions: 2_000, outcomes: 4 },
    Target { name: "records", run: records::run, executions: 3_000, outcomes: 5 },
    Target { name: "remote_signer", run: remote_signer::run, executions: 300_000, outcomes: 3 },
    Target { name: "sessions", run: sessions::run, executions: 200_000, outcomes: 2 },
    Target { name: "texts", run: texts::run, executions: 100_000, outcomes: 4 },
];
