//! The page's behaviour, told as actions and what comes of them.

mod attributes;
mod copy_as;
mod hosted;
mod line;
mod log;
mod rpc;
mod weight;

use super::{
    action::{CertificateAction, FormAction, PublishAction, SocketEvent, SubscriptionAction},
    connection::{Dial, Farewell, Progress, Reason, StepState},
    form::{Certificates, Field, TrustChoice},
    log::Delivery,
    platform::PlatformAction,
    *,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use shared::{
    endpoint::Endpoint,
    failure::{Failure, Step},
    hint::Hint,
    payload::Payload,
    platform::DemoDevice,
    wire::{
        self, ConnectFailed, Connected, Disconnected, MqttVersion, PublishOutcome, Published, QoS,
        StepPassed, SubscribeOutcome, SubscribeResult, Subscribed, TlsFacts, ToBrowser, ToProxy,
    },
};

/// A page with the time in hand and everything that it sent.
struct Page {
    state: State,
    now: Now,
    sent: Vec<ToProxy>,
    effects: Vec<Effect>,
}

impl Page {
    /// A page whose form can be connected with.
    fn new() -> Self {
        let now = Now { stamp: Stamp { unix_ms: 1_000_000, offset_min: 0 }, chance: 0.5, unsent_bytes: 0 };
        let mut page = Self { state: State::default(), now, sent: vec![], effects: vec![] };
        page.act(Action::Offer(Ok(wire::ProxyOffer {
            version: "0".into(),
            mqtt_versions: vec![MqttVersion::V3_1_1, MqttVersion::V5],
            demo: true,
            targets: Vec::new(),
        })));
        page.act(Action::Form(FormAction::TrustChosen(TrustChoice::PublicAuthorities)));
        page.act(Action::Form(FormAction::Typed(Field::Token, "A1_TEST_TOKEN".into())));
        page
    }

    fn connected() -> Self {
        let mut page = Self::new();
        page.act(Action::Connect);
        page.accept();
        // The page asked for the server's limits, which limits/tests.rs tells of.
        page.grant_all();
        page.sent.clear();
        page.state.limits.over();
        page
    }

    fn act(&mut self, action: Action) {
        self.effects = update(&mut self.state, action, self.now);
        for effect in &self.effects {
            if let Effect::Send(message) = effect {
                self.sent.push(message.clone());
            }
        }
    }

    fn pass_ms(&mut self, ms: i64) {
        self.now.stamp.unix_ms += ms;
    }

    fn hear(&mut self, message: ToBrowser) {
        let socket = self.state.socket.expect("a socket is open");
        self.act(Action::Socket(socket, SocketEvent::Messages(vec![message])));
    }

    fn closed(&mut self, opened: bool, code: u16) {
        let socket = self.state.socket.expect("a socket is open");
        self.act(Action::Socket(socket, SocketEvent::Closed { opened, code }));
    }

    fn fail(&mut self, step: Step, failure: Failure) {
        self.hear(ToBrowser::ConnectFailed(Box::new(ConnectFailed {
            id: 1,
            step,
            elapsed_us: 5,
            failure,
            hints: Vec::new(),
            chain_pem: String::new(),
        })));
    }

    /// The version with which the last effects open a socket.
    fn opening_with(&self) -> Option<MqttVersion> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::OpenSocket { first, .. } => Some(first.mqtt_version),
            _ => None,
        })
    }

    fn reason(&self) -> &Reason {
        match &self.state.phase {
            Phase::Failed(failed) => &failed.reason,
            other => panic!("{other:?}"),
        }
    }

    fn accept(&mut self) {
        for step in [Step::Name, Step::Tcp, Step::Tls, Step::Mqtt] {
            self.hear(ToBrowser::StepPassed(StepPassed {
                id: 1,
                step,
                elapsed_us: 1_000,
                detail: String::new(),
            }));
        }
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

    fn lose(&mut self, failure: Failure) {
        self.hear(ToBrowser::Disconnected(Disconnected { id: None, failure: Some(failure) }));
    }

    fn message(&mut self, topic: &str, text: &str) {
        self.hear(ToBrowser::Message(wire::Message {
            topic: topic.into(),
            qos: QoS::AtMostOnce,
            retain: false,
            duplicate: false,
            payload: Payload::from_text(text),
        }));
    }

    fn grant_all(&mut self) {
        let asked: Vec<_> = self
            .sent
            .iter()
            .filter_map(|message| match message {
                ToProxy::Subscribe(subscribe) => Some(subscribe.clone()),
                _ => None,
            })
            .collect();
        for subscribe in asked {
            let results = subscribe
                .filters
                .into_iter()
                .map(|wanted| SubscribeResult {
                    filter: wanted.filter,
                    outcome: SubscribeOutcome::Granted { qos: wanted.qos },
                })
                .collect();
            self.hear(ToBrowser::Subscribed(Subscribed { id: subscribe.id, results }));
        }
    }

    /// Notes, problems and received messages as lines.
    fn lines(&self) -> Vec<String> {
        self.state
            .log
            .entries()
            .flat_map(|entry| match &entry.content {
                Content::Note(text) | Content::Problem(text) => vec![text.clone()],
                Content::Received(received) => vec![
                    format!("Topic: {}", received.topic),
                    format!("Message: {}", received.payload.as_text().unwrap_or_default()),
                ],
                Content::Sent(_) => vec![],
            })
            .collect()
    }

    /// What was sent, as short texts in wire order.
    fn wire_order(&self) -> Vec<String> {
        self.sent
            .iter()
            .map(|message| match message {
                ToProxy::Subscribe(subscribe) => {
                    let filters: Vec<_> =
                        subscribe.filters.iter().map(|wanted| wanted.filter.as_str()).collect();
                    format!("subscribe {}", filters.join(" "))
                }
                ToProxy::Publish(publish) => {
                    format!(
                        "publish {} {} {}",
                        publish.topic,
                        u8::from(publish.qos),
                        publish.payload.as_text().unwrap()
                    )
                }
                other => format!("{other:?}"),
            })
            .collect()
    }

    /// Of what was sent, but for the page's own question.
    fn deliveries(&self) -> Vec<Delivery> {
        let is_question = |topic: &str| topic.starts_with("v1/devices/me/rpc/request/");
        self.state
            .log
            .entries()
            .filter_map(|entry| match &entry.content {
                Content::Sent(sent) if !is_question(&sent.topic) => Some(sent.delivery.clone()),
                _ => None,
            })
            .collect()
    }
}

