//! Flags that say how a connection is set up.

use std::path::PathBuf;
use std::time::Duration;

use tls_core::AlertDescription;
use tls_core::ciphersuites::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};

use crate::arguments::Arguments;
use crate::callbacks::{Callbacks, StatusCallback};
use crate::credential::Credential;
use crate::failure::Failure;
use crate::preferences::Preferences;

/// How the connection is set up.
#[derive(Debug, Default)]
pub(crate) struct Setup {
    pub(crate) port: u16,
    pub(crate) shim_id: u64,
    pub(crate) ipv6: bool,
    pub(crate) server: bool,
    /// Bytes arrive one at a time, and the private key is elsewhere.
    pub(crate) waits: bool,
    pub(crate) without_tls12: bool,
    pub(crate) without_tls13: bool,
    /// Those that go before the default, in the order of preference.
    pub(crate) credentials: Vec<Credential>,
    pub(crate) default_credential: Credential,
    /// Names in DER.
    pub(crate) authorities: Vec<Vec<u8>>,
    pub(crate) ocsp_stapling: bool,
    pub(crate) certificate_timestamps: bool,
    pub(crate) callbacks: Callbacks,
    /// What passes before each connection that resumes.
    pub(crate) resumption_delay: Duration,
    pub(crate) trust: Option<PathBuf>,
    pub(crate) asks_for_certificate: bool,
    pub(crate) requires_certificate: bool,
    pub(crate) refuses_certificate: bool,
    /// Whether certificates are judged where a session is resumed, too.
    pub(crate) reverifies: bool,
    /// A callback judges certificates, whose refusal is told as certificate_unknown, not as handshake_failure.
    pub(crate) asks_callback: bool,
    pub(crate) host_name: Option<String>,
    pub(crate) alpn: Vec<Vec<u8>>,
    pub(crate) grease: bool,
    pub(crate) renegotiates: bool,
    pub(crate) early_data: bool,
    /// Neither gives tickets nor keeps any.
    pub(crate) without_tickets: bool,
    /// A server's tickets are opened elsewhere.
    pub(crate) opens_elsewhere: bool,
    /// A server that gives tickets has no key to seal them by.
    pub(crate) withholds_tickets: bool,
    /// What holds where the lists below are empty.
    pub(crate) preferences: Preferences,
    pub(crate) tls13_suites: Vec<CipherSuite>,
    pub(crate) tls12_suites: Vec<CipherSuite>,
    pub(crate) groups: Vec<NamedGroup>,
    pub(crate) key_shares: Option<Vec<NamedGroup>>,
    /// Groups that the server is thought to have.
    pub(crate) server_groups: Vec<NamedGroup>,
    pub(crate) verifying_schemes: Vec<SignatureScheme>,
}

impl Setup {
    /// Takes a flag in, with its value. `false`: it is not one of these.
    pub(crate) fn take(&mut self, flag: &str, arguments: &mut Arguments) -> Result<bool, Failure> {
        Ok(self.take_switch(flag)
            || self.callbacks.take(flag, arguments)?
            || self.credentials.last_mut().unwrap_or(&mut self.default_credential).take(flag, arguments)?
            || self.take_transport(flag, arguments)?
            || self.take_authentication(flag, arguments)?
            || self.take_preference(flag, arguments)?)
    }

    /// The alert by which the peer is refused once its certificate is known, as a program does that checks certificates
    /// by itself. Who resumes has been accepted before, and is not looked at again unless the test says so.
    pub(crate) fn refusal(&self, resumes: bool) -> Option<AlertDescription> {
        let judges = self.reverifies || !resumes;
        (self.refuses_certificate && judges).then_some(match self.asks_callback {
            true => AlertDescription::CERTIFICATE_UNKNOWN,
            false => AlertDescription::HANDSHAKE_FAILURE,
        })
    }

    /// Whether a client judges certificates by itself: by a callback, or because it takes one server that rejects its early
    /// data for another.
    pub(crate) fn judges(&self) -> bool {
        self.asks_callback || self.callbacks.status != StatusCallback::None || self.early_data
    }

    /// What a server's sessions are bound to.
    pub(crate) fn context(&self) -> &[u8] {
        let of_first = self.credentials.first().and_then(|first| first.context.as_deref());
        of_first.or(self.default_credential.context.as_deref()).unwrap_or_default()
    }

