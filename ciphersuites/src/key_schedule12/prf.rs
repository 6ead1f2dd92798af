use crate::Hash;
use crate::hmac::{Secret, hmac};

/// Fills `out` with PRF(secret, label, seed) (RFC 5246 §5).
pub(super) fn prf(hash: Hash, secret: &[u8], label: &[u8], seed: &[u8], out: &mut [u8]) {
    let mut previous: Option<Secret> = None;
    for chunk in out.chunks_mut(hash.len()) {
        let a = match &previous {
            None => hmac(hash, secret, &[label, seed]),
            Some(a) => hmac(hash, secret, &[a.as_ref()]),
        };
        let block = hmac(hash, secret, &[a.as_ref(), label, seed]);
        for (to, from) in chunk.iter_mut().zip(block.as_ref()) {
            *to = *from;
        }
        previous = Some(a);
    }
}
