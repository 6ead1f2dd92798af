//! What a server would choose from a ClientHello, and why nothing better: the very steps of a handshake, taken one by
//! one without a connection, with what each of them passed over.

mod step;

pub use self::step::{Choice, Step, Subject, Why};

use ciphersuites::{CipherSuite, KeyType, NamedGroup, ProtocolVersion, SecurityPolicy, SignatureScheme};

use crate::client_hello::ClientHello;
use crate::error::Error;
use crate::facts::GroupReason;
use crate::handshake::negotiate::{self, Terms, by_preference};
use crate::handshake::{negotiate12, versions};
use crate::wire;

/// What a server would choose from a ClientHello, step by step, without a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The steps as far as the server gets, each with what it passes over.
    pub steps: Vec<Step>,
    /// All that is agreed on, or why there is nothing.
    pub outcome: Result<Selection, Error>,
}

/// What a server and a client agree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Selection {
    /// The protocol's version.
    pub version: ProtocolVersion,
    /// The cipher suite that protects records.
    pub cipher_suite: CipherSuite,
    /// The group whose shared secret the keys come from.
    pub group: NamedGroup,
    /// Why it is this group.
    pub group_reason: GroupReason,
    /// Whether the client must send a second ClientHello, with a share for the group.
    pub hello_retry_request: bool,
    /// How the server proves its identity.
    pub signature_scheme: SignatureScheme,
    /// The kind of key that it does so with.
    pub key_type: KeyType,
}

impl Explanation {
    /// What a server with this policy chooses if it has a certificate with a key of each of these types, valid for any
    /// name and signed as the client wishes.
    pub fn new(policy: &SecurityPolicy, keys: &[KeyType], hello: &ClientHello) -> Self {
        let mut weighing = Weighing {
            terms: Terms { policy, identities: keys, alpn: &[] },
            hello: hello.view(),
            steps: Vec::new(),
        };
        let outcome = weighing.select();
        Self { steps: weighing.steps, outcome }
    }
}

/// A negotiation that notes what it passes over.
struct Weighing<'t> {
    terms: Terms<'t, KeyType>,
    hello: wire::client_hello::ClientHello<'t>,
    steps: Vec<Step>,
}

