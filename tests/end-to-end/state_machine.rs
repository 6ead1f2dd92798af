//! The state machines of both roles and versions, exhaustively: from every state that can be reached, every sequence of
//! so many steps, out of every kind of message and record, is accepted exactly when an automaton of the test's own
//! accepts it, and refused with the alert that it names.
//!
//! `STATE_MACHINE_DEPTH=4 cargo test -p tests --test end-to-end state_machine` goes further than the two steps of
//! ordinary runs.

mod automaton;
mod content;
mod credentials;
mod peer;
mod symbol;

use std::collections::BTreeMap;

use tests::authority::Authority;
use tests::relay::{Setup, Side};
use tests::scenario::{SIMPLE, Scenario};
use tls_core::{AlertDescription, ClientAuthentication};

use automaton::{Automaton, Place, Verdict};
use peer::{Peer, World};
use symbol::ALPHABET;

pub(crate) use symbol::Symbol;

/// Whose state machine it is, and how its connections begin.
#[derive(Clone, Copy, Debug)]
struct Shape {
    subject: Side,
    scenario: Scenario,
    /// The server asks for a certificate, and does without.
    optional: bool,
}

impl Shape {
    /// Whether the server asks for the client's certificate.
    fn asks(&self) -> bool {
        self.scenario.mutual || self.optional
    }

    fn setup(&self, authority: &Authority) -> Setup {
        if !self.optional {
            return self.scenario.setup_by(authority);
        }
        let (client, server) = self.scenario.builders(authority);
        let asking = server.client_authentication(ClientAuthentication::Optional(authority.roots()));
        Setup::new(client, asking)
    }
}

/// Steps beyond each state.
fn depth() -> usize {
    std::env::var("STATE_MACHINE_DEPTH").map_or(2, |depth| depth.parse().expect("a number of steps"))
}

/// Whether the whole word is accepted: each step comes to what the automaton says.
fn check(world: &World, word: &[Symbol]) -> Option<Automaton> {
    let (mut peer, mut automaton) = (Peer::new(world), Automaton::new(world.shape));
    for (number, symbol) in word.iter().enumerate() {
        let verdict = automaton.step(*symbol);
        peer.say(*symbol);
        let error = &peer.subject.error;
        let context = || format!("{:?}: {word:?}[{number}] is {verdict:?}: {error:?}", world.shape);
        match verdict {
            Verdict::Accepted => assert_eq!(error, &None, "{}", context()),
            Verdict::Refused(alert) => {
                assert_eq!(error.as_ref().and_then(|error| error.alert_sent()), Some(alert), "{}", context());
            }
            Verdict::Ended => {
                assert!(
                    error.as_ref().is_some_and(|error| error.alert_received().is_some()),
                    "{}",
                    context()
                );
            }
        }
        let is_open = matches!(automaton.place, Place::Open | Place::Closed);
        assert_eq!(peer.subject.established, is_open, "{}", context());
        if verdict != Verdict::Accepted {
            assert_eq!(number + 1, word.len(), "{}", context());
            return None;
        }
    }
    Some(automaton)
}

/// A shortest word for each state: of those that have nothing to tell them apart, one.
fn states(shape: Shape) -> BTreeMap<String, Vec<Symbol>> {
    let mut found = BTreeMap::new();
    let mut waiting = std::collections::VecDeque::from([(Automaton::new(shape), Vec::new())]);
    while let Some((automaton, word)) = waiting.pop_front() {
        if found.contains_key(&automaton.state()) {
            continue;
        }
        for symbol in ALPHABET {
            let (mut next, mut longer) = (automaton, word.clone());
            longer.push(symbol);
            if next.step(symbol) == Verdict::Accepted {
                waiting.push_back((next, longer));
            }
        }
        found.insert(automaton.state(), word);
    }
    found
}

/// Checks every word of so many more steps; says how many there were.
fn walk(world: &World, word: &mut Vec<Symbol>, depth: usize) -> usize {
    let mut count = 0;
    for symbol in ALPHABET {
        word.push(symbol);
        count += 1;
        let accepted = check(world, word);
        // After a close nothing is looked at: `closure`.
        if depth > 1 && accepted.is_some_and(|automaton| automaton.place != Place::Closed) {
            count += walk(world, word, depth - 1);
        }
        word.pop();
    }
    count
}

