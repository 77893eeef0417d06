//! Builds the page into `dist/`: trunk makes it, then it is fitted to the page's security policy
//! (no inline code) and compressed once, at the highest level, instead of on each request.
//!
//! Knows nothing of what the page does, nor who serves it.

mod compress;
mod html;
mod inline_scripts;
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
const INPUTS: [&str; 11] = [
    "frontend",
    "shared",
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "tools/npm",
    "xtask/src/page.rs",
    "xtask/src/page",
    "xtask/src/setup/cargo_tools.rs",
];

/// Folders in there that do not end up in the page.
const NOT_INPUTS: [&str; 2] = ["tests", "target"];

/// Trunk's own result. Not the folder that `trunk serve` writes to, so that both can run.
const TRUNK_OUTPUT: &str = "target/page/trunk";

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
    run_trunk(project)?;
    let sizes = publish::publish(&project.path(TRUNK_OUTPUT), &project.dist())?;
    fs::write(project.path(STAMP), stamp)?;
    say(format_args!(
        "page: {} built in {}; wasm {} ({} as brotli), the whole page {} as brotli",
        project.relative(&project.dist()),
        seconds(started.elapsed()),
        kilobytes(sizes.wasm),
        kilobytes(sizes.wasm_brotli),
        kilobytes(sizes.total_brotli),
    ));
    Ok(())
}

/// Two builds at once would write into one another's folders.
fn lock(project: &Project) -> Result<File> {
    let folder = project.path("target/page");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let file = File::create(folder.join("lock"))?;
    file.lock().context("cannot lock the page's build folder")?;
    Ok(file)
}

fn run_trunk(project: &Project) -> Result<()> {
    // Trunk is kept off the network, so the crates must be there before.
    let mut fetch = process::command("cargo");
    process::run(fetch.args(["fetch", "--quiet", "--locked"]).current_dir(project.root()))?;
    let mut trunk = command(project, "trunk")?;
    trunk.args(["build", "--release", "--offline", "--locked", "--dist", TRUNK_OUTPUT]);
    process::run(&mut trunk)
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
