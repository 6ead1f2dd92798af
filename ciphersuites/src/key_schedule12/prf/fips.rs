use aws_lc_rs::tls_prf::{P_SHA256, P_SHA384, Secret};

use crate::Hash;
use crate::fips::indicator;

/// Fills `out` with PRF(secret, label, seed) (RFC 5246 §5) by the module's own.
#[expect(
    clippy::expect_used,
    reason = "no secret here is empty, and nothing may go on with a module that fails; in HMAC the library itself panics"
)]
pub(super) fn prf(hash: Hash, secret: &[u8], label: &[u8], seed: &[u8], out: &mut [u8]) {
    // The module refuses to derive nothing.
    if out.is_empty() {
        return;
    }
    let algorithm = match hash {
        Hash::Sha256 => &P_SHA256,
        Hash::Sha384 => &P_SHA384,
    };
    let call = indicator::begin(purpose(label), hash.name());
    let derived = Secret::new(algorithm, secret).and_then(|secret| secret.derive(label, seed, out.len()));
    let derived = derived.expect("the FIPS module derives from a secret");
    call.end();
    for (to, from) in out.iter_mut().zip(derived.as_ref()) {
        *to = *from;
    }
}

/// The module's service indicator looks at the label.
fn purpose(label: &[u8]) -> &'static str {
    match label {
        b"extended master secret" => "TLS 1.2 PRF, extended main secret",
        b"master secret" => "TLS 1.2 PRF, main secret",
        b"key expansion" => "TLS 1.2 PRF, key expansion",
        b"client finished" | b"server finished" => "TLS 1.2 PRF, Finished",
        _ => "TLS 1.2 PRF, exporter",
    }
}
