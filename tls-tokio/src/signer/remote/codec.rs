//! Integers and vectors of the protocol, in network order.

use std::fmt;

/// What is wrong with what the other end sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A cursor over the fields of a message.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a>(&'a [u8]);

const ENDS_EARLY: Malformed = Malformed("a message that ends before its last field does");

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn finish(self) -> Result<(), Malformed> {
        if self.is_empty() { Ok(()) } else { Err(Malformed("a message with bytes after its last field")) }
    }

    pub(crate) fn take(&mut self, len: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(ENDS_EARLY)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(ENDS_EARLY)?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Malformed> {
        self.array().map(u8::from_be_bytes)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Malformed> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Malformed> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Malformed> {
        self.array().map(u64::from_be_bytes)
    }

    pub(crate) fn vec8(&mut self) -> Result<&'a [u8], Malformed> {
        let len = self.u8()?;
        self.take(len.into())
    }

    pub(crate) fn vec16(&mut self) -> Result<&'a [u8], Malformed> {
        let len = self.u16()?;
        self.take(len.into())
    }

    pub(crate) fn vec24(&mut self) -> Result<&'a [u8], Malformed> {
        let [a, b, c] = self.array()?;
        self.take(usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c))
    }
}

/// Appends a field whose length goes before it in `WIDTH` bytes. One that is too long for that is cut: callers keep to
/// the protocol's bounds, which are below.
pub(crate) fn write_vector<const WIDTH: usize>(out: &mut Vec<u8>, field: &[u8]) {
    let max = (1_usize << (8 * WIDTH)).saturating_sub(1);
    let field = field.get(..max).unwrap_or(field);
    let len = field.len().to_be_bytes();
    out.extend_from_slice(len.get(len.len() - WIDTH..).unwrap_or_default());
    out.extend_from_slice(field);
}
