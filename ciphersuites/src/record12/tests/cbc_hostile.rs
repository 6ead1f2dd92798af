//! CBC records that must not be opened, and must all be refused alike.

use super::cbc::{ByHand, padding, shortest};
use super::*;

/// A forged record of the blocks `edit` leaves, sealed with the right cipher key.
fn open_edited(
    by_hand: &ByHand,
    blocks: &[u8],
    edit: impl FnOnce(&mut Vec<u8>),
) -> Result<Vec<u8>, CryptoError> {
    let mut blocks = blocks.to_vec();
    edit(&mut blocks);
    by_hand.direction.open(0, by_hand.encrypt([9; 16], &blocks))
}

#[test]
fn every_bit_of_mac_and_padding_counts() {
    for by_hand in ByHand::all() {
        for extra in [0, 16, 64] {
            let maced = by_hand.maced(0, b"some plaintext");
            let padding = padding(shortest(maced.len()) + extra);
            let blocks = [&maced[..], &padding].concat();
            assert!(open_edited(&by_hand, &blocks, |_| ()).is_ok());
            for index in 0..blocks.len() {
                for bit in [0x01, 0x10, 0x80] {
                    let opened = open_edited(&by_hand, &blocks, |blocks| blocks[index] ^= bit);
                    assert_eq!(opened, Err(CryptoError), "{index} {bit}");
                }
            }
        }
    }
}

/// Each value of the length byte but the right one, with the rest of the padding as it claims and as it was.
#[test]
fn every_wrong_length_of_padding_is_refused() {
    for by_hand in ByHand::all() {
        let maced = by_hand.maced(0, &[0x42; 40]);
        let right = shortest(maced.len());
        let blocks = [&maced[..], &padding(right)].concat();
        for claimed in (1..=256).filter(|claimed| *claimed != right) {
            let last = u8::try_from(claimed - 1).unwrap();
            let opened = open_edited(&by_hand, &blocks, |blocks| *blocks.last_mut().unwrap() = last);
            assert_eq!(opened, Err(CryptoError), "{claimed}");
            let opened = open_edited(&by_hand, &blocks, |blocks| {
                let start = blocks.len().saturating_sub(claimed);
                blocks[start..].fill(last);
            });
            assert_eq!(opened, Err(CryptoError), "{claimed}");
        }
    }
}

/// SSLv3's padding, of which only the last byte counted (POODLE).
#[test]
fn padding_of_any_bytes_is_refused() {
    for by_hand in ByHand::all() {
        let maced = by_hand.maced(0, b"some plaintext");
        let mut arbitrary = padding(shortest(maced.len()) + 16);
        let end = arbitrary.len() - 1;
        arbitrary[..end].fill(0xa5);
        let body = by_hand.encrypt([9; 16], &[&maced[..], &arbitrary].concat());
        assert_eq!(by_hand.direction.open(0, body), Err(CryptoError));
    }
}

/// Plaintexts of which padding or length byte would reach before the start of the record.
#[test]
fn records_of_nothing_but_padding_are_refused() {
    for by_hand in ByHand::all() {
        for len in (16..=272).step_by(16) {
            for fill in [0, 1, 15, 16, 0x7f, 0xff] {
                let body = by_hand.encrypt([9; 16], &vec![fill; len]);
                assert_eq!(by_hand.direction.open(0, body), Err(CryptoError), "{len} {fill}");
            }
        }
    }
}

/// Lengths no record has: no whole blocks, no room for MAC and padding.
#[test]
fn impossible_lengths_are_refused() {
    for by_hand in ByHand::all() {
        for len in (0..200).chain([0xffff, 0x10000, 0x10010]) {
            assert_eq!(by_hand.direction.open(0, vec![0; len]), Err(CryptoError), "{len}");
        }
    }
}

/// A plaintext whose length does not fit its two bytes, under the MAC for what is left of that length.
#[test]
fn a_length_that_wraps_is_refused() {
    for by_hand in ByHand::all() {
        let plaintext = vec![0x42; 0x10000];
        let maced = by_hand.maced_as(&header(0, APPLICATION_DATA, 0), &plaintext);
        let body = by_hand.encrypt([9; 16], &[&maced[..], &padding(shortest(maced.len()))].concat());
        assert_eq!(by_hand.direction.open(0, body), Err(CryptoError));
    }
}

/// The MAC covers the plaintext's own length: moving bytes between plaintext and padding does not go unnoticed.
#[test]
fn a_mac_for_another_length_is_refused() {
    for by_hand in ByHand::all() {
        let maced = by_hand.maced(0, &[0; 32]);
        let (plaintext, mac) = maced.split_at(32);
        let shorter = [&plaintext[..16], mac].concat();
        let body = by_hand.encrypt([9; 16], &[&shorter[..], &padding(shortest(shorter.len()))].concat());
        assert_eq!(by_hand.direction.open(0, body), Err(CryptoError));
    }
}

/// Bytes that come with a refused record are wiped: nothing of a forgery is there to be used by mistake.
#[test]
fn a_refused_record_leaves_no_plaintext() {
    for by_hand in ByHand::all() {
        let maced = by_hand.maced(0, b"some plaintext");
        let mut body = by_hand.encrypt([9; 16], &[&maced[..], &padding(shortest(maced.len()))].concat());
        let refused = by_hand.direction.opening.open_in_place(1, APPLICATION_DATA, &mut body);
        assert_eq!(refused, Err(CryptoError));
        assert!(body[16..].iter().all(|byte| *byte == 0));
    }
}
