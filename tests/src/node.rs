//! Scripts under `tests/peers/scripts`, run by Node.js with the packages that `tools/npm` pins.

use crate::python::script_path;
use anyhow::{Result, bail};
use std::{env, path::PathBuf, process::Command};

/// The command that runs a script.
///
/// # Errors
/// Node.js, its packages or the script are missing.
pub fn command(script: &str) -> Result<Command> {
    let mut command = Command::new(found("DEVICE_CONSOLE_NODE")?);
    // Node looks for packages above the script, and then here.
    command.env("NODE_PATH", found("DEVICE_CONSOLE_NODE_MODULES")?).arg(script_path(script)?);
    Ok(command)
}

fn found(variable: &str) -> Result<PathBuf> {
    match env::var_os(variable).map(PathBuf::from) {
        Some(path) if path.exists() => Ok(path),
        _ => {
            bail!(
                "no Node.js with MQTT.js ({variable} names none): run `cargo xtask test`, which installs it"
            )
        }
    }
}
