//! What a server chooses from a ClientHello for TLS 1.2.

use ciphersuites::{CipherSuite, NamedGroup, SecurityPolicy, SignatureScheme, Tls12Suite};

use crate::error::{Cause, Error};
use crate::facts::GroupReason;
use crate::handshake::certificate::curve;
use crate::handshake::negotiate::{Terms, by_preference, candidates, choose_alpn};
use crate::identity::{Credential, Identity};
use crate::wire::client_hello::ClientHello;

/// A server's choices.
#[derive(Debug)]
pub(crate) struct Agreement<'t> {
    pub(crate) suite: Tls12Suite,
    pub(crate) group: NamedGroup,
    pub(crate) group_reason: GroupReason,
    pub(crate) alpn: Option<&'t [u8]>,
    pub(crate) identity: &'t Identity,
    pub(crate) scheme: SignatureScheme,
    /// Whether the main secret is bound to the handshake (RFC 7627).
    pub(crate) extended: bool,
    /// Whether the client knows of RFC 5746.
    pub(crate) renegotiation_info: bool,
}

/// Stands in the list of suites for an empty renegotiation_info (RFC 5746 §3.3).
const EMPTY_RENEGOTIATION_INFO_SCSV: u16 = 0x00ff;

/// Says that the client offers less than it could, because of an earlier failure (RFC 7507).
pub(crate) const FALLBACK_SCSV: u16 = 0x5600;

/// What a ClientHello without signature_algorithms accepts (RFC 5246 §7.4.1.4.1).
const IMPLIED_SCHEMES: [SignatureScheme; 2] = [SignatureScheme::RSA_PKCS1_SHA1, SignatureScheme::ECDSA_SHA1];

/// Makes all choices at once: the suite, in the order of preference, that a group, an identity and a scheme go with.
//= 9846:4.3.3 tls12-rules
pub(crate) fn agree<'t>(terms: &Terms<'t>, hello: &ClientHello<'_>) -> Result<Agreement<'t>, Error> {
    let extended = check_form(terms.policy, hello)?;
    let renegotiation_info = knows_safe_renegotiation(hello)?;
    // Before the groups: who has no suite of ECDHE has no group for it, either, and the suites say why.
    let common = common_suites(terms.policy, hello)?;
    let (group, group_reason) = choose_group(terms.policy, hello)?;
    let (suite, identity, scheme) = choose_suite(terms, hello, common)?;
    let alpn = choose_alpn(terms.alpn, hello.alpn()?)?;
    Ok(Agreement { suite, group, group_reason, alpn, identity, scheme, extended, renegotiation_info })
}

/// Whether the client knows of RFC 5746, by extension or by suite.
pub(crate) fn knows_safe_renegotiation(hello: &ClientHello<'_>) -> Result<bool, Error> {
    Ok(hello.renegotiation_info()? || hello.cipher_suites.contains(EMPTY_RENEGOTIATION_INFO_SCSV))
}

/// What a TLS 1.2 ClientHello must look like whatever is chosen from it. Returns whether the client knows the extended
/// main secret.
//= 9846:4.2.2 compression-tls12
pub(crate) fn check_form(policy: &SecurityPolicy, hello: &ClientHello<'_>) -> Result<bool, Error> {
    if !hello.compression_methods.contains(&0) {
        return Err(Cause::IllegalParameter("compression methods without none").into());
    }
    hello.check_point_formats()?;
    let extended = hello.extended_main_secret()?;
    match policy.extended_main_secret_required && !extended {
        true => Err(Cause::NoExtendedMainSecret.into()),
        false => Ok(extended),
    }
}

/// The suites in common, of which there is at least one, in order of preference.
pub(crate) fn common_suites<'h>(
    policy: &'h SecurityPolicy,
    hello: &'h ClientHello<'_>,
) -> Result<impl Iterator<Item = Tls12Suite> + use<'h>, Error> {
    let ours = by_preference(policy, hello, policy.tls12_suites(), |suite| suite.id);
    let mut common = ours.filter(|suite| hello.cipher_suites.contains(suite.id.0)).peekable();
    match common.peek() {
        Some(_) => Ok(common),
        None => {
            let peer = hello.cipher_suites.iter().map(CipherSuite).collect();
            Err(Cause::NoCommonCipherSuite { peer }.into())
        }
    }
}

/// The first suite that an identity and a scheme go with.
pub(crate) fn choose_suite<'t, C: Credential>(
    terms: &Terms<'t, C>,
    hello: &ClientHello<'_>,
    mut common: impl Iterator<Item = Tls12Suite>,
) -> Result<(Tls12Suite, &'t C, SignatureScheme), Error> {
    let groups = hello.supported_groups()?;
    // A client that names groups knows no other curves (RFC 8422 §5.3).
    let knows = |curve| groups.clone().is_none_or(|mut groups| groups.any(|group| group == curve));
    let candidates = candidates(terms, hello)?;
    let schemes = hello.signature_algorithms()?;
    let accepts = |scheme: SignatureScheme| match schemes.clone() {
        Some(mut schemes) => schemes.any(|offered| offered == scheme),
        None => IMPLIED_SCHEMES.contains(&scheme),
    };
    let has_key_for = |identity: &C, suite: &Tls12Suite| {
        identity.key_type().authentication() == Some(suite.authentication)
            && curve(identity.key_type()).is_none_or(knows)
    };
    let chosen = common.find_map(|suite| {
        let fits = |identity: &C, scheme| {
            has_key_for(identity, &suite) && identity.tls12_schemes().contains(&scheme)
        };
        let (identity, scheme) = candidates.select(terms.policy, accepts, fits)?;
        Some((suite, identity, scheme))
    });
    if let Some(chosen) = chosen {
        return Ok(chosen);
    }
    let has_any_key = |suite| terms.identities.iter().any(|identity| has_key_for(identity, &suite));
    Err(match common_suites(terms.policy, hello)?.any(has_any_key) {
        true => {
            let peer = schemes.map_or_else(|| IMPLIED_SCHEMES.to_vec(), Iterator::collect);
            Cause::NoCommonSignatureScheme { peer }.into()
        }
        false => Cause::NoSuitableKey { peer: hello.cipher_suites.iter().map(CipherSuite).collect() }.into(),
    })
}

/// The policy's order among the classical groups: there is no other kind in TLS 1.2. A client that names no groups
/// is taken to have P-256 (RFC 8422 §4).
pub(crate) fn choose_group(
    policy: &SecurityPolicy,
    hello: &ClientHello<'_>,
) -> Result<(NamedGroup, GroupReason), Error> {
    let offered = hello.supported_groups()?;
    let is_common = |group: &NamedGroup| match offered.clone() {
        Some(mut offered) => offered.any(|offered| offered == *group),
        None => *group == NamedGroup::SECP256R1,
    };
    let mut common = policy.tls12_groups().filter(is_common);
    match (common.next(), common.next()) {
        (Some(group), None) => Ok((group, GroupReason::OnlyOne)),
        (Some(group), Some(_)) => Ok((group, GroupReason::Preferred)),
        _ => Err(Cause::NoCommonGroup { peer: offered.clone().into_iter().flatten().collect() }.into()),
    }
}
