use aws_lc_rs::hkdf::{HKDF_SHA256, HKDF_SHA384, KeyType, Prk};

use crate::Hash;
use crate::fips::indicator;
use crate::hmac::Secret;

/// HKDF-Expand (RFC 5869 §2.3) by the module: fills `out`, at most 255 hash values. The parts of `info` belong together.
#[expect(
    clippy::expect_used,
    reason = "callers keep the one length that could be wrong, and nothing may go on with a module that fails; in HMAC \
              the library itself panics"
)]
pub(crate) fn expand(secret: &Secret, info: [&[u8]; 5], out: &mut [u8]) {
    let algorithm = match secret.hash {
        Hash::Sha256 => HKDF_SHA256,
        Hash::Sha384 => HKDF_SHA384,
    };
    let key = Prk::new_less_safe(algorithm, secret.as_ref());
    let call = indicator::begin("HKDF-Expand", secret.hash.name());
    let filled = key.expand(&info, Len(out.len())).and_then(|okm| okm.fill(out));
    filled.expect("the FIPS module expands a secret");
    call.end();
}

/// The length of the output in bytes.
struct Len(usize);

impl KeyType for Len {
    fn len(&self) -> usize {
        self.0
    }
}
