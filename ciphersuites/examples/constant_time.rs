//! Everything that decides by secrets, with the secrets marked for valgrind's memcheck by `constant_time.sh`: it reports
//! every branch and every address that depends on them. What is public again, a verdict or a plaintext that has been
//! found authentic, is unmarked.

#![expect(clippy::indexing_slicing, reason = "of keys and records it makes itself")]

use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::Write;

use ciphersuites::{
    Aead, CipherSuite, EarlySecret, Hash, PrivateKey, PskOrigin, PskSecret, TicketSecret, Tls12MainSecret,
    Tls12Suite, constant_time_eq, random,
};
use pki_types::pem::SectionKind;

type Done = Result<(), Box<dyn Error>>;

const CLIENT_RANDOM: [u8; 32] = [1; 32];
const SERVER_RANDOM: [u8; 32] = [2; 32];

fn main() -> Done {
    let mut marks = Marks::new()?;
    match std::env::args().nth(1).as_deref() {
        Some("secret-branch") => return planted(&mut marks),
        Some(_) => return Err("usage: constant_time [secret-branch]".into()),
        None => {}
    }
    for (aead, hash) in [
        (Aead::Aes128Gcm, Hash::Sha256),
        (Aead::Aes256Gcm, Hash::Sha384),
        (Aead::ChaCha20Poly1305, Hash::Sha256),
    ] {
        finished_and_tags(&mut marks, aead, hash)?;
        binder(&mut marks, hash)?;
    }
    for suite in [
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384,
    ] {
        tls12(&mut marks, suite)?;
    }
    tickets(&mut marks)?;
    private_keys(&mut marks)
}

/// Where bytes are marked. Without `constant_time.sh` marking fails.
struct Marks {
    secret: File,
    public: File,
}

impl Marks {
    fn new() -> std::io::Result<Self> {
        let open = |path| File::options().write(true).open(path);
        Ok(Self { secret: open("/dev/full")?, public: open("/dev/zero")? })
    }

    fn secret(&mut self, bytes: &mut [u8]) -> std::io::Result<()> {
        // The compiler must not know what they are.
        self.secret.write_all(black_box(bytes))?;
        black_box(bytes);
        Ok(())
    }

    fn public(&mut self, bytes: &mut [u8]) -> std::io::Result<()> {
        self.public.write_all(black_box(bytes))?;
        black_box(bytes);
        Ok(())
    }

    /// Whether two values are the same, which is said to all.
    fn are_equal(&mut self, one: &[u8], other: &[u8]) -> std::io::Result<bool> {
        let mut verdict = [u8::from(constant_time_eq(one, other))];
        self.public(&mut verdict)?;
        Ok(verdict == [1])
    }

    /// A secret of its own.
    fn fresh(&mut self, len: usize) -> Result<Vec<u8>, Box<dyn Error>> {
        let mut bytes = vec![0; len];
        random(&mut bytes)?;
        self.secret(&mut bytes)?;
        Ok(bytes)
    }
}

/// What the harness must find.
fn planted(marks: &mut Marks) -> Done {
    let secret = marks.fresh(32)?;
    let name = if black_box(&secret)[0] < 128 { "/dev/null" } else { "/dev/zero" };
    File::open(name)?;
    Ok(())
}

/// From the shared secret of a key exchange: Finished, and the tags of records, good and bad.
fn finished_and_tags(marks: &mut Marks, aead: Aead, hash: Hash) -> Done {
    let shared = marks.fresh(64)?;
    let transcript = hash.digest(b"transcript");
    let handshake = EarlySecret::new(hash, None).into_handshake(&shared);
    let expected = handshake.client_traffic(&transcript).finished(&transcript);
    let mut received = vec![0; expected.as_ref().len()];
    assert!(!marks.are_equal(&received, expected.as_ref())?, "a Finished of zeroes");
    received.copy_from_slice(expected.as_ref());
    assert!(marks.are_equal(&received, expected.as_ref())?, "the right Finished");
    let main = handshake.into_main();
    let traffic = main.client_traffic(&transcript).next();
    let (sealing, opening) = (traffic.sealing_key(aead)?, traffic.opening_key(aead)?);
    let header = [23, 3, 3, 0, 117];
    let mut record = vec![0; 117];
    sealing.seal(0, &header, &[7; 100], &[23], &mut record)?;
    marks.public(&mut record)?;
    let mut wrong = record.clone();
    wrong[116] ^= 1;
    assert!(opening.open_in_place(0, &header, &mut wrong).is_err(), "a wrong tag");
    assert_eq!(opening.open_in_place(0, &header, &mut record)?, 101);
    let mut exported = [0; 32];
    main.exporter(&transcript).export(b"EXPORTER-test", b"", &mut exported)?;
    black_box(main.resumption(&transcript).psk(b"nonce"));
    Ok(())
}

