//! What clients and servers configure alike.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use ciphersuites::fips::ModuleError;
use ciphersuites::{Breach, ProtocolVersion, SecurityPolicy, Tls12Suite};
use x509_parser::prelude::{FromDer, X509Name};

use crate::config::approval;
use crate::identity::{Identity, permitted};
use crate::key_log::KeyLog;
use crate::limits;
use crate::record::RecordPadding;
use crate::wire::fragment_size::MIN_RECORD_SIZE_LIMIT;

/// Why a configuration does not build.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// An application protocol's name that is empty or longer than 255 bytes.
    InvalidApplicationProtocol(String),
    /// A server without a certificate or pre-shared keys.
    NoIdentity,
    /// Pre-shared keys are needed and none was given.
    NoPreSharedKey,
    /// Two pre-shared keys with this identity.
    DuplicatePreSharedKey(String),
    /// A client's pre-shared keys have identities of so many bytes together.
    PreSharedKeysTooLong(usize),
    /// A policy that pre-shared keys cannot be used with.
    UnusablePreSharedKeys {
        /// The policy.
        policy: String,
        /// What it has none of.
        lacks: &'static str,
    },
    /// A policy that keeps the rules of CNSA 2.0, which forbid external pre-shared keys.
    PreSharedKeysNotPermitted {
        /// The policy.
        policy: String,
    },
    /// The random generator failed.
    NoRandomness,
    /// A client that has not been told how to verify servers.
    NoServerVerification,
    /// An identity whose key can sign with none of the policy's schemes: the policy's name and the key's schemes.
    UnusableIdentity {
        /// The policy.
        policy: String,
        /// What the key could sign with.
        schemes: String,
    },
    /// Roots are needed and none was given.
    NoRoots,
    /// Own certificates that the policy does not permit, where it binds them.
    CertificatesNotPermitted {
        /// The policy.
        policy: String,
        /// Everything that is wrong with them, a sentence for each.
        breaches: Vec<String>,
    },
    /// A policy that leaves nothing to negotiate.
    EmptyPolicy {
        /// The policy.
        policy: String,
        /// What it has none of.
        lacks: &'static str,
        /// What it has of the kind and is refused.
        refused: Vec<String>,
    },
    /// A policy that breaks rules which it declares to keep.
    RulesBroken {
        /// The policy.
        policy: String,
        /// Everything in it that does.
        breaches: Vec<Breach>,
    },
    /// In a build on a FIPS module: the module is not in order.
    FipsModule(ModuleError),
    /// In a build on a FIPS module: a policy or own keys that are not approved.
    NotApproved {
        /// The policy.
        policy: String,
        /// Everything that is not approved, a sentence for each.
        breaches: Vec<String>,
    },
    /// The name of a certificate authority that is none in DER: which, counted from 0.
    InvalidAuthority(usize),
    /// Names of certificate authorities with so many bytes, lengths included, that they do not fit a message.
    TooManyAuthorities(usize),
    /// A record size limit below 64 bytes.
    RecordSizeLimitTooSmall,
    /// A rekeying interval of no records.
    NoRecordsPerKey,
    /// Early data, under a policy that forbids it.
    EarlyDataForbidden {
        /// The policy.
        policy: String,
    },
    /// Early data, without sessions or an external key that it could be sent by.
    EarlyDataWithoutKeys,
    /// A context for early data of more than 1,024 bytes.
    EarlyDataContextTooLong,
    /// Data of the application for sessions, of more than 1,024 bytes.
    SessionDataTooLong,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidApplicationProtocol(name) => {
                write!(f, "the application protocol \"{name}\" is not one to 255 bytes long")
            }
            Self::NoIdentity => f.write_str(
                "a server needs at least one certificate with its private key, or pre-shared keys",
            ),
            Self::NoPreSharedKey => f.write_str("pre-shared keys are to be used, and none was given"),
            Self::DuplicatePreSharedKey(identity) => {
                write!(f, "two pre-shared keys have the identity \"{identity}\"; give each its own")
            }
            Self::PreSharedKeysTooLong(len) => write!(
                f,
                "the identities of the pre-shared keys have {len} bytes together; a ClientHello takes at most {}",
                limits::MAX_OFFERED_IDENTITIES
            ),
            Self::UnusablePreSharedKeys { policy, lacks } => {
                write!(f, "the policy {policy} permits no {lacks}, which a pre-shared key needs")
            }
            Self::PreSharedKeysNotPermitted { policy } => {
                write!(
                    f,
                    "the policy {policy} keeps the rules of CNSA 2.0, which forbid external pre-shared keys"
                )
            }
            Self::NoRandomness => f.write_str("the random generator failed"),
            Self::NoServerVerification => f.write_str(
                "a client needs to know how to verify servers: give it roots or pinned certificates",
            ),
            Self::UnusableIdentity { policy, schemes } => write!(
                f,
                "the policy {policy} permits no signature scheme of the certificate's key, which can sign with {schemes}"
            ),
            Self::NoRoots => f.write_str("no trusted root was given to verify the peer's certificate with"),
            Self::CertificatesNotPermitted { policy, breaches } => {
                write!(f, "the policy {policy} does not permit the certificates: {}", breaches.join("; "))
            }
            Self::EmptyPolicy { policy, lacks, refused } if refused.is_empty() => {
                write!(f, "the policy {policy} has no {lacks}")
            }
            Self::EmptyPolicy { policy, lacks, refused } => write!(
                f,
                "the policy {policy} has no {lacks} that is supported: {} are refused",
                refused.join(", ")
            ),
            Self::RulesBroken { policy, breaches } => {
                write!(f, "the policy {policy} breaks its own rules: {}", names(breaches).join("; "))
            }
            Self::FipsModule(error) => write!(f, "{error}"),
            Self::NotApproved { policy, breaches } => write!(
                f,
                "the policy {policy} or the keys are not approved, in a build on a FIPS module: {}; choose a policy such \
                 as default_fips, or permit explicitly what is not approved",
                breaches.join("; ")
            ),
            Self::InvalidAuthority(index) => write!(
                f,
                "name {} of the certificate authorities is not a distinguished name in DER: take it from Roots::names",
                index + 1
            ),
            Self::TooManyAuthorities(bytes) => write!(
                f,
                "the names of the certificate authorities take {bytes} bytes, of which 65533 fit a message: name fewer"
            ),
            Self::RecordSizeLimitTooSmall => f.write_str("a record size limit must be at least 64 bytes"),
            Self::NoRecordsPerKey => f.write_str("keys must live for at least one record"),
            Self::EarlyDataForbidden { policy } => write!(
                f,
                "the policy {policy} forbids early data, which can be replayed: do without it, or choose another policy"
            ),
            Self::EarlyDataWithoutKeys => f.write_str(
                "early data needs sessions to resume, or a pre-shared key that permits it, a client's first one: give a client a \
                 session store, and a server ticket keys",
            ),
            Self::SessionDataTooLong => f.write_str(
                "the application's data for sessions has more than 1,024 bytes, and every ticket would carry them: give a key by \
                 which it can be found",
            ),
            Self::EarlyDataContextTooLong => f.write_str(
                "the context of early data has more than 1,024 bytes, and every ticket would carry them: use a hash of it",
            ),
        }
    }
}

