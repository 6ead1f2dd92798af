use std::fmt;

/// Why a connection's keys come from this group and no other, as far as this side knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GroupReason {
    /// No other group is in common or, of a client, was offered.
    OnlyOne,
    /// The policy of this server has it before all others in common.
    Preferred,
    /// Others of the same tuple come before it, but for it the client had sent a share.
    ShareAtHand,
    /// This server asked for it by HelloRetryRequest, for a post-quantum group goes before every classical share.
    PostQuantum,
    /// This server asked for it by HelloRetryRequest, for its policy strongly prefers it to what there were shares for.
    StronglyPreferred,
    /// This server asked for it by HelloRetryRequest, for there was no share for any group in common.
    NoShare,
    /// The secret of a resumed TLS 1.2 session came from it: there was no new key exchange.
    Resumed,
    /// The server chose it from this client's offer.
    ServerChose,
    /// The server asked this client for it by HelloRetryRequest.
    ServerAsked,
}

/// A clause.
impl fmt::Display for GroupReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::OnlyOne => "there is no other in common",
            Self::Preferred => "the policy has it before all others in common",
            Self::ShareAtHand => "its key share was there, and no other in common is of higher rank",
            Self::PostQuantum => {
                "asked for by HelloRetryRequest: post-quantum groups go before every classical key share"
            }
            Self::StronglyPreferred => "asked for by HelloRetryRequest: the policy strongly prefers it",
            Self::NoShare => "asked for by HelloRetryRequest: there was no key share for a group in common",
            Self::Resumed => "the resumed session had it, and TLS 1.2 resumes without a new key exchange",
            Self::ServerChose => "the server chose it from the offer",
            Self::ServerAsked => "the server asked for it by HelloRetryRequest",
        })
    }
}
