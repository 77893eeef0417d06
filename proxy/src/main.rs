//! The program `device-console`: parse, log, bind, announce, serve, exit code.

mod check;
mod cli;
mod demo_token;
mod listen;
mod telemetry;

use anyhow::Context;
use clap::{Parser, error::ErrorKind};
use cli::{Cli, Command};
use emulator::{DevicePolicy, Emulator};
use proxy::{Extras, config::Config};
use std::{
    io::Write,
    net::{Ipv4Addr, SocketAddr},
    process::ExitCode,
};
use tokio_util::sync::CancellationToken;

/// Where the emulator listens when nothing else is said.
const EMULATOR_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8883);

/// Where the page is when nothing else is said.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

#[tokio::main]
async fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error)
            if error.use_stderr() && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand =>
        {
            eprintln!("device-console: {}", cli::one_line(&error));
            return ExitCode::from(2);
        }
        // Help and version were asked for.
        Err(error) => error.exit(),
    };
    if let Err(problem) = telemetry::init(&cli.log, cli.log_format) {
        eprintln!("device-console: {problem}");
        return ExitCode::from(2);
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
        Command::Serve(flags) => {
            check_listen(&flags).map_err(Problem::Usage)?;
            let emulator = emulator_config(&flags.emulator).map_err(Problem::Usage)?;
            serve(flags, emulator).await.map_err(Problem::Failed)?;
        }
        Command::Emulator(flags) => {
            let config = emulator_config(&flags).map_err(Problem::Usage)?;
            emulate(config, &flags).await.map_err(Problem::Failed)?;
        }
        Command::Check(flags) => return check::run(flags).await,
    }
    Ok(ExitCode::SUCCESS)
}

/// Every address of the machine has no name to open the page by, so one must be given.
fn check_listen(flags: &cli::Serve) -> anyhow::Result<()> {
    match flags.listen {
        Some(address) if address.ip().is_unspecified() && flags.allow_origin.is_empty() => anyhow::bail!(
            "--listen {address} is every address of this machine: name the one by which the page is opened \
             with --allow-origin, for example --allow-origin http://192.0.2.7:{}",
            address.port()
        ),
        _ => Ok(()),
    }
}

async fn serve(flags: cli::Serve, emulator: emulator::Config) -> anyhow::Result<()> {
    let listener = listen::bind(flags.listen, DEFAULT_LISTEN, flags.demo, "--listen")?;
    let address = listener.local_addr().context("the listener has no address")?;
    let emulator = if flags.demo {
        Some(start_emulator(emulator, flags.emulator.mqtts_listen, Tokens::of(&flags.emulator)).await?)
    } else {
        None
    };
    let config = Config { allowed_origins: flags.allow_origin, ..Config::default() };
    let extras = Extras { demo: emulator.as_ref().map(Emulator::router) };
    say(&format!("Device Console is at http://{address}/"))?;
    proxy::serve(listener, config, extras, stop_on_signal())
        .await
        .context("the page can no longer be served")?;
    if let Some(emulator) = emulator {
        emulator.stop().await;
    }
    Ok(())
}

async fn emulate(config: emulator::Config, flags: &cli::Emulator) -> anyhow::Result<()> {
    let emulator = start_emulator(config, flags.mqtts_listen, Tokens::of(flags)).await?;
    stop_on_signal().cancelled().await;
    emulator.stop().await;
    Ok(())
}

/// Where the devices' tokens come from.
#[derive(Clone, Copy)]
enum Tokens {
    Given,
    Made,
}

impl Tokens {
    fn of(flags: &cli::Emulator) -> Self {
        if flags.devices.is_empty() { Self::Made } else { Self::Given }
    }
}

fn emulator_config(flags: &cli::Emulator) -> anyhow::Result<emulator::Config> {
    let mut config = emulator::Config {
        state_dir: flags.state_dir.clone(),
        device_policy: DevicePolicy::Shared,
        ..emulator::Config::default()
    };
    if !flags.devices.is_empty() {
        let devices: Result<_, String> = flags.devices.iter().map(cli::Secret::device).collect();
        config.devices = devices.map_err(anyhow::Error::msg)?;
    } else if let (Some(folder), [device]) = (&flags.state_dir, &mut config.devices[..]) {
        demo_token::keep(device, folder)?;
    }
    Ok(config)
}

/// Starts the emulator and says where it is; a taken port moves on to the next free one unless it was
/// `chosen`.
async fn start_emulator(
    mut config: emulator::Config,
    chosen: Option<SocketAddr>,
    tokens: Tokens,
) -> anyhow::Result<Emulator> {
    let probe = listen::bind(chosen, EMULATOR_LISTEN, true, "--mqtts-listen")?;
    config.mqtts_listen = probe.local_addr().context("the listener has no address")?;
    drop(probe);
    let state_dir = config.state_dir.clone();
    let emulator = Emulator::start(config).await.context("the emulator cannot start")?;
    say(&format!("ThingsBoard emulator: MQTT over TLS at {}", emulator.endpoint()))?;
    if let Some(folder) = state_dir {
        say(&format!("  CA certificate: {}", folder.join("ca.pem").display()))?;
    }
    for device in emulator.devices() {
        // A token that was given need not be shown; one that was made here is known to nobody else.
        match tokens {
            Tokens::Given => say(&format!("  device {}", device.name))?,
            Tokens::Made => {
                say(&format!("  device {}: access token {}", device.name, device.access_token.expose()))?;
            }
        }
    }
    Ok(emulator)
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
