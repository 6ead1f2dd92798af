//! Offers at random: in any order, of what a policy has, of what others have, and of what means nothing.

use tls_core::ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion, SecurityPolicy, SignatureScheme};

use super::model::Offer;

/// Numbers that look random and are the same in every run (SplitMix64).
pub(crate) struct Generator(pub(crate) u64);

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

    /// What a client offers to a server of this policy: some of what the policy has, and some of what it may not have.
    pub(crate) fn offer(&mut self, policy: &SecurityPolicy) -> Offer {
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
