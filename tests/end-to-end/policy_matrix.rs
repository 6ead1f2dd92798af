//! Every policy as a client meets every policy as a server: what comes of it is what an independent model says.

mod answer;
mod cast;
mod generator;
mod hybrids;
mod model;
mod offers;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tests::pair::{End, Pair};
use tests::wire::Side;
use tls_core::ciphersuites::SecurityPolicy;
use tls_core::{ClientConfig, ConfigError, Facts, ServerConfig};

use self::cast::{MEMBERS, Member, client, policies, server, twins};
use self::model::{Agreement, Chain, Outcome, Refusal, meet, misfit, versions};

/// A client, and what the model knows of it.
struct Client {
    policy: SecurityPolicy,
    config: Arc<ClientConfig>,
}

/// A server, and what the model knows of it.
struct Server {
    policy: SecurityPolicy,
    chains: Vec<Chain>,
    config: Arc<ServerConfig>,
    /// Which of its twins it is, and of how many.
    place: (usize, usize),
}

#[test]
fn configurations_build_exactly_with_what_serves_the_policy() {
    for policy in policies() {
        let is_empty = versions(&policy).is_empty();
        assert_eq!(client(&policy).err().map(|error| variant(&error)), is_empty.then_some("EmptyPolicy"));
        for member in MEMBERS.iter() {
            let built = server(&policy, [member]).build().err().map(|error| variant(&error));
            assert_eq!(built, misfit(&policy, &member.chain), "{}: {:?}", policy.name, member.chain);
        }
    }
}

fn variant(error: &ConfigError) -> &'static str {
    match error {
        ConfigError::EmptyPolicy { .. } => "EmptyPolicy",
        ConfigError::CertificatesNotPermitted { .. } => "CertificatesNotPermitted",
        ConfigError::UnusableIdentity { .. } => "UnusableIdentity",
        other => panic!("{other}"),
    }
}

/// What can happen between two policies.
const KINDS: [&str; 9] = [
    "agreed",
    "agreed after a retry",
    "certificate_key_not_permitted",
    "certificate_signature_algorithm",
    "no_common_cipher_suite",
    "no_common_group",
    "no_common_signature_scheme",
    "no_common_version",
    "no_suitable_key",
];

/// Servers with each of the commonest chains alone, and with all that their policy has a use for. Of twins, who cannot
/// but behave alike, one meets each stranger; they take turns, so that every name plays both parts.
#[test]
fn every_pair_ends_as_the_model_says() {
    let [p256, p384, .., rsa, _, _] = &*MEMBERS;
    let wardrobes: [&[&Member]; 4] = [&[p256], &[p384], &[rsa], &MEMBERS.each_ref()];
    let clients = clients();
    let servers: Vec<Server> = wardrobes.into_iter().flat_map(servers).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut findings = Findings::default();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(server) = servers.get(number) else { return findings };
            let (place, of) = server.place;
            let met = clients.iter().skip(place).step_by(of);
            met.for_each(|twins| findings.compare(&twins[number % twins.len()], server));
        }
    };
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let findings = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).fold(Findings::default(), Findings::and)
    });
    println!("{:?}", findings.counts);
    let (many, shown) = (findings.disagreements.len(), findings.disagreements.iter().take(10));
    assert!(many == 0, "{many} pairs, for example:\n{:#?}", shown.collect::<Vec<_>>());
    assert_eq!(findings.counts.keys().copied().collect::<Vec<_>>(), KINDS);
    let names = clients.iter().flatten().map(|client| (Side::Client, client.policy.name.clone()));
    let all: BTreeSet<_> =
        names.chain(servers.iter().map(|s| (Side::Server, s.policy.name.clone()))).collect();
    assert_eq!(findings.names, all);
}

/// What comes of pairs, and where the model is of another opinion.
#[derive(Default)]
struct Findings {
    names: BTreeSet<(Side, Cow<'static, str>)>,
    counts: BTreeMap<&'static str, u32>,
    disagreements: Vec<String>,
}

impl Findings {
    fn and(mut self, other: Self) -> Self {
        self.names.extend(other.names);
        other.counts.into_iter().for_each(|(kind, count)| *self.counts.entry(kind).or_default() += count);
        self.disagreements.extend(other.disagreements);
        self
    }

    fn compare(&mut self, client: &Client, server: &Server) {
        let mut pair = Pair::new(&client.config, &server.config);
        pair.handshake();
        let (observed, expected) = (outcome(&pair), meet(&client.policy, &server.policy, &server.chains));
        let kind = match expected {
            Ok(Agreement { retried, .. }) => {
                if retried {
                    "agreed after a retry"
                } else {
                    "agreed"
                }
            }
            Err(Refusal { code, .. }) => code,
        };
        *self.counts.entry(kind).or_default() += 1;
        self.names.insert((Side::Client, client.policy.name.clone()));
        self.names.insert((Side::Server, server.policy.name.clone()));
        if observed != Ok(expected) {
            let (client, server, chains) = (&client.policy.name, &server.policy.name, &server.chains);
            self.disagreements.push(format!(
                "{client} to {server} with {chains:?}: {expected:?} expected, {observed:?} seen"
            ));
        }
    }
}

/// What both ends say, or what they contradict each other in.
fn outcome(pair: &Pair) -> Result<Outcome, String> {
    let (client, server) = (&pair.client, &pair.server);
    match (agreement(client), agreement(server)) {
        (Some(client), Some(server)) if client == server => return Ok(Ok(client)),
        (None, None) => {}
        (client, server) => return Err(format!("{client:?} and {server:?}")),
    }
    let refusal = |side, refusing: &End, told: &End| {
        let (error, told) = (refusing.error.as_ref()?, told.error.as_ref()?);
        let alert = error.alert_sent()?;
        (told.alert_received() == Some(alert)).then(|| Refusal { side, code: error.code(), alert })
    };
    let refusal = refusal(Side::Client, client, server).or_else(|| refusal(Side::Server, server, client));
    refusal.map(Err).ok_or_else(|| format!("{:?} and {:?}", client.error, server.error))
}

fn agreement(end: &End) -> Option<Agreement> {
    let facts = end.connection.facts().filter(|_| end.established && end.error.is_none())?;
    let Facts { version, cipher_suite: suite, group, hello_retry_request: retried, .. } = *facts;
    Some(Agreement { version, suite, group, retried, scheme: facts.server_signature_scheme? })
}

/// A client of every policy, twins together.
fn clients() -> Vec<Vec<Client>> {
    let with_config = |policy| Client { config: client(&policy).unwrap(), policy };
    twins().into_iter().map(|twins| twins.into_iter().map(with_config).collect()).collect()
}

/// A server of every policy that has a use for some of the chains, with those.
fn servers(members: &[&Member]) -> Vec<Server> {
    let mut servers = Vec::new();
    for twins in twins() {
        let of = twins.len();
        for (place, policy) in twins.into_iter().enumerate() {
            let is_of_use = |member: &&Member| misfit(&policy, &member.chain).is_none();
            let of_use: Vec<&Member> = members.iter().copied().filter(is_of_use).collect();
            if !of_use.is_empty() {
                let config = server(&policy, of_use.iter().copied()).build().unwrap();
                let chains = of_use.iter().map(|member| member.chain).collect();
                servers.push(Server { policy, chains, config, place: (place, of) });
            }
        }
    }
    servers
}
