//! What a server chooses from a ClientHello for TLS 1.3, by its policy and by nothing that the client did not offer.

use ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion, SecurityPolicy, SignatureScheme, Tls13Suite};

use crate::error::{Cause, Error};
use crate::facts::GroupReason;
use crate::handshake::{negotiate12, no_common_version, versions};
use crate::identity::{Candidates, Credential, Identity, Wish};
use crate::wire::alpn::ProtocolNames;
use crate::wire::client_hello::ClientHello;
use crate::wire::extension::ExtensionType;

/// What a server chooses by.
#[derive(Debug)]
pub(crate) struct Terms<'t, C = Identity> {
    pub(crate) policy: &'t SecurityPolicy,
    pub(crate) identities: &'t [C],
    pub(crate) alpn: &'t [Vec<u8>],
}

/// A server's choices.
#[derive(Debug)]
pub(crate) struct Agreement<'t> {
    pub(crate) suite: Tls13Suite,
    pub(crate) group: NamedGroup,
    pub(crate) group_reason: GroupReason,
    pub(crate) alpn: Option<&'t [u8]>,
}

/// The best version in common.
//= 9846:4.3.1 absent
//= 9846:4.3.1 authoritative
//= 9846:4.3.1 without-tls13
//= 9846:E.2 too-old
//= 9846:E.5 old-versions
pub(crate) fn choose_version(
    policy: &SecurityPolicy,
    hello: &ClientHello<'_>,
) -> Result<ProtocolVersion, Error> {
    let offered: Vec<ProtocolVersion> = hello.versions()?.collect();
    let lacks_best = versions(policy).next().is_some_and(|best| !offered.contains(&best));
    if lacks_best && hello.cipher_suites.contains(negotiate12::FALLBACK_SCSV) {
        return Err(Cause::InappropriateFallback.into());
    }
    let mut ours = versions(policy);
    ours.find(|version| offered.contains(version)).ok_or_else(|| no_common_version(policy, offered))
}

/// Makes all choices but that of the certificate, which a session may take the place of: a client with which nothing can
/// be agreed is told so before any key is made.
//= 9846:2.1 nothing-in-common
pub(crate) fn agree<'t>(terms: &Terms<'t>, hello: &ClientHello<'_>) -> Result<Agreement<'t>, Error> {
    check_form(hello)?;
    let suite = choose_suite(terms.policy, hello)?;
    let (group, group_reason) = choose_group(terms.policy, hello)?;
    let alpn = choose_alpn(terms.alpn, hello.alpn()?)?;
    Ok(Agreement { suite, group, group_reason, alpn })
}

//= 9846:9.2 complete-checked
fn required<T>(value: Option<T>, extension: ExtensionType) -> Result<T, Error> {
    value.ok_or_else(|| Cause::MissingExtension(extension).into())
}

/// What a TLS 1.3 ClientHello must look like whatever is chosen from it (RFC 9846 §4.2.2, §9.2).
//= 9846:4.2.2 legacy-version-checked
//= 9846:4.2.2 compression-checked
pub(crate) fn check_form(hello: &ClientHello<'_>) -> Result<(), Error> {
    if hello.legacy_version != ProtocolVersion::TLS1_2 {
        return Err(Cause::WrongLegacyVersion(hello.legacy_version).into());
    }
    if hello.compression_methods != [0] {
        return Err(Cause::IllegalParameter("a compression method other than none").into());
    }
    let groups = required(hello.supported_groups()?, ExtensionType::SUPPORTED_GROUPS)?;
    for entry in required(hello.key_shares()?, ExtensionType::KEY_SHARE)?.iter() {
        if !groups.clone().any(|group| group == entry.group) {
            return Err(Cause::IllegalParameter("a key share for a group that it does not support").into());
        }
    }
    // What is said for TLS 1.2 has no effect here, but it must make sense.
    hello.extended_main_secret()?;
    hello.renegotiation_info()?;
    hello.check_point_formats()?;
    check_pre_shared_key(hello)
}

/// pre_shared_key ends a ClientHello, whose binders cover all before it (RFC 9846 §4.3.9, §4.3.11).
//= 9846:4.3.9 missing
//= 9846:4.3.11 last-checked
pub(crate) fn check_pre_shared_key(hello: &ClientHello<'_>) -> Result<(), Error> {
    if !hello.has(ExtensionType::PRE_SHARED_KEY) {
        return Ok(());
    }
    if hello.extensions.last() != Some(ExtensionType::PRE_SHARED_KEY) {
        return Err(Cause::IllegalParameter("pre_shared_key before another extension").into());
    }
    match hello.has(ExtensionType::PSK_KEY_EXCHANGE_MODES) {
        true => Ok(()),
        false => Err(Cause::MissingExtension(ExtensionType::PSK_KEY_EXCHANGE_MODES).into()),
    }
}

//= 9846:4.2.2 unknown-suites
pub(crate) fn choose_suite(policy: &SecurityPolicy, hello: &ClientHello<'_>) -> Result<Tls13Suite, Error> {
    suites_in_common(policy, hello).next().ok_or_else(|| {
        Cause::NoCommonCipherSuite { peer: hello.cipher_suites.iter().map(CipherSuite).collect() }.into()
    })
}

/// The suites that could be chosen, best first: the first one is, unless a pre-shared key asks for another hash.
pub(crate) fn suites_in_common(
    policy: &SecurityPolicy,
    hello: &ClientHello<'_>,
) -> impl Iterator<Item = Tls13Suite> {
    let ours = by_preference(policy, hello, policy.tls13_suites(), |suite| suite.id);
    ours.filter(|suite| hello.cipher_suites.contains(suite.id.0))
}

