//! Which of several certificates is presented: by the peer's certificate_authorities (RFC 9846 §4.3.4), and otherwise.

use rcgen::{CertificateParams, DnType, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519};
use tests::authority::Authority;
use tests::pair::{Pair, client_builder, only};
use tls_core::ciphersuites::{ProtocolVersion, SecurityPolicy, SignatureScheme};
use tls_core::{
    AlertDescription as Alert, ClientAuthentication, ClientConfigBuilder, ConfigError, Identity, Roots,
    ServerConfig, ServerConfigBuilder, ServerVerification,
};

const BOTH: [ProtocolVersion; 2] = [ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2];

/// Three authorities, whose certificates differ in nothing else.
struct Authorities([Authority; 3]);

impl Authorities {
    fn new() -> Self {
        Self([(); 3].map(|()| Authority::new()))
    }

    fn identity(&self, place: usize) -> Identity {
        self.0[place].localhost().identity()
    }

    fn roots(&self) -> Roots {
        let mut roots = Roots::default();
        self.0.iter().for_each(|authority| roots.extend(authority.roots()));
        roots
    }

    fn names(&self, places: &[usize]) -> Vec<Vec<u8>> {
        places.iter().flat_map(|place| self.0[*place].roots().names().collect::<Vec<_>>()).collect()
    }

    fn client(&self, version: ProtocolVersion) -> ClientConfigBuilder {
        client_builder(&self.0[0])
            .policy(only(version, &SecurityPolicy::P20251014))
            .server_verification(ServerVerification::Roots(self.roots()))
    }

    fn server(&self) -> ServerConfigBuilder {
        let policy = SecurityPolicy::P20251014;
        let asked = ClientAuthentication::Optional(self.roots());
        ServerConfig::builder().permit_unapproved().policy(policy).client_authentication(asked)
    }
}

fn ed25519_last(version: ProtocolVersion) -> SecurityPolicy {
    let schemes = vec![SignatureScheme::ECDSA_SECP256R1_SHA256, SignatureScheme::ED25519];
    SecurityPolicy { signature_schemes: schemes.into(), ..only(version, &SecurityPolicy::P20251014) }
}

fn connect(client: ClientConfigBuilder, server: ServerConfigBuilder) -> Pair {
    let mut pair = Pair::new(&client.build().unwrap(), &server.build().unwrap());
    pair.handshake();
    pair
}

/// Which certificates the client and the server presented.
fn presented(pair: &mut Pair) -> [Option<u16>; 2] {
    pair.assert_works();
    let [client, server] = [&pair.client, &pair.server].map(|end| end.connection.facts().unwrap());
    assert_eq!(server.peer_certificates.is_some(), client.identity.is_some());
    assert_eq!(server.client_signature_scheme.is_some(), client.identity.is_some());
    [client.identity, server.identity]
}

/// What the peer names, and which of two certificates, of the first two authorities, it is shown.
const NAMED: [(&[usize], u16); 6] = [(&[], 0), (&[0], 0), (&[1], 1), (&[1, 0], 0), (&[2], 0), (&[2, 1], 1)];

#[test]
fn a_client_shows_the_certificate_that_the_server_can_trace() {
    let authorities = Authorities::new();
    for (version, (named, place)) in BOTH.into_iter().flat_map(|version| NAMED.map(|row| (version, row))) {
        let client = authorities.client(version);
        let client = client.identity(authorities.identity(0)).identity(authorities.identity(1));
        let names = authorities.names(named);
        let server = authorities.server().identity(authorities.identity(0)).certificate_authorities(names);
        let mut pair = connect(client, server);
        assert_eq!(presented(&mut pair), [Some(place), Some(0)], "{version} {named:?}");
    }
}

#[test]
fn a_server_shows_the_certificate_that_the_client_can_trace() {
    let authorities = Authorities::new();
    for (named, place) in NAMED {
        let version = ProtocolVersion::TLS1_3;
        let client = authorities.client(version).certificate_authorities(authorities.names(named));
        let server = authorities.server().identity(authorities.identity(0)).identity(authorities.identity(1));
        assert_eq!(presented(&mut connect(client, server)), [None, Some(place)], "{named:?}");
    }
}

/// A name in the certificate matters more than who issued it, and who issued it more than how it is signed.
#[test]
fn what_is_wished_for_has_an_order() {
    let authorities = Authorities::new();
    let [first, second, _] = &authorities.0;
    let issue = |authority: &Authority, name, key| authority.issue(&[name], key).identity();
    let server = || {
        authorities
            .server()
            .identity(issue(second, "other.test", &PKCS_ECDSA_P256_SHA256))
            .identity(issue(first, "localhost", &PKCS_ECDSA_P256_SHA256))
            .identity(issue(second, "localhost", &PKCS_ED25519))
    };
    let policy = ed25519_last(ProtocolVersion::TLS1_3);
    for (named, place) in [(&[][..], 1), (&[1], 2), (&[0], 1), (&[2], 1)] {
        let client = authorities.client(ProtocolVersion::TLS1_3).policy(policy.clone());
        let client = client.certificate_authorities(authorities.names(named));
        let mut pair = connect(client, server().policy(policy.clone()));
        assert_eq!(presented(&mut pair), [None, Some(place)], "{named:?}");
    }
}

