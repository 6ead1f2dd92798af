//! Application data: much of it, padded, and after one side has closed.

use crate::certificates::LOCALHOST;
use crate::link::{Link, pairings, pairings_by_version, trying};
use crate::ours::suites_by_cipher;
use crate::settings::Settings;

#[test]
fn sixteen_mebibytes_each_way() {
    let data: Vec<u8> = (0..4 << 20).flat_map(u32::to_be_bytes).collect();
    for (version, suite) in suites_by_cipher() {
        for pairing in pairings().filter(|(stack, _)| stack.has_suite(suite)) {
            trying((pairing, suite));
            let (client, server) = (Settings::client(&LOCALHOST), Settings::server(&LOCALHOST));
            let only = |settings: Settings| settings.at(version).suite(suite);
            let mut link = Link::established(pairing, &only(client), &only(server));
            link.send(&data);
            link.receive(&data);
        }
    }
}

//= 9846:5.4 zeros
#[test]
fn padded_records_are_understood() {
    const MULTIPLE: u16 = 512;
    for pairing in pairings() {
        let padded = |settings| Settings { padding: Some(MULTIPLE), ..settings };
        let (client, server) = (Settings::client(&LOCALHOST), Settings::server(&LOCALHOST));
        let mut link = Link::established(pairing, &padded(client), &padded(server));
        for len in [1, 511, 512, 16_383, 16_384, 100_000] {
            trying((pairing, len));
            link.send(&vec![7; len]);
        }
        // The header, one multiple of inner plaintext, and the tag.
        assert_eq!(link.ours.seal(b"short").len(), 5 + usize::from(MULTIPLE) + 16);
    }
}

#[test]
fn each_side_may_close_first_and_still_receive() {
    for (pairing, version) in pairings_by_version() {
        for we_close_first in [true, false] {
            trying((pairing, version, we_close_first));
            let (client, server) = (Settings::client(&LOCALHOST), Settings::server(&LOCALHOST));
            let mut link = Link::established(pairing, &client.at(version), &server.at(version));
            if we_close_first {
                link.ours.connection.close();
                link.run();
                assert!(link.peer.progress().closed && !link.ours.peer_closed);
                link.receive(b"the rest from the peer");
                link.peer.close();
                link.run();
            } else {
                link.peer.close();
                link.run();
                assert!(link.ours.peer_closed && !link.peer.progress().closed);
                link.send(b"the rest from us");
                link.ours.connection.close();
                link.run();
            }
            assert!(link.ours.peer_closed && link.peer.progress().closed);
            assert_eq!(link.ours.connection.receive_eof(), Ok(()));
            assert_eq!(link.ours.error, None);
            assert!(link.peer.progress().failure.is_none());
        }
    }
}
