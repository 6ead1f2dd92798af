//! What RFC 9846 (appendix A) and RFC 5246 (§7.3) permit, with the decisions of `docs/architecture.md`: independent of the
//! code that it judges.

use tests::relay::Side;
use tests::scenario::Scenario;
use tls_core::AlertDescription as Alert;

use super::Shape;
use super::symbol::Symbol::{self, *};

/// What waits to come. The names are those of the messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Start,
    SecondHello,
    EndOfEarlyData,
    EncryptedExtensions,
    CertificateOrRequest,
    Certificate,
    ServerKeyExchange,
    RequestOrDone,
    ServerHelloDone,
    ClientKeyExchange,
    CertificateVerify,
    Ticket,
    ChangeCipherSpec,
    Finished,
    Open,
    Closed,
}

/// What is to come of a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Accepted,
    /// With this alert.
    Refused(Alert),
    /// It is the peer that ends the connection.
    Ended,
}

use Verdict::{Accepted, Ended, Refused};

const UNEXPECTED: Verdict = Refused(Alert::UNEXPECTED_MESSAGE);

/// One end of a connection of this shape.
#[derive(Clone, Copy, Debug)]
pub(super) struct Automaton {
    shape: Shape,
    pub(super) place: Place,
    resumes: bool,
    /// TLS 1.2's client: the server asked for its certificate. TLS 1.3's server: the client has shown one.
    certified: bool,
    /// The client was asked for a second hello.
    retried: bool,
    /// A change_cipher_spec came before the version was known.
    changed_early: bool,
    /// Alerts that changed nothing, and HelloRequests. Of what is permitted more often, `floods` knows how often.
    warnings: u8,
    requests: u8,
}

/// Alerts that change nothing and HelloRequests that are taken, of each.
const MAX_IGNORED: u8 = 4;

impl Automaton {
    pub(super) fn new(shape: Shape) -> Self {
        Self {
            shape,
            place: Place::Start,
            resumes: false,
            certified: false,
            retried: false,
            changed_early: false,
            warnings: 0,
            requests: 0,
        }
    }

    /// What tells states apart; how much has been ignored does not.
    pub(super) fn state(&self) -> String {
        let Self { place, resumes, certified, retried, changed_early, .. } = self;
        format!("{place:?} {resumes} {certified} {retried} {changed_early}")
    }

    fn is_tls12(&self) -> bool {
        self.shape.scenario.is_tls12()
    }

    fn go(&mut self, place: Place) -> Verdict {
        self.place = place;
        if place == Place::Open {
            self.warnings = 0;
        }
        Accepted
    }

    fn warned(&mut self) -> Verdict {
        self.warnings += 1;
        if self.warnings > MAX_IGNORED { UNEXPECTED } else { Accepted }
    }

    fn requested(&mut self) -> Verdict {
        self.requests += 1;
        if self.requests > MAX_IGNORED { UNEXPECTED } else { Accepted }
    }

    fn takes_data(&self) -> bool {
        [Place::Open, Place::EndOfEarlyData].contains(&self.place)
    }

    pub(super) fn step(&mut self, symbol: Symbol) -> Verdict {
        match symbol {
            FatalAlert => Ended,
            CloseNotify if self.place == Place::Open => self.go(Place::Closed),
            CloseNotify => Ended,
            UserCanceled => self.warned(),
            // Before the version is agreed on, and in TLS 1.3, its level does not count.
            Warning if !self.is_tls12() || self.place == Place::Start => Ended,
            Warning => self.warned(),
            EmptyHandshake | UnknownRecord => UNEXPECTED,
            ApplicationData | EmptyApplicationData if self.takes_data() => Accepted,
            ApplicationData | EmptyApplicationData => UNEXPECTED,
            ChangeCipherSpec => self.change_cipher_spec(),
            message => match (self.is_tls12(), self.shape.subject) {
                (false, Side::Client) => self.client13(message),
                (false, Side::Server) => self.server13(message),
                (true, Side::Client) => self.client12(message),
                (true, Side::Server) => self.server12(message),
            },
        }
    }

    fn change_cipher_spec(&mut self) -> Verdict {
        match self.place {
            Place::Start if self.shape.subject == Side::Server => UNEXPECTED,
            Place::ChangeCipherSpec => self.go(Place::Finished),
            // Only the ServerHello says whether it was one too early.
            Place::Start => {
                self.changed_early = true;
                Accepted
            }
            Place::Open => UNEXPECTED,
            _ if self.is_tls12() => UNEXPECTED,
            _ => Accepted,
        }
    }

