use crate::hmac::{Secret, hmac};

/// HKDF-Expand (RFC 5869 §2.3): fills `out`, at most 255 hash values. The parts of `info` belong together.
pub(crate) fn expand(secret: &Secret, [a, b, c, d, e]: [&[u8]; 5], out: &mut [u8]) {
    let mut previous: Option<Secret> = None;
    for (chunk, counter) in out.chunks_mut(secret.hash.len()).zip(1..=u8::MAX) {
        let before = previous.as_ref().map_or(&[][..], Secret::as_ref);
        let block = hmac(secret.hash, secret.as_ref(), &[before, a, b, c, d, e, &[counter]]);
        for (to, from) in chunk.iter_mut().zip(block.as_ref()) {
            *to = *from;
        }
        previous = Some(block);
    }
}
