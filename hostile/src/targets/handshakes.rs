//! Whole connections of both roles and versions, with someone in between who has the keys.
//!
//! Cryptography takes no part in what an input means: it names messages and places in them, in the clear, and what has
//! been altered is sealed again under keys that open. So an input that gets somewhere gets there again.

use std::cell::RefCell;

use tests::relay::{Epoch, Piece, Setup, content_type};
use tests::scenario::ALL;

use crate::bounded::Outcome;
use crate::input::Input;

thread_local! {
    static SETUPS: RefCell<[Option<Setup>; ALL.len()]> = const { RefCell::new([const { None }; ALL.len()]) };
}

/// What is done to the wire.
#[derive(Default)]
struct Meddler {
    seen: usize,
    held: Option<Piece>,
    /// Whether a handshake message was altered, dropped, doubled or moved.
    has_changed: bool,
    /// Whether records were added under keys that go on to be used: the ends no longer count alike without the relay.
    has_added: bool,
}

/// Where a handshake message is not what was sent, no two ends agree that they have a connection.
pub fn run(input: &[u8]) -> Outcome {
    let mut input = Input::new(input);
    let number = usize::from(input.byte()) % ALL.len();
    SETUPS.with_borrow_mut(|setups| {
        let setup = setups[number].get_or_insert_with(|| ALL[number].setup());
        meddle(setup, input)
    })
}

fn meddle(setup: &Setup, mut input: Input<'_>) -> Outcome {
    let mut meddler = Meddler::default();
    let mut relay = setup.relay();
    let mut action = Action::take(&mut input);
    relay.run(|piece| {
        let number = meddler.seen;
        meddler.seen += 1;
        // A bound on a conversation that goes round in circles.
        assert!(number < 200, "a handshake without end");
        if input.is_empty() || number != action.at {
            return meddler.pass(piece);
        }
        meddler.has_added |= piece.epoch == Epoch::Application;
        let done = action.apply(&mut meddler, piece, &mut input);
        let before = action.at;
        action = Action::take(&mut input);
        action.at += before + 1;
        done
    });
    meddler.forget_held();
    // An end that is established and then fails has no connection, either.
    let is_agreed =
        [&relay.pair.client, &relay.pair.server].iter().all(|end| end.established && end.error.is_none());
    assert!(
        !meddler.has_changed || !is_agreed,
        "both ends are established, though a message was not what was sent"
    );
    let errors = [&relay.pair.client, &relay.pair.server].map(|end| end.error.clone());
    let first = errors.iter().flatten().find(|error| error.alert_received().is_none());
    match (first, is_agreed) {
        (Some(error), _) => {
            assert!(error.alert_sent().is_some(), "{error}");
            error.code()
        }
        (None, true) => {
            if !meddler.has_added {
                relay.pair.assert_works();
            }
            "established"
        }
        (None, false) => "waiting",
    }
}

impl Meddler {
    /// What is held comes after what came after it.
    fn pass(&mut self, piece: &Piece) -> Vec<Piece> {
        let mut pieces = vec![piece.clone()];
        if let Some(held) = self.held.take_if(|held| held.sender == piece.sender) {
            // Behind a record that is no message it has not changed its place among the messages.
            if piece.content_type == content_type::HANDSHAKE {
                self.note(&held);
            }
            pieces.push(held);
        }
        pieces
    }

    fn forget_held(&mut self) {
        if let Some(held) = self.held.take() {
            self.note(&held);
        }
    }

    fn note(&mut self, piece: &Piece) {
        self.has_changed |= piece.content_type == content_type::HANDSHAKE;
    }
}

struct Action {
    at: usize,
    kind: u8,
}

impl Action {
    fn take(input: &mut Input<'_>) -> Self {
        let byte = input.byte();
        Self { at: usize::from(byte & 0x1f), kind: input.byte() }
    }

    fn apply(&self, meddler: &mut Meddler, piece: &Piece, input: &mut Input<'_>) -> Vec<Piece> {
        match self.kind % 8 {
            0 | 1 => {
                let altered = alter(piece, input);
                if altered != *piece {
                    meddler.note(piece);
                }
                vec![altered]
            }
            2 => {
                meddler.note(piece);
                Vec::new()
            }
            3 => {
                meddler.note(piece);
                vec![piece.clone(), piece.clone()]
            }
            4 => {
                // One that was held before is dropped.
                meddler.forget_held();
                meddler.held = Some(piece.clone());
                Vec::new()
            }
            5 => {
                // In pieces: what a record holds is nobody's business.
                let cut = input.below(piece.content.len() + 1);
                let (head, tail) = piece.content.split_at(cut);
                match piece.content_type == content_type::HANDSHAKE && !head.is_empty() && !tail.is_empty() {
                    true => vec![piece.with(head.to_vec()), piece.with(tail.to_vec())],
                    false => vec![piece.clone()],
                }
            }
            6 => {
                let alert = Piece {
                    content_type: content_type::ALERT,
                    content: vec![1 + (input.byte() & 1), input.byte()],
                    ..piece.clone()
                };
                vec![alert, piece.clone()]
            }
            _ => {
                let inserted = Piece {
                    content_type: content_type::HANDSHAKE,
                    content: tests::hello::message(input.byte(), input.short()),
                    epoch: if self.kind & 8 == 0 { piece.epoch } else { Epoch::Plain },
                    ..piece.clone()
                };
                // A HelloRequest may come at any time, and is no part of what both ends must agree on (RFC 5246 §7.4.1.1).
                if inserted.content != [0; 4] {
                    meddler.note(&inserted);
                }
                vec![inserted, piece.clone()]
            }
        }
    }
}

/// A piece with some of its bytes overwritten, its body cut or made longer.
fn alter(piece: &Piece, input: &mut Input<'_>) -> Piece {
    let mut content = piece.content.clone();
    match input.byte() % 4 {
        0 | 1 if !content.is_empty() => {
            let at = input.below(content.len());
            for (byte, new) in content[at..].iter_mut().zip(input.short()) {
                *byte = *new;
            }
        }
        2 if content.len() > 4 => {
            // With its length set right, so that the end of the body is what is looked at.
            let body = &content[4..][..input.below(content.len() - 4)];
            content = tests::hello::message(content[0], body);
        }
        _ if content.len() >= 4 => {
            let body = [&content[4..], input.short()].concat();
            content = tests::hello::message(content[0], &body);
        }
        _ => {}
    }
    piece.with(content)
}
