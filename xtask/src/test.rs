//! Runs every test there is, with everything they need, and counts them.

mod tally;

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use self::tally::Tally;
use crate::fuzz;
use crate::page;
use crate::process;
use crate::program::{self, Profile};
use crate::progress::{say, seconds};
use crate::project::Project;
use crate::setup::{self, Purpose};
use crate::toolchain::WASM_TARGET;

#[derive(Args)]
pub(crate) struct Options {
    /// Run one group alone
    #[arg(long, value_enum)]
    only: Option<Group>,
    /// Passed on to the test programs, after `--`: a part of a test's name, for example
    #[arg(last = true)]
    arguments: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Group {
    /// Rules inside each crate
    Native,
    /// Whether the parts agree
    Integration,
    /// Whether every server set-up gets its verdict, beside Python's
    Diagnosis,
    /// Whether other people's programs agree
    Peers,
    /// Whether a person can use the page
    Browser,
    /// The page's own tests and the shared rules, run in a browser as wasm
    Wasm,
    /// Hostile input for everything that reads what others wrote, for a minute
    Fuzz,
}

pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    let only_fuzz = options.only == Some(Group::Fuzz);
    setup::run(project, if only_fuzz { Purpose::Fuzz } else { Purpose::Test })?;
    let mut tally = Tally::default();
    let mut failed = Vec::new();
    if !only_fuzz {
        programs(project, options, &mut tally, &mut failed)?;
    }
    // A part of a test's name names no target.
    let everything = options.only.is_none() && options.arguments.is_empty();
    if (only_fuzz || everything) && !fuzz(project, &mut tally)? {
        failed.push("fuzz");
    }
    conclude(tally, &failed)
}

fn programs(
    project: &Project,
    options: &Options,
    tally: &mut Tally,
    failed: &mut Vec<&'static str>,
) -> Result<()> {
    page::build(project)?;
    page::hold_to_budget(project)?;
    let program = program::build(project, Profile::Dev)?;
    for (title, mut command) in commands(project, options.only)? {
        command.env("DEVICE_CONSOLE_PROGRAM", &program);
        if !options.arguments.is_empty() {
            command.arg("--").args(&options.arguments);
        }
        say(format_args!("test: {title}"));
        let started = Instant::now();
        if !run_counted(&mut command, tally)? {
            failed.push(title);
        }
        say(format_args!("  {title} took {}", seconds(started.elapsed())));
    }
    Ok(())
}

/// The cargo calls for what was asked. All name the whole workspace, because naming fewer packages
/// would choose other features and so build everything a second time.
fn commands(project: &Project, only: Option<Group>) -> Result<Vec<(&'static str, Command)>> {
    let native = |arguments: &[&str]| native(project, arguments);
    Ok(match only {
        None => vec![
            ("native, integration, diagnosis, peers and browser", native(&[])?),
            ("wasm", wasm(project)?),
        ],
        Some(Group::Native) => vec![
            ("native", native(&["--lib", "--bins"])?),
            ("examples in documentation", native(&["--doc"])?),
        ],
        Some(Group::Integration) => vec![("integration", native(&["--test", "integration"])?)],
        Some(Group::Diagnosis) => vec![("diagnosis", native(&["--test", "diagnosis"])?)],
        Some(Group::Peers) => vec![("peers", native(&["--test", "peers"])?)],
        Some(Group::Browser) => vec![("browser", native(&["--test", "browser"])?)],
        Some(Group::Wasm) => vec![("wasm", wasm(project)?)],
        Some(Group::Fuzz) => Vec::new(),
    })
}

fn native(project: &Project, arguments: &[&str]) -> Result<Command> {
    let peers = setup::peers(project)?;
    let mut cargo = process::command("cargo");
    cargo
        .current_dir(project.root())
        .args(["test", "--workspace", "--locked", "--no-fail-fast"])
        .args(arguments);
    cargo.env("DEVICE_CONSOLE_DIST", project.dist());
    cargo.env("DEVICE_CONSOLE_PAHO_PYTHON", peers.paho_python);
    cargo.env("DEVICE_CONSOLE_THINGSBOARD_PYTHON", peers.thingsboard_python);
    cargo.env("DEVICE_CONSOLE_GATEWAY_PYTHON", peers.gateway_python);
    cargo.env("DEVICE_CONSOLE_SSLYZE_PYTHON", peers.sslyze_python);
    cargo.env("DEVICE_CONSOLE_NODE", peers.node);
    cargo.env("DEVICE_CONSOLE_NODE_MODULES", peers.node_modules);
    cargo.env("DEVICE_CONSOLE_CHROMEDRIVER", peers.chromedriver);
    cargo.env("DEVICE_CONSOLE_CHROMIUM", peers.chromium);
    cargo.env("DEVICE_CONSOLE_MOSQUITTO", peers.mosquitto);
    cargo.env("DEVICE_CONSOLE_HAPROXY", peers.haproxy);
    cargo.env("DEVICE_CONSOLE_NGINX", peers.nginx);
    cargo.env("DEVICE_CONSOLE_SLOWHTTPTEST", peers.slowhttptest);
    cargo.env("DEVICE_CONSOLE_AXE", peers.axe);
    Ok(cargo)
}

fn wasm(project: &Project) -> Result<Command> {
    let mut cargo = page::command(project, "cargo")?;
    cargo.args(["test", "--package", "frontend", "--package", "shared"]);
    cargo.args(["--locked", "--no-fail-fast", "--target", WASM_TARGET]);
    let runner = format!("CARGO_TARGET_{}_RUNNER", WASM_TARGET.replace('-', "_").to_uppercase());
    cargo.env(runner, "wasm-bindgen-test-runner");
    cargo.env("CHROMEDRIVER", setup::peers(project)?.chromedriver);
    Ok(cargo)
}

/// Each target counts as one test. True when none failed.
fn fuzz(project: &Project, tally: &mut Tally) -> Result<bool> {
    let attempts = fuzz::attempts(project, fuzz::USUAL_SECONDS)?;
    for attempt in &attempts {
        tally.add(attempt.outcome.is_ok());
    }
    Ok(attempts.iter().all(|attempt| attempt.outcome.is_ok()))
}

/// Shows what the tests print and counts their results on the way. True when all passed.
#[expect(clippy::print_stdout, reason = "the test programs' own output, passed on")]
fn run_counted(command: &mut Command, tally: &mut Tally) -> Result<bool> {
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
    let output = child.stdout.take().context("the output was asked for")?;
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        tally.count(&line);
    }
    std::io::stdout().flush()?;
    Ok(child.wait()?.success())
}

#[expect(clippy::print_stdout, reason = "the result is what the command was asked for")]
fn conclude(tally: Tally, failed: &[&str]) -> Result<()> {
    println!("{tally}");
    if !failed.is_empty() {
        bail!("tests failed: {}", failed.join("; "));
    }
    if tally.is_empty() {
        bail!("no test ran");
    }
    Ok(())
}
