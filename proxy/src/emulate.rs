//! `device-console emulator`, and the emulator beside the proxy: started, and told about.

use crate::{cli, demo_token, listen, say, stop_on_signal};
use anyhow::Context;
use emulator::{DevicePolicy, DeviceProfile, Emulator};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Where the emulator listens when nothing else is said.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8883);

/// Runs the emulator alone until a signal says stop.
pub(crate) async fn run(config: emulator::Config, flags: &cli::Emulator) -> anyhow::Result<()> {
    let stop = stop_on_signal();
    let emulator = start(config, flags).await?;
    stop.cancelled().await;
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

/// What the flags and the state folder make of the configuration.
pub(crate) fn config(flags: &cli::Emulator) -> anyhow::Result<emulator::Config> {
    let mut config = flags.config().map_err(anyhow::Error::msg)?;
    if flags.devices.is_empty()
        && let (Some(folder), [device]) = (&flags.state_dir, &mut config.devices[..])
    {
        demo_token::keep(device, folder)?;
    }
    Ok(config)
}

/// Starts the emulator and says where it is, and its devices unless each visitor gets one; a taken port moves on to the next free one unless it was
/// chosen.
pub(crate) async fn start(config: emulator::Config, flags: &cli::Emulator) -> anyhow::Result<Emulator> {
    let listener = listen::bind(flags.mqtts_listen, DEFAULT_LISTEN, true, "--mqtts-listen")?;
    let (state_dir, tokens) = (config.state_dir.clone(), Tokens::of(flags));
    let for_visitors = matches!(config.device_policy, DevicePolicy::PerVisitor { .. });
    let profile = config.profiles.first().filter(|_| !flags.has_provisioning()).cloned();
    let emulator = Emulator::start_on(listener, config).await.context("the emulator cannot start")?;
    say(&format!("ThingsBoard emulator: MQTT over TLS at {}", emulator.endpoint()))?;
    if let Some(folder) = state_dir {
        say(&format!("  CA certificate: {}", folder.join("ca.pem").display()))?;
    }
    if for_visitors {
        return Ok(emulator);
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
    if let Some(DeviceProfile { provision_key, provision_secret, .. }) = profile {
        say(&format!("  provisioning: key {provision_key}, secret {provision_secret}"))?;
    }
    Ok(emulator)
}
