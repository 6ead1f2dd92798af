//! PKCS#11 URIs (RFC 7512): which token, which object, which module.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use cryptoki::types::AuthPin;

/// A PKCS#11 URI (RFC 7512): which key, in which token, by which module. What it leaves out matches anything.
///
/// [`Display`](fmt::Display) and [`Debug`](fmt::Debug) never show the PIN.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Pkcs11Uri {
    /// The token's label.
    pub token: Option<String>,
    /// The token's manufacturer.
    pub manufacturer: Option<String>,
    /// The token's serial number.
    pub serial: Option<String>,
    /// The token's model.
    pub model: Option<String>,
    /// The module's manufacturer.
    pub library_manufacturer: Option<String>,
    /// The module's description.
    pub library_description: Option<String>,
    /// The module's version, major and minor.
    pub library_version: Option<(u8, u8)>,
    /// The slot's manufacturer.
    pub slot_manufacturer: Option<String>,
    /// The slot's description.
    pub slot_description: Option<String>,
    /// The slot's number.
    pub slot_id: Option<u64>,
    /// The object's label.
    pub object: Option<String>,
    /// The object's id, `CKA_ID`.
    pub id: Option<Vec<u8>>,
    /// The object's class.
    pub object_type: Option<ObjectType>,
    /// The module's file, or a folder that [`Self::module_name`] is looked for in.
    pub module_path: Option<PathBuf>,
    /// The module's name, without `lib` in front or an ending.
    pub module_name: Option<String>,
    /// Where the PIN is.
    pub pin_source: Option<String>,
    /// The PIN, which is shown to no one.
    pub(super) pin_value: Option<AuthPin>,
}

/// The class of an object in a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObjectType {
    /// A public key.
    Public,
    /// A private key.
    Private,
    /// A certificate.
    Certificate,
    /// A secret key.
    SecretKey,
    /// Anything else.
    Data,
}

/// Why a text is no [`Pkcs11Uri`] that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidPkcs11Uri {
    /// It does not begin with `pkcs11:`.
    NotPkcs11,
    /// An attribute has no `=`.
    NoValue(String),
    /// An attribute of the path is not one of RFC 7512's, so that it cannot be told what it would match.
    UnknownAttribute(String),
    /// An attribute is there twice.
    Repeated(String),
    /// An attribute has a value that it cannot have.
    BadValue {
        /// The attribute.
        attribute: String,
        /// What it must be.
        expected: &'static str,
    },
    /// There are both a PIN and a source of it.
    TwoPins,
}

impl fmt::Display for InvalidPkcs11Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPkcs11 => f.write_str(
                "a PKCS#11 URI begins with \"pkcs11:\", for example pkcs11:token=NAME;object=LABEL",
            ),
            Self::NoValue(attribute) => write!(f, "\"{attribute}\" has no value: write {attribute}=VALUE"),
            Self::UnknownAttribute(name) => write!(
                f,
                "\"{name}\" is not an attribute that RFC 7512 has before the question mark; a key is chosen by token, \
                 serial, manufacturer, model, slot-id, object and id"
            ),
            Self::Repeated(attribute) => write!(f, "\"{attribute}\" is there twice"),
            Self::BadValue { attribute, expected } => {
                write!(f, "the value of \"{attribute}\" must be {expected}")
            }
            Self::TwoPins => f.write_str("pin-value and pin-source exclude each other: keep one of them"),
        }
    }
}

impl std::error::Error for InvalidPkcs11Uri {}

impl FromStr for Pkcs11Uri {
    type Err = InvalidPkcs11Uri;

    /// Reads a URI, decoding what is percent-encoded. An unknown attribute of the query is ignored, one of the path is
    /// refused (RFC 7512 §2.5): whoever wrote it meant to narrow what matches.
    fn from_str(text: &str) -> Result<Self, InvalidPkcs11Uri> {
        let (scheme, rest) = text.split_once(':').ok_or(InvalidPkcs11Uri::NotPkcs11)?;
        if !scheme.eq_ignore_ascii_case("pkcs11") {
            return Err(InvalidPkcs11Uri::NotPkcs11);
        }
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut uri = Self::default();
        let mut seen = Vec::new();
        for attribute in path.split(';').filter(|attribute| !attribute.is_empty()) {
            let attribute = Attribute::read(attribute, &mut seen)?;
            uri.read_path(&attribute)?;
        }
        for attribute in query.split('&').filter(|attribute| !attribute.is_empty()) {
            let name = attribute.split_once('=').map_or(attribute, |(name, _)| name);
            if matches!(name, "module-path" | "module-name" | "pin-source" | "pin-value") {
                uri.read_query(&Attribute::read(attribute, &mut seen)?)?;
            }
        }
        match (&uri.pin_source, &uri.pin_value) {
            (Some(_), Some(_)) => Err(InvalidPkcs11Uri::TwoPins),
            _ => Ok(uri),
        }
    }
}

