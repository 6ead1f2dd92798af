//! A token that is logged in to, and sessions with it.

use std::sync::{Arc, Mutex, PoisonError};

use cryptoki::context::Pkcs11;
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::MechanismType;
use cryptoki::object::ObjectHandle;
use cryptoki::session::{Session, SessionState, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use cryptoki::types::AuthPin;
use tls_core::SignFailureKind;

use super::Pkcs11Error;
use super::fault::{Fault, describe};
use super::key::{self, WhichKey};
use super::mechanism::Method;
use super::module::{Entered, Module};
use super::pause::Pause;
use super::uri::Pkcs11Uri;

/// Where a key is, and how to get to it, again if need be.
#[derive(Debug)]
pub(super) struct Token {
    module: Arc<Module>,
    uri: Pkcs11Uri,
    expected: Option<WhichKey>,
    /// Held by who connects, so that one does at a time.
    access: Mutex<Access>,
}

#[derive(Debug)]
struct Access {
    pin: Option<AuthPin>,
    /// The PIN was refused: another attempt would bring the token nearer to being locked.
    refused: Option<Pkcs11Error>,
    pause: Pause,
}

/// What is known of a key and its token once a session has found them.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) token: String,
    pub(super) key: WhichKey,
    pub(super) mechanisms: Vec<MechanismType>,
}

/// A session that is logged in and knows the key.
#[derive(Debug)]
pub(super) struct KeySession {
    module: Arc<Module>,
    generation: u64,
    /// `None` only while it is dropped.
    session: Option<Session>,
    key: ObjectHandle,
}

impl Token {
    pub(super) fn new(
        module: Arc<Module>,
        uri: Pkcs11Uri,
        pin: Option<AuthPin>,
        expected: Option<WhichKey>,
    ) -> Self {
        let access = Mutex::new(Access { pin, refused: None, pause: Pause::default() });
        Self { module, uri, expected, access }
    }

    /// Opens a session, logs in and finds the key. Where the module has lost the token, it is started again, once.
    /// After a failure nobody tries for a while: who asks meanwhile is told so at once.
    pub(super) fn connect(&self) -> Result<KeySession, Fault> {
        self.look().map(|(session, _)| session)
    }

    /// The same, and says what is there.
    pub(super) fn look(&self) -> Result<(KeySession, Facts), Fault> {
        let mut access = self.access.lock().unwrap_or_else(PoisonError::into_inner);
        access.pause.check()?;
        let generation = self.module.enter().generation();
        let connected = match self.try_connect(&mut access) {
            Err(fault) if fault.is_lost => {
                self.module.restart(generation).and_then(|()| self.try_connect(&mut access))
            }
            connected => connected,
        };
        match &connected {
            Ok(_) => access.pause.succeeded(),
            Err(fault) => access.pause.failed(&fault.error),
        }
        connected
    }

    fn try_connect(&self, access: &mut Access) -> Result<(KeySession, Facts), Fault> {
        let entered = self.module.enter();
        let library = entered.library();
        let (slot, info) = find_slot(library, &self.uri)?;
        // It closes itself when it is dropped, until it is known to be of use.
        let session = library.open_ro_session(slot)?;
        access.log_in(&session, &info)?;
        let (key, which) = key::find(&session, &self.uri, self.expected)?;
        let mechanisms = library.get_mechanism_list(slot)?;
        let facts = Facts { token: info.label().to_owned(), key: which, mechanisms };
        Ok((KeySession::new(&self.module, &entered, session, key), facts))
    }
}

