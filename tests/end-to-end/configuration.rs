//! Configurations and credentials that do not load: one sentence each, that names what is wrong.

use tests::authority::Authority;
use tests::pair::{client_builder, default_tls13, server_builder};
use tls_core::ciphersuites::{CipherSuite, NamedGroup, SecurityPolicy, SignatureScheme};
use tls_core::{
    ClientAuthentication, ClientConfig, ConfigError, Identity, IdentityError, Roots, RootsError,
    ServerConfig, ServerVerification,
};

//= 9846:4.5.1 server-not-empty
//= 9846:C.5 unauthenticated
#[test]
fn configurations() {
    let authority = Authority::new();
    let client = || client_builder(&authority);
    let server = || server_builder(&authority);
    let policy = |adjust: fn(&mut SecurityPolicy)| {
        let mut policy = default_tls13();
        adjust(&mut policy);
        policy
    };
    let no_suite = || policy(|policy| policy.cipher_suites = vec![CipherSuite(0x00ff)].into());
    let no_group = || policy(|policy| policy.groups = vec![NamedGroup(0xfe00)].into());
    let no_scheme = || policy(|policy| policy.signature_schemes = vec![].into());
    let other_scheme = || policy(|policy| policy.signature_schemes = vec![SignatureScheme::ED25519].into());
    let no_roots = || Roots::from_certificates([]).unwrap();
    let errors: [(Option<ConfigError>, &str); 11] = [
        (ClientConfig::builder().permit_unapproved().build().err(), "how to verify servers"),
        (
            client().server_verification(ServerVerification::Roots(no_roots())).build().err(),
            "no trusted root",
        ),
        (client().policy(no_suite()).build().err(), "no cipher suite"),
        (client().policy(no_group()).build().err(), "no key exchange group"),
        (client().policy(no_scheme()).build().err(), "no signature scheme"),
        (client().alpn([""]).build().err(), "one to 255 bytes"),
        (client().rekey_after(0).build().err(), "at least one record"),
        (ServerConfig::builder().permit_unapproved().build().err(), "at least one certificate"),
        (server().policy(other_scheme()).build().err(), "ecdsa_secp256r1_sha256"),
        (
            server().client_authentication(ClientAuthentication::Required(no_roots())).build().err(),
            "no trusted root",
        ),
        (
            client().identity(authority.localhost().identity()).policy(other_scheme()).build().err(),
            "ecdsa_secp256r1_sha256",
        ),
    ];
    for (error, shown) in errors {
        let text = error.unwrap_or_else(|| panic!("{shown}: built")).to_string();
        assert!(text.contains(shown) && !text.contains('\n'), "{text}");
    }
}

//= 9846:4.5.1 leaf-first
//= 9846:4.5.1 server-not-empty
//= 9846:4.5.1.2 type
#[test]
fn identities() {
    let authority = Authority::new();
    let (one, other) = (authority.localhost(), authority.localhost());
    let (leaf, intermediate) = one.chain.split_at(one.chain.rfind("-----BEGIN").unwrap());
    let reversed = [intermediate, leaf].concat();
    let truncated = &one.chain[..200];
    /// A chain, a key, and what is wrong with the two.
    type Row<'a> = (&'a str, &'a str, fn(&IdentityError) -> bool);
    let table: [Row<'_>; 7] = [
        ("", &one.key, |error| matches!(error, IdentityError::NoCertificate)),
        ("no PEM at all", &one.key, |error| matches!(error, IdentityError::NoCertificate)),
        (truncated, &one.key, |error| {
            matches!(error, IdentityError::MalformedPem(_) | IdentityError::NoCertificate)
        }),
        (&one.chain, "", |error| matches!(error, IdentityError::Key(_))),
        (&one.chain, &one.chain, |error| matches!(error, IdentityError::Key(_))),
        (&one.chain, &other.key, |error| matches!(error, IdentityError::KeyMismatch)),
        (&reversed, &one.key, |error| matches!(error, IdentityError::KeyMismatch)),
    ];
    for (chain, key, is_expected) in table {
        let error = Identity::from_pem(chain.as_bytes(), key.as_bytes()).unwrap_err();
        assert!(is_expected(&error), "{error:?}");
        let text = error.to_string();
        assert!(text.len() > 20 && !text.contains('\n'), "{text}");
    }
    let broken = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    let error = Identity::from_pem(broken.as_bytes(), one.key.as_bytes()).unwrap_err();
    assert!(matches!(error, IdentityError::MalformedCertificate(0)), "{error:?}");
    // Text around the blocks is no concern.
    let commented = format!("# a comment\n{}\n trailing", one.chain);
    assert!(Identity::from_pem(commented.as_bytes(), one.key.as_bytes()).is_ok());
}

#[test]
fn roots() {
    assert_eq!(Roots::from_pem(b"").unwrap_err(), RootsError::Empty);
    let broken = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    assert_eq!(Roots::from_pem(broken).unwrap_err(), RootsError::MalformedCertificate(0));
    let unfinished = b"-----BEGIN CERTIFICATE-----\nMAA=\n";
    assert!(Roots::from_pem(unfinished).is_err());
    let (one, other) = (Authority::new(), Authority::new());
    let mut roots = one.roots();
    roots.extend(other.roots());
    assert_eq!(roots.len(), 2);
    assert_eq!(
        Roots::from_pem(format!("{}{}", one.root_pem(), other.root_pem()).as_bytes()).unwrap().len(),
        2
    );
}
