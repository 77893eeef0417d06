//! All devices of an emulator, found by token, and how new ones come and old ones go.

mod provisioning;

use crate::{
    basic_credentials::BasicCredentials,
    config::{DevicePolicy, DeviceProfile, DeviceSpec},
    device::DeviceState,
    ending::Ending,
    packet::Connect,
    random,
    rate::{Limiter, RateLimits},
    record::Record,
    sync::lock,
    upload::UnixMs,
};
use shared::credentials::AccessToken;
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};
use thiserror::Error;

/// Devices at a time after which gateways and provisioning make no more. ThingsBoard's bound is the
/// tenant's.
const MOST_DEVICES: usize = 500;

/// A device and what is known of it.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) spec: DeviceSpec,
    pub(crate) state: Mutex<DeviceState>,
    /// What the device connects with instead of its token, which then only names it to the platform.
    basic: Option<BasicCredentials>,
    /// Whether a provisioning request was answered with it.
    provisioned: AtomicBool,
    pub(crate) gateway: AtomicBool,
    /// Whether `POST /api/demo/device` made it, so that it may be dropped again.
    made_on_demand: bool,
    created_ms: UnixMs,
}

impl Device {
    fn limit(&self, limits: &RateLimits) {
        lock(&self.state).limiter = Limiter::new(limits);
    }

    fn new(spec: DeviceSpec, made_on_demand: bool) -> Arc<Self> {
        Arc::new(Self::plain(spec, made_on_demand))
    }

    fn plain(spec: DeviceSpec, made_on_demand: bool) -> Self {
        Self {
            spec,
            state: Mutex::default(),
            basic: None,
            provisioned: AtomicBool::new(false),
            gateway: AtomicBool::new(false),
            made_on_demand,
            created_ms: unix_ms(),
        }
    }
}

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Hub {
    /// A list, not a map: there are few, their order matters, and it holds each token once.
    devices: Mutex<Vec<Arc<Device>>>,
    policy: DevicePolicy,
    profiles: Vec<DeviceProfile>,
    pub(crate) rate_limits: RateLimits,
    pub(crate) record: Record,
    connections: AtomicU64,
}

/// Why there is no device to hand out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum NoDevice {
    #[error("This emulator has no device: start it with one.")]
    None,
    #[error("All demo devices are in use: try again in a few minutes.")]
    AllInUse,
    #[error("The server has no random bytes for a token just now: try again later.")]
    NoRandomness,
}

impl Hub {
    pub(crate) fn new(devices: Vec<DeviceSpec>, policy: DevicePolicy, profiles: Vec<DeviceProfile>) -> Self {
        let devices = devices.into_iter().map(|spec| Device::new(spec, false)).collect();
        Self {
            devices: Mutex::new(devices),
            policy,
            profiles,
            rate_limits: RateLimits::default(),
            record: Record::new(),
            connections: AtomicU64::new(1),
        }
    }

    /// The same with these devices as gateways.
    pub(crate) fn with_gateways(self, names: &[String]) -> Self {
        for device in lock(&self.devices).iter().filter(|device| names.contains(&device.spec.name)) {
            device.gateway.store(true, Ordering::Relaxed);
        }
        self
    }

    /// The same with limits for every device.
    pub(crate) fn with_rate_limits(mut self, limits: RateLimits) -> Self {
        self.rate_limits = limits;
        for device in lock(&self.devices).iter() {
            device.limit(&self.rate_limits);
        }
        self
    }

