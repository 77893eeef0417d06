//! The emulator's flags, and what they make of its configuration.

use super::Secret;
use clap::{Args, ValueEnum};
use emulator::{
    Config, DevicePolicy, DeviceProfile, DeviceSpec, MqttProfile, PayloadType, ProvisionStrategy, RateLimit,
    RateLimits,
};
use shared::credentials::AccessToken;
use std::{net::SocketAddr, path::PathBuf, str::FromStr};

#[derive(Debug, Args)]
pub(crate) struct Emulator {
    /// Address of the emulator's MQTT over TLS. Without this option a taken port moves on to the next free one.
    #[arg(long, env = "DEVICE_CONSOLE_MQTTS_LISTEN", value_name = "ADDRESS")]
    pub(crate) mqtts_listen: Option<SocketAddr>,

    /// A device of the emulator and its access token (repeatable; commas in the variable). Others on this machine
    /// may see a command line. Default: one demo device with a token of its own, kept in the state folder.
    #[arg(
        long = "device",
        env = "DEVICE_CONSOLE_DEVICE",
        value_name = "NAME=TOKEN",
        value_delimiter = ',',
        hide_env_values = true
    )]
    pub(crate) devices: Vec<Secret>,

    /// A device of --device that is a gateway (repeatable; commas in the variable). The demo device is one.
    #[arg(
        long = "gateway",
        env = "DEVICE_CONSOLE_GATEWAY",
        value_name = "NAME",
        value_delimiter = ',',
        requires = "devices"
    )]
    gateways: Vec<String>,

    /// With what key new devices may be provisioned. Default: key and secret are made at the start.
    #[arg(long, env = "DEVICE_CONSOLE_PROVISION_KEY", value_name = "KEY", requires = "provision_secret")]
    provision_key: Option<String>,

    /// The secret to that key. Others on this machine may see a command line: prefer the variable.
    #[arg(
        long,
        env = "DEVICE_CONSOLE_PROVISION_SECRET",
        value_name = "SECRET",
        requires = "provision_key",
        hide_env_values = true
    )]
    provision_secret: Option<Secret>,

    /// What each device may send, for example messages=10:1,300:60 for ten a second and 300 a minute (repeatable;
    /// semicolons in the variable). What it limits is messages, telemetry-messages or telemetry-data-points,
    /// or one of these after gateway- for what a gateway sends for its devices. Default: no limit.
    #[arg(
        long = "rate-limit",
        env = "DEVICE_CONSOLE_RATE_LIMIT",
        value_name = "WHAT=COUNT:SECONDS",
        value_delimiter = ';'
    )]
    rate_limits: Vec<Limit>,

    /// How payloads are written on topics that do not force one, as a device profile says it.
    #[arg(long, env = "DEVICE_CONSOLE_PAYLOAD_TYPE", default_value = "json")]
    payload_type: Payload,

    /// Folder for the emulator's CA (ca.pem) and server key, made when absent. Without it they last as long
    /// as the program.
    #[arg(long, env = "DEVICE_CONSOLE_STATE_DIR", value_name = "FOLDER")]
    pub(crate) state_dir: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Payload {
    Json,
    Protobuf,
}

/// One rate limit and what it limits.
#[derive(Clone, Debug)]
struct Limit {
    of: Limited,
    limit: RateLimit,
}

#[derive(Clone, Copy, Debug)]
enum Limited {
    Messages,
    TelemetryMessages,
    TelemetryDataPoints,
    GatewayMessages,
    GatewayTelemetryMessages,
    GatewayTelemetryDataPoints,
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (of, limit) = text.split_once('=').ok_or("it is written WHAT=COUNT:SECONDS")?;
        let of = match of {
            "messages" => Limited::Messages,
            "telemetry-messages" => Limited::TelemetryMessages,
            "telemetry-data-points" => Limited::TelemetryDataPoints,
            "gateway-messages" => Limited::GatewayMessages,
            "gateway-telemetry-messages" => Limited::GatewayTelemetryMessages,
            "gateway-telemetry-data-points" => Limited::GatewayTelemetryDataPoints,
            _ => {
                return Err("it limits messages, telemetry-messages or telemetry-data-points, each also \
                            after gateway-"
                    .to_owned());
            }
        };
        let limit = RateLimit::parse(limit).map_err(|problem| problem.to_string())?;
        Ok(Self { of, limit })
    }
}

impl Emulator {
    /// The configuration that the flags ask for. A device that was not given has a token of its own.
    ///
    /// # Errors
    /// A sentence that names the flag and repeats no secret.
    pub(crate) fn config(&self) -> Result<Config, String> {
        let mut config = Config {
            state_dir: self.state_dir.clone(),
            device_policy: DevicePolicy::Shared,
            mqtt_profile: MqttProfile {
                payload_type: match self.payload_type {
                    Payload::Json => PayloadType::Json,
                    Payload::Protobuf => PayloadType::Protobuf,
                },
                ..MqttProfile::default()
            },
            ..Config::default()
        };
        if !self.devices.is_empty() {
            config.devices = self.devices.iter().map(device).collect::<Result<_, _>>()?;
            config.gateways.clone_from(&self.gateways);
        }
        let is_known = |name: &&String| config.devices.iter().any(|device| device.name == **name);
        if let Some(unknown) = config.gateways.iter().find(|name| !is_known(name)) {
            return Err(format!("--gateway {unknown} is no device: name one of those given with --device"));
        }
        if let Some((key, secret)) = self.provision_key.as_ref().zip(self.provision_secret.as_ref()) {
            config.profiles = vec![profile(key, secret)?];
        }
        for Limit { of, limit } in &self.rate_limits {
            *place(*of, &mut config.rate_limits, &mut config.gateway_rate_limits) = Some(limit.clone());
        }
        Ok(config)
    }

