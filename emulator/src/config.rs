//! What an emulator is started with.

use crate::{mqtt_profile::MqttProfile, random, rate::RateLimits};
use shared::{
    credentials::AccessToken,
    platform::ProvisioningKeys,
    thingsboard::{provision, rpc, session_limits},
};
use std::{
    fmt,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

/// Packets of one connection that may wait for CONNECT to be answered
/// (`MQTT_MSG_QUEUE_SIZE_PER_DEVICE_LIMIT`).
pub const MOST_WAITING_PACKETS: usize = session_limits::DEFAULT_IN_FLIGHT as usize;

/// The name of the one device there is by default.
pub(crate) const DEMO_DEVICE: &str = "Demo device";

/// How to run an emulator. The default listens on a free loopback port and has one device, which is a gateway,
/// and a profile by which others may be provisioned: everything can be tried with it.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where MQTT over TLS listens; port 0 takes a free one.
    pub mqtts_listen: SocketAddr,
    /// Names and addresses that the certificate covers besides `localhost`, `127.0.0.1` and `::1`.
    pub server_names: Vec<String>,
    /// Devices that exist from the start.
    pub devices: Vec<DeviceSpec>,
    /// Certificates by which devices connect instead of by their tokens.
    pub certificates: Vec<DeviceCertificate>,
    /// Names of the devices that are gateways (ThingsBoard's `additionalInfo.gateway`).
    pub gateways: Vec<String>,
    pub device_policy: DevicePolicy,
    /// Profiles by which new devices may be provisioned. The first that allows new ones is told to who gets a
    /// shared device.
    pub profiles: Vec<DeviceProfile>,
    /// What each device may send, however it came to be.
    pub rate_limits: RateLimits,
    /// What each gateway may send for its devices, all together.
    pub gateway_rate_limits: RateLimits,
    /// What the profile of every device says of MQTT at first.
    pub mqtt_profile: MqttProfile,
    /// Where the CA and the certificate are kept between runs; without it they live in memory.
    pub state_dir: Option<PathBuf>,
    pub timers: Timers,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            mqtts_listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            server_names: Vec::new(),
            devices: vec![DeviceSpec::random(DEMO_DEVICE)],
            certificates: Vec::new(),
            gateways: vec![DEMO_DEVICE.to_owned()],
            device_policy: DevicePolicy::Shared,
            profiles: vec![DeviceProfile::random()],
            rate_limits: RateLimits::default(),
            gateway_rate_limits: RateLimits::default(),
            mqtt_profile: MqttProfile::default(),
            state_dir: None,
            timers: Timers::default(),
        }
    }
}

/// A device by name and token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceSpec {
    pub name: String,
    pub access_token: AccessToken,
}

impl DeviceSpec {
    /// A device with a fresh token of 20 letters and digits, as ThingsBoard generates them.
    ///
    /// # Panics
    /// When the operating system gives no random bytes; nothing secure can be done then.
    #[must_use]
    pub fn random(name: &str) -> Self {
        let token = random::alphanumeric(20).ok().and_then(|text| AccessToken::parse(&text).ok());
        Self {
            name: name.to_owned(),
            access_token: token.expect("the operating system gives no random bytes"),
        }
    }
}

/// A device by the certificate that it presents in the TLS handshake (ThingsBoard's credentials type
/// `X509_CERTIFICATE`). Who issued it does not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceCertificate {
    /// The device's name.
    pub device: String,
    /// The certificate as DER.
    pub der: Vec<u8>,
}

/// What a device must know to be provisioned, and how that goes.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceProfile {
    pub provision_key: String,
    pub provision_secret: String,
    pub strategy: ProvisionStrategy,
}

impl DeviceProfile {
    /// A profile that allows new devices, with a fresh key and secret of 20 letters and digits each.
    ///
    /// # Panics
    /// When the operating system gives no random bytes; nothing secure can be done then.
    #[must_use]
    pub fn random() -> Self {
        Self::try_random().expect("the operating system gives no random bytes")
    }

