//! Just enough DER (X.690) to find a key inside its container: definite lengths, low tag numbers.

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;

/// A cursor over the contents of a constructed value.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(der: &'a [u8]) -> Self {
        Self(der)
    }

    /// Opens `der`, which must be one SEQUENCE and nothing else.
    pub(crate) fn sequence(der: &'a [u8]) -> Option<Self> {
        let mut outer = Self(der);
        let contents = outer.read(SEQUENCE)?;
        outer.is_empty().then_some(Self(contents))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tag of the next value.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The contents of the next value, which must have this tag.
    pub(crate) fn read(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (found, contents, rest) = split_value(self.0)?;
        if found != tag {
            return None;
        }
        self.0 = rest;
        Some(contents)
    }

    /// The magnitude of the next value, a non-negative INTEGER, without leading zeroes.
    pub(crate) fn read_unsigned(&mut self) -> Option<&'a [u8]> {
        match self.read(INTEGER)? {
            [0] => Some(&[]),
            [0, magnitude @ ..] if magnitude.first()? & 0x80 != 0 => Some(magnitude),
            [0, ..] | [] => None,
            magnitude => (magnitude.first()? & 0x80 == 0).then_some(magnitude),
        }
    }

    /// The contents of the next value, a BIT STRING of whole bytes.
    pub(crate) fn read_bit_string(&mut self) -> Option<&'a [u8]> {
        match self.read(BIT_STRING)? {
            [0, bytes @ ..] => Some(bytes),
            _ => None,
        }
    }
}

/// Tag and contents of the first value of `der`, and what follows it. The length must be in its shortest form.
fn split_value(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = der.split_first_chunk()?;
    let (len, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81 => {
            let (&[len], rest) = rest.split_first_chunk()?;
            (usize::from(len), rest)
        }
        0x82 => {
            let (&len, rest) = rest.split_first_chunk()?;
            (usize::from(u16::from_be_bytes(len)), rest)
        }
        // Nothing of interest is 64 KiB long.
        _ => return None,
    };
    let shortest = match first {
        0x81 => len >= 0x80,
        0x82 => len >= 0x100,
        _ => true,
    };
    let (contents, rest) = rest.split_at_checked(len)?;
    shortest.then_some((tag, contents, rest))
}

/// Appends a value to `out`. `contents` must be shorter than 64 KiB, which keys are.
pub(crate) fn write(out: &mut Vec<u8>, tag: u8, contents: &[&[u8]]) {
    let len: usize = contents.iter().map(|part| part.len()).sum();
    let [low, high, ..] = len.to_le_bytes();
    out.push(tag);
    match len {
        0..=0x7f => out.push(low),
        0x80..=0xff => out.extend([0x81, low]),
        _ => out.extend([0x82, high, low]),
    }
    contents.iter().for_each(|part| out.extend_from_slice(part));
}

/// The dotted form of an object identifier's contents, for error messages.
pub(crate) fn dotted(oid: &[u8]) -> String {
    let mut arcs: Vec<u64> = Vec::new();
    let mut arc: u64 = 0;
    for &byte in oid {
        arc = arc.saturating_mul(128).saturating_add(u64::from(byte & 0x7f));
        if byte & 0x80 == 0 {
            if arcs.is_empty() {
                let root = (arc / 40).min(2);
                arcs.push(root);
                arc = arc.saturating_sub(root.saturating_mul(40));
            }
            arcs.push(arc);
            arc = 0;
        }
    }
    arcs.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests;