fn binder(marks: &mut Marks, hash: Hash) -> Done {
    let psk = PskSecret::new(hash, &marks.fresh(32)?);
    let transcript = hash.digest(b"a ClientHello");
    let expected = psk.binder(PskOrigin::Session, &transcript);
    let mut offered = expected.as_ref().to_vec();
    assert!(marks.are_equal(&offered, expected.as_ref())?, "the right binder");
    offered[0] ^= 1;
    assert!(!marks.are_equal(&offered, expected.as_ref())?, "a wrong binder");
    black_box(EarlySecret::new(hash, Some(&psk)));
    Ok(())
}

/// From the main secret: verify_data, and records that are good, have a wrong tag or MAC, or wrong padding.
fn tls12(marks: &mut Marks, suite: CipherSuite) -> Done {
    let suite = Tls12Suite::from_id(suite).ok_or("a suite of this crate")?;
    let secret = marks.fresh(48)?;
    let secret = Tls12MainSecret::resumed(suite.hash, &secret).ok_or("a main secret")?;
    let transcript = suite.hash.digest(b"transcript");
    let expected = secret.client_finished(&transcript);
    assert!(marks.are_equal(&expected.clone(), &expected)?, "the right verify_data");
    assert!(!marks.are_equal(&[0; 12], &expected)?, "verify_data of zeroes");
    let keys = secret.keys(suite, &CLIENT_RANDOM, &SERVER_RANDOM)?.client;
    let (sealing, opening) = (keys.sealing_key()?, keys.opening_key()?);
    let mut body = vec![0; sealing.sealed_len(100)];
    sealing.seal(0, 23, &[7; 100], &mut body)?;
    marks.public(&mut body)?;
    let len = body.len();
    for wrong in [len - 1, len - 17, len / 2] {
        let mut body = body.clone();
        body[wrong] ^= 1;
        assert!(opening.open_in_place(0, 23, &mut body).is_err(), "altered at {wrong} of {len}");
    }
    // How long an authentic plaintext is, is public.
    let mut len = opening.open_in_place(0, 23, &mut body)?.len().to_le_bytes();
    marks.public(&mut len)?;
    assert_eq!(usize::from_le_bytes(len), 100, "the plaintext's length");
    Ok(())
}

fn tickets(marks: &mut Marks) -> Done {
    let mut key = [0; 32];
    random(&mut key)?;
    marks.secret(&mut key)?;
    let secret = TicketSecret::new(&key);
    let mut content = *b"what a server must know again";
    marks.secret(&mut content)?;
    let mut ticket = Vec::new();
    secret.seal(b"name", &content, &mut ticket)?;
    marks.public(&mut ticket)?;
    let mut wrong = ticket.clone();
    wrong[20] ^= 1;
    assert!(secret.open(b"name", &mut wrong).is_err(), "an altered ticket");
    assert_eq!(secret.open(b"name", &mut ticket)?.len(), content.len());
    Ok(())
}

/// A key's file is public in its form, and secret in its numbers: those are at the places that are given. Signing is the
/// library's alone, and in part a matter of chance.
fn private_keys(marks: &mut Marks) -> Done {
    let testdata = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    for (name, place) in
        [("p256.pkcs8.pem", 36..68), ("p384.pkcs8.pem", 35..83), ("ed25519.pkcs8.pem", 16..48)]
    {
        let pem = std::fs::read(testdata.join(name))?;
        let section: Option<(SectionKind, Vec<u8>)> =
            pki_types::pem::from_buf(&mut pem.as_slice()).map_err(|error| format!("{error:?}"))?;
        let (_, mut der) = section.ok_or(name)?;
        marks.secret(&mut der[place])?;
        PrivateKey::from_der(&der)?;
    }
    Ok(())
}
