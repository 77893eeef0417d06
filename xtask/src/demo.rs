//! From a fresh clone to the running product, in one command.

use std::process::Command;

use anyhow::Result;

use crate::page;
use crate::process;
use crate::program::{self, Profile};
use crate::project::Project;
use crate::setup::{self, Purpose};

/// Where the demo keeps its certificate authority between runs, so that a browser or client that
/// was told to trust it need not be told again.
pub(crate) const STATE_FOLDER: &str = ".demo";

pub(crate) fn run(project: &Project, arguments: &[String]) -> Result<()> {
    setup::run(project, Purpose::Demo)?;
    page::build(project)?;
    let program = program::build(project, Profile::Dev)?;
    let mut serve = process::command(program);
    serve.current_dir(project.root()).args(["serve", "--demo", "--state-dir", STATE_FOLDER]).args(arguments);
    become_program(&mut serve)
}

/// The program takes this one's place, so that Ctrl-C and its answer to it are its own.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(anyhow::Error::new(command.exec()).context("cannot start the program that was just built"))
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result<()> {
    process::run(command)
}
