//! A message, read by our readers and written again by our writers.

use crate::wire::certificate::{self, Chain};
use crate::wire::certificate_request::CertificateRequest;
use crate::wire::certificate_verify::CertificateVerify;
use crate::wire::client_hello::ClientHello;
use crate::wire::codec::{Reader, Writer};
use crate::wire::extension::{ExtensionType, Extensions, write_code_points, write_extension};
use crate::wire::handshake::{HandshakeType, Message, write_message};
use crate::wire::new_session_ticket::NewSessionTicket;
use crate::wire::server_hello::ServerHello;
use crate::wire::{early_data, pre_shared_key};

pub(super) fn message(message: &Message) -> Vec<u8> {
    let body = message.body();
    let mut out = Vec::new();
    write_message(&mut out, message.message_type, |writer| match message.message_type {
        HandshakeType::CLIENT_HELLO => client_hello(writer, &ClientHello::read(body).unwrap()),
        HandshakeType::SERVER_HELLO => server_hello(writer, &ServerHello::read(body).unwrap()),
        HandshakeType::ENCRYPTED_EXTENSIONS => {
            extensions(writer, Extensions::read(&mut Reader::new(body, "test"), "test").unwrap());
        }
        HandshakeType::CERTIFICATE_REQUEST => certificate_request(writer, body),
        HandshakeType::CERTIFICATE => {
            let Chain { certificates, staples } = certificate::read13(body, &[]).unwrap();
            let certificates: Vec<_> = certificates.into_iter().map(Into::into).collect();
            certificate::write13(writer, &certificates, staples);
        }
        HandshakeType::CERTIFICATE_VERIFY => CertificateVerify::read(body).unwrap().write(writer),
        HandshakeType::NEW_SESSION_TICKET => {
            NewSessionTicket::read(body).unwrap();
            writer.bytes(body);
        }
        HandshakeType::END_OF_EARLY_DATA => message.check_empty().unwrap(),
        other => panic!("{other} is not rewritten"),
    })
    .unwrap();
    out
}

fn client_hello(writer: &mut Writer<'_>, hello: &ClientHello<'_>) {
    writer.u16(hello.legacy_version.0);
    writer.bytes(hello.random);
    writer.vec8(|writer| writer.bytes(hello.session_id));
    writer.vec16(|writer| hello.cipher_suites.iter().for_each(|suite| writer.u16(suite)));
    writer.vec8(|writer| writer.bytes(hello.compression_methods));
    let shares = hello.key_shares().unwrap().unwrap();
    writer.vec16(|writer| {
        for (extension_type, body) in hello.extensions.iter() {
            match extension_type {
                ExtensionType::KEY_SHARE => write_extension(writer, extension_type, |writer| {
                    writer.vec16(|writer| {
                        for entry in shares.iter() {
                            writer.u16(entry.group.0);
                            writer.vec16(|writer| writer.bytes(entry.share));
                        }
                    });
                }),
                ExtensionType::SUPPORTED_GROUPS => {
                    let groups = hello.supported_groups().unwrap().unwrap().map(|group| group.0);
                    write_code_points(writer, extension_type, groups);
                }
                ExtensionType::SIGNATURE_ALGORITHMS => {
                    let schemes = hello.signature_algorithms().unwrap().unwrap().map(|scheme| scheme.0);
                    write_code_points(writer, extension_type, schemes);
                }
                ExtensionType::EARLY_DATA => {
                    assert!(hello.early_data().unwrap());
                    early_data::write(writer);
                }
                ExtensionType::PRE_SHARED_KEY => pre_shared_keys(writer, hello),
                _ => write_extension(writer, extension_type, |writer| writer.bytes(body)),
            }
        }
    });
}

fn pre_shared_keys(writer: &mut Writer<'_>, hello: &ClientHello<'_>) {
    let offered = hello.pre_shared_keys().unwrap().unwrap();
    let (identity, binder) = offered.iter().next().unwrap();
    let (obfuscated_age, binder_len) = (offered.first_age().unwrap(), binder.len());
    let offer = pre_shared_key::Offer { identity, obfuscated_age, binder_len };
    pre_shared_key::write_offers(writer, std::iter::once(offer));
    let bytes = writer.buffer();
    let start = bytes.len() - binder.len();
    bytes[start..].copy_from_slice(binder);
}

fn server_hello(writer: &mut Writer<'_>, hello: &ServerHello<'_>) {
    writer.u16(hello.legacy_version.0);
    writer.bytes(hello.random);
    writer.vec8(|writer| writer.bytes(hello.session_id));
    writer.u16(hello.cipher_suite.0);
    writer.u8(hello.compression_method);
    extensions(writer, hello.extensions);
}

fn certificate_request(writer: &mut Writer<'_>, body: &[u8]) {
    let request = CertificateRequest::read13(body).unwrap();
    writer.vec8(|_| {});
    writer.vec16(|writer| {
        let schemes = request.signature_algorithms().map(|scheme| scheme.0);
        write_code_points(writer, ExtensionType::SIGNATURE_ALGORITHMS, schemes);
    });
}

fn extensions(writer: &mut Writer<'_>, extensions: Extensions<'_>) {
    writer.vec16(|writer| {
        for (extension_type, body) in extensions.iter() {
            write_extension(writer, extension_type, |writer| writer.bytes(body));
        }
    });
}