impl Pkcs11Uri {
    fn read_path(&mut self, attribute: &Attribute<'_>) -> Result<(), InvalidPkcs11Uri> {
        let text = || attribute.text().map(Some);
        match attribute.name {
            "token" => self.token = text()?,
            "manufacturer" => self.manufacturer = text()?,
            "serial" => self.serial = text()?,
            "model" => self.model = text()?,
            "library-manufacturer" => self.library_manufacturer = text()?,
            "library-description" => self.library_description = text()?,
            "library-version" => self.library_version = Some(attribute.version()?),
            "slot-manufacturer" => self.slot_manufacturer = text()?,
            "slot-description" => self.slot_description = text()?,
            "slot-id" => self.slot_id = Some(attribute.number()?),
            "object" => self.object = text()?,
            "id" => self.id = Some(attribute.value.clone()),
            "type" => self.object_type = Some(attribute.object_type()?),
            unknown => return Err(InvalidPkcs11Uri::UnknownAttribute(unknown.to_owned())),
        }
        Ok(())
    }

    fn read_query(&mut self, attribute: &Attribute<'_>) -> Result<(), InvalidPkcs11Uri> {
        match attribute.name {
            "module-path" => self.module_path = Some(attribute.text()?.into()),
            "module-name" => self.module_name = Some(attribute.text()?),
            "pin-source" => self.pin_source = Some(attribute.text()?),
            _ => self.pin_value = Some(attribute.text()?.into()),
        }
        Ok(())
    }
}

/// An attribute with its value decoded.
struct Attribute<'a> {
    name: &'a str,
    value: Vec<u8>,
}

impl<'a> Attribute<'a> {
    fn read(text: &'a str, seen: &mut Vec<&'a str>) -> Result<Self, InvalidPkcs11Uri> {
        let (name, value) = text.split_once('=').ok_or_else(|| InvalidPkcs11Uri::NoValue(text.to_owned()))?;
        if seen.contains(&name) {
            return Err(InvalidPkcs11Uri::Repeated(name.to_owned()));
        }
        seen.push(name);
        let expected = "text in which % is followed by two hexadecimal digits";
        let bad = || InvalidPkcs11Uri::BadValue { attribute: name.to_owned(), expected };
        Ok(Self { name, value: percent_decode(value).ok_or_else(bad)? })
    }

    fn bad(&self, expected: &'static str) -> InvalidPkcs11Uri {
        InvalidPkcs11Uri::BadValue { attribute: self.name.to_owned(), expected }
    }

    fn text(&self) -> Result<String, InvalidPkcs11Uri> {
        String::from_utf8(self.value.clone()).map_err(|_| self.bad("UTF-8"))
    }

    fn number(&self) -> Result<u64, InvalidPkcs11Uri> {
        self.text()?.parse().map_err(|_| self.bad("a number"))
    }

    fn version(&self) -> Result<(u8, u8), InvalidPkcs11Uri> {
        let text = self.text()?;
        let (major, minor) = text.split_once('.').unwrap_or((&text, "0"));
        let number = |part: &str| part.parse().map_err(|_| self.bad("a version, such as 2.40"));
        Ok((number(major)?, number(minor)?))
    }

    fn object_type(&self) -> Result<ObjectType, InvalidPkcs11Uri> {
        Ok(match self.text()?.as_str() {
            "public" => ObjectType::Public,
            "private" => ObjectType::Private,
            "cert" => ObjectType::Certificate,
            "secret-key" => ObjectType::SecretKey,
            "data" => ObjectType::Data,
            _ => return Err(self.bad("public, private, cert, secret-key or data")),
        })
    }
}

/// Decodes what is percent-encoded (RFC 3986 §2.1). `None` where a `%` has no two digits after it.
pub(super) fn percent_decode(text: &str) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let (digits, after) = rest.split_first_chunk::<2>()?;
        let digits = std::str::from_utf8(digits).ok()?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        decoded.push(u8::from_str_radix(digits, 16).ok()?);
        rest = after;
    }
    Some(decoded)
}

impl fmt::Display for Pkcs11Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id: Option<String> =
            self.id.as_ref().map(|id| id.iter().map(|byte| format!("%{byte:02X}")).collect());
        let slot_id = self.slot_id.map(|id| id.to_string());
        let version = self.library_version.map(|(major, minor)| format!("{major}.{minor}"));
        let attributes = [
            ("token", self.token.as_deref().map(percent_encode)),
            ("manufacturer", self.manufacturer.as_deref().map(percent_encode)),
            ("serial", self.serial.as_deref().map(percent_encode)),
            ("model", self.model.as_deref().map(percent_encode)),
            ("library-manufacturer", self.library_manufacturer.as_deref().map(percent_encode)),
            ("library-description", self.library_description.as_deref().map(percent_encode)),
            ("library-version", version),
            ("slot-manufacturer", self.slot_manufacturer.as_deref().map(percent_encode)),
            ("slot-description", self.slot_description.as_deref().map(percent_encode)),
            ("slot-id", slot_id),
            ("object", self.object.as_deref().map(percent_encode)),
            ("id", id),
            ("type", self.object_type.map(|object_type| object_type.to_string())),
        ];
        f.write_str("pkcs11:")?;
        let given = attributes.into_iter().filter_map(|(name, value)| Some((name, value?)));
        for (index, (name, value)) in given.enumerate() {
            write!(f, "{}{name}={value}", if index == 0 { "" } else { ";" })?;
        }
        Ok(())
    }
}

impl fmt::Display for ObjectType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Certificate => "cert",
            Self::SecretKey => "secret-key",
            Self::Data => "data",
        })
    }
}

/// Encodes what may not stand for itself everywhere in a URI.
fn percent_encode(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |encoded, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            encoded + char::from(byte).encode_utf8(&mut [0; 4])
        }
        _ => encoded + &format!("%{byte:02X}"),
    })
}

#[cfg(test)]
mod tests;
