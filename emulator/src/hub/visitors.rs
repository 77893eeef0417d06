//! Who gets which device: the one that all share, or each visitor one of their own.

use super::{Device, Hub, OPERATOR, Share, Tenant, unix_ms};
use crate::{
    config::{DEMO_DEVICE, DevicePolicy, DeviceProfile, DeviceSpec, ProvisionStrategy},
    ending::Ending,
    random,
    sync::lock,
    upload::UnixMs,
};
use shared::{credentials::AccessToken, platform::ProvisioningKeys};
use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};
use thiserror::Error;

/// A device for somebody who wants to try one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HandedOut {
    pub(crate) device: DeviceSpec,
    pub(crate) provisioning: Option<ProvisioningKeys>,
}

/// Why there is no device to hand out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum NoDevice {
    #[error("This emulator has no device: start it with one.")]
    None,
    #[error("All demo devices are in use: try again in a few minutes.")]
    AllInUse,
    #[error("Too many people asked for a demo device just now: try again in a minute.")]
    TooFast,
    #[error("The server has no random bytes for a token just now: try again later.")]
    NoRandomness,
}

impl Hub {
    /// A device for somebody who asks for one.
    pub(crate) fn hand_out(&self) -> Result<HandedOut, NoDevice> {
        match self.policy {
            DevicePolicy::Shared => {
                let device = lock(&self.devices).first().map(|device| device.spec.clone());
                let allows_new = |profile: &&DeviceProfile| profile.strategy == ProvisionStrategy::AllowNew;
                let provisioning = self.profiles.iter().find(allows_new).map(DeviceProfile::keys);
                Ok(HandedOut { device: device.ok_or(NoDevice::None)?, provisioning })
            }
            DevicePolicy::PerVisitor { most } => self.welcome(most, Instant::now(), unix_ms()),
        }
    }

    /// A device for a new visitor.
    fn welcome(&self, most: usize, now: Instant, now_ms: UnixMs) -> Result<HandedOut, NoDevice> {
        if !lock(&self.pace).take(now) {
            return Err(NoDevice::TooFast);
        }
        // The number is not taken from the token, which a name must not give away.
        let number = random::alphanumeric(4).map_err(|_| NoDevice::NoRandomness)?;
        let token = random::alphanumeric(20).map_err(|_| NoDevice::NoRandomness)?;
        let access_token = AccessToken::parse(&token).map_err(|_| NoDevice::NoRandomness)?;
        let profile = DeviceProfile::try_random().ok_or(NoDevice::NoRandomness)?;
        let spec = DeviceSpec { name: format!("{DEMO_DEVICE} {number}"), access_token };
        let handed_out = HandedOut { device: spec.clone(), provisioning: Some(profile.keys()) };

        let mut devices = lock(&self.devices);
        let made = devices.iter().filter(|device| device.profile.is_some()).count();
        if made >= most {
            drop_idle(&mut devices, self.visitor_rest, now_ms, |_| true).ok_or(NoDevice::AllInUse)?;
        }
        let tenant = self.visitors.fetch_add(1, Ordering::Relaxed) + 1;
        let device = Device::new(spec, tenant, Share::of_visitor(&self.share));
        let device = Device { profile: Some(profile), created_ms: now_ms, ..device };
        device.gateway.store(true, Ordering::Relaxed);
        self.add(&mut devices, device);
        Ok(handed_out)
    }

    /// Makes room among the packages that are kept for all: a visitor who has rested for a while and holds some is
    /// dropped, but not who is `asking`. Returns whether there was one.
    pub(crate) fn drop_idle_packages(&self, asking: Tenant, now_ms: UnixMs) -> bool {
        let rest = self.visitor_rest.min(PACKAGE_REST);
        let holds = |device: &Device| device.tenant != asking && device.share.packages().is_used();
        drop_idle(&mut lock(&self.devices), rest, now_ms, holds).is_some()
    }
}

/// How long a visitor may rest whose packages are in the way of others.
const PACKAGE_REST: Duration = Duration::from_secs(60);

/// Drops the visitor who has been without a session and without activity longest, and at least for `rest`, with
/// all devices. Only those count of whom `is_meant` is true for a device. `None`: there is no such visitor.
fn drop_idle(
    devices: &mut Vec<Arc<Device>>,
    rest: Duration,
    now_ms: UnixMs,
    is_meant: impl Fn(&Device) -> bool,
) -> Option<()> {
    let rest_ms = UnixMs::try_from(rest.as_millis()).unwrap_or(UnixMs::MAX);
    // For each visitor: whether anything is connected, and when something last happened.
    let mut visitors: BTreeMap<Tenant, (bool, UnixMs)> = BTreeMap::new();
    let meant = |device: &&Arc<Device>| device.tenant != OPERATOR && is_meant(device);
    for device in devices.iter().filter(meant) {
        let state = lock(&device.state);
        let since = state.last_activity_ms.unwrap_or(device.created_ms);
        let (connected, last) = visitors.entry(device.tenant).or_insert((false, since));
        *connected |= state.is_connected();
        *last = since.max(*last);
    }
    let idle = visitors
        .into_iter()
        .filter(|(_, (connected, last))| !connected && now_ms.saturating_sub(*last) >= rest_ms);
    let (tenant, _) = idle.min_by_key(|(_, (_, last))| *last)?;
    for dropped in devices.extract_if(.., |device| device.tenant == tenant) {
        // Somebody may have connected since.
        lock(&dropped.state).end_session(Ending::DeviceDropped);
    }
    Some(())
}

#[cfg(test)]
mod tests;
