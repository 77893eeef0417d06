//! The real program, `device-console`, in a process of its own.

use crate::{PATIENCE, child::Child};
use anyhow::{Context, Result, ensure};
use std::{
    env,
    ffi::OsStr,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// Where `cargo xtask test` says that the program is.
const VARIABLE: &str = "DEVICE_CONSOLE_PROGRAM";

/// What stands before the address in the line by which the program says that it is ready.
pub const READY: &str = "Device Console is at http://";

/// Starts the program with these arguments.
///
/// # Errors
/// See [`command`]; or it cannot be started.
pub fn start(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Child> {
    Child::start("device-console", &mut command(arguments)?)
}

/// The program with these arguments, in an environment without any of its variables.
///
/// # Errors
/// It is not there and cannot be built.
pub fn command(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Command> {
    let mut command = Command::new(path()?);
    command.args(arguments);
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("DEVICE_CONSOLE_"))
    {
        command.env_remove(name);
    }
    Ok(command)
}

/// Waits until the program says that it is ready, and where.
///
/// # Errors
/// It ends before, or never says so.
pub async fn ready(program: &mut Child) -> Result<SocketAddr> {
    let address = |line: &str| line.strip_prefix(READY)?.strip_suffix('/')?.parse().ok();
    program.says(PATIENCE, |mut lines| lines.find_map(address)).await
}

/// Where the program is; built once when nobody has built it.
fn path() -> Result<&'static Path> {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    if let Some(path) = PATH.get() {
        return Ok(path);
    }
    let path = match env::var_os(VARIABLE) {
        Some(path) => PathBuf::from(path),
        None => beside_this_test()?,
    };
    if !path.exists() {
        build()?;
    }
    ensure!(path.exists(), "the program is not at {}: run `cargo build --package proxy`", path.display());
    Ok(PATH.get_or_init(|| path))
}

/// Test programs lie in `deps`, one folder below the programs they test.
fn beside_this_test() -> Result<PathBuf> {
    let test = env::current_exe().context("this test has no path")?;
    let folder = test.parent().and_then(Path::parent).context("a test lies in a target folder")?;
    Ok(folder.join(format!("device-console{}", env::consts::EXE_SUFFIX)))
}

fn build() -> Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--locked", "--package", "proxy"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .context("cannot run cargo")?;
    ensure!(built.success(), "the program cannot be built: {built}");
    Ok(())
}