impl std::error::Error for ConfigError {}

/// What clients and servers configure alike.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    pub(crate) policy: SecurityPolicy,
    pub(crate) alpn: Vec<Vec<u8>>,
    pub(crate) key_log: Option<Arc<dyn KeyLog>>,
    pub(crate) record_padding: RecordPadding,
    /// Records sealed under one key before it is updated; the cipher's own limit may be lower.
    pub(crate) rekey_after: u64,
    /// What the peer may put into one record, if it asks (RFC 8449).
    pub(crate) record_size_limit: Option<u16>,
    /// Whether a build on a FIPS module may use what is not approved.
    pub(crate) permits_unapproved: bool,
    /// No resumption in TLS 1.2.
    pub(crate) forward_secret_tickets_only: bool,
    /// The SHA-256 of the name of the rules by which the caller judges certificates.
    pub(crate) verdict_rules: Option<[u8; 32]>,
    /// The names of certificate authorities that the peer is told of, in DER.
    pub(crate) authorities: Vec<Vec<u8>>,
    /// The signature schemes that signature_algorithms_cert says; empty, where there is nothing to say.
    pub(crate) certificate_schemes: Vec<u16>,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            policy: SecurityPolicy::DEFAULT,
            alpn: Vec::new(),
            key_log: None,
            record_padding: RecordPadding::None,
            rekey_after: u64::MAX,
            record_size_limit: None,
            permits_unapproved: false,
            forward_secret_tickets_only: false,
            verdict_rules: None,
            authorities: Vec::new(),
            certificate_schemes: Vec::new(),
        }
    }
}

impl Shared {
    /// Settles what this build demands, and checks everything.
    pub(crate) fn settle(&mut self, identities: &mut [Identity]) -> Result<(), ConfigError> {
        approval::require(self, identities)?;
        let schemes = self.policy.usable_certificate_signature_schemes();
        self.certificate_schemes = schemes.into_iter().flatten().map(|scheme| scheme.0).collect();
        self.check(identities)
    }

