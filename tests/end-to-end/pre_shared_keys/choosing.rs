//! Which key, if any, two ends go on from.

use super::*;

use tls_core::ciphersuites::ProtocolVersion;

const GROUPS: [NamedGroup; 1] = [NamedGroup::SECP256R1];

/// Policies with these suites.
fn suites(suites: &[CipherSuite]) -> SecurityPolicy {
    policy(suites, &GROUPS, &GROUPS)
}

#[test]
fn of_several_the_first_of_the_servers() {
    let authority = Authority::new();
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| key(name, Hash::Sha256));
    let cases: [(&[&PreSharedKey], &[&PreSharedKey], Option<&PreSharedKey>); 5] = [
        (&[&a, &b, &c], &[&b], Some(&b)),
        (&[&a, &b, &c], &[&c, &d, &a], Some(&c)),
        (&[&c], &[&a, &b, &c, &d], Some(&c)),
        (&[&a, &b], &[&c, &d], None),
        (&[], &[&a], None),
    ];
    for (offered, known, expected) in cases {
        let owned = |keys: &[&PreSharedKey]| keys.iter().map(|key| (*key).clone()).collect::<Vec<_>>();
        let mut pair = run(client(&authority, &owned(offered)), server(&authority, &owned(known)));
        assert_by(&mut pair, expected);
    }
}

/// Nobody is found by a name alone: origin, context, hash and what the key was made for belong to it.
#[test]
fn keys_that_are_only_alike_are_not_in_common() {
    let authority = Authority::new();
    let plain = key("key", Hash::Sha256);
    let variants = [
        plain.clone(),
        key("key", Hash::Sha384),
        imported("key", b"", Hash::Sha256),
        imported("key", b"", Hash::Sha384),
        imported("key", b"context", Hash::Sha256),
    ];
    for (i, offered) in variants.iter().enumerate() {
        for (j, known) in variants.iter().enumerate() {
            let (offered, known) = (std::slice::from_ref(offered), std::slice::from_ref(known));
            let mut pair = run(client(&authority, offered), server(&authority, known));
            assert_by(&mut pair, offered.first().filter(|_| i == j));
        }
    }
}

/// An imported identity, written down for a key that is not imported: the binders tell the two apart.
#[test]
fn binders_of_imported_keys_are_their_own() {
    let authority = Authority::new();
    let imported = imported("key", b"", Hash::Sha256);
    let secret = tls_core::ciphersuites::import_psk(
        Hash::Sha256,
        &b"key".repeat(16),
        imported.identity().as_bytes(),
        Hash::Sha256,
    );
    let lookalike = PreSharedKey::new(imported.identity().as_bytes(), &secret, Hash::Sha256).unwrap();
    for (offered, known) in [(&imported, &lookalike), (&lookalike, &imported)] {
        let (offered, known) = (std::slice::from_ref(offered), std::slice::from_ref(known));
        let pair = run(client(&authority, offered), server(&authority, known));
        assert_refused(&pair.server, &pair.client, Alert::DECRYPT_ERROR, "bad_binder");
    }
}

/// A server takes a suite that goes with a key before one that it prefers.
//= 9846:2.2 external-psk-provisioning
//= 9846:4.3.11 compatible
#[test]
fn the_suite_goes_with_the_key() {
    let authority = Authority::new();
    for hash in HASHES {
        for preferred in SUITES {
            let order: Vec<_> =
                std::iter::once(preferred).chain(SUITES.into_iter().filter(|s| *s != preferred)).collect();
            let keys = [key("key", hash)];
            let client = client(&authority, &keys).policy(suites(&SUITES));
            let mut pair = run(client, server(&authority, &keys).policy(suites(&order)));
            assert_by(&mut pair, Some(&keys[0]));
            let suite = facts(&pair.client).cipher_suite;
            assert_eq!(suite, SUITES[usize::from(hash == Hash::Sha384)]);
        }
    }
}

/// Where there is no suite for a key, there is one for another, or none.
#[test]
fn keys_without_a_suite_in_common_are_passed_over() {
    let authority = Authority::new();
    let keys = [key("256", Hash::Sha256), key("384", Hash::Sha384)];
    for (index, suite) in SUITES.into_iter().enumerate() {
        let client = client(&authority, &keys).policy(suites(&SUITES));
        let mut pair = run(client, server(&authority, &keys[index..=index]).policy(suites(&[suite])));
        assert_by(&mut pair, Some(&keys[index]));
        // The server would know both, but for the client's suites.
        let narrow =
            client_builder(&authority).policy(suites(&[suite])).pre_shared_keys(keys[index..=index].to_vec());
        let mut pair = run(narrow, server(&authority, &keys).policy(suites(&SUITES)));
        assert_by(&mut pair, Some(&keys[index]));
    }
}

