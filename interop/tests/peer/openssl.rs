//! OpenSSL as a peer.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::IpAddr;

use openssl::pkey::PKey;
use openssl::ssl::{
    AlpnError, ErrorCode, NameType, Ssl, SslContext, SslContextBuilder, SslContextRef, SslMethod, SslMode,
    SslOptions, SslRef, SslStream, SslVerifyMode, SslVersion, StatusType, select_next_proto,
};
use openssl::stack::Stack;
use openssl::x509::X509;
use tls_core::AlertDescription;
use tls_core::ciphersuites::{CipherSuite, Hash, ProtocolVersion, SignatureHash, Tls13Suite};

use crate::peer::{Failure, Peer, PeerFacts, Progress};
use crate::settings::{Kept, Role, Settings, SharedKey, Wanted};

/// One end of a connection.
pub(crate) struct OpenSsl {
    stream: SslStream<Wire>,
    role: Role,
    settings: Settings,
    /// A server that first answers every client with a cookie, before it keeps any state.
    awaits_cookie: bool,
    /// A server that has not seen the end of early data, or that there is none.
    awaits_early_data: bool,
    progress: Progress,
}

/// What came and was not read yet, and what waits to be taken.
#[derive(Debug, Default)]
struct Wire {
    input: VecDeque<u8>,
    output: Vec<u8>,
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.input.is_empty() { Err(ErrorKind::WouldBlock.into()) } else { self.input.read(buffer) }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl OpenSsl {
    pub(crate) fn new(role: Role, settings: &Settings) -> Self {
        Self::with(&context(role, settings), role, settings)
    }

    fn with(context: &SslContextRef, role: Role, settings: &Settings) -> Self {
        let mut ssl = Ssl::new(context).unwrap();
        if role == Role::Client {
            if settings.ocsp_response.is_some() {
                ssl.set_status_type(StatusType::OCSP).unwrap();
            }
            match settings.name.parse::<IpAddr>() {
                Ok(address) => ssl.param_mut().set_ip(address).unwrap(),
                Err(_) => {
                    ssl.param_mut().set_host(settings.name).unwrap();
                    ssl.set_hostname(settings.name).unwrap();
                }
            }
        }
        let awaits_early_data = role == Role::Server && settings.early_data.is_some();
        if awaits_early_data {
            ssl.set_accept_state();
        }
        let stream = SslStream::new(ssl, Wire::default()).unwrap();
        let awaits_cookie = role == Role::Server && settings.cookie;
        let settings = settings.clone();
        let progress = Progress::default();
        let mut peer = Self { stream, role, settings, awaits_cookie, awaits_early_data, progress };
        peer.advance();
        peer
    }

    /// Begins another connection of the same context.
    pub(crate) fn begin_again(&self) -> Self {
        // A client's session can be given to another of its connections by unsafe code only.
        assert_eq!(self.role, Role::Server);
        Self::with(self.stream.ssl().ssl_context(), self.role, &self.settings)
    }

    /// Exported keying material, by the secret of early data.
    pub(crate) fn export_early(&self, label: &str, context: &[u8]) -> [u8; 32] {
        let mut out = [0; 32];
        self.stream.ssl().export_keying_material_early(&mut out, label, context).unwrap();
        out
    }

    fn advance(&mut self) {
        if self.progress.failure.is_some() || self.awaits_cookie && !self.take_cookie() {
            return;
        }
        if self.awaits_early_data
            && let Err(error) = self.take_early_data()
        {
            return self.note(&error);
        }
        if !self.progress.established {
            let result = match self.role {
                Role::Client => self.stream.connect(),
                Role::Server => self.stream.accept(),
            };
            match result {
                Ok(()) => self.progress.established = true,
                Err(error) => return self.note(&error),
            }
        }
        let mut buffer = vec![0; 1 << 14];
        loop {
            match self.stream.ssl_read(&mut buffer) {
                Ok(len) => self.progress.received.extend_from_slice(&buffer[..len]),
                Err(error) => return self.note(&error),
            }
        }
    }

    /// Whether a ClientHello with a valid cookie has come; answers one without.
    fn take_cookie(&mut self) -> bool {
        while self.awaits_cookie && !self.stream.get_ref().input.is_empty() {
            match self.stream.stateless() {
                Ok(has_cookie) => self.awaits_cookie = !has_cookie,
                // What it says of a change_cipher_spec between the two ClientHellos.
                Err(stack) => assert!(stack.errors().is_empty(), "{stack}"),
            }
        }
        !self.awaits_cookie
    }

    fn take_early_data(&mut self) -> Result<(), openssl::ssl::Error> {
        let mut buffer = vec![0; 1 << 14];
        while self.awaits_early_data {
            let len = self.stream.read_early_data(&mut buffer)?;
            self.progress.received_early.extend_from_slice(&buffer[..len]);
            self.awaits_early_data = len > 0;
        }
        Ok(())
    }

    fn note(&mut self, error: &openssl::ssl::Error) {
        match error.code() {
            ErrorCode::WANT_READ => {}
            ErrorCode::ZERO_RETURN => self.progress.closed = true,
            _ => {
                // OpenSSL's reason for an alert that it received is 1000 and the alert's number.
                let reason =
                    error.ssl_error().and_then(|stack| stack.errors().first()).map(|e| e.reason_code());
                let alert = reason.and_then(|reason| u8::try_from(reason.checked_sub(1000)?).ok());
                let alert = alert.map(AlertDescription);
                self.progress.failure = Some(Failure { alert, text: error.to_string() });
            }
        }
    }
}

impl Peer for OpenSsl {
    fn deliver(&mut self, bytes: &[u8]) {
        self.stream.get_mut().input.extend(bytes);
        self.advance();
    }

    fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.stream.get_mut().output)
    }

    fn send(&mut self, data: &[u8]) {
        if self.progress.established {
            self.stream.write_all(data).unwrap();
        } else {
            assert_eq!(self.stream.write_early_data(data).unwrap(), data.len());
        }
    }

    fn send_early(&mut self, _: &[u8]) {
        panic!("OpenSSL's client resumes nothing in here: see `again`");
    }

    fn close(&mut self) {
        self.stream.shutdown().unwrap();
    }

    fn export(&self, label: &str, context: Option<&[u8]>) -> [u8; 32] {
        let mut out = [0; 32];
        self.stream.ssl().export_keying_material(&mut out, label, context).unwrap();
        out
    }

    fn progress(&self) -> &Progress {
        &self.progress
    }

    fn facts(&self) -> PeerFacts {
        let ssl = self.stream.ssl();
        PeerFacts {
            alpn: ssl.selected_alpn_protocol().map(<[u8]>::to_vec),
            server_name: match self.role {
                Role::Client => None,
                Role::Server => ssl.servername(NameType::HOST_NAME).map(str::to_owned),
            },
            certificate: ssl.peer_certificate().map(|certificate| certificate.to_der().unwrap()),
            ocsp_response: ssl.ocsp_status().map(<[u8]>::to_vec),
            pre_shared_key: None,
            resumed: ssl.session_reused(),
            early_data_accepted: None,
        }
    }

    fn again(&self) -> Box<dyn Peer> {
        Box::new(self.begin_again())
    }
}

fn context(role: Role, settings: &Settings) -> SslContext {
    let mut context = SslContext::builder(SslMethod::tls()).unwrap();
    set_versions(&mut context, settings);
    set_negotiation(&mut context, role, settings);
    set_certificates(&mut context, role, settings);
    // Sessions of clients with certificates are resumed only in a context that has a name, and a client's pre-shared key is
    // used only in one that has none.
    if role == Role::Server || settings.pre_shared_keys.is_empty() {
        context.set_session_id_context(b"interop").unwrap();
    }
    if settings.kept == Kept::InStore {
        context.set_options(SslOptions::NO_TICKET);
    }
    if let Some(max) = settings.early_data {
        context.set_max_early_data(max).unwrap();
    }
    if let Some(lines) = settings.key_log.clone() {
        context.set_keylog_callback(move |_, line| lines.push(line.to_owned()));
    }
    if let Some(response) = settings.ocsp_response.clone() {
        set_stapling(&mut context, role, response);
    }
    if let [key, ..] = &settings.pre_shared_keys[..] {
        set_pre_shared_key(&mut context, role, key.clone());
    }
    if settings.cookie {
        context.set_stateless_cookie_generate_cb(|_, cookie| {
            cookie[..COOKIE.len()].copy_from_slice(COOKIE);
            Ok(COOKIE.len())
        });
        context.set_stateless_cookie_verify_cb(|_, cookie| cookie == COOKIE);
    }
    context.build()
}

fn set_stapling(context: &mut SslContextBuilder, role: Role, response: Vec<u8>) {
    let callback = move |ssl: &mut SslRef| match role {
        // The response is looked at when the handshake is over.
        Role::Client => Ok(true),
        Role::Server => ssl.set_ocsp_status(&response).map(|()| true),
    };
    context.set_status_callback(callback).unwrap();
}

/// OpenSSL's callbacks are those of TLS 1.2: there is one key, and its hash is SHA-256.
fn set_pre_shared_key(context: &mut SslContextBuilder, role: Role, key: SharedKey) {
    assert_eq!(key.hash, Hash::Sha256);
    match role {
        Role::Client => context.set_psk_client_callback(move |_, _, identity, secret| {
            // It ends with a zero.
            identity[..key.identity.len()].copy_from_slice(key.identity.as_bytes());
            identity[key.identity.len()] = 0;
            secret[..key.key.len()].copy_from_slice(&key.key);
            Ok(key.key.len())
        }),
        Role::Server => context.set_psk_server_callback(move |_, identity, secret| {
            if identity != Some(key.identity.as_bytes()) {
                return Ok(0);
            }
            secret[..key.key.len()].copy_from_slice(&key.key);
            Ok(key.key.len())
        }),
    }
}

