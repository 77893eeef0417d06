use super::*;
use crate::{
    config::{DevicePolicy, DeviceSpec},
    device::{Envelope, MOST_COMMANDS, SessionLink},
    hub::{Hub, OPERATOR},
    packet::{In, Out, Qos},
    rate::{Limiter, RateLimit, RateLimits},
};
use bytes::Bytes;
use serde_json::{Value, json};
use shared::platform::RpcOutcome;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, watch};

const BOTH: [Version; 2] = [Version::V4, Version::V5];

/// A gateway's session and the platform's other side.
struct Bench {
    session: Session,
    hub: Arc<Hub>,
    children: Children,
    commands: mpsc::Receiver<Envelope>,
}

impl Bench {
    fn new(version: Version) -> Self {
        let (commands, queue) = mpsc::channel(MOST_COMMANDS);
        let (end, _) = watch::channel(None);
        let hub = Arc::new(Hub::new(vec![DeviceSpec::random("gateway")], DevicePolicy::Shared, Vec::new()));
        let gateway = hub.get_or_make("gateway", OPERATOR).unwrap();
        let link = SessionLink { connection: 1, version, child: None, commands, end };
        let children = Children::new(Arc::clone(&hub), gateway, link);
        let session = Session::of_gateway(version, Duration::from_secs(60));
        Self { session, hub, children, commands: queue }
    }

    fn publish(&mut self, topic: &str, payload: &str) -> Vec<Effect> {
        let publish = Publish {
            topic: format!("v1/gateway/{topic}"),
            payload: Bytes::copy_from_slice(payload.as_bytes()),
            qos: Qos::One,
            retain: false,
            id: 7,
        };
        let now = Now { instant: Instant::now(), unix_ms: 1_000 };
        self.session.on_gateway_publish(&publish, &mut self.children, now)
    }

    fn run_commands(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Ok(Envelope { child, command }) = self.commands.try_recv() {
            effects.extend(self.session.on_child_command(&child.unwrap(), command, &mut self.children));
        }
        effects
    }

    fn child(&self, name: &str) -> Arc<crate::hub::Device> {
        self.hub.get_or_make(name, OPERATOR).unwrap()
    }
}

fn ack(verdict: AckVerdict) -> Effect {
    Effect::Send(Out::PubAck { id: 7, verdict })
}

fn taken() -> Vec<Effect> {
    vec![ack(AckVerdict::Taken)]
}

#[track_caller]
fn check_sent(effect: &Effect, topic: &str, payload: &Value) {
    let Effect::Send(Out::Publish(publish)) = effect else { panic!("{effect:?}") };
    assert_eq!((publish.topic.as_str(), publish.qos), (topic, Qos::One));
    assert_eq!(serde_json::from_slice::<Value>(&publish.payload).unwrap(), *payload);
}

