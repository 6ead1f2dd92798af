use ::tests::authority::Authority;
use tls_core::ciphersuites::{KeyType, PrivateKey};
use tls_core::{Role, SignPurpose};

use super::*;
use crate::signer::{Limits, LocalSigner, SignerExt};

fn request(key: KeyId, fill: u8) -> SignRequest {
    let transcript_hash = tls_core::ciphersuites::Hash::Sha256.digest(&[fill]);
    let purpose = SignPurpose::Tls13CertificateVerify { signer: Role::Server, transcript_hash };
    SignRequest::new(key, KeyType::EcdsaP256, SignatureScheme::ECDSA_SECP256R1_SHA256, purpose)
}

#[tokio::test]
async fn outcomes_are_counted_by_key() {
    let pem = Authority::new().localhost();
    let local = LocalSigner::new(PrivateKey::from_pem(pem.key.as_bytes()).unwrap());
    let (known, unknown) = (local.key_id(), KeyId::from_bytes([7; 32]));
    let metrics = Metrics::new();
    let signer = local.with_metrics(&metrics);
    for fill in 0..3 {
        signer.sign(&request(known, fill)).await.unwrap();
    }
    signer.sign(&request(unknown, 0)).await.unwrap_err();
    let request = request(known, 9);
    drop(signer.sign(&request));
    let snapshot = metrics.snapshot();
    assert_eq!((snapshot.in_flight, snapshot.keys.len()), (0, 2));
    for row in snapshot.keys {
        let is_known = row.key.unwrap().0 == known;
        let expected = if is_known { (3, 3, 0) } else { (0, 0, 1) };
        assert_eq!((row.signed.count(), row.queued.count(), row.failed.count()), expected);
        assert_eq!(row.failures.contains(&(SignFailureKind::UnknownKey, 1)), !is_known);
        // A future that was never polled never was a request.
        assert_eq!(row.cancelled.count(), 0);
    }
}

/// One at a time, and each takes ten milliseconds: the fifth waits forty.
#[tokio::test(start_paused = true)]
async fn waiting_and_signing_are_told_apart() {
    #[derive(Debug)]
    struct Slow(LocalSigner);

    impl Signer for Slow {
        fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
            Box::pin(async {
                tokio::time::sleep(Duration::from_millis(10)).await;
                self.0.sign(request).await
            })
        }
    }

    let pem = Authority::new().localhost();
    let local = LocalSigner::new(PrivateKey::from_pem(pem.key.as_bytes()).unwrap());
    let (key, metrics) = (local.key_id(), Metrics::new());
    let signer = Arc::new(Slow(local).with_limit(Limits::new(1, 10), &metrics).with_metrics(&metrics));
    let mut asked = tokio::task::JoinSet::new();
    for fill in 0..5 {
        let signer = Arc::clone(&signer);
        asked.spawn(async move { signer.sign(&request(key, fill)).await.map(drop) });
    }
    assert!(asked.join_all().await.iter().all(Result::is_ok));
    let [row] = &metrics.snapshot().keys[..] else { panic!("one key, one scheme") };
    let millis = |times: u64| Duration::from_millis(times);
    assert_eq!((row.queued.total(), row.signed.total()), (millis(10 + 20 + 30 + 40), millis(50)));
    assert!((millis(40)..=millis(50)).contains(&row.queued.percentile(100).unwrap()));
}

/// Whoever makes up keys fills no memory.
#[tokio::test]
async fn rows_are_bounded() {
    let pem = Authority::new().localhost();
    let local = LocalSigner::new(PrivateKey::from_pem(pem.key.as_bytes()).unwrap());
    let metrics = Metrics::new();
    let signer = local.with_metrics(&metrics);
    for index in 0..2_000_u16 {
        let mut key = [0; 32];
        key[..2].copy_from_slice(&index.to_be_bytes());
        signer.sign(&request(KeyId::from_bytes(key), 0)).await.unwrap_err();
    }
    let snapshot = metrics.snapshot();
    assert_eq!(snapshot.keys.len(), MOST_ROWS);
    assert_eq!(snapshot.others.failures, [(SignFailureKind::UnknownKey, 2_000 - 1024)]);
}
