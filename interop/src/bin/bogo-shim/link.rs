//! A connection on a blocking socket.

mod early_data;

use std::collections::VecDeque;
use std::io::{ErrorKind, IoSlice, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use tls_core::ciphersuites::PrivateKey;
use tls_core::{
    AlertDescription, Connection, Event, Facts, KeyId, KeyUpdateRequest, MAX_RECORD, MAX_SEALED_RECORD,
    Operation, SignFailure, SignFailureKind, SignRequest,
};

use crate::callbacks::{Callbacks, Judge};
use crate::config;
use crate::failure::Failure;
use crate::link::early_data::Early;
use crate::setup::Setup;
use crate::tickets::Opener;

/// How long the runner gets to read what was sent last, before the socket is closed on it.
const PATIENCE: Duration = Duration::from_secs(3);

/// A connection and the socket it runs on.
#[derive(Debug)]
pub(crate) struct Link<'a> {
    socket: TcpStream,
    connection: Connection,
    /// What has arrived and is not yet taken in.
    input: Vec<u8>,
    pending: std::ops::Range<usize>,
    /// Bytes to read at once.
    stride: usize,
    /// Data read and not yet asked for.
    data: VecDeque<u8>,
    /// The end of a record whose beginning is sent.
    unsent: Vec<u8>,
    judge: Judge,
    callbacks: &'a Callbacks,
    opener: Opener,
    /// Sign where the connection asks for a signature.
    keys: Vec<(KeyId, PrivateKey)>,
    early: Early,
}

/// What a read comes to.
#[derive(Debug)]
pub(crate) enum Incoming {
    Data(Vec<u8>),
    /// close_notify.
    Closed,
    /// The end of the transport, without close_notify.
    Truncated(Failure),
}

impl<'a> Link<'a> {
    /// Connects to the runner and tells it which test this is. `retry`: what holds once early data is rejected.
    pub(crate) fn connect(
        setup: &'a Setup,
        retry: &Setup,
        opener: Opener,
        connection: Connection,
    ) -> Result<Self, Failure> {
        let is_offered = connection.early_data_offer().is_some();
        let localhost = if setup.ipv6 { Ipv6Addr::LOCALHOST.into() } else { Ipv4Addr::LOCALHOST.into() };
        let mut socket = TcpStream::connect(SocketAddr::new(localhost, setup.port))?;
        socket.set_nodelay(true)?;
        socket.write_all(&setup.shim_id.to_le_bytes())?;
        let stride = if setup.waits { 1 } else { MAX_RECORD };
        Ok(Self {
            socket,
            connection,
            input: vec![0; MAX_RECORD],
            pending: 0..0,
            stride,
            data: VecDeque::new(),
            unsent: Vec::new(),
            judge: Judge::new(setup, retry)?,
            callbacks: &setup.callbacks,
            opener,
            keys: config::keys(setup)?,
            early: Early { is_offered, sent: 0 },
        })
    }

    /// What is known of the connection; with a server's early data, before its handshake is done.
    pub(crate) fn facts(&self) -> Result<Facts, Failure> {
        let facts = self.connection.facts().cloned().or_else(|| self.connection.early_facts());
        facts.ok_or_else(|| Failure::other("there are no facts"))
    }

    /// Goes on until the handshake is done, or a server may read early data and answer it.
    pub(crate) fn handshake(&mut self) -> Result<(), Failure> {
        while self.connection.early_facts().is_none() {
            let mut event = self.step()?;
            self.flush()?;
            while event == Some(Event::OperationPending) {
                let answered = self.answer();
                self.flush()?;
                event = Some(answered?);
            }
            match event {
                Some(Event::Established) => {
                    self.forget_rejected();
                    return Ok(());
                }
                // After an answer there may still be input.
                Some(Event::NeedsInput | Event::EarlyData(_)) => {}
                Some(_) => return Err(Failure::other("data before the end of the handshake")),
                None if self.fill()? => {}
                None => self.connection.receive_eof()?,
            }
        }
        Ok(())
    }

    /// Gives what the handshake waits for.
    fn answer(&mut self) -> Result<Event, Failure> {
        let answer = match self.connection.take_operation() {
            Some(Operation::VerifyCertificate(asked)) => {
                if self.is_retry() {
                    self.judge.begin_retry();
                }
                let verdict = self.judge.verdict(&asked);
                asked.answer(verdict)
            }
            Some(Operation::Sign(asked)) => {
                let signature = self.sign(asked.request());
                asked.answer(signature)
            }
            Some(Operation::SelectConfig(asked)) => match self.callbacks.look_at_hello(&asked)? {
                Some(alert) => asked.refuse(alert),
                None => asked.keep_config(),
            },
            Some(Operation::FindSession(asked)) => self.opener.answer(asked)?,
            _ => return Err(Failure::other("something is asked for that should not be")),
        };
        Ok(self.connection.answer(answer)?)
    }

    fn sign(&self, request: &SignRequest) -> Result<Vec<u8>, SignFailure> {
        let key = self.keys.iter().find(|(id, _)| *id == request.key());
        let (_, key) = key.ok_or_else(|| SignFailure::new(SignFailureKind::UnknownKey, ""))?;
        let signature = key.sign(request.scheme(), request.message());
        signature.map_err(|_| SignFailure::new(SignFailureKind::Failed, ""))
    }

