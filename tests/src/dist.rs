//! The built page, as `cargo xtask build` leaves it.

use anyhow::{Context, Result, ensure};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// Where `cargo xtask test` says that the page is.
const VARIABLE: &str = "DEVICE_CONSOLE_DIST";

/// The folder of the built page.
///
/// # Errors
/// The page is not built.
pub fn folder() -> Result<PathBuf> {
    let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("dist");
    let folder = env::var_os(VARIABLE).map_or_else(usual, PathBuf::from);
    ensure!(
        folder.join("index.html").is_file(),
        "the page is not built ({} has no index.html): run `cargo xtask test`, which builds it",
        folder.display()
    );
    Ok(folder)
}

/// The names of the files as they are asked for, without their compressed forms.
///
/// # Errors
/// The page is not built.
pub fn names() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder()?)? {
        let name = entry?.file_name().into_string().ok().context("a file's name is no text")?;
        if !name.ends_with(".br") && !name.ends_with(".gz") {
            names.push(name);
        }
    }
    Ok(names)
}

/// The name of the one file whose name ends so.
///
/// # Errors
/// The page is not built, or has no such file, or several.
pub fn name_ending(ending: &str) -> Result<String> {
    let mut names = names()?;
    names.retain(|name| name.ends_with(ending));
    ensure!(names.len() == 1, "not one file ends in {ending}: {names:?}");
    Ok(names.remove(0))
}
