//! The platform's side of the devices: what an operator sees and does. [`crate::platform_api`] offers the
//! same over HTTP.

use crate::{
    config::Timers,
    device::TooManyRpcs,
    fault::Fault,
    hub::{Device, HandedOut, Hub, NoDevice, unix_ms},
    mqtt_profile::MqttProfile,
    package::{Assigned, LinkedPackage, Package, PackageKind},
    rate::{Limiter, RateLimits},
    record::Recorded,
    store::Full,
    sync::lock,
    topic::TopicId,
};
use serde_json::{Map, Value};
use shared::{
    credentials::AccessToken,
    platform::{MAX_PACKAGE_BYTES, PlatformView, RpcCall, RpcOutcome},
};
use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use thiserror::Error;

/// The longest that a server-side RPC waits.
const LONGEST_RPC: Duration = Duration::from_secs(60);

/// A handle on a running emulator's devices. Clones are cheap and see the same.
#[derive(Clone, Debug)]
pub struct Platform {
    hub: Arc<Hub>,
    timers: Timers,
}

/// Why something was not done, in a sentence for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PlatformProblem {
    #[error("No device has this access token: press Use the demo device for a new one.")]
    UnknownDevice,
    #[error("Too many requests wait for this device already: let some run out first.")]
    TooManyRpcs,
    #[error("This device holds as many values as it may: delete some shared attributes first.")]
    Full,
    #[error("A package may have 4 MiB here: take a smaller one.")]
    PackageTooLarge,
    #[error(
        "No more packages can be kept here: take one of yours away, or try again later or with a smaller one."
    )]
    PackagesFull,
    #[error("This device connected no device of that name: publish to v1/gateway/connect first.")]
    UnknownChild,
}

impl From<TooManyRpcs> for PlatformProblem {
    fn from(_: TooManyRpcs) -> Self {
        Self::TooManyRpcs
    }
}

impl From<Full> for PlatformProblem {
    fn from(_: Full) -> Self {
        Self::Full
    }
}

impl Platform {
    pub(crate) fn new(hub: Arc<Hub>, timers: Timers) -> Self {
        Self { hub, timers }
    }

    /// The token by which the platform's calls name a device, also one that a gateway or provisioning made.
    #[must_use]
    pub fn token_of(&self, name: &str) -> Option<AccessToken> {
        self.hub.specs().into_iter().find(|device| device.name == name).map(|device| device.access_token)
    }

    /// Whether a device has the token.
    pub(crate) fn knows(&self, token: &AccessToken) -> Result<(), PlatformProblem> {
        self.device(token).map(drop)
    }

    /// What ThingsBoard would show of the device.
    ///
    /// # Errors
    /// When no device has the token.
    pub fn view(&self, token: &AccessToken) -> Result<PlatformView, PlatformProblem> {
        let device = self.device(token)?;
        let children = self.hub.children_of(&device);
        let view = lock(&device.state).view(&device.spec.name);
        Ok(PlatformView {
            gateway: device.gateway.load(Ordering::Relaxed),
            children: children.iter().map(|child| lock(&child.state).child_view(&child.spec.name)).collect(),
            ..view
        })
    }

    /// The token of a device that this one connected as a gateway; every call may be made with it.
    ///
    /// # Errors
    /// When no device has the token, or it connected no device of this name.
    pub fn child(&self, token: &AccessToken, name: &str) -> Result<AccessToken, PlatformProblem> {
        let gateway = self.device(token)?;
        let children = self.hub.children_of(&gateway);
        let child = children.iter().find(|child| child.spec.name == name);
        child.map(|child| child.spec.access_token.clone()).ok_or(PlatformProblem::UnknownChild)
    }

    /// Sends a server-side RPC and waits for what becomes of it: at least ThingsBoard's least time-out, at
    /// most a minute. Dropping the future takes the request back.
    ///
    /// # Errors
    /// When no device has the token, or too many requests wait for it.
    pub async fn send_rpc(&self, token: &AccessToken, call: RpcCall) -> Result<RpcOutcome, PlatformProblem> {
        let device = self.device(token)?;
        let (id, outcome) = lock(&device.state).add_rpc(&call.method, &call.params, call.one_way)?;
        let _withdraw = Withdraw { device: &device, id };
        let limit = Duration::from_millis(call.timeout_ms).max(self.timers.server_rpc_least).min(LONGEST_RPC);
        match tokio::time::timeout(limit, outcome).await {
            Ok(Ok(outcome)) => Ok(outcome),
            Ok(Err(_)) | Err(_) => Ok(RpcOutcome::TimedOut),
        }
    }

    /// Saves shared attributes and pushes them to the device if it is subscribed. `null` is skipped.
    ///
    /// # Errors
    /// When no device has the token, or it cannot hold more; then some may be saved and none is pushed.
    pub fn set_shared_attributes(
        &self,
        token: &AccessToken,
        values: Map<String, Value>,
    ) -> Result<(), PlatformProblem> {
        Ok(lock(&self.device(token)?.state).set_shared_attributes(values)?)
    }

