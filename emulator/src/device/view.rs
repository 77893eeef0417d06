//! What the platform shows of a device.

use super::DeviceState;
use crate::{
    package::{self, PackageKind},
    store::Store,
};
use shared::platform::{ChildView, PlatformView, TelemetryValue};

impl DeviceState {
    /// The device's own part; what concerns others ([`crate::platform`] knows them) is empty.
    pub(crate) fn view(&self, name: &str) -> PlatformView {
        let ChildView {
            device,
            connected,
            last_activity_ms,
            telemetry,
            client_attributes,
            shared_attributes,
            claim,
        } = self.child_view(name);
        let state = |kind| {
            let (value, _) = self.telemetry.get(&package::key(kind, "state"))?;
            value.as_str().map(str::to_owned)
        };
        PlatformView {
            device,
            connected,
            mqtt_version: self.session.as_ref().map(|session| session.version.name()),
            gateway: false,
            last_activity_ms,
            telemetry,
            client_attributes,
            shared_attributes,
            claim,
            packages: self.packages.iter().map(|(kind, assigned)| assigned.view(*kind)).collect(),
            fw_state: state(PackageKind::Firmware),
            sw_state: state(PackageKind::Software),
            children: Vec::new(),
            fault: self.fault.map(Into::into),
            rate_limits: self.limiter.limits().texts(),
            gateway_rate_limits: self.gateway_limiter.limits().texts(),
            profile: self.profile.view(),
        }
    }

    /// What there is to see of a gateway's device.
    pub(crate) fn child_view(&self, name: &str) -> ChildView {
        let telemetry = self.telemetry.iter().map(|(key, value, ts_ms)| TelemetryValue {
            key: key.clone(),
            value: value.clone(),
            ts_ms: *ts_ms,
        });
        let attributes =
            |store: &Store<()>| store.iter().map(|(key, value, ())| (key.clone(), value.clone())).collect();
        ChildView {
            device: name.to_owned(),
            connected: self.is_connected(),
            last_activity_ms: self.last_activity_ms,
            telemetry: telemetry.collect(),
            client_attributes: attributes(&self.client_attributes),
            shared_attributes: attributes(&self.shared_attributes),
            claim: self.claim.clone(),
        }
    }
}
