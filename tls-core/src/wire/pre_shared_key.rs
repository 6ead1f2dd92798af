//! The pre_shared_key extension, RFC 9846 §4.3.11.

use crate::error::{Cause, Error};
use crate::wire::codec::{Reader, Writer};
use crate::wire::extension::{ExtensionType, write_extension};

/// The shortest binder: SHA-256's. An identity has at least one byte.
const MIN_BINDER_LEN: usize = 32;

/// The keys that a client offers, and its proofs that it has them.
#[derive(Clone, Debug)]
pub(crate) struct OfferedPsks<'a> {
    identities: Reader<'a>,
    binders: Reader<'a>,
    /// Bytes at the end of the ClientHello that the binders do not cover: they themselves.
    pub(crate) binders_len: usize,
}

impl<'a> OfferedPsks<'a> {
    pub(crate) fn read(mut body: Reader<'a>) -> Result<Self, Error> {
        let identities = Reader::new(body.nonempty_vec16()?, "pre_shared_key.identities");
        let binders = body.nonempty_vec16()?;
        body.finish()?;
        let binders_len = 2 + binders.len();
        let offered =
            Self { identities, binders: Reader::new(binders, "pre_shared_key.binders"), binders_len };
        offered.check()?;
        Ok(offered)
    }

    /// Every identity has its binder.
    fn check(&self) -> Result<(), Error> {
        let (mut identities, mut binders) = (self.identities.clone(), self.binders.clone());
        while !identities.is_empty() && !binders.is_empty() {
            read_identity(&mut identities)?;
            read_binder(&mut binders)?;
        }
        match identities.is_empty() && binders.is_empty() {
            true => Ok(()),
            false => Err(Cause::IllegalParameter("pre-shared keys and binders of different number").into()),
        }
    }

    /// Identities, each with its binder.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        let (mut identities, mut binders) = (self.identities.clone(), self.binders.clone());
        std::iter::from_fn(move || match identities.is_empty() {
            true => None,
            false => Some((read_identity(&mut identities).ok()?, read_binder(&mut binders).ok()?)),
        })
    }

    /// How old the client says that the first of them is, in milliseconds; hidden by the ticket's age_add.
    pub(crate) fn first_age(&self) -> Result<u32, Error> {
        let mut identities = self.identities.clone();
        identities.nonempty_vec16()?;
        identities.u32()
    }
}

/// What stands for the key. How old it claims to be bears on early data alone.
//= 9846:4.3.11 external-age
fn read_identity<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Error> {
    let identity = reader.nonempty_vec16()?;
    reader.u32()?;
    Ok(identity)
}

fn read_binder<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Error> {
    let binder = reader.vec8()?;
    if binder.len() < MIN_BINDER_LEN { reader.error() } else { Ok(binder) }
}

/// A key as a client offers it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer<'a> {
    pub(crate) identity: &'a [u8],
    /// 0 for keys that have no age.
    pub(crate) obfuscated_age: u32,
    pub(crate) binder_len: usize,
}

/// Writes the offer of keys, with room for their binders at the very end.
pub(crate) fn write_offers<'a>(writer: &mut Writer<'_>, offers: impl Iterator<Item = Offer<'a>> + Clone) {
    write_extension(writer, ExtensionType::PRE_SHARED_KEY, |writer| {
        writer.vec16(|writer| {
            for offer in offers.clone() {
                writer.vec16(|writer| writer.bytes(offer.identity));
                writer.bytes(&offer.obfuscated_age.to_be_bytes());
            }
        });
        writer.vec16(|writer| {
            for offer in offers {
                writer.vec8(|writer| writer.buffer().extend(std::iter::repeat_n(0, offer.binder_len)));
            }
        });
    });
}

/// Which of the keys the server chose.
//= 9846:4.3.11 selection-checked
pub(crate) fn read_selected(mut body: Reader<'_>) -> Result<u16, Error> {
    let selected = body.u16()?;
    body.finish()?;
    Ok(selected)
}

pub(crate) fn write_selected(writer: &mut Writer<'_>, selected: u16) {
    write_extension(writer, ExtensionType::PRE_SHARED_KEY, |writer| writer.u16(selected));
}
