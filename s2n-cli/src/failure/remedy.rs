//! What a person at the command line can do about a failure, in the options of these programs.

use std::borrow::Cow;

use tls_core::ciphersuites::{CipherSuite, SecurityPolicy};
use tls_core::{AlertDescription, Cause, Error, HandshakeType, Stage};

/// What to try, if there is something.
pub(super) fn of(error: &Error) -> Option<Cow<'static, str>> {
    match error.cause() {
        // TLS 1.2 has no alert of its own for this, but by then all else has been agreed on.
        Cause::AlertReceived(AlertDescription::HANDSHAKE_FAILURE)
            if error.stage() == Some(Stage::Expecting(HandshakeType::FINISHED)) =>
        {
            of_alert(AlertDescription::CERTIFICATE_REQUIRED).map(Cow::Borrowed)
        }
        // All is agreed on: what can fail is another handshake.
        Cause::AlertReceived(AlertDescription::HANDSHAKE_FAILURE)
            if error.stage() == Some(Stage::Established) =>
        {
            Some("if it wanted to renegotiate, a client can have that accepted: see --renegotiation".into())
        }
        Cause::AlertReceived(alert) => of_alert(*alert).map(Cow::Borrowed),
        Cause::NoCommonCipherSuite { peer } => Some(of_suites(peer)),
        _ => of_code(error.code()).map(Cow::Borrowed),
    }
}

/// The policy that has one of these suites.
fn of_suites(peer: &[CipherSuite]) -> Cow<'static, str> {
    let policies = [SecurityPolicy::DEFAULT, SecurityPolicy::DEFAULT_TLS13];
    let common =
        |policy: &SecurityPolicy| policy.cipher_suites.iter().copied().find(|suite| peer.contains(suite));
    match policies.iter().find_map(|policy| Some((&policy.name, common(policy)?))) {
        Some((policy, suite)) => format!("the policy {policy} permits {suite}: see --ciphers").into(),
        None => "no policy permits any of these: let the peer offer ECDHE with AES-GCM".into(),
    }
}

fn of_code(code: &str) -> Option<&'static str> {
    Some(match code {
        "not_tls" => "is this the right port?",
        "certificate_unknown_issuer" => "see --ca-file and --pin",
        "certificate_name_mismatch" => "give the name it is for with --name, if that is the server you mean",
        "certificate_not_pinned" => "if you trust it, give this SHA-256 to --pin",
        "certificate_is_a_ca" => {
            "let it present a certificate of its own; a server's can be pinned with --pin"
        }
        "certificate_required" => "the client gives one with --cert and --key",
        "certificate_signature_algorithm" | "no_common_group" | "no_common_signature_scheme" => {
            "another policy may permit it: see --ciphers"
        }
        "inappropriate_fallback" => {
            "the client, or something between, should not try older versions by itself"
        }
        "no_common_application_protocol" => "make the --alpn lists of both sides meet",
        "bad_binder" | "no_common_pre_shared_key" | "unknown_pre_shared_key" => {
            "give both sides the same --psk, or the server a certificate that the client is told to trust"
        }
        "no_suitable_key" => {
            "let the server have a certificate with a key of the other kind, too, RSA or ECDSA: --cert and --key may be repeated"
        }
        "truncated" => "the other side, or something between, hung up",
        _ => return None,
    })
}

fn of_alert(alert: AlertDescription) -> Option<&'static str> {
    Some(match alert {
        AlertDescription::CERTIFICATE_REQUIRED => {
            "it wants a certificate from this side: see --cert and --key"
        }
        AlertDescription::UNKNOWN_CA => "it does not trust the CA of this side's certificate",
        AlertDescription::BAD_CERTIFICATE | AlertDescription::CERTIFICATE_UNKNOWN => {
            "it does not accept this side's certificate"
        }
        AlertDescription::CERTIFICATE_EXPIRED => "this side's certificate has expired for it: renew it",
        AlertDescription::HANDSHAKE_FAILURE | AlertDescription::INSUFFICIENT_SECURITY => {
            "the two sides' settings have nothing in common: try another policy with --ciphers; for a peer that knows \
             only static RSA or DHE there is none (RFC 10015)"
        }
        AlertDescription::PROTOCOL_VERSION => {
            "it permits none of this side's versions; for a peer that knows nothing newer than TLS 1.1 there is no \
             policy (RFC 8996): update it"
        }
        AlertDescription::NO_APPLICATION_PROTOCOL => "it speaks none of the protocols given with --alpn",
        AlertDescription::UNRECOGNIZED_NAME => "it does not know the name asked for: see --name",
        _ => return None,
    })
}