#[test]
fn connect_opens_a_fresh_socket_with_connect_first() {
    let mut page = Page::new();
    page.act(Action::Connect);
    let [Effect::OpenSocket { socket, first }, Effect::Reveal("session-status")] = &page.effects[..] else {
        panic!("{:?}", page.effects)
    };
    assert_eq!(Some(*socket), page.state.socket);
    assert_eq!(first.endpoint.to_string(), "mqtt.thingsboard.cloud:8883");
    assert_eq!(page.state.phase.word(), "Connecting");
    assert_eq!(page.state.phase.steps().unwrap().running(), Some(Step::Name));
}

#[test]
fn a_bad_form_opens_nothing_and_moves_the_focus() {
    let mut page = Page::new();
    page.act(Action::Form(FormAction::Typed(Field::Port, "x".into())));
    page.act(Action::Connect);
    assert_eq!(page.effects, [Effect::Focus(Field::Port.id())]);
    assert_eq!(page.state.phase.word(), "Disconnected");
}

#[test]
fn the_steps_and_the_first_line_tell_of_the_connection() {
    let page = Page::connected();
    assert_eq!(page.state.phase.word(), "Connected");
    assert_eq!(page.lines(), ["Connected with result code 0"]);
    let steps = page.state.phase.steps().unwrap();
    assert!(matches!(steps.get(Step::Mqtt), StepState::Passed { elapsed_us: 1_000, .. }));
    assert!(
        matches!(steps.get(Step::Subscriptions), StepState::Passed { detail, .. } if detail == "1 filter")
    );
}

