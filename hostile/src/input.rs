//! The bytes of an input, as the decisions that a target makes by them.

/// What is left of an input. There is always something more to take: zeroes follow the last byte.
#[derive(Clone, Debug)]
pub struct Input<'i>(&'i [u8]);

impl<'i> Input<'i> {
    /// All of it.
    pub fn new(bytes: &'i [u8]) -> Self {
        Self(bytes)
    }

    /// Whether the last byte is taken.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One byte.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// A number below `limit`, which must not be 0.
    pub fn below(&mut self, limit: usize) -> usize {
        (usize::from(self.byte()) << 8 | usize::from(self.byte())) % limit
    }

    /// As many bytes as the next one says.
    pub fn short(&mut self) -> &'i [u8] {
        let len = usize::from(self.byte()).min(self.0.len());
        let (taken, rest) = self.0.split_at(len);
        self.0 = rest;
        taken
    }

    /// All that is left.
    pub fn rest(self) -> &'i [u8] {
        self.0
    }
}
