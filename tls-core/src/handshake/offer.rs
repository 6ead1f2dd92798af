//! A client's offer: its ClientHello and the keys behind it (RFC 9846 §4.2.2).

use ciphersuites::{
    CipherSuite, KeyPair, NamedGroup, ProtocolVersion, SecurityPolicy, SharedSecret, Tls13Suite,
};
use pki_types::ServerName;

use crate::config::ClientConfig;
use crate::error::{Cause, Error};
use crate::flow::Flow;
use crate::handshake::client::Client;
use crate::handshake::early_data::OfferedEarlyData;
use crate::handshake::keys::SecretLog;
use crate::handshake::pre_shared_keys::OfferedKeys;
use crate::handshake::resumption::OfferedSession;
use crate::handshake::{Previous, versions};
use crate::session::{KnownBy, Session};
use crate::wire::codec::Writer;
use crate::wire::extension::{ExtensionType, write_code_points, write_extension};
use crate::wire::fragment_size::write_record_size_limit;
use crate::wire::handshake::HandshakeType;
use crate::wire::ticket_request::TicketRequest;
use crate::wire::{
    alpn, certificate_authorities, early_data, point_formats, psk_key_exchange_modes, renegotiation_info,
    server_name, staples,
};

/// What a client offers, for as long as the server may answer it.
#[derive(Debug)]
pub(crate) struct Offer<'c> {
    config: &'c ClientConfig,
    previous: Option<&'c Previous>,
    server_name: Option<&'c str>,
    pub(crate) random: [u8; 32],
    session_id: [u8; 32],
    grease: Grease,
    pub(crate) key_shares: OfferedShares,
    /// The pre-shared keys, a session's among them.
    pub(crate) keys: Option<Box<OfferedKeys<'c>>>,
    /// Early data with the first of them, if there is to be some.
    pub(crate) early_data: Option<Box<OfferedEarlyData>>,
    /// The session of TLS 1.2 to be resumed.
    pub(crate) session12: Option<Box<Session>>,
}

impl<'c> Offer<'c> {
    /// With the session to be resumed, if there is one.
    //= 9846:4.2.2 session-id
    //= 9846:4.2.2 session-id-empty
    pub(crate) fn new(client: &Client<'c>, session: Option<Box<Session>>) -> Result<Self, Error> {
        let Client { config, name, previous, .. } = *client;
        // One call for everything: the generator's cost is per call, not per byte.
        let mut random = [0; 32 + 32 + Grease::SEED_LEN];
        ciphersuites::random(&mut random)?;
        let (hello_random, rest) = random.split_first_chunk().ok_or(Cause::Crypto)?;
        let (session_id, seed) = rest.split_first_chunk().ok_or(Cause::Crypto)?;
        let server_name = match name {
            ServerName::DnsName(name) if config.server_name_indication => Some(name.as_ref()),
            _ => None,
        };
        let grease = Grease::new(config.grease, seed);
        let mut offer = Self {
            config,
            previous,
            server_name,
            random: *hello_random,
            session_id: *session_id,
            grease,
            key_shares: OfferedShares::default(),
            keys: None,
            early_data: None,
            session12: None,
        };
        if offer.offers(ProtocolVersion::TLS1_3) {
            offer.key_shares = OfferedShares::generate(&config.shared.policy, grease.group)?;
        }
        if previous.is_none() {
            let (session, session12) = match session {
                Some(session) if session.state.version == ProtocolVersion::TLS1_3 => {
                    (OfferedSession::new(*session, client.now), None)
                }
                session => (None, session),
            };
            offer.keys = OfferedKeys::new(session, config);
            offer.early_data = offer.keys.as_ref().and_then(|keys| OfferedEarlyData::new(config, keys));
            offer.session12 = session12;
        }
        Ok(offer)
    }

    /// The id of the session of TLS 1.2 that is offered. Otherwise random: what a TLS 1.3 server must echo, where
    /// middleboxes are to be humoured (RFC 9846 appendix E.4), and what a TLS 1.2 server echoes if it resumes by a ticket
    /// (RFC 5077 §3.4).
    pub(crate) fn session_id(&self) -> &[u8] {
        let is_compatible = self.config.middlebox_compatibility && self.offers(ProtocolVersion::TLS1_3);
        match &self.session12 {
            Some(session) if session.known_by == KnownBy::SessionId => &session.ticket,
            None if !is_compatible => &[],
            _ => &self.session_id,
        }
    }

    /// The ticket of the session of TLS 1.2 that is offered; empty: there is none, but one is welcome.
    fn tls12_ticket(&self) -> Option<&[u8]> {
        let is_welcome = self.config.sessions.is_some()
            && !self.config.shared.forward_secret_tickets_only
            && self.previous.is_none()
            && self.offers(ProtocolVersion::TLS1_2);
        let session = self.session12.as_ref().filter(|session| session.known_by == KnownBy::Ticket);
        let ticket = session.map(|session| &*session.ticket);
        is_welcome.then_some(ticket.unwrap_or_default())
    }

