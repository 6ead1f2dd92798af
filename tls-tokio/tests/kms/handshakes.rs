//! Handshakes with OpenSSL's client, where the server's key is in KMS.

use std::process::Stdio;
use std::time::{Duration, Instant};

use tests::authority::Authority;
use tls_tokio::signer::kms::KmsSigner;
use tls_tokio::signer::kms::aws_sdk_kms::types::KeySpec;
use tls_tokio::tls_core::ciphersuites::{SecurityPolicy, SignatureScheme};
use tls_tokio::tls_core::{Cause, Identity, ServerConfig, SignFailure, SignFailureKind};
use tls_tokio::{Acceptor, HandshakeFailure, TlsStream};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;

use crate::endpoint::{Conduct, Endpoint};
use crate::moto::moto;
use crate::{config, in_time};

/// A key in KMS, and a certificate for it.
struct Server {
    authority: Authority,
    signer: KmsSigner,
    identity: Identity,
    arn: String,
}

impl Server {
    async fn with_key(spec: KeySpec) -> Self {
        Self::with_key_at(&moto().url, spec).await
    }

    /// A key in moto, which is reached at this URL.
    async fn with_key_at(url: &str, spec: KeySpec) -> Self {
        let arn = moto().key(spec).await;
        let authority = Authority::new();
        let chain = authority.issue_for(&["localhost"], &moto().public_key(&arn).await);
        let signer = KmsSigner::new(config(url, None), [&arn]).await.unwrap();
        let identity = signer.identity(Identity::from_public_pem(chain.as_bytes()).unwrap()).unwrap();
        Self { authority, signer, identity, arn }
    }

