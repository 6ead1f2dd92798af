//! One step of a negotiation: what was chosen, and why not something else.

use std::fmt;

use ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};

/// Something that can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a handshake has these to choose")]
pub enum Choice {
    /// A protocol version.
    Version(ProtocolVersion),
    /// A cipher suite.
    CipherSuite(CipherSuite),
    /// A key exchange group.
    Group(NamedGroup),
    /// A signature scheme.
    SignatureScheme(SignatureScheme),
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => version.fmt(f),
            Self::CipherSuite(suite) => suite.fmt(f),
            Self::Group(group) => group.fmt(f),
            Self::SignatureScheme(scheme) => scheme.fmt(f),
        }
    }
}

impl From<ProtocolVersion> for Choice {
    fn from(version: ProtocolVersion) -> Self {
        Self::Version(version)
    }
}

impl From<CipherSuite> for Choice {
    fn from(suite: CipherSuite) -> Self {
        Self::CipherSuite(suite)
    }
}

impl From<NamedGroup> for Choice {
    fn from(group: NamedGroup) -> Self {
        Self::Group(group)
    }
}

impl From<SignatureScheme> for Choice {
    fn from(scheme: SignatureScheme) -> Self {
        Self::SignatureScheme(scheme)
    }
}

/// What a step decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a handshake has these to choose")]
pub enum Subject {
    /// The protocol's version.
    Version,
    /// The cipher suite.
    CipherSuite,
    /// The key exchange group.
    Group,
    /// The scheme of the server's signature.
    SignatureScheme,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Version => "version",
            Self::CipherSuite => "cipher suite",
            Self::Group => "group",
            Self::SignatureScheme => "signature scheme",
        })
    }
}

/// Why something was not chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Why {
    /// The policy has it, the client does not.
    NotOffered,
    /// The client has it, the policy does not.
    NotPermitted,
    /// Both have it, and it is among what this implementation refuses.
    NotImplemented,
    /// It does not exist in the version that was chosen.
    NotInVersion(ProtocolVersion),
    /// The client says that it offers less than it could (RFC 7507).
    Fallback,
    /// No key that the server has goes with it.
    NoKey,
    /// It is as good as what was chosen, and lacks the key share that the other has.
    NeedsRetry,
    /// The policy ranks what was chosen before it.
    LessPreferred,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOffered => f.write_str("the client does not offer it"),
            Self::NotPermitted => f.write_str("the policy does not permit it"),
            Self::NotImplemented => f.write_str("it is refused: this implementation does not have it"),
            Self::NotInVersion(version) => write!(f, "it is not for {version}"),
            Self::Fallback => f.write_str("the client could do better and falls back (TLS_FALLBACK_SCSV)"),
            Self::NoKey => f.write_str("the server has no key for it"),
            Self::NeedsRetry => f.write_str("it would cost a round trip and is no better"),
            Self::LessPreferred => f.write_str("the policy prefers what was chosen"),
        }
    }
}

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// What is decided.
    pub subject: Subject,
    /// What was chosen; nothing where the negotiation ends here.
    pub chosen: Option<Choice>,
    /// What the policy ranks before it, then what else the client offers, each with the reason why it was not chosen.
    pub passed_over: Vec<(Choice, Why)>,
}

impl Step {
    /// Compares what was chosen with the lists that it was chosen from. `common` is the reason against what both have
    /// and `ours` ranks before it; `refuse` gives the one against what only `theirs` has.
    pub(super) fn new<T: Copy + PartialEq + Into<Choice>>(
        subject: Subject,
        chosen: Option<T>,
        ours: &[T],
        theirs: &[T],
        common: Why,
        refuse: impl Fn(T) -> Why,
    ) -> Self {
        let is_chosen = |item: &&T| chosen == Some(**item);
        let before = ours.iter().take_while(|item| !is_chosen(item));
        let before = before.map(|item| (*item, if theirs.contains(item) { common } else { Why::NotOffered }));
        let after = ours.iter().skip_while(|item| !is_chosen(item)).skip(1);
        let after = after.filter(|item| theirs.contains(item)).map(|item| (*item, Why::LessPreferred));
        let others = theirs.iter().filter(|item| !ours.contains(item) && !is_chosen(item));
        let others = others.map(|item| (*item, refuse(*item)));
        let passed_over = before.chain(after).chain(others).map(|(item, why)| (item.into(), why));
        Self { subject, chosen: chosen.map(Into::into), passed_over: passed_over.collect() }
    }
}
