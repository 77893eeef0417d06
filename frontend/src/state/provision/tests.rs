//! The tab `Provision & claim`, told as actions and what comes of them.

use super::{ClaimAction, ClaimOutcome, Exchange, ProvisionAction, Slot, Step, WantedKind};
use crate::{
    state::{
        Action, Effect, Now, State,
        action::{FormAction, SideEffect, SocketEvent},
        form::{CredentialsKind, Field, Secret, TrustChoice},
        update,
    },
    text::Stamp,
};
use shared::{
    credentials::Credentials,
    failure::{Failure, Step as ConnectStep},
    payload::Payload,
    wire::{
        self, ConnectFailed, Connected, MqttVersion, PublishOutcome, Published, QoS, SubscribeOutcome,
        SubscribeResult, Subscribed, TlsFacts, ToBrowser, ToProxy,
    },
};

struct Page {
    state: State,
    now: Now,
    effects: Vec<Effect>,
}

impl Page {
    fn new() -> Self {
        let now = Now { stamp: Stamp { unix_ms: 1_000_000, offset_min: 0 }, chance: 0.5, unsent_bytes: 0 };
        let mut page = Self { state: State::default(), now, effects: Vec::new() };
        page.act(Action::Offer(Ok(wire::ProxyOffer {
            version: "0".into(),
            mqtt_versions: vec![MqttVersion::V3_1_1, MqttVersion::V5],
            demo: true,
            targets: Vec::new(),
        })));
        page.act(Action::Form(FormAction::TrustChosen(TrustChoice::PublicAuthorities)));
        page.typed(Slot::Key, "k3y");
        page.typed(Slot::Secret, "s3cret");
        page
    }

    /// The request was sent.
    fn asking() -> Self {
        let mut page = Self::new();
        page.act(Action::Provision(ProvisionAction::Submit));
        page.accept();
        page.grant();
        page
    }

    fn act(&mut self, action: Action) {
        self.effects = update(&mut self.state, action, self.now);
    }

    fn typed(&mut self, slot: Slot, text: &str) {
        self.act(Action::Provision(ProvisionAction::Typed(slot, text.into())));
    }

    fn hear(&mut self, message: ToBrowser) {
        let socket = self.state.provision.socket().expect("a second socket is open");
        self.act(Action::Socket(socket, SocketEvent::Messages(vec![message])));
    }

    fn accept(&mut self) {
        self.hear(ToBrowser::Connected(Box::new(Connected {
            id: 1,
            mqtt_version: MqttVersion::V5,
            return_code: 0,
            session_present: false,
            address: "203.0.113.7:8883".into(),
            tls: TlsFacts {
                version: "TLS 1.3".into(),
                cipher_suite: "TLS13_AES_256_GCM_SHA384".into(),
                key_exchange: "X25519".into(),
                verification: wire::Verification::Strict,
                anchor: None,
                chain_pem: String::new(),
            },
        })));
    }

    fn grant(&mut self) {
        let outcome = SubscribeOutcome::Granted { qos: QoS::AtLeastOnce };
        let results = vec![SubscribeResult { filter: "/provision/response".into(), outcome }];
        self.hear(ToBrowser::Subscribed(Subscribed { id: 2, results }));
    }

    fn reply(&mut self, text: &str) {
        self.hear(ToBrowser::Message(wire::Message {
            topic: "/provision/response".into(),
            qos: QoS::AtLeastOnce,
            retain: false,
            duplicate: false,
            payload: Payload::from_text(text),
        }));
    }

    fn fail_to_connect(&mut self, failure: Failure) {
        self.hear(ToBrowser::ConnectFailed(Box::new(ConnectFailed {
            id: 1,
            step: ConnectStep::Mqtt,
            elapsed_us: 5,
            failure,
            hints: Vec::new(),
            chain_pem: String::new(),
        })));
    }

    fn failed(&self) -> (Step, &str) {
        match &self.state.provision.exchange {
            Exchange::Failed { step, why } => (*step, why),
            other => panic!("{other:?}"),
        }
    }

    /// The CONNECT with which the last effects open the second socket.
    fn opening(&self) -> Option<&wire::Connect> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Side(SideEffect::Open { first, .. }) => Some(&**first),
            _ => None,
        })
    }
}

