//! Flags that say what to do once the handshake is done, and the doing.

use tls_core::AlertDescription;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::link::{Incoming, Link};
use crate::secrets::TrafficSecrets;

/// What is read at once unless the test says otherwise, as by BoringSSL.
const READ_SIZE: usize = 512;

/// What to do once the handshake is done.
#[derive(Debug, Default)]
pub(crate) struct Script {
    read_size: Option<usize>,
    exporter: Exporter,
    exports_traffic_secrets: bool,
    sends_alert: bool,
    writes_first: bool,
    /// What it writes first instead of `hello`.
    initial_write: Option<Vec<u8>>,
    repetitions: Option<usize>,
    /// A client writes once it has received this message.
    writes_early_after: Option<u8>,
    /// What it writes first is still being sent when it reads.
    reads_amid_write: bool,
    shuts_down: bool,
    checks_close_notify: bool,
    updates_keys: bool,
    updates_keys_before_read: bool,
}

#[derive(Debug, Default)]
struct Exporter {
    len: usize,
    label: Vec<u8>,
    context: Vec<u8>,
    has_context: bool,
}

impl Script {
    /// Takes a flag in, with its value. `false`: it is not one of these.
    pub(crate) fn take(&mut self, flag: &str, arguments: &mut Arguments) -> Result<bool, Failure> {
        match flag {
            "-read-size" => self.read_size = Some(arguments.number()?),
            "-export-keying-material" => self.exporter.len = arguments.number()?,
            "-export-label" => self.exporter.label = arguments.bytes()?,
            "-export-context" => self.exporter.context = arguments.bytes()?,
            "-use-export-context" => self.exporter.has_context = true,
            "-export-traffic-secrets" => self.exports_traffic_secrets = true,
            "-send-alert" => self.sends_alert = true,
            "-shim-writes-first" => self.writes_first = true,
            "-shim-initial-write" => self.initial_write = Some(arguments.bytes()?),
            "-repeat-shim-initial-write" => self.repetitions = Some(arguments.number()?),
            "-early-write-after-message" => self.writes_early_after = Some(arguments.number()?),
            "-read-with-unfinished-write" => self.reads_amid_write = true,
            "-shim-shuts-down" => self.shuts_down = true,
            "-check-close-notify" => self.checks_close_notify = true,
            "-key-update" => self.updates_keys = true,
            "-key-update-before-read" => self.updates_keys_before_read = true,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Does it.
    pub(crate) fn run(
        &self,
        link: &mut Link<'_>,
        secrets: &TrafficSecrets,
        is_server: bool,
    ) -> Result<(), Failure> {
        if self.exporter.len > 0 {
            let Exporter { len, label, context, has_context } = &self.exporter;
            let exported = link.export(label, has_context.then_some(context), *len)?;
            link.write(&exported)?;
        }
        if self.exports_traffic_secrets {
            let [client, server] = secrets.get();
            let len = u16::try_from(client.len()).map_err(|_| Failure::other("a secret of that length"))?;
            let [read, write] = if is_server { [client, server] } else { [server, client] };
            link.write(&[&len.to_le_bytes(), read.as_slice(), &write].concat())?;
        }
        if self.sends_alert {
            return link.abort(AlertDescription::DECOMPRESSION_FAILURE).map(drop);
        }
        if self.reads_amid_write && link.said() == 0 {
            link.begin_to_write(self.words())?;
        } else if self.writes_first {
            self.say(link, Link::write)?;
        }
        match self.shuts_down {
            true => self.shut_down(link),
            false => self.echo(link),
        }
    }

    /// What a client says before it knows the server, as far as it may.
    pub(crate) fn run_early(&self, link: &mut Link<'_>) -> Result<(), Failure> {
        if let Some(message) = self.writes_early_after {
            link.handshake_past(message)?;
        }
        if self.exporter.len > 0 {
            link.export(&self.exporter.label, None, self.exporter.len)?;
        }
        match () {
            () if self.reads_amid_write => link.begin_to_write_early(self.words()),
            () if self.writes_first => self.say(link, Link::write_early),
            () => Ok(()),
        }
    }

    fn words(&self) -> &[u8] {
        self.initial_write.as_deref().unwrap_or(b"hello")
    }

    /// Says what is to be said first, but for what is said already.
    fn say<'a>(
        &self,
        link: &mut Link<'a>,
        write: fn(&mut Link<'a>, &[u8]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut said = link.said();
        for _ in 0..self.repetitions.unwrap_or(1) {
            let rest = self.words().get(said..).unwrap_or_default();
            said = said.saturating_sub(self.words().len());
            write(link, rest)?;
        }
        Ok(())
    }

    pub(crate) fn leaves_session(&self) -> bool {
        !self.shuts_down
    }

    /// Sends all that comes back, each byte inverted, until the peer closes.
    fn echo(&self, link: &mut Link<'_>) -> Result<(), Failure> {
        loop {
            if self.updates_keys_before_read {
                link.update_keys()?;
            }
            match link.read(self.read_size.unwrap_or(READ_SIZE))? {
                Incoming::Data(mut data) => {
                    data.iter_mut().for_each(|byte| *byte ^= 0xff);
                    if self.updates_keys {
                        link.update_keys()?;
                    }
                    link.write(&data)?;
                }
                Incoming::Truncated(failure) if self.checks_close_notify => return Err(failure),
                Incoming::Closed | Incoming::Truncated(_) => return link.close(),
            }
        }
    }

    /// Closes at once, and if it is to be checked, waits for the peer to close, too.
    fn shut_down(&self, link: &mut Link<'_>) -> Result<(), Failure> {
        link.close()?;
        if !self.checks_close_notify {
            return Ok(());
        }
        loop {
            match link.read(READ_SIZE)? {
                Incoming::Data(_) => {}
                Incoming::Closed => return Ok(()),
                Incoming::Truncated(failure) => return Err(failure),
            }
        }
    }
}
