//! The readers of everything that comes from the network, by name, for those who feed them what they like. Only with
//! the feature `fuzzing`.

use pki_types::CertificateDer;

use crate::alert::Alert;
use crate::error::{Cause, Error};
use crate::record::Inbox;
use crate::session::State;
use crate::wire::alpn::ProtocolNames;
use crate::wire::certificate::Chain;
use crate::wire::certificate_authorities::Authorities;
use crate::wire::certificate_request::CertificateRequest;
use crate::wire::certificate_verify::CertificateVerify;
use crate::wire::client_hello::ClientHello;
use crate::wire::codec::{Reader as Cursor, Writer};
use crate::wire::encrypted_extensions::EncryptedExtensions;
use crate::wire::extension::ExtensionType;
use crate::wire::fragment_size::{self, MaxFragmentLength};
use crate::wire::key_exchange12::{self, ServerKeyExchange};
use crate::wire::key_share::{self, KeyShareEntry, KeyShares};
use crate::wire::key_update::KeyUpdateRequest;
use crate::wire::pre_shared_key::{self, OfferedPsks};
use crate::wire::server_hello::{self, ServerHello};
use crate::wire::staples::{self, Staples};
use crate::wire::{
    certificate, certificate_authorities, new_session_ticket, new_session_ticket12, point_formats,
    psk_key_exchange_modes, renegotiation_info, server_name,
};

/// A reader of one structure.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Reader {
    /// What it reads.
    pub name: &'static str,
    /// Reads a message's or extension's body, whole. Where what was read determines every byte, it is written again:
    /// that must give the body.
    pub read: fn(&[u8]) -> Outcome,
}

/// What was read, written again, or nothing.
type Outcome = Result<Option<Vec<u8>>, Error>;

/// All readers.
pub const READERS: [Reader; 29] = [
    reader("alert", |body| Alert::read(body, true).map(|_| None)),
    reader("application_layer_protocol_negotiation", |body| {
        ProtocolNames::read_selected(cursor(body)).map(|_| None)
    }),
    reader("Certificate", |body| {
        let chain = certificates(certificate::read13(body, &[])?);
        written(|writer| certificate::write13(writer, &chain, Staples::default()))
    }),
    reader("Certificate of TLS 1.2", |body| {
        let chain = certificates(certificate::read12(body, Staples::default())?);
        written(|writer| certificate::write12(writer, &chain))
    }),
    reader("CertificateRequest", |body| {
        CertificateRequest::read13(body).map(|request| request.signature_algorithms().count()).map(|_| None)
    }),
    reader("CertificateRequest of TLS 1.2", |body| {
        CertificateRequest::read12(body).map(|request| request.signature_algorithms().count()).map(|_| None)
    }),
    reader("CertificateVerify", |body| {
        let verify = CertificateVerify::read(body)?;
        written(|writer| verify.write(writer))
    }),
    reader("ClientHello", client_hello),
    reader("ClientKeyExchange", |body| {
        let share = key_exchange12::read_client(body)?;
        written(|writer| key_exchange12::write_client(writer, share))
    }),
    reader("ec_point_formats", |body| point_formats::read(cursor(body)).map(|()| None)),
    reader("EncryptedExtensions", |body| {
        let offered = [ExtensionType::ALPN, ExtensionType::SERVER_NAME, ExtensionType::RECORD_SIZE_LIMIT];
        EncryptedExtensions::read(body, &offered)?.alpn().map(|_| None)
    }),
    reader("handshake messages", messages),
    reader("key_share", |body| {
        KeyShares::read(cursor(body)).map(|shares| shares.iter().count()).map(|_| None)
    }),
    reader("KeyUpdate", |body| {
        let request = KeyUpdateRequest::read(body)?;
        written(|writer| writer.u8(request.code()))
    }),
    reader("max_fragment_length", |body| MaxFragmentLength::read(cursor(body)).map(|_| None)),
    reader("NewSessionTicket", |body| new_session_ticket::NewSessionTicket::read(body).map(|_| None)),
    reader("NewSessionTicket of TLS 1.2", |body| {
        let ticket = new_session_ticket12::NewSessionTicket::read(body)?;
        written(|writer| ticket.write(writer))
    }),
    reader("pre_shared_key", |body| {
        OfferedPsks::read(cursor(body)).map(|psks| psks.iter().count()).map(|_| None)
    }),
    reader("psk_key_exchange_modes", |body| {
        psk_key_exchange_modes::read(cursor(body)).map(|modes| modes.count()).map(|_| None)
    }),
    reader("record_size_limit", |body| fragment_size::read_record_size_limit(cursor(body)).map(|_| None)),
    reader("renegotiation_info", |body| {
        renegotiation_info::check(cursor(body), b"verify_data!").map(|()| Some(b"\x0cverify_data!".to_vec()))
    }),
    reader("server_name", |body| server_name::read(cursor(body)).map(|_| None)),
    reader("ServerHello", server_hello),
    reader("ServerKeyExchange", |body| {
        let exchange = ServerKeyExchange::read(body)?;
        written(|writer| {
            ServerKeyExchange::write(writer, exchange.params, exchange.scheme, exchange.signature);
        })
    }),
    reader("ticket", |body| {
        let state = State::from_bytes(body).ok_or(Cause::Malformed("ticket"))?;
        written(|writer| state.write(writer))
    }),
    // Those below came later: the corpus knows the readers by their places.
    reader("Certificate with staples", |body| certificate::read13(body, &staples::EXTENSIONS).map(|_| None)),
    reader("certificate_authorities", |body| {
        let names: Vec<_> = Authorities::read_extension(cursor(body))?.iter().map(<[u8]>::to_vec).collect();
        written(|writer| certificate_authorities::write_names(writer, &names))
    }),
    reader("CertificateStatus", |body| {
        let response = staples::read_status_message(body)?;
        written(|writer| staples::write_status(writer, response))
    }),
    reader("signed_certificate_timestamp", |body| {
        staples::read_timestamps(body).map(|list| Some(list.to_vec()))
    }),
];

