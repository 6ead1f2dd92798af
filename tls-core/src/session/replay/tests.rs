use std::sync::Arc;

use ciphersuites::Hash;

use super::*;
use crate::pre_shared_key::PreSharedKey;

const START: u64 = 1_000_000;

fn at(seconds: u64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(seconds))
}

/// The attempt number `id`, with the ticket number `ticket`, made at `made_at` by the client's account, and arriving at
/// `now`; the ticket is as old as the guard lets it be.
fn attempt(id: u8, ticket: u8, made_at: u64, now: u64) -> EarlyDataAttempt {
    let issued_at = START + 1;
    EarlyDataAttempt {
        client_hello: [id; 16],
        key: EarlyDataKey::Ticket(OfferedTicket {
            id: [ticket; 16],
            issued_at: at(issued_at),
            age: Duration::from_secs(made_at - issued_at),
        }),
        now: at(now),
        server_name: None,
        alpn: None,
        max_size: 1,
    }
}

/// What comes of one that is new and not under way for long.
fn admit(guard: &ReplayGuard, id: u8, now: u64) -> Result<(), EarlyDataRefusal> {
    guard.admit(&attempt(id, id, now, now))
}

const LATER: u64 = START + 100;

#[test]
fn what_has_been_admitted_is_not_admitted_again_while_it_is_fresh() {
    // However the clocks of clients are off, and whatever comes between.
    for made_at in LATER - 11..=LATER + 11 {
        let guard = ReplayGuard::once_per_client_hello(at(START));
        assert_eq!(guard.admit(&attempt(1, 1, made_at, LATER)), Ok(()));
        for now in LATER..LATER + 60 {
            let refusal = guard.admit(&attempt(1, 1, made_at, now)).unwrap_err();
            let is_fresh = now.abs_diff(made_at) <= 11;
            let expected = if is_fresh { EarlyDataRefusal::Replayed } else { EarlyDataRefusal::NotFresh };
            assert_eq!(refusal, expected, "made at {made_at}, again at {now}");
            let id = u8::try_from(2 + now - LATER).unwrap();
            assert_eq!(guard.admit(&attempt(id, 1, now, now)), Ok(()));
        }
    }
}

//= 9846:4.3.10 ticket-age
#[test]
fn what_is_older_or_younger_than_it_should_be_is_not_fresh() {
    for (made_at, expected) in [
        (LATER - 5, Err(EarlyDataRefusal::NotFresh)),
        (LATER - 4, Ok(())),
        (LATER + 4, Ok(())),
        (LATER + 5, Err(EarlyDataRefusal::NotFresh)),
    ] {
        let guard = ReplayGuard::once_per_client_hello(at(START)).window(Duration::from_secs(3));
        assert_eq!(guard.admit(&attempt(1, 1, made_at, LATER)), expected, "{made_at}");
    }
}

/// An earlier guard may have admitted it: nothing that it could have is admitted by the next.
#[test]
fn a_guard_that_has_just_begun_admits_nothing_that_came_before_it() {
    for made_at in START + 1..START + 40 {
        for now in made_at.saturating_sub(11).max(START)..made_at + 11 {
            let guard = ReplayGuard::once_per_client_hello(at(START));
            let admitted = guard.admit(&attempt(1, 1, made_at, now)).is_ok();
            // The earlier one admits what is fresh by its own time.
            let may_have_been = (START - 11..=START).any(|before| before.abs_diff(made_at) <= 11);
            assert!(!(admitted && may_have_been), "made at {made_at}, at {now}");
        }
    }
    let guard = ReplayGuard::once_per_client_hello(at(START));
    assert_eq!(admit(&guard, 1, START + 10), Err(EarlyDataRefusal::Starting));
    assert_eq!(admit(&guard, 1, START + 13), Ok(()));
}

