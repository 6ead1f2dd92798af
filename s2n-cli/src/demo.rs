//! `s2n demo`: a server and a client on this machine, three handshakes over TCP, and what happened in them.

mod authority;
mod cast;
mod flights;
mod json;
mod page;
mod scene;

use tls_core::ciphersuites::{NamedGroup, SecurityPolicy};

use crate::demo::authority::Authority;
use crate::demo::page::Page;
use crate::demo::scene::Scene;
use crate::failure::Failure;
use crate::output;
use crate::style::Style;

/// A handshake to show: what it is about, and the client's policy.
#[derive(Clone, Debug)]
struct Script {
    title: &'static str,
    story: &'static [&'static str],
    client: SecurityPolicy,
    /// What the server says to the client's question.
    answer: &'static str,
}

const OF_NO_USE: &str = "Let them: it is of no use to a quantum computer.";

fn scripts() -> [Script; 3] {
    [
        Script {
            title: "Post-quantum at the first try",
            story: &[
                "The client's ClientHello carries key shares for X25519MLKEM768 (1,216 bytes) and x25519 (32 bytes).",
                "The server takes the first, and is done in one round trip.",
            ],
            client: SecurityPolicy::P20251014,
            answer: OF_NO_USE,
        },
        Script {
            title: "Post-quantum through HelloRetryRequest",
            story: &[
                "This client can do X25519MLKEM768, too, but sends a share for x25519 alone. The server does not settle",
                "for that: it spends a round trip to ask for the post-quantum share, and gets it.",
            ],
            client: SecurityPolicy {
                key_shares: [NamedGroup::X25519].to_vec().into(),
                ..SecurityPolicy::P20251014
            },
            answer: OF_NO_USE,
        },
        Script {
            title: "TLS 1.2, with a client that knows nothing newer",
            story: &[
                "The server is the same and has the same settings: the version is a result. It is as safe as TLS 1.2",
                "can be, which is not post-quantum, shows the certificate to all, and takes two round trips.",
            ],
            client: SecurityPolicy {
                cipher_suites: SecurityPolicy::P20251014.tls12_suites().map(|suite| suite.id).collect(),
                ..SecurityPolicy::P20251014
            },
            answer: "Then a quantum computer may read this one day: let us update you.",
        },
    ]
}

/// Plays the handshakes and shows them.
pub(crate) async fn run(json: bool) -> Result<(), Failure> {
    let authority = Authority::new()?;
    let mut scenes = Vec::new();
    for script in scripts() {
        scenes.push(Scene::play(script, &authority).await?);
    }
    match json {
        true => output::line(&json::of(&scenes).to_string()),
        false => output::block(&Page::new(Style::of_stdout()).render(&scenes)),
    }
    Ok(())
}
