//! The four files of a state directory. Keys are readable by their owner only, and no file is ever seen
//! half written.

use super::Pair;
use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};
use thiserror::Error;
use zeroize::Zeroizing;

const CA: &str = "ca.pem";
const CA_KEY: &str = "ca-key.pem";
const SERVER: &str = "server.pem";
const SERVER_KEY: &str = "server-key.pem";

/// Why the state directory is of no use.
#[derive(Debug, Error)]
pub enum FilesProblem {
    #[error("Cannot use {path}: {source}. Choose another state directory, or correct its permissions.", path = path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{path} lacks {missing}, which belongs to it. Put the file back, or delete both to begin anew.", path = path.display())]
    Half { path: PathBuf, missing: &'static str },
}

/// A state directory.
pub(super) struct Files {
    dir: PathBuf,
}

impl Files {
    /// Makes the directory if it is not there.
    pub(super) fn open(dir: &Path) -> Result<Self, FilesProblem> {
        make_dir(dir).map_err(|source| FilesProblem::Io { path: dir.to_owned(), source })?;
        Ok(Self { dir: dir.to_owned() })
    }

    pub(super) fn read_ca(&self) -> Result<Option<Pair>, FilesProblem> {
        self.read_pair(CA, CA_KEY)
    }

    pub(super) fn read_server(&self) -> Result<Option<Pair>, FilesProblem> {
        self.read_pair(SERVER, SERVER_KEY)
    }

    pub(super) fn write_ca(&self, pair: &Pair) -> Result<(), FilesProblem> {
        self.write_pair(CA, CA_KEY, pair)
    }

    pub(super) fn write_server(&self, pair: &Pair) -> Result<(), FilesProblem> {
        self.write_pair(SERVER, SERVER_KEY, pair)
    }

    fn read_pair(&self, certificate: &'static str, key: &'static str) -> Result<Option<Pair>, FilesProblem> {
        let half = |missing| FilesProblem::Half { path: self.dir.clone(), missing };
        match (self.read(certificate)?, self.read(key)?) {
            (Some(certificate), Some(key)) => Ok(Some(Pair { certificate, key: Zeroizing::new(key) })),
            (None, None) => Ok(None),
            (Some(_), None) => Err(half(key)),
            (None, Some(_)) => Err(half(certificate)),
        }
    }

    fn read(&self, name: &str) -> Result<Option<String>, FilesProblem> {
        match fs::read_to_string(self.dir.join(name)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(self.problem(name, source)),
        }
    }

    fn write_pair(&self, certificate: &str, key: &str, pair: &Pair) -> Result<(), FilesProblem> {
        self.write(key, pair.key.as_bytes(), true)?;
        self.write(certificate, pair.certificate.as_bytes(), false)
    }

    /// Writes beside, then renames.
    fn write(&self, name: &str, bytes: &[u8], secret: bool) -> Result<(), FilesProblem> {
        let beside = self.dir.join(format!("{name}.new"));
        let written = create(&beside, secret)
            .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&beside, self.dir.join(name)));
        written.map_err(|source| self.problem(name, source))
    }

    fn problem(&self, name: &str, source: io::Error) -> FilesProblem {
        FilesProblem::Io { path: self.dir.join(name), source }
    }
}

#[cfg(unix)]
fn make_dir(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

#[cfg(not(unix))]
fn make_dir(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

/// A new file; one left over from an interrupted write is removed first, because its permissions would
/// stay.
fn create(path: &Path, secret: bool) -> io::Result<fs::File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if secret { 0o600 } else { 0o644 });
    #[cfg(not(unix))]
    let _ = secret;
    options.open(path)
}
