//! What comes of two policies that meet, by the rules and by the policies' lists alone: an opinion that owes nothing to
//! the code that negotiates. What a suite, a group or a scheme is, its registered name says.

use std::cmp::Reverse;

use tests::wire::Side;
use tls_core::AlertDescription as Alert;
use tls_core::ciphersuites::{
    CertificateKey, CipherSuite, KeyType, NamedGroup, ProtocolVersion, SecurityPolicy, SignatureScheme,
};

const TLS13: ProtocolVersion = ProtocolVersion::TLS1_3;
const TLS12: ProtocolVersion = ProtocolVersion::TLS1_2;

/// A server's chain: a leaf for the name that is asked for, below an intermediate and a root of one kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chain {
    pub(crate) leaf: CertificateKey,
    pub(crate) issuers: CertificateKey,
    /// What the issuers sign with.
    pub(crate) signature: SignatureScheme,
}

/// What a ClientHello says.
#[derive(Clone, Debug)]
pub(crate) struct Offer {
    pub(crate) versions: Vec<ProtocolVersion>,
    pub(crate) suites: Vec<CipherSuite>,
    pub(crate) groups: Vec<NamedGroup>,
    pub(crate) shares: Vec<NamedGroup>,
    pub(crate) schemes: Vec<SignatureScheme>,
}

/// What two ends agree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Agreement {
    pub(crate) version: ProtocolVersion,
    pub(crate) suite: CipherSuite,
    pub(crate) group: NamedGroup,
    pub(crate) retried: bool,
    pub(crate) scheme: SignatureScheme,
}

/// Who gives up, for which cause, and what the other is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) side: Side,
    pub(crate) code: &'static str,
    pub(crate) alert: Alert,
}

pub(crate) type Outcome = Result<Agreement, Refusal>;

/// A client of one policy connects to a server of another that has these chains.
pub(crate) fn meet(client: &SecurityPolicy, server: &SecurityPolicy, chains: &[Chain]) -> Outcome {
    let (agreement, chain) = choose(&Offer::of(client), server, chains)?;
    let refused = |code| Err(Refusal { side: Side::Client, code, alert: Alert::BAD_CERTIFICATE });
    match objection(client, chain) {
        Some(Objection::Signature) => refused("certificate_signature_algorithm"),
        Some(Objection::Key) => refused("certificate_key_not_permitted"),
        None => Ok(agreement),
    }
}

/// Why a server's configuration cannot be built with this chain: the name of the error.
pub(crate) fn misfit(server: &SecurityPolicy, chain: &Chain) -> Option<&'static str> {
    let versions = versions(server);
    let serves = |version: &ProtocolVersion| {
        let signs = |scheme: &SignatureScheme| signs(chain, *version, *scheme);
        let suits = |suite: &CipherSuite| version_of(*suite) == Some(*version) && suits(chain, *suite);
        server.signature_schemes.iter().any(signs) && server.cipher_suites.iter().any(suits)
    };
    if versions.is_empty() {
        Some("EmptyPolicy")
    } else if server.certificate_preferences_apply_locally && objection(server, chain).is_some() {
        Some("CertificatesNotPermitted")
    } else {
        (!versions.iter().any(serves)).then_some("UnusableIdentity")
    }
}

impl Offer {
    fn of(policy: &SecurityPolicy) -> Self {
        let versions = versions(policy);
        let is_offered = |suite: &CipherSuite| version_of(*suite).is_some_and(|v| versions.contains(&v));
        let is_13 = versions.contains(&TLS13);
        let group = |group: &NamedGroup| is_13 || !is_post_quantum(*group);
        Self {
            suites: policy.cipher_suites.iter().copied().filter(is_offered).collect(),
            groups: policy.groups.iter().copied().filter(group).collect(),
            shares: if is_13 { policy.key_shares.to_vec() } else { Vec::new() },
            schemes: policy.signature_schemes.to_vec(),
            versions,
        }
    }
}

/// The server's choice from an offer, and the chain that it presents.
pub(crate) fn choose<'c>(
    offer: &Offer,
    server: &SecurityPolicy,
    chains: &'c [Chain],
) -> Result<(Agreement, &'c Chain), Refusal> {
    let refused = |code, alert| Refusal { side: Side::Server, code, alert };
    let none = |code| refused(code, Alert::HANDSHAKE_FAILURE);
    let version = versions(server).into_iter().find(|version| offer.versions.contains(version));
    let version = version.ok_or(refused("no_common_version", Alert::PROTOCOL_VERSION))?;
    let suites = suites(offer, server, version);
    if suites.is_empty() {
        return Err(none("no_common_cipher_suite"));
    }
    let group = group(offer, server, version).ok_or(none("no_common_group"))?;
    let has_key = |chain: &Chain, suite| {
        let knows_curve = curve(chain).is_none_or(|curve| offer.groups.contains(&curve));
        suits(chain, suite) && (version == TLS13 || knows_curve)
    };
    let best = |suite, candidates: &[&'c Chain]| {
        server.signature_schemes.iter().filter(|scheme| offer.schemes.contains(scheme)).find_map(|scheme| {
            let fits = |chain: &&&Chain| signs(chain, version, *scheme) && has_key(chain, suite);
            Some((suite, *scheme, *candidates.iter().find(fits)?))
        })
    };
    // A chain whose signatures the client accepts, where there is one.
    let all: Vec<&Chain> = chains.iter().collect();
    let accepted: Vec<&Chain> =
        chains.iter().filter(|chain| offer.schemes.contains(&chain.signature)).collect();
    let choice =
        suites.iter().copied().find_map(|suite| best(suite, &accepted).or_else(|| best(suite, &all)));
    let has_any_key = suites.iter().any(|suite| chains.iter().any(|chain| has_key(chain, *suite)));
    let reason = if has_any_key { "no_common_signature_scheme" } else { "no_suitable_key" };
    let (suite, scheme, chain) = choice.ok_or(none(reason))?;
    let retried = version == TLS13 && !offer.shares.contains(&group);
    Ok((Agreement { version, suite, group, retried, scheme }, chain))
}

