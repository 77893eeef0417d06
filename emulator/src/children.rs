//! The devices that one gateway's session has connected: who they are, and how the platform reaches them
//! through it.

use crate::{
    device::SessionLink,
    hub::{Device, Hub},
    sync::lock,
};
use std::{collections::BTreeMap, sync::Arc};

/// Devices of one session. ThingsBoard's bound is the tenant's number of devices.
const MOST_CHILDREN: usize = 100;

/// No more devices may be made or connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quota;

/// The devices; leaving them is dropping this.
#[derive(Debug)]
pub(crate) struct Children {
    hub: Arc<Hub>,
    gateway: Arc<Device>,
    link: SessionLink,
    connected: BTreeMap<String, Arc<Device>>,
}

impl Children {
    /// None yet; `link` is the gateway's own.
    pub(crate) fn new(hub: Arc<Hub>, gateway: Arc<Device>, link: SessionLink) -> Self {
        Self { hub, gateway, link, connected: BTreeMap::new() }
    }

    /// The device of this name; connected, and made, if it is not yet. `true` with one that was connected
    /// now.
    pub(crate) fn connect(&mut self, name: &str) -> Result<(Arc<Device>, bool), Quota> {
        if let Some(device) = self.connected.get(name) {
            return Ok((Arc::clone(device), false));
        }
        if self.connected.len() >= MOST_CHILDREN {
            return Err(Quota);
        }
        let device = self.hub.get_or_make(name, self.gateway.tenant).ok_or(Quota)?;
        let mut state = lock(&device.state);
        state.open_session(SessionLink { child: Some(name.into()), ..self.link.clone() });
        state.last_gateway = Some(self.gateway.spec.name.clone());
        drop(state);
        self.connected.insert(name.to_owned(), Arc::clone(&device));
        Ok((device, true))
    }

    pub(crate) fn gateway(&self) -> &Device {
        &self.gateway
    }

    pub(crate) fn get(&self, name: &str) -> Option<Arc<Device>> {
        self.connected.get(name).cloned()
    }

    /// Disconnects a device, connected or not.
    pub(crate) fn disconnect(&mut self, name: &str) {
        if let Some(device) = self.connected.remove(name) {
            lock(&device.state).forget_session(self.link.connection);
        }
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        for device in self.connected.values() {
            lock(&device.state).forget_session(self.link.connection);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{DevicePolicy, DeviceSpec},
        hub::OPERATOR,
        packet::level::Version,
    };
    use tokio::sync::{mpsc, watch};

    #[test]
    fn a_device_with_too_long_a_name_is_refused() {
        let hub = Arc::new(Hub::new(vec![DeviceSpec::random("gateway")], DevicePolicy::Shared, Vec::new()));
        let gateway = hub.get_or_make("gateway", OPERATOR).unwrap();
        let (commands, _queue) = mpsc::channel(1);
        let (end, _) = watch::channel(None);
        let link = SessionLink { connection: 1, version: Version::V5, child: None, commands, end };
        let mut children = Children::new(Arc::clone(&hub), gateway, link);
        assert_eq!(children.connect(&"x".repeat(256)).map(drop), Err(Quota));
        assert_eq!(children.connect(&"x".repeat(255)).map(drop), Ok(()));
        assert_eq!(hub.specs().len(), 2);
    }
}
