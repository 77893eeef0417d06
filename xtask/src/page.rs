//! Builds the page into `dist/`: the program is compiled and cut into parts, put together with the page's other files,
//! and compressed once, at the highest level, instead of on each request.
//!
//! `trunk serve`, for work on the page, makes it of the same files in one part and quickly.
//!
//! Knows nothing of what the page does, nor who serves it.

mod assemble;
mod budget;
mod compress;
mod html;
mod policy;
mod program;
mod publish;

use std::fs::{self, File};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::process;
use crate::progress::{kilobytes, say, seconds};
use crate::project::Project;
use crate::setup;
use crate::stamp;
use crate::toolchain::WasmToolchain;

/// What the page is made of, with the recipe that this crate is.
const INPUTS: [&str; 10] = [
    "frontend",
    "shared",
    "index.html",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "tools/npm",
    "xtask/src/page.rs",
    "xtask/src/page",
    "xtask/src/setup/cargo_tools.rs",
];

/// What in there does not end up in the page.
const NOT_INPUTS: [&str; 3] = ["tests", "target", "budget.toml"];

const BUDGET: &str = "frontend/budget.toml";

/// What is published in the end, while it is being made.
const ASSEMBLED: &str = "target/page/assembled";

const STAMP: &str = "target/page/stamp";

pub(crate) fn build(project: &Project) -> Result<()> {
    let _lock = lock(project)?;
    let stamp = stamp::of_tree(project.root(), &INPUTS, &NOT_INPUTS, "")?;
    let built = fs::read_to_string(project.path(STAMP)).unwrap_or_default();
    if built == stamp && project.dist().join("index.html").is_file() {
        say("page: unchanged");
        return Ok(());
    }
    let started = Instant::now();
    say("page: building (a minute and a half the first time)");
    let assembled = project.path(ASSEMBLED);
    let program = program::build(project, &assembled)?;
    assemble::assemble(project.root(), &program, &assembled)?;
    publish::publish(&assembled, &project.dist())?;
    fs::write(project.path(STAMP), stamp)?;
    let sizes = budget::measure(&project.dist())?;
    let parts: Vec<String> =
        sizes.parts.iter().map(|(part, size)| format!(", {part} {}", kilobytes(*size))).collect();
    say(format_args!(
        "page: {} built in {}; as brotli the first load {}{}",
        project.relative(&project.dist()),
        seconds(started.elapsed()),
        kilobytes(sizes.first_load),
        parts.concat(),
    ));
    Ok(())
}

/// Whether the built page is as small as it is promised to be.
pub(crate) fn hold_to_budget(project: &Project) -> Result<()> {
    budget::hold(&budget::read(&project.path(BUDGET))?, &budget::measure(&project.dist())?)
}

/// Two builds at once would write into one another's folders.
fn lock(project: &Project) -> Result<File> {
    let folder = project.path("target/page");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let file = File::create(folder.join("lock"))?;
    file.lock().context("cannot lock the page's build folder")?;
    Ok(file)
}

/// A program that finds the page's build tools and the toolchain with wasm32.
pub(crate) fn command(project: &Project, program: &str) -> Result<Command> {
    let path = process::search_path(&setup::tool_folders(project)?)?;
    // Looked up here: a child's changed PATH does not count when the child itself is searched.
    let program = setup::tool_folders(project)?
        .into_iter()
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
        .unwrap_or_else(|| program.into());
    let mut command = process::command(program);
    command.current_dir(project.root()).env("PATH", path).env("CARGO_TARGET_DIR", project.wasm_target());
    // Trunk reads NO_COLOR as a true or false of its own and stops at the usual value 1.
    command.env_remove("NO_COLOR");
    // And shows dozens of lines of its own insides with each of our mistakes, where this is set.
    command.env("RUST_LIB_BACKTRACE", "0");
    WasmToolchain::require()?.apply(&mut command);
    Ok(command)
}
