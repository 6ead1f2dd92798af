//! Secrets in a file, for those who debug with a packet capture (RFC 9850).

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use tls_core::KeyLog;
use zeroize::Zeroizing;

/// A file that secrets are appended to, one to a line, in the format of RFC 9850 §2, which Wireshark reads.
///
/// Whoever has the file can read the connections. A new one can be read by its owner only.
#[derive(Debug)]
pub struct KeyLogFile(File);

impl KeyLogFile {
    /// Opens a file, or makes it.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).map(Self)
    }

    /// Opens the file that the environment variable `SSLKEYLOGFILE` names; `None` if it is unset or empty.
    pub fn from_env() -> io::Result<Option<Self>> {
        Self::from_setting(std::env::var_os("SSLKEYLOGFILE"))
    }

    fn from_setting(path: Option<OsString>) -> io::Result<Option<Self>> {
        path.filter(|path| !path.is_empty()).map(Self::open).transpose()
    }
}

impl KeyLog for KeyLogFile {
    /// Writes one line, at once: lines of several processes do not mix. If that fails the line is lost, and the
    /// connection goes on.
    fn log(&self, label: &'static str, client_random: &[u8; 32], secret: &[u8]) {
        // Room for all of it: a line that grew would leave parts of the secret behind in memory.
        let len = label.len() + 2 * client_random.len() + 2 * secret.len() + 3;
        let mut line = Zeroizing::new(String::with_capacity(len));
        line.push_str(label);
        for bytes in [client_random.as_slice(), secret] {
            line.push(' ');
            for byte in bytes {
                let _ = write!(line, "{byte:02x}");
            }
        }
        line.push('\n');
        let _ = (&self.0).write_all(line.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_appended_in_the_format_of_rfc_9850() {
        let path = std::env::temp_dir().join(format!("tls-tokio-key-log-{}", std::process::id()));
        for secret in [[0xab; 32], [0x0c; 32]] {
            let file = KeyLogFile::open(&path).unwrap();
            file.log("CLIENT_TRAFFIC_SECRET_0", &[0x01; 32], &secret);
        }
        let written = std::fs::read_to_string(&path).unwrap();
        let random = "01".repeat(32);
        let lines =
            ["ab", "0c"].map(|byte| format!("CLIENT_TRAFFIC_SECRET_0 {random} {}\n", byte.repeat(32)));
        assert_eq!(written, lines.concat());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn an_unset_or_empty_variable_means_no_log_and_a_bad_path_an_error() {
        assert!(KeyLogFile::from_setting(None).unwrap().is_none());
        assert!(KeyLogFile::from_setting(Some(OsString::new())).unwrap().is_none());
        assert!(KeyLogFile::from_setting(Some("/nonexistent/directory/keys".into())).is_err());
    }
}
