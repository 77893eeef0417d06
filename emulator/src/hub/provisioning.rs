//! Which device a provisioning request gets (ThingsBoard DeviceProvisionServiceImpl).

use super::{Device, Hub, OPERATOR, Tenant, has_room};
use crate::{
    config::{DeviceProfile, DeviceSpec, ProvisionStrategy},
    provision::{ProvisionOutcome, ProvisionRequest, WantedCredentials},
    random,
    sync::lock,
};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use shared::{certificate::CertificateSummary, credentials::AccessToken};
use std::sync::{Arc, atomic::Ordering};

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
        // Of what connects otherwise, it names the device to the platform.
        let made_token = random::alphanumeric(20).ok()?;
        let (token, basic, certificate) = match request.wanted {
            WantedCredentials::Token(token) => (token.unwrap_or(made_token), None, None),
            WantedCredentials::Basic(basic) if basic.has_a_name() => (made_token, Some(basic), None),
            WantedCredentials::Certificate(Some(text)) => (made_token, None, Some(one_line(&text))),
            WantedCredentials::Basic(_) | WantedCredentials::Certificate(None) => return None,
        };
        let access_token = AccessToken::parse(&token).ok()?;
        let der = match &certificate {
            Some(text) => Some(der_of(text)?),
            None => None,
        };
        let mut devices = lock(&self.devices);
        let is_taken = |device: &Arc<Device>| {
            let names = device.basic.as_ref().zip(basic.as_ref());
            (device.tenant == tenant && device.spec.name == name)
                || device.spec.access_token == access_token
                || (der.is_some() && device.certificate == der)
                || names.is_some_and(|(own, other)| own.has_the_names_of(other))
        };
        if !has_room(&devices, tenant) || devices.iter().any(is_taken) {
            return None;
        }
        let outcome = match (&basic, certificate) {
            (Some(basic), _) => ProvisionOutcome::Basic(basic.clone()),
            (None, Some(text)) => ProvisionOutcome::Certificate(text),
            (None, None) => ProvisionOutcome::Token(access_token.clone()),
        };
        let device =
            Device { basic, certificate: der, ..Device::new(DeviceSpec { name, access_token }, tenant) };
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
mod tests {
    use super::*;
    use crate::hub::MOST_DEVICES;
    use crate::{basic_credentials::BasicCredentials, config::DevicePolicy, packet::Connect};

    fn hub(strategy: ProvisionStrategy) -> Hub {
        let access_token = AccessToken::parse("TOK").unwrap();
        let profile = DeviceProfile {
            provision_key: "key".to_owned(),
            provision_secret: "secret".to_owned(),
            strategy,
        };
        let devices = vec![DeviceSpec { name: "known".to_owned(), access_token }];
        Hub::new(devices, DevicePolicy::Shared, vec![profile])
    }

    fn request(name: Option<&str>, wanted: WantedCredentials) -> ProvisionRequest {
        ProvisionRequest {
            key: "key".to_owned(),
            secret: "secret".to_owned(),
            device_name: name.map(str::to_owned),
            gateway: false,
            wanted,
        }
    }

    fn token(text: &str) -> WantedCredentials {
        WantedCredentials::Token(Some(text.to_owned()))
    }

    fn basic() -> BasicCredentials {
        BasicCredentials {
            client_id: Some("c".to_owned()),
            user_name: Some("u".to_owned()),
            password: Some("p".to_owned()),
        }
    }

    #[test]
    fn a_new_device_gets_what_it_wants_unless_it_is_taken() {
        let hub = hub(ProvisionStrategy::AllowNew);
        let given = |text| ProvisionOutcome::Token(AccessToken::parse(text).unwrap());
        assert_eq!(hub.provision(request(Some("new"), token("T1"))), given("T1"));
        assert_eq!(hub.device("T1").unwrap().spec.name, "new");
        for (name, text) in
            [("new", "T2"), ("known", "T2"), ("other", "TOK"), ("other", "no token, it has\nlines")]
        {
            let outcome = hub.provision(request(Some(name), token(text)));
            assert_eq!(outcome, ProvisionOutcome::Failure, "{name} {text}");
        }
        let ProvisionOutcome::Token(made) = hub.provision(request(None, WantedCredentials::Token(None)))
        else {
            panic!("no token");
        };
        assert_eq!(made.expose().len(), 20);
        let unknown = ProvisionRequest { secret: "other".to_owned(), ..request(None, token("T3")) };
        assert_eq!(hub.provision(unknown), ProvisionOutcome::NotFound);
    }