/// After a HelloRetryRequest a client offers those keys only that go with its suite; the server counts anew.
#[test]
fn a_retry_leaves_keys_of_the_other_hash_out() {
    let authority = Authority::new();
    let keys =
        [key("a", Hash::Sha256), key("b", Hash::Sha384), key("c", Hash::Sha256), key("d", Hash::Sha384)];
    for index in 0..keys.len() {
        let groups = [NamedGroup::SECP256R1, NamedGroup::SECP384R1];
        let client_policy = policy(&SUITES, &groups, &groups[..1]);
        let server_policy = policy(&SUITES, &groups[1..], &groups[1..]);
        let client = client(&authority, &keys).policy(client_policy);
        let mut pair = run(client, server(&authority, &keys[index..=index]).policy(server_policy));
        assert_by(&mut pair, Some(&keys[index]));
        assert!(facts(&pair.client).hello_retry_request);
    }
}

/// Who accepts certificates as well goes on by them, in TLS 1.2, too.
#[test]
fn certificates_are_a_way_on_for_those_who_accept_them() {
    let authority = Authority::new();
    let (ours, theirs) = ([key("ours", Hash::Sha256)], [key("theirs", Hash::Sha256)]);
    let mut pair = run(client(&authority, &ours), server(&authority, &theirs));
    assert_by(&mut pair, None);
    let mut pair = run(client(&authority, &ours), server_builder(&authority));
    assert_by(&mut pair, None);
    let both = client(&authority, &ours).policy(SecurityPolicy::P20251014);
    let tls12 = tests::pair::only(ProtocolVersion::TLS1_2, &SecurityPolicy::P20251014);
    let mut pair = run(both, server_builder(&authority).policy(tls12));
    assert_by(&mut pair, None);
    assert_eq!(facts(&pair.client).version, ProtocolVersion::TLS1_2);
}

/// Who accepts nothing but keys says what it lacks.
#[test]
fn without_a_key_in_common_there_is_no_connection_for_those_who_need_one() {
    let authority = Authority::new();
    let (ours, theirs) = ([key("ours", Hash::Sha256)], [key("theirs", Hash::Sha256)]);
    let (failure, code) = (Alert::HANDSHAKE_FAILURE, "no_common_pre_shared_key");
    let pair = run(keyed_client(&authority, &ours), server(&authority, &theirs));
    assert_refused(&pair.client, &pair.server, failure, code);
    let pair = run(keyed_client(&authority, &ours), server_builder(&authority));
    assert_refused(&pair.client, &pair.server, failure, code);
    let pair = run(client(&authority, &[]), keyed_server(known(&theirs)));
    assert_refused(&pair.server, &pair.client, failure, code);
    let pair = run(client(&authority, &ours), keyed_server(known(&theirs)));
    assert_refused(&pair.server, &pair.client, Alert::DECRYPT_ERROR, "unknown_pre_shared_key");
    // A client that needs a key has no use for TLS 1.2, and neither has such a server.
    let tls12 = || tests::pair::only(ProtocolVersion::TLS1_2, &SecurityPolicy::P20251014);
    let both = SecurityPolicy::P20251014;
    let pair =
        run(keyed_client(&authority, &ours).policy(both.clone()), server_builder(&authority).policy(tls12()));
    assert_refused(&pair.server, &pair.client, Alert::PROTOCOL_VERSION, "no_common_version");
    let pair = run(client_builder(&authority).policy(tls12()), keyed_server(known(&ours)).policy(both));
    assert_refused(&pair.server, &pair.client, Alert::PROTOCOL_VERSION, "no_common_version");
}

/// To a client, a key that the server does not know is one that it does not have: the same alert, after the same messages.
#[test]
fn servers_without_certificates_do_not_say_which_keys_they_know() {
    let authority = Authority::new();
    let groups = [NamedGroup::SECP256R1, NamedGroup::SECP384R1];
    let known_key = key("known", Hash::Sha256);
    let wrong = |hash| PreSharedKey::new(b"known", &[9; 32], hash).unwrap();
    for shares in [&groups[..1], &groups[1..]] {
        for hash in HASHES {
            let mut heard = Vec::new();
            for offered in [wrong(hash), key("other", hash)] {
                let client = keyed_client(&authority, std::slice::from_ref(&offered)).policy(policy(
                    &SUITES,
                    &groups,
                    &groups[..1],
                ));
                let server = keyed_server(known(std::slice::from_ref(&known_key)))
                    .policy(policy(&SUITES, shares, shares));
                let mut pair = Pair::new(&client.build().unwrap(), &server.build().unwrap());
                let mut sent = Vec::new();
                pair.run(|end, bytes| {
                    let head = |bytes: &[u8]| bytes.iter().take(44).copied().collect::<Vec<u8>>();
                    sent.push((bytes.len(), bytes.first().copied(), head(bytes).len()));
                    end.deliver(bytes);
                });
                let alert = pair.client.error.as_ref().unwrap().alert_received();
                assert_eq!(alert, Some(Alert::DECRYPT_ERROR));
                heard.push(sent);
            }
            // Names of one length make offers of one length.
            assert_eq!(heard[0], heard[1]);
        }
    }
}
