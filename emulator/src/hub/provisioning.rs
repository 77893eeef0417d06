//! Which device a provisioning request gets (ThingsBoard DeviceProvisionServiceImpl).

use super::{Device, Hub, MOST_DEVICES};
use crate::{
    config::{DeviceProfile, DeviceSpec, ProvisionStrategy},
    provision::{ProvisionOutcome, ProvisionRequest, WantedCredentials},
    random,
    sync::lock,
};
use shared::credentials::AccessToken;
use std::sync::{Arc, atomic::Ordering};

impl Hub {
    pub(crate) fn provision(&self, request: ProvisionRequest) -> ProvisionOutcome {
        let fits = |profile: &&_| same(profile, &request);
        match self.profiles.iter().find(fits).map(|profile| profile.strategy) {
            None => ProvisionOutcome::NotFound,
            Some(ProvisionStrategy::AllowNew) => self.make(request).unwrap_or(ProvisionOutcome::Failure),
            Some(ProvisionStrategy::CheckPreProvisioned) => {
                self.give_away(&request).unwrap_or(ProvisionOutcome::Failure)
            }
        }
    }

    /// A new device under a name that is free; `None` when it cannot be.
    fn make(&self, request: ProvisionRequest) -> Option<ProvisionOutcome> {
        let name = request.device_name.map_or_else(|| random::alphanumeric(20).ok(), Some)?;
        let (token, basic) = match request.wanted {
            WantedCredentials::Token(Some(token)) => (token, None),
            WantedCredentials::Token(None) => (random::alphanumeric(20).ok()?, None),
            WantedCredentials::Basic(basic) if basic.has_a_name() => {
                (random::alphanumeric(20).ok()?, Some(basic))
            }
            WantedCredentials::Basic(_) | WantedCredentials::Certificate => return None,
        };
        let access_token = AccessToken::parse(&token).ok()?;
        let mut devices = lock(&self.devices);
        let is_taken = |device: &Arc<Device>| {
            let names = device.basic.as_ref().zip(basic.as_ref());
            device.spec.name == name
                || device.spec.access_token == access_token
                || names.is_some_and(|(own, other)| own.has_the_names_of(other))
        };
        if devices.len() >= MOST_DEVICES || devices.iter().any(is_taken) {
            return None;
        }
        let outcome = match &basic {
            Some(basic) => ProvisionOutcome::Basic(basic.clone()),
            None => ProvisionOutcome::Token(access_token.clone()),
        };
        let device = Device { basic, ..Device::plain(DeviceSpec { name, access_token }, false) };
        device.provisioned.store(true, Ordering::Relaxed);
        device.limit(&self.rate_limits);
        device.gateway.store(request.gateway, Ordering::Relaxed);
        devices.push(Arc::new(device));
        Some(outcome)
    }

    /// The credentials of a device that was configured, to the first who asks.
    fn give_away(&self, request: &ProvisionRequest) -> Option<ProvisionOutcome> {
        let name = request.device_name.as_deref()?;
        let devices = lock(&self.devices);
        let device = devices.iter().find(|device| device.spec.name == name)?;
        let first = !device.provisioned.swap(true, Ordering::Relaxed);
        first.then(|| ProvisionOutcome::Token(device.spec.access_token.clone()))
    }
}

fn same(profile: &DeviceProfile, request: &ProvisionRequest) -> bool {
    profile.provision_key == request.key && profile.provision_secret == request.secret
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let outcome = hub.provision(request(Some("x"), WantedCredentials::Certificate));
        assert_eq!(outcome, ProvisionOutcome::Failure);
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
    fn a_known_device_gets_its_credentials_once() {
        let hub = hub(ProvisionStrategy::CheckPreProvisioned);
        let ask = |name| hub.provision(request(name, WantedCredentials::Token(None)));
        assert_eq!(ask(Some("other")), ProvisionOutcome::Failure);
        assert_eq!(ask(None), ProvisionOutcome::Failure);
        assert_eq!(ask(Some("known")), ProvisionOutcome::Token(AccessToken::parse("TOK").unwrap()));
        assert_eq!(ask(Some("known")), ProvisionOutcome::Failure);
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