impl Access {
    /// Logs the process in to the token, which holds for all its sessions (PKCS #11 §5.6.8).
    fn log_in(&mut self, session: &Session, info: &TokenInfo) -> Result<(), Fault> {
        let state = session.get_session_info()?.session_state();
        let is_logged_in = matches!(state, SessionState::RoUser | SessionState::RwUser);
        if is_logged_in || !info.login_required() {
            return Ok(());
        }
        if let Some(refused) = &self.refused {
            return Err(refused.clone().into());
        }
        let token = info.label().to_owned();
        if self.pin.is_none() && !info.protected_authentication_path() {
            return Err(Pkcs11Error::NoPin { token }.into());
        }
        if info.user_pin_final_try() {
            return Err(Pkcs11Error::PinLastTry { token }.into());
        }
        match session.login(UserType::User, self.pin.as_ref()) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
            Err(
                error @ Error::Pkcs11(
                    RvError::PinIncorrect
                    | RvError::PinInvalid
                    | RvError::PinLenRange
                    | RvError::PinExpired
                    | RvError::PinLocked,
                    _,
                ),
            ) => {
                let refused = Pkcs11Error::PinRefused { token, why: describe(&error) };
                self.refused = Some(refused.clone());
                Err(refused.into())
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl KeySession {
    fn new(module: &Arc<Module>, entered: &Entered<'_>, session: Session, key: ObjectHandle) -> Self {
        Self { module: Arc::clone(module), generation: entered.generation(), session: Some(session), key }
    }

    /// Signs what the method makes of a message.
    pub(super) fn sign(&self, method: Method, input: &[u8]) -> Result<Vec<u8>, Fault> {
        let entered = self.module.enter();
        let session = self.session.as_ref().filter(|_| entered.generation() == self.generation);
        let session = session.ok_or_else(|| Fault::unavailable("the module was started again"))?;
        let mechanism = method.mechanism().ok_or(Error::NotSupported)?;
        let signature = session.sign(&mechanism, self.key, input)?;
        let no_signature = || Fault::new(SignFailureKind::Failed, "the token returned what is no signature");
        method.output(signature).ok_or_else(no_signature)
    }
}

impl Drop for KeySession {
    fn drop(&mut self) {
        let entered = self.module.enter();
        match self.session.take() {
            Some(session) if entered.generation() == self.generation => drop(session),
            // Its number may be another's by now, which must not be closed.
            stale => std::mem::forget(stale),
        }
    }
}

/// The one token that matches the URI.
fn find_slot(library: &Pkcs11, uri: &Pkcs11Uri) -> Result<(Slot, TokenInfo), Fault> {
    let mut present = Vec::new();
    let mut matching = Vec::new();
    let is_library = is_library(library, uri)?;
    for slot in library.get_slots_with_token()? {
        // A token that goes away meanwhile is not there.
        let Ok(info) = library.get_token_info(slot) else { continue };
        if !info.token_initialized() {
            continue;
        }
        let serial = info.serial_number();
        let name = format!("\"{}\" (serial {serial}, slot-id {})", info.label().escape_debug(), slot.id());
        if is_library && is_token(uri, slot, &info) && is_slot(library, uri, slot)? {
            matching.push((slot, info, name.clone()));
        }
        present.push(name);
    }
    match matching.len() {
        0 => Err(Pkcs11Error::NoToken { uri: uri.to_string(), present }.into()),
        1 => {
            let found = matching.pop().map(|(slot, info, _)| (slot, info));
            found.ok_or_else(|| Fault::unavailable("no token"))
        }
        _ => {
            let matching = matching.into_iter().map(|(_, _, name)| name).collect();
            Err(Pkcs11Error::SeveralTokens { uri: uri.to_string(), matching }.into())
        }
    }
}

fn is_token(uri: &Pkcs11Uri, slot: Slot, info: &TokenInfo) -> bool {
    matches(&uri.token, info.label())
        && matches(&uri.manufacturer, info.manufacturer_id())
        && matches(&uri.serial, info.serial_number())
        && matches(&uri.model, info.model())
        && uri.slot_id.is_none_or(|id| id == slot.id())
}

fn is_slot(library: &Pkcs11, uri: &Pkcs11Uri, slot: Slot) -> Result<bool, Fault> {
    if uri.slot_manufacturer.is_none() && uri.slot_description.is_none() {
        return Ok(true);
    }
    let info = library.get_slot_info(slot)?;
    Ok(matches(&uri.slot_manufacturer, info.manufacturer_id())
        && matches(&uri.slot_description, info.slot_description()))
}

fn is_library(library: &Pkcs11, uri: &Pkcs11Uri) -> Result<bool, Fault> {
    if uri.library_manufacturer.is_none()
        && uri.library_description.is_none()
        && uri.library_version.is_none()
    {
        return Ok(true);
    }
    let info = library.get_library_info()?;
    let version = info.library_version();
    Ok(matches(&uri.library_manufacturer, info.manufacturer_id())
        && matches(&uri.library_description, info.library_description())
        && uri.library_version.is_none_or(|wanted| wanted == (version.major(), version.minor())))
}

/// Tokens pad with spaces what they say of themselves.
fn matches(wanted: &Option<String>, found: &str) -> bool {
    wanted.as_ref().is_none_or(|wanted| wanted.trim_end() == found.trim_end())
}
