use crate::CryptoError;

/// Fills `out` from the library's random bit generator.
///
/// A call costs about half a microsecond whatever its length: ask once for everything a handshake needs.
///
/// # Errors
/// The generator failed; nothing may be derived from `out`.
pub fn random(out: &mut [u8]) -> Result<(), CryptoError> {
    Ok(aws_lc_rs::rand::fill(out)?)
}

/// Compares in time that depends on the lengths only.
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(a, b).is_ok()
}
