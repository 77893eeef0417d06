//! The program `device-console`: parse, log, bind, announce, serve, exit code.

mod cli;
mod listen;
mod telemetry;

use anyhow::Context;
use clap::Parser;
use cli::{Cli, Command};
use emulator::{DevicePolicy, Emulator};
use proxy::{Extras, config::Config};
use std::{
    io::Write,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::ExitCode,
};
use tokio_util::sync::CancellationToken;

/// Where the emulator listens when nothing else is said.
const EMULATOR_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8883);

/// Where the page is when nothing else is said.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Err(problem) = telemetry::init(&cli.log, cli.log_format) {
        eprintln!("device-console: {problem}");
        return ExitCode::from(2);
    }
    let done = match cli.command {
        Command::Serve(flags) => serve(flags).await,
        Command::Emulator(flags) => emulate(flags).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("device-console: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(flags: cli::Serve) -> anyhow::Result<()> {
    let listener = listen::bind(flags.listen, DEFAULT_LISTEN, flags.demo)?;
    let address = listener.local_addr().context("the listener has no address")?;
    let state_dir = flags.emulator.state_dir.clone();
    let emulator = if flags.demo { Some(start_emulator(flags.emulator).await?) } else { None };
    let config = Config { allowed_origins: flags.allow_origin, ..Config::default() };
    let extras = Extras { demo: emulator.as_ref().map(Emulator::router) };
    if let Some(emulator) = &emulator {
        announce_emulator(emulator, state_dir.as_deref())?;
    }
    say(&format!("Device Console is at http://{address}/"))?;
    proxy::serve(listener, config, extras, stop_on_signal())
        .await
        .context("the page can no longer be served")?;
    if let Some(emulator) = emulator {
        emulator.stop().await;
    }
    Ok(())
}

async fn emulate(flags: cli::Emulator) -> anyhow::Result<()> {
    let state_dir = flags.state_dir.clone();
    let emulator = start_emulator(flags).await?;
    announce_emulator(&emulator, state_dir.as_deref())?;
    stop_on_signal().cancelled().await;
    emulator.stop().await;
    Ok(())
}

/// Starts the emulator; without `--mqtts-listen` a taken port moves on to the next free one.
async fn start_emulator(flags: cli::Emulator) -> anyhow::Result<Emulator> {
    let probe = listen::bind(flags.mqtts_listen, EMULATOR_LISTEN, true)?;
    let mqtts_listen = probe.local_addr().context("the listener has no address")?;
    drop(probe);
    let mut config = emulator::Config {
        mqtts_listen,
        state_dir: flags.state_dir,
        device_policy: DevicePolicy::Shared,
        ..emulator::Config::default()
    };
    if !flags.devices.is_empty() {
        config.devices = flags.devices;
    }
    Emulator::start(config).await.context("the emulator cannot start")
}

fn announce_emulator(emulator: &Emulator, state_dir: Option<&Path>) -> anyhow::Result<()> {
    say(&format!("ThingsBoard emulator: MQTT over TLS at {}", emulator.endpoint()))?;
    if let Some(folder) = state_dir {
        say(&format!("  CA certificate: {}", folder.join("ca.pem").display()))?;
    }
    for device in emulator.devices() {
        say(&format!("  device {}: access token {}", device.name, device.access_token.expose()))?;
    }
    Ok(())
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
