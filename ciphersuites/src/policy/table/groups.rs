//! Lists of groups and the key shares that go with them.
//!
//! A list's name says what it holds, in order: `HYBRIDS_768` are X25519MLKEM768 and SecP256r1MLKEM768, `HYBRIDS` these
//! and SecP384r1MLKEM1024, and `HYBRIDS_MLKEM1024` all these and the pure MLKEM1024.
//!
//! Key shares: the first post-quantum group, with its classical half where that is in the list, for the half costs
//! 32 or 65 bytes and no key; else with the first classical group.

use super::definition::Groups;
use crate::NamedGroup;

pub(super) const X25519: NamedGroup = NamedGroup::X25519;
pub(super) const P256: NamedGroup = NamedGroup::SECP256R1;
pub(super) const P384: NamedGroup = NamedGroup::SECP384R1;
pub(super) const P521: NamedGroup = NamedGroup::SECP521R1;
pub(super) const XM768: NamedGroup = NamedGroup::X25519MLKEM768;
pub(super) const P256M768: NamedGroup = NamedGroup::SECP256R1MLKEM768;
pub(super) const P384M1024: NamedGroup = NamedGroup::SECP384R1MLKEM1024;
pub(super) const M1024: NamedGroup = NamedGroup::MLKEM1024;

const fn groups(groups: &'static [NamedGroup], key_shares: &'static [NamedGroup]) -> Groups {
    Groups { groups, key_shares }
}

pub(super) const P256_P384: Groups = groups(&[P256, P384], &[P256]);
pub(super) const P256_P384_P521: Groups = groups(&[P256, P384, P521], &[P256]);
pub(super) const P256_X25519_P384: Groups = groups(&[P256, X25519, P384], &[P256]);
pub(super) const P256_X25519_P384_P521: Groups = groups(&[P256, X25519, P384, P521], &[P256]);
pub(super) const P384_ONLY: Groups = groups(&[P384], &[P384]);
pub(super) const P384_P256_P521: Groups = groups(&[P384, P256, P521], &[P384]);
pub(super) const X25519_P256_P384: Groups = groups(&[X25519, P256, P384], &[X25519]);
pub(super) const X25519_P256_P384_P521: Groups = groups(&[X25519, P256, P384, P521], &[X25519]);

pub(super) const HYBRIDS_768_P256_P384: Groups = groups(&[XM768, P256M768, P256, P384], &[XM768, P256]);
pub(super) const HYBRIDS_768_P256_P384_P521: Groups =
    groups(&[XM768, P256M768, P256, P384, P521], &[XM768, P256]);
pub(super) const HYBRIDS_768_P256_X25519_P384_P521: Groups =
    groups(&[XM768, P256M768, P256, X25519, P384, P521], &[XM768, X25519]);
pub(super) const HYBRIDS_768_X25519_P256_P384: Groups =
    groups(&[XM768, P256M768, X25519, P256, P384], &[XM768, X25519]);

pub(super) const HYBRIDS_P256_P384_P521: Groups =
    groups(&[XM768, P256M768, P384M1024, P256, P384, P521], &[XM768, P256]);
pub(super) const HYBRIDS_P256_X25519_P384: Groups =
    groups(&[XM768, P256M768, P384M1024, P256, X25519, P384], &[XM768, X25519]);
pub(super) const HYBRIDS_P256_X25519_P384_P521: Groups =
    groups(&[XM768, P256M768, P384M1024, P256, X25519, P384, P521], &[XM768, X25519]);

pub(super) const HYBRIDS_MLKEM1024: Groups = groups(&[XM768, P256M768, P384M1024, M1024], &[XM768]);
pub(super) const HYBRIDS_MLKEM1024_P256_P384_P521: Groups =
    groups(&[XM768, P256M768, P384M1024, M1024, P256, P384, P521], &[XM768, P256]);
pub(super) const HYBRIDS_MLKEM1024_P256_X25519_P384: Groups =
    groups(&[XM768, P256M768, P384M1024, M1024, P256, X25519, P384], &[XM768, X25519]);
pub(super) const HYBRIDS_MLKEM1024_X25519_P256_P384_P521: Groups =
    groups(&[XM768, P256M768, P384M1024, M1024, X25519, P256, P384, P521], &[XM768, X25519]);

pub(super) const MLKEM1024_ONLY: Groups = groups(&[M1024], &[M1024]);
pub(super) const MLKEM1024_P384: Groups = groups(&[M1024, P384], &[M1024, P384]);
pub(super) const MLKEM1024_P384_P256_P521: Groups = groups(&[M1024, P384, P256, P521], &[M1024, P384]);