    /// How many tickets to ask for.
    fn ticket_request(&self) -> Option<TicketRequest> {
        let request = self.config.sessions.as_ref()?.ticket_request?;
        self.offers(ProtocolVersion::TLS1_3).then_some(request)
    }

    /// The key log of the connection that begins with this offer.
    pub(crate) fn secret_log(&self) -> SecretLog {
        SecretLog::new(self.config.shared.key_log.as_ref(), &self.random)
    }

    pub(crate) fn offers(&self, version: ProtocolVersion) -> bool {
        self.versions().any(|offered| offered == version)
    }

    /// What the policy permits, or the version of the connection that is renegotiated.
    pub(crate) fn versions(&self) -> impl Iterator<Item = ProtocolVersion> {
        let is_permitted = |version: &_| self.previous.is_none_or(|previous| previous.permits(*version));
        versions(&self.config.shared.policy).filter(is_permitted)
    }

    /// The application protocols; a renegotiation keeps the one there is.
    fn alpn(&self) -> &'c [Vec<u8>] {
        if self.previous.is_some() { &[] } else { &self.config.shared.alpn }
    }

    pub(crate) fn server_name(&self) -> Option<&'c str> {
        self.server_name
    }

    fn offers_early_data(&self) -> bool {
        self.early_data.as_ref().is_some_and(|early_data| early_data.is_open())
    }

    /// Sends the change_cipher_spec that makes this look like TLS 1.2, where it should.
    pub(crate) fn send_change_cipher_spec(&self, flow: &mut Flow) -> Result<(), Error> {
        if self.config.middlebox_compatibility { flow.send_change_cipher_spec() } else { Ok(()) }
    }

    /// The extensions that a server may answer.
    pub(crate) fn extensions(&self) -> Vec<ExtensionType> {
        let mut offered = vec![ExtensionType::SUPPORTED_GROUPS, ExtensionType::SIGNATURE_ALGORITHMS];
        if self.offers(ProtocolVersion::TLS1_3) {
            offered.extend([ExtensionType::SUPPORTED_VERSIONS, ExtensionType::KEY_SHARE]);
        }
        if self.offers(ProtocolVersion::TLS1_2) {
            offered.extend([
                ExtensionType::EXTENDED_MAIN_SECRET,
                ExtensionType::RENEGOTIATION_INFO,
                ExtensionType::EC_POINT_FORMATS,
            ]);
        }
        offered.extend(self.server_name.map(|_| ExtensionType::SERVER_NAME));
        offered.extend(self.config.shared.record_size_limit.map(|_| ExtensionType::RECORD_SIZE_LIMIT));
        offered.extend(self.config.max_fragment_length.map(|_| ExtensionType::MAX_FRAGMENT_LENGTH));
        offered.extend((!self.alpn().is_empty()).then_some(ExtensionType::ALPN));
        offered.extend(&self.config.staples);
        offered.extend(self.keys.as_ref().map(|_| ExtensionType::PRE_SHARED_KEY));
        offered.extend(self.offers_early_data().then_some(ExtensionType::EARLY_DATA));
        offered.extend(self.ticket_request().map(|_| ExtensionType::TICKET_REQUEST));
        offered.extend(self.tls12_ticket().map(|_| ExtensionType::SESSION_TICKET));
        offered
    }

    /// Post-quantum groups exist in TLS 1.3 only.
    //= 9846:4.3.7 duplicates
    pub(crate) fn groups(&self) -> impl Iterator<Item = NamedGroup> + Clone {
        let has_tls13 = self.offers(ProtocolVersion::TLS1_3);
        let groups = self.config.shared.policy.usable_groups();
        groups.filter(move |group| has_tls13 || !group.is_post_quantum())
    }

    /// Sends the ClientHello; the second one returns the cookie that a HelloRetryRequest gave.
    //= 9846:4.2.2 legacy-version
    //= 9846:4.2.2 compression
    //= 9846:4.3 psk-last
    //= 9846:4.3 duplicates
    //= 9846:9.2 psk-extensions
    //= 9846:9.2 complete
    //= 9846:9.3 all-offered-work
    pub(crate) fn send(&self, flow: &mut Flow, cookie: Option<&[u8]>) -> Result<(), Error> {
        let shares = self.key_shares.encode()?;
        let policy = &self.config.shared.policy;
        let body = |writer: &mut Writer<'_>| {
            writer.u16(ProtocolVersion::TLS1_2.0);
            writer.bytes(&self.random);
            writer.vec8(|writer| writer.bytes(self.session_id()));
            writer.vec16(|writer| {
                let has_tls13 = self.offers(ProtocolVersion::TLS1_3);
                let is_offered = |suite: &CipherSuite| has_tls13 || Tls13Suite::from_id(*suite).is_none();
                let suites = policy.usable_cipher_suites().filter(is_offered).map(|suite| suite.0);
                self.grease.suite.into_iter().chain(suites).for_each(|suite| writer.u16(suite));
            });
            writer.vec8(|writer| writer.u8(0));
            writer.vec16(|writer| {
                let Grease { extensions: [first, last], .. } = self.grease;
                if let Some(grease) = first {
                    write_extension(writer, ExtensionType(grease), |_| {});
                }
                self.write_common_extensions(writer);
                if self.offers(ProtocolVersion::TLS1_2) {
                    self.write_tls12_extensions(writer);
                }
                if self.offers(ProtocolVersion::TLS1_3) {
                    self.write_tls13_extensions(writer, &shares, cookie);
                }
                if let Some(grease) = last {
                    // One of the two has a body, so that servers learn to skip that, too.
                    write_extension(writer, ExtensionType(grease), |writer| writer.u8(0));
                }
                if let Some(keys) = &self.keys {
                    keys.write(writer);
                }
            });
        };
        match &self.keys {
            None => flow.send(HandshakeType::CLIENT_HELLO, body),
            Some(keys) => {
                flow.send_bound(HandshakeType::CLIENT_HELLO, body, keys.unbound_len(), |hello, tail| {
                    keys.bind(hello, tail);
                })
            }
        }
    }

    //= 9846:4.3.3 sent
    //= 9846:9.2 group-extensions
    fn write_common_extensions(&self, writer: &mut Writer<'_>) {
        let Grease { group, scheme, .. } = self.grease;
        if let Some(name) = self.server_name {
            server_name::write(writer, name);
        }
        let groups = self.groups().map(|group| group.0);
        write_code_points(writer, ExtensionType::SUPPORTED_GROUPS, group.into_iter().chain(groups));
        let schemes = self.config.shared.policy.usable_signature_schemes().map(|scheme| scheme.0);
        write_code_points(writer, ExtensionType::SIGNATURE_ALGORITHMS, scheme.into_iter().chain(schemes));
        let in_certificates = &self.config.shared.certificate_schemes;
        if !in_certificates.is_empty() {
            let schemes = in_certificates.iter().copied();
            write_code_points(writer, ExtensionType::SIGNATURE_ALGORITHMS_CERT, schemes);
        }
        if !self.alpn().is_empty() {
            alpn::write(writer, self.alpn().iter().map(Vec::as_slice));
        }
        for staple in &self.config.staples {
            staples::write_request(writer, *staple);
        }
        if let Some(length) = self.config.max_fragment_length {
            length.write(writer);
        }
        if let Some(limit) = self.config.shared.record_size_limit {
            write_record_size_limit(writer, limit);
        }
    }

    /// What a TLS 1.2 server needs to hear (RFC 7627, RFC 5746, RFC 8422 §5.1.2).
    fn write_tls12_extensions(&self, writer: &mut Writer<'_>) {
        let verify_data = self.previous.map(|previous| previous.verify_data.client());
        write_extension(writer, ExtensionType::EXTENDED_MAIN_SECRET, |_| {});
        renegotiation_info::write(writer, verify_data.unwrap_or_default());
        point_formats::write(writer);
        if let Some(ticket) = self.tls12_ticket() {
            write_extension(writer, ExtensionType::SESSION_TICKET, |writer| writer.bytes(ticket));
        }
    }

    //= 9846:4.3.1 sent
    //= 9846:4.3.2 copied
    //= 9846:4.3.9 sent
    //= 9846:4.3.10 with-psk
    //= 9846:9.2 group-extensions
    fn write_tls13_extensions(&self, writer: &mut Writer<'_>, shares: &[u8], cookie: Option<&[u8]>) {
        let offered = self.versions().map(|version| version.0);
        write_extension(writer, ExtensionType::SUPPORTED_VERSIONS, |writer| {
            writer.vec8(|writer| {
                self.grease.version.into_iter().chain(offered).for_each(|version| writer.u16(version));
            });
        });
        certificate_authorities::write(writer, &self.config.shared.authorities);
        if let Some(cookie) = cookie {
            write_extension(writer, ExtensionType::COOKIE, |writer| {
                writer.vec16(|writer| writer.bytes(cookie))
            });
        }
        write_extension(writer, ExtensionType::KEY_SHARE, |writer| {
            writer.vec16(|writer| writer.bytes(shares))
        });
        if self.config.sessions.is_some() || !self.config.pre_shared_keys.is_empty() {
            psk_key_exchange_modes::write(writer);
        }
        if let Some(request) = self.ticket_request() {
            request.write(writer);
        }
        if self.offers_early_data() {
            early_data::write(writer);
        }
    }
}

