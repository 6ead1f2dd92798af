//! Who may ask for what, how often, and in what time.

use std::time::{Duration, Instant};

use tests::authority::Authority;
use tls_tokio::signer::Signer;
use tls_tokio::signer::remote::{AllowedClient, AuditEvent, Endpoint, Outcome, Use};
use tls_tokio::tls_core::ciphersuites::{KeyType, SignatureScheme};
use tls_tokio::tls_core::{KeyId, Role, SignFailureKind, SignPurpose, SignRequest};

use super::{
    Running, Site, Slow, Stuck, assert_fails, is_signed, local, public, request, tls12_server, tls13,
};
use crate::support::in_time;

#[tokio::test]
async fn a_client_may_use_the_keys_and_the_uses_that_it_was_given() {
    let site = Site::new();
    let other = site.authority.localhost();
    let client = site.allowed().only_keys([public(&site.key).key_id()]).only_uses([Use::Tls13Server]);
    let server = site.bare_server().key(local(&site.key)).key(local(&other)).client(client);
    let running = Running::start(server).await;
    let signer = site.signer(&running.endpoint).start().unwrap();
    assert!(signer.sign(&site.request()).await.is_ok());

    let denied = SignFailureKind::Denied;
    let result = signer.sign(&request(&other, tls13(Role::Server))).await;
    assert_fails(result, denied, "web may not use the key");
    let result = signer.sign(&request(&site.key, tls13(Role::Client))).await;
    assert_fails(result, denied, "web may not use keys as tls13-client");
    let result = signer.sign(&request(&site.key, tls12_server())).await;
    assert_fails(result, denied, "web may not use keys as tls12-server");
    // Whether a key is there is nothing for those who may not use it.
    let nobodys = SignRequest::new(
        KeyId::from_bytes([1; 32]),
        KeyType::EcdsaP256,
        SignatureScheme(0),
        tls13(Role::Server),
    );
    assert_fails(signer.sign(&nobodys).await, denied, "may not use the key");
    let record = running.record(|record| !is_signed(record)).await;
    assert!(matches!(&record.outcome, Outcome::Failed(failure) if failure.kind() == denied), "{record:?}");
}

#[tokio::test]
async fn a_default_client_is_a_server_with_every_key_there_is() {
    let site = Site::new();
    let running = Running::start(site.server()).await;
    let signer = site.signer(&running.endpoint).start().unwrap();
    assert!(signer.sign(&site.request()).await.is_ok());
    assert!(signer.sign(&request(&site.key, tls12_server())).await.is_ok());
    assert_fails(
        signer.sign(&request(&site.key, tls13(Role::Client))).await,
        SignFailureKind::Denied,
        "tls13-client",
    );

    let (id, key_type) = (public(&site.key).key_id(), KeyType::EcdsaP256);
    let unknown =
        SignRequest::new(KeyId::from_bytes([1; 32]), key_type, SignatureScheme::ED25519, tls12_server());
    assert_fails(signer.sign(&unknown).await, SignFailureKind::UnknownKey, "is not here");
    for (scheme, purpose) in [
        (SignatureScheme::ED25519, tls13(Role::Server)),
        // TLS 1.2 knows no curve of the key, TLS 1.3 does; PKCS#1 is not for handshakes of TLS 1.3.
        (SignatureScheme::ECDSA_SECP384R1_SHA384, tls13(Role::Server)),
        (SignatureScheme::RSA_PKCS1_SHA256, tls12_server()),
    ] {
        let request = SignRequest::new(id, key_type, scheme, purpose);
        assert_fails(
            signer.sign(&request).await,
            SignFailureKind::Unsupported,
            "an ECDSA P-256 key does not sign by",
        );
    }
}

