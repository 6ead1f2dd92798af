use aws_lc_rs::signature::{self, RsaParameters, UnparsedPublicKey};
use pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};
use webpki::aws_lc_rs as algorithms;

use crate::der::{Reader, SEQUENCE};
use crate::fips::indicator;
use crate::key_type::RSA_PSS_ANY;
use crate::{SignatureScheme, faults};

type Algorithm = &'static dyn SignatureVerificationAlgorithm;

/// The algorithms that signatures on certificates may use: those of `schemes`, or all there are.
///
/// In certificates an ECDSA scheme stands for its hash on any of the three curves, as the certificates of the web
/// have it and as s2n-tls' policies mean it. SHA-1 and SHA-224 schemes have no algorithm here and allow nothing.
/// Allocates: call it when configuring.
//= 9846:4.3.3 pss-parameters
pub fn certificate_algorithms(schemes: Option<&[SignatureScheme]>) -> Vec<Algorithm> {
    let allowed = |scheme| schemes.is_none_or(|schemes| schemes.contains(scheme));
    ALGORITHMS.iter().filter(|known| allowed(&known.scheme)).map(|known| -> Algorithm { known }).collect()
}

/// Every scheme that certificates may be signed with.
pub(crate) fn certificate_schemes() -> impl Iterator<Item = SignatureScheme> + Clone {
    by_scheme().map(|(scheme, _)| scheme)
}

/// The algorithms of each scheme.
//= 9846:4.3.3 key-fits
fn by_scheme() -> impl Iterator<Item = (SignatureScheme, &'static [Verification])> + Clone {
    let lists = ALGORITHMS.chunk_by(|one, next| one.scheme == next.scheme);
    lists.filter_map(|list| list.first().map(|first| (first.scheme, list)))
}

/// Whether certificates may be signed with this scheme at all.
pub(crate) fn is_certificate_scheme(scheme: SignatureScheme) -> bool {
    certificate_schemes().any(|known| known == scheme)
}

/// The schemes that a DER certificate's signature can be of, going by its algorithm (RFC 5280 §4.1.1.2): two for PSS,
/// which does not say what kind of RSA key made it; none for one that certificates may not be signed with here.
pub fn certificate_signature_schemes(certificate: &[u8]) -> impl Iterator<Item = SignatureScheme> {
    let id = signature_algorithm(certificate);
    let uses = move |list: &[Verification]| {
        id.is_some_and(|id| list.iter().any(|algorithm| algorithm.signature_alg_id().as_ref() == id))
    };
    by_scheme().filter(move |(_, list)| uses(list)).map(|(scheme, _)| scheme)
}

/// The contents of the AlgorithmIdentifier beside the signature.
fn signature_algorithm(certificate: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::sequence(certificate)?;
    reader.read(SEQUENCE)?;
    reader.read(SEQUENCE)
}