#[test]
fn a_failed_attempt_names_its_step_and_is_not_retried() {
    let mut page = Page::new();
    page.act(Action::Connect);
    page.hear(ToBrowser::ConnectFailed(Box::new(ConnectFailed {
        id: 1,
        step: Step::Mqtt,
        elapsed_us: 5,
        failure: Failure::ServerUnavailable { return_code: 3 },
        hints: vec![Hint::PublicAuthoritiesFit],
        chain_pem: String::new(),
    })));
    let Phase::Failed(failed) = &page.state.phase else { panic!("{:?}", page.state.phase) };
    assert_eq!(failed.step, Some(Step::Mqtt));
    assert_eq!(failed.hints, [Hint::PublicAuthoritiesFit]);
    assert!(matches!(failed.steps.get(Step::Mqtt), StepState::Failed { elapsed_us: 5, .. }));
    assert_eq!(page.state.form.token.expose(), "A1_TEST_TOKEN");
}

#[test]
fn the_socket_tells_an_unreachable_proxy_from_a_lost_one() {
    for (opened, code, failure) in [
        (false, 1006, Failure::ProxyUnreachable),
        (false, 1013, Failure::ProxyBusy),
        (true, 1006, Failure::ProxyLost),
        (true, 1001, Failure::ProxyStopping),
        (true, 1011, Failure::ProxyFault),
    ] {
        let mut page = Page::new();
        page.act(Action::Connect);
        page.closed(opened, code);
        let Phase::Failed(failed) = &page.state.phase else { panic!("{:?}", page.state.phase) };
        assert_eq!(failed.reason, Reason::Told(failure));
        assert_eq!(failed.step, None);
    }
}

#[test]
fn events_of_an_earlier_socket_are_ignored() {
    let mut page = Page::new();
    page.act(Action::Connect);
    let earlier = page.state.socket.unwrap();
    page.act(Action::Disconnect);
    assert_eq!(page.state.phase, Phase::Disconnected { why: Some(Farewell::Cancelled) });
    page.act(Action::Socket(earlier, SocketEvent::Closed { opened: true, code: 1006 }));
    assert_eq!(page.state.phase.word(), "Disconnected");
}