/// A handshake of TLS 1.2 whose client has this certificate.
fn transcript(certificate: &[u8]) -> Vec<u8> {
    let message = |kind: u8, body: &[u8]| {
        let len = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&[kind], &len[1..], body].concat()
    };
    let list = |certificate: &[u8]| {
        let len = |len: usize| u32::try_from(len).unwrap().to_be_bytes();
        let (inner, outer) = (len(certificate.len()), len(certificate.len() + 3));
        [&outer[1..], &inner[1..], certificate].concat()
    };
    let random = [4; 32];
    let hello = [&[3, 3][..], &random, &[0, 0, 2, 0xc0, 0x2b, 1, 0]].concat();
    [
        message(1, &hello),
        message(2, &[&[3, 3][..], &random, &[0, 0xc0, 0x2b, 0]].concat()),
        message(11, &list(certificate)),
        message(12, b"parameters"),
        message(13, b"request"),
        message(14, b""),
        message(11, &list(certificate)),
        message(16, b"share"),
    ]
    .concat()
}

#[tokio::test]
async fn a_transcript_is_signed_by_its_own_clients_key_alone() {
    let site = Site::new();
    let other = site.authority.localhost();
    let client = site.allowed().only_uses([Use::Tls12Client]);
    let server = site.bare_server().key(local(&site.key)).key(local(&other)).client(client);
    let running = Running::start(server).await;
    let signer = site.signer(&running.endpoint).start().unwrap();
    let messages = transcript(&public(&site.key).certificates()[0]);
    let purpose = SignPurpose::Tls12CertificateVerify { messages };
    assert!(signer.sign(&request(&site.key, purpose.clone())).await.is_ok());
    let result = signer.sign(&request(&other, purpose)).await;
    assert_fails(result, SignFailureKind::Denied, "a client with another key");
    let long = SignPurpose::Tls12CertificateVerify { messages: vec![1; 300_000] };
    assert_fails(signer.sign(&request(&site.key, long)).await, SignFailureKind::Unsupported, "too long");
}

#[cfg(unix)]
#[tokio::test]
async fn a_client_that_is_turned_away_is_told_why_whatever_it_was_about_to_ask() {
    let site = Site::new();
    let stranger = site.authority.localhost();
    let path = std::env::temp_dir().join(format!("turned-away-{}", std::process::id()));
    for endpoint in [Endpoint::Tcp("127.0.0.1".to_owned(), 0), Endpoint::Unix(path)] {
        let running = Running::start_at(site.bare_server().key(local(&site.key)), &endpoint).await;
        for _ in 0..50 {
            let strange = site.signer_of(&stranger, &running.endpoint).start().unwrap();
            let request = site.request();
            let (one, other) = tokio::join!(strange.sign(&request), strange.sign(&request));
            for failure in [one.unwrap_err(), other.unwrap_err()] {
                assert!(failure.detail().contains("no permission names"), "{failure}");
            }
        }
    }
}