/// The algorithms of each scheme, the commonest first: path building tries them in this order.
///
/// PKCS#1 signatures may leave out the parameters that they should have as NULL (RFC 4055 §5).
static ALGORITHMS: [Verification; 28] = [
    Verification {
        scheme: SignatureScheme::ECDSA_SECP256R1_SHA256,
        algorithm: algorithms::ECDSA_P256_SHA256,
    },
    Verification {
        scheme: SignatureScheme::ECDSA_SECP256R1_SHA256,
        algorithm: algorithms::ECDSA_P384_SHA256,
    },
    Verification {
        scheme: SignatureScheme::ECDSA_SECP256R1_SHA256,
        algorithm: algorithms::ECDSA_P521_SHA256,
    },
    Verification {
        scheme: SignatureScheme::ECDSA_SECP384R1_SHA384,
        algorithm: algorithms::ECDSA_P384_SHA384,
    },
    Verification {
        scheme: SignatureScheme::ECDSA_SECP384R1_SHA384,
        algorithm: algorithms::ECDSA_P256_SHA384,
    },
    Verification {
        scheme: SignatureScheme::ECDSA_SECP384R1_SHA384,
        algorithm: algorithms::ECDSA_P521_SHA384,
    },
    Verification {
        scheme: SignatureScheme::ECDSA_SECP521R1_SHA512,
        algorithm: algorithms::ECDSA_P521_SHA512,
    },
    Verification {
        scheme: SignatureScheme::ECDSA_SECP521R1_SHA512,
        algorithm: algorithms::ECDSA_P256_SHA512,
    },
    Verification {
        scheme: SignatureScheme::ECDSA_SECP521R1_SHA512,
        algorithm: algorithms::ECDSA_P384_SHA512,
    },
    Verification {
        scheme: SignatureScheme::RSA_PKCS1_SHA256,
        algorithm: algorithms::RSA_PKCS1_2048_8192_SHA256,
    },
    Verification {
        scheme: SignatureScheme::RSA_PKCS1_SHA256,
        algorithm: algorithms::RSA_PKCS1_2048_8192_SHA256_ABSENT_PARAMS,
    },
    Verification {
        scheme: SignatureScheme::RSA_PKCS1_SHA384,
        algorithm: algorithms::RSA_PKCS1_2048_8192_SHA384,
    },
    Verification {
        scheme: SignatureScheme::RSA_PKCS1_SHA384,
        algorithm: algorithms::RSA_PKCS1_2048_8192_SHA384_ABSENT_PARAMS,
    },
    Verification {
        scheme: SignatureScheme::RSA_PKCS1_SHA512,
        algorithm: algorithms::RSA_PKCS1_2048_8192_SHA512,
    },
    Verification {
        scheme: SignatureScheme::RSA_PKCS1_SHA512,
        algorithm: algorithms::RSA_PKCS1_2048_8192_SHA512_ABSENT_PARAMS,
    },
    Verification {
        scheme: SignatureScheme::RSA_PSS_RSAE_SHA256,
        algorithm: algorithms::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
    },
    Verification {
        scheme: SignatureScheme::RSA_PSS_RSAE_SHA384,
        algorithm: algorithms::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
    },
    Verification {
        scheme: SignatureScheme::RSA_PSS_RSAE_SHA512,
        algorithm: algorithms::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
    },
    Verification { scheme: SignatureScheme::RSA_PSS_PSS_SHA256, algorithm: &PSS_SHA256_ANY_KEY },
    Verification { scheme: SignatureScheme::RSA_PSS_PSS_SHA256, algorithm: &PSS_SHA256 },
    Verification { scheme: SignatureScheme::RSA_PSS_PSS_SHA384, algorithm: &PSS_SHA384_ANY_KEY },
    Verification { scheme: SignatureScheme::RSA_PSS_PSS_SHA384, algorithm: &PSS_SHA384 },
    Verification { scheme: SignatureScheme::RSA_PSS_PSS_SHA512, algorithm: &PSS_SHA512_ANY_KEY },
    Verification { scheme: SignatureScheme::RSA_PSS_PSS_SHA512, algorithm: &PSS_SHA512 },
    Verification { scheme: SignatureScheme::ED25519, algorithm: algorithms::ED25519 },
    Verification { scheme: SignatureScheme::MLDSA44, algorithm: algorithms::ML_DSA_44 },
    Verification { scheme: SignatureScheme::MLDSA65, algorithm: algorithms::ML_DSA_65 },
    Verification { scheme: SignatureScheme::MLDSA87, algorithm: algorithms::ML_DSA_87 },
];

/// An algorithm whose calls the service indicator is asked of.
#[derive(Debug)]
struct Verification {
    scheme: SignatureScheme,
    algorithm: Algorithm,
}

impl SignatureVerificationAlgorithm for Verification {
    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.signature_alg_id()
    }

    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        faults::call("verification of certificates").map_err(|_| InvalidSignature)?;
        let call = indicator::begin("verification of certificates", self.scheme.name().unwrap_or_default());
        self.algorithm.verify_signature(key, message, signature)?;
        call.end();
        Ok(())
    }
}

/// A signature by an id-RSASSA-PSS key, which webpki leaves out. A key with parameters must have the signature's own
/// (RFC 9846 §4.3.3); one without may sign with any of the three hashes.
#[derive(Debug)]
struct Pss {
    key: AlgorithmIdentifier,
    signature: AlgorithmIdentifier,
    verification: &'static RsaParameters,
}

impl Pss {
    const fn any_key(signature: AlgorithmIdentifier, verification: &'static RsaParameters) -> Self {
        Self { key: RSA_PSS_ANY, signature, verification }
    }

    const fn same_key(signature: AlgorithmIdentifier, verification: &'static RsaParameters) -> Self {
        Self { key: signature, signature, verification }
    }
}

static PSS_SHA256_ANY_KEY: Pss = Pss::any_key(alg_id::RSA_PSS_SHA256, &signature::RSA_PSS_2048_8192_SHA256);
static PSS_SHA384_ANY_KEY: Pss = Pss::any_key(alg_id::RSA_PSS_SHA384, &signature::RSA_PSS_2048_8192_SHA384);
static PSS_SHA512_ANY_KEY: Pss = Pss::any_key(alg_id::RSA_PSS_SHA512, &signature::RSA_PSS_2048_8192_SHA512);
static PSS_SHA256: Pss = Pss::same_key(alg_id::RSA_PSS_SHA256, &signature::RSA_PSS_2048_8192_SHA256);
static PSS_SHA384: Pss = Pss::same_key(alg_id::RSA_PSS_SHA384, &signature::RSA_PSS_2048_8192_SHA384);
static PSS_SHA512: Pss = Pss::same_key(alg_id::RSA_PSS_SHA512, &signature::RSA_PSS_2048_8192_SHA512);

impl SignatureVerificationAlgorithm for Pss {
    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.key
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }

    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        UnparsedPublicKey::new(self.verification, key)
            .verify(message, signature)
            .map_err(|_| InvalidSignature)
    }
}

#[cfg(test)]
mod tests;
