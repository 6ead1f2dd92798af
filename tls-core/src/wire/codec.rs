//! Reading and writing of the presentation language of RFC 9846 §3: integers and length-prefixed vectors.

use crate::error::{Cause, Error};

/// A cursor over the bytes of one structure. Every error names that structure.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    what: &'static str,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8], what: &'static str) -> Self {
        Self { rest: bytes, what }
    }

    //= 9846:6 syntax
    fn malformed(&self) -> Error {
        Cause::Malformed(self.what).into()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The structure must end here: bytes after its last field are an error.
    //= 9846:4.3 trailing-data
    pub(crate) fn finish(self) -> Result<(), Error> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.malformed()) }
    }

    pub(crate) fn take(&mut self, len: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or_else(|| self.malformed())?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<&'a [u8; N], Error> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or_else(|| self.malformed())?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Error> {
        self.array().map(|&[byte]| byte)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Error> {
        self.array().map(|bytes| u16::from_be_bytes(*bytes))
    }

    pub(crate) fn u24(&mut self) -> Result<usize, Error> {
        self.array().map(|&[a, b, c]| usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c))
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Error> {
        self.array().map(|bytes| u32::from_be_bytes(*bytes))
    }

    /// A vector with a one-byte length.
    pub(crate) fn vec8(&mut self) -> Result<&'a [u8], Error> {
        let len = self.u8()?;
        self.take(len.into())
    }

    /// A vector with a two-byte length.
    pub(crate) fn vec16(&mut self) -> Result<&'a [u8], Error> {
        let len = self.u16()?;
        self.take(len.into())
    }

    /// A vector with a three-byte length.
    pub(crate) fn vec24(&mut self) -> Result<&'a [u8], Error> {
        let len = self.u24()?;
        self.take(len)
    }

    /// As `vec16`, but at least one byte long.
    pub(crate) fn nonempty_vec16(&mut self) -> Result<&'a [u8], Error> {
        self.vec16().and_then(|body| if body.is_empty() { Err(self.malformed()) } else { Ok(body) })
    }

    /// The next structure inside a vector, under its own name.
    pub(crate) fn nested(body: &'a [u8], what: &'static str) -> Self {
        Self::new(body, what)
    }

    /// All that is left.
    pub(crate) fn rest(self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn error<T>(&self) -> Result<T, Error> {
        Err(self.malformed())
    }
}

/// A list of 16-bit code points, at least one, as suites, groups, schemes and versions are sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CodePoints<'a>(&'a [u8]);

impl<'a> CodePoints<'a> {
    pub(crate) fn new(body: &'a [u8], what: &'static str) -> Result<Self, Error> {
        if body.is_empty() || !body.len().is_multiple_of(2) {
            return Err(Cause::Malformed(what).into());
        }
        Ok(Self(body))
    }

    /// Of bytes that [`Self::new`] has accepted before.
    pub(crate) fn checked(body: &'a [u8]) -> Self {
        Self(body)
    }

    pub(crate) fn bytes(self) -> &'a [u8] {
        self.0
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = u16> + Clone + 'a {
        self.0.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair))
    }

    pub(crate) fn contains(self, code_point: u16) -> bool {
        self.iter().any(|offered| offered == code_point)
    }
}

/// Appends a structure to a buffer; lengths are patched in when a vector ends.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    out: &'a mut Vec<u8>,
    overflow: bool,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, overflow: false }
    }

    /// Fails if any vector was longer than its length field can say. Only the caller's own
    /// configuration (an oversized chain, say) can cause that.
    pub(crate) fn finish(self) -> Result<(), Error> {
        if self.overflow { Err(Cause::Oversized.into()) } else { Ok(()) }
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    pub(crate) fn u8(&mut self, value: u8) {
        self.out.push(value);
    }

    pub(crate) fn u16(&mut self, value: u16) {
        self.bytes(&value.to_be_bytes());
    }

    pub(crate) fn vec8(&mut self, body: impl FnOnce(&mut Self)) {
        self.vector::<1>(body);
    }

    pub(crate) fn vec16(&mut self, body: impl FnOnce(&mut Self)) {
        self.vector::<2>(body);
    }

    pub(crate) fn vec24(&mut self, body: impl FnOnce(&mut Self)) {
        self.vector::<3>(body);
    }

    /// The buffer itself, for those who append what others encode.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        self.out
    }

    fn vector<const WIDTH: usize>(&mut self, body: impl FnOnce(&mut Self)) {
        let start = self.out.len();
        self.bytes(&[0; WIDTH]);
        body(self);
        let len = self.out.len().saturating_sub(start).saturating_sub(WIDTH).to_be_bytes();
        let (high, low) = len.split_at(len.len() - WIDTH);
        self.overflow |= high.iter().any(|byte| *byte != 0);
        if let Some(field) = self.out.get_mut(start..).and_then(|tail| tail.get_mut(..WIDTH)) {
            field.copy_from_slice(low);
        }
    }
}