fn set_versions(context: &mut SslContextBuilder, settings: &Settings) {
    let known = |version: &ProtocolVersion| match *version {
        ProtocolVersion::TLS1_0 => SslVersion::TLS1,
        ProtocolVersion::TLS1_1 => SslVersion::TLS1_1,
        ProtocolVersion::TLS1_2 => SslVersion::TLS1_2,
        ProtocolVersion::TLS1_3 => SslVersion::TLS1_3,
        other => panic!("OpenSSL has no {other}"),
    };
    context.set_min_proto_version(settings.versions.iter().min().map(known)).unwrap();
    context.set_max_proto_version(settings.versions.iter().max().map(known)).unwrap();
    let has_old_version = settings.versions.iter().any(|version| *version < ProtocolVersion::TLS1_2);
    let has_sha1 = settings.schemes.iter().any(|scheme| scheme.hash() == Some(SignatureHash::Sha1));
    if has_old_version || has_sha1 {
        // OpenSSL, too, has them only for those who insist.
        context.set_security_level(0);
    }
    if settings.no_extended_main_secret {
        context.set_options(NO_EXTENDED_MASTER_SECRET);
    }
    if settings.fallback {
        context.set_mode(SslMode::SEND_FALLBACK_SCSV);
    }
}

/// `SSL_OP_NO_EXTENDED_MASTER_SECRET`, which the crate does not name.
const NO_EXTENDED_MASTER_SECRET: SslOptions = SslOptions::from_bits_retain(1);

const COOKIE: &[u8] = b"a client that is there";

fn set_negotiation(context: &mut SslContextBuilder, role: Role, settings: &Settings) {
    if !settings.groups.is_empty() {
        // An asterisk marks the groups that a client sends shares of.
        let share =
            |group| if role == Role::Client && settings.key_shares.contains(group) { "*" } else { "" };
        let groups: Vec<_> = settings.groups.iter().map(|group| format!("{}{group}", share(group))).collect();
        // A slash keeps a server from taking a share of a later group where the client has an earlier one.
        let separator = if role == Role::Server { "/" } else { ":" };
        context.set_groups_list(&groups.join(separator)).unwrap();
    }
    if !settings.suites.is_empty() {
        let is_tls13 = |suite: &&CipherSuite| Tls13Suite::from_id(**suite).is_some();
        let (tls13, tls12): (Vec<_>, Vec<_>) = settings.suites.iter().partition(is_tls13);
        let list =
            |suites: Vec<&CipherSuite>| suites.iter().map(ToString::to_string).collect::<Vec<_>>().join(":");
        context.set_ciphersuites(&list(tls13)).unwrap();
        if !tls12.is_empty() {
            context.set_cipher_list(&list(tls12)).unwrap();
        }
    }
    if !settings.schemes.is_empty() {
        let schemes: Vec<_> = settings.schemes.iter().map(ToString::to_string).collect();
        context.set_sigalgs_list(&schemes.join(":")).unwrap();
    }
    if settings.alpn.is_empty() {
        return;
    }
    let wire: Vec<u8> = settings
        .alpn
        .iter()
        .flat_map(|name| [&[u8::try_from(name.len()).unwrap()], name.as_bytes()].concat())
        .collect();
    // The selection may point into the server's list, which must therefore outlive every connection.
    let wire: &'static [u8] = wire.leak();
    match role {
        Role::Client => context.set_alpn_protos(wire).unwrap(),
        Role::Server => context.set_alpn_select_callback(move |_, offered| {
            select_next_proto(wire, offered).ok_or(AlpnError::ALERT_FATAL)
        }),
    }
}

fn set_certificates(context: &mut SslContextBuilder, role: Role, settings: &Settings) {
    let root = X509::from_pem(settings.root.as_bytes()).unwrap();
    context.cert_store_mut().add_cert(root).unwrap();
    context.set_verify(match (role, settings.client_certificate) {
        (Role::Client, _) | (Role::Server, Wanted::Optional) => SslVerifyMode::PEER,
        (Role::Server, Wanted::Required) => SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT,
        (Role::Server, Wanted::No) => SslVerifyMode::NONE,
    });
    if let Some(authority) = &settings.named_authority {
        let authority = X509::from_pem(authority.as_bytes()).unwrap();
        let mut names = Stack::new().unwrap();
        names.push(authority.subject_name().to_owned().unwrap()).unwrap();
        context.set_client_ca_list(names);
    }
    if let Some(pem) = &settings.identity {
        let mut chain = X509::stack_from_pem(pem.chain.as_bytes()).unwrap().into_iter();
        context.set_certificate(&chain.next().unwrap()).unwrap();
        chain.for_each(|issuer| context.add_extra_chain_cert(issuer).unwrap());
        context.set_private_key(&PKey::private_key_from_pem(pem.key.as_bytes()).unwrap()).unwrap();
    }
}
