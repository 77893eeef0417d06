//! `device-console serve`: the listeners, the emulator when one is wanted, and the proxy.

use crate::{
    Problem, check, cli,
    cli::hosting::{Hosting, Target},
    emulate, listen, say, stop_on_signal,
};
use anyhow::Context;
use emulator::{DevicePolicy, Emulator};
use proxy::{
    Extras, ServerTls,
    config::{Config, Tunnel},
};
use shared::wire::Trust;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};
use tracing::{info, warn};

/// Where the page is when nothing else is said.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// Devices that a hosted demo keeps for its visitors.
const MOST_VISITORS: usize = 500;

/// Serves until a signal says stop.
///
/// # Errors
/// Flags and files that cannot be used are bad usage, anything else is not.
pub(crate) async fn run(flags: cli::Serve) -> Result<(), Problem> {
    check_listen(&flags).map_err(Problem::Usage)?;
    if let (Some(page), Some(metrics)) = (flags.listen, flags.hosting.metrics_listen)
        && page == metrics
        && page.port() != 0
    {
        return Err(Problem::Usage(anyhow::anyhow!(
            "--listen and --metrics-listen are both {page}: give the metrics a port of their own"
        )));
    }
    let mut emulator_config = emulate::config(&flags.emulator).map_err(Problem::Usage)?;
    if flags.hosting.is_hosted() {
        emulator_config.device_policy = DevicePolicy::PerVisitor { most: MOST_VISITORS };
    }
    let tls = server_tls(&flags.hosting).map_err(Problem::Usage)?;
    let tunnel = tunnel(&flags.hosting).map_err(Problem::Usage)?;
    let config =
        flags.hosting.config(flags.demo).map_err(|problem| Problem::Usage(anyhow::Error::msg(problem)))?;
    if let Some(Tunnel { endpoint, .. }) =
        tunnel.as_ref().filter(|tunnel| !config.targets.allows(&tunnel.endpoint))
    {
        return Err(Problem::Usage(anyhow::anyhow!(
            "--tunnel-target {endpoint} is not among the servers that may be reached: add --allow-target {endpoint}, or \
             --allow-internal-target {endpoint} when it is in your own network"
        )));
    }
    for doubt in flags.hosting.doubts(&flags.allow_origin) {
        warn!("{doubt}");
    }
    let config = Config { allowed_origins: flags.allow_origin.clone(), tunnel, ..config };
    serve(flags, emulator_config, config, tls).await.map_err(Problem::Failed)
}

async fn serve(
    flags: cli::Serve,
    emulator_config: emulator::Config,
    mut config: Config,
    tls: Option<Arc<ServerTls>>,
) -> anyhow::Result<()> {
    let listener = listen::bind(flags.listen, DEFAULT_LISTEN, flags.demo, "--listen")?;
    let address = listener.local_addr().context("the listener has no address")?;
    let operations = flags
        .hosting
        .metrics_listen
        .map(|chosen| listen::bind(Some(chosen), chosen, false, "--metrics-listen"))
        .transpose()?;
    let emulator =
        if flags.demo { Some(emulate::start(emulator_config, &flags.emulator).await?) } else { None };
    if let Some(emulator) = &emulator {
        config.targets.allow_demo(emulator.endpoint());
    }
    let scheme = if tls.is_some() { "https" } else { "http" };
    reload_on_signal(tls.clone());
    let stop = stop_on_signal();
    if let Some(operations) = &operations {
        say(&format!("Health and metrics are at http://{}/", operations.local_addr()?))?;
    }
    say(&format!("Device Console is at {scheme}://{address}/"))?;
    let extras = Extras { demo: emulator.as_ref().map(Emulator::router), tls, operations };
    info!(mode = flags.hosting.mode_name(), version = env!("CARGO_PKG_VERSION"), "started");
    proxy::serve(listener, config, extras, stop).await.context("the page can no longer be served")?;
    if let Some(emulator) = emulator {
        emulator.stop().await;
    }
    Ok(())
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

fn server_tls(hosting: &Hosting) -> anyhow::Result<Option<Arc<ServerTls>>> {
    match (&hosting.tls_cert, &hosting.tls_key) {
        (Some(certificate), Some(key)) => Ok(Some(Arc::new(ServerTls::load(certificate, key)?))),
        _ => Ok(None),
    }
}

fn tunnel(hosting: &Hosting) -> anyhow::Result<Option<Tunnel>> {
    let Some(Target(endpoint)) = hosting.tunnel_target.clone() else { return Ok(None) };
    let trust = hosting.tunnel_ca.as_deref().map_or(Ok(Trust::PublicAuthorities), check::read_ca)?;
    Ok(Some(Tunnel { endpoint, trust }))
}

/// SIGHUP is the usual word for "read your files again". Left alone it would end the program.
#[cfg(unix)]
fn reload_on_signal(tls: Option<Arc<ServerTls>>) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut hangups) = signal(SignalKind::hangup()) else { return };
    tokio::spawn(async move {
        while hangups.recv().await.is_some() {
            match &tls {
                Some(tls) => tls.reload_and_log(),
                None => info!("there is no certificate to read again"),
            }
        }
    });
}

#[cfg(not(unix))]
fn reload_on_signal(_tls: Option<Arc<ServerTls>>) {}