#[test]
fn the_example_follows_the_scripts_wire_order_and_lines() {
    let mut page = Page::new();
    page.act(Action::RunExample);
    assert_eq!(page.state.phase.word(), "Connecting");
    page.accept();
    assert_eq!(
        page.wire_order(),
        [
            "subscribe v1/devices/me/attributes",
            "subscribe v1/devices/me/attributes/response/+",
            "subscribe v1/devices/me/rpc/request/+",
            "publish v1/devices/me/telemetry 1 {\"temperature\": 42}",
            "publish v1/devices/me/attributes/request/1 1 {\"clientKeys\":\"model\"}",
        ]
    );
    page.grant_all();
    page.message("v1/devices/me/attributes/response/1", "{}");
    page.message("v1/devices/me/rpc/request/3", r#"{"method":"x"}"#);
    assert_eq!(
        page.lines(),
        [
            "Connected with result code 0",
            "Topic: v1/devices/me/attributes/response/1",
            "Message: {}",
            "Topic: v1/devices/me/rpc/request/3",
            "Message: {\"method\":\"x\"}",
            "This is a RPC call. RequestID: 3. Going to reply now!",
        ]
    );
    assert_eq!(
        page.wire_order().last().unwrap(),
        "publish v1/devices/me/rpc/response/3 1 {\"value1\":\"A\", \"value2\":\"B\"}"
    );
    let steps = page.state.phase.steps().unwrap();
    assert!(
        matches!(steps.get(Step::Subscriptions), StepState::Passed { detail, .. } if detail == "3 filters")
    );
}

#[test]
fn the_example_on_an_open_session_begins_with_its_line_and_opens_nothing() {
    let mut page = Page::connected();
    page.message("v1/devices/me/rpc/request/1", "{}");
    assert!(page.sent.is_empty(), "without the example nothing answers");
    page.act(Action::RunExample);
    let (wakes, sends): (Vec<_>, Vec<_>) =
        page.effects.iter().partition(|effect| matches!(effect, Effect::Wake { .. }));
    assert_eq!(wakes, [&Effect::Wake { after_ms: 5_000 }]);
    assert!(sends.iter().all(|effect| matches!(effect, Effect::Send(_))));
    assert_eq!(page.sent.len(), 5);
    assert_eq!(page.lines().last().unwrap(), "Connected with result code 0");
}

#[test]
fn the_example_says_when_the_server_does_not_answer() {
    let mut page = Page::connected();
    page.act(Action::RunExample);
    page.message("v1/devices/me/attributes", "{}");
    page.act(Action::Woke);
    assert!(page.lines().last().unwrap().starts_with("No answer to the attributes request yet"));
    page.act(Action::Woke);
    assert_eq!(page.lines().iter().filter(|line| line.starts_with("No answer")).count(), 1);
    page.act(Action::RunExample);
    page.message("v1/devices/me/attributes/response/1", "{}");
    page.act(Action::Woke);
    assert_eq!(page.lines().last().unwrap(), "Message: {}");
}

#[test]
fn a_command_to_a_deaf_device_is_refused_at_once() {
    let mut page = Page::new();
    page.act(Action::UseDemoDevice);
    page.act(Action::DemoDevice(Ok(demo_device())));
    page.act(Action::Connect);
    page.accept();
    page.act(Action::Platform(PlatformAction::SendRpc));
    assert_eq!(page.effects, []);
    assert!(page.state.platform.rpc.notice.unwrap().starts_with("The device has not subscribed"));
    page.act(Action::RunExample);
    page.act(Action::Platform(PlatformAction::SendRpc));
    assert!(matches!(page.effects[..], [Effect::Platform { .. }]));
    assert_eq!(page.state.platform.rpc.notice, None);
}

#[test]
fn every_publish_gets_its_outcome() {
    let mut page = Page::connected();
    for _ in 0..3 {
        page.act(Action::Publish(PublishAction::Submit));
    }
    let ids: Vec<u32> = page
        .sent
        .iter()
        .map(|message| match message {
            ToProxy::Publish(publish) => publish.id,
            other => panic!("{other:?}"),
        })
        .collect();
    page.hear(ToBrowser::Published(Published { id: ids[1], outcome: PublishOutcome::Delivered }));
    let refused = PublishOutcome::Refused { reason: "No.".into() };
    page.hear(ToBrowser::Published(Published { id: ids[2], outcome: refused.clone() }));
    page.lose(Failure::ConnectionReset);
    assert_eq!(
        page.deliveries(),
        [
            Delivery::Known(PublishOutcome::Unknown),
            Delivery::Known(PublishOutcome::Delivered),
            Delivery::Known(refused),
        ]
    );
    assert_eq!(page.state.publish.payload, "{\"temperature\": 42}");
}

#[test]
fn publishing_without_a_session_says_so_and_keeps_the_text() {
    let mut page = Page::new();
    page.act(Action::Publish(PublishAction::PayloadTyped("mine".into())));
    page.act(Action::Publish(PublishAction::Submit));
    assert!(page.sent.is_empty());
    assert!(page.state.publish.notice.as_ref().unwrap().starts_with("Not connected"));
    assert_eq!(page.state.publish.payload, "mine");
}

#[test]
fn a_lost_session_is_reopened_after_a_wait_with_its_subscriptions() {
    let mut page = Page::connected();
    page.act(Action::RunExample);
    page.grant_all();
    page.lose(Failure::ConnectionReset);
    assert_eq!(page.state.phase.word(), "Reconnecting");
    assert!(page.effects.contains(&Effect::CloseSocket));
    assert!(page.effects.contains(&Effect::Wake { after_ms: 500 }));
    assert_eq!(page.state.socket, None);
    page.sent.clear();

    page.pass_ms(500);
    page.act(Action::Woke);
    assert!(matches!(page.effects[..], [Effect::OpenSocket { .. }]));
    page.closed(false, 1006);
    let Phase::Reconnecting(retry) = &page.state.phase else { panic!("{:?}", page.state.phase) };
    assert_eq!((retry.attempt, &retry.failure), (2, &Failure::ProxyUnreachable));

    page.act(Action::ReconnectNow);
    page.accept();
    assert_eq!(
        page.wire_order(),
        [
            "subscribe v1/devices/me/rpc/response/+ v1/devices/me/attributes v1/devices/me/attributes/response/+ v1/devices/me/rpc/request/+"
        ]
    );
    page.message("v1/devices/me/rpc/request/9", "{}");
    assert!(page.wire_order().last().unwrap().contains("rpc/response/9"), "the example goes on");
}

#[test]
fn the_countdown_shows_whole_seconds() {
    let mut page = Page::connected();
    for _ in 0..3 {
        page.lose(Failure::ConnectionReset);
        page.act(Action::ReconnectNow);
    }
    page.closed(false, 1006);
    let left = |page: &Page| match &page.state.phase {
        Phase::Reconnecting(retry) => match retry.progress {
            Progress::Waiting { seconds_left, .. } => seconds_left,
            Progress::Trying(_) => panic!(),
        },
        other => panic!("{other:?}"),
    };
    assert_eq!(left(&page), 4);
    page.pass_ms(1_000);
    page.act(Action::Woke);
    assert_eq!(left(&page), 3);
    assert_eq!(page.effects, [Effect::Wake { after_ms: 1_000 }]);
}

#[test]
fn a_session_that_does_not_last_is_reopened_more_slowly_each_time() {
    let mut page = Page::connected();
    page.pass_ms(60_000);
    page.lose(Failure::ServerSilent { after_s: 5 });
    assert!(page.effects.contains(&Effect::Wake { after_ms: 500 }));
    for wait in [1_000, 1_000, 1_000] {
        page.act(Action::ReconnectNow);
        page.accept();
        page.pass_ms(100);
        page.lose(Failure::ServerSilent { after_s: 5 });
        assert!(page.effects.contains(&Effect::Wake { after_ms: wait }), "{:?}", page.effects);
    }
    let Phase::Reconnecting(retry) = &page.state.phase else { panic!() };
    assert_eq!(retry.attempt, 4);
    page.act(Action::ReconnectNow);
    page.accept();
    page.pass_ms(10_000);
    page.lose(Failure::ServerSilent { after_s: 5 });
    assert!(page.effects.contains(&Effect::Wake { after_ms: 500 }));
}

#[test]
fn what_will_not_pass_ends_reconnecting() {
    let mut page = Page::connected();
    page.lose(Failure::ConnectionReset);
    page.act(Action::ReconnectNow);
    page.fail(Step::Mqtt, Failure::CredentialsRefused { return_code: 5 });
    assert_eq!(page.state.phase.word(), "Connection failed");
}

#[test]
fn disconnecting_waits_for_the_proxys_word_but_not_for_ever() {
    let mut page = Page::connected();
    page.act(Action::Disconnect);
    assert!(matches!(page.sent[..], [ToProxy::Disconnect(_)]));
    assert_eq!(page.state.phase.word(), "Connected");
    page.hear(ToBrowser::Disconnected(Disconnected { id: Some(2), failure: None }));
    assert_eq!(page.state.phase, Phase::Disconnected { why: Some(Farewell::Asked) });

    let mut page = Page::connected();
    page.act(Action::Disconnect);
    page.act(Action::Woke);
    assert_eq!(page.state.phase, Phase::Disconnected { why: Some(Farewell::Asked) });
    assert!(page.effects.contains(&Effect::CloseSocket));
}

#[test]
fn a_refused_subscription_is_shown_with_its_reason() {
    let mut page = Page::connected();
    page.act(Action::Subscriptions(SubscriptionAction::FilterTyped("#".into())));
    page.act(Action::Subscriptions(SubscriptionAction::Submit));
    let ToProxy::Subscribe(asked) = page.sent[0].clone() else { panic!() };
    page.pass_ms(7);
    page.hear(ToBrowser::Subscribed(Subscribed {
        id: asked.id,
        results: vec![SubscribeResult {
            filter: "#".into(),
            outcome: SubscribeOutcome::Refused {
                code: 128,
                reason: "The server refused this filter.".into(),
            },
        }],
    }));
    assert!(page.lines().last().unwrap().contains("128"));
    let steps = page.state.phase.steps().unwrap();
    assert!(matches!(steps.get(Step::Subscriptions), StepState::Failed { elapsed_us: 7_000, .. }));
}

#[test]
fn a_second_connect_is_answered_in_words() {
    let mut page = Page::connected();
    page.act(Action::Connect);
    assert!(page.effects.is_empty());
    assert!(page.state.form.notice.as_ref().unwrap().contains("Disconnect first"));
}

#[test]
fn the_demo_device_fills_the_form() {
    let mut page = Page::new();
    page.act(Action::UseDemoDevice);
    assert_eq!(page.effects, [Effect::FetchDemoDevice]);
    page.act(Action::DemoDevice(Ok(demo_device())));
    assert_eq!(page.state.form.host, "127.0.0.1");
    assert_eq!(page.state.form.token.expose(), "DEMO");
    assert_eq!(page.state.form.trust, TrustChoice::UploadedCertificate);
    page.act(Action::Connect);
    assert_eq!(page.state.phase.word(), "Connecting");
}

#[test]
fn a_pasted_private_key_is_wiped_and_nothing_is_sent() {
    let mut page = Page::new();
    let key = "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----";
    let said = "You pasted a private key. It was wiped and did not leave your browser. Paste the server's CA \
                certificate instead (BEGIN CERTIFICATE).";
    let paste =
        |page: &mut Page, text: &str| page.act(Action::Form(FormAction::Typed(Field::Pasted, text.into())));
    paste(&mut page, key);
    assert!(page.effects.is_empty());
    assert_eq!(page.state.form.pasted.expose(), "");
    assert_eq!(page.state.form.problem(Field::Pasted), Some(said));
    assert_eq!(page.state.announcement.text, said);
    paste(&mut page, "");
    assert_eq!(page.state.form.problem(Field::Pasted), Some(said), "the wiped box is no new text");
    for (bytes, name) in [
        (&include_bytes!("../../../shared/tests/files/store TEST KEY.p12")[..], "a PKCS#12 store"),
        (&include_bytes!("../../../shared/tests/files/keytool TEST KEY.jks")[..], "a Java key store"),
    ] {
        paste(&mut page, &BASE64_STANDARD.encode(bytes));
        assert_eq!(page.state.form.pasted.expose(), "");
        let said = page.state.form.problem(Field::Pasted).unwrap();
        assert!(said.starts_with(&format!("You pasted {name}")), "{said}");
    }
    paste(&mut page, "no certificate");
    assert_eq!(page.state.form.pasted.expose(), "no certificate");
    let said = page.state.form.problem(Field::Pasted).unwrap();
    assert!(said.starts_with("This text holds no certificate") && !said.contains("wiped"), "{said}");
    paste(&mut page, "");
    assert_eq!(page.state.form.problem(Field::Pasted), None);
    paste(&mut page, include_str!("../../../shared/src/trust_file/test-certificate.pem"));
    assert!(matches!(page.state.form.certificates, Certificates::Given(_)) && !page.state.form.paste_open);
}

fn demo_device() -> DemoDevice {
    DemoDevice {
        name: "Demo".into(),
        endpoint: Endpoint { host: shared::endpoint::Host::parse("127.0.0.1").unwrap(), port: 8883 },
        access_token: shared::credentials::AccessToken::parse("DEMO").unwrap(),
        ca_pem: include_str!("../../../shared/src/trust_file/test-certificate.pem").into(),
        provisioning: None,
    }
}

#[test]
fn what_is_pressed_while_the_demo_device_is_fetched_is_done_with_it() {
    // Connect asks for the limits; the example says nothing but its own.
    for (press, sends) in [(Action::Connect, 2), (Action::RunExample, 5)] {
        let mut page = Page { state: State::default(), ..Page::new() };
        page.act(Action::UseDemoDevice);
        page.act(press);
        assert_eq!(page.effects, []);
        assert_eq!(page.state.phase.word(), "Disconnected");
        assert_eq!(page.state.form.problem(Field::Token), None, "the empty token is not held against anyone");
        page.act(Action::DemoDevice(Ok(demo_device())));
        assert_eq!(page.state.phase.word(), "Connecting");
        assert_eq!(page.state.phase.endpoint().unwrap().to_string(), "127.0.0.1:8883");
        page.accept();
        assert_eq!(page.sent.len(), sends);
    }
    let mut page = Page::new();
    page.act(Action::UseDemoDevice);
    page.act(Action::Connect);
    page.act(Action::DemoDevice(Err("No demo.".into())));
    assert_eq!(page.effects, []);
    assert_eq!(page.state.form.notice.as_deref(), Some("No demo."));
    page.act(Action::Connect);
    assert_eq!(page.state.phase.word(), "Connecting", "the next press is for the form as it is");
}

#[test]
fn the_platform_is_not_asked_about_a_session_elsewhere() {
    let mut page = Page::new();
    page.act(Action::Form(FormAction::Typed(Field::Host, "localhost".into())));
    page.act(Action::Form(FormAction::Typed(Field::Port, "18883".into())));
    page.act(Action::Connect);
    page.accept();
    page.act(Action::UseDemoDevice);
    page.act(Action::DemoDevice(Ok(demo_device())));
    assert_eq!(page.state.form.notice, None, "an open connection is not the demo's");
    page.act(Action::Platform(PlatformAction::Refresh));
    assert_eq!(page.effects, []);
    page.act(Action::Platform(PlatformAction::SendRpc));
    assert_eq!(page.effects, []);
    page.act(Action::Disconnect);
    page.act(Action::Woke);
    page.act(Action::Connect);
    page.act(Action::Platform(PlatformAction::Refresh));
    assert!(matches!(&page.effects[..], [Effect::Platform { token, .. }] if token.expose() == "DEMO"));
}

#[test]
fn a_server_without_mqtt_5_is_tried_with_3_1_1_and_stays_with_it() {
    for failure in
        [Failure::MqttVersionRefused { return_code: 1 }, Failure::MqttClosed, Failure::MqttNotSpoken]
    {
        let mut page = Page::new();
        page.act(Action::RunExample);
        assert_eq!(page.opening_with(), Some(MqttVersion::V5));
        page.fail(Step::Mqtt, failure);
        assert_eq!(page.state.phase.word(), "Connecting");
        assert_eq!(page.opening_with(), Some(MqttVersion::V3_1_1));
        assert_eq!(page.state.phase.steps().unwrap().running(), Some(Step::Name));
        assert_eq!(page.lines(), [Dial::FALLING_BACK]);
        page.accept();
        let dial = page.state.phase.dial().unwrap();
        assert!(dial.fell_back && dial.mqtt_version == MqttVersion::V3_1_1);
        assert_eq!(page.sent.len(), 5, "the example goes on");
        page.lose(Failure::ConnectionReset);
        page.act(Action::ReconnectNow);
        assert_eq!(page.opening_with(), Some(MqttVersion::V3_1_1));
        page.act(Action::Disconnect);
        page.act(Action::Connect);
        assert_eq!(page.opening_with(), Some(MqttVersion::V5), "the form's choice stays");
    }
}

#[test]
fn when_3_1_1_fails_too_its_failure_is_shown() {
    let mut page = Page::new();
    page.act(Action::Connect);
    page.fail(Step::Mqtt, Failure::MqttClosed);
    page.fail(Step::Mqtt, Failure::MqttTimedOut { after_s: 10 });
    assert_eq!(*page.reason(), Reason::Told(Failure::MqttTimedOut { after_s: 10 }));
    let mut page = Page::new();
    page.act(Action::Connect);
    page.fail(Step::Mqtt, Failure::MqttClosed);
    page.fail(Step::Mqtt, Failure::MqttClosed);
    assert_eq!(*page.reason(), Reason::Told(Failure::MqttClosed));
}

#[test]
fn other_failures_and_the_choice_of_3_1_1_are_tried_once() {
    let mut page = Page::new();
    page.act(Action::Connect);
    page.fail(Step::Mqtt, Failure::CredentialsRefused { return_code: 0x86 });
    assert_eq!(page.state.phase.word(), "Connection failed");
    page.act(Action::Form(FormAction::VersionChosen(MqttVersion::V3_1_1)));
    page.act(Action::Connect);
    page.fail(Step::Mqtt, Failure::MqttClosed);
    assert_eq!(page.state.phase.word(), "Connection failed");
}

#[test]
fn a_server_that_is_just_starting_is_not_taken_for_an_older_one() {
    let mut page = Page::connected();
    page.lose(Failure::ConnectionReset);
    page.act(Action::ReconnectNow);
    page.fail(Step::Mqtt, Failure::MqttClosed);
    assert_eq!(page.state.phase.word(), "Reconnecting");
    page.act(Action::ReconnectNow);
    assert_eq!(page.opening_with(), Some(MqttVersion::V5));
    page.fail(Step::Mqtt, Failure::MqttVersionRefused { return_code: 0x84 });
    assert_eq!(page.opening_with(), Some(MqttVersion::V3_1_1), "this one says it");
    assert_eq!(page.state.phase.word(), "Reconnecting");
}

#[test]
fn two_clients_with_one_token_do_not_push_each_other_out_for_ever() {
    let mut page = Page::connected();
    for _ in 0..2 {
        page.pass_ms(2_000);
        page.lose(Failure::ServerClosed);
        assert_eq!(page.state.phase.word(), "Reconnecting");
        page.act(Action::ReconnectNow);
        page.accept();
    }
    page.pass_ms(2_000);
    page.lose(Failure::ServerDisconnected { reason_code: 0x8e, text: None });
    assert_eq!(page.state.phase.word(), "Connection failed");
    assert!(!page.effects.iter().any(|effect| matches!(effect, Effect::Wake { .. })), "{:?}", page.effects);
    let advice = page.reason().advice();
    assert!(advice.cause.starts_with("Another client seems to use the same access token:"), "{advice:?}");
    assert!(advice.fix.contains("one session per device") && advice.fix.contains("press Connect"));
    assert_eq!(page.lines().last(), Some(&advice.cause));

    page.act(Action::Connect);
    page.accept();
    page.lose(Failure::ServerClosed);
    assert_eq!(page.state.phase.word(), "Reconnecting", "a press of Connect counts anew");
}

#[test]
fn a_frame_that_is_not_understood_ends_the_session_for_good() {
    let mut page = Page::connected();
    page.act(Action::Publish(PublishAction::Submit));
    let socket = page.state.socket.unwrap();
    page.act(Action::Socket(socket, SocketEvent::Undecodable("unknown variant".into())));
    assert!(page.effects.contains(&Effect::CloseSocket));
    assert_eq!(page.state.socket, None);
    assert_eq!(page.state.phase.word(), "Connection failed");
    assert_eq!(page.deliveries(), [Delivery::Known(PublishOutcome::Unknown)]);
    let advice = page.reason().advice();
    assert!(advice.fix.contains("Reload the page"), "{advice:?}");
    assert_eq!(advice.evidence, [("Detail", "unknown variant".to_owned())]);
}

#[test]
fn a_publish_is_refused_while_too_much_waits_in_the_browser() {
    let mut page = Page::connected();
    page.now.unsent_bytes = 1_048_576;
    page.act(Action::Publish(PublishAction::Submit));
    assert_eq!(page.sent.len(), 1);
    page.now.unsent_bytes += 1;
    page.act(Action::Publish(PublishAction::Submit));
    assert_eq!(page.sent.len(), 1);
    assert!(page.state.announcement.text.starts_with("Publish refused: Over 1 MiB"));
    let [_, Delivery::Known(PublishOutcome::Refused { reason })] = &page.deliveries()[..] else {
        panic!("{:?}", page.deliveries())
    };
    assert!(reason.contains("publish again"), "{reason}");
}

#[test]
fn the_chain_is_saved_under_the_hosts_name() {
    let mut page = Page::new();
    page.act(Action::Form(FormAction::Typed(Field::Host, "[2001:db8::7]".into())));
    page.act(Action::Certificate(CertificateAction::SaveChain));
    assert_eq!(page.effects, [], "there is none yet");
    page.act(Action::Connect);
    let pem = include_str!("../../../shared/tests/files/leaf.pem");
    page.hear(ToBrowser::ConnectFailed(Box::new(ConnectFailed {
        id: 1,
        step: Step::Tls,
        elapsed_us: 5,
        failure: Failure::NotTheGivenCertificate { presented_sha256: None, given_sha256: Vec::new() },
        hints: Vec::new(),
        chain_pem: pem.into(),
    })));
    page.act(Action::Certificate(CertificateAction::SaveChain));
    assert_eq!(page.effects, [Effect::Save { name: "2001-db8--7-chain.pem".into(), bytes: pem.into() }]);
    page.act(Action::Certificate(CertificateAction::CopyCommand));
    assert!(matches!(&page.effects[..], [Effect::Copy(command)] if command.starts_with("openssl req")));
    page.act(Action::Certificate(CertificateAction::Copied(false)));
    assert_eq!(page.effects, [Effect::Select("certificate-command")]);
    assert!(page.state.announcement.text.contains("by keyboard"));
}
