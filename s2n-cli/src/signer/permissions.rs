//! The file that says which clients there are, and what each may do.

use std::collections::HashSet;
use std::path::Path;

use tls_core::KeyId;
use tls_tokio::signer::remote::{AllowedClient, Use};

use crate::failure::Failure;
use crate::signer::{KeyFile, fingerprint};
use crate::{notation, trust};

/// Reads a file of permissions. `keys` are those that are served.
pub(crate) fn read(file: &Path, keys: &[KeyFile]) -> Result<Vec<AllowedClient>, Failure> {
    let text = trust::read(file, "permissions file")?;
    let text = String::from_utf8_lossy(&text);
    let mut clients = Vec::new();
    let mut names = HashSet::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default();
        let mut words = line.split_whitespace();
        let Some(name) = words.next() else { continue };
        let client = match names.insert(name) {
            true => client(name, words, keys),
            false => Err(format!("\"{name}\" is there twice")),
        };
        clients.push(client.map_err(|why| {
            let place = format!("{}, line {}", file.display(), index.saturating_add(1));
            Failure::set_up("bad_permissions", format!("{place}: {why}"))
        })?);
    }
    Ok(clients)
}

/// What a line says of a client.
#[derive(Debug, Default)]
struct Words {
    client: Option<AllowedClient>,
    keys: Option<Vec<KeyId>>,
    uses: Option<Vec<Use>>,
    rate: Option<u32>,
    burst: Option<u32>,
    connections: Option<u32>,
}

fn client<'l>(
    name: &str,
    words: impl Iterator<Item = &'l str>,
    keys: &[KeyFile],
) -> Result<AllowedClient, String> {
    let mut read = Words::default();
    for word in words {
        let Some((what, value)) = word.split_once('=') else {
            return Err(format!("\"{word}\" is not of the form WHAT=VALUE; names have no spaces"));
        };
        match what {
            "cert" => read.known_by(AllowedClient::by_certificate(name, certificate(value)?))?,
            "sha256" => read.known_by(AllowedClient::by_certificate(name, notation::parse_sha256(value)?))?,
            "key-sha256" => read.known_by(AllowedClient::by_key(name, key_id(value)?))?,
            "keys" => once(what, &mut read.keys, list(value, |value| key(value, keys))?)?,
            "use" => once(what, &mut read.uses, list(value, used_as)?)?,
            "rate" => once(what, &mut read.rate, number(what, value)?)?,
            "burst" => once(what, &mut read.burst, number(what, value)?)?,
            "connections" => once(what, &mut read.connections, number(what, value)?)?,
            _ => {
                return Err(format!(
                    "\"{what}\" is not known; there are cert, sha256, key-sha256, keys, use, rate, burst and \
                     connections"
                ));
            }
        }
    }
    read.finish()
}

impl Words {
    fn known_by(&mut self, client: AllowedClient) -> Result<(), String> {
        match self.client.replace(client) {
            None => Ok(()),
            Some(_) => Err("one of cert, sha256 and key-sha256 is enough".to_owned()),
        }
    }

    fn finish(self) -> Result<AllowedClient, String> {
        let missing = "nothing says how the client is known: cert=PEM, sha256=HEX or key-sha256=HEX";
        let mut client = self.client.ok_or(missing)?;
        if let Some(keys) = self.keys {
            client = client.only_keys(keys);
        }
        if let Some(uses) = self.uses {
            client = client.only_uses(uses);
        }
        if let Some(connections) = self.connections {
            client = client.connections(usize::try_from(connections).unwrap_or(usize::MAX));
        }
        match (self.rate, self.burst) {
            (Some(rate), burst) => Ok(client.rate(rate, burst.unwrap_or(rate.saturating_mul(2)))),
            (None, None) => Ok(client),
            (None, Some(_)) => Err("burst goes with rate".to_owned()),
        }
    }
}

fn once<T>(what: &str, place: &mut Option<T>, value: T) -> Result<(), String> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(format!("{what} is there twice; with commas, it takes several")),
    }
}

fn list<T>(values: &str, one: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    values.split(',').map(one).collect()
}

fn certificate(file: &str) -> Result<[u8; 32], String> {
    fingerprint(Path::new(file)).map_err(|failure| failure.sentence().to_owned())
}

fn used_as(value: &str) -> Result<Use, String> {
    value.parse().map_err(|error| format!("\"{value}\": {error}"))
}

fn number(what: &str, value: &str) -> Result<u32, String> {
    let number = value.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("{what}={value}: that takes a number above 0"))
}

fn key_id(value: &str) -> Result<KeyId, String> {
    value.parse().map_err(|error| format!("\"{value}\": {error}"))
}

/// A key by its file as --key names it, or by its id.
fn key(value: &str, keys: &[KeyFile]) -> Result<KeyId, String> {
    let by_file = keys.iter().find(|key| key.file == Path::new(value)).map(|key| key.id);
    let id = by_file.or_else(|| value.parse().ok());
    let is_served = |id: &KeyId| keys.iter().any(|key| key.id == *id);
    id.filter(is_served)
        .ok_or_else(|| format!("\"{value}\" is neither a file given by --key, nor a certificate given by --cert, nor the id of a key"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn of(words: &str) -> Result<AllowedClient, String> {
        let key = KeyFile {
            file: "web.key".into(),
            id: SHA256.parse().unwrap(),
            key_type: tls_core::ciphersuites::KeyType::Rsa,
        };
        client("web", words.split_whitespace(), &[key])
    }

    #[test]
    fn lines_are_understood() {
        for words in [
            &format!("sha256={SHA256}"),
            &format!("key-sha256={SHA256} keys=web.key,{SHA256} use=tls13-client rate=5"),
            &format!("rate=5 burst=1 connections=8 use=tls12-server,tls12-client sha256={SHA256}"),
        ] {
            assert!(of(words).is_ok(), "{words}");
        }
        let client =
            format!("{:?}", of(&format!("sha256={SHA256} keys=web.key use=tls12-client rate=5")).unwrap());
        for piece in ["\"web\"", "Tls12Client}", "rate: Some((5, 10))", &format!("KeyId({SHA256})}}")] {
            assert!(client.contains(piece), "{piece} is not in {client}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        let known = |words: &str| of(&format!("sha256={SHA256} {words}")).unwrap_err();
        assert!(of("").unwrap_err().contains("how the client is known"));
        assert!(of("sha256=12").unwrap_err().contains("64"));
        assert!(of("cert=/nowhere.pem").unwrap_err().contains("/nowhere.pem does not exist"));
        assert!(known("tls13-server").contains("WHAT=VALUE"));
        assert!(known("uses=tls13-server").contains("\"uses\" is not known"));
        assert!(known("use=server").contains("\"server\": a key is used as tls13-server"));
        assert!(known("keys=other.key").contains("neither a file given by --key"));
        assert!(known("rate=0").contains("above 0") && known("rate=-1").contains("above 0"));
        assert!(known("burst=1").contains("goes with rate"));
        assert!(known("rate=1 rate=2").contains("there twice"));
        assert!(known(&format!("key-sha256={SHA256}")).contains("is enough"));
    }
}
