//! Packages of the Debian family, and a plain request to the person where there is no apt or no
//! right to use it.

use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Result, bail};

use super::{Part, log};
use crate::process;
use crate::project::Project;

/// Another apt at work makes ours fail at once; it is usually done soon.
const PAUSE_BEFORE_RETRY: Duration = Duration::from_secs(10);

pub(super) fn part(what: &str, packages: &'static [&'static str], is_there: impl Fn() -> bool) -> Part {
    Part {
        what: format!("{what} (Debian packages {})", packages.join(" ")),
        is_there: is_there(),
        install: Box::new(move |project| install(project, packages)),
    }
}

pub(super) fn install(project: &Project, packages: &[&str]) -> Result<()> {
    let names = packages.join(" ");
    if process::find_program("apt-get").is_none() {
        bail!("this system has no apt-get: install what it calls {names}, then run this again");
    }
    let Some(rights) = Rights::find() else {
        bail!("this needs the administrator's rights: run `sudo apt-get install {names}`, then this again");
    };
    let attempt = || {
        let log = log(project, "apt");
        process::run_logged(rights.command("apt-get").args(["update", "-q"]), &log)?;
        let install = ["install", "-q", "-y", "--no-install-recommends"];
        process::run_logged(rights.command("apt-get").args(install).args(packages), &log)
    };
    attempt().or_else(|_first| {
        thread::sleep(PAUSE_BEFORE_RETRY);
        attempt()
    })
}

/// Whether every package is installed, from dpkg's own list of files.
pub(super) fn has(packages: &[&str]) -> bool {
    packages
        .iter()
        .all(|package| std::fs::exists(format!("/var/lib/dpkg/info/{package}.list")).unwrap_or(false))
}

/// How changes to the system are made.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rights {
    Root,
    /// sudo, which has said that it will not ask for a password.
    Sudo,
}

impl Rights {
    pub(super) fn find() -> Option<Self> {
        let id = process::output(process::command("id").arg("-u")).unwrap_or_default();
        if id.trim() == "0" {
            return Some(Self::Root);
        }
        let mut sudo = process::command("sudo");
        let quiet = sudo.args(["-n", "true"]).stdin(Stdio::null()).stderr(Stdio::null());
        quiet.status().is_ok_and(|status| status.success()).then_some(Self::Sudo)
    }

    pub(super) fn command(self, program: &str) -> Command {
        let frontend = "DEBIAN_FRONTEND=noninteractive";
        let mut command = match self {
            Self::Root => process::command("env"),
            Self::Sudo => process::command("sudo"),
        };
        if let Self::Sudo = self {
            command.args(["-n", "env"]);
        }
        command.args([frontend, program]);
        command
    }
}