    /// Serves one `openssl s_client` with these arguments: what the server makes of it, and what the client says.
    async fn serve(
        self,
        timeout: Duration,
        arguments: &[&str],
    ) -> (Result<TlsStream<TcpStream>, HandshakeFailure>, String) {
        let policy = SecurityPolicy::by_name("default").unwrap();
        let config = ServerConfig::builder()
            .permit_unapproved()
            .policy(policy)
            .identity(self.identity)
            .build()
            .unwrap();
        let acceptor = Acceptor::new(config).signer(self.signer).handshake_timeout(timeout);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let roots = std::env::temp_dir().join(format!(
            "kms-{}-{}.pem",
            std::process::id(),
            listener.local_addr().unwrap().port()
        ));
        std::fs::write(&roots, self.authority.root_pem()).unwrap();
        let client = Command::new("openssl")
            .args(["s_client", "-connect", &listener.local_addr().unwrap().to_string(), "-CAfile"])
            .arg(&roots)
            .args(["-verify_return_error", "-verify_hostname", "localhost", "-ign_eof"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("openssl is missing; install it with: apt-get install openssl");
        let server = async {
            let (transport, _) = listener.accept().await.unwrap();
            // Whoever fails closes.
            let mut result = acceptor.accept(transport).await.map_err(|error| error.into_io_and_failure().1);
            if let Ok(stream) = &mut result {
                stream.write_all(b"signed by KMS\n").await.unwrap();
                stream.shutdown().await.unwrap();
            }
            result
        };
        let (result, output) = in_time(async { tokio::join!(server, client.wait_with_output()) }).await;
        std::fs::remove_file(roots).unwrap();
        let output = output.unwrap();
        (result, String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    }
}

const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn openssl_is_served() {
    for (spec, arguments, scheme, words) in [
        (
            KeySpec::Rsa2048,
            &["-tls1_2", "-sigalgs", "RSA+SHA256"][..],
            SignatureScheme::RSA_PKCS1_SHA256,
            "TLSv1.2",
        ),
        (
            KeySpec::Rsa2048,
            &["-tls1_2", "-sigalgs", "RSA+SHA512"],
            SignatureScheme::RSA_PKCS1_SHA512,
            "TLSv1.2",
        ),
        (KeySpec::EccNistP256, &["-tls1_2"], SignatureScheme::ECDSA_SECP256R1_SHA256, "TLSv1.2"),
        (KeySpec::EccNistP256, &["-tls1_3"], SignatureScheme::ECDSA_SECP256R1_SHA256, "TLSv1.3"),
        (KeySpec::EccNistP384, &["-tls1_3"], SignatureScheme::ECDSA_SECP384R1_SHA384, "TLSv1.3"),
    ] {
        let server = Server::with_key(spec).await;
        let arn = server.arn.clone();
        let (result, said) = server.serve(PATIENCE, arguments).await;
        let stream = result.unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{said}"));
        for words in [words, "Verify return code: 0 (ok)", "signed by KMS"] {
            assert!(said.contains(words), "{arguments:?}: no {words} in {said}");
        }
        let signing = stream.signing().unwrap();
        assert_eq!(signing.scheme, scheme);
        // This emulator tells the key's id where KMS tells its ARN.
        let (_, id) = arn.rsplit_once('/').unwrap();
        assert_eq!(&*signing.made_by, format!("AWS KMS key {id}"));
    }
}

fn reason(failure: &HandshakeFailure) -> &SignFailure {
    match failure {
        HandshakeFailure::Tls(error) => match error.cause() {
            Cause::SigningFailed(failure) => failure,
            _ => panic!("{error}"),
        },
        _ => panic!("{failure}"),
    }
}

/// moto's PSS signatures have salts of the greatest length, which is not TLS's: a signer that signs wrongly.
#[tokio::test]
async fn a_wrong_signature_is_not_sent() {
    for version in ["-tls1_3", "-tls1_2"] {
        let server = Server::with_key(KeySpec::Rsa2048).await;
        let (result, said) = server.serve(PATIENCE, &[version, "-sigalgs", "RSA-PSS+SHA256"]).await;
        let error = result.unwrap_err();
        assert_eq!(reason(&error).kind(), SignFailureKind::Invalid, "{error}");
        assert!(said.contains("alert internal error"), "{said}");
    }
}

/// moto signs with keys that are disabled; KMS answers so.
#[tokio::test]
async fn a_key_that_is_disabled_between_handshakes_fails_them_in_words() {
    for version in ["-tls1_3", "-tls1_2"] {
        let endpoint = Endpoint::new(Conduct::Forward(moto().url.clone())).await;
        let server = Server::with_key_at(&endpoint.url, KeySpec::EccNistP256).await;
        endpoint.becomes(Conduct::refusal("400 Bad Request", "DisabledException", "the key is disabled."));
        let (result, said) = server.serve(PATIENCE, &[version]).await;
        let error = result.unwrap_err();
        assert_eq!(reason(&error).kind(), SignFailureKind::UnknownKey, "{error}");
        assert!(error.to_string().contains("the key is disabled. (request id-of-the-request)"), "{error}");
        assert!(said.contains("alert internal error"), "{said}");
    }
}

#[tokio::test]
async fn a_certificate_for_another_key_is_refused_before_any_handshake() {
    let (server, other) = (Server::with_key(KeySpec::EccNistP256).await, Authority::new().localhost());
    let identity = Identity::from_public_pem(other.chain.as_bytes()).unwrap();
    let failure = server.signer.identity(identity).unwrap_err();
    assert_eq!(failure.kind(), SignFailureKind::UnknownKey);
    let (_, id) = server.arn.rsplit_once('/').unwrap();
    assert!(failure.detail().contains(id), "{failure}");
}

#[tokio::test]
async fn an_endpoint_that_is_down_fails_handshakes_at_once() {
    let endpoint = Endpoint::new(Conduct::Forward(moto().url.clone())).await;
    let server = Server::with_key_at(&endpoint.url, KeySpec::EccNistP256).await;
    endpoint.goes_down().await;
    let (result, said) = server.serve(PATIENCE, &["-tls1_3"]).await;
    let error = result.unwrap_err();
    assert_eq!(reason(&error).kind(), SignFailureKind::Unavailable, "{error}");
    assert!(said.contains("alert internal error"), "{said}");
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_takes_no_longer_than_the_handshake_may() {
    let endpoint = Endpoint::new(Conduct::Forward(moto().url.clone())).await;
    let server = Server::with_key_at(&endpoint.url, KeySpec::EccNistP256).await;
    endpoint.becomes(Conduct::Nothing);
    let limit = Duration::from_secs(2);
    let began = Instant::now();
    let (result, _) = server.serve(limit, &["-tls1_3"]).await;
    assert!(matches!(result.unwrap_err(), HandshakeFailure::TimedOut(_)));
    assert!(began.elapsed() >= limit);
    assert_eq!(endpoint.requests().len(), 1);
}