fn explore(subject: Side, scenario: Scenario, optional: bool) {
    let shape = Shape { subject, scenario, optional };
    let world = World::new(shape);
    let states = states(shape);
    assert!(states.keys().any(|state| state.starts_with("Open")), "{shape:?}: {states:?}");
    let mut count = 0;
    for word in states.values().filter(|word| word.last() != Some(&Symbol::CloseNotify)) {
        count += walk(&world, &mut word.clone(), depth());
    }
    println!("{shape:?}: {} states, {count} words", states.len());
    assert!(count >= 2 * ALPHABET.len() * states.len());
}

/// The last of these steps, and none before it, is refused as unexpected.
pub(crate) fn assert_refused_at_last(subject: Side, scenario: Scenario, word: &[Symbol]) {
    let world = World::new(Shape { subject, scenario, optional: false });
    let mut peer = Peer::new(&world);
    for (number, symbol) in word.iter().enumerate() {
        assert_eq!(peer.subject.error, None, "{scenario:?}: {subject:?} refuses {word:?} before [{number}]");
        peer.say(*symbol);
    }
    let alert = peer.subject.error.as_ref().and_then(|error| error.alert_sent());
    assert_eq!(alert, Some(AlertDescription::UNEXPECTED_MESSAGE), "{scenario:?}: {subject:?}, {word:?}");
    assert!(!peer.subject.established);
}

const TLS1_3: Scenario = SIMPLE[0];
const TLS1_2: Scenario = SIMPLE[1];

//= 9846:4 order-received
//= 9846:4.2.4 second
//= 9846:4.5.1.3 empty
//= 9846:4.5.2 place
//= 9846:4.6 from-server
//= 9846:4.7.1 ignored
//= 9846:4.7.2 unasked
//= 9846:4.7.3 not-before-finished
//= 9846:5 ccs-dropped
//= 9846:5 types-received
//= 9846:5.1 no-empty-handshake
#[test]
fn client_of_tls13() {
    explore(Side::Client, Scenario { mutual: true, ..TLS1_3 }, false);
}

#[test]
fn client_of_tls13_that_resumes() {
    explore(Side::Client, Scenario { resumed: true, ..TLS1_3 }, false);
}

//= 9846:4.6 sent
#[test]
fn both_with_early_data() {
    for side in [Side::Client, Side::Server] {
        explore(side, Scenario { resumed: true, early: true, ..TLS1_3 }, false);
    }
}

#[test]
fn both_with_a_key_in_common() {
    for side in [Side::Client, Side::Server] {
        explore(side, Scenario { keyed: true, ..TLS1_3 }, false);
    }
    explore(Side::Server, Scenario { keyed: true, retry: true, ..TLS1_3 }, false);
}

//= 9846:4 order-received
//= 9846:4.2.2 hello-again
//= 9846:4.5.1 client-sends
//= 9846:4.6 not-sent
//= 9846:4.7.3 not-before-finished
//= 9846:5 ccs-dropped
//= 9846:5 ccs-elsewhere
#[test]
fn server_of_tls13() {
    explore(Side::Server, TLS1_3, false);
    explore(Side::Server, Scenario { retry: true, ..TLS1_3 }, false);
}

#[test]
fn server_of_tls13_that_knows_its_clients() {
    explore(Side::Server, Scenario { mutual: true, ..TLS1_3 }, false);
    explore(Side::Server, TLS1_3, true);
    explore(Side::Server, Scenario { mutual: true, retry: true, ..TLS1_3 }, false);
}

//= 9846:4.4.2 not-with-resumption
#[test]
fn server_of_tls13_that_resumes() {
    explore(Side::Server, Scenario { resumed: true, ..TLS1_3 }, false);
    explore(Side::Server, Scenario { resumed: true, retry: true, ..TLS1_3 }, false);
}

#[test]
fn client_of_tls12() {
    explore(Side::Client, Scenario { mutual: true, ..TLS1_2 }, false);
}

#[test]
fn client_of_tls12_that_resumes() {
    explore(Side::Client, Scenario { resumed: true, ..TLS1_2 }, false);
}

#[test]
fn server_of_tls12() {
    explore(Side::Server, TLS1_2, false);
    explore(Side::Server, Scenario { resumed: true, ..TLS1_2 }, false);
}

#[test]
fn server_of_tls12_that_knows_its_clients() {
    explore(Side::Server, Scenario { mutual: true, ..TLS1_2 }, false);
    explore(Side::Server, TLS1_2, true);
}
