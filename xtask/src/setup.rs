//! Installs what the other commands need, once, and finds in well under a second that it is there.
//!
//! A part is a question that only looks at files ("is it there?") and an action for when it is not.
//! What is built goes into the cache, so that a fresh clone on the same machine builds none of it.

mod apt;
mod cargo_tools;
mod debian_std;
pub(crate) mod deploy;
mod npm;
mod python;
mod wasm_std;

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::process;
use crate::progress::{say, seconds, timed};
use crate::project::Project;

/// What somebody wants to do, and so how much has to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Purpose {
    /// Build and run the product
    Demo,
    /// The lints and dependency rules
    Check,
    /// Every test: a browser, other programs' clients and brokers, a fuzzer
    Test,
    /// The fuzzer alone
    Fuzz,
    /// All of the above
    Everything,
}

impl Purpose {
    fn needs_lints(self) -> bool {
        matches!(self, Self::Check | Self::Everything)
    }

    fn needs_page(self) -> bool {
        self != Self::Fuzz
    }

    fn needs_fuzzer(self) -> bool {
        matches!(self, Self::Test | Self::Fuzz | Self::Everything)
    }

    fn needs_peers(self) -> bool {
        matches!(self, Self::Test | Self::Everything)
    }
}

/// One thing to have.
struct Part {
    /// What it is, and why it is wanted, for the line that announces its installation.
    what: String,
    is_there: bool,
    install: Install,
}

type Install = Box<dyn FnOnce(&Project) -> Result<()>>;

/// The programs and files that only tests use.
#[derive(Debug)]
pub(crate) struct Peers {
    pub(crate) paho_python: PathBuf,
    pub(crate) thingsboard_python: PathBuf,
    pub(crate) gateway_python: PathBuf,
    pub(crate) sslyze_python: PathBuf,
    pub(crate) node: PathBuf,
    /// The folder in which Node looks for packages.
    pub(crate) node_modules: PathBuf,
    pub(crate) chromedriver: PathBuf,
    pub(crate) chromium: PathBuf,
    pub(crate) mosquitto: PathBuf,
    pub(crate) haproxy: PathBuf,
    pub(crate) nginx: PathBuf,
    pub(crate) slowhttptest: PathBuf,
    pub(crate) axe: PathBuf,
}

pub(crate) fn run(project: &Project, purpose: Purpose) -> Result<()> {
    let started = Instant::now();
    if parts(project, purpose)?.iter().all(|part| part.is_there) {
        say(format_args!("setup: everything is in place ({})", seconds(started.elapsed())));
        return Ok(());
    }
    // Another command may be installing the same things: wait for it, then look again.
    let _lock = lock(project)?;
    // One at a time and looking anew: a part may depend on what an earlier one has brought.
    let count = parts(project, purpose)?.len();
    for index in 0..count {
        let Some(part) = parts(project, purpose)?.into_iter().nth(index) else { break };
        if !part.is_there {
            install(project, part)?;
        }
    }
    say(format_args!("setup: finished in {}", seconds(started.elapsed())));
    Ok(())
}

fn install(project: &Project, part: Part) -> Result<()> {
    let failure = format!("could not install {}", part.what);
    timed(format_args!("installing {}", part.what), || (part.install)(project)).context(failure)
}

