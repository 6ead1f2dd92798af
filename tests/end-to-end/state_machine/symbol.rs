//! What the peer can say next: every kind of handshake message and record, each as right as it can be made at that moment.

use tls_core::HandshakeType;

macro_rules! symbols {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// One step of the peer.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Symbol {
            $($(#[$doc])* $name,)*
        }

        /// All of them.
        pub(super) const ALPHABET: [Symbol; 32] = [$(Symbol::$name,)*];
    };
}

symbols! {
    HelloRequest,
    /// The ClientHello that is due: after a HelloRetryRequest the second one.
    ClientHello,
    /// The first ClientHello, whatever has come since.
    FirstClientHello,
    ServerHello,
    /// A ServerHello that resumes.
    ResumingServerHello,
    HelloRetryRequest,
    NewSessionTicket,
    EndOfEarlyData,
    EncryptedExtensions,
    /// The same, accepting early data.
    EarlyDataAccepted,
    Certificate,
    EmptyCertificate,
    CompressedCertificate,
    CertificateStatus,
    ServerKeyExchange,
    CertificateRequest,
    ServerHelloDone,
    CertificateVerify,
    ClientKeyExchange,
    Finished,
    KeyUpdate,
    RequestingKeyUpdate,
    MessageHash,
    ChangeCipherSpec,
    Warning,
    UserCanceled,
    CloseNotify,
    FatalAlert,
    ApplicationData,
    EmptyApplicationData,
    EmptyHandshake,
    UnknownRecord,
}

use Symbol::*;

impl Symbol {
    /// The type of the handshake message, if it is one.
    pub(super) fn message_type(self) -> Option<HandshakeType> {
        Some(match self {
            HelloRequest => HandshakeType::HELLO_REQUEST,
            ClientHello | FirstClientHello => HandshakeType::CLIENT_HELLO,
            ServerHello | ResumingServerHello | HelloRetryRequest => HandshakeType::SERVER_HELLO,
            NewSessionTicket => HandshakeType::NEW_SESSION_TICKET,
            EndOfEarlyData => HandshakeType::END_OF_EARLY_DATA,
            EncryptedExtensions | EarlyDataAccepted => HandshakeType::ENCRYPTED_EXTENSIONS,
            Certificate | EmptyCertificate => HandshakeType::CERTIFICATE,
            CompressedCertificate => HandshakeType::COMPRESSED_CERTIFICATE,
            CertificateStatus => HandshakeType::CERTIFICATE_STATUS,
            ServerKeyExchange => HandshakeType::SERVER_KEY_EXCHANGE,
            CertificateRequest => HandshakeType::CERTIFICATE_REQUEST,
            ServerHelloDone => HandshakeType::SERVER_HELLO_DONE,
            CertificateVerify => HandshakeType::CERTIFICATE_VERIFY,
            ClientKeyExchange => HandshakeType::CLIENT_KEY_EXCHANGE,
            Finished => HandshakeType::FINISHED,
            KeyUpdate | RequestingKeyUpdate => HandshakeType::KEY_UPDATE,
            MessageHash => HandshakeType::MESSAGE_HASH,
            _ => return None,
        })
    }
}
