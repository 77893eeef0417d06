use super::*;
use crate::{basic_credentials::BasicCredentials, config::DevicePolicy, hub::MOST_DEVICES, packet::Connect};

fn hub(strategy: ProvisionStrategy) -> Hub {
    let access_token = AccessToken::parse("TOK").unwrap();
    let profile =
        DeviceProfile { provision_key: "key".to_owned(), provision_secret: "secret".to_owned(), strategy };
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
    let ProvisionOutcome::Token(made) = hub.provision(request(None, WantedCredentials::Token(None))) else {
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
fn a_name_has_at_most_255_bytes() {
    let hub = hub(ProvisionStrategy::AllowNew);
    let ask = |length| hub.provision(request(Some(&"x".repeat(length)), WantedCredentials::Token(None)));
    assert!(matches!(ask(255), ProvisionOutcome::Token(_)));
    for length in [256, 60_000] {
        assert_eq!(ask(length), ProvisionOutcome::Failure);
    }
    assert!(hub.get_or_make(&"y".repeat(255), OPERATOR).is_some());
    assert!(hub.get_or_make(&"y".repeat(256), OPERATOR).is_none());
}

#[test]
fn credentials_have_a_bound() {
    let hub = hub(ProvisionStrategy::AllowNew);
    let ask = |length| {
        let user_name = Some("x".repeat(length));
        let basic = BasicCredentials { user_name, ..BasicCredentials::default() };
        hub.provision(request(None, WantedCredentials::Basic(basic)))
    };
    assert_eq!(ask(MOST_CREDENTIALS_BYTES + 1), ProvisionOutcome::Failure);
    assert!(matches!(ask(MOST_CREDENTIALS_BYTES), ProvisionOutcome::Basic(_)));
}

#[test]
fn no_visitor_can_catch_the_credentials_of_another() {
    let hub = Hub::new(Vec::new(), DevicePolicy::PerVisitor { most: 2 }, Vec::new());
    let keys = [(); 2].map(|()| hub.hand_out().unwrap().provisioning.unwrap());
    let provision = |visitor: usize, wanted| {
        let (key, secret) = (keys[visitor].key.clone(), keys[visitor].secret.clone());
        hub.provision(ProvisionRequest { key, secret, ..request(None, wanted) })
    };
    let names = |client_id: &str, user_name: &str| {
        let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        WantedCredentials::Basic(BasicCredentials {
            client_id: part(client_id),
            user_name: part(user_name),
            password: None,
        })
    };
    for own in [names("", "u"), names("c", "v"), names("d", ""), token("TOKEN")] {
        assert_ne!(provision(0, own), ProvisionOutcome::Failure);
    }
    let caught = [
        names("", "u"),
        names("any", "u"),
        names("", "v"),
        names("e", "v"),
        names("d", ""),
        names("c", "TOKEN"),
    ];
    for (index, wanted) in caught.into_iter().enumerate() {
        assert_eq!(provision(1, wanted), ProvisionOutcome::Failure, "{index}");
    }
    assert_eq!(provision(1, token("u")), ProvisionOutcome::Failure, "it would be another's user name");
    for free in [names("c", ""), names("d", "w"), names("", "x")] {
        assert_ne!(provision(1, free), ProvisionOutcome::Failure);
    }
    assert_ne!(provision(0, names("any", "u")), ProvisionOutcome::Failure, "one's own");
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