#[test]
fn devices_come_and_go() {
    for version in BOTH {
        let mut bench = Bench::new(version);
        assert_eq!(bench.publish("connect", r#"{"device":"A","type":"t"}"#), taken());
        assert!(lock(&bench.child("A").state).is_connected());
        assert_eq!(bench.publish("disconnect", r#"{"device":"A"}"#), taken());
        assert!(!lock(&bench.child("A").state).is_connected());
        assert_eq!(bench.publish("disconnect", r#"{"device":"unknown"}"#), taken());
        bench.publish("connect", r#"{"device":"A"}"#);
        let device = bench.child("A");
        drop(bench);
        assert!(!lock(&device.state).is_connected(), "they leave with their gateway");
    }
}

#[test]
fn any_mention_connects_a_device_and_its_values_are_its_own() {
    let mut bench = Bench::new(Version::V5);
    assert_eq!(bench.publish("telemetry", r#"{"A":[{"ts":5,"values":{"k":1}}],"B":[{"k":2}]}"#), taken());
    assert_eq!(bench.publish("attributes", r#"{"A":{"model":"x"},"C":5}"#), taken());
    assert_eq!(bench.publish("claim", r#"{"A":{"secretKey":"s","durationMs":60000}}"#), taken());
    let view = lock(&bench.child("A").state).view("A");
    assert!(view.connected);
    assert_eq!((&view.telemetry[0].value, view.telemetry[0].ts_ms), (&json!(1), 5));
    assert_eq!(Value::Object(view.client_attributes), json!({"model": "x"}));
    assert_eq!(view.claim.unwrap().expires_ms, 61_000);
    assert_eq!(lock(&bench.child("B").state).view("B").telemetry[0].value, json!(2));
    assert_eq!(bench.hub.specs().len(), 3, "with the gateway");
    assert_eq!(bench.publish("telemetry", r#"{"A":[]}"#), [], "nothing is not acknowledged");
}

#[test]
fn objections_are_those_of_the_version() {
    for version in BOTH {
        let publish = |topic, payload| Bench::new(version).publish(topic, payload);
        let is_5 = version == Version::V5;
        let bad = if is_5 { ack(AckVerdict::BadPayload) } else { Effect::Close(Ending::BadPayload) };
        assert_eq!(publish("telemetry", "{broken"), std::slice::from_ref(&bad));
        assert_eq!(publish("telemetry", r#"{"A":[5],"B":[{"k":1}]}"#), [bad]);
        let unforeseen = [ack(AckVerdict::Failed), Effect::Close(Ending::Unprocessable)];
        assert_eq!(publish("telemetry", r#"{"A":{"k":1}}"#), unforeseen);
        assert_eq!(publish("connect", "{}"), unforeseen);
        assert_eq!(publish("other", "{}"), [ack(AckVerdict::UnknownTopic)]);
        assert_eq!(publish("+", "{}"), [Effect::Close(Ending::Undecodable)]);
    }
}

#[test]
fn one_bad_device_does_not_keep_the_others_from_theirs() {
    let mut bench = Bench::new(Version::V5);
    bench.publish("telemetry", r#"{"A":[5],"B":[{"k":1}]}"#);
    assert_eq!(lock(&bench.child("B").state).view("B").telemetry[0].value, json!(1));
}

#[test]
fn a_device_that_is_full_is_named_before_the_session_ends() {
    for version in BOTH {
        let mut bench = Bench::new(version);
        let large = format!(r#"{{"A":{{"k":"{}"}}}}"#, "x".repeat(300_000));
        let effects = bench.publish("attributes", &large);
        assert_eq!(effects.last(), Some(&Effect::Close(Ending::Full)));
        if version == Version::V5 {
            check_sent(&effects[0], "v1/gateway/disconnect", &json!({"device": "A", "reason": 0x83}));
        }
        assert_eq!(effects.len(), if version == Version::V5 { 2 } else { 1 });
    }
}

fn limited(version: Version, values: &str) -> Bench {
    let bench = Bench::new(version);
    let limit = RateLimit::parse(values).unwrap();
    let limits = RateLimits { telemetry_data_points: Some(limit), ..RateLimits::default() };
    lock(&bench.children.gateway().state).gateway_limiter = Limiter::new(limits);
    bench
}

#[test]
fn a_gateway_beyond_its_rate_limit_is_acknowledged_and_closed() {
    for version in BOTH {
        let mut bench = limited(version, "3:60");
        assert_eq!(bench.publish("telemetry", r#"{"A":[{"a":1}],"B":[{"b":1,"c":2}]}"#), taken());
        let over = [ack(AckVerdict::Quota), Effect::Close(Ending::GatewayRateLimited)];
        assert_eq!(bench.publish("attributes", r#"{"A":{"a":1}}"#), over);
    }
    assert_eq!(Ending::GatewayRateLimited.disconnect_reason(), None);
}

#[test]
fn a_device_that_fails_after_the_answer_is_told_to_mqtt_5_by_name() {
    for version in BOTH {
        let mut bench = limited(version, "1:60");
        assert_eq!(bench.publish("attributes", r#"{"A":{"a":1}}"#), taken());
        let effects = bench.publish("telemetry", r#"{"A":[5],"B":[{"b":1}]}"#);
        if version == Version::V5 {
            assert_eq!(effects[0], ack(AckVerdict::BadPayload));
            check_sent(&effects[1], "v1/gateway/disconnect", &json!({"device": "B", "reason": 0x96}));
            assert_eq!(effects.len(), 2, "the session goes on");
        } else {
            assert_eq!(effects, [Effect::Close(Ending::BadPayload)]);
        }
    }
}

#[test]
fn session_limits_of_a_gateway_are_two() {
    let mut bench = limited(Version::V5, "3:60");
    let publish = Publish {
        topic: "v1/devices/me/rpc/request/1".to_owned(),
        payload: Bytes::from_static(br#"{"method":"getSessionLimits"}"#),
        qos: Qos::Zero,
        retain: false,
        id: 0,
    };
    let now = Now { instant: Instant::now(), unix_ms: 1_000 };
    let gateway = bench.hub.get_or_make("gateway", OPERATOR).unwrap();
    let effects = bench.session.on_packet(In::Publish(publish), &mut lock(&gateway.state), now);
    let none = json!({"messages": null, "telemetryMessages": null, "telemetryDataPoints": null});
    let limits = json!({"messages": null, "telemetryMessages": null, "telemetryDataPoints": "3:60"});
    let answer = json!({
        "maxPayloadSize": 65_536, "maxInflightMessages": 100, "rateLimits": none, "gatewayRateLimits": limits,
    });
    check_sent(&effects[0], "v1/devices/me/rpc/response/1", &answer);
}

#[test]
fn attributes_are_requested_and_pushed_with_the_devices_name() {
    let mut bench = Bench::new(Version::V4);
    bench.publish("attributes", r#"{"A":{"model":"x"}}"#);
    let effects = bench.publish("attributes/request", r#"{"id":3,"device":"A","client":true,"key":"model"}"#);
    assert_eq!(effects[0], ack(AckVerdict::Taken));
    check_sent(&effects[1], "v1/gateway/attributes/response", &json!({"id": 3, "device": "A", "value": "x"}));
    let values = json!({"limit": 5}).as_object().cloned().unwrap();
    lock(&bench.child("A").state).set_shared_attributes(values).unwrap();
    lock(&bench.child("A").state).delete_shared_attributes(&["limit".to_owned()]);
    let pushed = bench.run_commands();
    check_sent(&pushed[0], "v1/gateway/attributes", &json!({"device": "A", "data": {"limit": 5}}));
    check_sent(&pushed[1], "v1/gateway/attributes", &json!({"device": "A", "data": {"deleted": ["limit"]}}));
}

#[test]
fn an_rpc_reaches_a_device_through_its_gateway() {
    let mut bench = Bench::new(Version::V4);
    let waiting = lock(&bench.child("A").state).add_rpc("early", &json!(1), true).unwrap();
    let effects = bench.publish("connect", r#"{"device":"A"}"#);
    let early = json!({"device": "A", "data": {"id": 0, "method": "early", "params": 1}});
    check_sent(&effects[1], "v1/gateway/rpc", &early);
    let mut waiting = waiting.1;
    assert_eq!(waiting.try_recv(), Ok(RpcOutcome::Delivered));
    let (id, mut outcome) = lock(&bench.child("A").state).add_rpc("set", &json!({"x": 1}), false).unwrap();
    let request = json!({"device": "A", "data": {"id": id, "method": "set", "params": {"x": 1}}});
    check_sent(&bench.run_commands()[0], "v1/gateway/rpc", &request);
    let answer = format!(r#"{{"device":"A","id":{id},"data":{{"ok":true}}}}"#);
    assert_eq!(bench.publish("rpc", &answer), taken());
    assert_eq!(outcome.try_recv(), Ok(RpcOutcome::Answered { response: json!({"ok": true}) }));
}

#[test]
fn a_device_that_connects_itself_leaves_its_gateway() {
    let mut bench = Bench::new(Version::V5);
    bench.publish("connect", r#"{"device":"A"}"#);
    let (commands, _queue) = mpsc::channel(1);
    let (end, _) = watch::channel(None);
    let link = SessionLink { connection: 2, version: Version::V5, child: None, commands, end };
    lock(&bench.child("A").state).open_session(link);
    assert_eq!(bench.run_commands(), []);
    assert!(bench.children.get("A").is_none());
    assert!(lock(&bench.child("A").state).is_connected());
}

#[test]
fn devices_of_a_gateway_have_a_bound() {
    let mut bench = Bench::new(Version::V5);
    for number in 0..100 {
        assert_eq!(bench.publish("connect", &format!(r#"{{"device":"{number}"}}"#)), taken());
    }
    assert_eq!(bench.publish("connect", r#"{"device":"more"}"#), [ack(AckVerdict::Quota)]);
}
