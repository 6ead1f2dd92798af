//! Where pre-shared keys come from, and keys that are made from others.

use zeroize::Zeroizing;

use super::{extract, fill_label};
use crate::Hash;
use crate::hmac::Secret;

/// Where a pre-shared key comes from. Its binders say it, so that no key can be taken for one of another origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PskOrigin {
    /// An earlier connection (RFC 9846 §4.7.1).
    Session,
    /// Other means than TLS (RFC 9846 §4.3.11).
    External,
    /// The same, but made for this protocol and hash (RFC 9258).
    Imported,
}

impl PskOrigin {
    pub(super) const fn binder_label(self) -> &'static [u8] {
        match self {
            Self::Session => b"res binder",
            Self::External => b"ext binder",
            Self::Imported => b"imp binder",
        }
    }
}

/// The key that is made from `psk`, a key whose own hash is `hash`, for `target` and what `identity`, an encoded
/// ImportedIdentity, says (RFC 9258 §5.1). It is as long as `target`'s hash values.
pub fn import_psk(hash: Hash, psk: &[u8], identity: &[u8], target: Hash) -> Zeroizing<Vec<u8>> {
    let extracted = extract(&Secret::zero(hash), psk);
    let mut imported = Zeroizing::new(vec![0; target.len()]);
    fill_label(&extracted, b"derived psk", hash.digest(identity).as_ref(), &mut imported);
    imported
}
