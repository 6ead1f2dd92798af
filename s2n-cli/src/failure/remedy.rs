//! What a person at the command line can do about a failure, in the options of these programs.

use tls_core::{AlertDescription, Error};

/// What to try, if there is something.
pub(super) fn of(error: &Error) -> Option<&'static str> {
    if let Some(alert) = error.alert_received() {
        return of_alert(alert);
    }
    Some(match error.code() {
        "not_tls" => "is this the right port?",
        "certificate_unknown_issuer" => "see --ca-file and --pin",
        "certificate_name_mismatch" => "give the name it is for with --name, if that is the server you mean",
        "certificate_not_pinned" => "if you trust it, give this SHA-256 to --pin",
        "certificate_is_a_ca" => "pin it with --pin, or let the server present a certificate of its own",
        "certificate_required" => "the client gives one with --cert and --key",
        "certificate_signature_algorithm"
        | "no_common_cipher_suite"
        | "no_common_group"
        | "no_common_signature_scheme" => "another policy may permit it: see --ciphers",
        "no_common_application_protocol" => "make the --alpn lists of both sides meet",
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
            "the two sides' settings have nothing in common: try another policy with --ciphers"
        }
        AlertDescription::PROTOCOL_VERSION => "it does not speak TLS 1.3",
        AlertDescription::NO_APPLICATION_PROTOCOL => "it speaks none of the protocols given with --alpn",
        AlertDescription::UNRECOGNIZED_NAME => "it does not know the name asked for: see --name",
        _ => return None,
    })
}
