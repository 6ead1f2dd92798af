//! SoftHSM with tokens of a test's own.
//!
//! A module belongs to a process and reads the environment, so each test runs itself again in a process that has an
//! environment for it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tls_tokio::signer::pkcs11::{Pkcs11Error, Pkcs11Options, Pkcs11Signer, Pkcs11Uri};
use tls_tokio::signer::{Signature, Signer};
use tls_tokio::tls_core::ciphersuites::{Hash, PublicKey, SignatureScheme};
use tls_tokio::tls_core::{KeyId, Role, SignFailure, SignPurpose, SignRequest};

/// The PIN of every token here.
pub(crate) const PIN: &str = "1234";

/// Says to the process that runs one test where its tokens are.
const FOLDER: &str = "PKCS11_TEST_FOLDER";

/// Where a test's tokens are.
#[derive(Debug)]
pub(crate) struct Hsm {
    folder: PathBuf,
}

/// Runs the test of this name, which calls this, in a process of its own.
pub(crate) fn alone(name: &str, test: impl FnOnce(&Hsm)) {
    if let Some(folder) = std::env::var_os(FOLDER) {
        test(&Hsm { folder: folder.into() });
        return wait_for_workers();
    }
    let folder =
        std::env::temp_dir().join(format!("pkcs11-{}-{}", std::process::id(), name.replace(':', "-")));
    fs::create_dir_all(folder.join("tokens")).unwrap();
    let tokens = folder.join("tokens");
    fs::write(folder.join("softhsm2.conf"), format!("directories.tokendir = {}\n", tokens.display()))
        .unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(FOLDER, &folder)
        .env("SOFTHSM2_CONF", folder.join("softhsm2.conf"))
        .env("LD_LIBRARY_PATH", peer("lib"))
        .env("P11_KIT_SERVER_ADDRESS", format!("unix:path={}", folder.join("socket").display()))
        .env_remove("PKCS11_MODULE")
        .env_remove("PKCS11_PIN")
        .output()
        .unwrap();
    let said =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    // Shown with --nocapture: some tests measure.
    print!("{said}");
    let _ = fs::remove_dir_all(&folder);
    assert!(output.status.success(), "{}: {said}", output.status);
    assert!(said.contains("1 passed"), "there is no test of the name {name}");
}

/// Signers that were dropped still close their sessions, for which no drop waits; SoftHSM does not bear that while its
/// process exits. A worker that is stuck in a token closes nothing.
fn wait_for_workers() {
    let works = |task: fs::DirEntry| {
        fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name.trim() == "pkcs11")
    };
    let limit = Instant::now() + Duration::from_secs(2);
    while Instant::now() < limit && fs::read_dir("/proc/self/task").unwrap().flatten().any(works) {
        sleep(Duration::from_millis(5));
    }
}

/// A file of SoftHSM and p11-kit as the project installs them.
pub(crate) fn peer(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/peers/softhsm").join(name);
    assert!(path.exists(), "{} is missing; install it with: interop/scripts/softhsm", path.display());
    path
}

/// One of the keys that the cryptography is tested with.
pub(crate) fn key_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../ciphersuites/testdata/{name}.pkcs8.pem"))
}

/// The public key to [`key_file`]'s.
pub(crate) fn spki(name: &str) -> Vec<u8> {
    let file = format!("../ciphersuites/testdata/{name}.spki.der");
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

impl Hsm {
    /// A file or socket of this test.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn util(&self, arguments: &[&str]) {
        let output = Command::new(peer("softhsm2-util"))
            .arg("--module")
            .arg(peer("libsofthsm2.so"))
            .args(arguments)
            .output()
            .unwrap();
        let said =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        assert!(output.status.success(), "{arguments:?}: {said}");
    }

    /// Makes a token.
    pub(crate) fn token(&self, label: &str) {
        self.util(&["--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "87654321"]);
    }

    /// Puts a key file into a token, labelled with the key's name.
    pub(crate) fn import(&self, token: &str, key: &str, id: &str) {
        self.import_file(token, &key_file(key), key, id, &[]);
    }

    /// Puts a key into a token.
    pub(crate) fn import_file(&self, token: &str, file: &Path, label: &str, id: &str, more: &[&str]) {
        let file = file.to_str().unwrap();
        let mut arguments =
            vec!["--import", file, "--token", token, "--label", label, "--id", id, "--pin", PIN];
        arguments.extend(more);
        self.util(&arguments);
    }

    /// Serves a token over a Unix socket.
    pub(crate) fn serve(&self, token: &str) -> Server {
        let socket = self.file("socket");
        let _ = fs::remove_file(&socket);
        let server = peer("p11-kit-server");
        let child = Command::new(&server)
            .env("P11_KIT_PRIVATEDIR", server.parent().unwrap())
            .args(["--foreground", "--name"])
            .arg(&socket)
            .arg("--provider")
            .arg(peer("libsofthsm2.so"))
            .arg(format!("pkcs11:token={token}"))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        wait_until("p11-kit's server listens", || socket.exists());
        Server(child)
    }
}

/// A server of a token, which ends with this.
#[derive(Debug)]
pub(crate) struct Server(Child);

impl Server {
    /// Stops and continues it and the processes that serve its clients.
    pub(crate) fn signal(&self, signal: &str) {
        let pid = self.0.id().to_string();
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
        let status = Command::new("kill")
            .arg(format!("-{signal}"))
            .arg(&pid)
            .args(children.split(' ').filter(|pid| !pid.is_empty()))
            .status();
        assert!(status.unwrap().success());
    }

    pub(crate) fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if self.0.try_wait().unwrap().is_none() {
            self.signal("KILL");
            self.0.wait().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// The module, and the token and object of the URI, in this process.
pub(crate) fn open(attributes: &str) -> Result<Pkcs11Signer, Pkcs11Error> {
    open_with(attributes, &Pkcs11Options::new().module(peer("libsofthsm2.so")).pin(PIN))
}

pub(crate) fn open_with(attributes: &str, options: &Pkcs11Options) -> Result<Pkcs11Signer, Pkcs11Error> {
    let uri: Pkcs11Uri = format!("pkcs11:{attributes}").parse().unwrap();
    Pkcs11Signer::open(&uri, options)
}

/// A wish for a signature as a server of TLS 1.3 has it.
pub(crate) fn request(signer: &Pkcs11Signer, scheme: SignatureScheme, seed: u32) -> SignRequest {
    request_by(signer.key_id(), signer, scheme, seed)
}

/// The same by a key that may be another.
pub(crate) fn request_by(
    key: KeyId,
    signer: &Pkcs11Signer,
    scheme: SignatureScheme,
    seed: u32,
) -> SignRequest {
    let transcript_hash = Hash::Sha256.digest(&seed.to_be_bytes());
    let purpose = SignPurpose::Tls13CertificateVerify { signer: Role::Server, transcript_hash };
    SignRequest::new(key, signer.key_type(), scheme, purpose)
}

/// Signs, and verifies.
pub(crate) async fn sign(
    signer: &Pkcs11Signer,
    public: &PublicKey,
    request: &SignRequest,
) -> Result<Signature, SignFailure> {
    let signature = signer.sign(request).await?;
    let verified = public.verify_tls12(request.scheme(), request.message(), &signature.bytes);
    let verified =
        verified.or_else(|_| public.verify_tls13(request.scheme(), request.message(), &signature.bytes));
    verified.unwrap_or_else(|error| panic!("{}: {error}", request.scheme()));
    Ok(signature)
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Waits for what comes soon, or fails.
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(30), "{what}: not within 30 seconds");
        sleep(Duration::from_millis(10));
    }
}