    fn check(&self, identities: &[Identity]) -> Result<(), ConfigError> {
        if let Some(name) = self.alpn.iter().find(|name| name.is_empty() || name.len() > 255) {
            return Err(ConfigError::InvalidApplicationProtocol(name.escape_ascii().to_string()));
        }
        if self.record_size_limit.is_some_and(|limit| limit < MIN_RECORD_SIZE_LIMIT) {
            return Err(ConfigError::RecordSizeLimitTooSmall);
        }
        if self.rekey_after == 0 {
            return Err(ConfigError::NoRecordsPerKey);
        }
        self.check_authorities()?;
        self.check_policy()?;
        self.check_certificates(identities)?;
        match identities.iter().find(|identity| !self.permits(identity)) {
            Some(identity) => {
                let schemes: BTreeSet<_> =
                    identity.schemes().iter().chain(identity.tls12_schemes()).collect();
                let schemes: Vec<_> = schemes.into_iter().map(ToString::to_string).collect();
                let policy = self.policy.name.to_string();
                Err(ConfigError::UnusableIdentity { policy, schemes: schemes.join(", ") })
            }
            None => Ok(()),
        }
    }

    fn check_authorities(&self) -> Result<(), ConfigError> {
        let is_name = |name: &Vec<u8>| matches!(X509Name::from_der(name), Ok((rest, _)) if rest.is_empty());
        if let Some(index) = self.authorities.iter().position(|name| !is_name(name)) {
            return Err(ConfigError::InvalidAuthority(index));
        }
        let bytes = self.authorities.iter().map(|name| name.len().saturating_add(2)).sum();
        // The extension has a length of its own around that of the list.
        if bytes > usize::from(u16::MAX - 2) { Err(ConfigError::TooManyAuthorities(bytes)) } else { Ok(()) }
    }

    /// What there must be for early data: sessions, or external keys that permit it.
    pub(crate) fn check_early_data(&self, has_keys: bool) -> Result<(), ConfigError> {
        match () {
            () if !self.policy.early_data_allowed => {
                Err(ConfigError::EarlyDataForbidden { policy: self.policy.name.to_string() })
            }
            () if !has_keys => Err(ConfigError::EarlyDataWithoutKeys),
            () => Ok(()),
        }
    }

    /// Something of everything must be left to negotiate, and the policy's rules must be kept.
    fn check_policy(&self) -> Result<(), ConfigError> {
        let lacks = |lacks, refused| {
            Err(ConfigError::EmptyPolicy { policy: self.policy.name.to_string(), lacks, refused })
        };
        let refused = self.policy.refused();
        let has_tls13 = self.policy.supports(ProtocolVersion::TLS1_3);
        let has_tls12 = self.policy.supports(ProtocolVersion::TLS1_2);
        let has_group = self.policy.usable_groups().next().is_some();
        let (suite, group) = match self.policy.post_quantum_required {
            true => ("TLS 1.3 cipher suite", "post-quantum key exchange group"),
            false => ("cipher suite", "key exchange group"),
        };
        if !has_tls13 && !has_tls12 {
            return lacks(suite, names(&refused.cipher_suites));
        }
        if has_tls13 && !has_group || has_tls12 && !has_tls13 && self.policy.tls12_groups().next().is_none() {
            return lacks(group, names(&refused.groups));
        }
        if self.policy.usable_signature_schemes().next().is_none() {
            return lacks("signature scheme", names(&refused.signature_schemes));
        }
        // One that was put together without its builder was never held to them.
        let breaches: Vec<_> =
            self.policy.rules.iter().flat_map(|rule| rule.breaches(&self.policy)).collect();
        match breaches.is_empty() {
            true => Ok(()),
            false => Err(ConfigError::RulesBroken { policy: self.policy.name.to_string(), breaches }),
        }
    }

    /// The policy's word on certificates, where it binds our own.
    fn check_certificates(&self, identities: &[Identity]) -> Result<(), ConfigError> {
        if !self.policy.certificate_preferences_apply_locally {
            return Ok(());
        }
        let mut breaches = Vec::new();
        for (identity, place) in identities.iter().zip(1..) {
            let of = if identities.len() > 1 { format!("chain {place}: ") } else { String::new() };
            breaches.extend(
                permitted::breaches(identity.certificates().iter().map(|der| der.as_ref()), &self.policy)
                    .iter()
                    .map(|breach| format!("{of}{breach}")),
            );
        }
        match breaches.is_empty() {
            true => Ok(()),
            false => {
                Err(ConfigError::CertificatesNotPermitted { policy: self.policy.name.to_string(), breaches })
            }
        }
    }

