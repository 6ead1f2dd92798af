use std::time::Duration;

use pki_types::{CertificateDer, ServerName, UnixTime};
use webpki::{EndEntityCert, KeyUsage};

use super::*;
use crate::SecurityPolicy;
use crate::testing::fixture;

/// Verifies the chain of two whose authority's key is `authority` with what `schemes` allow.
fn verify(authority: &str, schemes: Option<&[SignatureScheme]>) -> Result<(), webpki::Error> {
    let root = CertificateDer::from(fixture(&format!("{authority}.authority.der")));
    let leaf = CertificateDer::from(fixture(&format!("{authority}.leaf.der")));
    let anchors = [webpki::anchor_from_trusted_cert(&root).unwrap()];
    let leaf = EndEntityCert::try_from(&leaf).unwrap();
    // 2030, within the validity the fixtures have.
    let now = UnixTime::since_unix_epoch(Duration::from_secs(1_893_456_000));
    let algorithms = certificate_algorithms(schemes);
    leaf.verify_for_usage(&algorithms, &anchors, &[], now, KeyUsage::server_auth(), None, None)?;
    leaf.verify_is_valid_for_subject_name(&ServerName::try_from("leaf.test").unwrap())
}

//= 9846:4.3.3 key-fits
#[test]
fn chains_of_id_rsassa_pss_authorities() {
    for authority in ["rsa-pss", "rsa-pss-sha256"] {
        assert_eq!(verify(authority, None), Ok(()), "{authority}");
        assert_eq!(verify(authority, Some(&[SignatureScheme::RSA_PSS_PSS_SHA256])), Ok(()), "{authority}");
        // The same signature is neither another hash's nor an rsaEncryption key's.
        for scheme in [SignatureScheme::RSA_PSS_PSS_SHA384, SignatureScheme::RSA_PSS_RSAE_SHA256] {
            assert!(verify(authority, Some(&[scheme])).is_err(), "{authority} {scheme}");
        }
        assert!(verify(authority, Some(&[])).is_err());
    }
}

#[test]
fn an_altered_signature_is_noticed() {
    let root = CertificateDer::from(fixture("rsa-pss.authority.der"));
    let anchors = [webpki::anchor_from_trusted_cert(&root).unwrap()];
    let mut altered = fixture("rsa-pss.leaf.der");
    *altered.last_mut().unwrap() ^= 1;
    let altered = CertificateDer::from(altered);
    let leaf = EndEntityCert::try_from(&altered).unwrap();
    let now = UnixTime::since_unix_epoch(Duration::from_secs(1_893_456_000));
    let algorithms = certificate_algorithms(None);
    let result = leaf.verify_for_usage(&algorithms, &anchors, &[], now, KeyUsage::server_auth(), None, None);
    assert_eq!(result.err(), Some(webpki::Error::InvalidSignatureForPublicKey));
}

//= 9846:4.3.3 pss-parameters
fn identifiers(algorithms: &[Algorithm]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let bytes = |id: AlgorithmIdentifier| id.as_ref().to_vec();
    algorithms.iter().map(|one| (bytes(one.public_key_alg_id()), bytes(one.signature_alg_id()))).collect()
}

#[test]
fn all_of_webpkis_algorithms_are_there_once_and_six_more() {
    let ours = identifiers(&certificate_algorithms(None));
    let mut theirs = identifiers(webpki::ALL_VERIFICATION_ALGS);
    theirs.sort();
    theirs.dedup();
    for one in &theirs {
        assert_eq!(ours.iter().filter(|our| *our == one).count(), 1);
    }
    assert_eq!(ours.len(), theirs.len() + 6);
}

//= 9846:4.3.3 key-fits
#[test]
fn schemes_select_their_algorithms() {
    let ml_dsa = certificate_algorithms(Some(&[SignatureScheme::MLDSA65]));
    assert_eq!(identifiers(&ml_dsa), identifiers(&[algorithms::ML_DSA_65]));
    // An ECDSA scheme is its hash on any curve.
    let ecdsa = certificate_algorithms(Some(&[SignatureScheme::ECDSA_SECP384R1_SHA384]));
    assert_eq!(ecdsa.len(), 3);
    assert!(ecdsa.iter().all(|one| one.signature_alg_id() == alg_id::ECDSA_SHA384));
    for scheme in [SignatureScheme::RSA_PKCS1_SHA1, SignatureScheme::ECDSA_SHA224, SignatureScheme(0xabcd)] {
        assert!(certificate_algorithms(Some(&[scheme])).is_empty());
    }
}

#[test]
fn policies_with_certificate_schemes_allow_what_they_list() {
    let count = |policy: SecurityPolicy| {
        certificate_algorithms(policy.certificate_signature_schemes.as_deref()).len()
    };
    // Everything but Ed25519, and for the classical policy but ML-DSA.
    assert_eq!(count(SecurityPolicy::DEFAULT_PQ) + 1, count(SecurityPolicy::P20251014));
    assert_eq!(count(SecurityPolicy::DEFAULT_TLS13) + 4, count(SecurityPolicy::P20251014));
}
