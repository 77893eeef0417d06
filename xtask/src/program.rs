//! Builds the program `device-console`.

use std::path::PathBuf;

use anyhow::Result;

use crate::process;
use crate::project::Project;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build; reads the page from `dist/`.
    Dev,
    /// One file with the page inside.
    Release,
}

pub(crate) fn build(project: &Project, profile: Profile) -> Result<PathBuf> {
    let mut cargo = process::command("cargo");
    cargo.args(["build", "--locked", "--package", "proxy"]).current_dir(project.root());
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => {
            cargo.arg("--release");
            "release"
        }
    };
    process::run(&mut cargo)?;
    Ok(project.target().join(folder).join("device-console"))
}