    /// Whether the identity's key can sign in some version of the policy.
    fn permits(&self, identity: &Identity) -> bool {
        let is_in_policy = |scheme| self.policy.signature_schemes.contains(scheme);
        let has_suite = |suite: Tls12Suite| identity.authentication() == Some(suite.authentication);
        let in_tls13 =
            self.policy.supports(ProtocolVersion::TLS1_3) && identity.schemes().iter().any(is_in_policy);
        let in_tls12 = self.policy.supports(ProtocolVersion::TLS1_2)
            && self.policy.tls12_suites().any(has_suite)
            && identity.tls12_schemes().iter().any(is_in_policy);
        in_tls13 || in_tls12
    }
}

fn names<T: fmt::Display>(list: &[T]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

/// The setters that both builders have.
macro_rules! shared_setters {
    () => {
        /// The security policy: versions, suites, groups and schemes. `default` unless set.
        pub fn policy(mut self, policy: ciphersuites::SecurityPolicy) -> Self {
            self.shared.policy = policy;
            self
        }

        /// Lets a build on a FIPS module, one with the feature `fips`, use what is not approved: any policy, any key.
        /// Without it such a configuration does not build there, and in TLS 1.2 the extended main secret is required.
        /// In other builds this does nothing.
        pub fn permit_unapproved(mut self) -> Self {
            self.shared.permits_unapproved = true;
            self
        }

        /// Application protocols, best first (RFC 7301). A server that names some refuses clients that offer
        /// only others.
        pub fn alpn<P: Into<Vec<u8>>>(mut self, protocols: impl IntoIterator<Item = P>) -> Self {
            self.shared.alpn = protocols.into_iter().map(Into::into).collect();
            self
        }

        /// Gives every connection's secrets away, for debugging (RFC 9850). Off unless set.
        pub fn key_log(mut self, key_log: std::sync::Arc<dyn crate::key_log::KeyLog>) -> Self {
            self.shared.key_log = Some(key_log);
            self
        }

        /// Pads records that are sent, to hide how long their content is (RFC 9846 §5.4).
        pub fn record_padding(mut self, padding: crate::record::RecordPadding) -> Self {
            self.shared.record_padding = padding;
            self
        }

        /// Asks the peer to put no more than so many bytes into a record, at least 64 (RFC 8449). In TLS 1.3 they count
        /// the content type and padding.
        pub fn record_size_limit(mut self, bytes: u16) -> Self {
            self.shared.record_size_limit = Some(bytes);
            self
        }

        /// Whether to resume in TLS 1.3 only, where each connection has a key exchange of its own. Sessions of TLS 1.2 are as
        /// secret as the ticket's key: with it, all their connections can be read. Both versions resume unless set.
        pub fn forward_secret_tickets_only(mut self, on: bool) -> Self {
            self.shared.forward_secret_tickets_only = on;
            self
        }

        /// Names the rules by which the caller judges the peer's certificates, where it does: change the name with the
        /// rules. Configurations that name the same resume each other's sessions, in other processes and on other machines,
        /// too, without another verdict. Without a name each resumes only its own.
        pub fn verdict_rules(mut self, name: impl AsRef<[u8]>) -> Self {
            let digest = ciphersuites::Hash::Sha256.digest(name.as_ref());
            self.shared.verdict_rules = digest.as_ref().first_chunk().copied();
            self
        }

        /// Tells the peer which certificate authorities this side trusts, so that a peer with several certificates can
        /// choose (RFC 9846 §4.3.4; a server in TLS 1.2, too: RFC 5246 §7.4.4): their names in DER, such as
        /// [`Roots::names`](crate::Roots::names) gives. It is a hint, and decides nothing here. None are told unless set:
        /// it costs bytes, 15,000 of them for all the roots of an operating system, and says in clear text (that of a
        /// ClientHello, or of a CertificateRequest in TLS 1.2) whom one trusts.
        pub fn certificate_authorities(mut self, names: impl IntoIterator<Item = Vec<u8>>) -> Self {
            self.shared.authorities = names.into_iter().collect();
            self
        }

        /// Updates the sending keys after so many records. The cipher's own limit holds whatever is set here
        /// (RFC 9846 §5.5).
        pub fn rekey_after(mut self, records: u64) -> Self {
            self.shared.rekey_after = records;
            self
        }
    };
}

pub(crate) use shared_setters;
