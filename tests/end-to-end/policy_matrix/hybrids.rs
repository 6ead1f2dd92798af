//! A client that offers a hybrid and sends a share of X25519 alone: no policy with that hybrid takes the share.

use tests::pair::Pair;
use tls_core::ciphersuites::{NamedGroup, ProtocolVersion, SecurityPolicy};

use super::cast::{MEMBERS, client, policies, server};
use super::model::misfit;

#[test]
fn a_share_of_x25519_keeps_no_post_quantum_policy_classical() {
    // Every suite and scheme, so that only the groups decide.
    let everything = SecurityPolicy::by_name("test_all").unwrap();
    let mut count = 0;
    for policy in policies() {
        let post_quantum: Vec<_> = policy.groups.iter().filter(|group| group.is_post_quantum()).collect();
        if post_quantum.is_empty() {
            continue;
        }
        let members = MEMBERS.iter().filter(|member| misfit(&policy, &member.chain).is_none());
        let server = server(&policy, members).build().unwrap();
        for hybrid in post_quantum.into_iter().copied() {
            for groups in [[NamedGroup::X25519, hybrid], [hybrid, NamedGroup::X25519]] {
                let offer = SecurityPolicy {
                    groups: groups.to_vec().into(),
                    key_shares: vec![NamedGroup::X25519].into(),
                    ..everything.clone()
                };
                let mut pair = Pair::new(&client(&offer).unwrap(), &server);
                pair.handshake();
                pair.assert_works();
                let facts = pair.client.connection.facts().unwrap();
                assert_eq!(
                    (facts.version, facts.group),
                    (ProtocolVersion::TLS1_3, hybrid),
                    "{}",
                    policy.name
                );
                assert!(facts.hello_retry_request && facts.post_quantum());
                count += 1;
            }
        }
    }
    assert!(count > 100, "{count}");
}