impl Weighing<'_> {
    fn select(&mut self) -> Result<Selection, Error> {
        match self.version()? {
            ProtocolVersion::TLS1_3 => self.select13(),
            _ => self.select12(),
        }
    }

    fn select13(&mut self) -> Result<Selection, Error> {
        let (version, policy, hello) = (ProtocolVersion::TLS1_3, self.terms.policy, self.hello);
        negotiate::check_form(&hello)?;
        let ours = by_preference(policy, &hello, policy.tls13_suites(), |suite| suite.id);
        let ours: Vec<_> = ours.map(|suite| suite.id).collect();
        let suite = negotiate::choose_suite(policy, &hello);
        let cipher_suite = self.suite(version, &ours, suite.map(|suite| suite.id))?;

        let ours: Vec<_> = policy.group_tuples().into_iter().flatten().collect();
        let (group, group_reason) = self.group(version, &ours, negotiate::choose_group(policy, &hello))?;
        let hello_retry_request = !negotiate::has_share(&hello, group)?;

        let identity = negotiate::choose_identity(&self.terms, &hello);
        let (key_type, signature_scheme) = self.scheme(identity)?;
        Ok(Selection {
            version,
            cipher_suite,
            group,
            group_reason,
            hello_retry_request,
            signature_scheme,
            key_type,
        })
    }

    fn select12(&mut self) -> Result<Selection, Error> {
        let (version, policy, hello) = (ProtocolVersion::TLS1_2, self.terms.policy, self.hello);
        negotiate12::check_form(policy, &hello)?;
        let suites = by_preference(policy, &hello, policy.tls12_suites(), |suite| suite.id);
        let suites: Vec<_> = suites.map(|suite| suite.id).collect();
        let common = match negotiate12::common_suites(policy, &hello) {
            Ok(common) => common,
            Err(error) => {
                self.suite(version, &suites, Err(error.clone()))?;
                return Err(error);
            }
        };
        let ours: Vec<_> = policy.tls12_groups().collect();
        let (group, group_reason) = self.group(version, &ours, negotiate12::choose_group(policy, &hello))?;

        let chosen = negotiate12::choose_suite(&self.terms, &hello, common);
        let cipher_suite = chosen.as_ref().map(|(suite, ..)| suite.id).map_err(Clone::clone);
        let cipher_suite = self.suite(version, &suites, cipher_suite)?;
        let identity = chosen.map(|(_, key_type, scheme)| (key_type, scheme));
        let (key_type, signature_scheme) = self.scheme(identity)?;
        let hello_retry_request = false;
        Ok(Selection {
            version,
            cipher_suite,
            group,
            group_reason,
            hello_retry_request,
            signature_scheme,
            key_type,
        })
    }

    fn version(&mut self) -> Result<ProtocolVersion, Error> {
        let policy = self.terms.policy;
        let chosen = negotiate::choose_version(policy, &self.hello);
        let ours: Vec<_> = versions(policy).collect();
        let theirs: Vec<_> = self.hello.versions()?.filter(|version| !version.is_grease()).collect();
        let refuse = |version| match version < ProtocolVersion::TLS1_2 && version >= policy.min_version {
            true => Why::NotImplemented,
            false => Why::NotPermitted,
        };
        let of = chosen.as_ref().ok().copied();
        self.steps.push(Step::new(Subject::Version, of, &ours, &theirs, Why::Fallback, refuse));
        chosen
    }

    fn suite(
        &mut self,
        version: ProtocolVersion,
        ours: &[CipherSuite],
        chosen: Result<CipherSuite, Error>,
    ) -> Result<CipherSuite, Error> {
        let policy = self.terms.policy;
        let theirs = self.hello.cipher_suites.iter().map(CipherSuite);
        let theirs: Vec<_> = theirs.filter(|suite| !suite.is_grease() && !suite.is_signal()).collect();
        let refuse = |suite: CipherSuite| match () {
            () if suite.is_tls13() != (version == ProtocolVersion::TLS1_3) => Why::NotInVersion(version),
            () if policy.cipher_suites.contains(&suite) => Why::NotImplemented,
            () => Why::NotPermitted,
        };
        let of = chosen.as_ref().ok().copied();
        self.steps.push(Step::new(Subject::CipherSuite, of, ours, &theirs, Why::NoKey, refuse));
        chosen
    }

    fn group(
        &mut self,
        version: ProtocolVersion,
        ours: &[NamedGroup],
        chosen: Result<(NamedGroup, GroupReason), Error>,
    ) -> Result<(NamedGroup, GroupReason), Error> {
        let policy = self.terms.policy;
        let theirs = self.hello.supported_groups()?.into_iter().flatten();
        let theirs: Vec<_> = theirs.filter(|group| !group.is_grease()).collect();
        let has_post_quantum = version == ProtocolVersion::TLS1_3;
        let refuse = |group: NamedGroup| match () {
            () if group.is_post_quantum() && !has_post_quantum => Why::NotInVersion(version),
            () if policy.groups.contains(&group) && !ciphersuites::is_supported(group) => Why::NotImplemented,
            () => Why::NotPermitted,
        };
        let of = chosen.as_ref().ok().map(|(group, _)| *group);
        // What comes first and is not chosen is of the same rank, and has no share.
        self.steps.push(Step::new(Subject::Group, of, ours, &theirs, Why::NeedsRetry, refuse));
        chosen
    }

    fn scheme(
        &mut self,
        chosen: Result<(&KeyType, SignatureScheme), Error>,
    ) -> Result<(KeyType, SignatureScheme), Error> {
        let ours = &self.terms.policy.signature_schemes;
        let theirs = self.hello.signature_algorithms()?.into_iter().flatten();
        let theirs: Vec<_> = theirs.filter(|scheme| !scheme.is_grease()).collect();
        let of = chosen.as_ref().ok().map(|(_, scheme)| *scheme);
        let refuse = |_| Why::NotPermitted;
        self.steps.push(Step::new(Subject::SignatureScheme, of, ours, &theirs, Why::NoKey, refuse));
        chosen.map(|(key_type, scheme)| (*key_type, scheme))
    }
}
