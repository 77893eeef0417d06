//! Folders for one test.

use anyhow::{Context, Result};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

/// A new folder, removed with its last owner.
#[derive(Clone, Debug)]
pub struct Folder(Arc<Removed>);

#[derive(Debug)]
struct Removed(PathBuf);

impl Folder {
    /// # Errors
    /// The folder for temporary files cannot be written.
    pub fn new(name: &str) -> Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("device-console-{name}-{}-{number}", process::id()));
        fs::create_dir(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self(Arc::new(Removed(path))))
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.0
    }

    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.path().join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }
}

impl Drop for Removed {
    fn drop(&mut self) {
        // A folder left behind harms nobody.
        let _: std::io::Result<()> = fs::remove_dir_all(&self.0);
    }
}
