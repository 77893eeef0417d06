//! One test a situation, for both versions where they differ.

use super::*;
use crate::{
    device::{Envelope, SessionLink},
    mqtt_profile::TopicFilter,
    package::{self, Assigned, LinkedPackage, PackageKind},
    packet::AckVerdict,
    rate::{Limiter, RateLimit, RateLimits},
};
use serde_json::{Map, Value, json};
use shared::{
    platform::{Claim, RpcOutcome},
    thingsboard::{attributes::Push, format::PayloadFormat, protobuf},
};
use tokio::sync::{mpsc, watch};

const ATTRIBUTES: &str = "v1/devices/me/attributes";
const RPC_REQUESTS: &str = "v1/devices/me/rpc/request/+";
const CLIENT_RPC_LIMIT: Duration = Duration::from_secs(60);
const BOTH: [Version; 2] = [Version::V4, Version::V5];

/// A session and its device, with the link by which the device reaches it.
struct Bench {
    session: Session,
    device: DeviceState,
    start: Instant,
    commands: mpsc::Receiver<Envelope>,
    ended: watch::Receiver<Option<Ending>>,
}

impl Bench {
    fn new(version: Version) -> Self {
        let (commands, queue) = mpsc::channel(2);
        let (end, ended) = watch::channel(None);
        let mut device = DeviceState::default();
        device.open_session(SessionLink { connection: 1, version, child: None, commands, end });
        let session = Session::new(version, CLIENT_RPC_LIMIT);
        Self { session, device, start: Instant::now(), commands: queue, ended }
    }

    fn packet(&mut self, packet: In) -> Vec<Effect> {
        let now = Now { instant: self.start, unix_ms: 1_000 };
        self.session.on_packet(packet, &mut self.device, now)
    }

    fn publish(&mut self, topic: &str, payload: &str, qos: Qos) -> Vec<Effect> {
        let id = if qos == Qos::Zero { 0 } else { 7 };
        let payload = Bytes::copy_from_slice(payload.as_bytes());
        self.packet(In::Publish(Publish { topic: topic.to_owned(), payload, qos, retain: false, id }))
    }

    fn subscribe(&mut self, filter: &str, qos: Qos) -> Vec<Effect> {
        self.packet(In::Subscribe { id: 9, filters: vec![(filter.to_owned(), qos)] })
    }

    fn run_commands(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Ok(envelope) = self.commands.try_recv() {
            let now = Now { instant: self.start, unix_ms: 1_000 };
            effects.extend(self.session.on_command(envelope.command, &mut self.device, now));
        }
        effects
    }
}

fn ack(verdict: AckVerdict) -> Effect {
    Effect::Send(Out::PubAck { id: 7, verdict })
}

fn taken() -> Vec<Effect> {
    vec![ack(AckVerdict::Taken)]
}

fn closed(how: Ending) -> Vec<Effect> {
    vec![Effect::Close(how)]
}

fn granted(qos: Qos) -> Effect {
    Effect::Send(Out::SubAck { id: 9, granted: vec![Some(qos)] })
}

fn sent(topic: &str, payload: &str, qos: Qos, id: u16) -> Effect {
    let payload = Bytes::copy_from_slice(payload.as_bytes());
    Effect::Send(Out::Publish(Publish { topic: topic.to_owned(), payload, qos, retain: false, id }))
}