/// The key pairs of an offer. A classical group that is half of an offered hybrid shares its key: within one
/// ClientHello that is permitted (RFC 9954 §3.2), and it saves making one.
#[derive(Debug, Default)]
pub(crate) struct OfferedShares {
    groups: Vec<NamedGroup>,
    pairs: Vec<KeyPair>,
    /// The group of a share that means nothing.
    grease: Option<u16>,
}

impl OfferedShares {
    //= 9846:4.3.8 independent
    //= 9846:4.3.8 fresh
    fn generate(policy: &SecurityPolicy, grease: Option<u16>) -> Result<Self, Error> {
        let groups: Vec<_> = policy.usable_key_shares().collect();
        let is_half =
            |group: &NamedGroup| groups.iter().any(|hybrid| hybrid.classical_half() == Some(*group));
        let pairs = groups
            .iter()
            .filter(|group| !is_half(group))
            .map(|group| Ok(KeyPair::generate(*group)?))
            .collect::<Result<_, Error>>()?;
        Ok(Self { groups, pairs, grease })
    }

    /// The one share a HelloRetryRequest asked for, made anew, and no other (RFC 9846 §4.2.2).
    //= 9846:4.3.8 retry-share
    pub(crate) fn only(group: NamedGroup) -> Result<Self, Error> {
        Ok(Self { groups: vec![group], pairs: vec![KeyPair::generate(group)?], grease: None })
    }

