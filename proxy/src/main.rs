//! The program `device-console`: parse, log, bind, announce, serve, exit code.

mod check;
mod cli;
mod demo_token;
mod emulate;
mod listen;
mod serve;
mod telemetry;

use anyhow::Context;
use clap::{Parser, error::ErrorKind};
use cli::{Cli, Command};
use std::{io::Write, process::ExitCode};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error)
            if error.use_stderr() && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand =>
        {
            // What a variable says is refused in the words of its flag.
            let oddities = cli::variables::oddities(std::env::vars_os());
            let all: Vec<String> = [cli::one_line(&error)].into_iter().chain(oddities).collect();
            eprintln!("device-console: {}", all.join("; "));
            return ExitCode::from(2);
        }
        // Help and version were asked for.
        Err(error) => error.exit(),
    };
    if let Err(problem) = telemetry::init(&cli.log, cli.log_format) {
        eprintln!("device-console: {problem}");
        return ExitCode::from(2);
    }
    for oddity in cli::variables::oddities(std::env::vars_os()) {
        tracing::warn!("{oddity}");
    }
    match run(cli.command).await {
        Ok(code) => code,
        Err(Problem::Usage(problem)) => {
            eprintln!("device-console: {problem:#}");
            ExitCode::from(2)
        }
        Err(Problem::Failed(problem)) => {
            eprintln!("device-console: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

/// Why the program ends early, by exit code.
enum Problem {
    /// A flag or a file that was named: 2.
    Usage(anyhow::Error),
    /// Anything else: 1.
    Failed(anyhow::Error),
}

async fn run(command: Command) -> Result<ExitCode, Problem> {
    match command {
        Command::Serve(flags) => serve::run(*flags).await?,
        Command::Emulator(flags) => {
            let config = emulate::config(&flags).map_err(Problem::Usage)?;
            emulate::run(config, &flags).await.map_err(Problem::Failed)?;
        }
        Command::Check(flags) => return check::run(flags).await,
    }
    Ok(ExitCode::SUCCESS)
}

/// Standard output is for what people and scripts wait for; it must not wait in a buffer.
fn say(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).context("cannot write to standard output")
}

/// Cancelled at the first Ctrl-C or SIGTERM; a second one ends the program at once. From now on, so that whoever reads
/// that the program is ready may stop it.
fn stop_on_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let (cancel, mut signals) = (stop.clone(), Signals::new());
    tokio::spawn(async move {
        signals.next().await;
        cancel.cancel();
        signals.next().await;
        std::process::exit(130);
    });
    stop
}

/// What asks the program to stop.
#[cfg(unix)]
struct Signals([Option<tokio::signal::unix::Signal>; 2]);

#[cfg(unix)]
impl Signals {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self([SignalKind::terminate(), SignalKind::interrupt()].map(|kind| signal(kind).ok()))
    }

    async fn next(&mut self) {
        async fn one(signal: &mut Option<tokio::signal::unix::Signal>) {
            match signal {
                Some(signal) => drop(signal.recv().await),
                None => std::future::pending().await,
            }
        }
        let [terminate, interrupt] = &mut self.0;
        tokio::select! {
            () = one(terminate) => {}
            () = one(interrupt) => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Self {
        Self
    }

    async fn next(&mut self) {
        // Without a handler the system's default ends the program, which is an end as well.
        let _: std::io::Result<()> = tokio::signal::ctrl_c().await;
    }
}
