use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use tls_tokio::signer::Signer;
use tls_tokio::signer::pkcs11::Pkcs11Options;
use tls_tokio::tls_core::SignFailureKind;
use tls_tokio::tls_core::ciphersuites::{PublicKey, SignatureScheme};

use crate::support::{Hsm, PIN, alone, open_with, peer, request, runtime, sign, spki, wait_until};

const SCHEME: SignatureScheme = SignatureScheme::ECDSA_SECP256R1_SHA256;

#[test]
fn a_thousand_at_once_are_all_signed() {
    alone("load::a_thousand_at_once_are_all_signed", |hsm| {
        hsm.token("keys");
        hsm.import("keys", "p256", "01");
        let options = Pkcs11Options::new().module(peer("libsofthsm2.so")).pin(PIN);
        let signer = Arc::new(open_with("token=keys", &options).unwrap());
        let public = Arc::new(PublicKey::from_spki(&spki("p256")).unwrap());
        let waited = runtime().block_on(async {
            let tasks: Vec<_> = (0..1000)
                .map(|seed| {
                    let (signer, public) = (Arc::clone(&signer), Arc::clone(&public));
                    let request = request(&signer, SCHEME, seed);
                    tokio::spawn(async move { sign(&signer, &public, &request).await.unwrap().queued })
                })
                .collect();
            let mut waited = Duration::ZERO;
            for task in tasks {
                waited = waited.max(task.await.unwrap());
            }
            waited
        });
        assert!(waited > Duration::ZERO);
        println!("a thousand signatures: the last waited {waited:?}");
    });
}

/// A token that does not answer: what waits for it is bounded, what no longer waits gives its place back, and the rest
/// of the program goes on.
#[test]
fn a_stuck_token_holds_a_bounded_number_and_dropped_ones_go() {
    alone("load::a_stuck_token_holds_a_bounded_number_and_dropped_ones_go", |hsm| {
        hsm.token("keys");
        hsm.import("keys", "p256", "01");
        let server = hsm.serve("keys");
        let threads = NonZeroUsize::new(2).unwrap();
        let options =
            Pkcs11Options::new().module(peer("p11-kit-client.so")).pin(PIN).threads(threads).waiting(8);
        let signer = Arc::new(open_with("token=keys", &options).unwrap());
        let public = PublicKey::from_spki(&spki("p256")).unwrap();
        let spawn = |seed| {
            let (signer, request) = (Arc::clone(&signer), request(&signer, SCHEME, seed));
            tokio::spawn(async move { signer.sign(&request).await })
        };
        runtime().block_on(async {
            server.signal("STOP");
            // Two are with the threads, eight wait.
            let stuck: Vec<_> = (0..2).map(spawn).collect();
            tokio::time::sleep(Duration::from_millis(200)).await;
            let waiting: Vec<_> = (2..10).map(spawn).collect();
            tokio::time::sleep(Duration::from_millis(50)).await;
            let refused = tokio::time::timeout(Duration::from_secs(1), spawn(10)).await.unwrap();
            assert_eq!(refused.unwrap().unwrap_err().kind(), SignFailureKind::Overloaded);

            waiting.iter().take(3).for_each(tokio::task::JoinHandle::abort);
            tokio::time::sleep(Duration::from_millis(50)).await;
            let late: Vec<_> = (11..14).map(spawn).collect();
            tokio::time::sleep(Duration::from_millis(50)).await;
            let refused = tokio::time::timeout(Duration::from_secs(1), spawn(14)).await.unwrap();
            assert_eq!(refused.unwrap().unwrap_err().kind(), SignFailureKind::Overloaded);

            server.signal("CONT");
            for task in stuck.into_iter().chain(waiting.into_iter().skip(3)).chain(late) {
                let signature = task.await.unwrap().unwrap();
                assert!(!signature.bytes.is_empty());
            }
            sign(&signer, &public, &request(&signer, SCHEME, 15)).await.unwrap();
        });
    });
}

/// SoftHSM with so many sessions and no more.
fn limited(hsm: &Hsm, sessions: u32) -> PathBuf {
    let library = hsm.file("limited.so");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .arg(&library)
        .arg(format!("-DMODULE=\"{}\"", peer("libsofthsm2.so").display()))
        .arg(format!("-DSESSIONS={sessions}"))
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pkcs11/limited.c"))
        .status();
    assert!(compiled.expect("a C compiler, which the whole project needs").success());
    library
}

#[test]
fn a_token_with_few_sessions_gets_few_threads() {
    alone("load::a_token_with_few_sessions_gets_few_threads", |hsm| {
        hsm.token("keys");
        hsm.import("keys", "p256", "01");
        let threads = NonZeroUsize::new(8).unwrap();
        let options = Pkcs11Options::new().module(limited(hsm, 3)).pin(PIN).threads(threads);
        let open = || open_with("token=keys", &options);
        let signer = Arc::new(open().unwrap());
        let public = Arc::new(PublicKey::from_spki(&spki("p256")).unwrap());
        runtime().block_on(async {
            let tasks: Vec<_> = (0..100)
                .map(|seed| {
                    let (signer, public) = (Arc::clone(&signer), Arc::clone(&public));
                    let request = request(&signer, SCHEME, seed);
                    tokio::spawn(async move { sign(&signer, &public, &request).await })
                })
                .collect();
            for task in tasks {
                task.await.unwrap().unwrap();
            }
        });
        let error = open().unwrap_err();
        assert_eq!(error.to_string(), "C_OpenSession returned CKR_SESSION_COUNT");
        assert_eq!(error.kind(), SignFailureKind::Overloaded);
        drop(signer);
        wait_until("a signer that is gone gives its sessions back", || open().is_ok());
    });
}
