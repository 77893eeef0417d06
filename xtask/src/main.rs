//! The project's commands, the same on a laptop and in CI: `cargo xtask <command>`.
//!
//! This crate knows how to install, build, check, run and test. It must not know how the product
//! works: it depends on no other crate of the workspace and meets them as command lines and files.
//! Progress goes to standard error; standard output is left to what a command was asked for.

mod bench;
mod check;
mod demo;
mod dev;
mod fuzz;
mod lockfile;
mod page;
mod process;
mod program;
mod progress;
mod project;
mod setup;
mod shell_env;
mod stamp;
mod test;
mod toolchain;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::project::Project;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Set-up, build, checks and tests of Device Console for ThingsBoard")]
struct Args {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything and run the product with its ThingsBoard emulator until Ctrl-C
    Demo {
        /// Passed on to `device-console serve`, after `--`
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Install what is missing, then run every test
    Test(test::Options),
    /// Hostile input for everything that reads what others wrote, for a limited time
    Fuzz(fuzz::Options),
    /// Measure, with everything built as people get it
    Bench(bench::Options),
    /// Install what the other commands need; quick when everything is there
    Setup {
        /// What the set-up is for
        #[arg(long = "for", value_enum, default_value = "everything")]
        purpose: setup::Purpose,
    },
    /// Format, lints (native and wasm), documentation, dependency rules, tidiness
    Check(check::Options),
    /// Build the page into `dist/` and the program that carries it
    Build {
        /// The program optimised, with the page inside it
        #[arg(long)]
        release: bool,
        /// Without any library of the system, for containers and old machines (needs rustup's musl target and
        /// musl-tools)
        #[arg(long = "static", requires = "release")]
        is_static: bool,
    },
    /// Page with hot reload on 127.0.0.1:8081, proxy and emulator behind it
    Dev,
    /// Print the shell settings that let `trunk` and wasm builds run by hand
    Env,
}

fn main() -> ExitCode {
    match run(Args::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            show(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    let project = Project::find()?;
    match task {
        Task::Demo { arguments } => demo::run(&project, &arguments),
        Task::Test(options) => test::run(&project, &options),
        Task::Fuzz(options) => fuzz::run(&project, &options),
        Task::Bench(options) => bench::run(&project, &options),
        Task::Setup { purpose } => setup::run(&project, purpose),
        Task::Check(options) => check::run(&project, &options),
        Task::Build { is_static: true, .. } => build(&project, program::Profile::Static),
        Task::Build { release: true, .. } => build(&project, program::Profile::Release),
        Task::Build { .. } => build(&project, program::Profile::Dev),
        Task::Dev => dev::run(&project),
        Task::Env => shell_env::print(&project),
    }
}

/// From the outermost failure to its cause, a line each. Returned from `main`, an error would bring
/// a backtrace of this program, which helps nobody who misses a package.
fn show(error: &anyhow::Error) {
    progress::say(format_args!("error: {error}"));
    for cause in error.chain().skip(1) {
        progress::say(format_args!("  because: {cause}"));
    }
}

/// The page first: the release program embeds the files it finds in `dist/`.
fn build(project: &Project, profile: program::Profile) -> Result<()> {
    setup::run(project, setup::Purpose::Demo)?;
    page::build(project)?;
    let program = program::build(project, profile)?;
    progress::say(format_args!("program: {}", project.relative(&program)));
    page::hold_to_budget(project)
}
