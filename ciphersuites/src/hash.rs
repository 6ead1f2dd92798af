use std::fmt;

use aws_lc_rs::digest;

use crate::fips::indicator;

/// The longest hash value in bytes, SHA-384's.
pub(crate) const MAX_LEN: usize = 48;

/// The hash of a TLS 1.3 suite, for the transcript and the key schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// SHA-256, 32 bytes.
    Sha256,
    /// SHA-384, 48 bytes.
    Sha384,
}

impl Hash {
    /// The length of a hash value in bytes.
    #[expect(clippy::len_without_is_empty, reason = "the length of the output, not of a collection")]
    pub const fn len(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
        }
    }

    /// Hashes `data`, without allocating.
    pub fn digest(self, data: &[u8]) -> Digest {
        let call = indicator::begin("hash", self.name());
        let value = digest::digest(self.algorithm(), data);
        call.end();
        Digest::copy_of(value.as_ref())
    }

    /// As FIPS 180-4 has it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
        }
    }

    pub(crate) fn algorithm(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
        }
    }
}

/// A hash value: of a transcript, or a Finished message's verify_data. Not a secret.
#[derive(Clone, Copy)]
pub struct Digest {
    bytes: [u8; MAX_LEN],
    len: u8,
}

impl Digest {
    /// A hash value that was made elsewhere: 32 or 48 bytes, or there is none.
    pub fn from_bytes(value: &[u8]) -> Option<Self> {
        let fits = value.len() == Hash::Sha256.len() || value.len() == Hash::Sha384.len();
        fits.then(|| Self::copy_of(value))
    }

    /// Keeps the first [`MAX_LEN`] bytes; callers pass hash values, which are no longer.
    pub(crate) fn copy_of(value: &[u8]) -> Self {
        let mut bytes = [0; MAX_LEN];
        let mut len = 0;
        for (to, from) in bytes.iter_mut().zip(value) {
            *to = *from;
            len += 1;
        }
        Self { bytes, len }
    }
}

impl AsRef<[u8]> for Digest {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.as_ref() == other.as_ref()
    }
}

impl Eq for Digest {}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(")?;
        for byte in self.as_ref() {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(")")
    }
}
