//! The page with hot reload, and the proxy with the emulator behind it, until either ends.

use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::demo::STATE_FOLDER;
use crate::page;
use crate::process;
use crate::program::{self, Profile};
use crate::progress::say;
use crate::project::Project;
use crate::setup::{self, Purpose};

/// Where `Trunk.toml` serves the page, and whose requests the proxy therefore has to accept.
const PAGE_ORIGIN: &str = "http://127.0.0.1:8081";

/// Where `Trunk.toml` expects the proxy. Named to it, so that a taken port is an error and not
/// answered by going to the next one, where nobody would find it.
const PROXY_ADDRESS: &str = "127.0.0.1:8080";

/// How long a program may take to end by itself after Ctrl-C.
const GRACE: Duration = Duration::from_secs(5);

const PAUSE: Duration = Duration::from_millis(100);

pub(crate) fn run(project: &Project) -> Result<()> {
    setup::run(project, Purpose::Demo)?;
    let program = program::build(project, Profile::Dev)?;
    let interrupted = watch_for_interrupt()?;

    let mut serve = process::command(program);
    serve.current_dir(project.root());
    serve.args(["serve", "--demo", "--state-dir", STATE_FOLDER]);
    serve.args(["--listen", PROXY_ADDRESS, "--allow-origin", PAGE_ORIGIN]);
    let mut trunk = page::command(project, "trunk")?;
    trunk.args(["serve", "--offline"]);

    say(format_args!("dev: the page is at {PAGE_ORIGIN}/ once it is built; Ctrl-C ends both programs"));
    let mut proxy = Running::start("device-console", &mut serve)?;
    let mut page = Running::start("trunk", &mut trunk)?;
    while !interrupted.load(Ordering::Relaxed) {
        for running in [&mut proxy, &mut page] {
            if let Some(status) = running.ended()? {
                bail!("{} ended ({status}), so the other was ended too", running.name);
            }
        }
        thread::sleep(PAUSE);
    }
    // A terminal sends Ctrl-C to all of them: let each say its last words.
    let deadline = Instant::now() + GRACE;
    while Instant::now() < deadline && (proxy.ended()?.is_none() || page.ended()?.is_none()) {
        thread::sleep(PAUSE);
    }
    Ok(())
}

fn watch_for_interrupt() -> Result<Arc<AtomicBool>> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupted);
    ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed)).context("cannot watch for Ctrl-C")?;
    Ok(interrupted)
}

/// A child that does not outlive this value.
struct Running {
    name: &'static str,
    child: Child,
}

impl Running {
    fn start(name: &'static str, command: &mut Command) -> Result<Self> {
        let child = command.spawn().with_context(|| format!("cannot start {name}"))?;
        Ok(Self { name, child })
    }

    fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().with_context(|| format!("cannot watch {}", self.name))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails only when it has ended already.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
