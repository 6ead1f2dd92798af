use crate::fips::indicator;
use crate::{CryptoError, faults};

/// Fills `out` from the library's random bit generator.
///
/// A call costs about half a microsecond whatever its length: ask once for everything a handshake needs.
///
/// # Errors
/// The generator failed; nothing may be derived from `out`.
pub fn random(out: &mut [u8]) -> Result<(), CryptoError> {
    faults::call("random bits")?;
    let call = indicator::begin("random bits", "CTR_DRBG");
    aws_lc_rs::rand::fill(out).map_err(|_| CryptoError)?;
    call.end();
    Ok(())
}

/// Compares in time that depends on the lengths only.
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(a, b).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_fills_all_of_it_and_differs() {
        let (mut one, mut other) = ([0; 100], [0; 100]);
        random(&mut one).unwrap();
        random(&mut other).unwrap();
        assert_ne!(one, other);
        // A byte is zero by chance once in 256; ten in a row mean that nobody wrote there.
        assert!(!one.windows(10).any(|window| window == [0; 10]));
        random(&mut []).unwrap();
    }

    #[test]
    fn comparison() {
        assert!(constant_time_eq(b"", b""));
        assert!(constant_time_eq(b"same", b"same"));
        assert!(!constant_time_eq(b"same", b"sane"));
        assert!(!constant_time_eq(b"same", b"same "));
        assert!(!constant_time_eq(b"same", b""));
    }
}
