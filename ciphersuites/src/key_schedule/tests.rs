use super::*;
use crate::Transcript;
use crate::testing::hex;

mod against_ring;
mod psk;
mod retry;
mod simple;

const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;
const ALERT: u8 = 21;

/// Opens `record`, checks what was in it, and seals the same again.
fn assert_record(secret: &TrafficSecret, seq: u64, record: &str, content: &[u8], content_type: u8) {
    let record = hex(record);
    let (header, sealed) = record.split_first_chunk::<5>().unwrap();
    let mut buffer = sealed.to_vec();
    let len = secret.opening_key(Aead::Aes128Gcm).unwrap().open_in_place(seq, header, &mut buffer).unwrap();
    assert_eq!(buffer[..len], [content, &[content_type]].concat());

    let mut out = vec![0; sealed.len()];
    let key = secret.sealing_key(Aead::Aes128Gcm).unwrap();
    key.seal(seq, header, content, &[content_type], &mut out).unwrap();
    assert_eq!(out, sealed);
}

#[test]
fn rfc8448_simple_handshake() {
    let shared = hex("8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d");
    let mut transcript = Transcript::new(Hash::Sha256);
    transcript.update(&hex(simple::CLIENT_HELLO));
    transcript.update(&hex(simple::SERVER_HELLO));
    let hello = transcript.current();
    assert_eq!(hello.as_ref(), hex("860c06edc07858ee8e78f0e7428c58edd6b43f2ca3e6e95f02ed063cf0e1cad8"));

    let early = EarlySecret::new(Hash::Sha256, None);
    let derived = hex("6f2615a108c702c5678f54fc9dbab69716c076189c48250cebeac3576c3611ba");
    assert_eq!(early.derived.as_ref().as_ref(), derived);
    let handshake = early.into_handshake(&shared);
    let handshake_secret = hex("1dc826e93606aa6fdc0aadc12f741b01046aa6b99f691ed221a9f0ca043fbeac");
    assert_eq!(handshake.0.as_ref().as_ref(), handshake_secret);
    let client = handshake.client_traffic(&hello);
    let server = handshake.server_traffic(&hello);
    assert_eq!(client.expose(), hex("b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21"));
    assert_eq!(server.expose(), hex("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38"));
    let (key, iv) = server.record_key(Aead::Aes128Gcm).unwrap();
    assert_eq!(key.as_ref(), hex("3fce516009c21727d0f2e4e86ee403bc"));
    assert_eq!(iv.as_slice(), hex("5d313eb2671276ee13000b30"));

    transcript.update(&hex(simple::SERVER_FLIGHT));
    let finished = hex(simple::SERVER_FINISHED);
    assert_eq!(server.finished(&transcript.current()).as_ref(), &finished[4..]);
    transcript.update(&finished);
    let whole = transcript.current();
    let flight = [hex(simple::SERVER_FLIGHT), finished].concat();
    assert_record(&server, 0, simple::SERVER_FLIGHT_RECORD, &flight, HANDSHAKE);
    let verify_data = client.finished(&whole);
    let finished = [&[20, 0, 0, 32], verify_data.as_ref()].concat();
    assert_record(&client, 0, simple::CLIENT_FINISHED_RECORD, &finished, HANDSHAKE);

    let main = handshake.into_main();
    let main_secret = hex("18df06843d13a08bf2a449844c5f8a478001bc4d4c627984d5a41da8d0402919");
    assert_eq!(main.0.as_ref().as_ref(), main_secret);
    let client = main.client_traffic(&whole);
    let server = main.server_traffic(&whole);
    assert_eq!(client.expose(), hex("9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5"));
    assert_eq!(server.expose(), hex("a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643"));
    let exporter = hex("fe22f881176eda18eb8f44529e6792c50c9a3f89452f68d8ae311b4309d3cf50");
    assert_eq!(main.exporter(&whole).expose(), exporter);
    let data = hex(simple::APPLICATION_DATA);
    assert_record(&client, 0, simple::CLIENT_DATA_RECORD, &data, APPLICATION_DATA);
    // The server's record 0 was the NewSessionTicket.
    assert_record(&server, 1, simple::SERVER_DATA_RECORD, &data, APPLICATION_DATA);

    transcript.update(&finished);
    let resumption = main.resumption(&transcript.current());
    let secret = hex("7df235f2031d2a051287d02b0241b0bfdaf86cc856231f2d5aba46c434ec196c");
    assert_eq!(resumption.0.as_ref().as_ref(), secret);
    let psk = hex("4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3");
    assert_eq!(*resumption.psk(&[0, 0]), psk);
}

