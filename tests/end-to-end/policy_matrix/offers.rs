//! Offers that no client of ours makes, in any order and with values that mean nothing: a server chooses from them, from
//! its policy, and as the model says, or refuses for the model's reason.

use tls_core::ClientHello;
use tls_core::ciphersuites::{KeyType, SecurityPolicy};
use tls_core::explain::{Choice, Explanation, Selection, Why};

use super::answer::{OpenServer, client_hello};
use super::cast::{MEMBERS, Member, policies, server};
use super::generator::Generator;
use super::model::{Agreement, Chain, Offer, Outcome, choose, misfit, versions};

const OFFERS_PER_POLICY: usize = 40;

#[test]
fn a_server_chooses_what_was_offered_and_what_its_policy_has() {
    let mut generator = Generator(0x5eed);
    let mut agreed = 0;
    for policy in policies().filter(|policy| !versions(policy).is_empty()) {
        let is_of_use = |member: &&Member| misfit(&policy, &member.chain).is_none();
        let members: Vec<&Member> = MEMBERS.iter().filter(is_of_use).collect();
        let chains: Vec<Chain> = members.iter().map(|member| member.chain).collect();
        let server = OpenServer::new(server(&policy, members));
        for _ in 0..OFFERS_PER_POLICY {
            let offer = generator.offer(&policy);
            let answer = server.answer(&offer);
            if let Ok(agreement) = &answer {
                assert_among(agreement, &offer, &policy);
                agreed += 1;
            }
            let expected = choose(&offer, &policy, &chains).map(|(agreement, _)| agreement);
            assert_eq!(answer, expected, "{}: {offer:?}", policy.name);
            assert_explained(&answer, &offer, &policy, &chains);
        }
    }
    let all = OFFERS_PER_POLICY * policies().count();
    assert!((all / 4..all * 3 / 4).contains(&agreed), "{agreed} of {all} is no fair test");
}

fn assert_among(chosen: &Agreement, offer: &Offer, policy: &SecurityPolicy) {
    let Agreement { version, suite, group, retried, scheme } = chosen;
    assert!(offer.versions.contains(version) && *version >= policy.min_version);
    assert!(offer.suites.contains(suite) && policy.cipher_suites.contains(suite));
    assert!(offer.groups.contains(group) && policy.groups.contains(group));
    assert!(offer.schemes.contains(scheme) && policy.signature_schemes.contains(scheme));
    assert!(!retried || !offer.shares.contains(group));
}

/// The explanation foretells the answer, and the reasons that it gives are true.
fn assert_explained(answer: &Outcome, offer: &Offer, policy: &SecurityPolicy, chains: &[Chain]) {
    let keys: Vec<KeyType> = chains.iter().map(|chain| chain.leaf.key_type).collect();
    let hello = ClientHello::from_bytes(&client_hello(offer, &offer.shares)).unwrap();
    let Explanation { steps, outcome, .. } = Explanation::new(policy, &keys, &hello);
    match (&outcome, answer) {
        (Ok(selection), Ok(agreement)) => {
            let Selection { version, cipher_suite: suite, group, hello_retry_request: retried, .. } =
                *selection;
            // It knows of keys, and not what certificates are signed with.
            let is_accepted = chains.iter().all(|chain| offer.schemes.contains(&chain.signature));
            let scheme = if is_accepted { selection.signature_scheme } else { agreement.scheme };
            let explained = Agreement { version, suite, group, retried, scheme };
            assert_eq!(explained, *agreement, "{}: {offer:?}", policy.name);
        }
        (Err(error), Err(refusal)) => assert_eq!(error.code(), refusal.code),
        different => panic!("{}: {offer:?}: {different:?}", policy.name),
    }
    for (choice, why) in steps.iter().flat_map(|step| &step.passed_over) {
        let (is_offered, is_permitted) = match choice {
            Choice::Version(version) => {
                (offer.versions.contains(version), versions(policy).contains(version))
            }
            Choice::CipherSuite(suite) => {
                (offer.suites.contains(suite), policy.cipher_suites.contains(suite))
            }
            Choice::Group(group) => (offer.groups.contains(group), policy.groups.contains(group)),
            Choice::SignatureScheme(scheme) => {
                (offer.schemes.contains(scheme), policy.signature_schemes.contains(scheme))
            }
        };
        let is_true = match why {
            Why::NotOffered => !is_offered && is_permitted,
            Why::NotPermitted => is_offered && !is_permitted,
            Why::NoKey | Why::NeedsRetry | Why::LessPreferred => is_offered && is_permitted,
            Why::NotImplemented | Why::NotInVersion(_) => is_offered,
            _ => false,
        };
        assert!(is_true, "{}: {offer:?}: {choice}: {why}", policy.name);
    }
}
