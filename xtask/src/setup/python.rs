//! The Python programs that tests talk to, each in an environment of its own: they bring
//! different builds of one module and must never meet.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::{Part, log};
use crate::process;
use crate::project::Project;
use crate::stamp;

/// Plain MQTT by the client that ThingsBoard's own examples use.
pub(super) const PAHO: &str = "paho";
/// ThingsBoard's device library.
pub(super) const THINGSBOARD: &str = "thingsboard";
/// ThingsBoard's gateway, which wants a device library of another version.
pub(super) const GATEWAY: &str = "gateway";
/// A scanner that judges the page's own TLS.
pub(super) const SSLYZE: &str = "sslyze";
/// What reads the files of `deploy/`.
pub(super) const DEPLOY: &str = "deploy";

/// Written last: an environment without it was interrupted.
const COMPLETE: &str = "complete";

pub(super) fn parts(project: &Project) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    for name in [PAHO, THINGSBOARD, GATEWAY, SSLYZE] {
        parts.push(part(project, name, "a peer for the tests")?);
    }
    Ok(parts)
}

pub(super) fn part(project: &Project, name: &'static str, why: &str) -> Result<Part> {
    Ok(Part {
        what: format!("the Python program '{name}': {why}"),
        is_there: environment(project, name)?.join(COMPLETE).is_file(),
        install: Box::new(move |project| install(project, name)),
    })
}

pub(super) fn interpreter(project: &Project, name: &str) -> Result<PathBuf> {
    let folder = environment(project, name)?;
    if !folder.join(COMPLETE).is_file() {
        bail!("the Python program '{name}' is missing: run `cargo xtask setup`");
    }
    Ok(folder.join("bin/python"))
}

/// Debian splits `venv` off Python; elsewhere it is part of it.
pub(super) fn has_venv() -> bool {
    let on_debian = Path::new("/var/lib/dpkg/info").is_dir();
    process::find_program("python3").is_some_and(|python| {
        let is_debians = python.starts_with("/usr/bin");
        !on_debian || !is_debians || super::apt::has(&["python3-venv"])
    })
}

/// Named by the content of the requirement file, so that a changed pin is a new environment.
fn environment(project: &Project, name: &str) -> Result<PathBuf> {
    let pins = format!("tools/python/{name}.txt");
    let version = stamp::of_tree(project.root(), &[&pins], &[], "")?;
    Ok(project.tool(&format!("python-{name}"), &version))
}

fn install(project: &Project, name: &str) -> Result<()> {
    let folder = environment(project, name)?;
    let log = log(project, &format!("python-{name}"));
    let _leftover = fs::remove_dir_all(&folder);
    process::run_logged(process::command("python3").args(["-m", "venv"]).arg(&folder), &log)?;
    let mut pip = process::command(folder.join("bin/python"));
    // The files name every package there is: nothing else may come along.
    pip.args(["-m", "pip", "install", "--no-deps", "--requirement"]);
    pip.arg(project.path(&format!("tools/python/{name}.txt")));
    process::run_logged(&mut pip, &log)?;
    fs::write(folder.join(COMPLETE), "")?;
    Ok(())
}
