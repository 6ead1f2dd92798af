//! ClientHellos read from bytes.

use crate::alert::AlertDescription;
use crate::client_hello::{ClientHello, ClientHelloError};
use crate::error::Cause;
use crate::wire::codec::Writer;
use crate::wire::extension::ExtensionType;
use crate::wire::handshake::{HandshakeType, write_message};

/// The suites of the example in JA4's definition, in its order, greased.
const SUITES: [u16; 16] = [
    0x2a2a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c,
    0x009d, 0x002f, 0x0035,
];

/// Its signature schemes.
const SCHEMES: [u16; 8] = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];

/// Its extensions, greased. Those that JA4 does not look into are empty.
const EXTENSIONS: [u16; 18] = [
    0x3a3a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b,
    0xff01, 0x000b, 0x000a, 0x0015, 0xdada,
];

fn code_points(writer: &mut Writer<'_>, values: &[u16]) {
    values.iter().for_each(|value| writer.u16(*value));
}

fn body_of(extension: ExtensionType, writer: &mut Writer<'_>) {
    match extension {
        ExtensionType::SIGNATURE_ALGORITHMS => writer.vec16(|writer| code_points(writer, &SCHEMES)),
        ExtensionType::SUPPORTED_VERSIONS => {
            writer.vec8(|writer| code_points(writer, &[0x1a1a, 0x0303, 0x0304]));
        }
        ExtensionType::ALPN => writer.vec16(|writer| {
            writer.vec8(|writer| writer.bytes(b"h2"));
            writer.vec8(|writer| writer.bytes(b"http/1.1"));
        }),
        _ => {}
    }
}

/// A message of these extensions.
fn message(extensions: &[u16]) -> Vec<u8> {
    let mut message = Vec::new();
    write_message(&mut message, HandshakeType::CLIENT_HELLO, |writer| {
        writer.u16(0x0303);
        writer.bytes(&[7; 32]);
        writer.vec8(|writer| writer.bytes(&[9; 32]));
        writer.vec16(|writer| code_points(writer, &SUITES));
        writer.vec8(|writer| writer.u8(0));
        writer.vec16(|writer| {
            for extension in extensions {
                writer.u16(*extension);
                writer.vec16(|writer| body_of(ExtensionType(*extension), writer));
            }
        });
    })
    .unwrap();
    message
}

/// The message in records of this type, so many bytes in each.
fn records(content_type: u8, message: &[u8], len: usize) -> Vec<u8> {
    let mut stream = Vec::new();
    for fragment in message.chunks(len) {
        let mut writer = Writer::new(&mut stream);
        writer.bytes(&[content_type, 3, 1]);
        writer.vec16(|writer| writer.bytes(fragment));
    }
    stream
}

#[test]
fn a_message_and_its_records_are_the_same_however_they_are_cut() {
    let message = message(&EXTENSIONS);
    let expected = ClientHello::from_bytes(&message).unwrap();
    assert_eq!((expected.random(), expected.session_id()), (&[7; 32], [9; 32].as_slice()));
    assert_eq!(expected.cipher_suites().map(|suite| suite.0).collect::<Vec<_>>(), SUITES);
    assert_eq!(expected.extensions().map(|(extension, _)| extension.0).collect::<Vec<_>>(), EXTENSIONS);
    for len in [1, 2, 3, 5, 100, message.len()] {
        let mut stream = records(22, &message, len);
        // What a client sends behind it is none of its business.
        stream.extend_from_slice(&[23, 3, 3, 0, 1, 0]);
        assert_eq!(ClientHello::from_bytes(&stream), Ok(expected.clone()), "fragments of {len}");
    }
}

#[test]
fn what_is_no_client_hello_is_told_from_what_is_not_all_there() {
    let message = message(&EXTENSIONS);
    for end in 0..message.len() {
        assert_eq!(ClientHello::from_bytes(&message[..end]), Err(ClientHelloError::Incomplete), "{end}");
    }
    let stream = records(22, &message, 100);
    for end in 0..stream.len() {
        assert_eq!(ClientHello::from_bytes(&stream[..end]), Err(ClientHelloError::Incomplete), "{end}");
    }
    let excess = [message.as_slice(), &[0]].concat();
    assert_eq!(ClientHello::from_bytes(&excess), Err(ClientHelloError::Excess));
    assert_eq!(ClientHello::from_bytes(&records(22, &excess, 1000)), Err(ClientHelloError::Excess));

    let invalid = |bytes: &[u8]| match ClientHello::from_bytes(bytes) {
        Err(ClientHelloError::Invalid(error)) => error,
        other => panic!("{other:?}"),
    };
    assert!(matches!(invalid(b"GET / HTTP/1.1\r\n").cause(), Cause::NotTls(_)));
    assert!(matches!(invalid(&records(23, &message, 100)).cause(), Cause::UnexpectedRecord(_)));
    let finished = records(22, &[20, 0, 0, 0], 4);
    assert!(matches!(invalid(&finished).cause(), Cause::UnexpectedMessage { .. }));
    let twice = invalid(&self::message(&[0x0010, 0x0010]));
    assert_eq!(twice.alert_sent(), Some(AlertDescription::ILLEGAL_PARAMETER));
}

#[test]
fn what_extensions_hold_is_read_when_it_is_asked_for() {
    let hello = ClientHello::from_bytes(&message(&EXTENSIONS)).unwrap();
    assert_eq!(hello.alpn().unwrap().collect::<Vec<_>>(), [b"h2".as_slice(), b"http/1.1"]);
    let versions: Vec<u16> = hello.versions().unwrap().map(|version| version.0).collect();
    assert_eq!(versions, [0x1a1a, 0x0303, 0x0304]);
    // These are there and empty, which they must not be.
    assert!(hello.server_name().is_err() && hello.supported_groups().is_err() && hello.key_shares().is_err());
    assert!(hello.psk_key_exchange_modes().is_err());
    assert_eq!(hello.signature_algorithms_cert().unwrap().next(), None);

    let bare = ClientHello::from_bytes(&message(&[])).unwrap();
    assert_eq!(bare.versions().unwrap().map(|version| version.0).collect::<Vec<_>>(), [0x0303]);
    assert_eq!((bare.server_name(), bare.early_data()), (Ok(None), false));
    assert_eq!(bare.supported_groups().unwrap().count(), 0);
}

#[test]
fn fingerprints_are_those_of_the_definition_s_example() {
    let ja4 = |extensions: &[u16]| ClientHello::from_bytes(&message(extensions)).unwrap().ja4().unwrap();
    assert_eq!(ja4(&EXTENSIONS), "t13d1516h2_8daaf6152771_e5627efa2ab1");
    // Neither the order of extensions nor where the client goes is in the last part.
    let mut other = EXTENSIONS.to_vec();
    other.retain(|extension| ![0x0000, 0x0010].contains(extension));
    other.reverse();
    assert_eq!(ja4(&other), "t13i151400_8daaf6152771_e5627efa2ab1");
    other.retain(|extension| *extension != ExtensionType::SIGNATURE_ALGORITHMS.0);
    assert!(ja4(&other).starts_with("t13i151300_8daaf6152771_"));
    assert_eq!(ja4(&[0x2a2a]), "t12i150000_8daaf6152771_000000000000");
}
