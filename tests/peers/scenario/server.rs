//! What a rule's server is started with.

use super::file::{DEVICE, Server};
use anyhow::{Result, bail};
use emulator::{
    Config, DeviceProfile, DeviceSpec, MqttProfile, ProvisionStrategy, RateLimit, RateLimits, Timers,
};
use std::time::Duration;

/// # Errors
/// The file says what cannot be.
pub(super) fn config(server: &Server) -> Result<Config> {
    let names = std::iter::once(DEVICE).chain(server.devices.iter().map(String::as_str));
    let limit = |text: &Option<String>| text.as_deref().map(RateLimit::parse).transpose();
    let usual = Timers::default();
    let timer = |milliseconds: Option<u64>, usual| milliseconds.map_or(usual, Duration::from_millis);
    let strategy = match server.provision.as_deref() {
        None => None,
        Some("new") => Some(ProvisionStrategy::AllowNew),
        Some("known") => Some(ProvisionStrategy::CheckPreProvisioned),
        Some(other) => bail!("no strategy: {other}"),
    };
    let profile = |strategy| DeviceProfile {
        provision_key: "key".to_owned(),
        provision_secret: "secret".to_owned(),
        strategy,
    };
    Ok(Config {
        devices: names.map(DeviceSpec::random).collect(),
        gateways: if server.gateway { vec![DEVICE.to_owned()] } else { Vec::new() },
        profiles: strategy.into_iter().map(profile).collect(),
        rate_limits: RateLimits {
            messages: limit(&server.messages)?,
            telemetry_messages: limit(&server.telemetry_messages)?,
            telemetry_data_points: limit(&server.telemetry_data_points)?,
        },
        gateway_rate_limits: RateLimits {
            messages: limit(&server.gateway_messages)?,
            telemetry_messages: limit(&server.gateway_telemetry_messages)?,
            telemetry_data_points: None,
        },
        mqtt_profile: MqttProfile::parse(&server.profile)?,
        timers: Timers {
            client_rpc: timer(server.client_rpc, usual.client_rpc),
            server_rpc_least: timer(server.server_rpc, usual.server_rpc_least),
            idle: timer(server.idle, usual.idle),
            provisioned: timer(server.provisioned, usual.provisioned),
            ..usual
        },
        ..Config::default()
    })
}