fn attributes(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

#[test]
fn a_malformed_payload_closes_3_1_1_and_is_named_by_5() {
    let broken = [
        ("v1/devices/me/telemetry", "{broken"),
        ("v1/devices/me/telemetry", "5"),
        ("v1/devices/me/telemetry", r#"{"ts":1,"values":2}"#),
        ("v1/devices/me/attributes", "[]"),
        ("v1/devices/me/attributes/request/1", ""),
        ("v1/devices/me/attributes/request/x", "{}"),
        ("v1/devices/me/rpc/request/1", "[]"),
        ("v1/devices/me/rpc/response/x", "{}"),
        ("v1/devices/me/claim", "[]"),
    ];
    for (topic, payload) in broken {
        let publish = |version, qos| Bench::new(version).publish(topic, payload, qos);
        assert_eq!(publish(Version::V4, Qos::One), closed(Ending::BadPayload), "{topic}");
        assert_eq!(publish(Version::V4, Qos::Zero), closed(Ending::BadPayload), "{topic}");
        assert_eq!(publish(Version::V5, Qos::One), [ack(AckVerdict::BadPayload)], "{topic}");
        assert_eq!(publish(Version::V5, Qos::Zero), closed(Ending::BadPayload), "{topic}");
    }
    assert_eq!(Ending::BadPayload.disconnect_reason(), Some(0x99));
}

#[test]
fn what_nobody_foresaw_closes_both() {
    let unforeseen = [
        ("v1/devices/me/telemetry", r#"{"ts":"now","values":{}}"#),
        ("v1/devices/me/rpc/request/x", r#"{"method":"m"}"#),
        ("v1/devices/me/rpc/request/1", "{}"),
    ];
    for version in BOTH {
        for (topic, payload) in unforeseen {
            let effects = Bench::new(version).publish(topic, payload, Qos::One);
            assert_eq!(effects, closed(Ending::Uncaught), "{topic} {payload}");
        }
    }
    assert_eq!(Ending::Uncaught.disconnect_reason(), Some(0x8b));
}

#[test]
fn an_unknown_topic_is_acknowledged_and_dropped() {
    for version in BOTH {
        for topic in ["some/topic", "v1/devices/me/telemetri", "v2/t/x", "", "/provision/request"] {
            let mut bench = Bench::new(version);
            assert_eq!(bench.publish(topic, "x", Qos::One), [ack(AckVerdict::UnknownTopic)]);
            assert_eq!(bench.publish(topic, "x", Qos::Zero), []);
        }
    }
}

#[test]
fn a_device_that_is_no_gateway_hears_nothing_about_gateway_topics() {
    for version in BOTH {
        assert_eq!(Bench::new(version).publish("v1/gateway/telemetry", "{}", Qos::One), []);
    }
}

#[test]
fn a_topic_with_a_wildcard_is_undecodable() {
    for version in BOTH {
        for topic in ["v1/devices/me/+", "#"] {
            let effects = Bench::new(version).publish(topic, "{}", Qos::One);
            assert_eq!(effects, closed(Ending::Undecodable));
        }
    }
    assert_eq!(Ending::Undecodable.disconnect_reason(), Some(0x81));
}

#[test]
fn qos_2_is_answered_as_if_it_were_1() {
    for version in BOTH {
        assert_eq!(Bench::new(version).publish(ATTRIBUTES, "{}", Qos::Two), taken());
    }
}

#[test]
fn telemetry_and_attributes_are_kept() {
    for version in BOTH {
        let mut bench = Bench::new(version);
        assert_eq!(bench.publish("v1/devices/me/telemetry", "{temperature:25}", Qos::One), taken());
        assert_eq!(bench.publish("v2/t", r#"{"ts":5,"values":{"a":1}}"#, Qos::Zero), []);
        assert_eq!(bench.publish("v1/devices/me/attributes", r#"{"model":"x"}"#, Qos::One), taken());
        let view = bench.device.view("d");
        let telemetry: Vec<_> =
            view.telemetry.iter().map(|value| (value.key.as_str(), &value.value, value.ts_ms)).collect();
        assert_eq!(telemetry, [("a", &json!(1), 5), ("temperature", &json!(25), 1_000)]);
        assert_eq!(view.client_attributes, attributes(json!({"model": "x"})));
        assert_eq!(view.last_activity_ms, Some(1_000));
    }
}

#[test]
fn an_empty_object_is_acknowledged_and_an_empty_array_is_not() {
    for version in BOTH {
        let mut bench = Bench::new(version);
        assert_eq!(bench.publish("v1/devices/me/telemetry", "{}", Qos::One), taken());
        assert_eq!(bench.publish("v1/devices/me/telemetry", "[]", Qos::One), []);
    }
}

#[test]
fn only_exact_filters_are_granted() {
    for version in BOTH {
        let mut bench = Bench::new(version);
        for filter in
            ["#", "v1/devices/me/+", "v1/devices/me/telemetry", "v1/devices/me/attributes/response/1"]
        {
            let refused = Effect::Send(Out::SubAck { id: 9, granted: vec![None] });
            assert_eq!(bench.subscribe(filter, Qos::Zero), [refused], "{filter}");
        }
        assert_eq!(bench.subscribe(ATTRIBUTES, Qos::Zero), [granted(Qos::Zero)]);
        assert_eq!(bench.subscribe(ATTRIBUTES, Qos::One), [granted(Qos::One)]);
        assert_eq!(bench.subscribe(ATTRIBUTES, Qos::Two), [granted(Qos::One)]);
    }
}

#[test]
fn unsubscribing_names_what_was_not_subscribed_and_ends_pushes() {
    let mut bench = Bench::new(Version::V5);
    bench.subscribe(ATTRIBUTES, Qos::One);
    let filters = vec![ATTRIBUTES.to_owned(), "x".to_owned(), RPC_REQUESTS.to_owned()];
    let effects = bench.packet(In::Unsubscribe { id: 3, filters });
    assert_eq!(
        effects,
        [Effect::Send(Out::UnsubAck {
            id: 3,
            verdicts: vec![UnsubVerdict::Done, UnsubVerdict::NotSubscribed, UnsubVerdict::NotSubscribed],
        })]
    );
    bench.device.set_shared_attributes(attributes(json!({"a": 1}))).unwrap();
    assert_eq!(bench.run_commands(), []);
}

#[test]
fn a_provisioning_response_is_for_provisioning_sessions_only() {
    let mut bench = Bench::new(Version::V5);
    let effects = bench.subscribe("/provision/response", Qos::One);
    assert_eq!(effects, [Effect::Send(Out::SubAck { id: 9, granted: vec![None] })]);
}

#[test]
fn a_profile_may_have_bad_payloads_acknowledged() {
    for version in BOTH {
        let mut bench = Bench::new(version);
        bench.device.profile.acknowledge_bad_payloads = true;
        assert_eq!(bench.publish(ATTRIBUTES, "{", Qos::One), [ack(AckVerdict::BadPayload)]);
        assert_eq!(bench.publish(ATTRIBUTES, "{", Qos::Zero), closed(Ending::BadPayload));
    }
}

#[test]
fn a_profile_may_have_topics_of_its_own() {
    let filter = |text: &str| Some(TopicFilter::parse(text).unwrap());
    for version in BOTH {
        let mut bench = Bench::new(version);
        bench.device.profile.telemetry_topic = filter("plant/+/data");
        bench.device.profile.attributes_topic = filter("plant/facts/#");
        assert_eq!(bench.publish("plant/7/data", r#"{"a":1}"#, Qos::One), taken());
        assert_eq!(bench.publish("plant/facts/x", r#"{"b":2}"#, Qos::One), taken());
        let unknown = [ack(AckVerdict::UnknownTopic)];
        assert_eq!(bench.publish("v1/devices/me/telemetry", r#"{"c":3}"#, Qos::One), unknown);
        assert_eq!(bench.publish(ATTRIBUTES, r#"{"d":4}"#, Qos::One), unknown);
        assert_eq!(bench.publish("v2/t", r#"{"e":5}"#, Qos::One), taken());
        let view = bench.device.view("d");
        let keys: Vec<&str> = view.telemetry.iter().map(|value| value.key.as_str()).collect();
        assert_eq!((keys, Value::Object(view.client_attributes)), (vec!["a", "e"], json!({"b": 2})));
    }
}

#[test]
fn a_profile_may_have_a_filter_of_its_own_for_shared_attributes() {
    let mut bench = Bench::new(Version::V5);
    bench.device.profile.attributes_filter = Some(TopicFilter::parse("plant/settings").unwrap());
    assert_eq!(bench.subscribe("plant/settings", Qos::Zero), [granted(Qos::Zero)]);
    bench.device.set_shared_attributes(attributes(json!({"a": 1}))).unwrap();
    // To the usual topic, which nobody subscribed to.
    assert_eq!(bench.run_commands(), [sent(ATTRIBUTES, r#"{"a":1}"#, Qos::One, 1)]);
    let effects = bench.packet(In::Unsubscribe { id: 3, filters: vec!["plant/settings".to_owned()] });
    let verdicts = vec![UnsubVerdict::UnknownFilter];
    assert_eq!(effects, [Effect::Send(Out::UnsubAck { id: 3, verdicts })]);
}

#[test]
fn bad_protobuf_is_a_bad_payload_as_bad_json_is() {
    for (version, refused) in
        [(Version::V4, Effect::Close(Ending::BadPayload)), (Version::V5, ack(AckVerdict::BadPayload))]
    {
        let mut bench = Bench::new(version);
        // A profile for JSON has no schema for any of them.
        for topic in ["v2/t/p", "v2/a/p", "v2/r/res/p/1"] {
            assert_eq!(bench.publish(topic, "", Qos::One), std::slice::from_ref(&refused), "{topic}");
        }
        bench.device.profile.payload_type = PayloadFormat::Protobuf;
        for topic in ["v1/devices/me/telemetry", "v2/t", "v2/a/p", "v2/a/req/p/1", "v1/devices/me/claim"] {
            assert_eq!(bench.publish(topic, "{", Qos::One), std::slice::from_ref(&refused), "{topic}");
        }
        assert_eq!(bench.publish("v2/t/j", r#"{"a":1}"#, Qos::One), taken());
    }
}

#[test]
fn a_protobuf_profile_is_spoken_to_in_protobuf() {
    let mut bench = Bench::new(Version::V5);
    bench.device.profile.payload_type = PayloadFormat::Protobuf;
    let payload = |effect: &Effect, wanted: &str| match effect {
        Effect::Send(Out::Publish(Publish { topic, payload, .. })) if topic == wanted => payload.clone(),
        other => panic!("{other:?}"),
    };
    bench.subscribe("v2/a", Qos::Zero);
    bench.device.set_shared_attributes(attributes(json!({"a": 1}))).unwrap();
    let pushed = bench.run_commands();
    let news = protobuf::attributes::decode_pushes(&payload(&pushed[0], "v2/a"));
    assert_eq!(news, Ok(vec![Push::Updated(attributes(json!({"a": 1})))]));
    bench.subscribe("v2/a/j", Qos::Zero);
    bench.device.set_shared_attributes(attributes(json!({"a": 2}))).unwrap();
    assert_eq!(bench.run_commands(), [sent("v2/a/j", r#"{"a":2}"#, Qos::Zero, 0)]);

    bench.subscribe("v2/r/req/p/+", Qos::Zero);
    bench.device.add_rpc("lost", &json!({"x": 1}), false).unwrap();
    bench.device.add_rpc("open", &json!("valve"), false).unwrap();
    let called = bench.run_commands();
    assert_eq!(called.len(), 1, "the default schema has no objects");
    let call = protobuf::rpc::decode_server_call(&payload(&called[0], "v2/r/req/p/1")).unwrap();
    assert_eq!((call.method.as_str(), call.params), ("open", json!("valve")));
}

#[test]
fn an_rpc_goes_to_the_topic_subscribed_last() {
    let mut bench = Bench::new(Version::V4);
    bench.subscribe(RPC_REQUESTS, Qos::One);
    bench.subscribe("v2/r/req/j/+", Qos::Zero);
    bench.device.add_rpc("m", &json!(1), true).unwrap();
    let request = sent("v2/r/req/j/0", r#"{"method":"m","params":1}"#, Qos::Zero, 0);
    assert_eq!(bench.run_commands(), [request]);
}

#[test]
fn only_what_changes_while_subscribed_is_pushed() {
    let mut bench = Bench::new(Version::V4);
    bench.device.set_shared_attributes(attributes(json!({"early": 1}))).unwrap();
    assert_eq!(bench.run_commands(), []);
    assert_eq!(bench.subscribe(ATTRIBUTES, Qos::One), [granted(Qos::One)], "nothing to begin with");
    assert_eq!(bench.publish(ATTRIBUTES, r#"{"own":1}"#, Qos::One), taken(), "and no echo");
    assert_eq!(bench.run_commands(), []);
    bench.device.delete_shared_attributes(&["early".to_owned(), "never".to_owned()]);
    assert_eq!(bench.run_commands(), [sent(ATTRIBUTES, r#"{"deleted":["early","never"]}"#, Qos::One, 1)]);
}

#[test]
fn an_answer_to_nobody_is_acknowledged_and_dropped() {
    for version in BOTH {
        let mut bench = Bench::new(version);
        assert_eq!(bench.publish("v1/devices/me/rpc/response/77", "{}", Qos::One), taken());
    }
}

#[test]
fn a_retained_publish_is_one_like_others() {
    let mut bench = Bench::new(Version::V5);
    let publish = |topic: &str| {
        let payload = Bytes::from_static(br#"{"a":1}"#);
        In::Publish(Publish { topic: topic.to_owned(), payload, qos: Qos::One, retain: true, id: 7 })
    };
    assert_eq!(bench.packet(publish(ATTRIBUTES)), taken());
    assert_eq!(bench.subscribe(ATTRIBUTES, Qos::One), [granted(Qos::One)]);
}

#[test]
fn an_answer_that_is_no_json_is_a_text() {
    let mut bench = Bench::new(Version::V4);
    for (payload, response) in [("done", json!("done")), ("42", json!(42)), ("{", json!("{"))] {
        let (id, mut outcome) = bench.device.add_rpc("m", &Value::Null, false).unwrap();
        let topic = format!("v1/devices/me/rpc/response/{id}");
        assert_eq!(bench.publish(&topic, payload, Qos::One), taken());
        assert_eq!(outcome.try_recv(), Ok(RpcOutcome::Answered { response }));
    }
}

#[test]
fn an_attributes_request_is_answered_even_without_subscription() {
    let mut bench = Bench::new(Version::V4);
    let request = |bench: &mut Bench, id: &str| {
        let topic = format!("v1/devices/me/attributes/request/{id}");
        bench.publish(&topic, r#"{"clientKeys":"model"}"#, Qos::One)
    };
    let response = |payload, qos, id| sent("v1/devices/me/attributes/response/1", payload, qos, id);
    assert_eq!(request(&mut bench, "1"), [ack(AckVerdict::Taken), response("{}", Qos::One, 1)]);
    bench.publish(ATTRIBUTES, r#"{"model":"x"}"#, Qos::Zero);
    bench.subscribe("v1/devices/me/attributes/response/+", Qos::Zero);
    let found = response(r#"{"client":{"model":"x"}}"#, Qos::Zero, 0);
    assert_eq!(request(&mut bench, "1"), [ack(AckVerdict::Taken), found]);
    assert_eq!(request(&mut bench, "-1"), taken());
}

#[test]
fn the_topic_of_the_request_decides_the_topic_of_the_response() {
    let mut bench = Bench::new(Version::V4);
    let topics = [("v2/a/req/3", "v2/a/res/3"), ("v2/a/req/j/3", "v2/a/res/j/3")];
    for (id, (request, response)) in (1..).zip(topics) {
        let effects = bench.publish(request, "{}", Qos::Zero);
        assert_eq!(effects, [sent(response, "{}", Qos::One, id)]);
    }
}

#[test]
fn shared_attributes_are_pushed_to_the_topic_subscribed_last() {
    let mut bench = Bench::new(Version::V4);
    bench.device.set_shared_attributes(attributes(json!({"a": 1}))).unwrap();
    assert_eq!(bench.run_commands(), [], "nothing without subscription");
    assert_eq!(bench.subscribe(ATTRIBUTES, Qos::Zero), [granted(Qos::Zero)], "no first state");
    bench.device.set_shared_attributes(attributes(json!({"a": 2, "n": null}))).unwrap();
    bench.device.delete_shared_attributes(&["a".to_owned(), "b".to_owned()]);
    assert_eq!(
        bench.run_commands(),
        [
            sent(ATTRIBUTES, r#"{"a":2}"#, Qos::Zero, 0),
            sent(ATTRIBUTES, r#"{"deleted":["a","b"]}"#, Qos::Zero, 0),
        ]
    );
    bench.subscribe("v2/a", Qos::One);
    bench.device.set_shared_attributes(attributes(json!({"a": 3}))).unwrap();
    assert_eq!(bench.run_commands(), [sent("v2/a", r#"{"a":3}"#, Qos::One, 1)]);
}

#[test]
fn a_two_way_rpc_is_answered_by_the_device() {
    let mut bench = Bench::new(Version::V4);
    bench.subscribe(RPC_REQUESTS, Qos::Zero);
    let (id, mut outcome) = bench.device.add_rpc("setGpio", &json!({"pin": 7}), false).unwrap();
    assert_eq!(id, 0);
    let request = r#"{"method":"setGpio","params":{"pin":7}}"#;
    assert_eq!(bench.run_commands(), [sent("v1/devices/me/rpc/request/0", request, Qos::Zero, 0)]);
    assert!(outcome.try_recv().is_err());
    let answer = bench.publish("v1/devices/me/rpc/response/0", r#"{"ok":true}"#, Qos::One);
    assert_eq!(answer, taken());
    assert_eq!(outcome.try_recv(), Ok(RpcOutcome::Answered { response: json!({"ok": true}) }));
    let late = bench.publish("v1/devices/me/rpc/response/0", "again", Qos::One);
    assert_eq!(late, taken(), "an answer nobody waits for is acknowledged too");
}

#[test]
fn a_one_way_rpc_is_done_when_it_is_handed_over() {
    let mut bench = Bench::new(Version::V4);
    let (_, mut outcome) = bench.device.add_rpc("blink", &Value::Null, true).unwrap();
    assert_eq!(bench.run_commands(), []);
    assert!(outcome.try_recv().is_err(), "nobody is subscribed yet");
    let request = sent("v1/devices/me/rpc/request/0", r#"{"method":"blink","params":null}"#, Qos::One, 1);
    let effects = bench.subscribe(RPC_REQUESTS, Qos::One);
    assert_eq!(effects, [granted(Qos::One), request]);
    assert_eq!(outcome.try_recv(), Ok(RpcOutcome::Delivered));
    assert_eq!(bench.subscribe(RPC_REQUESTS, Qos::One), [granted(Qos::One)]);
}

#[test]
fn subscribing_again_brings_unanswered_requests_again_and_other_filters_do_not() {
    let mut bench = Bench::new(Version::V4);
    let (_, _outcome) = bench.device.add_rpc("m", &Value::Null, false).unwrap();
    assert_eq!(bench.subscribe(RPC_REQUESTS, Qos::Zero).len(), 2);
    assert_eq!(bench.subscribe(RPC_REQUESTS, Qos::Zero).len(), 2);
    assert_eq!(bench.subscribe(ATTRIBUTES, Qos::Zero).len(), 1);
    let (_, _outcome) = bench.device.add_rpc("n", &Value::Null, false).unwrap();
    assert_eq!(bench.subscribe("v2/r/req/+", Qos::Zero).len(), 3);
}

#[test]
fn session_limits_are_answered_at_once_on_the_long_topic_only() {
    let mut bench = Bench::new(Version::V5);
    let request = r#"{"method":"getSessionLimits","params":{"timeout":5000}}"#;
    let effects = bench.publish("v1/devices/me/rpc/request/1", request, Qos::One);
    let [acknowledged, Effect::Send(Out::Publish(response))] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(*acknowledged, ack(AckVerdict::Taken));
    assert_eq!(response.topic, "v1/devices/me/rpc/response/1");
    assert_eq!(serde_json::from_slice::<Value>(&response.payload).unwrap()["maxPayloadSize"], 65_536);
    assert_eq!(bench.publish("v2/r/req/1", request, Qos::One), taken());
}

#[test]
fn other_client_rpcs_run_out() {
    let mut bench = Bench::new(Version::V4);
    assert_eq!(bench.session.next_deadline(), None);
    for id in [4, 5] {
        let topic = format!("v1/devices/me/rpc/request/{id}");
        assert_eq!(bench.publish(&topic, r#"{"method":"getTime"}"#, Qos::One), taken());
    }
    let deadline = bench.start + CLIENT_RPC_LIMIT;
    assert_eq!(bench.session.next_deadline(), Some(deadline));
    assert_eq!(bench.session.on_time(&bench.device, bench.start), []);
    let response = |id: u16| {
        let topic = format!("v1/devices/me/rpc/response/{}", id + 3);
        sent(&topic, r#"{"error":"timeout"}"#, Qos::One, id)
    };
    assert_eq!(bench.session.on_time(&bench.device, deadline), [response(1), response(2)]);
    assert_eq!(bench.session.next_deadline(), None);
}

#[test]
fn client_rpcs_that_wait_have_a_bound() {
    let mut bench = Bench::new(Version::V5);
    let mut publish = || bench.publish("v1/devices/me/rpc/request/1", r#"{"method":"m"}"#, Qos::Zero);
    for _ in 0..MOST_CLIENT_RPCS {
        assert_eq!(publish(), []);
    }
    assert_eq!(publish(), closed(Ending::TooMuchQueued));
    assert_eq!(Ending::TooMuchQueued.disconnect_reason(), Some(0x97));
}

#[test]
fn the_small_packets() {
    for version in BOTH {
        let mut bench = Bench::new(version);
        assert_eq!(bench.packet(In::PingReq), [Effect::Send(Out::PingResp)]);
        assert_eq!(bench.packet(In::PubAck { id: 1 }), []);
        assert_eq!(bench.packet(In::Ignored), []);
        assert_eq!(bench.packet(In::Disconnect), closed(Ending::Disconnected));
        let connect = crate::packet::Connect {
            client_id: String::new(),
            clean: true,
            keep_alive: 60,
            username: None,
            password: None,
        };
        assert_eq!(bench.packet(In::Connect(connect)), closed(Ending::SecondConnect));
    }
}

#[test]
fn a_claim_is_acknowledged_and_kept() {
    for version in BOTH {
        let mut bench = Bench::new(version);
        assert_eq!(bench.device.view("d").claim, None);
        let payload = r#"{"secretKey":"s","durationMs":60000}"#;
        assert_eq!(bench.publish("v1/devices/me/claim", payload, Qos::One), taken());
        let claim = Claim { secret_key: "s".to_owned(), expires_ms: 61_000 };
        assert_eq!(bench.device.view("d").claim, Some(claim));
        assert_eq!(bench.publish("v1/devices/me/claim", "", Qos::One), taken());
        assert_eq!(bench.device.view("d").claim.unwrap().secret_key, "");
    }
}

fn assigned(bytes: &'static [u8]) -> Assigned {
    Assigned::kept(package::sample(bytes))
}

#[test]
fn a_package_is_announced_and_fetched_chunk_by_chunk() {
    for version in BOTH {
        let mut bench = Bench::new(version);
        bench.subscribe(ATTRIBUTES, Qos::Zero);
        bench.device.assign_package(PackageKind::Software, assigned(b"0123456789"), 5).unwrap();
        let announced = concat!(
            r#"{"sw_checksum":"c6c784a6","sw_checksum_algorithm":"CRC32","sw_size":10,"#,
            r#""sw_tag":"thermostat 1.2","sw_title":"thermostat","sw_version":"1.2"}"#
        );
        let outdated = sent(ATTRIBUTES, r#"{"deleted":["sw_url"]}"#, Qos::Zero, 0);
        assert_eq!(bench.run_commands(), [outdated, sent(ATTRIBUTES, announced, Qos::Zero, 0)]);
        let states: Vec<_> = bench.device.view("d").telemetry;
        assert!(states.iter().any(|value| value.key == "sw_state" && value.value == "INITIATED"));
        assert!(states.iter().any(|value| value.key == "target_sw_version" && value.value == "1.2"));

        bench.subscribe("v2/sw/response/+/chunk/+", Qos::Zero);
        let mut chunk = |number: u8, payload, expected| {
            let effects = bench.publish(&format!("v2/sw/request/1/chunk/{number}"), payload, Qos::One);
            let response = sent(&format!("v2/sw/response/1/chunk/{number}"), expected, Qos::Zero, 0);
            assert_eq!(effects, [ack(AckVerdict::Taken), response]);
        };
        chunk(0, "", "0123456789");
        chunk(0, "4", "0123");
        chunk(1, "", "4567");
        chunk(2, "-1", "89");
        chunk(3, "", "");
        bench.device.unassign_package(PackageKind::Software);
        assert!(bench.device.view("d").shared_attributes.is_empty());
        // This id goes on with what it began; another finds nothing.
        assert_eq!(bench.publish("v2/sw/request/1/chunk/0", "", Qos::Zero).len(), 1);
        let effects = bench.publish("v2/sw/request/2/chunk/0", "", Qos::Zero);
        assert_eq!(effects.last(), Some(&Effect::Close(Ending::NoPackage)));
    }
}

#[test]
fn a_chunk_comes_at_qos_1_to_a_device_that_did_not_subscribe() {
    let mut bench = Bench::new(Version::V5);
    bench.device.assign_package(PackageKind::Firmware, assigned(b"abc"), 5).unwrap();
    let refused = Effect::Send(Out::SubAck { id: 9, granted: vec![None] });
    assert_eq!(bench.subscribe("v2/fw/response/+", Qos::One), [refused]);
    let effects = bench.publish("v2/fw/request/7/chunk/1", "2", Qos::One);
    assert_eq!(effects, [ack(AckVerdict::Taken), sent("v2/fw/response/7/chunk/1", "c", Qos::One, 1)]);
}

#[test]
fn a_package_that_cannot_be_had_ends_the_session() {
    let linked = Assigned::Linked(LinkedPackage {
        title: "t".to_owned(),
        version: "1".to_owned(),
        tag: None,
        url: "http://x/".to_owned(),
    });
    let cases = [
        (None, "", "NOT_FOUND"),
        (Some(linked), "10", "FAILURE"),
        (Some(assigned(b"abc")), "65537", "PAYLOAD_TOO_LARGE"),
    ];
    for (package, payload, error) in cases {
        for version in BOTH {
            for kind in PackageKind::ALL {
                let mut bench = Bench::new(version);
                if let Some(package) = package.clone() {
                    bench.device.assign_package(kind, package, 5).unwrap();
                }
                let topic = format!("v2/{}/request/1/chunk/0", kind.prefix());
                let said = sent("v2/fw/error", error, Qos::One, 1);
                let effects = bench.publish(&topic, payload, Qos::One);
                assert_eq!(effects, [said, Effect::Close(Ending::NoPackage)]);
            }
        }
    }
    assert_eq!(Ending::NoPackage.disconnect_reason(), Some(0x83));
}

#[test]
fn a_chunk_size_that_is_no_number_is_not_foreseen() {
    for version in BOTH {
        for payload in ["4k", " 4", "4.0", "99999999999"] {
            let mut bench = Bench::new(version);
            bench.device.assign_package(PackageKind::Firmware, assigned(b"abc"), 5).unwrap();
            let effects = bench.publish("v2/fw/request/1/chunk/0", payload, Qos::One);
            assert_eq!(effects, closed(Ending::Uncaught), "{payload}");
        }
        let effects = Bench::new(version).publish("v2/fw/request/1/chunk/99999999999", "", Qos::One);
        assert_eq!(effects, closed(Ending::Uncaught));
    }
}

#[test]
fn downloads_that_are_remembered_have_a_bound() {
    let mut bench = Bench::new(Version::V4);
    bench.device.assign_package(PackageKind::Firmware, assigned(b"abc"), 5).unwrap();
    let mut chunk = |request: u8, payload| {
        let effects = bench.publish(&format!("v2/fw/request/{request}/chunk/0"), payload, Qos::Zero);
        let [Effect::Send(Out::Publish(chunk))] = effects.as_slice() else { panic!("{effects:?}") };
        chunk.payload.clone()
    };
    for request in 0..=16 {
        assert_eq!(chunk(request, "1"), "a");
    }
    assert_eq!(chunk(1, ""), "a");
    assert_eq!(chunk(0, ""), "abc", "forgotten");
}

fn limited(version: Version, messages: &str, data_points: &str) -> Bench {
    let mut bench = Bench::new(version);
    let limits = RateLimits {
        messages: Some(RateLimit::parse(messages).unwrap()),
        telemetry_messages: None,
        telemetry_data_points: Some(RateLimit::parse(data_points).unwrap()),
    };
    bench.device.limiter = Limiter::new(limits);
    bench
}

#[test]
fn a_publish_beyond_a_rate_limit_ends_the_session_unacknowledged() {
    for version in BOTH {
        let mut bench = limited(version, "1:60", "3:60");
        assert_eq!(bench.publish("v1/devices/me/telemetry", r#"{"a":1,"b":2}"#, Qos::One), taken());
        assert_eq!(bench.publish(ATTRIBUTES, r#"{"a":1}"#, Qos::One), taken());
        assert_eq!(bench.publish(ATTRIBUTES, r#"{"a":1}"#, Qos::One), closed(Ending::RateLimited));
        assert_eq!(bench.publish("v1/devices/me/claim", "", Qos::One), taken());
        let others = [
            ("v1/devices/me/claim", ""),
            ("v1/devices/me/attributes/request/1", "{}"),
            ("v1/devices/me/rpc/response/1", "{}"),
            ("v1/devices/me/rpc/request/1", r#"{"method":"m"}"#),
        ];
        for (topic, payload) in others {
            assert_eq!(bench.publish(topic, payload, Qos::One), closed(Ending::RateLimited), "{topic}");
        }
    }
    assert_eq!(Ending::RateLimited.disconnect_reason(), Some(0x83));
}

#[test]
fn of_a_download_only_the_first_request_counts() {
    let mut bench = limited(Version::V5, "1:60", "1:60");
    bench.device.assign_package(PackageKind::Firmware, assigned(b"abc"), 5).unwrap();
    for chunk in 0..3 {
        let effects = bench.publish(&format!("v2/fw/request/1/chunk/{chunk}"), "1", Qos::One);
        assert_eq!(effects[0], ack(AckVerdict::Taken));
    }
    assert_eq!(bench.publish("v2/fw/request/2/chunk/0", "1", Qos::One), closed(Ending::RateLimited));
}

#[test]
fn a_subscription_beyond_a_rate_limit_is_granted_and_does_nothing() {
    for version in BOTH {
        let mut bench = limited(version, "1:60", "1:60");
        assert_eq!(bench.subscribe(ATTRIBUTES, Qos::One), [granted(Qos::One)]);
        let (_, _outcome) = bench.device.add_rpc("m", &Value::Null, false).unwrap();
        assert_eq!(bench.subscribe(RPC_REQUESTS, Qos::One), [granted(Qos::One)], "no request follows");
        assert_eq!(bench.run_commands(), []);
        bench.device.set_shared_attributes(attributes(json!({"a": 1}))).unwrap();
        assert_eq!(bench.run_commands().len(), 1, "the first one was registered");
    }
}

#[test]
fn session_limits_tell_the_rate_limits_and_cost_nothing() {
    let mut bench = limited(Version::V5, "1:60,10:3600", "5:1");
    for _ in 0..3 {
        let request = r#"{"method":"getSessionLimits"}"#;
        let effects = bench.publish("v1/devices/me/rpc/request/1", request, Qos::One);
        let Some(Effect::Send(Out::Publish(response))) = effects.last() else { panic!("{effects:?}") };
        let told = serde_json::from_slice::<Value>(&response.payload).unwrap()["rateLimits"].clone();
        let expected =
            json!({"messages": "1:60,10:3600", "telemetryMessages": null, "telemetryDataPoints": "5:1"});
        assert_eq!(told, expected);
    }
}

#[test]
fn packet_ids_are_never_zero() {
    let mut session = Session::new(Version::V4, CLIENT_RPC_LIMIT);
    session.last_packet_id = u16::MAX - 1;
    assert_eq!(session.next_packet_id(), u16::MAX);
    assert_eq!(session.next_packet_id(), 1);
}

#[test]
fn a_session_that_does_not_keep_up_is_ended() {
    let mut bench = Bench::new(Version::V5);
    bench.subscribe(ATTRIBUTES, Qos::Zero);
    for _ in 0..3 {
        bench.device.set_shared_attributes(attributes(json!({"a": 1}))).unwrap();
    }
    assert_eq!(*bench.ended.borrow_and_update(), Some(Ending::TooMuchQueued));
}