    fn client13(&mut self, message: Symbol) -> Verdict {
        let Scenario { resumed, keyed, early, .. } = self.shape.scenario;
        match (self.place, message) {
            (Place::Start, HelloRetryRequest) => {
                self.retried = true;
                self.go(Place::SecondHello)
            }
            // A client that trusts nothing but keys.
            (Place::Start | Place::SecondHello, ServerHello) if keyed => Refused(Alert::HANDSHAKE_FAILURE),
            (Place::Start | Place::SecondHello, ServerHello) => self.go(Place::EncryptedExtensions),
            (Place::Start | Place::SecondHello, ResumingServerHello) if resumed || keyed => {
                self.resumes = true;
                self.go(Place::EncryptedExtensions)
            }
            (Place::Start | Place::SecondHello, ResumingServerHello) => Refused(Alert::UNSUPPORTED_EXTENSION),
            (Place::EncryptedExtensions, EarlyDataAccepted) if !early || self.retried => {
                Refused(Alert::UNSUPPORTED_EXTENSION)
            }
            (Place::EncryptedExtensions, EarlyDataAccepted) if !self.resumes => {
                Refused(Alert::ILLEGAL_PARAMETER)
            }
            (Place::EncryptedExtensions, EncryptedExtensions | EarlyDataAccepted) if self.resumes => {
                self.go(Place::Finished)
            }
            (Place::EncryptedExtensions, EncryptedExtensions) => self.go(Place::CertificateOrRequest),
            (Place::CertificateOrRequest, CertificateRequest) => self.go(Place::Certificate),
            (Place::CertificateOrRequest | Place::Certificate, Certificate) => {
                self.go(Place::CertificateVerify)
            }
            (Place::CertificateOrRequest | Place::Certificate, EmptyCertificate) => {
                Refused(Alert::DECODE_ERROR)
            }
            (Place::CertificateVerify, CertificateVerify) => self.go(Place::Finished),
            (Place::Finished, Finished) => self.go(Place::Open),
            (Place::Open, NewSessionTicket) => Accepted,
            (Place::Open, KeyUpdate | RequestingKeyUpdate) => Accepted,
            _ => UNEXPECTED,
        }
    }

    fn server13(&mut self, message: Symbol) -> Verdict {
        let scenario = self.shape.scenario;
        let asks = self.shape.asks() && !scenario.resumed && !scenario.keyed;
        let answered = match (asks, scenario.early) {
            (true, _) => Place::Certificate,
            (_, true) => Place::EndOfEarlyData,
            _ => Place::Finished,
        };
        match (self.place, message) {
            (Place::Start, ClientHello | FirstClientHello) if scenario.retry => self.go(Place::SecondHello),
            (Place::Start, ClientHello | FirstClientHello) => self.go(answered),
            (Place::SecondHello, ClientHello) => self.go(answered),
            (Place::SecondHello, FirstClientHello) => Refused(Alert::ILLEGAL_PARAMETER),
            (Place::EndOfEarlyData, EndOfEarlyData) => self.go(Place::Finished),
            (Place::Certificate, Certificate) => self.go(Place::CertificateVerify),
            (Place::Certificate, EmptyCertificate) if self.shape.optional => self.go(Place::Finished),
            (Place::Certificate, EmptyCertificate) => Refused(Alert::CERTIFICATE_REQUIRED),
            (Place::CertificateVerify, CertificateVerify) => self.go(Place::Finished),
            (Place::Finished, Finished) => self.go(Place::Open),
            (Place::Open, KeyUpdate | RequestingKeyUpdate) => Accepted,
            _ => UNEXPECTED,
        }
    }

    fn client12(&mut self, message: Symbol) -> Verdict {
        let resumed = self.shape.scenario.resumed;
        match (self.place, message) {
            (_, HelloRequest) if self.place == Place::Open => self.warned(),
            (_, HelloRequest) => self.requested(),
            (Place::Start, ServerHello | ResumingServerHello) if self.changed_early => UNEXPECTED,
            (Place::Start, ResumingServerHello) if resumed => {
                self.resumes = true;
                self.go(Place::Ticket)
            }
            // The id of a session that the server may keep.
            (Place::Start, ServerHello | ResumingServerHello) => self.go(Place::Certificate),
            // TLS 1.3 was not offered.
            (Place::Start, HelloRetryRequest) => Refused(Alert::PROTOCOL_VERSION),
            (Place::Certificate, Certificate) => self.go(Place::ServerKeyExchange),
            (Place::Certificate, EmptyCertificate) => Refused(Alert::DECODE_ERROR),
            (Place::ServerKeyExchange, ServerKeyExchange) => self.go(Place::RequestOrDone),
            (Place::RequestOrDone, CertificateRequest) => self.go(Place::ServerHelloDone),
            (Place::RequestOrDone | Place::ServerHelloDone, ServerHelloDone) if resumed => {
                self.go(Place::Ticket)
            }
            (Place::RequestOrDone | Place::ServerHelloDone, ServerHelloDone) => {
                self.go(Place::ChangeCipherSpec)
            }
            (Place::Ticket, NewSessionTicket) => self.go(Place::ChangeCipherSpec),
            (Place::Finished, Finished) => self.go(Place::Open),
            _ => UNEXPECTED,
        }
    }

    fn server12(&mut self, message: Symbol) -> Verdict {
        let (resumed, asks) = (self.shape.scenario.resumed, self.shape.asks());
        match (self.place, message) {
            (Place::Start, ClientHello | FirstClientHello) => self.go(match (resumed, asks) {
                (true, _) => Place::ChangeCipherSpec,
                (false, true) => Place::Certificate,
                (false, false) => Place::ClientKeyExchange,
            }),
            (Place::Certificate, Certificate) => {
                self.certified = true;
                self.go(Place::ClientKeyExchange)
            }
            (Place::Certificate, EmptyCertificate) if self.shape.optional => {
                self.go(Place::ClientKeyExchange)
            }
            (Place::Certificate, EmptyCertificate) => Refused(Alert::HANDSHAKE_FAILURE),
            (Place::ClientKeyExchange, ClientKeyExchange) if self.certified => {
                self.go(Place::CertificateVerify)
            }
            (Place::ClientKeyExchange, ClientKeyExchange) => self.go(Place::ChangeCipherSpec),
            (Place::CertificateVerify, CertificateVerify) => self.go(Place::ChangeCipherSpec),
            (Place::Finished, Finished) => self.go(Place::Open),
            // Renegotiation is refused, whoever wants it.
            (Place::Open, ClientHello | FirstClientHello) => Refused(Alert::NO_RENEGOTIATION),
            _ => UNEXPECTED,
        }
    }
}