#[tokio::test]
async fn clients_are_known_by_certificate_or_by_key_and_others_are_turned_away() {
    let site = Site::new();
    let by_key = AllowedClient::by_key("renewed", site.client.identity().key_id());
    let running = Running::start(site.bare_server().key(local(&site.key)).client(by_key)).await;
    assert!(site.signer(&running.endpoint).start().unwrap().sign(&site.request()).await.is_ok());
    assert_eq!(&*running.record(is_signed).await.client, "renewed");

    let stranger = site.authority.localhost();
    let strange = site.signer_of(&stranger, &running.endpoint).patience(Duration::from_millis(600));
    let strange = strange.start().unwrap();
    let failure = strange.sign(&site.request()).await.unwrap_err();
    assert_eq!(failure.kind(), SignFailureKind::Unavailable);
    let refused = |event: &AuditEvent| match event {
        AuditEvent::Refused { reason, .. } => Some(reason.clone()),
        _ => None,
    };
    assert!(running.event(refused).await.contains("no permission names"));
    // What the server said is what an operator reads.
    let poll = async {
        while !strange
            .connected(Duration::ZERO)
            .await
            .is_err_and(|failure| failure.detail().contains("no permission names"))
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    in_time(poll).await;
}

#[tokio::test]
async fn certificates_from_elsewhere_do_not_get_in() {
    let site = Site::new();
    // Its certificate is known, and comes from an authority that is not.
    let elsewhere = Authority::new().localhost();
    let client = AllowedClient::by_certificate("elsewhere", elsewhere.identity().fingerprint());
    let server = site.server().client(client).client_roots(site.authority.roots());
    let running = Running::start(server).await;
    assert!(site.signer(&running.endpoint).start().unwrap().sign(&site.request()).await.is_ok());
    let stranger = site.signer_of(&elsewhere, &running.endpoint).patience(Duration::from_millis(300));
    let result = stranger.start().unwrap().sign(&site.request()).await;
    assert_eq!(result.unwrap_err().kind(), SignFailureKind::Unavailable);

    // Nor does a server that the client does not trust.
    let other = Site::new();
    let fooled = other.signer_of(&site.client, &running.endpoint).patience(Duration::from_millis(300));
    assert_fails(
        fooled.start().unwrap().sign(&site.request()).await,
        SignFailureKind::Unavailable,
        "certificate",
    );
}

#[tokio::test]
async fn a_rate_holds_for_all_connections_of_a_client() {
    let site = Site::new();
    let client = site.allowed().rate(5, 10);
    let running = Running::start(site.bare_server().key(local(&site.key)).client(client)).await;
    let [one, other] = [(); 2].map(|()| site.signer(&running.endpoint).start().unwrap());
    let started = Instant::now();
    let mut signed = 0;
    for _ in 0..20 {
        for signer in [&one, &other] {
            match signer.sign(&site.request()).await {
                Ok(_) => signed += 1,
                result => {
                    assert_fails(result, SignFailureKind::Overloaded, "more than 5 requests per second")
                }
            }
        }
    }
    let most = 11 + started.elapsed().as_millis() / 200;
    assert!((10..=most).contains(&signed), "{signed}");
    assert!(running.record(|record| record.message_sha256.is_none()).await.outcome != Outcome::Signed);
}

#[tokio::test]
async fn what_is_too_late_is_not_worked_on() {
    let site = Site::new();
    let slow = Slow(local(&site.key), Duration::from_millis(300));
    let key = tls_tokio::signer::remote::ServedKey::of_identity(&public(&site.key), slow);
    let server = site.bare_server().key(key).client(site.allowed()).max_working(1);
    let running = Running::start(server).await;
    let patient = site.signer(&running.endpoint).start().unwrap();
    patient.connected(Duration::from_secs(20)).await.unwrap();
    let hasty = site.signer(&running.endpoint).timeout(Duration::from_millis(150)).start().unwrap();
    hasty.connected(Duration::from_secs(20)).await.unwrap();

    let request = site.request();
    let first = async {
        let result = patient.sign(&request).await;
        assert!(result.is_ok(), "{result:?}");
    };
    let late = async {
        running.event(|event| matches!(event, AuditEvent::Connected { .. }).then_some(())).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        let result = hasty.sign(&request).await;
        assert_eq!(result.unwrap_err().kind(), SignFailureKind::TimedOut);
    };
    tokio::join!(first, late);
    let record = running.record(|record| !is_signed(record)).await;
    assert_eq!(record.worked, Duration::ZERO, "{record:?}");
}

#[tokio::test]
async fn an_answer_that_nobody_waits_for_is_taken_back() {
    let site = Site::new();
    let key = tls_tokio::signer::remote::ServedKey::of_identity(&public(&site.key), Stuck);
    let running = Running::start(site.bare_server().key(key).client(site.allowed()).max_pending(1, 1)).await;
    let signer = site.signer(&running.endpoint).start().unwrap();
    let request = site.request();
    for round in 1..=10 {
        let waited = tokio::time::timeout(Duration::from_millis(50), signer.sign(&request)).await;
        assert!(waited.is_err(), "one place is enough for all, if each gives it back: {waited:?}");
        let cancelled = |event: &&AuditEvent| matches!(event, AuditEvent::Request(record) if record.outcome == Outcome::Cancelled);
        while running.events.lock().unwrap().iter().filter(cancelled).count() < round {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    assert_eq!(signer.counts().pending, 0);
}
