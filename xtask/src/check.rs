//! Everything that can be judged without running the product. All steps run even when one fails, so
//! that one call shows all there is to mend.

mod deploy;
mod licence;
mod policy;
mod tidy;
mod tree;

use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::page;
use crate::process;
use crate::progress::{say, seconds};
use crate::project::Project;
use crate::setup::{self, Purpose};
use crate::toolchain::WASM_TARGET;

#[derive(Args)]
pub(crate) struct Options {
    /// Run one step alone
    #[arg(long, value_enum)]
    only: Option<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Step {
    /// No forbidden text in any file
    Tidy,
    /// Every file as rustfmt writes it
    Fmt,
    /// Which crates are used, where they come from, under which licences
    Tree,
    /// The files of deploy/, by the programs that read them
    Deploy,
    /// Lints of everything, natively
    Clippy,
    /// Lints of what runs in the browser, for wasm
    ClippyWasm,
    /// Documentation without broken links
    Doc,
}

/// The quick ones first.
const ALL: [Step; 7] =
    [Step::Tidy, Step::Fmt, Step::Tree, Step::Deploy, Step::Clippy, Step::ClippyWasm, Step::Doc];

pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    let steps = options.only.map_or_else(|| ALL.to_vec(), |step| vec![step]);
    if steps.contains(&Step::ClippyWasm) || steps.contains(&Step::Deploy) {
        setup::run(project, Purpose::Check)?;
    }
    let mut failed = Vec::new();
    for step in &steps {
        say(format_args!("check: {}", step.name()));
        let started = Instant::now();
        let outcome = step.run(project);
        let elapsed = seconds(started.elapsed());
        match outcome {
            Ok(()) => say(format_args!("  ok ({elapsed})")),
            Err(error) => {
                say(format_args!("  FAILED ({elapsed}): {error:#}"));
                failed.push(step.name());
            }
        }
    }
    if !failed.is_empty() {
        bail!("{} of {} checks failed: {}", failed.len(), steps.len(), failed.join(", "));
    }
    say(format_args!("check: all {} passed", steps.len()));
    Ok(())
}

impl Step {
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    fn run(self, project: &Project) -> Result<()> {
        match self {
            Self::Tidy => report(&tidy::findings(project)?),
            Self::Fmt => {
                process::run(cargo(project).args(["fmt", "--all", "--check"]))?;
                let fuzz = ["fmt", "--check", "--manifest-path", "fuzz/Cargo.toml"];
                process::run(cargo(project).args(fuzz))
            }
            Self::Tree => report(&tree::findings(project)?),
            Self::Deploy => report(&deploy::findings(project)?),
            Self::Clippy => {
                let native = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
                process::run(cargo(project).args(native))
            }
            Self::ClippyWasm => {
                let packages = ["--package", "frontend", "--package", "shared"];
                let mut cargo = page::command(project, "cargo")?;
                cargo.args(["clippy", "--all-targets", "--locked", "--target", WASM_TARGET]).args(packages);
                // As the page is published; uncut it is looked at natively.
                cargo.args(["--features", "frontend/split"]);
                process::run(cargo.args(["--", "-D", "warnings"]))
            }
            Self::Doc => {
                let mut cargo = cargo(project);
                cargo
                    .args(["doc", "--workspace", "--no-deps", "--locked"])
                    .env("RUSTDOCFLAGS", "-D warnings");
                process::run(&mut cargo)
            }
        }
    }
}

fn cargo(project: &Project) -> Command {
    let mut cargo = process::command("cargo");
    cargo.current_dir(project.root());
    cargo
}

fn report(findings: &[String]) -> Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    for finding in findings {
        say(format_args!("  {finding}"));
    }
    bail!("{} findings", findings.len())
}