    /// The number of the next connection.
    pub(crate) fn next_connection(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn device(&self, token: &str) -> Option<Arc<Device>> {
        lock(&self.devices).iter().find(|device| device.spec.access_token.expose() == token).cloned()
    }

    /// The device that may connect like this (DefaultTransportApiService.validateCredentials): by both names,
    /// by its token, or by one name.
    pub(crate) fn log_in(&self, connect: &Connect) -> Option<Arc<Device>> {
        let devices = lock(&self.devices);
        let basic = |both: bool| {
            devices.iter().find(|device| {
                device.basic.as_ref().is_some_and(|own| own.has_both_names() == both && own.are_in(connect))
            })
        };
        let by_token = || {
            let token = connect.username.as_deref()?;
            devices.iter().find(|device| device.basic.is_none() && device.spec.access_token.expose() == token)
        };
        basic(true).or_else(by_token).or_else(|| basic(false)).cloned()
    }

    /// The device of this name, made if there is none; `None` when there are too many.
    pub(crate) fn get_or_make(&self, name: &str) -> Option<Arc<Device>> {
        let mut devices = lock(&self.devices);
        if let Some(device) = devices.iter().find(|device| device.spec.name == name) {
            return Some(Arc::clone(device));
        }
        if devices.len() >= MOST_DEVICES {
            return None;
        }
        let access_token = AccessToken::parse(&random::alphanumeric(20).ok()?).ok()?;
        let device = Device::new(DeviceSpec { name: name.to_owned(), access_token }, false);
        device.limit(&self.rate_limits);
        devices.push(Arc::clone(&device));
        Some(device)
    }

    pub(crate) fn specs(&self) -> Vec<DeviceSpec> {
        lock(&self.devices).iter().map(|device| device.spec.clone()).collect()
    }

    /// A device for somebody who wants to try one.
    pub(crate) fn hand_out(&self) -> Result<DeviceSpec, NoDevice> {
        let mut devices = lock(&self.devices);
        match self.policy {
            DevicePolicy::Shared => devices.first().map(|device| device.spec.clone()).ok_or(NoDevice::None),
            DevicePolicy::PerVisitor { most } => {
                let made = devices.iter().filter(|device| device.made_on_demand).count();
                if made >= most {
                    drop_idle(&mut devices)?;
                }
                // The number is not taken from the token, which a name must not give away.
                let number = random::alphanumeric(4).map_err(|_| NoDevice::NoRandomness)?;
                let token = random::alphanumeric(20).map_err(|_| NoDevice::NoRandomness)?;
                let access_token = AccessToken::parse(&token).map_err(|_| NoDevice::NoRandomness)?;
                let spec = DeviceSpec { name: format!("Demo device {number}"), access_token };
                let device = Device::new(spec.clone(), true);
                device.limit(&self.rate_limits);
                devices.push(device);
                Ok(spec)
            }
        }
    }
}

/// Drops the made device that has been without a session and without activity longest.
fn drop_idle(devices: &mut Vec<Arc<Device>>) -> Result<(), NoDevice> {
    let idle = devices.iter().enumerate().filter(|(_, device)| device.made_on_demand).filter_map(
        |(index, device)| {
            let state = lock(&device.state);
            let since = state.last_activity_ms.unwrap_or(device.created_ms);
            (!state.is_connected()).then_some((since, index))
        },
    );
    let (_, index) = idle.min().ok_or(NoDevice::AllInUse)?;
    let dropped = devices.remove(index);
    // Somebody may have connected since.
    lock(&dropped.state).end_session(Ending::DeviceDropped);
    Ok(())
}

pub(crate) fn unix_ms() -> UnixMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMs::try_from(since.as_millis()).unwrap_or(UnixMs::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_devices_are_handed_out_again_and_again() {
        let spec = DeviceSpec::random("one");
        let hub = Hub::new(vec![spec.clone(), DeviceSpec::random("two")], DevicePolicy::Shared, Vec::new());
        assert_eq!(hub.hand_out(), Ok(spec.clone()));
        assert_eq!(hub.hand_out(), Ok(spec.clone()));
        assert_eq!(hub.device(spec.access_token.expose()).unwrap().spec, spec);
        assert!(hub.device("unknown").is_none());
        assert_eq!(Hub::new(Vec::new(), DevicePolicy::Shared, Vec::new()).hand_out(), Err(NoDevice::None));
    }

    #[test]
    fn each_visitor_gets_a_device_and_the_idlest_makes_room() {
        let configured = DeviceSpec::random("configured");
        let hub = Hub::new(vec![configured.clone()], DevicePolicy::PerVisitor { most: 2 }, Vec::new());
        let first = hub.hand_out().unwrap();
        let second = hub.hand_out().unwrap();
        assert_ne!(first, second);
        let device = |spec: &DeviceSpec| hub.device(spec.access_token.expose());
        lock(&device(&first).unwrap().state).last_activity_ms = Some(UnixMs::MAX);
        let third = hub.hand_out().unwrap();
        assert!(device(&second).is_none());
        assert!(device(&first).is_some() && device(&third).is_some() && device(&configured).is_some());
    }
}
