//! The meter, told as actions and what comes of them.

use crate::{
    state::{
        Action, Effect, Now, State,
        action::{FormAction, PublishAction, SocketEvent},
        connection::StepState,
        dialect::{DialectAction, PayloadFormat},
        form::{Field, TrustChoice},
        limits::{LimitsAction, Told},
        publish::Writing,
        update,
    },
    text::Stamp,
};
use serde_json::json;
use shared::{
    failure::{Failure, Step},
    payload::Payload,
    thingsboard::{
        meter::Counted,
        protobuf,
        session_limits::{SessionLimits, Source},
    },
    wire::{
        self, Connected, Disconnected, MqttVersion, PublishOutcome, Published, QoS, SubscribeOutcome,
        SubscribeResult, Subscribed, TlsFacts, ToBrowser, ToProxy,
    },
};

struct Page {
    state: State,
    now: Now,
    sent: Vec<ToProxy>,
}

impl Page {
    fn connecting(action: Action) -> Self {
        let now = Now { stamp: Stamp { unix_ms: 1_000_000, offset_min: 0 }, chance: 0.5, unsent_bytes: 0 };
        let mut page = Self { state: State::default(), now, sent: Vec::new() };
        page.act(Action::Form(FormAction::TrustChosen(TrustChoice::PublicAuthorities)));
        page.act(Action::Form(FormAction::Typed(Field::Token, "A1_TEST_TOKEN".into())));
        page.act(action);
        page.accept();
        page
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

    fn connected() -> Self {
        Self::connecting(Action::Connect)
    }

    /// Connected to a server that allows this much.
    fn limited(rates: &serde_json::Value) -> Self {
        let mut page = Self::connected();
        page.answer(&json!({ "maxPayloadSize": 65_536, "rateLimits": rates }).to_string());
        page.sent.clear();
        page
    }

    fn act(&mut self, action: Action) {
        for effect in update(&mut self.state, action, self.now) {
            if let Effect::Send(message) = effect {
                self.sent.push(message);
            }
        }
    }

    fn hear(&mut self, message: ToBrowser) {
        let socket = self.state.socket.expect("a socket is open");
        self.act(Action::Socket(socket, SocketEvent::Messages(vec![message])));
    }

    fn publishes(&self) -> Vec<wire::Publish> {
        let publish = |message: &ToProxy| match message {
            ToProxy::Publish(publish) => Some(publish.clone()),
            _ => None,
        };
        self.sent.iter().filter_map(publish).collect()
    }

    fn question(&self) -> wire::Publish {
        self.publishes().into_iter().rfind(|publish| publish.topic.contains("/rpc/request/")).unwrap()
    }

    fn answer(&mut self, text: &str) {
        self.answer_with(Payload::from_text(text));
    }

    fn answer_with(&mut self, payload: Payload) {
        let topic = self.question().topic.replace("request", "response");
        let message = wire::Message { topic, qos: QoS::AtMostOnce, retain: false, duplicate: false, payload };
        self.hear(ToBrowser::Message(message));
    }

    fn wait_ms(&mut self, ms: i64) {
        self.now.stamp.unix_ms += ms;
        if self.state.wants_ticks() {
            self.act(Action::Tick);
        }
    }

    fn publish(&mut self) {
        self.act(Action::Publish(PublishAction::Submit));
    }

    fn why_unanswered(&self) -> &str {
        match &self.state.limits.told {
            Told::Unanswered(why) => why,
            other => panic!("{other:?}"),
        }
    }

    fn used(&self, counted: Counted) -> u64 {
        self.state.limits.usage.iter().find(|usage| usage.counted == counted).unwrap().used
    }
}

#[test]
fn a_new_session_is_asked_for_its_limits() {
    let mut page = Page::connected();
    let ToProxy::Subscribe(subscribe) = &page.sent[0] else { panic!("{:?}", page.sent) };
    assert_eq!(subscribe.filters[0].filter, "v1/devices/me/rpc/response/+");
    let question = page.question();
    assert!(question.topic.starts_with("v1/devices/me/rpc/request/"), "{}", question.topic);
    assert_eq!(question.payload.as_text(), Some(r#"{"method":"getSessionLimits","params":{}}"#));
    page.answer(r#"{"maxPayloadSize":65536,"maxInflightMessages":100,"rateLimits":{"messages":"10:1"}}"#);
    assert_eq!(page.state.limits.told, Told::Answered);
    assert_eq!(page.state.limits.known.source, Source::Server);
    assert_eq!(page.used(Counted::Messages), 1, "opening the session, and not the question");
}

#[test]
fn the_example_says_nothing_else() {
    let page = Page::connecting(Action::RunExample);
    assert_eq!(page.state.limits.told, Told::NotAsked);
    assert!(page.publishes().iter().all(|publish| !publish.topic.contains("/rpc/")));
}

#[test]
fn without_an_answer_the_defaults_stand_in_and_are_said_to() {
    let mut page = Page::connected();
    page.wait_ms(4_900);
    assert!(matches!(page.state.limits.told, Told::Asking { .. }));
    page.wait_ms(100);
    assert!(page.why_unanswered().contains("ThingsBoard's defaults stand in"), "{}", page.why_unanswered());
    assert_eq!(page.state.limits.known, SessionLimits::documented());
    assert!(!page.state.wants_ticks());
    page.act(Action::Limits(LimitsAction::Ask));
    assert!(matches!(page.state.limits.told, Told::Asking { .. }));
    page.answer(r#"{"error":"timeout"}"#);
    assert!(page.why_unanswered().contains("\"timeout\""), "{}", page.why_unanswered());
}

#[test]
fn a_late_answer_counts_and_one_to_another_call_does_not() {
    let mut page = Page::connected();
    page.wait_ms(6_000);
    page.answer(r#"{"maxPayloadSize":1000}"#);
    assert_eq!(page.state.limits.known.max_payload_bytes, 1000);
    page.answer(r#"{"maxPayloadSize":7}"#);
    assert_eq!(page.state.limits.known.max_payload_bytes, 1000, "the question was answered");
    page.act(Action::Limits(LimitsAction::Ask));
    page.wait_ms(5_000);
    assert!(page.why_unanswered().contains("said before stays"), "{}", page.why_unanswered());
    assert_eq!(page.state.limits.known.max_payload_bytes, 1000);
}

#[test]
fn a_server_that_refuses_filter_or_question_breaks_nothing() {
    let mut page = Page::connected();
    let ToProxy::Subscribe(subscribe) = page.sent[0].clone() else { panic!("{:?}", page.sent) };
    let outcome = SubscribeOutcome::Refused { code: 128, reason: "No.".into() };
    let results = vec![SubscribeResult { filter: subscribe.filters[0].filter.clone(), outcome }];
    page.hear(ToBrowser::Subscribed(Subscribed { id: subscribe.id, results }));
    assert!(page.state.subscriptions.list.is_empty());
    let steps = page.state.phase.steps().unwrap();
    assert!(!matches!(steps.get(Step::Subscriptions), StepState::Failed { .. }));
    let outcome = PublishOutcome::Refused { reason: "Not authorized.".into() };
    page.hear(ToBrowser::Published(Published { id: page.question().id, outcome }));
    assert!(page.why_unanswered().contains("Not authorized."), "{}", page.why_unanswered());
}

#[test]
fn a_publish_beyond_a_limit_waits_for_a_second_press() {
    let mut page = Page::limited(&json!({ "telemetryMessages": "2:60" }));
    page.publish();
    page.publish();
    assert_eq!(page.used(Counted::TelemetryMessages), 2);
    page.publish();
    assert_eq!(page.publishes().len(), 2);
    let warning = page.state.publish.notice.clone().unwrap();
    assert!(warning.contains("2 messages of telemetry and attributes in 1 minute"), "{warning}");
    assert!(warning.ends_with("Press again to publish all the same."), "{warning}");
    page.publish();
    assert_eq!(page.publishes().len(), 3);
    assert_eq!(page.state.publish.notice, None);
    page.publish();
    assert_eq!(page.publishes().len(), 3, "each is warned of");
    page.act(Action::Publish(PublishAction::PayloadTyped(r#"{"another": 1}"#.into())));
    page.publish();
    assert_eq!(page.publishes().len(), 3, "another publish is another question");
    page.wait_ms(60_000);
    page.publish();
    assert_eq!(page.publishes().len(), 4, "a minute later it fits");
}

#[test]
fn what_happens_by_itself_is_counted_and_never_held_back() {
    let mut page = Page::limited(&json!({ "messages": "5:60" }));
    page.act(Action::RunExample);
    for number in 0..5 {
        let topic = format!("v1/devices/me/rpc/request/{number}");
        let payload = Payload::from_text("{}");
        let message = wire::Message { topic, qos: QoS::AtMostOnce, retain: false, duplicate: false, payload };
        page.hear(ToBrowser::Message(message));
    }
    assert_eq!(page.publishes().len(), 2 + 5);
    assert_eq!(page.used(Counted::Messages), 5);
}

#[test]
fn every_value_is_a_data_point_and_the_size_counts_the_topic() {
    let mut page = Page::limited(&json!({ "telemetryDataPoints": "10:60" }));
    page.act(Action::Publish(PublishAction::PayloadTyped(
        r#"[{"a": 1, "b": 2}, {"ts": 1, "values": {"c": 3}}]"#.into(),
    )));
    page.publish();
    assert_eq!(page.used(Counted::DataPoints), 3);
    page.act(Action::Publish(PublishAction::TopicTyped("v1/devices/me/attributes".into())));
    page.act(Action::Publish(PublishAction::PayloadTyped(r#"{"a": 1, "b": {"c": 2}}"#.into())));
    page.publish();
    assert_eq!(page.used(Counted::DataPoints), 5);
    assert_eq!(page.used(Counted::PayloadBytes), 2 + 23 + 2 + 1 + 49);
}

#[test]
fn what_a_gateway_sends_for_its_devices_uses_up_limits_of_its_own() {
    let mut page = Page::connected();
    let rates = json!({ "messages": "5:60", "telemetryMessages": "5:60", "telemetryDataPoints": "5:60" });
    page.answer(&json!({ "rateLimits": rates, "gatewayRateLimits": rates }).to_string());
    page.act(Action::Publish(PublishAction::TopicTyped("v1/gateway/telemetry".into())));
    page.act(Action::Publish(PublishAction::PayloadTyped(
        r#"{"A": [{"a": 1, "b": 2}], "B": [{"c": 3}]}"#.into(),
    )));
    page.publish();
    assert_eq!(page.used(Counted::TelemetryMessages), 0);
    let points = |usage: &&shared::thingsboard::meter::Usage| usage.counted == Counted::DataPoints;
    assert_eq!(page.state.limits.gateway_usage.iter().find(points).unwrap().used, 3);
}

#[test]
fn a_question_that_may_have_ended_the_connection_is_not_asked_by_itself_again() {
    let mut page = Page::connected();
    page.hear(ToBrowser::Disconnected(Disconnected { id: None, failure: Some(Failure::ServerClosed) }));
    page.act(Action::ReconnectNow);
    page.sent.clear();
    page.accept();
    assert!(page.publishes().is_empty(), "{:?}", page.sent);
    assert!(page.why_unanswered().contains("payload type is Protobuf"), "{}", page.why_unanswered());
    page.act(Action::Limits(LimitsAction::Ask));
    page.answer(r#"{"maxPayloadSize":1000}"#);
    assert_eq!(page.state.limits.told, Told::Answered);
}

#[test]
fn a_device_with_a_protobuf_profile_asks_and_counts_in_protobuf() {
    let mut page = Page::connected();
    page.act(Action::Dialect(DialectAction::ProfileChosen(PayloadFormat::Protobuf)));
    page.act(Action::Limits(LimitsAction::Ask));
    let question = page.question();
    let call = protobuf::rpc::decode_client_call(question.payload.as_bytes()).unwrap();
    assert_eq!(call, ("getSessionLimits".to_owned(), "{}".to_owned()));
    let limits = r#"{"maxPayloadSize":1000,"rateLimits":{"telemetryDataPoints":"5:60"}}"#;
    let payload = Payload::from_bytes(&protobuf::rpc::encode_reply(1, Ok(limits)));
    page.answer_with(payload);
    assert_eq!(page.state.limits.known.max_payload_bytes, 1000);
    let values = protobuf::upload::encode_telemetry(r#"{"temperature":21.5,"humidity":40}"#).unwrap();
    let hex: Vec<String> = values.iter().map(|byte| format!("{byte:02x}")).collect();
    for action in [
        PublishAction::TopicTyped("v1/devices/me/telemetry".into()),
        PublishAction::WritingChosen(Writing::Hex),
        PublishAction::PayloadTyped(hex.concat()),
        PublishAction::Submit,
    ] {
        page.act(Action::Raw(action));
    }
    assert_eq!(page.publishes().last().unwrap().payload.as_bytes(), values);
    assert_eq!(page.used(Counted::DataPoints), 2);
}
