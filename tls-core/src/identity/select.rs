//! Which own identity to present, and which scheme to sign with.

use std::cmp::Reverse;

use ciphersuites::{KeyType, SecurityPolicy, SignatureScheme};
use pki_types::ServerName;

use crate::identity::Identity;
use crate::wire::certificate_authorities::Authorities;
use crate::wire::codec::CodePoints;

/// What a choice between identities needs to know of each.
pub(crate) trait Credential {
    /// The kind of the leaf's key.
    fn key_type(&self) -> KeyType;

    /// Signature schemes of TLS 1.3 that the key can sign with.
    fn schemes(&self) -> &[SignatureScheme];

    /// Signature schemes of TLS 1.2 that the key can sign with.
    fn tls12_schemes(&self) -> &[SignatureScheme];

    /// Whether the leaf is for this name.
    fn is_for(&self, name: &ServerName<'_>) -> bool;

    /// Whether one of these has issued a certificate of the chain.
    fn is_issued_by(&self, authorities: Authorities<'_>) -> bool;

    /// Whether the signatures in its chain can be by these schemes.
    fn is_signed_by(&self, schemes: CodePoints<'_>) -> bool;

    /// Whether it is only for peers that name one who has.
    fn is_for_named_issuers_only(&self) -> bool;
}

impl Credential for Identity {
    fn key_type(&self) -> KeyType {
        self.key_type()
    }

    fn schemes(&self) -> &[SignatureScheme] {
        self.schemes()
    }

    fn tls12_schemes(&self) -> &[SignatureScheme] {
        self.tls12_schemes()
    }

    fn is_for(&self, name: &ServerName<'_>) -> bool {
        self.is_for(name)
    }

    fn is_issued_by(&self, authorities: Authorities<'_>) -> bool {
        self.is_issued_by(authorities)
    }

    fn is_signed_by(&self, schemes: CodePoints<'_>) -> bool {
        self.is_signed_by(schemes)
    }

    fn is_for_named_issuers_only(&self) -> bool {
        self.is_for_named_issuers_only()
    }
}

/// Any certificate with a key of this type: for the question what would be chosen.
impl Credential for KeyType {
    fn key_type(&self) -> KeyType {
        *self
    }

    fn schemes(&self) -> &[SignatureScheme] {
        self.schemes13()
    }

    fn tls12_schemes(&self) -> &[SignatureScheme] {
        self.schemes12()
    }

    fn is_for(&self, _: &ServerName<'_>) -> bool {
        true
    }

    fn is_issued_by(&self, _: Authorities<'_>) -> bool {
        true
    }

    fn is_signed_by(&self, _: CodePoints<'_>) -> bool {
        true
    }

    fn is_for_named_issuers_only(&self) -> bool {
        false
    }
}

/// What a peer says of the certificate that it wants to see.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wish<'p> {
    /// The name that a client asked for.
    pub(crate) name: Option<&'p str>,
    /// The authorities that it trusts, if it says so.
    pub(crate) authorities: Authorities<'p>,
    /// The schemes that it accepts in certificates, if it says so (RFC 9846 §4.5.1.2).
    pub(crate) schemes: Option<CodePoints<'p>>,
}

/// The identities that a peer may be shown, those that it wishes for most first.
#[derive(Debug)]
pub(crate) struct Candidates<'i, C> {
    /// The only one, or one of those below.
    first: Option<&'i C>,
    /// Where there are several.
    ranked: Vec<(Rank, &'i C)>,
}

/// Whether an identity is for the name, whether an authority that is named has issued it, and whether its chain is signed
/// by schemes that are accepted. The name matters more: a certificate for another name is refused by whoever issued it.
type Rank = Reverse<(bool, bool, bool)>;

impl<'i, C: Credential> Candidates<'i, C> {
    //= 9846:4.3.3 sha1-certificates
    //= 9846:4.5.1.2 chain-signatures
    pub(crate) fn new(identities: &'i [C], wish: Wish<'_>) -> Self {
        let is_shown =
            |identity: &&C| !identity.is_for_named_issuers_only() || identity.is_issued_by(wish.authorities);
        if let [only] = identities {
            return Self { first: Some(only).filter(is_shown), ranked: Vec::new() };
        }
        let name = wish.name.and_then(|name| ServerName::try_from(name).ok());
        let rank = |identity: &C| {
            let is_named = name.as_ref().is_some_and(|name| identity.is_for(name));
            let is_accepted = wish.schemes.is_none_or(|schemes| identity.is_signed_by(schemes));
            Reverse((is_named, identity.is_issued_by(wish.authorities), is_accepted))
        };
        let mut ranked: Vec<_> =
            identities.iter().filter(is_shown).map(|identity| (rank(identity), identity)).collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        Self { first: ranked.first().map(|(_, identity)| *identity), ranked }
    }

    /// Whether none may be shown, for the peer names none of their issuers.
    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// Chooses the identity and the scheme: what the peer wishes for, then the policy's order of schemes, then the caller's
    /// order of identities; never a scheme that the peer does not accept (RFC 9846 §4.3.3). `fits` says which schemes an
    /// identity can sign with here.
    pub(crate) fn select(
        &self,
        policy: &SecurityPolicy,
        accepts: impl Fn(SignatureScheme) -> bool,
        fits: impl Fn(&C, SignatureScheme) -> bool,
    ) -> Option<(&'i C, SignatureScheme)> {
        let schemes = policy.signature_schemes.iter().copied().filter(|scheme| accepts(*scheme));
        if self.ranked.is_empty() {
            return best(self.first.into_iter(), schemes, &fits);
        }
        let mut equals = self.ranked.chunk_by(|(one, _), (other, _)| one == other);
        equals.find_map(|equals| best(equals.iter().map(|(_, identity)| *identity), schemes.clone(), &fits))
    }
}

/// Which of these the chosen one is, counted from 0.
pub(crate) fn place(identities: &[Identity], chosen: &Identity) -> Option<u16> {
    let place = identities.iter().position(|identity| std::ptr::eq(identity, chosen))?;
    u16::try_from(place).ok()
}

/// The first identity that fits the first scheme that any of them fits.
//= 9846:4.5.1.2 leaf-signs
//= 9846:4.5.2 scheme-server
fn best<'i, C: 'i>(
    identities: impl Iterator<Item = &'i C> + Clone,
    mut schemes: impl Iterator<Item = SignatureScheme>,
    fits: impl Fn(&C, SignatureScheme) -> bool,
) -> Option<(&'i C, SignatureScheme)> {
    schemes.find_map(|scheme| {
        let identity = identities.clone().find(|identity| fits(identity, scheme))?;
        Some((identity, scheme))
    })
}
