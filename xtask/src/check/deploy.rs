//! What `deploy/` holds, judged by the programs that will read it, and by what the repository says elsewhere.
//!
//! Nothing is started and nothing is changed. What depends on the running program (its variables, its metrics) is
//! the business of the integration tests.

mod balancers;
mod cluster;
mod image;
mod service;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::project::Project;
use crate::setup::deploy;

pub(super) fn findings(project: &Project) -> Result<Vec<String>> {
    let readers = deploy::readers(project)?;
    let desk = Desk::new(project)?;
    let grace = grace_seconds(&read(project, "docs/limits.md")?)?;
    let mut findings = service::findings(project, &desk, &readers, grace)?;
    findings.extend(image::findings(project, &desk, &readers)?);
    findings.extend(cluster::findings(project, &desk, &readers, grace)?);
    findings.extend(balancers::findings(project, &desk, &readers)?);
    Ok(findings)
}

/// A folder for what the checks write, with a log for each program.
struct Desk(PathBuf);

impl Desk {
    fn new(project: &Project) -> Result<Self> {
        let folder = project.target().join("check-deploy");
        let _leftover = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Self(folder))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }
}

fn read(project: &Project, file: &str) -> Result<String> {
    fs::read_to_string(project.path(file)).with_context(|| format!("cannot read {file}"))
}

/// How long sessions get to end, seconds, for a proxy that strangers use. A test compares that table with the
/// program.
fn grace_seconds(limits: &str) -> Result<u64> {
    let row = limits.lines().find(|line| line.starts_with("| `grace` |"));
    let hosted = row.and_then(|row| row.split('|').nth(3)).context("docs/limits.md has no `grace`")?;
    let seconds = hosted.trim().trim_end_matches(" s");
    seconds.parse().with_context(|| format!("the `grace` of docs/limits.md is no time in seconds: {hosted}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grace_period_is_the_hosted_one() {
        let table = "| name | local | hosted | what |\n| `grace` | 5 s | 20 s | until the end |\n";
        assert_eq!(grace_seconds(table).unwrap(), 20);
        assert!(grace_seconds("| `life` | none | 3600 s | x |").is_err());
    }
}
