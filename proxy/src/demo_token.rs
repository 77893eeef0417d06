//! The demo device's token, kept in the state folder, so that a page which is open survives a restart of the
//! demo.

use anyhow::Context;
use emulator::DeviceSpec;
use shared::credentials::AccessToken;
use std::{fs, io::Write, path::Path};

const FILE: &str = "demo-token";

/// Gives `device` the token of an earlier start, or keeps its own for the next one.
///
/// # Errors
/// The file cannot be read or written.
pub(crate) fn keep(device: &mut DeviceSpec, state_dir: &Path) -> anyhow::Result<()> {
    let path = state_dir.join(FILE);
    let problem = || format!("cannot use {}", path.display());
    if let Ok(text) = fs::read_to_string(&path) {
        device.access_token = AccessToken::parse(text.trim_end()).with_context(problem)?;
        return Ok(());
    }
    fs::create_dir_all(state_dir).with_context(problem)?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path).with_context(problem)?;
    file.write_all(device.access_token.expose().as_bytes()).with_context(problem)
}
