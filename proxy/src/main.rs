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

/// Cancelled at the first Ctrl-C or SIGTERM; a second one ends the program at once.
fn stop_on_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let cancel = stop.clone();
    tokio::spawn(async move {
        wait_for_signal().await;
        cancel.cancel();
        wait_for_signal().await;
        std::process::exit(130);
    });
    stop
}

#[cfg(unix)]
async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut stream) => stream.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate => {}
    }
}

#[cfg(not(unix))]
async fn wait_for_signal() {
    // Without a handler the system's default ends the program, which is an end as well.
    let _: std::io::Result<()> = tokio::signal::ctrl_c().await;
}
