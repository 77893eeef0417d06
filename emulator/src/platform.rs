//! The platform's side of the devices: what an operator sees and does. [`crate::platform_api`] offers the
//! same over HTTP.

use crate::{
    config::{DeviceSpec, Timers},
    device::TooManyRpcs,
    fault::Fault,
    hub::{Device, Hub, NoDevice, unix_ms},
    package::{Assigned, LinkedPackage, MOST_PACKAGE_BYTES, Package, PackageKind},
    record::Recorded,
    store::Full,
    sync::lock,
    topic::TopicId,
};
use serde_json::{Map, Value};
use shared::{
    credentials::AccessToken,
    platform::{PlatformView, RpcCall, RpcOutcome},
};
use std::{sync::Arc, time::Duration};
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
    #[error("No device has this access token: ask for a device first.")]
    UnknownDevice,
    #[error("Too many requests wait for this device already: let some run out first.")]
    TooManyRpcs,
    #[error("This device holds as many values as it may: delete some shared attributes first.")]
    Full,
    #[error("A package may have 4 MiB here: take a smaller one.")]
    PackageTooLarge,
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

    /// What ThingsBoard would show of the device.
    ///
    /// # Errors
    /// When no device has the token.
    pub fn view(&self, token: &AccessToken) -> Result<PlatformView, PlatformProblem> {
        let device = self.device(token)?;
        Ok(lock(&device.state).view(&device.spec.name))
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
    /// When no device has the token, the package is too large, or the device cannot hold its attributes.
    pub fn assign_package(
        &self,
        token: &AccessToken,
        kind: PackageKind,
        package: Package,
    ) -> Result<(), PlatformProblem> {
        if package.bytes.len() > MOST_PACKAGE_BYTES {
            return Err(PlatformProblem::PackageTooLarge);
        }
        self.assign(token, kind, Assigned::Kept(Arc::new(package)))
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
        self.assign(token, kind, Assigned::Linked(package))
    }

    fn assign(
        &self,
        token: &AccessToken,
        kind: PackageKind,
        package: Assigned,
    ) -> Result<(), PlatformProblem> {
        Ok(lock(&self.device(token)?.state).assign_package(kind, package, unix_ms())?)
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

    pub(crate) fn hand_out_device(&self) -> Result<DeviceSpec, NoDevice> {
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
