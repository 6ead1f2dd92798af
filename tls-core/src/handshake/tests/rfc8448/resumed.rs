//! RFC 8448 §4: the session of §3 is resumed, with early data.

use ciphersuites::{PskOrigin, PskSecret};

use super::*;

/// resumption_secret of §3, with the ticket's nonce.
const PSK: &str = "4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3";
const SHARED_SECRET: &str = "f44194756ff9ec9d25180635d66ea6824c6ab3bf179977be37f723570e7ccb2e";
const EARLY_DATA: &[u8] = b"ABCDEF";
const END_OF_EARLY_DATA: &str = "05000000";
const CLIENT_HELLO_RECORD: &str = "\
    1603010200010001fc03031bc3ceb6bbe39cff938355b5a50adb6db21b7a6af649d7b4bc419d7876487d9500000613011303\
    1302010001cd0000000b0009000006736572766572ff01000100000a00140012001d00170018001901000101010201030104\
    003300260024001d0020e4ffb68ac05f8d96c99da26698346c6be16482badddafe051a66b4f18d668f0b002a0000002b0003\
    020304000d0020001e040305030603020308040805080604010501060102010402050206020202002d00020101001c000240\
    0100150057000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000\
    000000000000000000000000000000000000000000000000000000000000000000000000000000000000002900dd00b800b2\
    2c035d829359ee5ff7af4ec900000000262a6494dc486d2c8a34cb33fa90bf1b0070ad3c498883c9367c09a2be785abc55cd\
    226097a3a982117283f82a03a143efd3ff5dd36d64e861be7fd61d2827db279cce145077d454a3664d4e6da4d29ee03725a6\
    a4dafcd0fc67d2aea70529513e3da2677fa5906c5b3f7d8f92f228bda40dda721470f9fbf297b5aea617646fac5c03272e97\
    0727c621a79141ef5f7de6505e5bfbc388e93343694093934ae4d357fad6aacb0021203add4fb2d8fdf822a0ca3cf7678ef5\
    e88dae990141c5924d57bb6fa31b9e5f9d";
const EARLY_DATA_RECORD: &str = "1703030017ab1df420e75c457a7cc5d2844f76d5aee4b4edbf049be0";
const SERVER_HELLO_RECORD: &str = "\
    16030300600200005c03033ccfd2dec890222763472ae8136777c9d7358777bb66e91ea5122495f559ea2d00130100003400\
    290002000000330024001d0020121761ee42c333e1b9e77b60dd57c2053cd94512ab47f115e86eff50942cea31002b000203\
    04";
const SERVER_FLIGHT_RECORD: &str = "\
    1703030061dc48237b4b879f50d0d4d262ea8b4716eb40ddc1eb957e11126e8a7149c2d012d37a7115957e64ce30008b9e03\
    23f2c05a9c1c77b4f37849a695ab255060a33fee770ca95cb8486bfd0843b87024865ca35cc41c4e515c64dcb1369f98635b\
    c7a5";
const END_OF_EARLY_DATA_RECORD: &str = "1703030015aca6fc944841298df99593725f9bf9754429b12f09";
const CLIENT_FINISHED_RECORD: &str = "\
    170303003500f8b467d14cf22a4b3f0b6ae0d8e6cc8d08e0db3515ef5c2bdf1922eafbb70009964716d834fb70c3d2a56c5b\
    1f5f6bdba6c333cf";
const CLIENT_DATA_RECORD: &str = "\
    1703030043b1cebce242aa201be9ae5e1cb2a9aa4b33d4e866af1edb068919237741aa031d7a74d491c99b9d4e232b74206b\
    c6fbaa04fe78be44a9b4f54320a17eb76992afac3103";
const SERVER_DATA_RECORD: &str = "\
    1703030043275e9f20acff57bc000657d3867df039cccf79047884cf75771746f740b5a83f462a0954c3581393a203a25a7d\
    d14141ef1a37900cdb62ff62dee1ba39ab2590cbf194";
