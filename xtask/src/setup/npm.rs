//! Tools that npm carries: wasm-opt for the page's size, axe-core for its accessibility tests, MQTT.js
//! as a client to test against.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{Part, log};
use crate::process;
use crate::project::Project;
use crate::stamp;

const PINS: &str = "tools/npm";
const PIN_FILES: [&str; 2] = ["package.json", "package-lock.json"];

/// Named by the content of the pin files, so that a changed pin is a new folder.
pub(super) fn folder(project: &Project) -> Result<PathBuf> {
    let pins = PIN_FILES.map(|file| format!("{PINS}/{file}"));
    let paths: Vec<&str> = pins.iter().map(String::as_str).collect();
    Ok(project.tool("npm", &stamp::of_tree(project.root(), &paths, &[], "")?))
}

pub(super) fn part(project: &Project) -> Result<Part> {
    Ok(Part {
        what: "wasm-opt, axe-core and MQTT.js from npm: a small page, its audit, a peer for tests".to_owned(),
        is_there: folder(project)?.is_dir(),
        install: Box::new(install),
    })
}

fn install(project: &Project) -> Result<()> {
    let finished = folder(project)?;
    let unfinished = finished.with_extension("unfinished");
    let _leftover = fs::remove_dir_all(&unfinished);
    fs::create_dir_all(&unfinished)?;
    for file in PIN_FILES {
        fs::copy(project.path(PINS).join(file), unfinished.join(file))
            .with_context(|| format!("{PINS}/{file} is part of the repository: restore it"))?;
    }
    let mut npm = process::command("npm");
    // No package needs its scripts, and a script of a package is somebody else's program.
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&unfinished);
    process::run_logged(&mut npm, &log(project, "npm"))?;
    fs::rename(&unfinished, &finished).context("cannot put the npm tools in place")
}
