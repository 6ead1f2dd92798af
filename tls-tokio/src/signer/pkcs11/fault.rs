//! What a token's answers mean.

use cryptoki::error::{Error, RvError};
use tls_core::{SignFailure, SignFailureKind};

use super::Pkcs11Error;

/// Something that a token or its module did not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) error: Pkcs11Error,
    /// Whether another session, or another start of the module, may help.
    pub(super) is_lost: bool,
}

impl Fault {
    pub(super) fn new(kind: SignFailureKind, what: impl Into<String>) -> Self {
        Self { error: Pkcs11Error::Call { kind, what: what.into() }, is_lost: false }
    }

    /// The token is not there, for now.
    pub(super) fn unavailable(what: impl Into<String>) -> Self {
        Self { is_lost: true, ..Self::new(SignFailureKind::Unavailable, what) }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let (kind, is_lost) = match &error {
            Error::Pkcs11(code, _) => meaning(*code),
            Error::NullFunctionPointer | Error::NotSupported => (SignFailureKind::Unsupported, false),
            _ => (SignFailureKind::Failed, false),
        };
        Self { is_lost, ..Self::new(kind, describe(&error)) }
    }
}

impl From<Pkcs11Error> for Fault {
    fn from(error: Pkcs11Error) -> Self {
        // A module that sees no token at all may have lost sight of them.
        let is_lost = matches!(&error, Pkcs11Error::NoToken { present, .. } if present.is_empty());
        Self { error, is_lost }
    }
}

impl From<Fault> for SignFailure {
    fn from(fault: Fault) -> Self {
        Self::new(fault.error.kind(), fault.error.to_string())
    }
}

/// What a return value says of the call: the kind of failure, and whether it may do better in a new session.
fn meaning(code: RvError) -> (SignFailureKind, bool) {
    match code {
        RvError::CryptokiNotInitialized
        | RvError::DeviceRemoved
        | RvError::SessionClosed
        | RvError::SessionHandleInvalid
        | RvError::SlotIdInvalid
        | RvError::TokenNotPresent
        | RvError::TokenNotRecognized
        | RvError::UserNotLoggedIn => (SignFailureKind::Unavailable, true),
        RvError::DeviceError
        | RvError::FunctionFailed
        | RvError::GeneralError
        | RvError::KeyHandleInvalid
        | RvError::ObjectHandleInvalid
        | RvError::OperationActive
        | RvError::OperationNotInitialized => (SignFailureKind::Failed, true),
        RvError::SessionCount | RvError::DeviceMemory | RvError::HostMemory => {
            (SignFailureKind::Overloaded, false)
        }
        RvError::ActionProhibited
        | RvError::FunctionRejected
        | RvError::KeyFunctionNotPermitted
        | RvError::PinExpired
        | RvError::PinIncorrect
        | RvError::PinInvalid
        | RvError::PinLenRange
        | RvError::PinLocked
        | RvError::UserPinNotInitialized => (SignFailureKind::Denied, false),
        RvError::CurveNotSupported
        | RvError::FunctionNotSupported
        | RvError::KeySizeRange
        | RvError::KeyTypeInconsistent
        | RvError::MechanismInvalid
        | RvError::MechanismParamInvalid => (SignFailureKind::Unsupported, false),
        _ => (SignFailureKind::Failed, false),
    }
}

/// The error by the names that PKCS#11's documentation, and so an operator, knows.
pub(super) fn describe(error: &Error) -> String {
    match error {
        Error::Pkcs11(code, function) => format!("C_{function:?} returned {}", constant(*code)),
        error => error.to_string(),
    }
}

/// The name of a return value in the standard's spelling: `CKR_PIN_INCORRECT`.
fn constant(code: RvError) -> String {
    match code {
        RvError::VendorDefined(value) | RvError::UnknownErrorCode(value) => format!("{value:#x}"),
        code => format!("{code:?}").chars().fold("CKR".to_owned(), |name, letter| match letter {
            'A'..='Z' => name + "_" + letter.encode_utf8(&mut [0; 4]),
            _ => name + letter.to_ascii_uppercase().encode_utf8(&mut [0; 4]),
        }),
    }
}

#[cfg(test)]
mod tests {
    use cryptoki::context::Function;

    use super::*;

    #[test]
    fn return_values_are_named_as_in_the_standard() {
        for (code, name) in [
            (RvError::PinIncorrect, "C_Login returned CKR_PIN_INCORRECT"),
            (RvError::DeviceRemoved, "C_Login returned CKR_DEVICE_REMOVED"),
            (RvError::VendorDefined(0x8000_0001), "C_Login returned 0x80000001"),
        ] {
            assert_eq!(describe(&Error::Pkcs11(code, Function::Login)), name);
        }
    }

    #[test]
    fn what_a_new_session_cannot_mend_is_not_tried_again() {
        for code in
            [RvError::PinIncorrect, RvError::PinLocked, RvError::MechanismInvalid, RvError::SessionCount]
        {
            assert!(!Fault::from(Error::Pkcs11(code, Function::Login)).is_lost, "{code:?}");
        }
        for code in [RvError::DeviceRemoved, RvError::SessionHandleInvalid, RvError::UserNotLoggedIn] {
            let fault = Fault::from(Error::Pkcs11(code, Function::Sign));
            assert_eq!((fault.error.kind(), fault.is_lost), (SignFailureKind::Unavailable, true), "{code:?}");
        }
    }
}
