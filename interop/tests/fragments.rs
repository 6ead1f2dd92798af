//! Records made smaller by max_fragment_length, which of the peers only OpenSSL has. None has record_size_limit.

use tests::wire::records;
use tls_core::MaxFragmentLength;
use tls_core::ciphersuites::ProtocolVersion;

use crate::certificates::LOCALHOST;
use crate::command_line::Installation;
use crate::link::{Link, trying};
use crate::peer::Stack;
use crate::settings::{Role, Settings, VERSIONS};

const LENGTHS: [MaxFragmentLength; 4] = [
    MaxFragmentLength::Bytes512,
    MaxFragmentLength::Bytes1024,
    MaxFragmentLength::Bytes2048,
    MaxFragmentLength::Bytes4096,
];

const DATA: [u8; 10_000] = [b'x'; 10_000];

/// What the longest of these records has beside its content: header, tag, and nonce or content type.
fn overhead(version: ProtocolVersion) -> usize {
    if version == ProtocolVersion::TLS1_3 { 5 + 16 + 1 } else { 5 + 16 + 8 }
}

fn longest(wire: &[u8]) -> usize {
    records(wire).into_iter().map(<[u8]>::len).max().unwrap()
}

#[test]
fn a_server_grants_us_shorter_records() {
    for (length, version) in LENGTHS.iter().flat_map(|length| VERSIONS.map(|version| (*length, version))) {
        trying((length, version));
        let client = Settings::client(&LOCALHOST).at(version);
        let client = Settings { max_fragment_length: Some(length), ..client };
        let server = Settings::server(&LOCALHOST).at(version);
        let mut link = Link::established((Stack::OpenSsl, Role::Client), &client, &server);
        let expected = usize::from(length.bytes()) + overhead(version);
        let sealed = link.ours.seal(&DATA);
        assert_eq!(longest(&sealed), expected);
        link.peer.deliver(&sealed);
        assert!(link.peer.progress().received.ends_with(&DATA));
        link.peer.send(&DATA);
        let sent = link.peer.take_output();
        assert_eq!(longest(&sent), expected);
        link.ours.deliver(&sent);
        assert!(link.ours.received.ends_with(&DATA));
    }
}

#[test]
fn we_grant_a_client_shorter_records() {
    for (flag, version) in [("-tls1_2", ProtocolVersion::TLS1_2), ("-tls1_3", ProtocolVersion::TLS1_3)] {
        trying(version);
        let length = MaxFragmentLength::Bytes512;
        let server = Settings::server(&LOCALHOST).at(version);
        let server = Settings { max_fragment_length: Some(length), ..server };
        let (mut openssl, mut socket) =
            Installation::New.connect(&LOCALHOST, &[flag, "-maxfraglen", "512"], &server);
        socket.send_line("short");
        openssl.wait_for("short");
        openssl.type_line("from openssl");
        socket.receive_line("from openssl");
        let sealed = socket.end.seal(&DATA);
        assert_eq!(longest(&sealed), usize::from(length.bytes()) + overhead(version));
    }
}