    pub(crate) fn contains(&self, group: NamedGroup) -> bool {
        self.groups.contains(&group)
    }

    //= 9846:4.3.8 order
    fn encode(&self) -> Result<Vec<u8>, Error> {
        // A hybrid's share and its half's, or a few classical ones.
        let is_large = self.groups.iter().any(|group| group.is_post_quantum());
        let mut out = Vec::with_capacity(if is_large { 1280 } else { 128 });
        let mut writer = Writer::new(&mut out);
        if let Some(group) = self.grease {
            writer.u16(group);
            writer.vec16(|writer| writer.u8(0));
        }
        for group in &self.groups {
            let mut written = Ok(());
            writer.u16(group.0);
            writer.vec16(|writer| written = self.write_share(*group, writer.buffer()));
            written?;
        }
        writer.finish()?;
        Ok(out)
    }

    fn write_share(&self, group: NamedGroup, out: &mut Vec<u8>) -> Result<(), Error> {
        if let Some(pair) = self.pairs.iter().find(|pair| pair.group() == group) {
            return Ok(pair.write_share(out)?);
        }
        let hybrid = self.pairs.iter().find(|pair| pair.group().classical_half() == Some(group));
        Ok(hybrid.ok_or(Cause::Crypto)?.write_classical_share(out)?)
    }

    /// The secret shared with a server that chose `group`, which must have been offered.
    pub(crate) fn agree(self, group: NamedGroup, server_share: &[u8]) -> Result<SharedSecret, Error> {
        if !self.contains(group) {
            return Err(Cause::WrongGroup(group).into());
        }
        let whole = self.pairs.iter().position(|pair| pair.group() == group);
        let half = self.pairs.iter().position(|pair| pair.group().classical_half() == Some(group));
        let mut pairs = self.pairs;
        match (whole, half) {
            (Some(index), _) => Ok(pairs.swap_remove(index).agree(server_share)?),
            (None, Some(index)) => Ok(pairs.swap_remove(index).agree_classical(server_share)?),
            (None, None) => Err(Cause::Crypto.into()),
        }
    }
}

/// Values that a server must ignore, drawn anew for each connection (RFC 8701 §3.1).
#[derive(Clone, Copy, Debug, Default)]
struct Grease {
    suite: Option<u16>,
    group: Option<u16>,
    version: Option<u16>,
    scheme: Option<u16>,
    extensions: [Option<u16>; 2],
}

impl Grease {
    const SEED_LEN: usize = 6;

    fn new(on: bool, seed: &[u8]) -> Self {
        let value = |seed: &u8| u16::from_be_bytes([seed & 0xf0 | 0x0a; 2]);
        match seed {
            [suite, group, version, scheme, first, last] if on => {
                // Two extensions of one type would be a duplicate.
                let last = if first & 0xf0 == last & 0xf0 { last ^ 0x10 } else { *last };
                Self {
                    suite: Some(value(suite)),
                    group: Some(value(group)),
                    version: Some(value(version)),
                    scheme: Some(value(scheme)),
                    extensions: [Some(value(first)), Some(value(&last))],
                }
            }
            _ => Self::default(),
        }
    }
}
