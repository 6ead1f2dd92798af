//! A connection, configured as the flags want it.

use std::sync::Arc;

use tls_core::ciphersuites::{NamedGroup, PrivateKey, ProtocolVersion, SecurityPolicy, SignatureScheme};
use tls_core::{
    ClientAuthentication, ClientConfig, Connection, EarlyDataAcceptance, Identity, KeyId, PreSharedKey,
    PreSharedKeys, Renegotiation, Roots, ServerConfig, ServerName, ServerVerification, TicketKeys, UnixTime,
};

use crate::callbacks::StatusCallback;
use crate::credential::{Credential, read};
use crate::early_data::MAX_EARLY_DATA;
use crate::failure::Failure;
use crate::memory::{Memory, Realm};
use crate::pre_shared_keys::KeyGiven;
use crate::secrets::TrafficSecrets;
use crate::setup::Setup;
use crate::tickets::keys_of_connection;

/// The name in the runner's certificates, unless the test has it asked for by another.
const PEER_NAME: &str = "test";

/// The connection that the flags describe.
pub(crate) fn connection(
    setup: &Setup,
    memory: &Memory,
    secrets: &Arc<TrafficSecrets>,
) -> Result<Connection, Failure> {
    setup.callbacks.check(setup.server)?;
    if setup.server { server(setup, memory, secrets) } else { client(setup, memory, secrets) }
}

fn client(setup: &Setup, memory: &Memory, secrets: &Arc<TrafficSecrets>) -> Result<Connection, Failure> {
    let name = setup.host_name.clone().unwrap_or_else(|| PEER_NAME.to_owned());
    let name = ServerName::try_from(name).map_err(|error| Failure::Other(error.to_string()))?;
    let mut builder = ClientConfig::builder()
        .permit_unapproved()
        .policy(policy(setup)?)
        .server_verification(server_verification(setup)?)
        .pre_shared_keys(pre_shared_keys(setup)?)
        // The runner's callback judges alike for all connections of a test, unless it says otherwise.
        .verdict_rules("the runner's")
        .server_name_indication(setup.host_name.is_some())
        .alpn(setup.alpn.clone())
        .grease(setup.grease)
        .renegotiation(if setup.renegotiates { Renegotiation::Accept } else { Renegotiation::Decline })
        .verify_on_resumption(setup.reverifies)
        .early_data(setup.early_data && !setup.without_tickets)
        .ocsp_stapling(setup.ocsp_stapling)
        .certificate_timestamps(setup.certificate_timestamps)
        .certificate_authorities(setup.authorities.clone())
        .key_log(secrets.clone());
    for identity in identities(setup)? {
        builder = builder.identity(identity);
    }
    if !setup.without_tickets {
        builder = builder.session_store(Arc::clone(&memory.sessions));
    }
    let config = builder.build().map_err(|error| Failure::Other(error.to_string()))?;
    memory.begin_client(&config, &name);
    let connection = Connection::client(config, name, memory.now())?;
    memory.count_sessions();
    Ok(connection)
}

fn server_verification(setup: &Setup) -> Result<ServerVerification, Failure> {
    // BoringSSL's clients that have keys accept certificates only if they are told to.
    let needs_key = !pre_shared_keys(setup)?.is_empty() && !setup.asks_for_certificate;
    match roots(setup)? {
        _ if needs_key => Ok(ServerVerification::PreSharedKeysOnly),
        _ if setup.judges() => Ok(ServerVerification::Asked),
        Some(roots) => Ok(ServerVerification::Roots(roots)),
        None => Ok(ServerVerification::Insecure),
    }
}

fn server(setup: &Setup, memory: &Memory, secrets: &Arc<TrafficSecrets>) -> Result<Connection, Failure> {
    let (identities, keys) = (identities(setup)?, pre_shared_keys(setup)?);
    if identities.is_empty() && keys.is_empty() {
        return Err(Failure::Unimplemented("a server without certificate or keys".into()));
    }
    let mut builder = ServerConfig::builder()
        .permit_unapproved()
        .policy(policy(setup)?)
        .client_authentication(client_authentication(setup, identities.first())?)
        .certificate_authorities(setup.authorities.clone())
        .alpn(setup.alpn.clone())
        // As BoringSSL's servers do.
        .grease(true)
        // The choice of a configuration is where a server can give up by itself.
        .select_config(setup.callbacks.asks())
        .key_log(secrets.clone());
    for identity in identities {
        builder = builder.identity(identity);
    }
    if !keys.is_empty() {
        builder = builder.pre_shared_keys(PreSharedKeys::Known(keys));
    }
    let realm = memory.realm(setup.context());
    builder = match setup.without_tickets {
        true => builder.tickets_per_handshake(0),
        false => builder.ticket_keys(ticket_keys(setup, &realm, memory.now())?),
    };
    if setup.opens_elsewhere {
        builder = builder.sessions_elsewhere();
    }
    builder = builder.session_store(realm.sessions);
    if setup.early_data {
        builder = builder.early_data(MAX_EARLY_DATA, EarlyDataAcceptance::Guarded(realm.guard));
    }
    let config = builder.build().map_err(|error| Failure::Other(error.to_string()))?;
    Ok(Connection::server(config, memory.now())?)
}

fn ticket_keys(setup: &Setup, realm: &Realm, now: UnixTime) -> Result<Arc<TicketKeys>, Failure> {
    match () {
        () if setup.withholds_tickets => Ok(TicketKeys::manual().into()),
        () if setup.opens_elsewhere => keys_of_connection(&realm.ticket_keys, now),
        () => Ok(Arc::clone(&realm.ticket_keys)),
    }
}