#[test]
fn rfc8448_resumed_handshake() {
    let psk = hex("4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3");
    let secret = PskSecret::new(Hash::Sha256, &psk);
    assert_eq!(
        secret.0.as_ref().as_ref(),
        hex("9b2188e9b2fc6d64d71dc329900e20bb41915000f678aa839cbb797cb7d8332c")
    );
    let hello = hex("63224b2e4573f2d3454ca84b9d009a04f6be9e05711a8396473aefa01e924a14");
    let binder = hex("3add4fb2d8fdf822a0ca3cf7678ef5e88dae990141c5924d57bb6fa31b9e5f9d");
    assert_eq!(secret.binder(PskOrigin::Session, &Digest::copy_of(&hello)).as_ref(), binder);
    let whole = hex("08ad0fa05d7c7233b1775ba2ff9f4c5b8b59276b7f227f13a976245f5d960913");
    let traffic = secret.client_early_traffic(&Digest::copy_of(&whole));
    assert_eq!(traffic.expose(), hex("3fbbe6a60deb66c30a32795aba0eff7eaa10105586e7be5c09678d63b6caab62"));
    let exporter = secret.early_exporter(&Digest::copy_of(&whole));
    assert_eq!(exporter.expose(), hex("b2026866610937d7423e5be90862ccf24c0e6091186d34f812089ff5be2ef7df"));
    let early = EarlySecret::new(Hash::Sha256, Some(&secret));
    let derived = hex("5f1790bbd82c5e7d376ed2e1e52f8e6038c9346db61b43be9a52f77ef3998e80");
    assert_eq!(early.derived.as_ref().as_ref(), derived);
    let shared = hex("f44194756ff9ec9d25180635d66ea6824c6ab3bf179977be37f723570e7ccb2e");
    let handshake = early.into_handshake(&shared);
    let handshake_secret = hex("005cb112fd8eb4ccc623bb88a07c64b3ede1605363fc7d0df8c7ce4ff0fb4ae6");
    assert_eq!(handshake.0.as_ref().as_ref(), handshake_secret);
}

#[test]
fn rfc8448_hello_retry_request() {
    let mut transcript = Transcript::new(Hash::Sha256);
    transcript.update(&hex(retry::CLIENT_HELLO_1));
    transcript.roll_up_for_retry();
    for message in [retry::HELLO_RETRY_REQUEST, retry::CLIENT_HELLO_2, retry::SERVER_HELLO] {
        transcript.update(&hex(message));
    }
    let hello = transcript.current();
    let handshake = EarlySecret::new(Hash::Sha256, None).into_handshake(&hex(retry::SHARED_SECRET));
    let (client, server) = (handshake.client_traffic(&hello), handshake.server_traffic(&hello));

    let flight = [hex(retry::SERVER_FLIGHT), hex(retry::SERVER_FINISHED)].concat();
    assert_record(&server, 0, retry::SERVER_FLIGHT_RECORD, &flight, HANDSHAKE);
    transcript.update(&flight);
    let whole = transcript.current();
    let finished = [&[20, 0, 0, 32], client.finished(&whole).as_ref()].concat();
    assert_record(&client, 0, retry::CLIENT_FINISHED_RECORD, &finished, HANDSHAKE);

    let main = handshake.into_main();
    assert_record(&main.client_traffic(&whole), 0, retry::CLIENT_CLOSE_RECORD, &[1, 0], ALERT);
    assert_record(&main.server_traffic(&whole), 0, retry::SERVER_CLOSE_RECORD, &[1, 0], ALERT);
}

#[test]
fn constants_are_what_the_derivation_gives() {
    for hash in [Hash::Sha256, Hash::Sha384] {
        assert_eq!(constants::empty(hash), hash.digest(b"").as_ref());
        let without = EarlySecret::new(hash, None);
        let zeroes = EarlySecret::new(hash, Some(&PskSecret::new(hash, &vec![0; hash.len()])));
        assert_eq!(without.derived.as_ref().as_ref(), zeroes.derived.as_ref().as_ref());
        assert_eq!(without.derived.as_ref().as_ref().len(), hash.len());
    }
}

#[test]
fn exporter_refuses_what_its_lengths_cannot_express() {
    let exporter = ExporterSecret(Box::new(Secret::zero(Hash::Sha256)));
    assert!(exporter.export(&[b'x'; 249], b"", &mut [0; 32]).is_ok());
    assert_eq!(exporter.export(&[b'x'; 250], b"", &mut [0; 32]), Err(CryptoError));
    assert!(exporter.export(b"x", b"", &mut [0; 255 * 32]).is_ok());
    assert_eq!(exporter.export(b"x", b"", &mut [0; 255 * 32 + 1]), Err(CryptoError));
    assert_eq!(exporter.export(b"x", b"", &mut [0; 0x1_0000]), Err(CryptoError));
}

#[test]
fn secrets_do_not_print_themselves() {
    let secret = Secret::new(Hash::Sha256, &[0x5a; 32]);
    assert_eq!(format!("{secret:?}"), "[redacted]");
    assert_eq!(format!("{:?}", TrafficSecret(Box::new(secret))), "TrafficSecret([redacted])");
    let early = EarlySecret::new(Hash::Sha256, Some(&PskSecret::new(Hash::Sha256, b"psk")));
    assert_eq!(format!("{early:?}"), "EarlySecret { derived: [redacted] }");
    let handshake = early.into_handshake(b"shared");
    assert_eq!(format!("{handshake:?}"), "HandshakeSecret([redacted])");
    let main = handshake.into_main();
    assert_eq!(format!("{main:?}"), "MainSecret([redacted])");
    let transcript = Hash::Sha256.digest(b"");
    assert_eq!(format!("{:?}", main.exporter(&transcript)), "ExporterSecret([redacted])");
}
