//! `s2n`: what is neither a client nor a server.

use crate::failure::Failure;
use crate::program::{Program, Status};
use crate::signer::Signer;
use crate::{demo, fips, policy};

/// Tools around TLS.
#[derive(Debug, clap::Parser)]
#[command(name = "s2n", version)]
pub(crate) struct Tool {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show three TLS handshakes between a client and a server on this machine, and what protects them
    Demo {
        /// Tell it as one line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Tell whether this build's cryptography is a FIPS module's, and what that module says of two connections
    Fips {
        /// Tell it as one line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Look into security policies: what they hold, how they differ, which rules they keep, what they lead to
    Policy(policy::Command),
    Signer(Signer),
}

impl Program for Tool {
    const NAME: &'static str = "s2n";

    fn json(&self) -> bool {
        match &self.command {
            Command::Demo { json } | Command::Fips { json } => *json,
            Command::Policy(policy) => policy.json(),
            Command::Signer(_) => false,
        }
    }

    async fn run(self) -> Result<Status, Failure> {
        match self.command {
            Command::Demo { json } => demo::run(json).await.map(|()| Status::Done),
            Command::Fips { json } => fips::run(json).map(|()| Status::Done),
            Command::Policy(policy) => policy.run().await,
            Command::Signer(signer) => signer.run().await,
        }
    }
}
