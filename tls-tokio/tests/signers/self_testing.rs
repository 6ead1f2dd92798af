use tests::authority::{Authority, Pem};
use tls_tokio::signer::{KeyRing, SignFuture, Signer, SignerExt, self_test};
use tls_tokio::tls_core::ciphersuites::{KeyType, ProtocolVersion, SecurityPolicy, SignatureScheme};
use tls_tokio::tls_core::{ClientHello, Identity, Role, SignFailureKind, SignPurpose, SignRequest};

use crate::signers::faulty::{Fault, Faulty};
use crate::signers::{MS, failure, local, public};

fn rsa(authority: &Authority) -> Pem {
    let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
    authority.issue_with(&["localhost"], key, |_| {})
}

fn ring(pems: &[&Pem]) -> KeyRing {
    pems.iter().fold(KeyRing::new(), |ring, pem| {
        let local = local(pem);
        ring.with(local.key_id(), local)
    })
}

#[tokio::test]
async fn every_key_by_every_scheme_for_either_role() {
    let authority = Authority::new();
    let pems = [
        authority.localhost(),
        authority.issue(&["localhost"], &rcgen::PKCS_ECDSA_P384_SHA384),
        authority.issue(&["localhost"], &rcgen::PKCS_ED25519),
        authority.issue(&["localhost"], &rcgen::PKCS_ML_DSA_65),
        rsa(&authority),
    ];
    let identities: Vec<Identity> = pems.iter().map(public).collect();
    let signer = ring(&pems.each_ref());
    for role in [Role::Server, Role::Client] {
        for name in ["default", "test_all"] {
            let policy = SecurityPolicy::by_name(name).unwrap();
            self_test(&signer, &identities, &policy, role).await.unwrap();
        }
    }
}

/// Signs ECDSA, and RSA by PSS with SHA-256 alone.
#[derive(Debug)]
struct Narrow(KeyRing);

impl Signer for Narrow {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        if request.key_type() == KeyType::Rsa && request.scheme() != SignatureScheme::RSA_PSS_RSAE_SHA256 {
            return Box::pin(async { Err(failure(SignFailureKind::Unsupported)) });
        }
        self.0.sign(request)
    }
}

#[tokio::test]
async fn what_fails_is_named_one_and_all() {
    let authority = Authority::new();
    let (ecdsa, rsa, missing) = (authority.localhost(), rsa(&authority), authority.localhost());
    let signer = Narrow(ring(&[&ecdsa, &rsa]));
    let identities = [public(&ecdsa), public(&rsa), public(&missing)];
    let policy = SecurityPolicy::P20251014;
    let error = self_test(&signer, &identities, &policy, Role::Server).await.unwrap_err();
    let of = |identity: &Identity, version| {
        let failures = error.failures.iter();
        failures.filter(|it| it.key == identity.key_id() && it.version == version).count()
    };
    let permitted = |schemes: &[SignatureScheme]| {
        schemes.iter().filter(|scheme| policy.signature_schemes.contains(scheme)).count()
    };
    for version in [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2] {
        assert_eq!(of(&identities[0], version), 0);
    }
    assert_eq!(of(&identities[1], ProtocolVersion::TLS1_3), permitted(identities[1].schemes()) - 1);
    assert_eq!(of(&identities[1], ProtocolVersion::TLS1_2), permitted(identities[1].tls12_schemes()) - 1);
    assert_eq!(of(&identities[2], ProtocolVersion::TLS1_3), 1);
    let text = error.to_string();
    assert!(text.contains(&identities[2].key_id().to_string()), "{text}");
    assert!(text.contains("no signer is configured for the key"), "{text}");
    assert!(text.contains("rsa_pss_rsae_sha512"), "{text}");
    // Whoever knows what the signer cannot do can say so.
    let known = [SignatureScheme::RSA_PSS_RSAE_SHA256];
    self_test(&signer, &[public(&rsa).only_schemes(&known)], &policy, Role::Server).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_signature_by_the_wrong_key_is_found() {
    let pem = Authority::new().localhost();
    for (fault, expected) in
        [(Fault::WrongKey, SignFailureKind::Invalid), (Fault::Lost, SignFailureKind::TimedOut)]
    {
        let signer = Faulty::new(&pem, move |_| fault).with_deadline(100 * MS);
        let error =
            self_test(&signer, &[public(&pem)], &SecurityPolicy::P20251014, Role::Server).await.unwrap_err();
        assert!(error.failures.iter().all(|it| it.failure.kind() == expected), "{error}");
    }
}

/// A signer that looks at what it signs finds nothing to object to.
#[derive(Debug)]
struct Strict(KeyRing);

impl Signer for Strict {
    fn sign<'a>(&'a self, request: &'a SignRequest) -> SignFuture<'a> {
        if let SignPurpose::Tls12CertificateVerify { messages } = request.purpose() {
            let mut rest = messages.as_slice();
            let mut types = Vec::new();
            while let [message, high, middle, low, ..] = rest {
                let len = usize::from_be_bytes([0, 0, 0, 0, 0, *high, *middle, *low]);
                types.push(*message);
                rest = &rest[4 + len..];
            }
            assert_eq!(types, [1, 2, 11, 12, 13, 14, 11, 16]);
            let len = usize::from(messages[3]) + 4;
            ClientHello::from_bytes(&messages[..len]).unwrap();
        }
        self.0.sign(request)
    }
}

#[tokio::test]
async fn a_strict_signer_has_no_objection() {
    let pem = Authority::new().localhost();
    let signer = Strict(ring(&[&pem]));
    for role in [Role::Server, Role::Client] {
        self_test(&signer, &[public(&pem)], &SecurityPolicy::P20251014, role).await.unwrap();
    }
}

/// A key in this process needs nobody.
#[tokio::test]
async fn keys_of_this_process_are_not_asked_for() {
    let pem = Authority::new().localhost();
    self_test(&KeyRing::new(), &[pem.identity()], &SecurityPolicy::P20251014, Role::Server).await.unwrap();
}
