//! Answers as AWS gives them where moto does not, and answers that nobody should give.

use std::time::{Duration, Instant};

use tls_tokio::signer::Signer;
use tls_tokio::signer::kms::KmsSigner;
use tls_tokio::signer::kms::aws_sdk_kms::Config;
use tls_tokio::signer::kms::aws_sdk_kms::config::timeout::TimeoutConfig;
use tls_tokio::tls_core::ciphersuites::{KeyType, SignatureHash, SignatureScheme};
use tls_tokio::tls_core::{KeyId, SignFailure, SignFailureKind};

use crate::endpoint::{Conduct, Endpoint};
use crate::{config, in_time, long_request, request};

/// A GetPublicKey answer for a key of these files.
fn public_key(file: &str, algorithms: &str) -> (String, Vec<u8>) {
    let path = format!("{}/../ciphersuites/testdata/{file}.spki.der", env!("CARGO_MANIFEST_DIR"));
    let spki = std::fs::read(path).unwrap();
    let answer = format!(
        r#"{{"KeyId":"arn:aws:kms:us-east-1:1:key/k","KeyUsage":"SIGN_VERIFY","PublicKey":"{}","SigningAlgorithms":[{algorithms}]}}"#,
        base64(&spki)
    );
    (answer, spki)
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let value = (0..3).fold(0, |value, index| value << 8 | u32::from(*group.get(index).unwrap_or(&0)));
        for digit in 0..4 {
            let digit =
                if digit > group.len() { b'=' } else { DIGITS[(value >> (18 - 6 * digit)) as usize & 63] };
            text.push(digit.into());
        }
    }
    text
}

async fn refusal(endpoint: &Endpoint) -> SignFailure {
    let signer = in_time(KmsSigner::new(config(&endpoint.url, None), ["alias/k"])).await;
    signer.unwrap_err().failure().clone()
}

#[tokio::test]
async fn every_kind_of_failure_is_told_from_the_others() {
    use SignFailureKind as Kind;
    for (status, code, kind) in [
        ("400 Bad Request", "ThrottlingException", Kind::Overloaded),
        ("400 Bad Request", "LimitExceededException", Kind::Overloaded),
        ("429 Too Many Requests", "Strange", Kind::Overloaded),
        ("400 Bad Request", "AccessDeniedException", Kind::Denied),
        ("400 Bad Request", "ExpiredTokenException", Kind::Denied),
        ("403 Forbidden", "Strange", Kind::Denied),
        ("400 Bad Request", "NotFoundException", Kind::UnknownKey),
        ("400 Bad Request", "DisabledException", Kind::UnknownKey),
        ("400 Bad Request", "KMSInvalidStateException", Kind::UnknownKey),
        ("400 Bad Request", "InvalidKeyUsageException", Kind::Unsupported),
        ("500 Internal Server Error", "DependencyTimeoutException", Kind::TimedOut),
        ("500 Internal Server Error", "KeyUnavailableException", Kind::Unavailable),
        ("503 Service Unavailable", "Strange", Kind::Unavailable),
        ("500 Internal Server Error", "KMSInternalException", Kind::Failed),
        ("418 I'm a teapot", "Strange", Kind::Failed),
    ] {
        let endpoint = Endpoint::new(Conduct::refusal(status, code, "words\\n of KMS")).await;
        let failure = refusal(&endpoint).await;
        assert_eq!(failure.kind(), kind, "{status} {code}: {failure}");
        let detail = format!("AWS KMS: {code}: words  of KMS (request id-of-the-request)");
        assert_eq!(failure.detail(), detail);
        assert_eq!(endpoint.requests().len(), 1, "the SDK does not try again");
    }
}

#[tokio::test]
async fn a_session_token_is_not_repeated_and_long_words_are_cut() {
    let words = "x-amz-security-token:SECRET";
    let signature = Conduct::refusal("400 Bad Request", "InvalidSignatureException", words);
    let failure = refusal(&Endpoint::new(signature).await).await;
    assert_eq!(failure.kind(), SignFailureKind::Denied);
    assert!(failure.detail().contains("InvalidSignatureException") && !failure.detail().contains("SECRET"));

    let long = Conduct::refusal("400 Bad Request", "NotFoundException", &"long ".repeat(1000));
    let failure = refusal(&Endpoint::new(long).await).await;
    assert!(failure.detail().len() < 500, "{}", failure.detail().len());
}

#[tokio::test]
async fn answers_that_make_no_sense_are_failures() {
    let (right, _) = public_key("p256", r#""ECDSA_SHA_256""#);
    let huge = format!("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n{}", " ".repeat(1 << 20));
    let endless = format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(1 << 20));
    for answer in [
        "",
        "220 mail.example ESMTP\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<html><p>",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"KeyId\":",
        "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 6\r\n\r\n<html>",
        &huge,
        &endless,
    ] {
        let endpoint = Endpoint::new(Conduct::Say(answer.as_bytes().to_vec())).await;
        let failure = refusal(&endpoint).await;
        assert!(!failure.detail().is_empty());
        assert!(failure.detail().len() < 600, "{failure}");
    }
    // A public key that is none, and algorithms that are not for it.
    let nonsense = right.replace("MFk", "AAA");
    let sm2 = right.replace("ECDSA_SHA_256", "SM2DSA");
    for (answer, words) in
        [(nonsense, "its public key cannot be used"), (sm2, "TLS has no use for an ECDSA P-256")]
    {
        let failure = refusal(&Endpoint::new(Conduct::answer("200 OK", &answer)).await).await;
        assert_eq!(failure.kind(), SignFailureKind::Unsupported, "{failure}");
        assert!(failure.detail().contains(words), "{failure}");
    }
}