    #[test]
    fn a_device_with_basic_credentials_connects_with_them_only() {
        let hub = hub(ProvisionStrategy::AllowNew);
        let wanted = || WantedCredentials::Basic(basic());
        assert_eq!(hub.provision(request(Some("b"), wanted())), ProvisionOutcome::Basic(basic()));
        assert_eq!(hub.provision(request(Some("c"), wanted())), ProvisionOutcome::Failure);
        let nameless = WantedCredentials::Basic(BasicCredentials::default());
        assert_eq!(hub.provision(request(Some("d"), nameless)), ProvisionOutcome::Failure);
        let log_in = |client_id: &str, username: &str, password: &str| {
            let connect = Connect {
                client_id: client_id.to_owned(),
                clean: true,
                keep_alive: 60,
                username: Some(username.to_owned().into()),
                password: Some(password.to_owned().into()),
            };
            hub.log_in(&connect).map(|device| device.spec.name.clone())
        };
        assert_eq!(log_in("c", "u", "p").as_deref(), Some("b"));
        assert_eq!(log_in("c", "u", "x"), None);
        assert_eq!(log_in("any", "TOK", "any").as_deref(), Some("known"));
        let address = hub.specs().pop().unwrap().access_token;
        assert_eq!(log_in("c", address.expose(), "p"), None);
    }

    #[test]
    fn a_device_is_provisioned_with_its_certificate() {
        let hub = hub(ProvisionStrategy::AllowNew);
        let certified = rcgen::generate_simple_self_signed(Vec::new()).unwrap();
        let (pem, der) = (certified.cert.pem(), certified.cert.der());
        let wanted = |text: &str| WantedCredentials::Certificate(Some(text.to_owned()));
        let outcome = hub.provision(request(Some("x"), wanted(&pem)));
        let lines: Vec<&str> = pem.lines().collect();
        assert_eq!(outcome, ProvisionOutcome::Certificate(lines[1..lines.len() - 1].concat()));
        assert_eq!(hub.log_in_by_certificate(der).unwrap().spec.name, "x");
        assert!(hub.log_in_by_certificate(b"other").is_none());
        for wanted in [wanted(&pem), wanted("no certificate"), WantedCredentials::Certificate(None)] {
            assert_eq!(hub.provision(request(Some("y"), wanted)), ProvisionOutcome::Failure);
        }
    }

    #[test]
    fn a_known_device_gets_its_credentials_once() {
        let hub = hub(ProvisionStrategy::CheckPreProvisioned);
        let ask = |name| hub.provision(request(name, WantedCredentials::Token(None)));
        assert_eq!(ask(Some("other")), ProvisionOutcome::Failure);
        assert_eq!(ask(None), ProvisionOutcome::Failure);
        assert_eq!(ask(Some("known")), ProvisionOutcome::Token(AccessToken::parse("TOK").unwrap()));
        assert_eq!(ask(Some("known")), ProvisionOutcome::Failure);
    }

    #[test]
    fn what_a_visitor_provisions_is_the_visitors() {
        let hub = Hub::new(Vec::new(), DevicePolicy::PerVisitor { most: 2 }, Vec::new());
        let visitors = [hub.hand_out().unwrap(), hub.hand_out().unwrap()];
        for visitor in visitors {
            let keys = visitor.provisioning.unwrap();
            let (key, secret) = (keys.key.clone(), keys.secret.clone());
            let request =
                ProvisionRequest { key, secret, ..request(Some("new"), WantedCredentials::Token(None)) };
            let ProvisionOutcome::Token(token) = hub.provision(request) else { panic!("the name is taken") };
            let tenant = |token: &AccessToken| hub.device(token.expose()).unwrap().tenant;
            assert_eq!(tenant(&token), tenant(&visitor.device.access_token));
        }
    }

    #[test]
    fn devices_have_a_bound() {
        let hub = hub(ProvisionStrategy::AllowNew);
        for _ in 1..MOST_DEVICES {
            let outcome = hub.provision(request(None, WantedCredentials::Token(None)));
            assert!(matches!(outcome, ProvisionOutcome::Token(_)));
        }
        assert_eq!(hub.provision(request(None, WantedCredentials::Token(None))), ProvisionOutcome::Failure);
    }
}
