//! All devices of an emulator, found by token, and how new ones come and old ones go.

mod provisioning;
mod visitors;

pub(crate) use visitors::{HandedOut, NoDevice};

use crate::{
    basic_credentials::BasicCredentials,
    config::{DeviceCertificate, DevicePolicy, DeviceProfile, DeviceSpec},
    device::DeviceState,
    mqtt_profile::MqttProfile,
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

/// Devices at a time after which gateways and provisioning make no more. ThingsBoard's bound is the
/// tenant's.
const MOST_DEVICES: usize = 500;

/// Devices at a time that belong to one visitor of a public demo.
const MOST_OF_VISITOR: usize = 20;

/// Bytes of packages that are kept at a time.
const MOST_KEPT_BYTES: usize = 256 * 1024 * 1024;

/// Whom a device belongs to: names are each one's own, and a gateway reaches the devices of its own only.
pub(crate) type Tenant = u64;

/// Who has all devices that no visitor has.
pub(crate) const OPERATOR: Tenant = 0;

/// A device and what is known of it.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) spec: DeviceSpec,
    pub(crate) state: Mutex<DeviceState>,
    /// What the device connects with instead of its token, which then only names it to the platform.
    basic: Option<BasicCredentials>,
    /// The certificate, as DER, that the device connects with instead.
    certificate: Option<Vec<u8>>,
    /// Whether a provisioning request was answered with it.
    provisioned: AtomicBool,
    pub(crate) gateway: AtomicBool,
    pub(crate) tenant: Tenant,
    /// Of the device that a visitor was given: by what others may be provisioned.
    profile: Option<DeviceProfile>,
    created_ms: UnixMs,
}

impl Device {
    /// Whether it connects with its token.
    fn has_token(&self) -> bool {
        self.basic.is_none() && self.certificate.is_none()
    }

    fn set(&self, settings: &Settings) {
        let mut state = lock(&self.state);
        state.limiter = Limiter::new(settings.rate_limits.clone());
        state.gateway_limiter = Limiter::new(settings.gateway_rate_limits.clone());
        state.profile = settings.profile.clone();
    }

    fn new(spec: DeviceSpec, tenant: Tenant) -> Self {
        Self {
            spec,
            state: Mutex::default(),
            basic: None,
            certificate: None,
            provisioned: AtomicBool::new(false),
            gateway: AtomicBool::new(false),
            tenant,
            profile: None,
            created_ms: unix_ms(),
        }
    }
}

/// What every device begins with.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) rate_limits: RateLimits,
    pub(crate) gateway_rate_limits: RateLimits,
    pub(crate) profile: MqttProfile,
}

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Hub {
    /// A list, not a map: there are few, their order matters, and it holds each token once.
    devices: Mutex<Vec<Arc<Device>>>,
    policy: DevicePolicy,
    profiles: Vec<DeviceProfile>,
    settings: Settings,
    pub(crate) record: Record,
    connections: AtomicU64,
    /// The last tenant's number.
    visitors: AtomicU64,
}

impl Hub {
    pub(crate) fn new(devices: Vec<DeviceSpec>, policy: DevicePolicy, profiles: Vec<DeviceProfile>) -> Self {
        let devices = devices.into_iter().map(|spec| Arc::new(Device::new(spec, OPERATOR))).collect();
        Self {
            devices: Mutex::new(devices),
            policy,
            profiles,
            settings: Settings::default(),
            record: Record::new(),
            connections: AtomicU64::new(1),
            visitors: AtomicU64::new(OPERATOR),
        }
    }

    /// The same with these devices as gateways.
    pub(crate) fn with_gateways(self, names: &[String]) -> Self {
        for device in lock(&self.devices).iter().filter(|device| names.contains(&device.spec.name)) {
            device.gateway.store(true, Ordering::Relaxed);
        }
        self
    }

    /// The same with devices that connect with a certificate.
    pub(crate) fn with_certificates(self, certificates: Vec<DeviceCertificate>) -> Self {
        let mut devices = lock(&self.devices);
        for DeviceCertificate { device, der } in certificates {
            let known = devices.iter_mut().find(|known| known.spec.name == device);
            // Nobody else has it yet.
            if let Some(device) = known.and_then(Arc::get_mut) {
                device.certificate = Some(der);
            }
        }
        drop(devices);
        self
    }

    /// The same with settings for every device.
    pub(crate) fn with_settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        for device in lock(&self.devices).iter() {
            device.set(&self.settings);
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
            devices.iter().find(|device| device.has_token() && device.spec.access_token.expose() == token)
        };
        basic(true).or_else(by_token).or_else(|| basic(false)).cloned()
    }

    /// The device that connects with this certificate.
    pub(crate) fn log_in_by_certificate(&self, der: &[u8]) -> Option<Arc<Device>> {
        lock(&self.devices).iter().find(|device| device.certificate.as_deref() == Some(der)).cloned()
    }

    /// The tenant's device of this name, made if there is none; `None` when there are too many.
    pub(crate) fn get_or_make(&self, name: &str, tenant: Tenant) -> Option<Arc<Device>> {
        let mut devices = lock(&self.devices);
        let known = devices.iter().find(|device| device.tenant == tenant && device.spec.name == name);
        if let Some(device) = known {
            return Some(Arc::clone(device));
        }
        if !has_room(&devices, tenant) {
            return None;
        }
        let access_token = AccessToken::parse(&random::alphanumeric(20).ok()?).ok()?;
        let spec = DeviceSpec { name: name.to_owned(), access_token };
        Some(self.add(&mut devices, Device::new(spec, tenant)))
    }

    fn add(&self, devices: &mut Vec<Arc<Device>>, device: Device) -> Arc<Device> {
        let device = Arc::new(device);
        device.set(&self.settings);
        devices.push(Arc::clone(&device));
        device
    }

    /// The devices that this gateway was the last to connect, by name.
    pub(crate) fn children_of(&self, gateway: &Device) -> Vec<Arc<Device>> {
        let devices = lock(&self.devices);
        let of_tenant = devices.iter().filter(|device| device.tenant == gateway.tenant);
        let mut children: Vec<Arc<Device>> = of_tenant
            .filter(|device| device.spec.access_token != gateway.spec.access_token)
            .filter(|device| lock(&device.state).last_gateway.as_deref() == Some(gateway.spec.name.as_str()))
            .cloned()
            .collect();
        drop(devices);
        children.sort_by(|one, other| one.spec.name.cmp(&other.spec.name));
        children
    }

    /// Whether so many more bytes of packages may be kept.
    pub(crate) fn has_room_for(&self, bytes: usize) -> bool {
        let devices = lock(&self.devices);
        let kept: usize = devices.iter().map(|device| lock(&device.state).kept_bytes()).sum();
        kept.saturating_add(bytes) <= MOST_KEPT_BYTES
    }

    pub(crate) fn specs(&self) -> Vec<DeviceSpec> {
        lock(&self.devices).iter().map(|device| device.spec.clone()).collect()
    }
}

/// Whether a gateway or provisioning may make one more.
fn has_room(devices: &[Arc<Device>], tenant: Tenant) -> bool {
    let own = devices.iter().filter(|device| device.tenant == tenant).count();
    devices.len() < MOST_DEVICES && (tenant == OPERATOR || own < MOST_OF_VISITOR)
}

pub(crate) fn unix_ms() -> UnixMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMs::try_from(since.as_millis()).unwrap_or(UnixMs::MAX)
}
