//! The dependency tree against the project's rules: which crates, how many versions, from where,
//! under which licences. The rules that are lists stand in `deny.toml`.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::licence;
use super::policy::{self, Denied, Licenses, Policy};
use crate::process;
use crate::project::Project;

/// How the source of a crate from crates.io ends.
const PUBLIC_REGISTRY: &str = "crates.io-index";

#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    /// Absent for a crate from a folder.
    source: Option<String>,
    license: Option<String>,
}

pub(super) fn findings(project: &Project) -> Result<Vec<String>> {
    let mut cargo = process::command("cargo");
    cargo.args(["metadata", "--format-version", "1", "--locked"]).current_dir(project.root());
    let metadata =
        serde_json::from_str(&process::output(&mut cargo)?).context("cargo metadata has changed")?;
    Ok(judge(&metadata, &policy::read(project)?))
}

fn judge(metadata: &Metadata, policy: &Policy) -> Vec<String> {
    let mut findings: Vec<String> =
        policy.bans.denied.iter().filter_map(|denied| ban(denied, &metadata.packages)).collect();
    for package in &metadata.packages {
        findings.extend(source(package, &metadata.workspace_members));
        findings.extend(license(package, &policy.licenses));
    }
    findings
}

fn ban(denied: &Denied, packages: &[Package]) -> Option<String> {
    let versions: Vec<&str> = packages
        .iter()
        .filter(|package| package.name == denied.name)
        .map(|package| package.version.as_str())
        .collect();
    let limit = usize::from(denied.once);
    let why = denied.reason.as_deref().unwrap_or("see deny.toml");
    let name = &denied.name;
    (versions.len() > limit).then(|| {
        format!("{name} {}: {why}. Find who brings it with `cargo tree -i {name}`.", versions.join(" and "))
    })
}

fn source(package: &Package, members: &[String]) -> Option<String> {
    let is_welcome = match &package.source {
        Some(source) => source.starts_with("registry+") && source.ends_with(PUBLIC_REGISTRY),
        None => members.contains(&package.id),
    };
    let from = package.source.as_deref().unwrap_or("a folder outside the workspace");
    (!is_welcome).then(|| {
        format!("{} {} comes from {from}: use a release from crates.io", package.name, package.version)
    })
}

fn license(package: &Package, licenses: &Licenses) -> Option<String> {
    let licence = package.license.as_deref().unwrap_or_default();
    (!licence::is_accepted(licence, &licenses.accepted_for(&package.name))).then(|| {
        let (name, version) = (&package.name, &package.version);
        format!("{name} {version} has the licence '{licence}', which the list in deny.toml does not satisfy")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CRATES_IO: &str = "registry+https://example.org/crates.io-index";

    fn package(name: &str, version: &str, source: Option<&str>, license: &str) -> Package {
        Package {
            id: format!("{name}@{version}"),
            name: name.to_owned(),
            version: version.to_owned(),
            source: source.map(str::to_owned),
            license: Some(license.to_owned()),
        }
    }

    fn findings_for(packages: Vec<Package>) -> Vec<String> {
        let policy = toml::from_str(
            r#"
            [licenses]
            allow = ["MIT"]
            exceptions = [{ crate = "excepted", allow = ["MPL-2.0"] }]
            [bans]
            deny = [
                { crate = "openssl", reason = "one TLS stack" },
                { crate = "rustls", deny-multiple-versions = true, reason = "one TLS stack" },
            ]
            "#,
        );
        let metadata = Metadata { packages, workspace_members: vec!["ours@0.1.0".to_owned()] };
        judge(&metadata, &policy.unwrap())
    }

    #[test]
    fn an_ordinary_tree_has_no_findings() {
        let packages = vec![
            package("ours", "0.1.0", None, "MIT"),
            package("rustls", "0.23.0", Some(CRATES_IO), "MIT OR ISC"),
            package("openssl-probe", "0.2.0", Some(CRATES_IO), "MIT"),
            package("excepted", "1.0.0", Some(CRATES_IO), "MPL-2.0"),
        ];
        assert_eq!(findings_for(packages), Vec::<String>::new());
    }

    #[test]
    fn bans_doubles_sources_and_licences_are_found() {
        let packages = vec![
            package("openssl", "0.10.0", Some(CRATES_IO), "MIT"),
            package("rustls", "0.22.0", Some(CRATES_IO), "MIT"),
            package("rustls", "0.23.0", Some(CRATES_IO), "MIT"),
            package("forked", "1.0.0", Some("git+https://example.org/forked"), "MIT"),
            package("elsewhere", "1.0.0", None, "MIT"),
            package("unfree", "1.0.0", Some(CRATES_IO), "GPL-3.0"),
        ];
        let findings = findings_for(packages);
        let expected = [
            "openssl 0.10.0: one TLS stack",
            "rustls 0.22.0 and 0.23.0: one TLS stack",
            "forked 1.0.0 comes from git+",
            "elsewhere 1.0.0 comes from a folder outside",
            "unfree 1.0.0 has the licence 'GPL-3.0'",
        ];
        assert_eq!(findings.len(), expected.len(), "{findings:#?}");
        for (finding, beginning) in findings.iter().zip(expected) {
            assert!(finding.starts_with(beginning), "{finding}");
        }
    }
}
