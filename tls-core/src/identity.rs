//! Who one is, and whom one believes: own chains with their keys, trusted roots, verification of the peer's chain.

mod own;
pub(crate) mod permitted;
mod roots;
mod select;
mod verify;

pub use self::own::{Identity, IdentityError};
pub use self::roots::{Roots, RootsError};

pub(crate) use self::own::Key;
pub(crate) use self::select::{Candidates, Credential, Wish, place};
pub(crate) use self::verify::{PathRules, PathVerified, Usage, Verifier};