fn client_authentication(
    setup: &Setup,
    identity: Option<&Identity>,
) -> Result<ClientAuthentication, Failure> {
    match (setup.requires_certificate, setup.asks_for_certificate, roots(setup)?) {
        (false, false, _) => Ok(ClientAuthentication::None),
        (true, _, Some(roots)) => Ok(ClientAuthentication::Required(roots)),
        (true, _, None) => Ok(ClientAuthentication::RequiredUnverified),
        (false, true, Some(roots)) => Ok(ClientAuthentication::Optional(roots)),
        // The runner will show none, so any root will do.
        (false, true, None) => {
            let chain = identity.map(Identity::certificates).unwrap_or_default().iter().map(AsRef::as_ref);
            let roots = Roots::from_certificates(chain).map_err(|error| Failure::Other(error.to_string()))?;
            Ok(ClientAuthentication::Optional(roots))
        }
    }
}

/// All certificates that are given, the default last.
fn credentials(setup: &Setup) -> impl Iterator<Item = &Credential> {
    setup.credentials.iter().chain([&setup.default_credential]).filter(|credential| credential.is_given())
}

/// The pre-shared keys, as both ends import them.
fn pre_shared_keys(setup: &Setup) -> Result<Vec<PreSharedKey>, Failure> {
    let given = setup.credentials.iter().filter_map(|credential| credential.pre_shared_key.as_ref());
    let imported: Vec<_> = given.map(KeyGiven::import).collect::<Result<_, _>>()?;
    Ok(imported.into_iter().flatten().collect())
}

/// Where a credential has schemes of its own among several, its key is elsewhere: no other identity can be told which
/// schemes to sign by.
fn identities(setup: &Setup) -> Result<Vec<Identity>, Failure> {
    let has_several = credentials(setup).count() > 1;
    let identities = credentials(setup).map(|credential| {
        match setup.waits || has_several && !credential.signing_schemes.is_empty() {
            true => credential.public_identity(),
            false => credential.identity(),
        }
    });
    let declines = setup.callbacks.status == StatusCallback::Declines;
    let unstapled = |identity: Identity| match declines {
        true => identity.with_ocsp_response([]),
        false => identity,
    };
    identities.filter_map(Result::transpose).map(|identity| identity.map(unstapled)).collect()
}

/// The keys of the identities that have none with them, and of the others.
pub(crate) fn keys(setup: &Setup) -> Result<Vec<(KeyId, PrivateKey)>, Failure> {
    let keys = credentials(setup).map(|credential| {
        let identity = credential.public_identity()?;
        Ok(identity.map(|identity| identity.key_id()).zip(credential.key()?))
    });
    keys.filter_map(Result::transpose).collect()
}

pub(crate) fn roots(setup: &Setup) -> Result<Option<Roots>, Failure> {
    let Some(path) = &setup.trust else { return Ok(None) };
    Roots::from_pem(&read(path)?).map(Some).map_err(|error| Failure::Other(error.to_string()))
}

fn or_default<T: Clone>(given: &[T], default: &[T]) -> Vec<T> {
    if given.is_empty() { default.to_vec() } else { given.to_vec() }
}

fn policy(setup: &Setup) -> Result<SecurityPolicy, Failure> {
    let preferences = &setup.preferences;
    let groups = or_default(&setup.groups, preferences.groups);
    let tls13 = or_default(&setup.tls13_suites, preferences.tls13_suites)
        .into_iter()
        .filter(|_| !setup.without_tls13);
    let tls12 = or_default(&setup.tls12_suites, preferences.tls12_suites)
        .into_iter()
        .filter(|_| !setup.without_tls12);
    Ok(SecurityPolicy {
        name: "bogo".into(),
        min_version: ProtocolVersion::TLS1_2,
        cipher_suites: tls13.chain(tls12).collect(),
        key_shares: key_shares(setup, &groups).into(),
        groups: groups.into(),
        signature_schemes: signature_schemes(setup)?.into(),
        ..SecurityPolicy::P20251014
    })
}

fn key_shares(setup: &Setup, groups: &[NamedGroup]) -> Vec<NamedGroup> {
    if let Some(hinted) = groups.iter().find(|group| setup.server_groups.contains(group)) {
        return vec![*hinted];
    }
    if let Some(key_shares) = &setup.key_shares {
        return key_shares.clone();
    }
    let first = groups.first();
    let other = groups
        .iter()
        .find(|group| first.is_some_and(|first| first.is_post_quantum() != group.is_post_quantum()));
    first.into_iter().chain(other).copied().collect()
}

/// BoringSSL has one list to sign by and one to verify by; a policy has one for both. What cannot be signed with by a
/// key at hand is left out where the list also serves to verify, so that nothing is accepted that should not be.
fn signature_schemes(setup: &Setup) -> Result<Vec<SignatureScheme>, Failure> {
    let mut schemes = Vec::new();
    let asks = setup.requires_certificate || setup.asks_for_certificate;
    // A policy has some, whether or not they are of use.
    let verifies = !setup.server || asks || credentials(setup).next().is_none();
    for credential in credentials(setup) {
        let Some(key) = credential.key()? else { continue };
        let can_sign =
            |scheme: &SignatureScheme| key.schemes().contains(scheme) || key.tls12_schemes().contains(scheme);
        let signing = or_default(&credential.signing_schemes, setup.preferences.signing_schemes);
        let signing = signing.into_iter().filter(|scheme| !verifies || can_sign(scheme));
        schemes.extend(signing.filter(|scheme| !schemes.contains(scheme)).collect::<Vec<_>>());
    }
    if verifies {
        let verifying = or_default(&setup.verifying_schemes, setup.preferences.verifying_schemes);
        schemes.extend(verifying.into_iter().filter(|scheme| !schemes.contains(scheme)).collect::<Vec<_>>());
    }
    Ok(schemes)
}
