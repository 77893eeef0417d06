//! Which device a provisioning request gets (ThingsBoard DeviceProvisionServiceImpl).

use super::{Credentials, Device, Hub, OPERATOR, Tenant, has_room, is_device_name};
use crate::{
    config::{DeviceProfile, DeviceSpec, ProvisionStrategy},
    provision::{ProvisionOutcome, ProvisionRequest, WantedCredentials},
    random,
    sync::lock,
};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use shared::{certificate::CertificateSummary, credentials::AccessToken};
use std::sync::atomic::Ordering;

/// Bytes of what one device connects with.
const MOST_CREDENTIALS_BYTES: usize = 8 * 1024;

const FIRST_LINE: &str = "-----BEGIN CERTIFICATE-----";
const LAST_LINE: &str = "-----END CERTIFICATE-----";

impl Hub {
    pub(crate) fn provision(&self, request: ProvisionRequest) -> ProvisionOutcome {
        match self.strategy_for(&request) {
            None => ProvisionOutcome::NotFound,
            Some((ProvisionStrategy::AllowNew, tenant)) => {
                self.make(request, tenant).unwrap_or(ProvisionOutcome::Failure)
            }
            Some((ProvisionStrategy::CheckPreProvisioned, tenant)) => {
                self.give_away(&request, tenant).unwrap_or(ProvisionOutcome::Failure)
            }
        }
    }

    /// By a profile of the operator's, or by a visitor's own.
    fn strategy_for(&self, request: &ProvisionRequest) -> Option<(ProvisionStrategy, Tenant)> {
        if let Some(profile) = self.profiles.iter().find(|profile| same(profile, request)) {
            return Some((profile.strategy, OPERATOR));
        }
        let devices = lock(&self.devices);
        let mut visitors =
            devices.iter().filter_map(|device| Some((device.profile.as_ref()?, device.tenant)));
        let found = visitors.find(|(profile, _)| same(profile, request));
        found.map(|(profile, tenant)| (profile.strategy, tenant))
    }

    /// A new device under a name that is free; `None` when it cannot be.
    fn make(&self, request: ProvisionRequest, tenant: Tenant) -> Option<ProvisionOutcome> {
        let name = request.device_name.map_or_else(|| random::alphanumeric(20).ok(), Some)?;
        if !is_device_name(&name) {
            return None;
        }
        // Of what connects otherwise, it names the device to the platform.
        let made_token = random::alphanumeric(20).ok()?;
        let (token, credentials, line) = match request.wanted {
            WantedCredentials::Token(token) => (token.unwrap_or(made_token), Credentials::Token, None),
            WantedCredentials::Basic(basic) if basic.has_a_name() => {
                (made_token, Credentials::Basic(basic), None)
            }
            WantedCredentials::Certificate(Some(text)) => {
                let line = one_line(&text);
                (made_token, Credentials::Certificate(der_of(&line)?), Some(line))
            }
            WantedCredentials::Basic(_) | WantedCredentials::Certificate(None) => return None,
        };
        if credentials.bytes() > MOST_CREDENTIALS_BYTES {
            return None;
        }
        let access_token = AccessToken::parse(&token).ok()?;
        let outcome = match (&credentials, line) {
            (Credentials::Basic(basic), _) => ProvisionOutcome::Basic(basic.clone()),
            (_, Some(line)) => ProvisionOutcome::Certificate(line),
            (_, None) => ProvisionOutcome::Token(access_token.clone()),
        };
        let mut devices = lock(&self.devices);
        let share = self.share_of(&devices, tenant)?;
        let device = Device { credentials, ..Device::new(DeviceSpec { name, access_token }, tenant, share) };
        if !has_room(&devices, tenant) || devices.iter().any(|other| device.cannot_be_beside(other)) {
            return None;
        }
        device.provisioned.store(true, Ordering::Relaxed);
        device.gateway.store(request.gateway, Ordering::Relaxed);
        self.add(&mut devices, device);
        Some(outcome)
    }

    /// The credentials of a device that was configured, to the first who asks.
    fn give_away(&self, request: &ProvisionRequest, tenant: Tenant) -> Option<ProvisionOutcome> {
        let name = request.device_name.as_deref()?;
        let devices = lock(&self.devices);
        let device = devices.iter().find(|device| device.tenant == tenant && device.spec.name == name)?;
        let first = !device.provisioned.swap(true, Ordering::Relaxed);
        first.then(|| ProvisionOutcome::Token(device.spec.access_token.clone()))
    }
}

impl Device {
    /// Whether a name is taken, or the two could be taken for one another at CONNECT.
    fn cannot_be_beside(&self, other: &Self) -> bool {
        let is_of_same = self.tenant == other.tenant;
        let basic = match (self.credentials.basic(), other.credentials.basic()) {
            // As ThingsBoard has it.
            (Some(own), Some(other)) if is_of_same => own.has_the_names_of(other),
            (Some(own), Some(other)) => own.overlaps(other),
            // A device of another's that connects by a token must not be caught by who names it.
            (Some(basic), None) if !is_of_same => other.token().is_some_and(|token| basic.names(token)),
            (None, Some(basic)) if !is_of_same => self.token().is_some_and(|token| basic.names(token)),
            (Some(_), None) | (None, Some(_) | None) => false,
        };
        basic
            || (is_of_same && self.spec.name == other.spec.name)
            || self.spec.access_token == other.spec.access_token
            || self.credentials.certificate().is_some_and(|der| other.credentials.certificate() == Some(der))
    }
}

/// PEM without its first and last line and without line breaks (EncryptionUtil.certTrimNewLines).
fn one_line(pem: &str) -> String {
    pem.replace(FIRST_LINE, "").replace(LAST_LINE, "").replace(['\r', '\n'], "")
}

/// Other than ThingsBoard, which keeps any text, nothing that is no certificate.
fn der_of(line: &str) -> Option<Vec<u8>> {
    let pem = format!("{FIRST_LINE}\n{line}\n{LAST_LINE}\n");
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?;
    CertificateSummary::from_der(&der).map(|_| der.to_vec())
}

fn same(profile: &DeviceProfile, request: &ProvisionRequest) -> bool {
    profile.provision_key == request.key && profile.provision_secret == request.secret
}

#[cfg(test)]
mod tests;
