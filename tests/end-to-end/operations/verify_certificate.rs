//! Verdicts on certificates that are the caller's to give.

use tls_core::{
    AlertDescription, CertificateError, Connection, PeerName, ServerVerification, Stage, VerifyCertificate,
};

use super::*;

fn take_verify(end: &mut End) -> VerifyCertificate {
    assert_eq!((&end.error, end.operations.len()), (&None, 1));
    match end.operations.pop() {
        Some(Operation::VerifyCertificate(verify)) => verify,
        other => panic!("{other:?}"),
    }
}

fn asking_client(version: ProtocolVersion, authority: &Authority) -> Arc<ClientConfig> {
    let client = client_builder(authority).policy(policy(version));
    client.server_verification(ServerVerification::Asked).build().unwrap()
}

#[test]
fn a_client_asks_and_goes_on_with_the_answer() {
    let authority = Authority::new();
    let server = server_builder(&authority).policy(SecurityPolicy::P20251014).build().unwrap();
    for version in BOTH {
        let mut pair = Pair::new(&asking_client(version, &authority), &server);
        run(&mut pair);
        assert_eq!(pair.client.connection.stage(), Stage::VerifyingCertificate);
        let verify = take_verify(&mut pair.client);
        assert_eq!(verify.peer(), &PeerName::Server(tests::pair::localhost()));
        assert_eq!(verify.now(), tests::pair::now());
        assert_eq!(verify.certificates().iter().count(), 2);
        let verdict = verify.verify_path(&authority.roots());
        assert_eq!(verdict, Ok(()));
        pair.client.answer(verify.answer(verdict));
        run(&mut pair);
        pair.assert_works();
    }
}

#[test]
fn a_refusal_reaches_the_server_as_the_right_alert() {
    let authority = Authority::new();
    let server = server_builder(&authority).policy(SecurityPolicy::P20251014).build().unwrap();
    let elsewhere = Authority::new().roots();
    for version in BOTH {
        let refusals = [
            (CertificateError::Revoked, AlertDescription::CERTIFICATE_REVOKED, "certificate_revoked"),
            (
                CertificateError::Refused("not on the list".into()),
                AlertDescription::CERTIFICATE_UNKNOWN,
                "certificate_refused",
            ),
            (CertificateError::UnknownIssuer, AlertDescription::UNKNOWN_CA, "certificate_unknown_issuer"),
        ];
        for (refusal, alert, code) in refusals {
            let mut pair = Pair::new(&asking_client(version, &authority), &server);
            run(&mut pair);
            let verify = take_verify(&mut pair.client);
            assert_eq!(verify.verify_path(&elsewhere), Err(CertificateError::UnknownIssuer));
            pair.client.answer(verify.answer(Err(refusal)));
            run(&mut pair);
            assert_eq!(pair.client.error.as_ref().unwrap().code(), code);
            assert_eq!(pair.server.error.as_ref().unwrap().alert_received(), Some(alert));
        }
    }
}

/// An accepting caller does not make up for a peer without the key.
#[test]
fn acceptance_proves_no_possession_of_the_key() {
    let authority = Authority::new();
    for version in BOTH {
        let (split, thief) = (Split::new(authority.localhost()), Split::new(authority.localhost()));
        let config = ServerConfig::builder()
            .permit_unapproved()
            .policy(policy(version))
            .identity(split.identity().trust_signer());
        let mut pair = Pair::new(&asking_client(version, &authority), &config.build().unwrap());
        run(&mut pair);
        let verify = take_verify(&mut pair.client);
        pair.client.answer(verify.answer(Ok(())));
        let sign = take_sign(&mut pair.server);
        let signature = thief.signature(sign.request());
        pair.server.answer(sign.answer(Ok(signature)));
        run(&mut pair);
        assert_eq!(pair.client.error.as_ref().unwrap().code(), "bad_handshake_signature");
    }
}

#[test]
fn a_server_asks_about_its_clients() {
    let authority = Authority::new();
    for version in BOTH {
        for (asked, sends) in [
            (ClientAuthentication::RequiredAsked, true),
            (ClientAuthentication::OptionalAsked, true),
            (ClientAuthentication::OptionalAsked, false),
            (ClientAuthentication::RequiredAsked, false),
        ] {
            let is_required = matches!(asked, ClientAuthentication::RequiredAsked);
            let server = server_builder(&authority).policy(policy(version)).client_authentication(asked);
            let client = client_builder(&authority).policy(policy(version));
            let client = match sends {
                true => client.identity(authority.localhost().identity()),
                false => client,
            };
            let mut pair = Pair::new(&client.build().unwrap(), &server.build().unwrap());
            run(&mut pair);
            if sends {
                let verify = take_verify(&mut pair.server);
                assert_eq!(verify.peer(), &PeerName::Client);
                assert_eq!(verify.verify_path(&authority.roots()), Ok(()));
                pair.server.answer(verify.answer(Ok(())));
                run(&mut pair);
                pair.assert_works();
                assert!(pair.server.connection.facts().unwrap().peer_certificates.is_some());
            } else if is_required {
                assert_eq!(pair.server.error.as_ref().unwrap().code(), "certificate_required");
            } else {
                pair.assert_works();
            }
        }
    }
}

/// What arrives while the verdict is awaited is read when it has come.
#[test]
fn the_rest_of_a_flight_waits_for_the_verdict() {
    let authority = Authority::new();
    let server = server_builder(&authority).policy(SecurityPolicy::P20251014).build().unwrap();
    for version in BOTH {
        for byte_by_byte in [false, true] {
            let config = asking_client(version, &authority);
            let mut pair = Pair::new(&config, &server);
            pair.run(|end, bytes| match byte_by_byte {
                true => bytes.chunks(1).for_each(|byte| end.deliver(byte)),
                false => end.deliver(bytes),
            });
            let verify = take_verify(&mut pair.client);
            let stale = Connection::client(config, tests::pair::localhost(), tests::pair::now());
            assert_eq!(stale.unwrap().ignored_answers(), 0);
            pair.client.answer(verify.answer(Ok(())));
            run(&mut pair);
            pair.assert_works();
        }
    }
}