/// A key of this file, found at an endpoint where all signatures are the same.
async fn found(file: &str, algorithms: &str) -> (KmsSigner, Endpoint, KeyId) {
    let (answer, spki) = public_key(file, algorithms);
    let answer = answer.replacen('{', &format!(r#"{{"Signature":"{}","#, base64(b"signature")), 1);
    let endpoint = Endpoint::new(Conduct::answer("200 OK", &answer)).await;
    let signer = KmsSigner::new(config(&endpoint.url, None), ["alias/k"]).await.unwrap();
    (signer, endpoint, KeyId::of_public_key(&spki))
}

/// Whole messages up to KMS's limit, hashes of longer ones by the schemes that have some.
#[tokio::test]
async fn requests_say_what_is_to_be_signed_and_how() {
    let rsa = r#""RSASSA_PSS_SHA_384","RSASSA_PKCS1_V1_5_SHA_512""#;
    for (file, algorithms, key_type, scheme, algorithm, hash) in [
        (
            "p256",
            r#""ECDSA_SHA_256""#,
            KeyType::EcdsaP256,
            SignatureScheme::ECDSA_SECP256R1_SHA256,
            "ECDSA_SHA_256",
            Some(SignatureHash::Sha256),
        ),
        (
            "rsa",
            rsa,
            KeyType::Rsa,
            SignatureScheme::RSA_PSS_RSAE_SHA384,
            "RSASSA_PSS_SHA_384",
            Some(SignatureHash::Sha384),
        ),
        (
            "rsa",
            rsa,
            KeyType::Rsa,
            SignatureScheme::RSA_PKCS1_SHA512,
            "RSASSA_PKCS1_V1_5_SHA_512",
            Some(SignatureHash::Sha512),
        ),
        (
            "ed25519",
            r#""ED25519_SHA_512","ED25519_PH_SHA_512""#,
            KeyType::Ed25519,
            SignatureScheme::ED25519,
            "ED25519_SHA_512",
            None,
        ),
        (
            "mldsa65",
            r#""ML_DSA_SHAKE_256""#,
            KeyType::MlDsa65,
            SignatureScheme::MLDSA65,
            "ML_DSA_SHAKE_256",
            None,
        ),
    ] {
        let (signer, endpoint, id) = found(file, algorithms).await;
        for len in [4096, 4097] {
            let request = long_request(id, key_type, scheme, len);
            let result = in_time(signer.sign(&request)).await;
            let (message_type, message) = match (len, hash) {
                (4096, _) => ("RAW", request.message().to_vec()),
                (_, Some(hash)) => ("DIGEST", hash.digest(request.message())),
                (_, None) => {
                    assert_eq!(result.unwrap_err().kind(), SignFailureKind::Unsupported);
                    continue;
                }
            };
            assert_eq!(result.unwrap().bytes, b"signature");
            let asked = endpoint.requests().pop().unwrap();
            for words in [
                "TrentService.Sign".to_owned(),
                r#""KeyId":"arn:aws:kms:us-east-1:1:key/k""#.to_owned(),
                format!(r#""SigningAlgorithm":"{algorithm}""#),
                format!(r#""MessageType":"{message_type}""#),
                format!(r#""Message":"{}""#, base64(&message)),
            ] {
                assert!(asked.contains(&words), "{words} is not in {asked}");
            }
        }
    }
}

#[tokio::test]
async fn an_answer_without_a_signature_is_a_failure() {
    let (answer, spki) = public_key("p256", r#""ECDSA_SHA_256""#);
    let endpoint = Endpoint::new(Conduct::answer("200 OK", &answer)).await;
    let signer = KmsSigner::new(config(&endpoint.url, None), ["alias/k"]).await.unwrap();
    let id = KeyId::of_public_key(&spki);
    let request = request(id, KeyType::EcdsaP256, SignatureScheme::ECDSA_SECP256R1_SHA256);
    let failure = in_time(signer.sign(&request)).await.unwrap_err();
    assert_eq!(failure.kind(), SignFailureKind::Failed);
    assert!(failure.detail().contains("no signature"), "{failure}");
}

/// Each of the SDK's timeouts, at an endpoint that never answers.
#[tokio::test]
async fn timeouts_of_the_configuration_hold() {
    let endpoint = Endpoint::new(Conduct::Nothing).await;
    let limit = Duration::from_millis(200);
    for timeouts in [
        TimeoutConfig::builder().operation_timeout(limit),
        TimeoutConfig::builder().operation_attempt_timeout(limit),
        TimeoutConfig::builder().read_timeout(limit),
    ] {
        let config: Config =
            config(&endpoint.url, None).to_builder().timeout_config(timeouts.build()).build();
        let began = Instant::now();
        let error = in_time(KmsSigner::new(config, ["alias/k"])).await.unwrap_err();
        assert_eq!(error.failure().kind(), SignFailureKind::TimedOut, "{error}");
        assert!(
            began.elapsed() >= limit && began.elapsed() < Duration::from_secs(9),
            "{:?}",
            began.elapsed()
        );
    }
}

#[tokio::test]
async fn an_endpoint_that_is_down_is_unavailable() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for url in [format!("http://127.0.0.1:{port}"), format!("https://127.0.0.1:{port}")] {
        let error = in_time(KmsSigner::new(config(&url, None), ["alias/k"])).await.unwrap_err();
        assert_eq!(error.failure().kind(), SignFailureKind::Unavailable, "{error}");
        assert!(error.to_string().contains("onnection refused"), "{error}");
    }
}