//= 9846:8.2 false-positives
#[test]
fn a_full_guard_refuses_until_there_is_room_again() {
    let guard = ReplayGuard::once_per_client_hello(at(START)).capacity(16);
    let outcomes: Vec<_> = (0..=255).map(|id| admit(&guard, id, LATER)).collect();
    let admitted = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert!((1..=SHARDS).contains(&admitted), "{admitted}");
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(()) | Err(EarlyDataRefusal::Full))));
    // What was admitted is remembered all the same.
    for (id, outcome) in (0..=255).zip(&outcomes) {
        let again = if outcome.is_ok() { EarlyDataRefusal::Replayed } else { EarlyDataRefusal::Full };
        assert_eq!(admit(&guard, id, LATER), Err(again));
    }
    let held = |guard: &ReplayGuard| -> usize {
        let shards = guard.shards.iter().map(|shard| shard.lock().unwrap());
        shards.map(|shard| shard.current.len() + shard.previous.len()).sum()
    };
    for round in 1..20 {
        let now = LATER + 24 * round;
        (0..=255).for_each(|id| assert_ne!(admit(&guard, id, now), Err(EarlyDataRefusal::NotFresh)));
        assert!(held(&guard) <= 2 * SHARDS);
    }
}

/// A connection that began long ago and kept still: what has been admitted since may be forgotten.
#[test]
fn a_clock_that_stands_still_admits_nothing_again() {
    for opened_at in LATER - 12..LATER + 12 {
        for waited in 0..100 {
            let guard = ReplayGuard::once_per_client_hello(at(START));
            assert_eq!(admit(&guard, 1, LATER), Ok(()));
            for (id, now) in (2..).zip(LATER..LATER + waited) {
                assert_ne!(admit(&guard, id, now), Err(EarlyDataRefusal::Full));
            }
            let replay = attempt(1, 1, LATER, opened_at);
            assert_ne!(guard.admit(&replay), Ok(()), "opened at {opened_at}, after {waited}");
        }
    }
}

#[test]
fn a_ticket_is_good_for_one_time() {
    let guard = ReplayGuard::once_per_ticket(at(START), Duration::from_secs(600));
    assert_eq!(guard.admit(&attempt(1, 1, LATER, LATER)), Ok(()));
    for now in LATER..START + 602 {
        assert_eq!(guard.admit(&attempt(2, 1, now, now)), Err(EarlyDataRefusal::Replayed), "{now}");
    }
    assert_eq!(guard.admit(&attempt(2, 2, START + 601, START + 601)), Ok(()));
    assert_eq!(guard.admit(&attempt(3, 3, START + 602, START + 602)), Err(EarlyDataRefusal::NotFresh));
    assert_eq!(guard.admit(&attempt(3, 3, LATER, LATER + 12)), Err(EarlyDataRefusal::NotFresh));
    // It knows nothing of tickets that were given out before it.
    let next = ReplayGuard::once_per_ticket(at(START + 1), Duration::from_secs(600));
    assert_eq!(next.admit(&attempt(1, 1, LATER, LATER)), Err(EarlyDataRefusal::Starting));
}

/// The same by an external key, which has no age.
fn external(id: u8, now: u64) -> EarlyDataAttempt {
    let key = PreSharedKey::new(b"key", &[7; 16], Hash::Sha256).unwrap();
    EarlyDataAttempt { key: EarlyDataKey::External(Arc::clone(key.identity())), ..attempt(id, 0, now, now) }
}

//= 9846:8 once
//= 9846:8.2 false-positives
#[test]
fn what_has_no_age_is_never_forgotten() {
    for guard in [
        ReplayGuard::once_per_client_hello(at(START)),
        ReplayGuard::once_per_ticket(at(START), Duration::from_secs(600)),
    ] {
        assert_eq!(guard.admit(&external(1, LATER)), Err(EarlyDataRefusal::ExternalKey));
        let guard = guard.external_keys(100);
        for id in 0..100 {
            assert_eq!(guard.admit(&external(id, LATER)), Ok(()));
        }
        // Neither time nor whatever comes by tickets makes room.
        for now in [LATER, LATER + 1, LATER - 1, LATER + 1000, LATER + 1_000_000_000] {
            let _ = admit(&guard, 200, now);
            for id in 0..=255 {
                let expected = if id < 100 { EarlyDataRefusal::Replayed } else { EarlyDataRefusal::Full };
                assert_eq!(guard.admit(&external(id, now)), Err(expected), "{id} at {now}");
            }
        }
    }
}

//= 9846:8 once
#[test]
fn of_many_threads_one_is_admitted() {
    let guard = ReplayGuard::once_per_client_hello(at(START));
    for id in 0..50 {
        let admitted: usize = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..8).map(|_| scope.spawn(|| usize::from(admit(&guard, id, LATER).is_ok()))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(admitted, 1);
    }
}
