//! The Dockerfile: a linter's rules, and that it knows of everything a build needs.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::{Desk, read};
use crate::process;
use crate::project::Project;
use crate::setup::deploy::Readers;

const DOCKERFILE: &str = "deploy/docker/Dockerfile";
const IGNORED: &str = "deploy/docker/Dockerfile.dockerignore";

#[derive(Deserialize)]
struct Manifest {
    workspace: Workspace,
}

#[derive(Deserialize)]
struct Workspace {
    members: Vec<String>,
    package: Package,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Package {
    version: String,
    rust_version: String,
}

pub(super) fn findings(project: &Project, desk: &Desk, readers: &Readers) -> Result<Vec<String>> {
    let log = desk.path("hadolint.log");
    let mut hadolint = process::command(&readers.hadolint);
    process::run_logged(hadolint.arg("--no-color").arg(project.path(DOCKERFILE)), &log)?;

    let manifest: Manifest =
        toml::from_str(&read(project, "Cargo.toml")?).context("Cargo.toml is not as expected")?;
    let Workspace { members, package } = manifest.workspace;
    let mut findings = forgotten(&members, &read(project, IGNORED)?);
    let toolchain = format!("FROM rust:{}-", package.rust_version);
    if !read(project, DOCKERFILE)?.contains(&toolchain) {
        findings.push(format!("{DOCKERFILE} does not build with `{toolchain}…`, the version of Cargo.toml"));
    }
    let image = "deploy/kubernetes/base/kustomization.yaml";
    if !read(project, image)?.contains(&format!("newTag: {}\n", package.version)) {
        findings
            .push(format!("{image} has another newTag than the version of Cargo.toml, {}", package.version));
    }
    Ok(findings)
}

/// Members of the workspace that would not be there in a container.
fn forgotten(members: &[String], ignored: &str) -> Vec<String> {
    let is_there = |member: &String| ignored.lines().any(|line| line.strip_prefix('!') == Some(member));
    let missing = members.iter().filter(|member| !is_there(member));
    missing.map(|member| format!("{IGNORED} keeps {member} out: add `!{member}`")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_that_the_image_does_not_get_is_named() {
        let members = ["shared", "proxy"].map(str::to_owned);
        assert!(forgotten(&members, "*\n!shared\n!proxy\n").is_empty());
        let found = forgotten(&members, "*\n!shared\n!proxy/src\n");
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("`!proxy`"), "{found:?}");
    }
}
