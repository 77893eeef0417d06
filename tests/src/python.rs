//! Scripts under `tests/peers/scripts`, run by the Python clients that people use.
//!
//! A script tells what it sees as JSON, one value a line on standard output.

use crate::{PATIENCE, child::Child};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// A script may need to load half of a library before it does anything.
const LIMIT: Duration = Duration::from_secs(30);

/// A Python with one client installed.
#[derive(Clone, Copy, Debug)]
pub enum Python {
    /// paho-mqtt, which ThingsBoard's MQTT examples use.
    Paho,
    /// tb-mqtt-client, ThingsBoard's own device library.
    ThingsBoard,
    /// thingsboard-gateway, ThingsBoard's own gateway.
    Gateway,
    /// sslyze, a scanner for TLS listeners.
    Sslyze,
}

/// A running script.
#[derive(Debug)]
pub struct Script {
    child: Child,
    read: usize,
}

impl Python {
    /// Starts a script.
    ///
    /// # Errors
    /// This Python or the script is missing.
    pub fn start(self, script: &str, arguments: &[impl AsRef<OsStr>]) -> Result<Script> {
        let mut command = self.command(script)?;
        Ok(Script { child: Child::start(script, command.args(arguments))?, read: 0 })
    }

    /// The command that runs a script.
    ///
    /// # Errors
    /// This Python or the script is missing.
    pub fn command(self, script: &str) -> Result<Command> {
        let mut command = Command::new(self.interpreter()?);
        // Unbuffered, and no compiled files among the sources.
        command.arg("-uB").arg(script_path(script)?);
        Ok(command)
    }

    /// # Errors
    /// This Python is missing.
    pub fn interpreter(self) -> Result<PathBuf> {
        let (variable, client) = match self {
            Self::Paho => ("DEVICE_CONSOLE_PAHO_PYTHON", "paho-mqtt"),
            Self::ThingsBoard => ("DEVICE_CONSOLE_THINGSBOARD_PYTHON", "tb-mqtt-client"),
            Self::Gateway => ("DEVICE_CONSOLE_GATEWAY_PYTHON", "thingsboard-gateway"),
            Self::Sslyze => ("DEVICE_CONSOLE_SSLYZE_PYTHON", "sslyze"),
        };
        match env::var_os(variable).map(PathBuf::from) {
            Some(path) if path.is_file() => Ok(path),
            _ => bail!(
                "no Python with {client} ({variable} names none): run `cargo xtask test`, which installs it"
            ),
        }
    }
}

/// Where a script is.
///
/// # Errors
/// It is missing.
pub fn script_path(script: &str) -> Result<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/scripts").join(script);
    ensure!(path.is_file(), "the script {} is missing", path.display());
    Ok(path)
}

impl Script {
    /// The next line, as JSON.
    ///
    /// # Errors
    /// The script ends without one, or takes too long.
    pub async fn next(&mut self) -> Result<Value> {
        let index = self.read;
        let line = self.child.says(LIMIT, |mut lines| lines.nth(index).map(str::to_owned)).await?;
        self.read += 1;
        serde_json::from_str(&line).with_context(|| format!("no JSON: {line}"))
    }

    /// Waits until the script is through, and returns the lines not yet read.
    ///
    /// # Errors
    /// It fails, hangs, or says what is no JSON.
    pub async fn finish(mut self) -> Result<Vec<Value>> {
        let status = self.child.ended(LIMIT).await?;
        let stdout = self.child.stdout();
        ensure!(status.success(), "the script failed ({status}):\n{stdout}{}", self.child.stderr());
        let rest = stdout.lines().skip(self.read);
        rest.map(|line| serde_json::from_str(line).with_context(|| format!("no JSON: {line}"))).collect()
    }

    /// Ends a script that would run for ever.
    ///
    /// # Errors
    /// It cannot be ended.
    pub async fn stop(mut self) -> Result<()> {
        self.child.terminate()?;
        self.child.ended(PATIENCE).await.map(drop)
    }
}
