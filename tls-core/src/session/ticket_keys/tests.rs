#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

fn at(seconds: u64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(1_790_000_000 + seconds))
}

fn key(name: u8, introduced: u64) -> TicketKey {
    TicketKey { name: [name; NAME_LEN], secret: [name; 32].into(), introduced_at: at(introduced) }
}

/// Of two keys whose lives overlap by half, the one whose weight is higher is drawn as much more often.
#[test]
fn keys_are_drawn_by_their_weights() {
    let ring = TicketKeys::manual();
    ring.add(key(1, 0), at(0)).unwrap();
    ring.add(key(2, 3600), at(0)).unwrap();
    let drawn =
        |seconds| (0..2000).filter(|_| ring.sealing(at(seconds)).unwrap().key.name == [2; 16]).count();
    assert_eq!(drawn(3599), 0);
    assert!((850..1150).contains(&drawn(3600 + 1800)), "half way");
    assert!((300..700).contains(&drawn(3600 + 900)), "a quarter");
    assert_eq!(drawn(7200), 2000);
}

#[test]
fn weights_rise_and_fall() {
    let key = Key::new(key(1, 100));
    let weights =
        [0, 99, 100, 101, 100 + 3600, 100 + 7199, 100 + 7200].map(|seconds| key.weight(at(seconds), USUAL));
    assert_eq!(weights, [0, 0, 1, 2, 3600, 1, 0]);
}

#[test]
fn nothing_of_a_key_is_printed() {
    let ring = TicketKeys::rotating();
    assert_eq!(format!("{ring:?}"), "TicketKeys { keys: 0, rotates: true }");
    assert!(!format!("{:?}", key(0xab, 0)).contains("secret"));
}

/// Threads that come at the same moment make one key.
#[test]
fn a_rotating_ring_makes_one_key_at_a_time() {
    let ring = TicketKeys::rotating();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert!(ring.sealing(at(0)).is_some()));
        }
    });
    assert_eq!(ring.export(at(0)).len(), 1);
}

/// Minutes for hours, say.
#[test]
fn keys_serve_for_other_periods() {
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    let ring = TicketKeys::manual().with_periods(minutes(2), minutes(13));
    ring.add(key(1, 0), at(0)).unwrap();
    assert!(ring.sealing(at(119)).is_some() && ring.sealing(at(120)).is_none());
    assert_eq!((ring.export(at(899)).len(), ring.export(at(900)).len()), (1, 0));
    assert_eq!(ring.add(key(2, 0), at(900)), Err(TicketKeyError::Expired));
    let ring = TicketKeys::rotating().with_periods(minutes(2), minutes(13));
    for second in 0..1800 {
        assert!(ring.sealing(at(second)).is_some(), "{second}");
    }
    // One a minute, each for a quarter of an hour.
    assert_eq!(ring.export(at(1799)).len(), 15);
    // With no time to seal in, nothing is sealed, and no key is made for nothing.
    let never = TicketKeys::rotating().with_periods(Duration::ZERO, minutes(1));
    assert!((0..100).all(|second| never.sealing(at(second)).is_none()));
    assert!(never.export(at(99)).is_empty());
    // Whatever the periods, the keys are so many.
    let hectic = TicketKeys::rotating().with_periods(Duration::from_secs(2), minutes(60));
    assert!((0..1000).all(|second| hectic.sealing(at(second)).is_some()));
    assert_eq!(hectic.export(at(999)).len(), MAX_KEYS);
}
