//! Writes the corpus that the fuzz targets start from: what honest ends of our own say and read, one file per input.
//! `cargo run -p hostile --example corpus`, when the messages or formats have changed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a tool for those who work on this crate")]

use std::fs;
use std::path::{Path, PathBuf};

use tests::authority::Authority;
use tests::hello::Extended;
use tests::pair::{Pair, client_builder, server_builder};
use tests::relay::Piece;
use tests::scenario::{ALL, EVERY_MESSAGE, SIMPLE};
use tls_core::ciphersuites::SecurityPolicy;
use tls_core::fuzzing::READERS;
use tls_core::{HandshakeType, SessionStore};

fn main() {
    messages();
    client_hellos();
    handshakes();
    records();
    sessions();
    policies();
    remote_signer();
    texts();
}

/// A target's folder, emptied.
fn folder(target: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn write(folder: &Path, name: &str, content: &[u8]) {
    fs::write(folder.join(name.replace([' ', '.'], "-")), content).unwrap();
}

fn reader(name: &str) -> u8 {
    let number = READERS.iter().position(|reader| reader.name == name);
    u8::try_from(number.unwrap()).unwrap()
}

/// The reader of a message, if messages of its type have one.
fn reader_of(piece: &Piece, is_tls12: bool) -> Option<String> {
    let name = piece.message_type()?.name()?;
    let of_tls12 = format!("{name} of TLS 1.2");
    let names = || READERS.iter().map(|reader| reader.name);
    [Some(of_tls12).filter(|_| is_tls12), Some(name.to_owned())]
        .into_iter()
        .flatten()
        .find(|name| names().any(|known| known == name))
}

fn messages() {
    let folder = folder("messages");
    let input = |name: &str, body: &[u8]| [&[reader(name)], body].concat();
    for (number, scenario) in EVERY_MESSAGE.iter().enumerate() {
        for piece in scenario.setup().messages() {
            let Some(name) = reader_of(&piece, scenario.is_tls12()) else { continue };
            let file = format!("{}-{number}", if piece.is_retry() { "HelloRetryRequest" } else { &name });
            write(&folder, &file, &input(&name, &piece.content[4..]));
            if piece.message_type() == Some(HandshakeType::CLIENT_HELLO) {
                for (extension_type, body) in Extended::parse(&piece.content).extensions {
                    let Some(name) = tls_core::ExtensionType(extension_type).name() else { continue };
                    if READERS.iter().any(|reader| reader.name == name) {
                        write(&folder, name, &input(name, &body));
                    }
                }
            }
        }
    }
    for (name, body) in [
        ("alert", &[1, 90][..]),
        ("application_layer_protocol_negotiation", b"\x00\x03\x02h2"),
        (
            "Certificate with staples",
            &[0, 0, 0, 25, 0, 0, 1, 0x30, 0, 19, 0, 5, 0, 5, 1, 0, 0, 1, 9, 0, 18, 0, 6, 0, 4, 0, 2, 7, 7],
        ),
        ("certificate_authorities", &[0, 4, 0, 2, 0x30, 0]),
        ("CertificateStatus", &[1, 0, 0, 1, 9]),
        ("ec_point_formats", &[1, 0]),
        ("handshake messages", &[24, 0, 0, 1, 0, 20, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0, 1, 0]),
        ("KeyUpdate", &[1]),
        ("max_fragment_length", &[2]),
        ("NewSessionTicket", &[0, 0, 16, 0, 1, 2, 3, 4, 1, 0, 0, 3, 9, 9, 9, 0, 4, 0x2a, 0x2a, 0, 0]),
        ("record_size_limit", &[2, 0]),
        ("renegotiation_info", b"\x0cverify_data!"),
        ("signed_certificate_timestamp", &[0, 4, 0, 2, 7, 7]),
    ] {
        write(&folder, name, &input(name, body));
    }
    for (number, content) in tickets().iter().enumerate() {
        write(&folder, &format!("ticket-{number}"), &input("ticket", content));
    }
}

/// What is in tickets, of clients with a certificate and without, and of the application.
fn tickets() -> [Vec<u8>; 3] {
    [ALL[0], ALL[1], ALL[5]].map(|scenario| {
        let (client, server) = scenario.builders(&Authority::new());
        let client = client.session_store(SessionStore::new(1).into()).build().unwrap();
        let server = server.sessions_elsewhere().session_data(b"account 17").build().unwrap();
        let mut pair = Pair::new(&client, &server);
        pair.handshake();
        pair.server.connection.take_kept_session().unwrap().bytes().to_vec()
    })
}

fn client_hellos() {
    let folder = folder("client_hellos");
    let authority = Authority::new();
    let server = server_builder(&authority).build().unwrap();
    for name in ["default", "default_pq", "20190214", "rfc9151", "20240501"] {
        let policy = SecurityPolicy::by_name(name).unwrap();
        let client = client_builder(&authority).policy(policy).alpn(["h2"]).grease(true).build().unwrap();
        write(&folder, name, &Pair::new(&client, &server).client.take_output());
    }
    let second = ALL[2].setup().messages();
    let second = second.iter().rfind(|piece| piece.message_type() == Some(HandshakeType::CLIENT_HELLO));
    write(&folder, "with-a-cookie", &second.unwrap().content);
    let resuming = ALL[6].setup().messages();
    write(&folder, "resuming", &resuming[0].content);
    let keyed = ALL.iter().find(|scenario| scenario.keyed).unwrap().setup().messages();
    write(&folder, "with-keys", &keyed[0].content);
}

/// Scenario, then place, kind and details of each action.
fn handshakes() {
    let folder = folder("handshakes");
    for number in 0..ALL.len() {
        let scenario = u8::try_from(number).unwrap();
        write(&folder, &format!("{number}-altered"), &[scenario, 1, 0, 0, 0, 40, 3, 0, 1, 2]);
        write(&folder, &format!("{number}-cut"), &[scenario, 2, 0, 2, 0, 9, 2, 0, 2, 0, 30]);
        write(&folder, &format!("{number}-longer"), &[scenario, 3, 1, 3, 2, 0, 0]);
        write(&folder, &format!("{number}-dropped"), &[scenario, 3, 2, 0]);
        write(&folder, &format!("{number}-doubled-and-held"), &[scenario, 1, 3, 1, 4, 0]);
        write(&folder, &format!("{number}-in-pieces"), &[scenario, 0, 5, 0, 90, 0, 5, 0, 7, 0, 5, 0, 20, 0]);
        write(&folder, &format!("{number}-alerts"), &[scenario, 1, 6, 0, 90, 0, 6, 1, 0, 0]);
        write(&folder, &format!("{number}-inserted"), &[scenario, 2, 7, 24, 1, 0, 1, 15, 20, 2, 5, 5]);
    }
}

/// Version and side, then kind and details of each record, and where it is cut.
fn records() {
    let folder = folder("records");
    for choice in 0..4 {
        let name =
            format!("{}-{choice}", if choice & 1 == 0 { SIMPLE[0].version } else { SIMPLE[1].version });
        let data: &[u8] = &[choice, 0, 5, 1, 2, 3, 4, 5, 0, 9, 0, 0, 0, 3, 0, 2, 8, 8, 0, 20];
        write(&folder, &format!("{name}-data"), data);
        write(
            &folder,
            &format!("{name}-updates"),
            &[choice, 5, 1, 0, 0, 0, 1, 7, 0, 0, 5, 0, 0, 0, 0, 1, 8, 0, 0],
        );
        write(&folder, &format!("{name}-alert"), &[choice, 0, 1, 9, 0, 0, 3, 2, 1, 0, 0, 0, 0, 1, 9, 0, 0]);
        write(
            &folder,
            &format!("{name}-handshake"),
            &[choice, 2, 6, 4, 0, 0, 2, 0, 0, 0, 0, 2, 4, 0, 0, 0, 0, 0, 0],
        );
        write(
            &folder,
            &format!("{name}-altered"),
            &[choice, 7, 4, 1, 2, 3, 4, 0, 9, 1, 0, 0, 4, 22, 1, 1, 0, 0],
        );
    }
}

fn sessions() {
    let folder = folder("sessions");
    for (name, number) in [("TLS1-3", 6), ("TLS1-2", 8), ("TLS1-3-early", 11)] {
        let (_, session) = ALL[number].setup().session.unwrap();
        write(&folder, name, &session.to_bytes());
    }
}

fn policies() {
    let folder = folder("policies");
    for name in ["default", "20190214", "ELBSecurityPolicy-2016-08"] {
        write(&folder, &format!("name-{name}"), name.as_bytes());
    }
    for (number, file) in [
        "name = \"a\"\nfrom = \"default_pq\"\n",
        "name = \"b\"\nfrom = \"default\"\nmin_version = \"TLS1.3\"\ncipher_suites.set = [\"TLS_AES_128_GCM_SHA256\"]\n",
        "name = \"c\"\nfrom = \"20240501\"\nkey_shares = [\"x25519\"]\n[groups]\nadd = [\"MLKEM1024\"]\nremove = [\"secp521r1\"]\n",
        "name = \"d\"\nfrom = \"default_pq\"\ncertificate_keys = [\"ecdsa_p384\", \"rsa_3072\"]\n\
         [rules]\nadd = [\"post-quantum-key-exchange\"]\n[signature_schemes]\nkeep = [\"mldsa87\", \"ecdsa_secp384r1_sha384\"]\n",
    ]
    .iter()
    .enumerate()
    {
        write(&folder, &format!("file-{number}"), file.as_bytes());
    }
}

/// As docs/remote-signer.md has the messages.
fn remote_signer() {
    let folder = folder("remote_signer");
    let request = |purpose: &[u8]| {
        let head = [&[1][..], &7_u64.to_be_bytes(), &[5; 32], &[4, 3], &1000_u32.to_be_bytes(), b"\x05trace"];
        [head.concat().as_slice(), purpose].concat()
    };
    let tls13 = request(&[&[1, 1, 32][..], &[6; 32]].concat());
    let params = [&[3, 0, 29, 32][..], &[9; 32]].concat();
    let tls12 = request(&[&[2][..], &[1; 64], &[0, 36], &params].concat());
    let responses: [&[u8]; 4] = [
        &[&[129][..], &7_u64.to_be_bytes(), &[0, 0, 0, 1, 0, 0, 0, 2, 0, 3, 1, 2, 3]].concat(),
        &[&[130][..], &7_u64.to_be_bytes(), &[4], b"\x03why"].concat(),
        &[&[131][..], &7_u64.to_be_bytes()].concat(),
        b"\x84\x01\x04long",
    ];
    write(&folder, "tls13", &[&[0], tls13.as_slice()].concat());
    write(&folder, "tls12", &[&[0], tls12.as_slice()].concat());
    write(&folder, "cancel", &[&[0, 2][..], &7_u64.to_be_bytes()].concat());
    for (number, response) in responses.iter().enumerate() {
        write(&folder, &format!("response-{number}"), &[&[1], *response].concat());
    }
    let frame =
        |message: &[u8]| [u32::try_from(message.len()).unwrap().to_be_bytes().as_slice(), message].concat();
    write(&folder, "frames", &[&[2], frame(&tls13).as_slice(), &frame(responses[2]), &frame(&[])].concat());
}

fn texts() {
    let folder = folder("texts");
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ciphersuites/testdata");
    for name in [
        "p256.pkcs8.pem",
        "p384.sec1.pem",
        "ed25519.pkcs8.pem",
        "mldsa44.seed-only.pkcs8.pem",
        "rsa.pkcs1.pem",
    ] {
        let pem = fs::read(keys.join(name)).unwrap();
        write(&folder, name, &[&[0], pem.as_slice()].concat());
    }
    for name in ["p256.spki.der", "ed25519.spki.der", "rsa-pss.spki.der"] {
        let der = fs::read(keys.join(name)).unwrap();
        write(&folder, name, &[&[2], der.as_slice()].concat());
    }
    let pem = Authority::new().localhost();
    write(&folder, "identity", &[&[3], pem.key.as_bytes(), pem.chain.as_bytes()].concat());
    write(&folder, "roots", &[&[4], Authority::new().root_pem().as_bytes()].concat());
    let identity = pem.identity();
    write(&folder, "certificate", &[&[5], identity.certificates()[0].as_ref()].concat());
    for (number, text) in [
        "\x06pkcs11:token=a%20b;object=key;id=%01%ff;type=private?pin-source=file:/pin&module-name=m",
        "\x06pkcs11:slot-id=3;library-version=2.10;serial=1;manufacturer=x",
        "\x07signer.example:7300",
        "\x07[::1]:7300",
        "\x07unix:/run/signer",
        "\x07tls13-server",
    ]
    .iter()
    .enumerate()
    {
        write(&folder, &format!("text-{number}"), text.as_bytes());
    }
}
