//! Feeds hostile input to the readers of `shared` for a limited time: the targets of `fuzz/`.
//!
//! Knows the targets by their files, and only that they take the time they are given and fail when an
//! input breaks a promise.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;

use crate::process;
use crate::progress::{say, timed};
use crate::project::Project;
use crate::setup::{self, Purpose};

const FOLDER: &str = "fuzz";
const BUILD_FOLDER: &str = "target/fuzz";

/// Files that every run may begin with, whatever its target.
const SHARED_SEEDS: &str = "shared/tests/files";

pub(crate) const USUAL_SECONDS: u64 = 60;

#[derive(Args)]
pub(crate) struct Options {
    /// For all targets together
    #[arg(long, default_value_t = USUAL_SECONDS)]
    seconds: u64,
}

pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    setup::run(project, Purpose::Fuzz)?;
    let failures: Vec<String> = attempts(project, options.seconds)?
        .into_iter()
        .filter_map(|attempt| attempt.outcome.err().map(|error| format!("{}: {error:#}", attempt.target)))
        .collect();
    if !failures.is_empty() {
        bail!("{}", failures.join("\n"));
    }
    Ok(())
}

/// What came of one target.
pub(crate) struct Attempt {
    target: String,
    pub(crate) outcome: Result<()>,
}

/// Tries every target, also after one has failed. An error here is one of the build.
pub(crate) fn attempts(project: &Project, seconds: u64) -> Result<Vec<Attempt>> {
    let targets = targets(project)?;
    timed("fuzz: building (a minute and a half the first time)", || build(project))?;
    let each = (seconds / targets.len() as u64).max(1);
    Ok(targets
        .into_iter()
        .map(|target| {
            let outcome = attempt(project, &target, each);
            match &outcome {
                Ok(inputs) => {
                    say(format_args!("fuzz: {target}: {inputs} inputs in {each} s, no promise broken"));
                }
                Err(error) => say(format_args!("fuzz: {target} FAILED: {error:#}")),
            }
            Attempt { target, outcome: outcome.map(|_| ()) }
        })
        .collect())
}

fn targets(project: &Project) -> Result<Vec<String>> {
    let folder = project.path(FOLDER).join("fuzz_targets");
    let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".rs").map(str::to_owned))
        .collect();
    names.sort();
    if names.is_empty() {
        bail!("{} holds no targets", folder.display());
    }
    Ok(names)
}

fn build(project: &Project) -> Result<()> {
    // cargo-fuzz itself cannot be told to leave the lock file alone.
    let mut fetch = process::command("cargo");
    fetch.args(["fetch", "--quiet", "--locked"]).current_dir(project.path(FOLDER));
    process::run(&mut fetch).with_context(|| {
        format!("where {FOLDER}/Cargo.lock is out of date, `cargo update --workspace` in {FOLDER} renews it")
    })?;
    process::run_logged(&mut cargo_fuzz(project, "build")?, &log(project, "build"))
}

/// Returns how many inputs were tried.
fn attempt(project: &Project, target: &str, seconds: u64) -> Result<u64> {
    // What is found goes into the first folder; the others are read.
    let corpus = format!("{FOLDER}/corpus/{target}");
    let seeds = format!("{FOLDER}/seeds/{target}");
    for folder in [&corpus, &seeds] {
        fs::create_dir_all(project.path(folder)).with_context(|| format!("cannot create {folder}"))?;
    }
    let mut fuzz = cargo_fuzz(project, "run")?;
    fuzz.args([target, &corpus, &seeds, SHARED_SEEDS, "--", "-print_final_stats=1", "-timeout=10"]);
    fuzz.arg(format!("-max_total_time={seconds}"));
    let log = log(project, target);
    let outcome = process::run_logged(&mut fuzz, &log);
    let text = fs::read(&log).with_context(|| format!("cannot read {}", log.display()))?;
    let text = String::from_utf8_lossy(&text);
    if let (Err(_), Some(input)) = (&outcome, failing_input(&text)) {
        return Err(anyhow!("the input in {input} breaks a promise; the run is in {}", log.display()));
    }
    outcome.map(|()| number_of_inputs(&text).unwrap_or_default())
}

/// The stable compiler suffices without sanitizers, and code without `unsafe` needs none.
fn cargo_fuzz(project: &Project, command: &str) -> Result<Command> {
    let mut cargo = process::command("cargo");
    cargo
        .current_dir(project.root())
        .env("PATH", process::search_path(&[setup::cargo_fuzz_folder(project)])?);
    cargo.args(["fuzz", command, "--sanitizer", "none", "--target-dir", BUILD_FOLDER]);
    Ok(cargo)
}

fn log(project: &Project, name: &str) -> PathBuf {
    project.path(BUILD_FOLDER).join("logs").join(format!("{name}.log"))
}

/// From libFuzzer's `Test unit written to fuzz/artifacts/host/crash-…`.
fn failing_input(log: &str) -> Option<&str> {
    log.lines().find_map(|line| Some(line.split_once("Test unit written to ")?.1.trim()))
}

/// From libFuzzer's `stat::number_of_executed_units: 12345`.
fn number_of_inputs(log: &str) -> Option<u64> {
    let line = log.lines().find(|line| line.starts_with("stat::number_of_executed_units"))?;
    line.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_tells_the_number_of_inputs_and_the_one_that_failed() {
        let log = "#2 INITED\nstat::number_of_executed_units: 12345\nstat::average_exec_per_sec: 9\n";
        assert_eq!(number_of_inputs(log), Some(12345));
        assert_eq!(failing_input(log), None);
        let log = "artifact_prefix='a/'; Test unit written to a/crash-1f\nBase64: AA==\n";
        assert_eq!(failing_input(log), Some("a/crash-1f"));
        assert_eq!(number_of_inputs(log), None);
    }
}
