//! HelloRetryRequest from the server's side, and what may change between two ClientHellos (RFC 9846 §4.2.2, §4.2.4).

use ciphersuites::{NamedGroup, Tls13Suite, constant_time_eq};

use crate::error::{Cause, Error};
use crate::flow::Flow;
use crate::handshake::negotiate::check_pre_shared_key;
use crate::wire::client_hello::ClientHello;
use crate::wire::extension::{ExtensionType, write_extension};
use crate::wire::handshake::HandshakeType;
use crate::wire::server_hello::{self, RETRY_RANDOM};

/// Asks the client for a share of `group`.
//= 9846:4.2.4 extensions-offered
//= 9846:4.3 only-answers
pub(crate) fn send(
    flow: &mut Flow,
    hello: &ClientHello<'_>,
    suite: Tls13Suite,
    group: NamedGroup,
    cookie: Option<&[u8]>,
) -> Result<(), Error> {
    flow.send(HandshakeType::SERVER_HELLO, |writer| {
        server_hello::write(writer, &RETRY_RANDOM, hello.session_id, suite.id, |writer| {
            server_hello::write_selected_version(writer);
            write_extension(writer, ExtensionType::KEY_SHARE, |writer| writer.u16(group.0));
            if let Some(cookie) = cookie {
                write_extension(writer, ExtensionType::COOKIE, |writer| {
                    writer.vec16(|writer| writer.bytes(cookie));
                });
            }
        });
    })
}

/// Extensions that a client may change, add or remove in its second ClientHello.
const CHANGEABLE: [ExtensionType; 5] = [
    ExtensionType::KEY_SHARE,
    ExtensionType::EARLY_DATA,
    ExtensionType::COOKIE,
    ExtensionType::PRE_SHARED_KEY,
    ExtensionType::PADDING,
];

/// The second ClientHello must do what was asked and change nothing else.
//= 9846:4.3.10 not-in-second-hello
pub(crate) fn check_second_hello(
    first: &ClientHello<'_>,
    second: &ClientHello<'_>,
    group: NamedGroup,
    cookie: Option<&[u8]>,
) -> Result<(), Error> {
    let illegal = |what| Err(Cause::IllegalParameter(what).into());
    if second.has(ExtensionType::EARLY_DATA) {
        return illegal("early_data after a HelloRetryRequest");
    }
    let is_same = first.legacy_version == second.legacy_version
        && first.random == second.random
        && first.session_id == second.session_id
        && first.cipher_suites.iter().eq(second.cipher_suites.iter())
        && first.compression_methods == second.compression_methods
        && has_all_of(first, second)
        && has_all_of(second, first);
    if !is_same {
        return illegal("a second ClientHello that differs from the first");
    }
    // Sessions may be left out of it, for they may not fit the suite; none may be new.
    if second.has(ExtensionType::PRE_SHARED_KEY) && !first.has(ExtensionType::PRE_SHARED_KEY) {
        return illegal("a pre-shared key that the first ClientHello did not offer");
    }
    check_pre_shared_key(second)?;
    let cookie_returned = match (cookie, second.cookie()?) {
        (Some(sent), Some(returned)) => constant_time_eq(sent, returned),
        (None, None) => true,
        _ => false,
    };
    if !cookie_returned {
        return illegal("a second ClientHello without the cookie it was given");
    }
    let shares = second.key_shares()?.ok_or(Cause::MissingExtension(ExtensionType::KEY_SHARE))?;
    match shares.iter().map(|entry| entry.group).find(|shared| *shared != group) {
        Some(other) => Err(Cause::WrongGroup(other).into()),
        None if shares.get(group).is_none() => {
            illegal("a second ClientHello without the key share it was asked for")
        }
        None => Ok(()),
    }
}

fn has_all_of(one: &ClientHello<'_>, other: &ClientHello<'_>) -> bool {
    other
        .extensions
        .iter()
        .filter(|(extension, _)| !CHANGEABLE.contains(extension))
        .all(|(extension, body)| one.extensions.get(extension) == Some(body))
}
