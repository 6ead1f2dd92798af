//! `s2n demo`: a server and a client on this machine, two handshakes over TCP, and what happened in them.

mod authority;
mod flights;
mod json;
mod page;
mod scene;
mod style;

use tls_core::ciphersuites::{NamedGroup, SecurityPolicy};

use crate::demo::authority::Authority;
use crate::demo::page::Page;
use crate::demo::scene::Scene;
use crate::demo::style::Style;
use crate::failure::Failure;
use crate::output;

/// A handshake to show: what it is about, and the client's policy.
#[derive(Clone, Debug)]
struct Script {
    title: &'static str,
    story: &'static [&'static str],
    client: SecurityPolicy,
}

fn scripts() -> [Script; 2] {
    [
        Script {
            title: "Post-quantum at the first try",
            story: &[
                "The client's ClientHello carries key shares for X25519MLKEM768 (1,216 bytes) and x25519 (32 bytes).",
                "The server takes the first, and is done in one round trip.",
            ],
            client: SecurityPolicy::DEFAULT,
        },
        Script {
            title: "Post-quantum through HelloRetryRequest",
            story: &[
                "This client can do X25519MLKEM768, too, but sends a share for x25519 alone. The server does not settle",
                "for that: it spends a round trip to ask for the post-quantum share, and gets it.",
            ],
            client: SecurityPolicy {
                key_shares: [NamedGroup::X25519].to_vec().into(),
                ..SecurityPolicy::DEFAULT
            },
        },
    ]
}

/// Plays both handshakes and shows them.
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