    fn take_switch(&mut self, flag: &str) -> bool {
        let switch = match flag {
            "-async" => &mut self.waits,
            "-enable-early-data" => &mut self.early_data,
            "-enable-grease" => &mut self.grease,
            "-enable-ocsp-stapling" => &mut self.ocsp_stapling,
            "-enable-signed-cert-timestamps" => &mut self.certificate_timestamps,
            "-ipv6" => &mut self.ipv6,
            "-no-ticket" => &mut self.without_tickets,
            "-no-tls12" => &mut self.without_tls12,
            "-no-tls13" => &mut self.without_tls13,
            // BoringSSL leaves it to its caller when to begin; here it begins at once.
            "-renegotiate-explicit" | "-renegotiate-freely" | "-renegotiate-once" => &mut self.renegotiates,
            "-reverify-on-resume" => &mut self.reverifies,
            "-require-any-client-certificate" => &mut self.requires_certificate,
            "-server" => &mut self.server,
            "-skip-ticket" => &mut self.withholds_tickets,
            "-use-custom-verify-callback" => &mut self.asks_callback,
            "-use-ticket-aead-callback" | "-use-ticket-callback" => &mut self.opens_elsewhere,
            "-verify-fail" => &mut self.refuses_certificate,
            "-verify-peer" => &mut self.asks_for_certificate,
            _ => return false,
        };
        *switch = true;
        true
    }

    fn take_transport(&mut self, flag: &str, arguments: &mut Arguments) -> Result<bool, Failure> {
        match flag {
            "-resumption-delay" => self.resumption_delay = Duration::from_secs(arguments.number()?),
            "-port" => self.port = arguments.number()?,
            "-shim-id" => self.shim_id = arguments.number()?,
            "-min-version" => {
                self.without_tls12 |= ProtocolVersion(arguments.number()?) > ProtocolVersion::TLS1_2;
            }
            "-max-version" => {
                let version = ProtocolVersion(arguments.number()?);
                if version < ProtocolVersion::TLS1_2 {
                    return Err(Failure::Unimplemented(version.to_string()));
                }
                self.without_tls13 |= version < ProtocolVersion::TLS1_3;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn take_authentication(&mut self, flag: &str, arguments: &mut Arguments) -> Result<bool, Failure> {
        match flag {
            "-new-psk-credential" => self.credentials.push(Credential::new_key()),
            "-new-x509-credential" => self.credentials.push(Credential::default()),
            "-trust-cert" => self.trust = arguments.path()?,
            "-host-name" => self.host_name = Some(arguments.text()?),
            "-advertise-alpn" => self.alpn = protocol_names(&arguments.bytes()?)?,
            "-select-alpn" => {
                self.alpn = Some(arguments.bytes()?).into_iter().filter(|name| !name.is_empty()).collect();
            }
            // A name that no client offers: the server and any client have none in common.
            "-reject-alpn" => self.alpn = vec![vec![0]],
            "-use-client-ca-list" => match arguments.text()?.as_str() {
                "<NULL>" | "<EMPTY>" => {}
                names => self.authorities = names.split(',').map(bytes_of_hex).collect::<Result<_, _>>()?,
            },
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn take_preference(&mut self, flag: &str, arguments: &mut Arguments) -> Result<bool, Failure> {
        match flag {
            "-tls13-ciphers" => self.tls13_suites.push(CipherSuite(arguments.number()?)),
            "-cipher" => self.tls12_suites = tls12_suites(&arguments.text()?)?,
            "-curves" => self.groups.push(NamedGroup(arguments.number()?)),
            "-key-shares" => self.key_shares.get_or_insert_default().push(NamedGroup(arguments.number()?)),
            "-no-key-shares" => self.key_shares = Some(Vec::new()),
            "-server-supported-groups-hint" => self.server_groups.push(NamedGroup(arguments.number()?)),
            "-verify-prefs" => self.verifying_schemes.push(arguments.signature_scheme()?),
            _ => match Preferences::of_policy(flag) {
                Some(preferences) => self.preferences = preferences,
                None => return Ok(false),
            },
        }
        Ok(true)
    }
}

/// The suites of a cipher string, of which BoringSSL's language has far more forms.
fn tls12_suites(list: &str) -> Result<Vec<CipherSuite>, Failure> {
    if list == "DEFAULT:!AES" {
        return Ok(vec![
            CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
            CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ]);
    }
    let known = Preferences::BORINGSSL.tls12_suites;
    let suites = list.split(':').map(|name| known.iter().copied().find(|suite| suite.to_string() == name));
    suites.collect::<Option<_>>().ok_or_else(|| Failure::Unimplemented(format!("the suites {list}")))
}

fn bytes_of_hex(digits: &str) -> Result<Vec<u8>, Failure> {
    let pairs = digits.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    pairs.collect::<Option<_>>().ok_or_else(|| Failure::Other(format!("{digits} is not hexadecimal")))
}

/// The names in a ProtocolNameList without its length.
fn protocol_names(mut list: &[u8]) -> Result<Vec<Vec<u8>>, Failure> {
    let mut names = Vec::new();
    while let Some((len, rest)) = list.split_first() {
        let (name, rest) = rest
            .split_at_checked((*len).into())
            .ok_or_else(|| Failure::other("the protocol list is cut off"))?;
        names.push(name.to_vec());
        list = rest;
    }
    Ok(names)
}
