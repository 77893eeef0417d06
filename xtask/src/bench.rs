//! Measurements: nothing passes or fails here but what must never be wrong.
//!
//! Knows each as an example of the package `tests`, with everything built as people get it.

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::page;
use crate::process;
use crate::project::Project;
use crate::setup::{self, Purpose};

#[derive(Args)]
pub(crate) struct Options {
    /// What is measured
    what: What,
    /// Passed on: for `page` messages a second, seconds, and bytes of a message
    arguments: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// The page in Chromium while messages come: counts, frame gaps, clicks, memory
    Page,
}

impl What {
    fn example(self) -> &'static str {
        match self {
            Self::Page => "page_bench",
        }
    }
}

pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    setup::run(project, Purpose::Test)?;
    page::build(project)?;
    let peers = setup::peers(project)?;
    let mut cargo = process::command("cargo");
    cargo.current_dir(project.root());
    cargo.args(["run", "--quiet", "--release", "--locked", "--package", "tests", "--example"]);
    cargo.arg(options.what.example()).arg("--").args(&options.arguments);
    cargo.env("DEVICE_CONSOLE_DIST", project.dist());
    cargo.env("DEVICE_CONSOLE_CHROMEDRIVER", peers.chromedriver);
    cargo.env("DEVICE_CONSOLE_CHROMIUM", peers.chromium);
    process::run(&mut cargo)
}
