//! Makes certificates and the files that people upload: as ThingsBoard's guides do ([`openssl`],
//! [`keytool`]), and by hand where no guide leads ([`forge`]).

pub(crate) mod forge;
pub(crate) mod keytool;
pub(crate) mod openssl;

use crate::row::Row;
use anyhow::{Context, Result, anyhow};
use keytool::KeyStore;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};
use tests::folder::Folder;

/// Makes what one row needs, in a folder of its own.
pub(crate) type Maker = fn(&Workshop, &Path) -> Result<Certificates>;

/// A server's certificates, and what its client is given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Certificates {
    /// What the server presents, its own first, as PEM.
    pub(crate) chain: String,
    /// As PEM.
    pub(crate) key: String,
    /// `None`: the public authorities.
    pub(crate) upload: Option<Vec<u8>>,
}

impl Certificates {
    pub(crate) fn new(chain: impl Into<String>, key: impl Into<String>, upload: impl Into<Vec<u8>>) -> Self {
        Self { chain: chain.into(), key: key.into(), upload: Some(upload.into()) }
    }
}

/// The same, as files.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    pub(crate) certificates: Certificates,
    pub(crate) chain: PathBuf,
    pub(crate) key: PathBuf,
    pub(crate) upload: Option<PathBuf>,
}

/// What several rows share.
#[derive(Debug)]
pub(crate) struct Workshop {
    folder: Folder,
    key_store: OnceLock<Result<KeyStore, String>>,
}

impl Workshop {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self { folder: Folder::new("diagnosis")?, key_store: OnceLock::new() })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// ThingsBoard's key store script, run once: it starts four Java machines.
    pub(crate) fn key_store(&self) -> Result<&KeyStore> {
        let made = self.key_store.get_or_init(|| {
            let folder = self.folder().join("keytool");
            KeyStore::by_the_script(&folder).map_err(|error| format!("{error:#}"))
        });
        made.as_ref().map_err(|error| anyhow!("{error}"))
    }

    /// Makes everything for all rows, a few at a time.
    pub(crate) fn make(&self, rows: &[Row]) -> Result<Vec<Files>> {
        let (next, made) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(row) = rows.get(index) else { break };
                        let files = self.make_one(row, index);
                        made.lock().unwrap_or_else(PoisonError::into_inner).push((index, files));
                    }
                });
            }
        });
        let mut made = made.into_inner().unwrap_or_else(PoisonError::into_inner);
        made.sort_by_key(|(index, _)| *index);
        made.into_iter().map(|(_, files)| files).collect()
    }

    fn make_one(&self, row: &Row, index: usize) -> Result<Files> {
        let folder = self.folder().join(index.to_string());
        fs::create_dir(&folder).context("cannot make a folder for certificates")?;
        let certificates = (row.make)(self, &folder).with_context(|| format!("making: {}", row.claim))?;
        let write = |name: &str, bytes: &[u8]| -> Result<PathBuf> {
            let path = folder.join(name);
            fs::write(&path, bytes)?;
            Ok(path)
        };
        Ok(Files {
            chain: write("presented.pem", certificates.chain.as_bytes())?,
            key: write("presented.key", certificates.key.as_bytes())?,
            upload: certificates.upload.as_deref().map(|bytes| write("uploaded", bytes)).transpose()?,
            certificates,
        })
    }
}
