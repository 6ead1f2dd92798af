//! What the tests of several modules share.

/// The bytes that `text` spells; white space is ignored.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16).expect("hexadecimal digits only"))
        .collect();
    assert!(digits.len().is_multiple_of(2), "whole bytes only");
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

/// A file of `testdata`, which `testdata/make.sh` makes by OpenSSL.
pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What the signatures in `testdata` are over.
pub(crate) const MESSAGE: &[u8] = b"a message to sign";