    /// Whether the provisioning key and secret were given and need not be shown.
    pub(crate) fn has_provisioning(&self) -> bool {
        self.provision_key.is_some()
    }
}

/// `NAME=TOKEN`. The sentence repeats nothing.
fn device(text: &Secret) -> Result<DeviceSpec, String> {
    let (name, token) = text.expose().split_once('=').ok_or("--device is written NAME=TOKEN")?;
    if name.is_empty() {
        return Err("--device is written NAME=TOKEN, and the name is missing".to_owned());
    }
    let access_token = AccessToken::parse(token).map_err(|problem| problem.to_string())?;
    Ok(DeviceSpec { name: name.to_owned(), access_token })
}

fn profile(key: &str, secret: &Secret) -> Result<DeviceProfile, String> {
    if key.is_empty() || secret.expose().is_empty() {
        return Err("--provision-key and --provision-secret must not be empty".to_owned());
    }
    Ok(DeviceProfile {
        provision_key: key.to_owned(),
        provision_secret: secret.expose().to_owned(),
        strategy: ProvisionStrategy::AllowNew,
    })
}

fn place<'a>(
    of: Limited,
    own: &'a mut RateLimits,
    for_others: &'a mut RateLimits,
) -> &'a mut Option<RateLimit> {
    match of {
        Limited::Messages => &mut own.messages,
        Limited::TelemetryMessages => &mut own.telemetry_messages,
        Limited::TelemetryDataPoints => &mut own.telemetry_data_points,
        Limited::GatewayMessages => &mut for_others.messages,
        Limited::GatewayTelemetryMessages => &mut for_others.telemetry_messages,
        Limited::GatewayTelemetryDataPoints => &mut for_others.telemetry_data_points,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};
    use clap::Parser;

    /// The configuration, or what a person is told.
    fn config(arguments: &[&str]) -> Result<Config, String> {
        let all = ["device-console", "emulator"].iter().chain(arguments);
        let cli = Cli::try_parse_from(all).map_err(|error| crate::cli::one_line(&error))?;
        let Command::Emulator(flags) = cli.command else { panic!("another command") };
        flags.config()
    }

    #[test]
    fn a_device_is_a_name_and_a_token() {
        let device = |text: &str| device(&text.parse().unwrap());
        assert_eq!(device("Pump=ABC=1").unwrap().access_token.expose(), "ABC=1");
        for bad in ["Pump", "=ABC", "Pump=", "Pump= s3cret"] {
            assert!(!device(bad).unwrap_err().contains("s3cret"));
        }
    }

    #[test]
    fn the_demo_device_is_a_gateway_and_others_are_when_they_are_named() {
        let demo = config(&[]).unwrap();
        assert_eq!(demo.gateways, [demo.devices[0].name.as_str()]);
        assert_eq!(demo.profiles.len(), 1);
        assert!(config(&["--device", "A=T1"]).unwrap().gateways.is_empty());
        let two = ["--device", "A=T1", "--device", "B=T2", "--gateway", "B"];
        assert_eq!(config(&two).unwrap().gateways, ["B"]);
    }

    #[test]
    fn provisioning_has_a_key_and_a_secret() {
        let given = config(&["--provision-key", "k", "--provision-secret", "s"]).unwrap();
        let profile = &given.profiles[0];
        assert_eq!((profile.provision_key.as_str(), profile.provision_secret.as_str()), ("k", "s"));
    }

    #[test]
    fn each_rate_limit_has_its_place() {
        let limits = ["messages=10:1,300:60", "gateway-telemetry-data-points=5:1"];
        let config = config(&["--rate-limit", limits[0], "--rate-limit", limits[1]]).unwrap();
        assert_eq!(config.rate_limits.messages, RateLimit::parse("10:1,300:60").ok());
        assert_eq!(config.rate_limits.telemetry_data_points, None);
        assert_eq!(config.gateway_rate_limits.telemetry_data_points, RateLimit::parse("5:1").ok());
    }

    #[test]
    fn payloads_are_json_unless_told_otherwise() {
        assert_eq!(config(&[]).unwrap().mqtt_profile.payload_type, PayloadType::Json);
        let told = config(&["--payload-type", "protobuf"]).unwrap();
        assert_eq!(told.mqtt_profile.payload_type, PayloadType::Protobuf);
    }

    #[test]
    fn a_bad_value_is_one_line_that_names_its_flag() {
        let cases: [(&[&str], &str); 8] = [
            (&["--gateway", "A"], "--device"),
            (&["--device", "A=T", "--gateway", "B"], "--gateway B"),
            (&["--provision-key", "k"], "--provision-secret"),
            (&["--provision-secret", "s3cret"], "--provision-key"),
            (&["--provision-key", "", "--provision-secret", "s3cret"], "--provision-key"),
            (&["--rate-limit", "messages"], "--rate-limit"),
            (&["--rate-limit", "bytes=1:1"], "telemetry-data-points"),
            (&["--payload-type", "xml"], "--payload-type"),
        ];
        for (arguments, word) in cases {
            let said = config(arguments).unwrap_err();
            assert!(said.contains(word) && said.lines().count() == 1, "{arguments:?}: {said}");
            assert!(!said.contains("s3cret"), "{said}");
        }
    }
}
