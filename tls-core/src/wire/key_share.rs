//! The key_share extension in its three forms, RFC 9846 §4.3.8.

use ciphersuites::NamedGroup;

use crate::error::{Cause, Error};
use crate::wire::codec::Reader;

/// One group and the share for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyShareEntry<'a> {
    pub(crate) group: NamedGroup,
    pub(crate) share: &'a [u8],
}

impl<'a> KeyShareEntry<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Error> {
        Ok(Self { group: NamedGroup(reader.u16()?), share: reader.nonempty_vec16()? })
    }

    /// The share a ServerHello holds.
    pub(crate) fn read_server(mut body: Reader<'a>) -> Result<Self, Error> {
        let entry = Self::read(&mut body)?;
        body.finish()?;
        Ok(entry)
    }
}

/// The shares a ClientHello holds; the list may be empty, a group may not come twice.
#[derive(Clone, Debug)]
pub(crate) struct KeyShares<'a>(Reader<'a>);

impl<'a> KeyShares<'a> {
    pub(crate) fn read(mut body: Reader<'a>) -> Result<Self, Error> {
        let entries = Self(Reader::new(body.vec16()?, "key_share"));
        body.finish()?;
        let mut groups = Vec::with_capacity(4);
        let mut rest = entries.0.clone();
        while !rest.is_empty() {
            groups.push(KeyShareEntry::read(&mut rest)?.group);
        }
        groups.sort_unstable();
        if groups.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            return Err(Cause::IllegalParameter("two key shares for one group").into());
        }
        Ok(entries)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = KeyShareEntry<'a>> + use<'a> {
        let mut rest = self.0.clone();
        std::iter::from_fn(move || if rest.is_empty() { None } else { KeyShareEntry::read(&mut rest).ok() })
    }

    pub(crate) fn get(&self, group: NamedGroup) -> Option<&'a [u8]> {
        self.iter().find_map(|entry| (entry.group == group).then_some(entry.share))
    }
}

/// The group a HelloRetryRequest asks for.
pub(crate) fn read_selected_group(mut body: Reader<'_>) -> Result<NamedGroup, Error> {
    let group = NamedGroup(body.u16()?);
    body.finish()?;
    Ok(group)
}