const fn reader(name: &'static str, read: fn(&[u8]) -> Outcome) -> Reader {
    Reader { name, read }
}

fn cursor(body: &[u8]) -> Cursor<'_> {
    Cursor::new(body, "extension")
}

fn written(write: impl FnOnce(&mut Writer<'_>)) -> Outcome {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&mut bytes);
    write(&mut writer);
    writer.finish()?;
    Ok(Some(bytes))
}

fn certificates(chain: Chain<'_>) -> Vec<CertificateDer<'_>> {
    chain.certificates.into_iter().map(CertificateDer::from).collect()
}

/// A ClientHello with everything in it that is ever looked at.
fn client_hello(body: &[u8]) -> Outcome {
    let hello = ClientHello::read(body)?;
    hello.supported_versions()?.map(Iterator::count);
    hello.psk_key_exchange_modes()?.map(Iterator::count);
    hello.pre_shared_keys()?.map(|psks| psks.iter().count());
    hello.key_shares()?.map(|shares| shares.iter().count());
    hello.server_name()?;
    hello.alpn()?.map(|names| names.iter().count());
    hello.extended_main_secret()?;
    hello.renegotiation_info()?;
    hello.check_point_formats()?;
    hello.cookie()?;
    hello.certificate_authorities()?.iter().count();
    hello.wants_ocsp_response()?;
    hello.wants_timestamps()?;
    Ok(None)
}

/// A ServerHello or HelloRetryRequest, and the extensions of either.
fn server_hello(body: &[u8]) -> Outcome {
    let hello = ServerHello::read(body)?;
    hello.version()?;
    hello.cookie()?;
    if let Some(share) = hello.extensions.reader(ExtensionType::KEY_SHARE) {
        match hello.is_retry() {
            true => key_share::read_selected_group(share).map(|_| ())?,
            false => KeyShareEntry::read_server(share).map(|_| ())?,
        }
    }
    hello.extensions.reader(ExtensionType::PRE_SHARED_KEY).map(pre_shared_key::read_selected).transpose()?;
    // What ends without extensions is written with an empty block.
    if hello.extensions.bytes().is_empty()
        || hello.legacy_version.0 != 0x0303
        || hello.compression_method != 0
    {
        return Ok(None);
    }
    written(|writer| {
        server_hello::write(writer, hello.random, hello.session_id, hello.cipher_suite, |writer| {
            writer.bytes(hello.extensions.bytes());
        });
    })
}

/// Handshake messages, one after the other.
fn messages(body: &[u8]) -> Outcome {
    let mut inbox = Inbox::default();
    let mut taken = Vec::new();
    // In fragments of lengths that differ.
    for (index, fragment) in body.chunks(7).enumerate() {
        inbox.push(fragment);
        if index % 3 == 0 {
            while let Some(message) = inbox.take()? {
                taken.extend_from_slice(&message.bytes);
            }
        }
    }
    while let Some(message) = inbox.take()? {
        taken.extend_from_slice(&message.bytes);
    }
    let rest = body.get(taken.len()..).unwrap_or_default();
    if inbox.len() != rest.len() {
        return Err(Cause::Misuse("bytes were lost between messages").into());
    }
    taken.extend_from_slice(rest);
    Ok(Some(taken))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_name_of_its_own_and_refuses_something() {
        for (index, reader) in READERS.iter().enumerate() {
            assert!(READERS.iter().skip(index + 1).all(|other| other.name != reader.name), "{}", reader.name);
            let refused = (reader.read)(&[0xff; 40]).is_err();
            assert!(refused, "{}", reader.name);
        }
    }
}