    pub(crate) fn try_random() -> Option<Self> {
        Some(Self {
            provision_key: random::alphanumeric(20).ok()?,
            provision_secret: random::alphanumeric(20).ok()?,
            strategy: ProvisionStrategy::AllowNew,
        })
    }

    pub(crate) fn keys(&self) -> ProvisioningKeys {
        ProvisioningKeys { key: self.provision_key.clone(), secret: self.provision_secret.clone() }
    }
}

impl fmt::Debug for DeviceProfile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("DeviceProfile").field("strategy", &self.strategy).finish_non_exhaustive()
    }
}

/// ThingsBoard's `DeviceProfileProvisionType`, but for certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProvisionStrategy {
    /// `ALLOW_CREATE_NEW_DEVICES`: a device with a name of its own is made, with the credentials it wants.
    AllowNew,
    /// `CHECK_PRE_PROVISIONED_DEVICES`: a device that exists by that name gets its credentials, once.
    CheckPreProvisioned,
}

/// Who gets which device from `POST /api/demo/device`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DevicePolicy {
    /// Everybody gets the first configured device: for one person on one machine.
    Shared,
    /// Each call makes a new device, so that visitors of a public demo do not meet: a gateway with a
    /// provisioning profile of its own. What it connects or provisions belongs to it and has names of its own.
    /// At `most` visitors, the one that has been idle longest is dropped for a new one, with all that is its, unless
    /// that is less than [`Timers::visitor_rest`].
    PerVisitor { most: usize },
}

/// Time limits. The defaults are ThingsBoard's where ThingsBoard has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timers {
    /// For the TLS handshake, and then for CONNECT to arrive.
    pub connect: Duration,
    /// Without any packet from the device before the session is closed
    /// (`TB_TRANSPORT_SESSIONS_INACTIVITY_TIMEOUT`). The keep-alive of CONNECT is not enforced.
    pub idle: Duration,
    /// Until a client-side RPC is answered with `{"error":"timeout"}` (`CLIENT_SIDE_RPC_TIMEOUT`).
    pub client_rpc: Duration,
    /// The least time that a server-side RPC waits, whatever its caller asks for
    /// (`server.rest.server_side_rpc.min_timeout`).
    pub server_rpc_least: Duration,
    /// That a provisioning session lasts after its reply.
    pub provisioned: Duration,
    /// For one write to a device that does not read. ThingsBoard queues without limit instead.
    pub write: Duration,
    /// That looking a device up takes, from CONNECT to CONNACK. Packets that come meanwhile wait, at most
    /// [`MOST_WAITING_PACKETS`].
    pub log_in: Duration,
    /// For the last packets to leave before the socket is closed (`MQTT_DISCONNECT_TIMEOUT`).
    pub close: Duration,
    /// That a visitor of a public demo keeps the place without a session, after coming and after anything a
    /// device of theirs did.
    pub visitor_rest: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(600),
            client_rpc: Duration::from_millis(rpc::CLIENT_CALL_TIMEOUT_MS),
            server_rpc_least: Duration::from_millis(rpc::LEAST_SERVER_CALL_TIMEOUT_MS),
            provisioned: Duration::from_secs(provision::CLOSES_AFTER_S.into()),
            write: Duration::from_secs(10),
            log_in: Duration::ZERO,
            close: Duration::from_secs(1),
            visitor_rest: Duration::from_secs(600),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_thingsboards_where_it_has_one() {
        let Timers { idle, client_rpc, server_rpc_least, provisioned, close, .. } = Timers::default();
        let seconds = [idle, client_rpc, server_rpc_least, provisioned, close].map(|time| time.as_secs());
        assert_eq!(seconds, [600, 60, 5, 60, 1]);
    }

    #[test]
    fn everything_can_be_tried_with_the_default() {
        let config = Config::default();
        assert_eq!(config.gateways, [config.devices[0].name.as_str()]);
        assert_eq!(config.profiles.len(), 1);
        let shown = format!("{config:?}");
        assert!(!shown.contains(&config.profiles[0].provision_secret));
    }
}
