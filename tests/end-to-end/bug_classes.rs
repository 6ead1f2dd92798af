//! The classes of bugs that TLS stacks have had again and again, each with a test that would find one here. Each is the
//! class's essence, for both roles and versions where it has them; the other files go further.

mod endurance;
mod identities;
mod keys;
mod messages;
mod negotiation;
mod parsers;
mod sessions;

use tests::pair::End;
use tests::relay::Side;
use tls_core::AlertDescription;

const BOTH: [Side; 2] = [Side::Client, Side::Server];

/// The alert by which this end gave up.
fn alert(end: &End) -> Option<AlertDescription> {
    end.error.as_ref().and_then(|error| error.alert_sent())
}