const CLIENT_CLOSE_RECORD: &str = "17030300130facce3246bdfc6369838d6a82ae6de5d422dc";
const SERVER_CLOSE_RECORD: &str = "17030300135b18af444e8e1eec7158fb62d8f2577d37ba5d";
const SERVER_FLIGHT: &str = "\
    080000280026000a00140012001d00170018001901000101010201030104001c0002400100000000002a00001400002048d3\
    e0e1b3d907c6acff145e16090388c77b05c050b634ab1a88bbd0dd1a34b2";
const CLIENT_FINISHED: &str = "\
    140000207230a9c952c25cd6138fc5e6628308c41c5335dd81b9f96bcea50fd32bda416d";

#[test]
fn resumption_with_early_data() {
    for role in [Role::Client, Role::Server] {
        let mut end = End::new(role);
        let psk = PskSecret::new(Hash::Sha256, &hex(PSK));
        client_hello(&mut end, &psk);
        end.flow.start_transcript(Hash::Sha256);
        let early = psk.client_early_traffic(&end.flow.transcript_hash().unwrap());
        end.set_key(Role::Client, &early);
        end.transfer_record(Role::Client, ContentType::APPLICATION_DATA, EARLY_DATA, EARLY_DATA_RECORD);
        end.transfer_hello(Role::Server, SERVER_HELLO_RECORD);

        let secret = EarlySecret::new(Hash::Sha256, Some(&psk)).into_handshake(&hex(SHARED_SECRET));
        let hellos = end.flow.transcript_hash().unwrap();
        let (client, server) = (secret.client_traffic(&hellos), secret.server_traffic(&hellos));
        end.set_key(Role::Server, &server);
        end.transfer(Role::Server, SERVER_FLIGHT, SERVER_FLIGHT_RECORD, &server);
        let log = SecretLog::new(None, &[0; 32]);
        let (traffic, ..) = application_secrets(&end.flow, secret, &log).unwrap();
        end.set_key(Role::Server, &traffic.server);

        end.transfer(Role::Client, END_OF_EARLY_DATA, END_OF_EARLY_DATA_RECORD, &early);
        end.set_key(Role::Client, &client);
        end.transfer(Role::Client, CLIENT_FINISHED, CLIENT_FINISHED_RECORD, &client);
        end.set_key(Role::Client, &traffic.client);

        let data: Vec<u8> = (0..50).collect();
        for (sender, data_record, close_record) in [
            (Role::Client, CLIENT_DATA_RECORD, CLIENT_CLOSE_RECORD),
            (Role::Server, SERVER_DATA_RECORD, SERVER_CLOSE_RECORD),
        ] {
            end.transfer_record(sender, ContentType::APPLICATION_DATA, &data, data_record);
            end.transfer_record(sender, ContentType::ALERT, &[1, 0], close_record);
        }
    }
}

/// The client makes the binder, and the server checks it.
fn client_hello(end: &mut End, psk: &PskSecret) {
    let record = hex(CLIENT_HELLO_RECORD);
    let binder_len = Hash::Sha256.len();
    let unbound = 2 + 1 + binder_len;
    let Ok([message]) = <[Message; 1]>::try_from(messages(&record[5..])) else { panic!("one message") };
    if !end.is_client() {
        end.hear(&record);
        let received = now(end.flow.read_hello(HandshakeType::CLIENT_HELLO)).unwrap();
        assert_eq!(rewrite::message(&received), message.bytes);
        end.flow.add_head_to_transcript(&received, unbound);
        let binder = psk.binder(PskOrigin::Session, &end.flow.hash_so_far(Hash::Sha256));
        assert_eq!(binder.as_ref(), &received.bytes[received.bytes.len() - binder_len..]);
        end.flow.add_tail_to_transcript(&received, unbound);
        return;
    }
    let rewritten = rewrite::message(&message);
    let body = |writer: &mut crate::wire::codec::Writer<'_>| {
        writer.bytes(&rewritten[4..rewritten.len() - binder_len]);
        writer.bytes(&vec![0; binder_len]);
    };
    end.flow
        .send_bound(HandshakeType::CLIENT_HELLO, body, unbound, |hash, tail| {
            tail[3..].copy_from_slice(psk.binder(PskOrigin::Session, &hash(Hash::Sha256)).as_ref());
        })
        .unwrap();
    assert_eq!(end.sent(), record);
    end.flow.set_record_version([3, 3]).unwrap();
}
