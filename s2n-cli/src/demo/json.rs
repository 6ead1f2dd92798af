//! The demonstration for scripts.

use serde_json::{Value, json};

use crate::demo::flights::{self, Flight};
use crate::demo::scene::{EXPORTER_LABEL, End, QUESTION, SERVER_NAME, SERVER_POLICY, Scene};
use crate::notation;
use crate::report::{Report, Versions, milliseconds};

/// All of it, as one object.
pub(super) fn of(scenes: &[Scene]) -> Value {
    json!({ "handshakes": scenes.iter().map(scene).collect::<Vec<_>>() })
}

fn scene(scene: &Scene) -> Value {
    let Scene { script, client, server } = scene;
    json!({
        "title": script.title,
        "flights": flights::of(client).iter().map(flight).collect::<Vec<_>>(),
        "client": report(client, Versions::of_client(&script.client, &client.facts), SERVER_NAME),
        "server": report(server, Versions::of_server(&SERVER_POLICY, &server.facts), "client"),
        "exporter": {
            "label": EXPORTER_LABEL,
            "client": notation::hex(&client.exported),
            "server": notation::hex(&server.exported),
            "equal": client.exported == server.exported,
        },
        "data": {
            "client_to_server": QUESTION.len(),
            "server_to_client": script.answer.len(),
            "wire_bytes": client.whole.bytes_in().saturating_add(client.whole.bytes_out()),
        },
        // Either end would have failed with "truncated" without the other's close_notify.
        "closed_cleanly": true,
    })
}

fn report(end: &End, versions: Versions, peer: &str) -> Value {
    Report::new(&end.facts, versions, &end.handshake, peer.to_owned(), end.handshake_time).to_json()
}

fn flight(flight: &Flight) -> Value {
    let records = flight.records.iter().map(|record| {
        let messages =
            record.messages.iter().map(|message| json!({ "name": message.name, "bytes": message.len }));
        json!({
            "type": record.content_type.to_string(),
            "bytes": record.len,
            "messages": messages.collect::<Vec<_>>(),
        })
    });
    json!({
        "from": if flight.from_client { "client" } else { "server" },
        "bytes": flight.len(),
        "at_milliseconds": milliseconds(flight.at),
        "records": records.collect::<Vec<_>>(),
    })
}
