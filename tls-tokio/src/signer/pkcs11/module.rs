//! PKCS#11 modules: shared libraries, each loaded and initialised once in a process and never unloaded.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, RwLock, RwLockReadGuard, TryLockError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};

use super::Pkcs11Error;
use super::fault::{Fault, describe};
use super::uri::Pkcs11Uri;

/// Names the module where nothing else does.
pub(super) const MODULE_VARIABLE: &str = "PKCS11_MODULE";

/// A module that is loaded.
///
/// Its sessions are numbers, which begin again when it is initialised again: a number from before may then be someone
/// else's session. So every call goes through [`Self::enter`], and whoever keeps a session keeps its generation.
#[derive(Debug)]
pub(super) struct Module {
    state: RwLock<State>,
}

#[derive(Debug)]
struct State {
    library: Pkcs11,
    generation: u64,
    /// Whether it was this crate that initialised it, and may do it again.
    is_ours: bool,
}

/// The permission to call a module, which is not initialised again meanwhile.
#[derive(Debug)]
pub(super) struct Entered<'a>(RwLockReadGuard<'a, State>);

impl Entered<'_> {
    pub(super) fn library(&self) -> &Pkcs11 {
        &self.0.library
    }

    pub(super) fn generation(&self) -> u64 {
        self.0.generation
    }
}

impl Module {
    /// Loads the module that the URI, `option` or the environment names, unless it is loaded.
    pub(super) fn load(uri: &Pkcs11Uri, option: Option<&Path>) -> Result<Arc<Self>, Pkcs11Error> {
        static LOADED: LazyLock<Mutex<BTreeMap<PathBuf, Arc<Module>>>> = LazyLock::new(Mutex::default);
        let candidates = candidates(uri, option)?;
        // Held while a module loads: two threads must not initialise one module at once.
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(module) = candidates.iter().find_map(|path| loaded.get(path)) {
            return Ok(Arc::clone(module));
        }
        let mut why = String::new();
        for path in &candidates {
            match Pkcs11::new(path) {
                Ok(library) => {
                    let module = Arc::new(Self::initialize(path, library)?);
                    loaded.insert(path.clone(), Arc::clone(&module));
                    return Ok(module);
                }
                Err(error) => why = describe(&error),
            }
        }
        let path = candidates.into_iter().next().unwrap_or_default();
        Err(Pkcs11Error::Module { path, why })
    }

    fn initialize(path: &Path, library: Pkcs11) -> Result<Self, Pkcs11Error> {
        let is_ours = match library.initialize(arguments()) {
            Ok(()) => true,
            Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => false,
            Err(error) => return Err(Pkcs11Error::Module { path: path.to_owned(), why: describe(&error) }),
        };
        Ok(Self { state: RwLock::new(State { library, generation: 0, is_ours }) })
    }

    pub(super) fn enter(&self) -> Entered<'_> {
        Entered(self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Initialises the module again if it is still in this generation, which is what some need when what they speak to
    /// has gone away. Never waits: where someone is in a call, it says so.
    pub(super) fn restart(&self, generation: u64) -> Result<(), Fault> {
        let mut state = match self.state.try_write() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(state)) => state.into_inner(),
            Err(TryLockError::WouldBlock) => {
                return Err(Fault::unavailable(
                    "the module is in use, so that it cannot be started again yet",
                ));
            }
        };
        if state.generation != generation || !state.is_ours {
            return Ok(());
        }
        // From here on every session is void, whatever comes of it.
        state.generation = state.generation.wrapping_add(1);
        // A module that has lost its token may have nothing left to finalise.
        let _ = state.library.clone().finalize();
        match state.library.initialize(arguments()) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(()),
            Err(error) => Err(Fault::unavailable(describe(&error))),
        }
    }
}

fn arguments() -> CInitializeArgs {
    CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)
}

/// Where the module may be. The URI knows best (RFC 7512 §2.4), then the program, then the environment.
fn candidates(uri: &Pkcs11Uri, option: Option<&Path>) -> Result<Vec<PathBuf>, Pkcs11Error> {
    let names = uri.module_name.as_ref().map(|name| [format!("lib{name}.so"), format!("{name}.so")]);
    let variable = || std::env::var_os(MODULE_VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
    match (&uri.module_path, names, option) {
        (Some(folder), Some(names), _) if folder.is_dir() => Ok(names.map(|name| folder.join(name)).to_vec()),
        (Some(file), _, _) => Ok(vec![file.clone()]),
        // The system's loader looks for a bare name.
        (None, Some(names), _) => Ok(names.map(PathBuf::from).to_vec()),
        (None, None, Some(file)) => Ok(vec![file.to_owned()]),
        (None, None, None) => variable().map(|file| vec![file]).ok_or(Pkcs11Error::NoModule),
    }
}
