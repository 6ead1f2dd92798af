//! moto as a process, and keys in it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use tests::authority::Authority;
use tls_tokio::signer::kms::aws_sdk_kms::types::{KeySpec, KeyUsageType};
use tls_tokio::signer::kms::aws_sdk_kms::{Client, Config};
use tls_tokio::signer::kms::{KmsKey, KmsSigner};
use tls_tokio::tls_core::Roots;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::config;

static SHARED: LazyLock<Moto> = LazyLock::new(|| Moto::start(&[], &[], None));

/// A running emulator. It ends with this, or with the process of the tests.
pub(crate) struct Moto {
    pub(crate) url: String,
    roots: Option<Roots>,
    child: Child,
}

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// The one that tests share.
pub(crate) fn moto() -> &'static Moto {
    &SHARED
}

impl Moto {
    /// Starts one of a test's own, with these arguments and environment, trusted by these roots.
    pub(crate) fn start(arguments: &[&str], environment: &[(&str, &str)], roots: Option<Roots>) -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/peers/moto/moto_server");
        assert!(program.exists(), "{} is missing; install it with: interop/scripts/moto", program.display());
        // Where the shell's input ends, at the latest with this process, the server ends, too.
        let mut child = Command::new("sh")
            .args(["-c", "\"$0\" \"$@\" & read -r _; kill $!"])
            .arg(program)
            .args(["-H", "127.0.0.1", "-p", "0"])
            .args(arguments)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let mut said = Vec::new();
        let url = lines.find_map(|line| {
            said.push(line.clone());
            Some(line.split_once("Running on ")?.1.trim().to_owned())
        });
        std::thread::spawn(move || lines.for_each(drop));
        let url = url.unwrap_or_else(|| panic!("moto does not run: {said:?}"));
        Self { url, roots, child }
    }

    /// The same behind HTTPS.
    pub(crate) fn with_tls() -> Self {
        let authority = Authority::new();
        let pem = authority.issue(&["127.0.0.1"], &rcgen::PKCS_ECDSA_P256_SHA256);
        let file = |name: &str, content: &str| -> PathBuf {
            let path = std::env::temp_dir().join(format!("kms-{}-{name}", std::process::id()));
            std::fs::write(&path, content).unwrap();
            path
        };
        let (chain, key) = (file("chain.pem", &pem.chain), file("key.pem", &pem.key));
        let arguments = ["-c", chain.to_str().unwrap(), "-k", key.to_str().unwrap()];
        let moto = Self::start(&arguments, &[], Some(authority.roots()));
        for path in [chain, key] {
            std::fs::remove_file(path).unwrap();
        }
        moto
    }

    pub(crate) fn config(&self) -> Config {
        config(&self.url, self.roots.clone())
    }

    /// Who sees to the keys.
    pub(crate) fn administrator(&self) -> Client {
        Client::from_conf(self.config())
    }

    /// Makes a key; returns its ARN.
    pub(crate) async fn make(&self, spec: KeySpec, usage: KeyUsageType) -> String {
        let made = self.administrator().create_key().key_spec(spec).key_usage(usage).send().await.unwrap();
        made.key_metadata.unwrap().arn.unwrap()
    }

    /// Makes a key that signs; returns its ARN.
    pub(crate) async fn key(&self, spec: KeySpec) -> String {
        self.make(spec, KeyUsageType::SignVerify).await
    }

    /// The DER of a public key.
    pub(crate) async fn public_key(&self, key: &str) -> Vec<u8> {
        let answer = self.administrator().get_public_key().key_id(key).send().await.unwrap();
        answer.public_key.unwrap().into_inner()
    }

    /// Loses all keys.
    pub(crate) async fn forget_everything(&self) {
        let mut stream = TcpStream::connect(self.url.strip_prefix("http://").unwrap()).await.unwrap();
        stream.write_all(b"POST /moto-api/reset HTTP/1.0\r\nContent-Length: 0\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.contains(" 200 OK"), "{answer}");
    }

    pub(crate) async fn signer(&self, key: &str) -> KmsSigner {
        KmsSigner::new(self.config(), [key]).await.unwrap()
    }
}

/// The only key of a signer.
pub(crate) fn only(signer: &KmsSigner) -> &KmsKey {
    let mut keys = signer.keys();
    let key = keys.next().unwrap();
    assert!(keys.next().is_none());
    key
}
