//! Connections whose secrets are told to `tests/wiped/freed.c` as soon as they exist, so that it can look for them in
//! memory that is given back. `tests/wiped.rs` runs it, with a key and its chain as files; a last argument `leak` leaves a
//! secret behind on purpose.

#![allow(clippy::panic, reason = "run by a test")]

use std::fs::File;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pki_types::pem::SectionKind;
use tests::pair::{Pair, localhost, now};
use tls_core::ciphersuites::{ProtocolVersion, SecurityPolicy};
use tls_core::{
    ClientConfig, Identity, KeyLog, KeyUpdateRequest, Roots, ServerConfig, ServerVerification, SessionStore,
    TicketKey, TicketKeys, UnixTime,
};

type Done = Result<(), Box<dyn std::error::Error>>;

/// Where secrets are told.
#[derive(Debug)]
struct Told(Mutex<File>);

impl Told {
    fn new() -> io::Result<Self> {
        File::options().write(true).open("/dev/full").map(|file| Self(Mutex::new(file)))
    }

    fn tell(&self, secret: &[u8]) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write_all(secret)
    }
}

impl KeyLog for Told {
    fn log(&self, _: &'static str, _: &[u8; 32], secret: &[u8]) {
        self.tell(secret).unwrap_or_else(|error| panic!("run by tests/wiped.rs: {error}"));
    }
}

fn main() -> Done {
    let [key, chain, root] = [1, 2, 3].map(|index| std::env::args().nth(index).unwrap_or_default());
    let told = Arc::new(Told::new()?);
    tell_private_key(&told, &key)?;
    let (chain, key, root) = (std::fs::read(chain)?, std::fs::read(key)?, std::fs::read(root)?);
    for version in [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2] {
        let keys = Arc::new(TicketKeys::manual());
        keys.add(ticket_key(&told)?, now())?;
        let store = Arc::new(SessionStore::new(1));
        let policy = tests::pair::only(version, &SecurityPolicy::P20251014);
        let client = ClientConfig::builder()
            .permit_unapproved()
            .policy(policy.clone())
            .server_verification(ServerVerification::Roots(Roots::from_pem(&root)?))
            .session_store(Arc::clone(&store))
            .key_log(told.clone())
            .build()?;
        let server = ServerConfig::builder()
            .permit_unapproved()
            .policy(policy)
            .identity(Identity::from_pem(&chain, &key)?)
            .ticket_keys(keys)
            .key_log(told.clone())
            .build()?;
        // Full, and then resumed.
        for _ in 0..2 {
            connect(Pair::new(&client, &server), version)?;
        }
        let session = store.take_session(&client, &localhost(), now()).ok_or("a session")?;
        tls_core::Session::from_bytes(&session.to_bytes())?;
        // One that fails, and one that is given up.
        let mut pair = Pair::new(&client, &server);
        let mut hello = pair.client.take_output();
        pair.server.deliver(&hello);
        hello.truncate(20);
        pair.client.deliver(&hello);
        drop(Pair::new(&client, &server));
    }
    if std::env::args().nth(4).as_deref() == Some("leak") {
        let mut secret = vec![0; 32];
        tls_core::ciphersuites::random(&mut secret)?;
        told.tell(&secret)?;
    }
    Ok(())
}

fn connect(mut pair: Pair, version: ProtocolVersion) -> Done {
    pair.handshake();
    pair.assert_works();
    if version == ProtocolVersion::TLS1_3 {
        pair.client.connection.update_keys(KeyUpdateRequest::Requested)?;
        pair.handshake();
        pair.assert_works();
    }
    let mut exported = [0; 32];
    pair.client.connection.export(b"EXPORTER-test", None, &mut exported)?;
    pair.client.connection.close();
    pair.handshake();
    Ok(())
}

/// The numbers of a P-256 key in PKCS#8: the scalar is at 36.
fn tell_private_key(told: &Told, path: &str) -> Done {
    let pem = std::fs::read(path)?;
    let section: Option<(SectionKind, Vec<u8>)> =
        pki_types::pem::from_buf(&mut pem.as_slice()).map_err(|error| format!("{error:?}"))?;
    let (_, mut der) = section.ok_or("a key")?;
    let told = told.tell(der.get(36..68).ok_or("a scalar")?);
    der.fill(std::hint::black_box(0));
    std::hint::black_box(&der);
    Ok(told?)
}

fn ticket_key(told: &Told) -> Result<TicketKey, Box<dyn std::error::Error>> {
    let mut key = TicketKey {
        name: [0; 16],
        secret: [0; 32].into(),
        introduced_at: UnixTime::since_unix_epoch(Duration::from_secs(now().as_secs() - 10)),
    };
    tls_core::ciphersuites::random(&mut key.name)?;
    tls_core::ciphersuites::random(&mut *key.secret)?;
    told.tell(&*key.secret)?;
    Ok(key)
}
