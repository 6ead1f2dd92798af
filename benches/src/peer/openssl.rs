//! OpenSSL.

use openssl::pkey::PKey;
use openssl::ssl::{
    ErrorCode, Ssl, SslContext, SslContextBuilder, SslMethod, SslOptions, SslSessionCacheMode, SslStream,
    SslVerifyMode, SslVersion,
};
use openssl::x509::X509;
use tls_core::ciphersuites::Tls13Suite;

use crate::stack::{Buffers, End, Scenario, Stack};
use crate::wire::Wire;

/// Both ends' configurations.
#[expect(missing_debug_implementations, reason = "a context has none")]
pub struct OpenSsl {
    client: SslContext,
    server: SslContext,
}

/// One version, suite and group. A server gives tickets if sessions are to be resumed.
fn configure(context: &mut SslContextBuilder, scenario: &Scenario) {
    let suite = scenario.suite.to_string();
    let version = if Tls13Suite::from_id(scenario.suite).is_some() {
        context.set_ciphersuites(&suite).unwrap();
        SslVersion::TLS1_3
    } else {
        context.set_cipher_list(&suite).unwrap();
        SslVersion::TLS1_2
    };
    context.set_min_proto_version(Some(version)).unwrap();
    context.set_max_proto_version(Some(version)).unwrap();
    context.set_groups_list(&scenario.group.to_string()).unwrap();
    context.set_session_cache_mode(SslSessionCacheMode::OFF);
    if !scenario.resumed {
        context.set_options(SslOptions::NO_TICKET);
    }
    context.set_num_tickets(scenario.resumed.into()).unwrap();
}

/// The same for a client, and whom it trusts.
pub(super) fn configure_client(context: &mut SslContextBuilder, scenario: &Scenario) {
    configure(context, scenario);
    let root = X509::from_pem(scenario.authority.root_pem().as_bytes()).unwrap();
    context.cert_store_mut().add_cert(root).unwrap();
    context.set_verify(SslVerifyMode::PEER);
}

impl Stack for OpenSsl {
    type End = SslStream<Wire>;

    fn new(scenario: &Scenario) -> Self {
        let mut client = SslContext::builder(SslMethod::tls()).unwrap();
        configure_client(&mut client, scenario);
        let mut server = SslContext::builder(SslMethod::tls()).unwrap();
        configure(&mut server, scenario);
        let pem = scenario.authority.localhost();
        let mut chain = X509::stack_from_pem(pem.chain.as_bytes()).unwrap().into_iter();
        server.set_certificate(&chain.next().unwrap()).unwrap();
        chain.for_each(|issuer| server.add_extra_chain_cert(issuer).unwrap());
        server.set_private_key(&PKey::private_key_from_pem(pem.key.as_bytes()).unwrap()).unwrap();
        Self { client: client.build(), server: server.build() }
    }

    fn client(&self, wire: &mut Wire) -> Self::End {
        let mut ssl = Ssl::new(&self.client).unwrap();
        ssl.set_connect_state();
        ssl.param_mut().set_host("localhost").unwrap();
        ssl.set_hostname("localhost").unwrap();
        let mut stream = SslStream::new(ssl, Wire::default()).unwrap();
        on(&mut stream, wire, advance);
        stream
    }

    fn server(&self) -> Self::End {
        let mut ssl = Ssl::new(&self.server).unwrap();
        ssl.set_accept_state();
        SslStream::new(ssl, Wire::default()).unwrap()
    }
}

/// Lends the wire to OpenSSL, which reads and writes as it pleases, so that nothing is copied once more than for others.
#[inline]
fn on<R>(stream: &mut SslStream<Wire>, wire: &mut Wire, work: impl FnOnce(&mut SslStream<Wire>) -> R) -> R {
    std::mem::swap(stream.get_mut(), wire);
    let result = work(stream);
    std::mem::swap(stream.get_mut(), wire);
    result
}

fn advance(stream: &mut SslStream<Wire>) {
    match stream.do_handshake() {
        Ok(()) => {}
        Err(error) if error.code() == ErrorCode::WANT_READ => {}
        Err(error) => panic!("{error}"),
    }
}

impl End for SslStream<Wire> {
    fn receive(&mut self, wire: &mut Wire, buffers: &mut Buffers) -> usize {
        on(self, wire, |stream| {
            let mut len = 0;
            while stream.get_ref().is_readable() {
                if stream.is_handshaking() {
                    advance(stream);
                } else {
                    len += stream.ssl_read(&mut buffers.input).unwrap();
                }
            }
            len
        })
    }

    fn transmit(&mut self, _: &mut Wire) {}

    fn seal(&mut self, data: &[u8], wire: &mut Wire, _: &mut Buffers) {
        let len = on(self, wire, |stream| stream.ssl_write(data)).unwrap();
        assert_eq!(len, data.len(), "a part");
    }

    fn is_handshaking(&self) -> bool {
        !self.ssl().is_init_finished()
    }

    fn is_resumed(&self) -> bool {
        self.ssl().session_reused()
    }
}
