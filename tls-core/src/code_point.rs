//! Wire integers as newtypes: known values have names, unknown ones survive.

macro_rules! code_points {
    ($(#[$attr:meta])* $vis:vis struct $name:ident($int:ty) { $($constant:ident = $value:literal => $label:literal,)+ }) => {
        $(#[$attr])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        #[allow(clippy::exhaustive_structs, reason = "the wire's integer is all there is to it")]
        $vis struct $name(pub $int);

        #[allow(missing_docs, reason = "each constant is the registered name of its value")]
        #[allow(dead_code, reason = "the registry is complete, whether or not every value is used")]
        impl $name {
            $($vis const $constant: Self = Self($value);)+

            /// The registered name, if the value has one.
            $vis fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$constant => Some($label),)+
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, "{}({})", stringify!($name), self.0),
                }
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{self}")
            }
        }
    };
}

pub(crate) use code_points;