    /// Reads at most `len` bytes of data. Answers to KeyUpdates wait for what is written next, so that several requests
    /// get one answer (RFC 9846 §4.7.3), however the network groups them.
    pub(crate) fn read(&mut self, len: usize) -> Result<Incoming, Failure> {
        while self.data.is_empty() {
            match self.step()? {
                Some(Event::PeerClosed) => return Ok(Incoming::Closed),
                Some(Event::OperationPending) => {
                    self.answer()?;
                }
                // Nothing else may come behind the tickets.
                Some(Event::Established) => self.flush()?,
                Some(_) => {}
                None => {
                    // What a renegotiation has to say cannot wait.
                    if self.connection.is_handshaking() {
                        self.flush()?;
                    }
                    if !self.fill()? {
                        return self.end();
                    }
                }
            }
        }
        Ok(Incoming::Data(self.data.drain(..len.min(self.data.len())).collect()))
    }

    fn end(&mut self) -> Result<Incoming, Failure> {
        let is_handshaking = self.connection.is_handshaking();
        match self.connection.receive_eof() {
            Ok(()) => Ok(Incoming::Closed),
            Err(error) if is_handshaking => Err(error.into()),
            Err(error) => Ok(Incoming::Truncated(error.into())),
        }
    }

    /// Takes in what has arrived, up to the next event. `None`: more input is needed.
    fn step(&mut self) -> Result<Option<Event>, Failure> {
        let pending = self.input.get_mut(self.pending.clone()).unwrap_or_default();
        let received = match self.connection.receive(pending) {
            Ok(received) => received,
            Err(error) => {
                self.flush()?;
                return Err(error.into());
            }
        };
        if let Event::Data(range) | Event::EarlyData(range) = &received.event {
            let content = self.input.get(self.pending.start..).and_then(|rest| rest.get(range.clone()));
            self.data.extend(content.unwrap_or_default());
        }
        self.pending.start += received.consumed;
        Ok(Some(received.event).filter(|event| *event != Event::NeedsInput))
    }

    /// Reads from the socket. `false`: it has ended.
    fn fill(&mut self) -> Result<bool, Failure> {
        self.input.copy_within(self.pending.clone(), 0);
        self.pending = 0..self.pending.len();
        let start = self.pending.end;
        let end = self.input.len().min(start + self.stride);
        let len = match self.socket.read(self.input.get_mut(start..end).unwrap_or_default()) {
            Err(error) if error.kind() == ErrorKind::ConnectionReset => 0,
            other => other?,
        };
        self.pending.end += len;
        Ok(len > 0)
    }

    /// Sends what the connection has to say.
    fn flush(&mut self) -> Result<(), Failure> {
        let output = self.connection.output().to_vec();
        if output.is_empty() {
            return Ok(());
        }
        self.connection.output_sent(output.len());
        self.transmit(&output)
    }

    fn transmit(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.unsent.extend_from_slice(bytes);
        match self.socket.write_all(&std::mem::take(&mut self.unsent)) {
            // The runner is gone. What it sent before says why, and is yet to be read.
            Err(error) if matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) => {
                Ok(())
            }
            other => Ok(other?),
        }
    }

    /// Sends only the first byte of the record that `data` fits into; the others go before whatever is sent next.
    pub(crate) fn begin_to_write(&mut self, data: &[u8]) -> Result<(), Failure> {
        let mut record = vec![0; MAX_SEALED_RECORD];
        let sent = self.connection.send(&[IoSlice::new(data)], &mut record)?;
        record.truncate(sent.written);
        self.begin_to_transmit(record)
    }

    pub(crate) fn write(&mut self, mut data: &[u8]) -> Result<(), Failure> {
        let mut out = vec![0; 2 * MAX_SEALED_RECORD];
        while !data.is_empty() {
            self.finish_handshake()?;
            let sent = self.connection.send(&[IoSlice::new(data)], &mut out)?;
            data = data.get(sent.consumed..).unwrap_or_default();
            self.transmit(out.get(..sent.written).unwrap_or_default())?;
        }
        Ok(())
    }

    /// Goes on with a handshake, if one is under way, until data can be sent.
    fn finish_handshake(&mut self) -> Result<(), Failure> {
        while self.connection.is_handshaking() && !self.connection.may_send() {
            if self.step()?.is_none() {
                self.flush()?;
                if !self.fill()? {
                    self.connection.receive_eof()?;
                }
            }
        }
        Ok(())
    }

    /// Sends only the first byte.
    fn begin_to_transmit(&mut self, mut record: Vec<u8>) -> Result<(), Failure> {
        let rest = record.split_off(1);
        self.transmit(&record)?;
        self.unsent = rest;
        Ok(())
    }

    pub(crate) fn export(
        &self,
        label: &[u8],
        context: Option<&[u8]>,
        len: usize,
    ) -> Result<Vec<u8>, Failure> {
        let mut out = vec![0; len];
        self.connection.export(label, context, &mut out)?;
        Ok(out)
    }

    pub(crate) fn update_keys(&mut self) -> Result<(), Failure> {
        self.connection.update_keys(KeyUpdateRequest::NotRequested)?;
        self.flush()
    }

    pub(crate) fn close(&mut self) -> Result<(), Failure> {
        self.connection.close();
        self.flush()
    }

    /// Gives the connection up: the error that it has from then on.
    pub(crate) fn abort(&mut self, alert: AlertDescription) -> Result<Failure, Failure> {
        self.connection.abort(alert);
        self.flush()?;
        match self.connection.receive_eof() {
            Err(error) => Ok(error.into()),
            Ok(()) => Err(Failure::other("an aborted connection goes on")),
        }
    }

    /// Ends the connection so that the runner gets all that was sent: were there unread input, closing the socket
    /// would reset it.
    pub(crate) fn finish(&mut self) {
        let _ = self.socket.shutdown(Shutdown::Write);
        let _ = self.socket.set_read_timeout(Some(PATIENCE));
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline && self.socket.read(&mut self.input).is_ok_and(|len| len > 0) {}
    }
}
