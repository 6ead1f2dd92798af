//! Offers that no client of ours makes, in any order and with values that mean nothing: a server chooses from them, from
//! its policy, and as the model says, or refuses for the model's reason.

use tls_core::ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion, SecurityPolicy, SignatureScheme};

use super::answer::OpenServer;
use super::cast::{MEMBERS, Member, policies, server};
use super::model::{Agreement, Chain, Offer, choose, misfit, versions};

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

/// Numbers that look random and are the same in every run (SplitMix64).
struct Generator(u64);

const GREASE: u16 = 0x3a3a;

impl Generator {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % u64::try_from(bound).unwrap()).unwrap()
    }

    /// Some of a list, in any order: few, or many, or all.
    fn some<T: Copy>(&mut self, list: &[T]) -> Vec<T> {
        let density = self.below(5);
        let mut some: Vec<T> = list.iter().copied().filter(|_| self.below(4) < density).collect();
        (1..some.len()).for_each(|last| some.swap(last, self.below(last + 1)));
        some
    }

    /// At least one: an empty list would not parse.
    fn some_of<T: Copy + PartialEq>(&mut self, policy: &[T], others: &[T]) -> Vec<T> {
        let mut all = policy.to_vec();
        all.extend(others.iter().filter(|other| !policy.contains(other)));
        let some = self.some(&all);
        if some.is_empty() { vec![all[self.below(all.len())]] } else { some }
    }

    fn offer(&mut self, policy: &SecurityPolicy) -> Offer {
        let groups = self.some_of(&policy.groups, &GROUPS);
        let versions = self.some_of(&[ProtocolVersion::TLS1_3, ProtocolVersion::TLS1_2], &VERSIONS);
        let has_shares = versions.contains(&ProtocolVersion::TLS1_3);
        Offer {
            shares: if has_shares { self.some(&groups) } else { Vec::new() },
            suites: self.some_of(&policy.cipher_suites, &SUITES),
            schemes: self.some_of(&policy.signature_schemes, &SCHEMES),
            versions,
            groups,
        }
    }
}

const VERSIONS: [ProtocolVersion; 3] =
    [ProtocolVersion::TLS1_1, ProtocolVersion(GREASE), ProtocolVersion(0x7f1c)];

const SUITES: [CipherSuite; 7] = [
    CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_DHE_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite(GREASE),
    CipherSuite(0x1304),
];

const GROUPS: [NamedGroup; 6] = [
    NamedGroup::X25519,
    NamedGroup::X25519MLKEM768,
    NamedGroup::FFDHE2048,
    NamedGroup::X448,
    NamedGroup::X25519KYBER768DRAFT00,
    NamedGroup(GREASE),
];

const SCHEMES: [SignatureScheme; 4] = [
    SignatureScheme::ED25519,
    SignatureScheme::ED448,
    SignatureScheme::ECDSA_BRAINPOOLP256R1TLS13_SHA256,
    SignatureScheme(GREASE),
];
