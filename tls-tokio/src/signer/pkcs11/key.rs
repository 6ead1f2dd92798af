//! Finding a private key in a token, and which key it is.

use cryptoki::error::Error;
use cryptoki::object::{Attribute, AttributeType, KeyType as TokenKeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use tls_core::ciphersuites::{KeyType, PublicKey};
use tls_core::{CertificateDer, Identity, KeyId};

use super::Pkcs11Error;
use super::fault::Fault;
use super::uri::{ObjectType, Pkcs11Uri};

/// Keys are listed for a person, who will not read more of them.
const MAX_LISTED: usize = 20;

/// Which key, and of what kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WhichKey {
    pub(super) id: KeyId,
    pub(super) key_type: KeyType,
}

impl WhichKey {
    pub(super) fn of_identity(identity: &Identity) -> Self {
        Self { id: identity.key_id(), key_type: identity.key_type() }
    }

    fn of_public_key(key: &PublicKey) -> Self {
        Self { id: KeyId::of_public_key(&key.to_spki()), key_type: key.key_type() }
    }
}

/// The one private key that matches the URI and, where that is known, belongs to the certificate.
pub(super) fn find(
    session: &Session,
    uri: &Pkcs11Uri,
    expected: Option<WhichKey>,
) -> Result<(ObjectHandle, WhichKey), Fault> {
    if uri.object_type.is_some_and(|object_type| object_type != ObjectType::Private) {
        return Err(Pkcs11Error::NotPrivate.into());
    }
    let mut wanted = vec![Attribute::Class(ObjectClass::PRIVATE_KEY)];
    wanted.extend(uri.object.as_ref().map(|label| Attribute::Label(label.clone().into_bytes())));
    wanted.extend(uri.id.clone().map(Attribute::Id));
    let keys = session.find_objects(&wanted)?;
    let (key, which) = match keys.as_slice() {
        [] => {
            let present = session.find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY)])?;
            let error = Pkcs11Error::NoKey { uri: uri.to_string(), present: list(session, &present)? };
            return Err(error.into());
        }
        [key] => (*key, identify(session, *key, expected)?),
        several => among(session, several, expected)?.ok_or_else(|| several_keys(session, uri, several))?,
    };
    check_usable(session, key)?;
    Ok((key, which))
}

/// The one of these keys that is the expected one.
fn among(
    session: &Session,
    keys: &[ObjectHandle],
    expected: Option<WhichKey>,
) -> Result<Option<(ObjectHandle, WhichKey)>, Fault> {
    let Some(expected) = expected else { return Ok(None) };
    for key in keys {
        if public_key(session, *key)?.is_some_and(|which| which.id == expected.id) {
            return Ok(Some((*key, expected)));
        }
    }
    Ok(None)
}

fn several_keys(session: &Session, uri: &Pkcs11Uri, keys: &[ObjectHandle]) -> Fault {
    match list(session, keys) {
        Ok(matching) => Pkcs11Error::SeveralKeys { uri: uri.to_string(), matching }.into(),
        Err(fault) => fault,
    }
}

/// Which key this is, by the token or, where it does not say, by the certificate that it is for.
fn identify(session: &Session, key: ObjectHandle, expected: Option<WhichKey>) -> Result<WhichKey, Fault> {
    match (public_key(session, key)?, expected) {
        (Some(found), None) => Ok(found),
        (None, None) => Err(Pkcs11Error::NoPublicKey.into()),
        // PKCS#11 knows RSA keys only, not which padding a certificate binds them to, and its id includes that.
        (Some(found), Some(expected))
            if (found.key_type, expected.key_type) == (KeyType::Rsa, KeyType::RsaPss) =>
        {
            Ok(expected)
        }
        (Some(found), Some(expected)) if found.id != expected.id => {
            Err(Pkcs11Error::KeyMismatch { token: found.id, certificate: expected.id }.into())
        }
        (_, Some(expected)) => Ok(expected),
    }
}

/// Refuses keys that each signature would fail with.
fn check_usable(session: &Session, key: ObjectHandle) -> Result<(), Fault> {
    let attributes = attributes(session, key, &[AttributeType::Sign, AttributeType::AlwaysAuthenticate])?;
    for attribute in attributes {
        let why = match attribute {
            Attribute::Sign(false) => "it is not for signatures (CKA_SIGN is false)",
            Attribute::AlwaysAuthenticate(true) => {
                "it asks for the PIN at each signature (CKA_ALWAYS_AUTHENTICATE is true), which no server can answer"
            }
            _ => continue,
        };
        return Err(Pkcs11Error::NotUsable { why }.into());
    }
    Ok(())
}

/// Labels and ids of keys, for people.
fn list(session: &Session, keys: &[ObjectHandle]) -> Result<Vec<String>, Fault> {
    let describe = |key: &ObjectHandle| {
        let mut text = String::from("a key without a label");
        for attribute in attributes(session, *key, &[AttributeType::Label, AttributeType::Id])? {
            match attribute {
                Attribute::Label(label) if !label.is_empty() => {
                    text = format!("object \"{}\"", String::from_utf8_lossy(&label).escape_debug());
                }
                Attribute::Id(id) if !id.is_empty() => {
                    text += " with id=";
                    text.extend(id.iter().map(|byte| format!("%{byte:02x}")));
                }
                _ => {}
            }
        }
        Ok(text)
    };
    keys.iter().take(MAX_LISTED).map(describe).collect()
}

