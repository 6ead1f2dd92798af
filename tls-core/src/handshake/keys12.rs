//! The main secret of TLS 1.2, RFC 5246 §8.1 and RFC 7627.

use ciphersuites::{SharedSecret, Tls12MainSecret, Tls12Suite};

use crate::error::Error;
use crate::flow::Flow;
use crate::handshake::keys::SecretLog;
use crate::operation::SignPurpose;
use crate::wire::key_exchange12;

/// Both hellos' randoms, from which everything in TLS 1.2 is derived.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Randoms {
    pub(crate) client: [u8; 32],
    pub(crate) server: [u8; 32],
}

impl Randoms {
    /// What a server signs in its ServerKeyExchange.
    pub(crate) fn signed_with(&self, params: &[u8]) -> Vec<u8> {
        key_exchange12::to_be_signed(&self.client, &self.server, params)
    }

    /// The same, for whoever has the key.
    pub(crate) fn signing(&self, params: &[u8]) -> SignPurpose {
        SignPurpose::Tls12ServerKeyExchange {
            client_random: self.client,
            server_random: self.server,
            params: params.to_vec(),
        }
    }
}

/// The main secret, after ClientKeyExchange; `extended`: bound to all messages up to it.
pub(crate) fn main_secret(
    flow: &Flow,
    suite: Tls12Suite,
    premaster: &SharedSecret,
    randoms: &Randoms,
    extended: bool,
    log: &SecretLog,
) -> Result<Tls12MainSecret, Error> {
    let main = match extended {
        true => Tls12MainSecret::extended(suite.hash, premaster, &flow.transcript_hash()?),
        false => Tls12MainSecret::legacy(suite.hash, premaster, &randoms.client, &randoms.server),
    };
    log.log("CLIENT_RANDOM", main.expose());
    Ok(main)
}
