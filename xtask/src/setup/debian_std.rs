//! The wasm32 standard library for Debian's Rust, which ships its source but not its build.
//!
//! The result is put where Debian's compiler looks, and the compiler is made known to rustup under
//! the name `debian`: from then on choosing that toolchain is all that a wasm build needs.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::apt::{self, Rights};
use super::log;
use crate::process;
use crate::progress::say;
use crate::project::Project;
use crate::toolchain::{
    DEBIAN, DEBIAN_SYSROOT, WASM_TARGET, active_sysroot, debian_compiler_identity, debian_std_stamp,
    linker_of, wasm_libraries,
};

const PACKAGES: &[&str] = &["rustc-web", "cargo-web", "rust-web-src"];

/// The name of the empty crate whose build makes cargo build the standard library.
const CARRIER: &str = "standard_library_carrier";

pub(super) fn install(project: &Project) -> Result<()> {
    if !apt::has(PACKAGES) {
        say(format_args!("  installing Debian packages {}", PACKAGES.join(" ")));
        apt::install(project, PACKAGES)?;
    }
    let rights =
        Rights::find().context("this writes below /usr/lib and so needs the administrator's rights")?;
    provide_linker(project, rights)?;
    say("  building the standard library once (under a minute)");
    let libraries = build(project)?;
    place(project, rights, &libraries)?;
    link_toolchain(project)?;
    // Cargo does not notice that the library below its builds has changed.
    match fs::remove_dir_all(project.wasm_target()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Debian's compiler looks for a linker that Debian does not package; rustup's toolchain has it.
fn provide_linker(project: &Project, rights: Rights) -> Result<()> {
    let debian = Path::new(DEBIAN_SYSROOT);
    if linker_of(debian).is_some() {
        return Ok(());
    }
    let linker = linker_of(&active_sysroot()?)
        .context("no rust-lld in the active toolchain: use rustup's stable toolchain for this checkout")?;
    let below_sysroot = linker.parent().and_then(Path::parent).and_then(Path::file_name);
    let host = below_sysroot.context("rust-lld lies in a folder of its host")?;
    let folder = debian.join("lib/rustlib").join(host).join("bin");
    let log = log(project, "debian-std-link");
    process::run_logged(rights.command("mkdir").arg("-p").arg(&folder), &log)?;
    process::run_logged(rights.command("ln").arg("-sfn").arg(linker).arg(folder.join("rust-lld")), &log)
}

fn build(project: &Project) -> Result<Vec<PathBuf>> {
    let folder = project.cache().join("build/debian-std");
    let _leftover = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("Cargo.toml"), carrier_manifest())?;
    fs::write(folder.join("src/lib.rs"), "#![no_std]\n")?;

    let mut cargo = process::command(Path::new(DEBIAN_SYSROOT).join("bin/cargo"));
    cargo.args(["build", "--release", "-Zbuild-std=std,panic_abort,test", "--target", WASM_TARGET]);
    cargo.current_dir(&folder).env("CARGO_TARGET_DIR", folder.join("target"));
    cargo.env("RUSTC", Path::new(DEBIAN_SYSROOT).join("bin/rustc"));
    // Building the standard library is not a stable feature of cargo.
    cargo.env("RUSTC_BOOTSTRAP", "1");
    // As the official library is built; more units would make the page larger.
    cargo.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1");
    // Without bitcode inside, link-time optimisation of the page fails.
    cargo.env("RUSTFLAGS", "-Cembed-bitcode=yes");
    process::run_logged(&mut cargo, &log(project, "debian-std"))?;
    built_libraries(&folder.join("target").join(WASM_TARGET).join("release/deps"))
}

fn carrier_manifest() -> String {
    format!("[package]\nname = \"{CARRIER}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n")
}

fn built_libraries(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut libraries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".rlib") && !name.contains(CARRIER) {
            libraries.push(path);
        }
    }
    if libraries.is_empty() {
        bail!("the build left no libraries in {}", folder.display());
    }
    Ok(libraries)
}

/// Puts the libraries in place beside the note which compiler they are for.
fn place(project: &Project, rights: Rights, libraries: &[PathBuf]) -> Result<()> {
    let log = log(project, "debian-std-copy");
    let folder = wasm_libraries(Path::new(DEBIAN_SYSROOT));
    let identity = debian_compiler_identity().context("Debian's rustc is missing after its installation")?;
    let note = project.cache().join("build/debian-std/built-for");
    fs::write(&note, identity)?;

    // Two builds of one library in the folder would make the compiler refuse both.
    process::run_logged(rights.command("rm").arg("-rf").arg(&folder), &log)?;
    process::run_logged(rights.command("mkdir").arg("-p").arg(&folder), &log)?;
    process::run_logged(rights.command("cp").arg(note).arg(debian_std_stamp()), &log)?;
    process::run_logged(rights.command("cp").args(libraries).arg(&folder), &log)
}

fn link_toolchain(project: &Project) -> Result<()> {
    let mut rustup = process::command("rustup");
    rustup.args(["toolchain", "link", DEBIAN, DEBIAN_SYSROOT]);
    process::run_logged(&mut rustup, &log(project, "rustup-link"))
}
