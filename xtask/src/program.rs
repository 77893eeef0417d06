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
    /// The same without any library of the system.
    Static,
}

pub(crate) fn build(project: &Project, profile: Profile) -> Result<PathBuf> {
    let mut cargo = process::command("cargo");
    cargo.args(["build", "--locked", "--package", "proxy"]).current_dir(project.root());
    let target = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
    let folder = match profile {
        Profile::Dev => PathBuf::from("debug"),
        Profile::Release => {
            cargo.arg("--release");
            PathBuf::from("release")
        }
        Profile::Static => {
            cargo.args(["--release", "--target", &target]);
            PathBuf::from(&target).join("release")
        }
    };
    process::run(&mut cargo)?;
    Ok(project.target().join(folder).join("device-console"))
}
