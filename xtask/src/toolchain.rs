//! Which Rust toolchain can build for wasm32, told by looking at folders alone.
//!
//! Two are possible: the one this checkout is built with, once rustup has added the target to it,
//! and Debian's own compiler, for machines that cannot reach rustup's server. Installing either is
//! the business of `setup`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};

use crate::process;

pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The name under which rustup knows Debian's compiler.
pub(crate) const DEBIAN: &str = "debian";

/// Where Debian's compiler has its libraries.
pub(crate) const DEBIAN_SYSROOT: &str = "/usr";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WasmToolchain {
    /// The toolchain that native builds use.
    Active,
    /// Debian's, linked into rustup as `debian`.
    Debian,
}

impl WasmToolchain {
    pub(crate) fn find() -> Result<Option<Self>> {
        if has_wasm_std(&active_sysroot()?) {
            return Ok(Some(Self::Active));
        }
        Ok(debian_is_ready().then_some(Self::Debian))
    }

    pub(crate) fn require() -> Result<Self> {
        Self::find()?.context("the wasm32 standard library is missing: run `cargo xtask setup`")
    }

    /// Makes a child, and what it starts, use this toolchain.
    pub(crate) fn apply(self, command: &mut Command) {
        // The cargo that runs this program has set the variable to its own toolchain.
        if let Self::Debian = self {
            command.env("RUSTUP_TOOLCHAIN", DEBIAN);
        }
    }
}

/// The folder of the compiler that native builds use.
pub(crate) fn active_sysroot() -> Result<PathBuf> {
    // Cargo tells its children where it lies, which saves asking rustc.
    let cargo = env::var_os("CARGO").map(PathBuf::from);
    let beside_cargo = cargo.as_deref().and_then(Path::parent).and_then(Path::parent);
    if let Some(sysroot) = beside_cargo.filter(|folder| folder.join("lib/rustlib").is_dir()) {
        return Ok(sysroot.to_path_buf());
    }
    let printed = process::output(process::command("rustc").args(["--print", "sysroot"]))?;
    Ok(PathBuf::from(printed.trim()))
}

pub(crate) fn wasm_libraries(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(WASM_TARGET).join("lib")
}

fn has_wasm_std(sysroot: &Path) -> bool {
    let Ok(entries) = fs::read_dir(wasm_libraries(sysroot)) else { return false };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libcore-") && name.ends_with(".rlib")
    })
}

fn debian_is_ready() -> bool {
    let sysroot = Path::new(DEBIAN_SYSROOT);
    let is_linked = rustup_home().join("toolchains").join(DEBIAN).exists();
    is_linked && has_wasm_std(sysroot) && debian_std_fits() && linker_of(sysroot).is_some()
}

/// False when Debian's compiler was exchanged after the standard library was built for it.
fn debian_std_fits() -> bool {
    match fs::read_to_string(debian_std_stamp()) {
        Ok(built_for) => debian_compiler_identity().is_some_and(|identity| identity == built_for),
        // No stamp: not built by us, so a package's, and the package manager keeps them together.
        Err(_) => true,
    }
}

pub(crate) fn debian_std_stamp() -> PathBuf {
    Path::new(DEBIAN_SYSROOT).join("lib/rustlib").join(WASM_TARGET).join("built-for")
}

/// Size and time of the compiler's file: changes with every package version, and costs no start.
pub(crate) fn debian_compiler_identity() -> Option<String> {
    let file = fs::metadata(Path::new(DEBIAN_SYSROOT).join("bin/rustc")).ok()?;
    let changed = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} {}", file.len(), changed.as_secs()))
}

/// The linker for wasm that comes with rustup's toolchains.
pub(crate) fn linker_of(sysroot: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(sysroot.join("lib/rustlib")).ok()?;
    entries.flatten().map(|entry| entry.path().join("bin/rust-lld")).find(|linker| linker.exists())
}

fn rustup_home() -> PathBuf {
    match env::var_os("RUSTUP_HOME") {
        Some(folder) => PathBuf::from(folder),
        None => env::home_dir().unwrap_or_default().join(".rustup"),
    }
}