/// The public key that belongs to a private one: as the private key's object says itself, or the objects that have its
/// id, a public key or a certificate.
fn public_key(session: &Session, key: ObjectHandle) -> Result<Option<WhichKey>, Fault> {
    if let Some(which) = from_object(session, key)? {
        return Ok(Some(which));
    }
    let Some(id) = bytes(session, key, AttributeType::Id)?.filter(|id| !id.is_empty()) else {
        return Ok(None);
    };
    for class in [ObjectClass::PUBLIC_KEY, ObjectClass::CERTIFICATE] {
        for object in session.find_objects(&[Attribute::Class(class), Attribute::Id(id.clone())])? {
            let which = match class {
                ObjectClass::CERTIFICATE => from_certificate(session, object)?,
                _ => from_object(session, object)?,
            };
            if which.is_some() {
                return Ok(which);
            }
        }
    }
    Ok(None)
}

/// The public key by what a key object says of it. `None` where that is not enough, or no key that TLS has.
fn from_object(session: &Session, key: ObjectHandle) -> Result<Option<WhichKey>, Fault> {
    if let Some(info) = bytes(session, key, AttributeType::PublicKeyInfo)?
        && let Ok(public) = PublicKey::from_spki(&info)
    {
        return Ok(Some(WhichKey { id: KeyId::of_public_key(&info), key_type: public.key_type() }));
    }
    let types = attributes(session, key, &[AttributeType::KeyType])?;
    let public = match types.as_slice() {
        [Attribute::KeyType(TokenKeyType::RSA)] => {
            let modulus = bytes(session, key, AttributeType::Modulus)?;
            let exponent = bytes(session, key, AttributeType::PublicExponent)?;
            modulus
                .zip(exponent)
                .and_then(|(modulus, exponent)| PublicKey::from_rsa(&modulus, &exponent).ok())
        }
        [Attribute::KeyType(TokenKeyType::EC)] => {
            let curve =
                bytes(session, key, AttributeType::EcParams)?.and_then(|curve| curve_key_type(&curve));
            let point = bytes(session, key, AttributeType::EcPoint)?;
            curve.zip(point).and_then(|(key_type, point)| from_point(key_type, &point))
        }
        [Attribute::KeyType(TokenKeyType::EC_EDWARDS)] => bytes(session, key, AttributeType::EcPoint)?
            .and_then(|point| from_point(KeyType::Ed25519, &point)),
        // A private key's value is what a token keeps to itself.
        [Attribute::KeyType(TokenKeyType::ML_DSA)] => {
            bytes(session, key, AttributeType::Value)?.and_then(|value| {
                let types = [KeyType::MlDsa44, KeyType::MlDsa65, KeyType::MlDsa87];
                types.into_iter().find_map(|key_type| PublicKey::from_encoded(key_type, &value).ok())
            })
        }
        _ => None,
    };
    Ok(public.as_ref().map(WhichKey::of_public_key))
}

fn from_certificate(session: &Session, certificate: ObjectHandle) -> Result<Option<WhichKey>, Fault> {
    let value = bytes(session, certificate, AttributeType::Value)?;
    let identity = value.and_then(|der| Identity::with_key_elsewhere(vec![CertificateDer::from(der)]).ok());
    Ok(identity.as_ref().map(WhichKey::of_identity))
}

/// The kind of key by its curve, a DER object identifier (RFC 5480 §2.1.1.1).
fn curve_key_type(parameters: &[u8]) -> Option<KeyType> {
    match parameters {
        b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07" => Some(KeyType::EcdsaP256),
        b"\x06\x05\x2b\x81\x04\x00\x22" => Some(KeyType::EcdsaP384),
        b"\x06\x05\x2b\x81\x04\x00\x23" => Some(KeyType::EcdsaP521),
        _ => None,
    }
}

/// A key from `CKA_EC_POINT`, which is the point in a DER OCTET STRING, or with some tokens the bare point.
fn from_point(key_type: KeyType, point: &[u8]) -> Option<PublicKey> {
    let bare = match point {
        [0x04, 0x81, len, bare @ ..] if bare.len() == usize::from(*len) => bare,
        [0x04, len, bare @ ..] if bare.len() == usize::from(*len) => bare,
        bare => bare,
    };
    PublicKey::from_encoded(key_type, bare).or_else(|_| PublicKey::from_encoded(key_type, point)).ok()
}

fn bytes(
    session: &Session,
    object: ObjectHandle,
    attribute: AttributeType,
) -> Result<Option<Vec<u8>>, Fault> {
    Ok(attributes(session, object, &[attribute])?.pop().and_then(|attribute| match attribute {
        Attribute::EcParams(bytes)
        | Attribute::EcPoint(bytes)
        | Attribute::Id(bytes)
        | Attribute::Modulus(bytes)
        | Attribute::PublicExponent(bytes)
        | Attribute::PublicKeyInfo(bytes)
        | Attribute::Value(bytes) => Some(bytes),
        _ => None,
    }))
}

/// Those of the attributes that the token tells. One that it does not know, or keeps to itself, is not there.
fn attributes(
    session: &Session,
    object: ObjectHandle,
    wanted: &[AttributeType],
) -> Result<Vec<Attribute>, Fault> {
    match session.get_attributes(object, wanted) {
        Ok(attributes) => Ok(attributes),
        Err(error @ Error::Pkcs11(..)) => {
            let fault = Fault::from(error);
            if fault.is_lost { Err(fault) } else { Ok(Vec::new()) }
        }
        Err(_) => Ok(Vec::new()),
    }
}
