//! Who gets which device: the one that all share, or each visitor one of their own.

use super::{Device, Hub, MOST_DEVICES, OPERATOR, Tenant};
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
            DevicePolicy::PerVisitor { most } => self.welcome(most),
        }
    }

    /// A device for a new visitor.
    fn welcome(&self, most: usize) -> Result<HandedOut, NoDevice> {
        // The number is not taken from the token, which a name must not give away.
        let number = random::alphanumeric(4).map_err(|_| NoDevice::NoRandomness)?;
        let token = random::alphanumeric(20).map_err(|_| NoDevice::NoRandomness)?;
        let access_token = AccessToken::parse(&token).map_err(|_| NoDevice::NoRandomness)?;
        let profile = DeviceProfile::try_random().ok_or(NoDevice::NoRandomness)?;
        let spec = DeviceSpec { name: format!("{DEMO_DEVICE} {number}"), access_token };
        let handed_out = HandedOut { device: spec.clone(), provisioning: Some(profile.keys()) };

        let mut devices = lock(&self.devices);
        let made = devices.iter().filter(|device| device.profile.is_some()).count();
        if made >= most || devices.len() >= MOST_DEVICES {
            drop_idle(&mut devices)?;
        }
        let tenant = self.visitors.fetch_add(1, Ordering::Relaxed) + 1;
        let device = Device { profile: Some(profile), ..Device::new(spec, tenant) };
        device.gateway.store(true, Ordering::Relaxed);
        self.add(&mut devices, device);
        Ok(handed_out)
    }
}

/// Drops the visitor who has been without a session and without activity longest, with all devices.
fn drop_idle(devices: &mut Vec<Arc<Device>>) -> Result<(), NoDevice> {
    // For each visitor: whether anything is connected, and when something last happened.
    let mut visitors: BTreeMap<Tenant, (bool, UnixMs)> = BTreeMap::new();
    for device in devices.iter().filter(|device| device.tenant != OPERATOR) {
        let state = lock(&device.state);
        let since = state.last_activity_ms.unwrap_or(device.created_ms);
        let (connected, last) = visitors.entry(device.tenant).or_insert((false, since));
        *connected |= state.is_connected();
        *last = since.max(*last);
    }
    let idle = visitors.into_iter().filter(|(_, (connected, _))| !connected);
    let (tenant, _) = idle.min_by_key(|(_, (_, last))| *last).ok_or(NoDevice::AllInUse)?;
    for dropped in devices.extract_if(.., |device| device.tenant == tenant) {
        // Somebody may have connected since.
        lock(&dropped.state).end_session(Ending::DeviceDropped);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{super::MOST_OF_VISITOR, *};

    fn handed_out(hub: &Hub) -> DeviceSpec {
        hub.hand_out().unwrap().device
    }

    #[test]
    fn shared_devices_are_handed_out_again_and_again() {
        let spec = DeviceSpec::random("one");
        let profile = DeviceProfile::random();
        let before =
            DeviceProfile { strategy: ProvisionStrategy::CheckPreProvisioned, ..DeviceProfile::random() };
        let devices = vec![spec.clone(), DeviceSpec::random("two")];
        let hub = Hub::new(devices, DevicePolicy::Shared, vec![before, profile.clone()]);
        let wanted = HandedOut { device: spec.clone(), provisioning: Some(profile.keys()) };
        assert_eq!(hub.hand_out(), Ok(wanted.clone()));
        assert_eq!(hub.hand_out(), Ok(wanted));
        assert_eq!(hub.device(spec.access_token.expose()).unwrap().spec, spec);
        assert!(hub.device("unknown").is_none());
        assert_eq!(Hub::new(Vec::new(), DevicePolicy::Shared, Vec::new()).hand_out(), Err(NoDevice::None));
    }

    #[test]
    fn each_visitor_gets_a_device_and_the_idlest_makes_room() {
        let configured = DeviceSpec::random("configured");
        let hub = Hub::new(vec![configured.clone()], DevicePolicy::PerVisitor { most: 2 }, Vec::new());
        let first = handed_out(&hub);
        let second = handed_out(&hub);
        assert_ne!(first, second);
        let device = |spec: &DeviceSpec| hub.device(spec.access_token.expose());
        let child = hub.get_or_make("pump", device(&second).unwrap().tenant).unwrap();
        lock(&device(&first).unwrap().state).last_activity_ms = Some(UnixMs::MAX);
        let third = handed_out(&hub);
        assert!(device(&second).is_none() && device(&child.spec).is_none(), "with all that was its");
        assert!(device(&first).is_some() && device(&third).is_some() && device(&configured).is_some());
        assert!(device(&third).unwrap().gateway.load(Ordering::Relaxed));
    }

    #[test]
    fn visitors_do_not_meet_and_cannot_fill_the_emulator() {
        let hub = Hub::new(Vec::new(), DevicePolicy::PerVisitor { most: 2 }, Vec::new());
        let (one, other) = (hub.hand_out().unwrap(), hub.hand_out().unwrap());
        assert_ne!(one.provisioning, other.provisioning);
        let tenant = |visitor: &HandedOut| hub.device(visitor.device.access_token.expose()).unwrap().tenant;
        let pump = |visitor| hub.get_or_make("pump", tenant(visitor)).unwrap().spec.access_token.clone();
        assert_eq!(pump(&one), pump(&one));
        assert_ne!(pump(&one), pump(&other));
        for number in 2..MOST_OF_VISITOR {
            assert!(hub.get_or_make(&number.to_string(), tenant(&one)).is_some());
        }
        assert!(hub.get_or_make("more", tenant(&one)).is_none());
        assert!(hub.get_or_make("more", tenant(&other)).is_some());
    }
}