/// A server's suites in the order it prefers them for this client: the policy's, but with ChaCha20 first where the
/// policy boosts it and the client's own first suite shows that it is faster there.
pub(crate) fn by_preference<S>(
    policy: &SecurityPolicy,
    hello: &ClientHello<'_>,
    suites: impl Iterator<Item = S> + Clone,
    id: fn(&S) -> CipherSuite,
) -> impl Iterator<Item = S> {
    let mut theirs = hello.cipher_suites.iter().map(CipherSuite).filter(|suite| !suite.is_grease());
    let boosts = policy.chacha20_boosting && theirs.next().is_some_and(CipherSuite::is_chacha20);
    let is_boosted = move |suite: &S| boosts && id(suite).is_chacha20();
    suites.clone().filter(is_boosted).chain(suites.filter(move |suite| !is_boosted(suite)))
}

/// Chooses by tuples: a post-quantum group in common wins over every classical one, and a strongly preferred one over
/// others of its kind, even where that costs a HelloRetryRequest; within a tuple a share that is already there wins.
//= 9846:4.2.1 no-common-group
pub(crate) fn choose_group(
    policy: &SecurityPolicy,
    hello: &ClientHello<'_>,
) -> Result<(NamedGroup, GroupReason), Error> {
    let offered = required(hello.supported_groups()?, ExtensionType::SUPPORTED_GROUPS)?;
    let shares = required(hello.key_shares()?, ExtensionType::KEY_SHARE)?;
    let is_common = |group: &NamedGroup| offered.clone().any(|offered| offered == *group);
    for tuple in policy.group_tuples() {
        let mut common = tuple.into_iter().filter(is_common).peekable();
        if let Some(best) = common.peek().copied() {
            let shared = common.find(|group| shares.get(*group).is_some());
            let others = policy.usable_groups().filter(|group| *group != best && is_common(group));
            let others = others.map(|group| (group, shares.get(group).is_some()));
            let reason = group_reason(best, shared, others);
            return Ok((shared.unwrap_or(best), reason));
        }
    }
    Err(Cause::NoCommonGroup { peer: offered.collect() }.into())
}

/// Why one of the groups in common was chosen: the best of them or, for its share, another of the same tuple. `others`
/// are all but the best, and whether there are shares for them.
fn group_reason(
    best: NamedGroup,
    shared: Option<NamedGroup>,
    others: impl Iterator<Item = (NamedGroup, bool)> + Clone,
) -> GroupReason {
    let mut others_shared =
        others.clone().filter(|(_, has_share)| *has_share).map(|(group, _)| group).peekable();
    match shared {
        Some(group) if group != best => GroupReason::ShareAtHand,
        Some(_) if others.clone().next().is_none() => GroupReason::OnlyOne,
        Some(_) => GroupReason::Preferred,
        None if others_shared.peek().is_none() => GroupReason::NoShare,
        None if best.is_post_quantum() && !others_shared.any(NamedGroup::is_post_quantum) => {
            GroupReason::PostQuantum
        }
        None => GroupReason::StronglyPreferred,
    }
}

/// Whether the client has sent a share for this group; if it has not, it is asked for one by HelloRetryRequest.
pub(crate) fn has_share(hello: &ClientHello<'_>, group: NamedGroup) -> Result<bool, Error> {
    Ok(hello.key_shares()?.is_some_and(|shares| shares.get(group).is_some()))
}

/// The identity to present, and the scheme to sign with.
//= 9846:4.3.3 missing
//= 9846:4.5.2 scheme-server
pub(crate) fn choose_identity<'t, C: Credential>(
    terms: &Terms<'t, C>,
    hello: &ClientHello<'_>,
) -> Result<(&'t C, SignatureScheme), Error> {
    let schemes = required(hello.signature_algorithms()?, ExtensionType::SIGNATURE_ALGORITHMS)?;
    let accepts = |scheme| schemes.clone().any(|offered| offered == scheme);
    let fits = |identity: &C, scheme| identity.schemes().contains(&scheme);
    candidates(terms, hello)?
        .select(terms.policy, accepts, fits)
        .ok_or_else(|| Cause::NoCommonSignatureScheme { peer: schemes.clone().collect() }.into())
}

/// The identities that this client may be shown, of which there is at least one.
pub(crate) fn candidates<'t, C: Credential>(
    terms: &Terms<'t, C>,
    hello: &ClientHello<'_>,
) -> Result<Candidates<'t, C>, Error> {
    let wish = Wish {
        name: hello.server_name()?,
        authorities: hello.certificate_authorities()?,
        schemes: hello.certificate_schemes()?,
    };
    let candidates = Candidates::new(terms.identities, wish);
    if candidates.is_empty() { Err(Cause::NoNamedIssuer.into()) } else { Ok(candidates) }
}

/// The server's order decides (RFC 7301 §3.2). A server or a client without protocols does without one.
pub(crate) fn choose_alpn<'c>(
    ours: &'c [Vec<u8>],
    theirs: Option<ProtocolNames<'_>>,
) -> Result<Option<&'c [u8]>, Error> {
    let Some(theirs) = theirs.filter(|_| !ours.is_empty()) else { return Ok(None) };
    let chosen = ours.iter().find(|name| theirs.iter().any(|offered| offered == name.as_slice()));
    match chosen {
        Some(name) => Ok(Some(name)),
        None => {
            let printable = |name: &[u8]| name.escape_ascii().to_string();
            Err(Cause::NoCommonApplicationProtocol {
                client: theirs.iter().map(printable).collect(),
                server: ours.iter().map(|name| printable(name)).collect(),
            }
            .into())
        }
    }
}
