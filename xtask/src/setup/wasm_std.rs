//! The wasm32 standard library: rustup's where its server answers, Debian's way otherwise.

use std::time::Duration;

use anyhow::{Context, Result};

use super::{Part, apt, debian_std, log};
use crate::process;
use crate::progress::say;
use crate::project::Project;
use crate::toolchain::{WASM_TARGET, WasmToolchain};

/// Long enough for the download on a slow line to begin and end; a server out of reach is given up.
const RUSTUP_LIMIT: Duration = Duration::from_secs(20);

const DEBIAN_CLIPPY: &[&str] = &["rust-web-clippy"];

pub(super) fn part() -> Result<Part> {
    Ok(Part {
        what: format!(
            "the {WASM_TARGET} standard library: the page is a wasm program (seconds by rustup, else a minute)"
        ),
        is_there: WasmToolchain::find()?.is_some(),
        install: Box::new(install),
    })
}

/// Lints for wasm; rustup's toolchain has them already, by `rust-toolchain.toml`.
pub(super) fn clippy_part() -> Result<Part> {
    let what = "clippy of Debian's Rust, for the lints of the page";
    let is_debian = WasmToolchain::find()? == Some(WasmToolchain::Debian);
    Ok(apt::part(what, DEBIAN_CLIPPY, || !is_debian || apt::has(DEBIAN_CLIPPY)))
}

fn install(project: &Project) -> Result<()> {
    let by_rustup = add_target(project);
    let Err(reason) = by_rustup else { return Ok(()) };
    say("  rustup cannot bring it here, so it is built with Debian's Rust");
    debian_std::install(project).with_context(|| {
        format!("neither way worked. With rustup: `rustup target add {WASM_TARGET}` (it said: {reason:#})")
    })
}

fn add_target(project: &Project) -> Result<()> {
    let mut rustup = process::command("rustup");
    rustup.args(["target", "add", WASM_TARGET]).current_dir(project.root());
    process::run_logged_within(&mut rustup, &log(project, "rustup-target"), RUSTUP_LIMIT)?;
    let found = WasmToolchain::find()?;
    found
        .with_context(|| format!("rustup added {WASM_TARGET} to another toolchain than this checkout's"))
        .map(|_| ())
}
