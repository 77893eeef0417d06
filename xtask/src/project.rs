//! Where things are: the checkout, its build folders, and the cache that outlives a checkout.
//!
//! Knows paths only; it creates nothing.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Moves the cache away from its usual place.
const CACHE_VARIABLE: &str = "DEVICE_CONSOLE_CACHE";

#[derive(Debug)]
pub(crate) struct Project {
    root: PathBuf,
    cache: PathBuf,
}

impl Project {
    pub(crate) fn find() -> Result<Self> {
        let own_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = own_folder.parent().context("the xtask crate lies directly in the workspace")?;
        Ok(Self { root: root.to_path_buf(), cache: cache_folder()? })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        self.root.join(inside)
    }

    /// The cargo target folder of native builds.
    pub(crate) fn target(&self) -> PathBuf {
        match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => self.root.join(folder),
            None => self.path("target"),
        }
    }

    /// Wasm builds have a target folder of their own, so that they and native builds do not wait
    /// for each other's lock.
    pub(crate) fn wasm_target(&self) -> PathBuf {
        self.path("target/wasm")
    }

    /// The finished page, as the proxy serves and embeds it.
    pub(crate) fn dist(&self) -> PathBuf {
        self.path("dist")
    }

    pub(crate) fn cache(&self) -> &Path {
        &self.cache
    }

    pub(crate) fn tool(&self, name: &str, version: &str) -> PathBuf {
        self.cache.join("tools").join(format!("{name}-{version}"))
    }

    /// A path as a person standing in the checkout would type it.
    pub(crate) fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }
}

fn cache_folder() -> Result<PathBuf> {
    if let Some(folder) = non_empty(CACHE_VARIABLE) {
        // Children run in other folders, so a relative cache would move with them.
        return std::path::absolute(&folder)
            .with_context(|| format!("{CACHE_VARIABLE} is not a usable path"));
    }
    if let Some(folder) = non_empty("XDG_CACHE_HOME") {
        return Ok(folder.join("device-console"));
    }
    let home = env::home_dir().with_context(|| {
        format!("no home folder is known: set {CACHE_VARIABLE} to a folder for the build tools")
    })?;
    Ok(home.join(".cache/device-console"))
}

fn non_empty(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}
