//! The psk_key_exchange_modes extension, RFC 9846 §4.3.9.

use crate::code_point::code_points;
use crate::error::Error;
use crate::wire::codec::{Reader, Writer};
use crate::wire::extension::{ExtensionType, write_extension};

code_points! {
    /// How a client would use a pre-shared key (RFC 9846 §4.3.9).
    pub struct PskKeyExchangeMode(u8) {
        PSK_KE = 0 => "psk_ke",
        PSK_DHE_KE = 1 => "psk_dhe_ke",
    }
}

/// The modes, of which there is at least one.
pub(crate) fn read<'a>(
    mut body: Reader<'a>,
) -> Result<impl Iterator<Item = PskKeyExchangeMode> + Clone + use<'a>, Error> {
    let modes = body.vec8()?;
    if modes.is_empty() {
        return body.error();
    }
    body.finish()?;
    Ok(modes.iter().copied().map(PskKeyExchangeMode))
}

/// Offers psk_dhe_ke, and nothing else: a pre-shared key by itself gives no forward secrecy.
pub(crate) fn write(writer: &mut Writer<'_>) {
    write_extension(writer, ExtensionType::PSK_KEY_EXCHANGE_MODES, |writer| {
        writer.vec8(|writer| writer.u8(PskKeyExchangeMode::PSK_DHE_KE.0));
    });
}
