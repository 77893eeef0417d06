//! All devices of an emulator, found by token, and how new ones come and old ones go.

mod credentials;
mod pace;
mod provisioning;
mod share;
mod visitors;

pub(crate) use visitors::{HandedOut, NoDevice};

use crate::{
    config::{DeviceCertificate, DevicePolicy, DeviceProfile, DeviceSpec, Timers},
    device::DeviceState,
    mqtt_profile::MqttProfile,
    packet::Connect,
    random,
    rate::{Limiter, RateLimits},
    record::Record,
    sync::lock,
    upload::UnixMs,
};
use credentials::Credentials;
use pace::Pace;
use share::Share;
use shared::credentials::AccessToken;
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// The operator's devices at a time after which gateways and provisioning make no more. ThingsBoard's bound is
/// the tenant's, too.
const MOST_DEVICES: usize = 500;

/// Devices at a time that belong to one visitor of a public demo. There is no bound for all visitors together but
/// their number: a new one is welcome however many devices the others have.
const MOST_OF_VISITOR: usize = 20;

/// Bytes of a device's name (ThingsBoard's `Device` has 255 characters).
pub(crate) const MOST_NAME_BYTES: usize = 255;

/// Whom a device belongs to: names are each one's own, and a gateway reaches the devices of its own only.
pub(crate) type Tenant = u64;

/// Who has all devices that no visitor has.
pub(crate) const OPERATOR: Tenant = 0;

/// A device and what is known of it.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) spec: DeviceSpec,
    /// Its name once more, for what outlives the device.
    pub(crate) name: Arc<str>,
    pub(crate) state: Mutex<DeviceState>,
    credentials: Credentials,
    pub(crate) share: Share,
    /// Whether a provisioning request was answered with it.
    provisioned: AtomicBool,
    pub(crate) gateway: AtomicBool,
    pub(crate) tenant: Tenant,
    /// Of the device that a visitor was given: by what others may be provisioned.
    profile: Option<DeviceProfile>,
    created_ms: UnixMs,
}

impl Device {
    /// The token, if it connects with that.
    fn token(&self) -> Option<&str> {
        matches!(self.credentials, Credentials::Token).then(|| self.spec.access_token.expose())
    }

    fn set(&self, settings: &Settings) {
        let mut state = lock(&self.state);
        state.limiter = Limiter::new(settings.rate_limits.clone());
        state.gateway_limiter = Limiter::new(settings.gateway_rate_limits.clone());
        state.profile = settings.profile.clone();
    }

    fn new(spec: DeviceSpec, tenant: Tenant, share: Share) -> Self {
        Self {
            name: spec.name.as_str().into(),
            spec,
            state: Mutex::new(DeviceState::within(share.values())),
            credentials: Credentials::Token,
            share,
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
    /// A list, not a map: there are few but under attack, their order matters, and it holds each token once.
    devices: Mutex<Vec<Arc<Device>>>,
    policy: DevicePolicy,
    profiles: Vec<DeviceProfile>,
    settings: Settings,
    /// The operator's.
    share: Share,
    pub(crate) record: Record,
    connections: AtomicU64,
    /// The last tenant's number.
    visitors: AtomicU64,
    /// How long a visitor who is not connected keeps the place.
    visitor_rest: Duration,
    pace: Mutex<Pace>,
}

impl Hub {
    pub(crate) fn new(devices: Vec<DeviceSpec>, policy: DevicePolicy, profiles: Vec<DeviceProfile>) -> Self {
        let share = Share::of_operator();
        let device = |spec| Arc::new(Device::new(spec, OPERATOR, share.clone()));
        let devices = devices.into_iter().map(device).collect();
        Self {
            devices: Mutex::new(devices),
            policy,
            profiles,
            settings: Settings::default(),
            share,
            record: Record::new(),
            connections: AtomicU64::new(1),
            visitors: AtomicU64::new(OPERATOR),
            visitor_rest: Timers::default().visitor_rest,
            pace: Mutex::default(),
        }
    }

    /// The same with another time that visitors keep their places.
    pub(crate) fn with_visitor_rest(self, visitor_rest: Duration) -> Self {
        Self { visitor_rest, ..self }
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
                device.credentials = Credentials::Certificate(der);
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
                device
                    .credentials
                    .basic()
                    .is_some_and(|own| own.has_both_names() == both && own.are_in(connect))
            })
        };
        let by_token = || {
            let token = connect.username.as_deref()?;
            devices.iter().find(|device| device.token() == Some(token))
        };
        basic(true).or_else(by_token).or_else(|| basic(false)).cloned()
    }

    /// The device that connects with this certificate.
    pub(crate) fn log_in_by_certificate(&self, der: &[u8]) -> Option<Arc<Device>> {
        lock(&self.devices).iter().find(|device| device.credentials.certificate() == Some(der)).cloned()
    }

    /// The tenant's device of this name, made if there is none; `None` when there are too many, its name
    /// cannot be, or the tenant has gone.
    pub(crate) fn get_or_make(&self, name: &str, tenant: Tenant) -> Option<Arc<Device>> {
        let mut devices = lock(&self.devices);
        let known = devices.iter().find(|device| device.tenant == tenant && device.spec.name == name);
        if let Some(device) = known {
            return Some(Arc::clone(device));
        }
        if !has_room(&devices, tenant) || !is_device_name(name) {
            return None;
        }
        let share = self.share_of(&devices, tenant)?;
        let access_token = AccessToken::parse(&random::alphanumeric(20).ok()?).ok()?;
        let spec = DeviceSpec { name: name.to_owned(), access_token };
        Some(self.add(&mut devices, Device::new(spec, tenant, share)))
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

    /// What another device of the tenant shares in; `None` of a visitor who has been dropped.
    fn share_of(&self, devices: &[Arc<Device>], tenant: Tenant) -> Option<Share> {
        match tenant {
            OPERATOR => Some(self.share.clone()),
            _ => devices.iter().find(|device| device.tenant == tenant).map(|device| device.share.clone()),
        }
    }

    pub(crate) fn specs(&self) -> Vec<DeviceSpec> {
        lock(&self.devices).iter().map(|device| device.spec.clone()).collect()
    }
}

/// Whether a gateway or provisioning may make one more.
fn has_room(devices: &[Arc<Device>], tenant: Tenant) -> bool {
    let own = devices.iter().filter(|device| device.tenant == tenant).count();
    own < if tenant == OPERATOR { MOST_DEVICES } else { MOST_OF_VISITOR }
}

/// Whether a device may have this name.
pub(crate) fn is_device_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= MOST_NAME_BYTES
}

pub(crate) fn unix_ms() -> UnixMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMs::try_from(since.as_millis()).unwrap_or(UnixMs::MAX)
}