#[test]
fn a_device_is_provisioned_beside_the_session_and_fills_the_form() {
    let mut page = Page::new();
    page.act(Action::Provision(ProvisionAction::Submit));
    let first = page.opening().expect("a second socket");
    assert_eq!(first.credentials, Credentials::Provisioning);
    assert_eq!(first.endpoint.to_string(), "mqtt.thingsboard.cloud:8883");
    assert!(page.state.socket.is_none() && page.state.wants_ticks());
    page.accept();
    let [Effect::Side(SideEffect::Send(ToProxy::Subscribe(subscribe)))] = &page.effects[..] else {
        panic!("{:?}", page.effects)
    };
    assert_eq!(subscribe.filters[0].filter, "/provision/response");
    page.grant();
    let [Effect::Side(SideEffect::Send(ToProxy::Publish(publish)))] = &page.effects[..] else {
        panic!("{:?}", page.effects)
    };
    assert_eq!(publish.topic, "/provision/request");
    let expected = r#"{"provisionDeviceKey":"k3y","provisionDeviceSecret":"s3cret"}"#;
    assert_eq!(publish.payload.as_text(), Some(expected));
    page.hear(ToBrowser::Published(Published { id: 3, outcome: PublishOutcome::Delivered }));
    page.reply(r#"{"credentialsValue":"T0KEN","credentialsType":"ACCESS_TOKEN","status":"SUCCESS"}"#);
    assert_eq!(page.effects, [Effect::Side(SideEffect::Close), Effect::Reveal(super::ANSWER_ID)]);
    assert!(page.state.provision.socket().is_none() && !page.state.wants_ticks());
    assert!(!format!("{:?}", page.state).contains("T0KEN"), "the state prints a secret");
    page.act(Action::Provision(ProvisionAction::Copy(1)));
    assert_eq!(page.effects, [Effect::CopySecret(Secret::new("T0KEN".into()))]);
    page.act(Action::Provision(ProvisionAction::Use(1)));
    assert_eq!(page.state.form.token.expose(), "T0KEN");
    assert_eq!(page.effects, [Effect::Focus(Field::Token.id())]);
    assert!(page.state.phase.is_idle());
}

#[test]
fn credentials_stand_until_they_are_dismissed_whatever_is_asked_next() {
    let mut page = Page::asking();
    page.reply(r#"{"credentialsValue":"T0KEN","credentialsType":"ACCESS_TOKEN","status":"SUCCESS"}"#);
    page.act(Action::Provision(ProvisionAction::Submit));
    page.accept();
    page.grant();
    page.reply(r#"{"errorMsg":"x","status":"FAILURE"}"#);
    page.failed();
    page.act(Action::Provision(ProvisionAction::Copy(1)));
    assert_eq!(page.effects, [Effect::CopySecret(Secret::new("T0KEN".into()))]);
    page.act(Action::Provision(ProvisionAction::Dismiss(1)));
    assert!(page.state.provision.given.is_empty());
}

#[test]
fn a_login_fills_the_form_too() {
    let mut page = Page::new();
    page.act(Action::Provision(ProvisionAction::WantedChosen(WantedKind::Basic)));
    page.typed(Slot::UserName, "u");
    page.act(Action::Provision(ProvisionAction::Submit));
    page.accept();
    page.grant();
    page.reply(
        r#"{"credentialsValue":{"clientId":"c","userName":"u","password":"p"},"credentialsType":"MQTT_BASIC",
            "status":"SUCCESS"}"#,
    );
    page.act(Action::Provision(ProvisionAction::Use(1)));
    let advanced = &page.state.form.advanced;
    assert_eq!(advanced.kind, CredentialsKind::Basic);
    assert_eq!((advanced.user_name.expose(), advanced.password.expose()), ("u", "p"));
    assert_eq!(advanced.client_id, "c");
}

#[test]
fn refusals_say_what_is_likely_wrong_and_keep_what_was_typed() {
    for (status, words) in [("NOT_FOUND", "copy both again"), ("FAILURE", "the name must be new")] {
        let mut page = Page::asking();
        page.reply(&format!(r#"{{"errorMsg":"x","status":"{status}"}}"#));
        let (step, why) = page.failed();
        assert_eq!(step, Step::Answer);
        assert!(why.contains(words), "{why}");
        assert!(page.effects.contains(&Effect::Side(SideEffect::Close)));
        assert_eq!(page.state.provision.request.secret.expose(), "s3cret");
    }
}

#[test]
fn what_is_missing_is_said_at_its_field() {
    let mut page = Page::new();
    for (slot, action) in [
        (Slot::Token, ProvisionAction::WantedChosen(WantedKind::OwnToken)),
        (Slot::ClientId, ProvisionAction::WantedChosen(WantedKind::Basic)),
        (Slot::Certificate, ProvisionAction::WantedChosen(WantedKind::Certificate)),
        (Slot::Secret, ProvisionAction::Typed(Slot::Secret, String::new())),
        (Slot::Key, ProvisionAction::Typed(Slot::Key, String::new())),
    ] {
        page.act(Action::Provision(action));
        page.act(Action::Provision(ProvisionAction::Submit));
        assert_eq!(page.effects, [Effect::Focus(slot.id())]);
        assert!(page.state.provision.request.problem(slot).is_some());
    }
    assert_eq!(page.state.provision.exchange, Exchange::Idle);
}

#[test]
fn the_server_comes_from_the_connection_form() {
    let mut page = Page::new();
    page.act(Action::Form(FormAction::Typed(Field::Port, "x".into())));
    page.act(Action::Provision(ProvisionAction::Submit));
    assert_eq!(page.effects, [Effect::Focus(Field::Port.id())]);
    assert!(page.state.provision.request.notice.as_deref().unwrap().contains("connection form"));
}

#[test]
fn a_server_without_mqtt_5_is_asked_with_3_1_1() {
    let mut page = Page::new();
    page.act(Action::Provision(ProvisionAction::Submit));
    assert_eq!(page.opening().unwrap().mqtt_version, MqttVersion::V5);
    page.fail_to_connect(Failure::MqttVersionRefused { return_code: 1 });
    assert_eq!(page.opening().unwrap().mqtt_version, MqttVersion::V3_1_1);
    page.fail_to_connect(Failure::MqttVersionRefused { return_code: 1 });
    assert_eq!(page.failed().0, Step::Connect);
}

#[test]
fn a_refused_connection_is_told_from_a_lost_one() {
    let mut page = Page::new();
    page.act(Action::Provision(ProvisionAction::Submit));
    page.fail_to_connect(Failure::CredentialsRefused { return_code: 5 });
    assert!(page.failed().1.contains("user name provision"));
    let mut page = Page::asking();
    let socket = page.state.provision.socket().unwrap();
    page.act(Action::Socket(socket, SocketEvent::Closed { opened: true, code: 1006 }));
    assert_eq!(page.failed().0, Step::Ask);
}

#[test]
fn the_exchange_ends_after_its_time_or_when_cancelled() {
    let mut page = Page::asking();
    page.now.stamp.unix_ms += 14_999;
    page.act(Action::Tick);
    assert!(matches!(page.state.provision.exchange, Exchange::Running(_)));
    page.now.stamp.unix_ms += 1;
    page.act(Action::Tick);
    assert!(page.failed().1.contains("more than 15 s"));
    assert!(page.effects.contains(&Effect::Side(SideEffect::Close)));
    let mut page = Page::asking();
    page.act(Action::Provision(ProvisionAction::Cancel));
    assert_eq!(page.effects, [Effect::Side(SideEffect::Close)]);
    assert_eq!(page.state.provision.exchange, Exchange::Idle);
}

#[test]
fn a_claim_needs_a_connection_and_a_sensible_duration() {
    let mut page = Page::new();
    let claim = |action| Action::Provision(ProvisionAction::Claim(action));
    page.act(claim(ClaimAction::DurationTyped("soon".into())));
    page.act(claim(ClaimAction::Submit));
    assert_eq!(page.effects, [Effect::Focus(super::CLAIM_DURATION_ID)]);
    assert!(page.state.provision.claim.duration_problem.is_some());
    page.act(claim(ClaimAction::DurationTyped("60000".into())));
    page.act(claim(ClaimAction::Submit));
    assert!(
        matches!(&page.state.provision.claim.outcome, Some(ClaimOutcome::Failed(why)) if why.contains("Not connected"))
    );
    assert_eq!(page.state.provision.claim.duration, "60000");
}