#[test]
fn what_is_for_named_issuers_only_is_shown_to_nobody_else() {
    let authorities = Authorities::new();
    let private = || authorities.identity(1).only_for_named_issuers();
    for (version, named) in BOTH.into_iter().flat_map(|version| [(version, false), (version, true)]) {
        let names = authorities.names(if named { &[2, 1] } else { &[2] });
        let server = authorities.server().identity(authorities.identity(0)).certificate_authorities(names);
        let pair = &mut connect(authorities.client(version).identity(private()), server);
        assert_eq!(presented(pair), [named.then_some(0), Some(0)], "{version} {named}");
    }
    let version = ProtocolVersion::TLS1_3;
    for named in [false, true] {
        let names = || authorities.names(if named { &[1] } else { &[] });
        let client = || authorities.client(version).certificate_authorities(names());
        let both = authorities.server().identity(private()).identity(authorities.identity(0));
        assert_eq!(presented(&mut connect(client(), both)), [None, Some(u16::from(!named))]);
        let mut pair = connect(client(), authorities.server().identity(private()));
        if named {
            assert_eq!(presented(&mut pair), [None, Some(0)]);
        } else {
            let error = pair.server.error.unwrap();
            assert_eq!(
                (error.code(), error.alert_sent()),
                ("no_named_issuer", Some(Alert::HANDSHAKE_FAILURE))
            );
        }
    }
}

/// A client can sign only by what the server's CertificateRequest has, whoever issued the certificate.
//= 9846:4.5.1.2 leaf-signs
#[test]
fn a_certificate_that_cannot_sign_is_passed_over() {
    let authorities = Authorities::new();
    let [first, second, _] = &authorities.0;
    for version in BOTH {
        let client = authorities
            .client(version)
            .policy(ed25519_last(version))
            .identity(second.issue(&["client.test"], &PKCS_ED25519).identity())
            .identity(first.issue(&["client.test"], &PKCS_ECDSA_P256_SHA256).identity());
        let policy = SecurityPolicy {
            signature_schemes: vec![SignatureScheme::ECDSA_SECP256R1_SHA256].into(),
            ..SecurityPolicy::P20251014
        };
        let server = authorities.server().policy(policy).identity(authorities.identity(0));
        let server = server.certificate_authorities(authorities.names(&[1]));
        assert_eq!(presented(&mut connect(client, server)), [Some(1), Some(0)], "{version}");
    }
}

/// Their lengths have one to three bytes in DER.
#[test]
fn the_names_of_roots_are_those_of_their_certificates() {
    for len in [1, 64, 127, 128, 200, 300, 30_000] {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "x".repeat(len));
        let root = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let names: Vec<_> = Roots::from_certificates([root.der().as_ref()]).unwrap().names().collect();
        let [name] = names.as_slice() else { panic!("{} names", names.len()) };
        let in_certificate = root.der().windows(name.len()).filter(|window| window == name).count();
        // Subject and issuer.
        assert_eq!(in_certificate, 2, "{len}");
    }
}

#[test]
fn names_that_are_none_or_too_many_do_not_build() {
    let authorities = Authorities::new();
    let build = |names: Vec<Vec<u8>>| {
        let client = authorities.client(ProtocolVersion::TLS1_3).certificate_authorities(names.clone());
        let server = authorities.server().identity(authorities.identity(0)).certificate_authorities(names);
        let results = [client.build().map(drop), server.build().map(drop)];
        assert_eq!(results[0], results[1]);
        results[0].clone()
    };
    let name = authorities.names(&[0]).remove(0);
    assert_eq!(build(vec![name.clone()]), Ok(()));
    for malformed in [Vec::new(), b"CN=Test Root".to_vec(), [name.as_slice(), &[0]].concat()] {
        assert_eq!(build(vec![name.clone(), malformed]), Err(ConfigError::InvalidAuthority(1)));
    }
    let most = usize::from(u16::MAX - 2) / (name.len() + 2);
    assert_eq!(build(vec![name.clone(); most]), Ok(()));
    let bytes = (most + 1) * (name.len() + 2);
    assert_eq!(build(vec![name; most + 1]), Err(ConfigError::TooManyAuthorities(bytes)));
}
