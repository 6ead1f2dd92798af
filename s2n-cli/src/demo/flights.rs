//! What passed in a handshake, flight by flight.

use std::time::Duration;

use crate::demo::cast::Cast;
use crate::demo::scene::End;
use crate::recorder::{ContentType, Direction};

/// Records that went one way without a pause.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) from_client: bool,
    /// When the client sent or received its first record.
    pub(super) at: Duration,
    pub(super) records: Vec<Line>,
}

/// A record, header included.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) content_type: ContentType,
    pub(super) len: usize,
    pub(super) encrypted: bool,
    pub(super) messages: Vec<Message>,
}

/// Handshake messages, and their size together, header included.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) name: &'static str,
    pub(super) len: usize,
}

impl Flight {
    pub(super) fn len(&self) -> usize {
        self.records.iter().map(|record| record.len).sum()
    }
}

/// The flights of a handshake as the client saw them.
pub(super) fn of(client: &End) -> Vec<Flight> {
    let mut flights: Vec<Flight> = Vec::new();
    let mut cast = Cast::new(&client.facts);
    for passed in client.handshake.records() {
        let from_client = passed.direction == Direction::Sent;
        let line = cast.line(passed.record, from_client);
        match flights.last_mut().filter(|flight| flight.from_client == from_client) {
            Some(flight) => flight.records.push(line),
            None => flights.push(Flight { from_client, at: passed.at, records: vec![line] }),
        }
    }
    flights
}
