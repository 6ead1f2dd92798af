//! The command line, flag by flag.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;
use std::str::FromStr;

use pki_types::CertificateDer;
use pki_types::pem::PemObject;
use tls_core::ciphersuites::SignatureScheme;

use crate::failure::Failure;

/// Flags that change nothing here. They choose among forms of BoringSSL's interface, permit what is not done anyway,
/// turn off what is off, or state what this side could not but do.
const WITHOUT_EFFECT: [&str; 17] = [
    "-decline-alpn",
    "-expect-no-session-id",
    "-expect-secure-renegotiation",
    "-expect-ticket-renewal",
    "-expect-verify-result",
    "-implicit-handshake",
    "-no-legacy-server-connect",
    "-no-op-extra-handshake",
    "-no-server-name-ack",
    "-no-tls1",
    "-no-tls11",
    "-partial-write",
    "-peek-then-read",
    "-renegotiate-ignore",
    "-renew-ticket",
    "-server-preference",
    "-use-old-client-cert-callback",
];

/// Whether a flag can be passed over.
pub(crate) fn is_without_effect(flag: &str) -> bool {
    WITHOUT_EFFECT.contains(&flag)
}

/// To which connections a flag applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connections {
    All,
    First,
    /// Those that resume it.
    Later,
    /// A client's whose early data was rejected, from there on.
    Retry,
    /// Those of another process, to which BoringSSL can leave a handshake.
    Elsewhere,
}

const PREFIXES: [(&str, Connections); 5] = [
    ("-on-shim", Connections::All),
    ("-on-initial", Connections::First),
    ("-on-resume", Connections::Later),
    ("-on-retry", Connections::Retry),
    ("-on-handshaker", Connections::Elsewhere),
];

/// What is left of the command line.
#[derive(Clone, Debug)]
pub(crate) struct Arguments(std::vec::IntoIter<OsString>);

impl Arguments {
    pub(crate) fn of_process() -> Self {
        Self(std::env::args_os().skip(1).collect::<Vec<_>>().into_iter())
    }

    /// The next flag, and to which connections it applies.
    pub(crate) fn flag(&mut self) -> Result<Option<(Connections, String)>, Failure> {
        let Some(flag) = self.0.next() else { return Ok(None) };
        let flag =
            flag.into_string().map_err(|flag| Failure::Unimplemented(format!("{}", flag.display())))?;
        let prefixed = PREFIXES
            .iter()
            .find_map(|(prefix, to)| flag.strip_prefix(prefix).map(|bare| (*to, bare.to_owned())));
        Ok(Some(prefixed.unwrap_or((Connections::All, flag))))
    }

    fn value(&mut self) -> Result<OsString, Failure> {
        self.0.next().ok_or_else(|| Failure::other("the last flag lacks its value"))
    }

    /// A value of any bytes.
    pub(crate) fn bytes(&mut self) -> Result<Vec<u8>, Failure> {
        self.value().map(OsString::into_vec)
    }

    pub(crate) fn text(&mut self) -> Result<String, Failure> {
        self.value()?.into_string().map_err(|value| Failure::other(format!("{} is no text", value.display())))
    }

    /// A file's name; empty means none.
    pub(crate) fn path(&mut self) -> Result<Option<PathBuf>, Failure> {
        self.value()
            .map(|path| Some(PathBuf::from(path)).filter(|path| !path.as_os_str().as_bytes().is_empty()))
    }

    /// A value in Base64, as it stands between the lines of a PEM block.
    pub(crate) fn base64(&mut self) -> Result<Vec<u8>, Failure> {
        let block = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", self.text()?);
        let decoded = CertificateDer::from_pem_slice(block.as_bytes());
        decoded.map(|bytes| bytes.to_vec()).map_err(|error| Failure::Other(error.to_string()))
    }

    /// A signature scheme; BoringSSL has numbers of its own for what TLS before 1.2 signs with.
    pub(crate) fn signature_scheme(&mut self) -> Result<SignatureScheme, Failure> {
        let scheme = SignatureScheme(self.number()?);
        match scheme.name() {
            Some(_) => Ok(scheme),
            None => Err(Failure::Unimplemented(format!("the signature scheme {scheme}"))),
        }
    }

    pub(crate) fn number<N: FromStr>(&mut self) -> Result<N, Failure> {
        let value = self.text()?;
        value.parse().map_err(|_| Failure::Unimplemented(format!("the number {value}")))
    }
}