fn parts(project: &Project, purpose: Purpose) -> Result<Vec<Part>> {
    // What may need a person's help comes before what takes minutes.
    let mut parts = Vec::new();
    if purpose.needs_page() {
        parts.push(wasm_std::part()?);
        parts.push(apt::part("npm, to fetch wasm-opt", &["npm"], || program_exists(&["npm"])));
    }
    if purpose.needs_fuzzer() {
        parts.push(apt::part("a C++ compiler, for the fuzzer", &["g++"], || program_exists(&["c++"])));
    }
    if purpose.needs_lints() {
        parts.push(wasm_std::clippy_part()?);
        parts.extend(deploy::parts(project)?);
    }
    if purpose.needs_peers() {
        parts.push(apt::part(
            "chromium and its driver, for tests of the page",
            CHROMIUM_PACKAGES,
            has_browser,
        ));
        parts.push(apt::part(
            "mosquitto, a broker and clients to test against",
            MOSQUITTO_PACKAGES,
            has_mosquitto,
        ));
        parts.push(apt::part(
            "curl and a C++ compiler, to run what Copy as writes",
            &["curl", "g++"],
            || program_exists(&["curl"]) && program_exists(&["c++"]),
        ));
        parts.push(apt::part("haproxy, a load balancer to stand behind", &["haproxy"], || {
            program_exists(&["haproxy"])
        }));
        parts.push(deploy::nginx());
        parts.push(apt::part("slowhttptest, a client that dawdles on purpose", &["slowhttptest"], || {
            program_exists(&["slowhttptest"])
        }));
        parts.push(apt::part("openssl, to make certificates as guides do", &["openssl"], || {
            program_exists(&["openssl"])
        }));
        parts.push(apt::part(
            "keytool, to make certificates as guides do",
            &["default-jre-headless"],
            || program_exists(&["keytool"]),
        ));
        parts.push(apt::part(
            "Python's venv, for clients to test against",
            &["python3-venv"],
            python::has_venv,
        ));
        parts.extend(python::parts(project)?);
    }
    if purpose.needs_fuzzer() {
        parts.push(cargo_tools::cargo_fuzz(project));
    }
    if purpose.needs_page() {
        parts.push(npm::part(project)?);
        parts.push(cargo_tools::wasm_bindgen(project)?);
        parts.push(cargo_tools::wasm_split(project));
        parts.push(cargo_tools::trunk(project));
    }
    Ok(parts)
}

const CHROMIUM_PACKAGES: &[&str] = &["chromium", "chromium-driver"];
const CHROMIUM_NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome"];
const MOSQUITTO_PACKAGES: &[&str] = &["mosquitto", "mosquitto-clients"];

fn has_browser() -> bool {
    program_exists(CHROMIUM_NAMES) && program_exists(&["chromedriver"])
}

fn has_mosquitto() -> bool {
    program_exists(&["mosquitto"]) && program_exists(&["mosquitto_pub"])
}

fn program_exists(names: &[&str]) -> bool {
    names.iter().any(|name| process::find_program(name).is_some())
}

fn lock(project: &Project) -> Result<File> {
    fs::create_dir_all(project.cache())
        .with_context(|| format!("cannot create {}: set DEVICE_CONSOLE_CACHE", project.cache().display()))?;
    let file = File::create(project.cache().join("setup.lock"))?;
    file.lock().context("cannot lock the cache folder")?;
    Ok(file)
}

fn log(project: &Project, name: &str) -> PathBuf {
    project.cache().join("logs").join(format!("{name}.log"))
}

/// The folders to put in front of the search path when the page is built.
pub(crate) fn tool_folders(project: &Project) -> Result<Vec<PathBuf>> {
    let wasm_bindgen = cargo_tools::wasm_bindgen_folder(project)?;
    Ok(vec![
        cargo_tools::trunk_folder(project),
        cargo_tools::wasm_split_folder(project),
        wasm_bindgen,
        npm::folder(project)?.join("node_modules/.bin"),
    ])
}

pub(crate) fn cargo_fuzz_folder(project: &Project) -> PathBuf {
    cargo_tools::cargo_fuzz_folder(project)
}

/// Where the tests find their peers. Says which is missing, so that no test can skip it silently.
pub(crate) fn peers(project: &Project) -> Result<Peers> {
    let chromium = CHROMIUM_NAMES.iter().find_map(|name| process::find_program(name));
    Ok(Peers {
        paho_python: python::interpreter(project, python::PAHO)?,
        thingsboard_python: python::interpreter(project, python::THINGSBOARD)?,
        gateway_python: python::interpreter(project, python::GATEWAY)?,
        sslyze_python: python::interpreter(project, python::SSLYZE)?,
        node: require("node")?,
        node_modules: npm::folder(project)?.join("node_modules"),
        chromedriver: require("chromedriver")?,
        chromium: chromium.context("chromium is missing: run `cargo xtask setup`")?,
        mosquitto: require("mosquitto")?,
        haproxy: require("haproxy")?,
        nginx: require("nginx")?,
        slowhttptest: require("slowhttptest")?,
        axe: npm::folder(project)?.join("node_modules/axe-core/axe.min.js"),
    })
}

fn require(program: &str) -> Result<PathBuf> {
    process::find_program(program).with_context(|| format!("{program} is missing: run `cargo xtask setup`"))
}
