//! Runs this folder's Python scripts. They need Python's own library and nothing else.

use anyhow::{Context, Result, ensure};
use std::{
    env,
    ffi::OsString,
    path::Path,
    process::{Command, Stdio},
};
use tests::child::Child;

/// Starts a script, with the file that says what it is to do.
pub(crate) fn start(script: &str, task: &Path) -> Result<Child> {
    let interpreter = env::var_os("DEVICE_CONSOLE_PAHO_PYTHON").unwrap_or_else(|| OsString::from("python3"));
    let probe = Command::new(&interpreter).args(["-c", "import ssl"]).stderr(Stdio::null()).status();
    ensure!(
        probe.is_ok_and(|status| status.success()),
        "there is no Python with ssl: run `cargo xtask setup` or install the package python3"
    );
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("diagnosis/scripts").join(script);
    Child::start("python3", Command::new(interpreter).arg("-B").arg(script).arg(task))
        .context("cannot start Python")
}
