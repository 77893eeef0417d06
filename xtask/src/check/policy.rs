//! The rules for dependencies, read from `deny.toml`: cargo-deny enforces them where it can be
//! installed, and [`super::tree`] everywhere else, from the same lists.

use std::fs;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::project::Project;

const FILE: &str = "deny.toml";

#[derive(Debug, Deserialize)]
pub(super) struct Policy {
    pub(super) licenses: Licenses,
    pub(super) bans: Bans,
}

#[derive(Debug, Deserialize)]
pub(super) struct Licenses {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

/// Licences accepted for one crate alone.
#[derive(Debug, Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

impl Licenses {
    pub(super) fn accepted_for(&self, package: &str) -> Vec<&str> {
        let excepted = self.exceptions.iter().filter(|exception| exception.name == package);
        excepted.flat_map(|exception| &exception.allow).chain(&self.allow).map(String::as_str).collect()
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Bans {
    #[serde(rename = "deny")]
    pub(super) denied: Vec<Denied>,
}

/// A crate that must not be there, or not twice.
#[derive(Debug, Deserialize)]
pub(super) struct Denied {
    #[serde(rename = "crate")]
    pub(super) name: String,
    /// Present: one version of it is welcome, a second is not.
    #[serde(default, rename = "deny-multiple-versions")]
    pub(super) once: bool,
    pub(super) reason: Option<String>,
}

pub(super) fn read(project: &Project) -> Result<Policy> {
    let text = fs::read_to_string(project.path(FILE)).with_context(|| format!("cannot read {FILE}"))?;
    toml::from_str(&text).with_context(|| format!("{FILE} is not as expected"))
}
