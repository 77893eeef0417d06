//! The tab `Gateway`, told as actions and what comes of them.

use crate::{
    state::{
        Action, Effect, Now, State,
        action::{FormAction, SocketEvent},
        form::{Field, TrustChoice},
        gateway::{
            AskScope, FormName, GatewayAction, Input, asks::Answer, calls::CallStanding, children::Standing,
        },
        log::{Content, Delivery},
        rows::{Editor, RowEdit},
        update,
    },
    text::Stamp,
};
use serde_json::json;
use shared::{
    failure::Failure,
    payload::Payload,
    wire::{
        self, Connected, Disconnected, MqttVersion, PublishOutcome, Published, QoS, TlsFacts, ToBrowser,
        ToProxy,
    },
};

struct Page {
    state: State,
    now: Now,
    sent: Vec<ToProxy>,
}

impl Page {
    fn connected() -> Self {
        let now = Now { stamp: Stamp { unix_ms: 1_000_000, offset_min: 0 }, chance: 0.5, unsent_bytes: 0 };
        let mut page = Self { state: State::default(), now, sent: Vec::new() };
        page.act(Action::Form(FormAction::TrustChosen(TrustChoice::PublicAuthorities)));
        page.act(Action::Form(FormAction::Typed(Field::Token, "A1_TEST_TOKEN".into())));
        page.act(Action::Connect);
        page.hear(ToBrowser::Connected(Box::new(Connected {
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
        page.sent.clear();
        page
    }

    /// With the device `A` connected.
    fn with_child() -> Self {
        let mut page = Self::connected();
        page.type_in(Input::Device, "A");
        page.press(GatewayAction::Connect);
        page.settle(PublishOutcome::Delivered);
        page
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        let effects = update(&mut self.state, action, self.now);
        for effect in &effects {
            if let Effect::Send(message) = effect {
                self.sent.push(message.clone());
            }
        }
        effects
    }

    fn press(&mut self, action: GatewayAction) -> Vec<Effect> {
        self.act(Action::Gateway(action))
    }

    fn type_in(&mut self, input: Input, text: &str) {
        self.press(GatewayAction::Typed(input, text.to_owned()));
    }

    fn hear(&mut self, message: ToBrowser) {
        let socket = self.state.socket.expect("a socket is open");
        self.act(Action::Socket(socket, SocketEvent::Messages(vec![message])));
    }

    fn message(&mut self, topic: &str, payload: &serde_json::Value) {
        let payload = Payload::from_text(&payload.to_string());
        self.hear(ToBrowser::Message(wire::Message {
            topic: topic.into(),
            qos: QoS::AtLeastOnce,
            retain: false,
            duplicate: false,
            payload,
        }));
    }

    fn last(&self) -> &wire::Publish {
        let publish = |message: &'_ ToProxy| matches!(message, ToProxy::Publish(_));
        match self.sent.iter().rfind(|message| publish(message)) {
            Some(ToProxy::Publish(publish)) => publish,
            _ => panic!("{:?}", self.sent),
        }
    }

    fn last_text(&self) -> (String, String) {
        let publish = self.last();
        (publish.topic.clone(), publish.payload.as_text().unwrap().to_owned())
    }

    /// What became of the last publish.
    fn settle(&mut self, outcome: PublishOutcome) {
        let id = self.last().id;
        self.hear(ToBrowser::Published(Published { id, outcome }));
    }

    fn standing(&self) -> &Standing {
        &self.state.gateway.children.find("A").unwrap().standing
    }

    fn wait_ms(&mut self, ms: i64) {
        self.now.stamp.unix_ms += ms;
        if self.state.wants_ticks() {
            self.act(Action::Tick);
        }
    }
}

fn pair(topic: &str, payload: &str) -> (String, String) {
    (topic.to_owned(), payload.to_owned())
}

#[test]
fn a_device_is_connected_once_the_server_says_so_and_the_gateway_listens() {
    let mut page = Page::connected();
    page.type_in(Input::Device, "A");
    page.type_in(Input::Profile, "thermostat");
    page.press(GatewayAction::Connect);
    let ToProxy::Subscribe(subscribe) = &page.sent[0] else { panic!("{:?}", page.sent) };
    let filters: Vec<&str> = subscribe.filters.iter().map(|wanted| wanted.filter.as_str()).collect();
    assert_eq!(filters, ["v1/gateway/attributes", "v1/gateway/attributes/response", "v1/gateway/rpc"]);
    assert_eq!(page.last_text(), pair("v1/gateway/connect", r#"{"device":"A","type":"thermostat"}"#));
    assert_eq!(*page.standing(), Standing::Asked);
    page.settle(PublishOutcome::Delivered);
    assert_eq!(*page.standing(), Standing::Connected);
    assert_eq!(page.state.gateway.children.chosen.as_deref(), Some("A"));

    page.press(GatewayAction::Disconnect("A".into()));
    assert_eq!(page.last_text(), pair("v1/gateway/disconnect", r#"{"device":"A"}"#));
    page.settle(PublishOutcome::Delivered);
    assert_eq!(*page.standing(), Standing::Left);
}

#[test]
fn a_name_that_is_missing_is_said_at_its_field() {
    let mut page = Page::connected();
    let effects = page.press(GatewayAction::Connect);
    assert_eq!(effects, [Effect::Focus("gateway-device")]);
    assert!(page.state.gateway.problem(FormName::Connect).unwrap().contains("name is missing"));
    page.type_in(Input::Device, "A");
    assert_eq!(page.state.gateway.problem(FormName::Connect), None);
}

#[test]
fn telemetry_is_put_into_the_form_of_gateways() {
    let mut page = Page::with_child();
    page.press(GatewayAction::Row(RowEdit::Add));
    page.press(GatewayAction::Row(RowEdit::Key(1, "on".into())));
    page.press(GatewayAction::Row(RowEdit::Value(1, "true".into())));
    page.press(GatewayAction::PublishTelemetry);
    assert_eq!(page.last_text(), pair("v1/gateway/telemetry", r#"{"A":[{"on":true,"temperature":21.5}]}"#));
    page.settle(PublishOutcome::Delivered);
    let last = page.state.gateway.children.find("A").unwrap().telemetry.clone().unwrap();
    assert_eq!(last.outcome, Some(PublishOutcome::Delivered));

    page.press(GatewayAction::EditorChosen(Editor::Json));
    page.type_in(Input::Telemetry, "{k: ");
    let effects = page.press(GatewayAction::PublishTelemetry);
    assert_eq!(effects, [Effect::Focus("gateway-telemetry")]);
    assert!(page.state.gateway.problem(FormName::Telemetry).unwrap().contains("line 1, column 5"));
    assert_eq!(page.state.gateway.telemetry.json, "{k: ");
    page.type_in(Input::Telemetry, r#"{"ts":1,"values":{"k":2}}"#);
    page.press(GatewayAction::PublishTelemetry);
    assert_eq!(page.last_text().1, r#"{"A":[{"ts":1,"values":{"k":2}}]}"#);
}

#[test]
fn attributes_are_published_asked_for_and_pushed() {
    let mut page = Page::with_child();
    page.type_in(Input::Attributes, r#"{"serial":"S1"}"#);
    page.press(GatewayAction::PublishAttributes);
    assert_eq!(page.last_text(), pair("v1/gateway/attributes", r#"{"A":{"serial":"S1"}}"#));

    page.press(GatewayAction::Request);
    assert!(page.state.gateway.problem(FormName::Request).unwrap().contains("no key to ask for"));
    page.type_in(Input::Keys, "serial");
    page.press(GatewayAction::Request);
    let id = page.state.gateway.asks.list[0].id;
    let expected = format!(r#"{{"id":{id},"device":"A","client":true,"key":"serial"}}"#);
    assert_eq!(page.last_text(), pair("v1/gateway/attributes/request", &expected));
    page.message("v1/gateway/attributes/response", &json!({"id": id, "device": "A", "value": "S1"}));
    assert_eq!(page.state.gateway.asks.list[0].answer, Answer::Found("\"S1\"".into()));
    page.press(GatewayAction::ScopeChosen(AskScope::Shared));
    page.type_in(Input::Keys, "a, b");
    page.press(GatewayAction::Request);
    assert!(page.last_text().1.ends_with(r#""client":false,"keys":["a","b"]}"#));
    page.wait_ms(10_000);
    assert!(
        matches!(&page.state.gateway.asks.list[0].answer, Answer::None(why) if why.starts_with("No answer"))
    );

    page.message("v1/gateway/attributes", &json!({"device": "A", "data": {"limit": 5, "mode": "eco"}}));
    page.message("v1/gateway/attributes", &json!({"device": "A", "data": {"deleted": ["mode"]}}));
    let pushed = &page.state.gateway.children.find("A").unwrap().pushed;
    assert_eq!(pushed.iter().collect::<Vec<_>>(), [(&"limit".into(), &"5".into())]);
}

#[test]
fn a_call_for_a_device_is_answered_under_its_number() {
    let mut page = Page::with_child();
    for id in [7, 8] {
        let data = json!({"id": id, "method": "setMode", "params": {"mode": "eco"}});
        page.message("v1/gateway/rpc", &json!({"device": "A", "data": data}));
    }
    let gateway = &page.state.gateway;
    assert_eq!(gateway.calls.chosen().unwrap().id, 7, "the one that waits longest");
    assert_eq!(gateway.children.find("A").unwrap().call.as_ref().unwrap().1.as_ref(), "setMode");
    page.type_in(Input::Reply, r#"{"done":true}"#);
    page.press(GatewayAction::Reply);
    assert_eq!(page.last_text(), pair("v1/gateway/rpc", r#"{"device":"A","id":7,"data":{"done":true}}"#));
    assert_eq!(page.state.gateway.calls.chosen().unwrap().id, 8);
    page.settle(PublishOutcome::Delivered);
    let answered = CallStanding::Answered(Delivery::Known(PublishOutcome::Delivered));
    assert_eq!(page.state.gateway.calls.list[1].standing, answered);
}

#[test]
fn a_device_that_is_no_gateway_is_told_why_nothing_comes_back() {
    let mut page = Page::connected();
    page.type_in(Input::Device, "A");
    page.press(GatewayAction::Connect);
    page.wait_ms(4_900);
    assert!(!page.state.gateway.is_silent);
    page.wait_ms(100);
    assert!(page.state.gateway.is_silent);
    assert!(page.state.announcement.text.contains("does not acknowledge"));
    page.settle(PublishOutcome::Delivered);
    assert!(!page.state.gateway.is_silent);
}

#[test]
fn a_device_that_the_server_gives_up_is_told_of_in_words() {
    let mut page = Page::with_child();
    page.message("v1/gateway/disconnect", &json!({"device": "A", "reason": 0x97}));
    assert_eq!(*page.standing(), Standing::GivenUp("quota exceeded (0x97)".into()));
}

#[test]
fn a_lost_session_ends_what_hung_on_it_and_keeps_what_was_typed() {
    let mut page = Page::with_child();
    page.type_in(Input::Attributes, "{}");
    page.message("v1/gateway/rpc", &json!({"device": "A", "data": {"id": 1, "method": "m"}}));
    page.hear(ToBrowser::Disconnected(Disconnected { id: None, failure: Some(Failure::ConnectionReset) }));
    assert_eq!(*page.standing(), Standing::Ended);
    assert_eq!(page.state.gateway.calls.list[0].standing, CallStanding::Lost);
    assert_eq!(page.state.gateway.attributes, "{}");
    assert!(!page.state.wants_ticks());
    page.press(GatewayAction::PublishAttributes);
    assert!(page.state.gateway.notice(FormName::Attributes).unwrap().starts_with("Not connected"));
}

#[test]
fn a_message_that_is_not_understood_is_a_problem_in_the_console() {
    let mut page = Page::with_child();
    page.message("v1/gateway/rpc", &json!([]));
    assert!(page.state.gateway.calls.list.is_empty());
    let last = page.state.log.entries().last().map(|entry| &entry.content);
    assert!(matches!(last, Some(Content::Problem(_))), "{last:?}");
}