    /// Deletes shared attributes and pushes the deletion.
    ///
    /// # Errors
    /// When no device has the token.
    pub fn delete_shared_attributes(
        &self,
        token: &AccessToken,
        keys: &[String],
    ) -> Result<(), PlatformProblem> {
        lock(&self.device(token)?.state).delete_shared_attributes(keys);
        Ok(())
    }

    /// Assigns an OTA package: the device learns of it by its shared attributes and may fetch it.
    ///
    /// # Errors
    /// When no device has the token, the package is too large, or the device cannot hold its attributes, or the
    /// emulator no more packages.
    pub fn assign_package(
        &self,
        token: &AccessToken,
        kind: PackageKind,
        package: Package,
    ) -> Result<(), PlatformProblem> {
        if package.bytes.len() > MAX_PACKAGE_BYTES {
            return Err(PlatformProblem::PackageTooLarge);
        }
        let device = self.device(token)?;
        let package = self.keep(package, &device).ok_or(PlatformProblem::PackagesFull)?;
        let assigned = Assigned::kept(package);
        Ok(lock(&device.state).assign_package(kind, assigned, unix_ms())?)
    }

    /// The package within the device's share; others who rest make room.
    fn keep(&self, mut package: Package, device: &Device) -> Option<Package> {
        loop {
            package = match package.within(device.share.packages()) {
                Ok(kept) => return Some(kept),
                Err(package) => package,
            };
            // Its own share being full is nobody else's matter.
            let has_room = device.share.packages().has_room(package.bytes.len());
            if !has_room || !self.hub.drop_idle_packages(device.tenant, unix_ms()) {
                return None;
            }
        }
    }

    /// Assigns a package that is only an address; asking for its chunks fails.
    ///
    /// # Errors
    /// When no device has the token, or the device cannot hold the attributes.
    pub fn assign_linked_package(
        &self,
        token: &AccessToken,
        kind: PackageKind,
        package: LinkedPackage,
    ) -> Result<(), PlatformProblem> {
        let assigned = Assigned::Linked(package);
        Ok(lock(&self.device(token)?.state).assign_package(kind, assigned, unix_ms())?)
    }

    /// Takes a package away, and its attributes with it.
    ///
    /// # Errors
    /// When no device has the token.
    pub fn unassign_package(&self, token: &AccessToken, kind: PackageKind) -> Result<(), PlatformProblem> {
        lock(&self.device(token)?.state).unassign_package(kind);
        Ok(())
    }

    /// Lets something go wrong for a device, in place of what went wrong before; `None` ends it.
    ///
    /// # Errors
    /// When no device has the token.
    pub fn fault(&self, token: &AccessToken, fault: impl Into<Option<Fault>>) -> Result<(), PlatformProblem> {
        lock(&self.device(token)?.state).fault = fault.into();
        Ok(())
    }

    /// Limits what a device may send from now on; nothing counts of what it has sent.
    ///
    /// # Errors
    /// When no device has the token.
    pub fn set_rate_limits(&self, token: &AccessToken, limits: RateLimits) -> Result<(), PlatformProblem> {
        lock(&self.device(token)?.state).limiter = Limiter::new(limits);
        Ok(())
    }

    /// The same for what the device sends as a gateway for others.
    ///
    /// # Errors
    /// When no device has the token.
    pub fn set_gateway_rate_limits(
        &self,
        token: &AccessToken,
        limits: RateLimits,
    ) -> Result<(), PlatformProblem> {
        lock(&self.device(token)?.state).gateway_limiter = Limiter::new(limits);
        Ok(())
    }

    /// Changes what the device's profile says of MQTT; an open session goes by it from the next packet on.
    ///
    /// # Errors
    /// When no device has the token.
    pub fn set_profile(&self, token: &AccessToken, profile: MqttProfile) -> Result<(), PlatformProblem> {
        lock(&self.device(token)?.state).profile = profile;
        Ok(())
    }

    /// What devices sent so far, oldest first; the last 10,000 entries.
    #[must_use]
    pub fn record(&self) -> Vec<Recorded> {
        self.hub.record.all()
    }

    /// Waits until `wanted` holds for the record; looked at again after each new entry. `false` when it did
    /// not within `limit`. `wanted` must not call the platform.
    pub async fn wait_until(&self, wanted: impl Fn(&[Recorded]) -> bool, limit: Duration) -> bool {
        self.hub.record.wait_until(wanted, limit).await
    }

    pub(crate) fn hand_out_device(&self) -> Result<HandedOut, NoDevice> {
        self.hub.hand_out()
    }

    fn device(&self, token: &AccessToken) -> Result<Arc<Device>, PlatformProblem> {
        self.hub.device(token.expose()).ok_or(PlatformProblem::UnknownDevice)
    }
}

/// Takes an RPC request back when nobody waits for it any more.
struct Withdraw<'a> {
    device: &'a Device,
    id: TopicId,
}

impl Drop for Withdraw<'_> {
    fn drop(&mut self) {
        lock(&self.device.state).cancel_rpc(self.id);
    }
}

#[cfg(test)]
mod tests;
