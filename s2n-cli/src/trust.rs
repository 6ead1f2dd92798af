//! Whom to trust: files, folders, the system's roots, or pinned certificates.

use std::path::{Path, PathBuf};

use tls_core::{PreSharedKey, Roots, ServerVerification};

use crate::failure::Failure;

/// What the command line says of trust.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trust<'a> {
    pub(crate) ca_file: Option<&'a Path>,
    pub(crate) ca_dir: Option<&'a Path>,
    pub(crate) insecure: bool,
    pub(crate) pins: &'a [[u8; 32]],
    pub(crate) pre_shared_keys: &'a [PreSharedKey],
}

impl Trust<'_> {
    /// How a client verifies servers: by pins, by the given roots, not at all, by keys alone, or by the system's roots.
    pub(crate) fn of_servers(&self) -> Result<ServerVerification, Failure> {
        if !self.pins.is_empty() {
            return Ok(ServerVerification::Pinned(self.pins.to_vec()));
        }
        match self.given_roots()? {
            Some(roots) => Ok(ServerVerification::Roots(roots)),
            None if self.insecure => Ok(ServerVerification::Insecure),
            None if !self.pre_shared_keys.is_empty() => Ok(ServerVerification::PreSharedKeysOnly),
            None => Ok(ServerVerification::Roots(system_roots()?)),
        }
    }

    /// The roots from the given file and folder, if any was given.
    pub(crate) fn given_roots(&self) -> Result<Option<Roots>, Failure> {
        if self.ca_file.is_none() && self.ca_dir.is_none() {
            return Ok(None);
        }
        let mut roots = Roots::default();
        if let Some(file) = self.ca_file {
            roots.extend(read_roots(file)?);
        }
        if let Some(folder) = self.ca_dir {
            for file in files(folder)? {
                // Such folders hold all sorts of files; what is no certificate is none of our business.
                if let Ok(more) = read_roots(&file) {
                    roots.extend(more);
                }
            }
            if roots.is_empty() {
                let folder = folder.display();
                return Err(Failure::set_up(
                    "no_roots",
                    format!("--ca-dir {folder}: no file in it holds a CA certificate in PEM"),
                ));
            }
        }
        Ok(Some(roots))
    }
}

fn read_roots(file: &Path) -> Result<Roots, Failure> {
    let pem = read(file, "CA file")?;
    Roots::from_pem(&pem)
        .map_err(|error| Failure::set_up("bad_ca_file", format!("{}: {error}", file.display())))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failure = |error: std::io::Error| Failure::unreadable("CA folder", folder, &error);
    let entries = std::fs::read_dir(folder).map_err(failure)?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    Ok(files)
}

fn system_roots() -> Result<Roots, Failure> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = Roots::default();
    for certificate in &found.certs {
        // Systems carry a few certificates that no validator accepts as a root.
        if let Ok(root) = Roots::from_certificates([certificate.as_ref()]) {
            roots.extend(root);
        }
    }
    if roots.is_empty() {
        return Err(Failure::set_up(
            "no_roots",
            "this system has no trusted roots installed: name them with --ca-file or --ca-dir, pin the \
             server's certificate with --pin, or trust anyone with --insecure",
        ));
    }
    Ok(roots)
}

/// Reads a whole file; `what` it is goes into the sentence if that fails.
pub(crate) fn read(file: &Path, what: &str) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|error| Failure::unreadable(what, file, &error))
}
