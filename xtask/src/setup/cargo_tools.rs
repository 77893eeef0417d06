//! The tools that are Rust programs, built once into the cache: the page's and the fuzzer.
//!
//! Without optimisation: that halves the time to build them, and they are quick enough.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{Part, log};
use crate::lockfile;
use crate::process;
use crate::project::Project;

/// The newest that the project's oldest supported Rust can build.
const TRUNK_VERSION: &str = "0.21.14";

/// It knows what the macros of `wasm_split_helpers` and the program of wasm-bindgen leave in a wasm file.
const WASM_SPLIT_VERSION: &str = "0.2.4";

const CARGO_FUZZ_VERSION: &str = "0.13.2";

pub(super) fn cargo_fuzz_folder(project: &Project) -> PathBuf {
    project.tool("cargo-fuzz", CARGO_FUZZ_VERSION).join("bin")
}

pub(super) fn trunk_folder(project: &Project) -> PathBuf {
    project.tool("trunk", TRUNK_VERSION).join("bin")
}

pub(super) fn wasm_split_folder(project: &Project) -> PathBuf {
    project.tool("wasm-split", WASM_SPLIT_VERSION).join("bin")
}

/// wasm-bindgen's program and crate speak a private format, so they must be of one version.
pub(super) fn wasm_bindgen_folder(project: &Project) -> Result<PathBuf> {
    let version = lockfile::locked_version(project, "wasm-bindgen")?;
    Ok(project.tool("wasm-bindgen", &version).join("bin"))
}

pub(super) fn trunk(project: &Project) -> Part {
    Part {
        what: format!("trunk {TRUNK_VERSION}: builds the page (about 3 minutes, once)"),
        is_there: trunk_folder(project).join("trunk").is_file(),
        install: Box::new(|project| {
            let features = ["--no-default-features", "--features", "rustls"];
            install(project, "trunk", "trunk", TRUNK_VERSION, &features)
        }),
    }
}

pub(super) fn wasm_split(project: &Project) -> Part {
    Part {
        what: format!(
            "wasm-split-cli {WASM_SPLIT_VERSION}: cuts the page's program into parts (about 1 minute, once)"
        ),
        is_there: wasm_split_folder(project).join("wasm-split-cli").is_file(),
        install: Box::new(|project| {
            let features = ["--features", "build-binary"];
            install(project, "wasm_split_cli_support", "wasm-split", WASM_SPLIT_VERSION, &features)
        }),
    }
}

pub(super) fn cargo_fuzz(project: &Project) -> Part {
    Part {
        what: format!("cargo-fuzz {CARGO_FUZZ_VERSION}: tries hostile input (about half a minute, once)"),
        is_there: cargo_fuzz_folder(project).join("cargo-fuzz").is_file(),
        install: Box::new(|project| install(project, "cargo-fuzz", "cargo-fuzz", CARGO_FUZZ_VERSION, &[])),
    }
}

pub(super) fn wasm_bindgen(project: &Project) -> Result<Part> {
    let version = lockfile::locked_version(project, "wasm-bindgen")?;
    Ok(Part {
        what: format!(
            "wasm-bindgen-cli {version}: joins the page's wasm and JavaScript (about 1 minute, once)"
        ),
        is_there: wasm_bindgen_folder(project)?.join("wasm-bindgen").is_file(),
        install: Box::new(move |project| {
            install(project, "wasm-bindgen-cli", "wasm-bindgen", &version, &[]).with_context(|| {
                format!(
                    "Cargo.lock has wasm-bindgen {version} and the program must equal it: if this version cannot \
                     be installed, choose another one in the root Cargo.toml"
                )
            })
        }),
    })
}

fn install(project: &Project, package: &str, name: &str, version: &str, extra: &[&str]) -> Result<()> {
    let mut cargo = process::command("cargo");
    cargo.args(["install", package, "--locked", "--debug", "--version", version]).args(extra);
    cargo.arg("--root").arg(project.tool(name, version)).current_dir(project.root());
    // Nobody debugs these; debug information would take time and hundreds of megabytes.
    cargo.env("CARGO_PROFILE_DEV_DEBUG", "0");
    // Not into this checkout's target folder: the build is thrown away afterwards.
    cargo.env_remove("CARGO_TARGET_DIR");
    process::run_logged(&mut cargo, &log(project, name))
}
