//! The audit log: one line of JSON for each event.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tls_tokio::signer::remote::{AuditEvent, Outcome, RequestRecord};
use x509_parser::prelude::ASN1Time;

use crate::failure::{Failure, plain};
use crate::{certificate, notation, output};

/// Where the lines go.
#[derive(Debug)]
pub(crate) enum AuditLog {
    StandardError,
    File(Mutex<File>),
}

impl AuditLog {
    /// Opens the file to append to; without one, standard error is taken.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self::StandardError) };
        let file = OpenOptions::new().create(true).append(true).open(path).map_err(|error| {
            let (path, why) = (path.display(), plain(&error));
            Failure::set_up("audit_log_failed", format!("the audit log {path} cannot be written: {why}"))
        })?;
        Ok(Self::File(Mutex::new(file)))
    }

    /// Writes the event's line.
    pub(crate) fn write(&self, event: &AuditEvent) {
        let line = line(event, SystemTime::now()).to_string();
        match self {
            Self::StandardError => output::diagnostic(&line),
            Self::File(file) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                if let Err(error) = file.write_all(format!("{line}\n").as_bytes()) {
                    // An audit that is not in its file is at least here.
                    output::diagnostic(&format!("s2n signer: the audit log: {}: {line}", plain(&error)));
                }
            }
        }
    }
}

fn line(event: &AuditEvent, now: SystemTime) -> Value {
    match event {
        AuditEvent::Refused { peer, reason } => {
            json!({ "time": time(now), "event": "refused", "peer": peer, "reason": reason })
        }
        AuditEvent::Connected { connection, peer, client } => json!({
            "time": time(now), "event": "connected", "connection": connection, "peer": peer, "client": **client,
        }),
        AuditEvent::Disconnected { connection, client, reason } => json!({
            "time": time(now), "event": "disconnected", "connection": connection, "client": **client,
            "reason": reason,
        }),
        AuditEvent::Request(record) => request(record),
        _ => json!({ "time": time(now), "event": "other" }),
    }
}

fn request(record: &RequestRecord) -> Value {
    let (outcome, detail) = match &record.outcome {
        Outcome::Signed => ("signed", ""),
        Outcome::Failed(failure) => (failure.kind().code(), failure.detail()),
        _ => ("cancelled", ""),
    };
    json!({
        "time": time(record.time),
        "event": "request",
        "connection": record.connection,
        "client": *record.client,
        "request": record.request,
        "trace": notation::hex(&record.trace),
        "key": record.key.to_string(),
        "scheme": record.scheme.to_string(),
        "use": record.used_as.to_string(),
        "message_sha256": record.message_sha256.map(|sha256| notation::hex(&sha256)),
        "outcome": outcome,
        "detail": detail,
        "queued_us": u64::try_from(record.queued.as_micros()).unwrap_or(u64::MAX),
        "worked_us": u64::try_from(record.worked.as_micros()).unwrap_or(u64::MAX),
    })
}

/// As RFC 3339 has it, in UTC, with milliseconds.
fn time(time: SystemTime) -> Option<String> {
    let since = time.duration_since(UNIX_EPOCH).ok()?;
    let seconds = ASN1Time::from_timestamp(i64::try_from(since.as_secs()).ok()?).ok()?;
    let text = certificate::date(seconds);
    Some(format!("{}.{:03}Z", text.trim_end_matches('Z'), since.subsec_millis()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_have_milliseconds() {
        let at = UNIX_EPOCH + Duration::from_millis(1_795_000_000_007);
        assert_eq!(time(at).unwrap(), "2026-11-18T11:06:40.007Z");
    }
}