/// The versions of a policy, best first.
pub(crate) fn versions(policy: &SecurityPolicy) -> Vec<ProtocolVersion> {
    let has = |version| policy.cipher_suites.iter().any(|suite| version_of(*suite) == Some(version));
    [TLS13, TLS12].into_iter().filter(|version| *version >= policy.min_version && has(*version)).collect()
}

/// The mutual suites in the server's order, but with ChaCha20's first if the policy says so and the client's first is
/// one.
fn suites(offer: &Offer, server: &SecurityPolicy, version: ProtocolVersion) -> Vec<CipherSuite> {
    let is_chacha20 = |suite: &CipherSuite| suite.name().is_some_and(|name| name.contains("CHACHA20"));
    let is_mutual = |suite: &CipherSuite| version_of(*suite) == Some(version) && offer.suites.contains(suite);
    let mut mutual: Vec<_> = server.cipher_suites.iter().copied().filter(is_mutual).collect();
    if server.chacha20_boosting
        && offer.suites.iter().find(|suite| !suite.is_grease()).is_some_and(is_chacha20)
    {
        mutual.sort_by_key(|suite| !is_chacha20(suite));
    }
    mutual
}

/// The mutual group of most worth: post-quantum before strongly preferred before having a share already before the
/// server's order. TLS 1.2 knows the last of these alone.
fn group(offer: &Offer, server: &SecurityPolicy, version: ProtocolVersion) -> Option<NamedGroup> {
    let is_mutual =
        |group: &NamedGroup| offer.groups.contains(group) && (version == TLS13 || !is_post_quantum(*group));
    let worth = |group: NamedGroup| match version {
        TLS13 => (
            is_post_quantum(group),
            server.strongly_preferred_groups.contains(&group),
            offer.shares.contains(&group),
        ),
        _ => (false, false, false),
    };
    let mutual = server.groups.iter().copied().enumerate().filter(|(_, group)| is_mutual(group));
    mutual.max_by_key(|(place, group)| (worth(*group), Reverse(*place))).map(|(_, group)| group)
}

/// What a policy has against a chain.
enum Objection {
    Signature,
    Key,
}

/// Every signature counts, and every key, the root's included. Signatures come first: without them there is no path.
fn objection(policy: &SecurityPolicy, chain: &Chain) -> Option<Objection> {
    let permits_signature = |list: &[SignatureScheme]| list.contains(&chain.signature);
    let permits_keys = |list: &[CertificateKey]| list.contains(&chain.leaf) && list.contains(&chain.issuers);
    if !policy.certificate_signature_schemes.as_deref().is_none_or(permits_signature) {
        return Some(Objection::Signature);
    }
    (!policy.certificate_keys.as_deref().is_none_or(permits_keys)).then_some(Objection::Key)
}

/// The version that a suite is of; none for those that nobody should use any more.
fn version_of(suite: CipherSuite) -> Option<ProtocolVersion> {
    let name = suite.name()?;
    let is_ecdhe =
        ["TLS_ECDHE_ECDSA_WITH_", "TLS_ECDHE_RSA_WITH_"].iter().any(|start| name.starts_with(start));
    match name.contains("_WITH_") {
        false => Some(TLS13),
        true => (is_ecdhe && (name.contains("AES") || name.contains("CHACHA20"))).then_some(TLS12),
    }
}

fn is_post_quantum(group: NamedGroup) -> bool {
    group.name().is_some_and(|name| name.contains("MLKEM"))
}

/// Whether a suite is for such a key: in TLS 1.3 any is.
fn suits(chain: &Chain, suite: CipherSuite) -> bool {
    let name = suite.name().unwrap_or_default();
    match chain.leaf.key_type {
        KeyType::Rsa | KeyType::RsaPss => !name.contains("_ECDSA_"),
        KeyType::MlDsa44 | KeyType::MlDsa65 | KeyType::MlDsa87 => !name.contains("_WITH_"),
        _ => !name.contains("_RSA_"),
    }
}

/// The curve that a client of TLS 1.2 must know to read the chain.
fn curve(chain: &Chain) -> Option<NamedGroup> {
    match chain.leaf.key_type {
        KeyType::EcdsaP256 => Some(NamedGroup::SECP256R1),
        KeyType::EcdsaP384 => Some(NamedGroup::SECP384R1),
        _ => None,
    }
}

/// Whether the leaf's key makes signatures of this scheme. TLS 1.2 ties no hash to a curve, and permits PKCS#1.
fn signs(chain: &Chain, version: ProtocolVersion, scheme: SignatureScheme) -> bool {
    let name = scheme.name().unwrap_or_default();
    let is_tls12 = version == TLS12;
    match chain.leaf.key_type {
        KeyType::Rsa => {
            let is_pkcs1 = name.starts_with("rsa_pkcs1_") && !name.ends_with("_legacy");
            name.starts_with("rsa_pss_rsae_") || is_tls12 && is_pkcs1
        }
        KeyType::EcdsaP256 | KeyType::EcdsaP384 if is_tls12 => name.starts_with("ecdsa_"),
        KeyType::EcdsaP256 => name == "ecdsa_secp256r1_sha256",
        KeyType::EcdsaP384 => name == "ecdsa_secp384r1_sha384",
        KeyType::MlDsa65 => !is_tls12 && name == "mldsa65",
        KeyType::MlDsa87 => !is_tls12 && name == "mldsa87",
        other => panic!("no chain has {other} keys"),
    }
}
