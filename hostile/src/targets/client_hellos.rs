//! ClientHellos: as callers look at them, as a server explains what it would choose, and as a server takes them.

use std::sync::{Arc, LazyLock};

use tests::authority::Authority;
use tests::pair::{End, now, server_builder};
use tests::scenario::keys;
use tests::wire::{content_type, record};
use tls_core::ciphersuites::SecurityPolicy;
use tls_core::explain::Explanation;
use tls_core::{ClientHello, Connection, Error, ImportedIdentity, PreSharedKeys, ServerConfig, Who};

use crate::bounded::Outcome;

static SERVER: LazyLock<Arc<ServerConfig>> = LazyLock::new(|| {
    let builder = server_builder(&Authority::new()).policy(SecurityPolicy::P20251014);
    let builder = builder.alpn(["h2", "http/1.1"]).retry_cookie(true);
    builder.pre_shared_keys(PreSharedKeys::Known(keys())).build().unwrap()
});

/// What is no ClientHello, the server refuses. What it chooses is what was explained.
pub fn run(input: &[u8]) -> Outcome {
    let hello = ClientHello::from_bytes(input);
    let mut server = End::new(Connection::server(Arc::clone(&SERVER), now()).unwrap());
    match input.first() {
        Some(1) => {
            input.chunks(1 << 14).for_each(|chunk| server.deliver(&record(content_type::HANDSHAKE, chunk)))
        }
        _ => server.deliver(input),
    }
    assert!(!server.established, "by a ClientHello alone");
    let Ok(hello) = hello else { return server.error.as_ref().map_or("incomplete", Error::code) };
    look_at(&hello).unwrap_or_else(|error| assert_eq!(error.who(), Who::Peer, "{error}"));
    let explanation =
        Explanation::new(&SecurityPolicy::P20251014, &[tls_core::ciphersuites::KeyType::EcdsaP256], &hello);
    match (&explanation.outcome, &server.error) {
        (Ok(selection), _) if selection.hello_retry_request => "explained: retry",
        (Ok(_), None) => "explained",
        (Ok(_), Some(error)) | (Err(error), _) => {
            // Not every refusal is one of negotiation.
            assert!(error.alert_sent().is_some(), "{error}");
            error.code()
        }
    }
}

fn look_at(hello: &ClientHello) -> Result<(), Error> {
    let _ = hello.cipher_suites().count() + hello.extensions().count();
    let ja4 = hello.ja4();
    hello.versions()?.count();
    hello.server_name()?;
    hello.alpn()?.count();
    hello.supported_groups()?.count();
    hello.key_shares()?.count();
    hello.signature_algorithms()?.count();
    hello.signature_algorithms_cert()?.count();
    hello.psk_key_exchange_modes()?.count();
    for identity in hello.pre_shared_key_identities()? {
        if let Some(imported) = ImportedIdentity::from_bytes(identity) {
            assert!(imported.external_identity.len() + imported.context.len() + 8 == identity.len());
        }
    }
    assert!(ja4?.is_ascii(), "fit for a log");
    Ok(())
}
