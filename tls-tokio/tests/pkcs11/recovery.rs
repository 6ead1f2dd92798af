use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tls_tokio::signer::pkcs11::{Pkcs11Options, Pkcs11Signer};
use tls_tokio::tls_core::SignFailureKind;
use tls_tokio::tls_core::ciphersuites::{PublicKey, SignatureScheme};

use crate::support::{Hsm, PIN, alone, open_with, peer, request, runtime, sign, spki};

const SCHEME: SignatureScheme = SignatureScheme::ECDSA_SECP256R1_SHA256;

fn behind_a_socket(hsm: &Hsm) -> (Pkcs11Signer, PublicKey) {
    hsm.token("keys");
    hsm.import("keys", "p256", "01");
    let _server = hsm.serve("keys");
    let options = Pkcs11Options::new().module(peer("p11-kit-client.so")).pin(PIN);
    (open_with("token=keys", &options).unwrap(), PublicKey::from_spki(&spki("p256")).unwrap())
}

/// The server was gone and is back when the next signature is asked for: whoever asks does not notice.
#[test]
fn a_token_that_was_restarted_in_between_is_not_noticed() {
    alone("recovery::a_token_that_was_restarted_in_between_is_not_noticed", |hsm| {
        let (signer, public) = behind_a_socket(hsm);
        for round in 0..3 {
            let _server = hsm.serve("keys");
            for seed in 0..20 {
                runtime()
                    .block_on(sign(&signer, &public, &request(&signer, SCHEME, seed)))
                    .unwrap_or_else(|failure| panic!("round {round}, signature {seed}: {failure}"));
            }
        }
    });
}

/// Under load, the server killed and, half a second later, started again.
#[test]
fn a_token_that_is_killed_under_load_and_comes_back_is_found_again() {
    alone("recovery::a_token_that_is_killed_under_load_and_comes_back_is_found_again", |hsm| {
        let (signer, public) = behind_a_socket(hsm);
        let (signer, public) = (Arc::new(signer), Arc::new(public));
        let server = hsm.serve("keys");
        runtime().block_on(async {
            let is_done = Arc::new(AtomicBool::new(false));
            let clients: Vec<_> = (0..8)
                .map(|client| tokio::spawn(keep_signing(Arc::clone(&signer), Arc::clone(&public), client, Arc::clone(&is_done))))
                .collect();
            tokio::time::sleep(Duration::from_millis(500)).await;
            server.kill();
            let killed = Instant::now();
            tokio::time::sleep(Duration::from_millis(500)).await;
            let _server = hsm.serve("keys");
            let back = Instant::now();
            tokio::time::sleep(Duration::from_secs(3)).await;
            is_done.store(true, Ordering::SeqCst);
            let (mut signed, mut failed) = (Vec::new(), Vec::new());
            for client in clients {
                let (client_signed, client_failed) = client.await.unwrap();
                signed.extend(client_signed);
                failed.extend(client_failed);
            }
            let first = signed.iter().filter(|at| **at > back).min().expect("it recovers");
            let down = failed.iter().filter(|at| **at > back).max();
            println!(
                "token killed, back after {:?}: {} signed, {} failed; first signature {:?} after it was back, last failure {:?}",
                back - killed, signed.len(), failed.len(), *first - back, down.map(|at| *at - back),
            );
            assert!(!failed.is_empty());
            assert!(*first - back < Duration::from_secs(2), "it takes {:?} to recover", *first - back);
        });
    });
}

/// Signs until told not to; says when signatures were made, and when they failed.
async fn keep_signing(
    signer: Arc<Pkcs11Signer>,
    public: Arc<PublicKey>,
    client: u32,
    is_done: Arc<AtomicBool>,
) -> (Vec<Instant>, Vec<Instant>) {
    let (mut signed, mut failed) = (Vec::new(), Vec::new());
    for seed in client * 1_000_000.. {
        if is_done.load(Ordering::SeqCst) {
            break;
        }
        match sign(&signer, &public, &request(&signer, SCHEME, seed)).await {
            Ok(_) => signed.push(Instant::now()),
            Err(failure) => {
                assert_eq!(failure.kind(), SignFailureKind::Unavailable, "{failure}");
                failed.push(Instant::now());
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
    }
    (signed, failed)
}
