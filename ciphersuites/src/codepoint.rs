//! Wire integers: newtypes over the integer on the wire, so that values nobody has named yet survive.

mod cipher_suite;
mod named_group;
mod signature_scheme;
mod version;

pub use cipher_suite::CipherSuite;
pub use named_group::NamedGroup;
pub use signature_scheme::SignatureScheme;
pub use version::ProtocolVersion;

/// Defines a newtype over the wire integer with a constant and a name for each registered value.
///
/// The name is the constant's own unless `as "..."` gives another spelling.
macro_rules! codepoint {
    (
        $(#[$doc:meta])*
        pub struct $type:ident;
        $( $constant:ident = $value:literal $(as $name:literal)?, )*
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(pub u16);

        impl $type {
            $(
                #[doc = concat!("`", $crate::codepoint::codepoint!(@name $constant $($name)?), "`, ", stringify!($value), ".")]
                pub const $constant: Self = Self($value);
            )*

            /// Every value that has a name.
            pub(crate) const NAMED: &'static [Self] = &[$(Self::$constant,)*];

            /// The value with this registered name, in any case of letters.
            pub fn by_name(name: &str) -> Option<Self> {
                let is_it = |value: &Self| value.name().is_some_and(|known| known.eq_ignore_ascii_case(name));
                Self::NAMED.iter().copied().find(is_it)
            }

            /// The registered name, or `None` for a value that this version of the crate does not know.
            pub fn name(self) -> Option<&'static str> {
                match self.0 {
                    $( $value => Some($crate::codepoint::codepoint!(@name $constant $($name)?)), )*
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self.name() {
                    Some(name) => f.pad(name),
                    None => write!(f, "0x{:04x}", self.0),
                }
            }
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self)
            }
        }
    };
    (@name $constant:ident) => { stringify!($constant) };
    (@name $constant:ident $name:literal) => { $name };
}

/// Whether `value` is one of the sixteen reserved 0x?A?A values (RFC 8701 §2).
const fn is_grease(value: u16) -> bool {
    let [high, low] = value.to_be_bytes();
    high == low && low & 0x0f == 0x0a
}

use codepoint;

#[cfg(test)]
mod tests;
