//! An open session: what the page asks for reaches ThingsBoard, and what ThingsBoard says reaches the page.

use emulator::Kind;
use serde_json::{Value, json};
use shared::{
    failure::Failure,
    limits::MAX_PACKET_BYTES,
    payload::Payload,
    platform::RpcOutcome,
    wire::{
        Message, Publish, PublishOutcome, QoS, Subscribe, SubscribeOutcome, Subscription, ToBrowser, ToProxy,
        Unsubscribe,
    },
};
use std::collections::BTreeSet;
use tests::{
    broker::{self, Broker},
    emulated::{Emulated, object, rpc},
    page::{Page, connect_message},
    proxy::Proxy,
};

const TELEMETRY: &str = "v1/devices/me/telemetry";
const ATTRIBUTES: &str = "v1/devices/me/attributes";

/// Bytes beside topic, packet identifier and, in MQTT 5, the empty properties.
const ROOM: usize = MAX_PACKET_BYTES - 2 - TELEMETRY.len() - 2 - 1;

/// A page that is the device of an emulator of its own.
async fn session() -> (Proxy, Emulated, Page) {
    let (proxy, thingsboard) = (Proxy::start().await, Emulated::start().await);
    let mut page = Page::open(&proxy).await;
    thingsboard.connect(&mut page).await;
    (proxy, thingsboard, page)
}

/// A page whose server does only what the test says.
async fn session_with_broker() -> (Proxy, broker::Connection, Page) {
    let (proxy, broker) = (Proxy::start().await, Broker::start().await);
    let mut page = Page::open(&proxy).await;
    let endpoint = broker.endpoint();
    let (_, connection) = tokio::join!(page.connect_to(&endpoint, broker.trust(), "TOKEN"), broker.greet());
    (proxy, connection, page)
}

fn refused(outcome: PublishOutcome) -> String {
    match outcome {
        PublishOutcome::Refused { reason } => reason,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_wrong_token_is_refused_by_thingsboard_with_code_5() {
    let (proxy, thingsboard) = (Proxy::start().await, Emulated::start().await);
    let mut page = Page::open(&proxy).await;
    let attempt = page.try_connect(&thingsboard.endpoint(), &thingsboard.trust(), "NOT_THE_TOKEN").await;
    let expected = Failure::CredentialsRefused { return_code: 5 };
    assert_eq!(attempt.failure(), (shared::failure::Step::Mqtt, &expected));
}

#[tokio::test]
async fn telemetry_arrives_and_its_outcome_tells_what_is_known() {
    let (_proxy, thingsboard, mut page) = session().await;
    let at_least_once = page.publish(TELEMETRY, QoS::AtLeastOnce, br#"{"temperature": 42}"#).await;
    assert_eq!(at_least_once, PublishOutcome::Delivered);
    assert_eq!(thingsboard.telemetry("temperature"), Some(json!(42)));
    let at_most_once = page.publish(TELEMETRY, QoS::AtMostOnce, br#"{"humidity": 7.5}"#).await;
    assert_eq!(at_most_once, PublishOutcome::Sent);
    thingsboard.receives(|kind| matches!(kind, Kind::Publish { qos: 0, .. })).await;
    assert_eq!(thingsboard.telemetry("humidity"), Some(json!(7.5)));
}

#[tokio::test]
async fn a_publish_is_delivered_only_when_the_server_acknowledged_it() {
    let (_proxy, mut connection, mut page) = session_with_broker().await;
    let id = page.send_publish("a/b", QoS::AtLeastOnce, b"payload").await;
    let packet = connection.read().await;
    let (topic, packet_id, payload) = packet.publish();
    assert_eq!((topic.as_str(), payload), ("a/b", &b"payload"[..]));
    // Later requests are answered first, so nothing was said about the publish meanwhile.
    let other = page.publish("c", QoS::AtMostOnce, b"").await;
    assert_eq!(other, PublishOutcome::Sent);
    assert!(page.kept().is_empty(), "{:?}", page.kept());
    connection.read().await;
    connection.write(&broker::acknowledge(broker::PUBACK, packet_id.unwrap())).await;
    assert_eq!(page.outcome_of(id).await, PublishOutcome::Delivered);
}

#[tokio::test]
async fn publishes_that_nobody_acknowledged_are_unknown_when_the_server_goes() {
    let (_proxy, mut connection, mut page) = session_with_broker().await;
    let id = page.send_publish("a/b", QoS::AtLeastOnce, b"payload").await;
    connection.read().await;
    connection.reset();
    assert_eq!(page.outcome_of(id).await, PublishOutcome::Unknown);
    let failure = page.failure().await;
    let expected = Failure::ServerClosedAfterPublish { topic: "a/b".to_owned(), payload_bytes: 7 };
    assert_eq!(failure, expected);
}

#[tokio::test]
async fn at_most_twenty_publishes_wait_for_their_acknowledgement_and_the_rest_keeps_its_order() {
    let (_proxy, mut connection, mut page) = session_with_broker().await;
    let publishes: Vec<ToProxy> = (0..50_u32)
        .map(|id| {
            let payload = Payload::from_text(&id.to_string());
            let topic = "t".to_owned();
            ToProxy::Publish(Publish { id, topic, qos: QoS::AtLeastOnce, retain: false, payload })
        })
        .collect();
    page.send(&publishes).await;
    let mut in_flight = Vec::new();
    let mut seen = Vec::new();
    while seen.len() < 50 {
        // Everything that may be in flight comes without any acknowledgement.
        while in_flight.len() < 20 && seen.len() < 50 {
            let packet = connection.read().await;
            let (_, id, payload) = packet.publish();
            in_flight.push(id.unwrap());
            seen.push(String::from_utf8(payload.to_vec()).unwrap());
        }
        let distinct: BTreeSet<u16> = in_flight.iter().copied().collect();
        assert_eq!(distinct.len(), in_flight.len(), "an identifier is used twice at once");
        let acknowledged = in_flight.remove(0);
        connection.write(&broker::acknowledge(broker::PUBACK, acknowledged)).await;
    }
    assert_eq!(seen, (0..50).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn retain_and_binary_payloads_arrive_byte_for_byte() {
    let (_proxy, mut connection, mut page) = session_with_broker().await;
    let every_byte: Vec<u8> = (0..=255).collect();
    let id = page.new_id();
    let payload = Payload::from_bytes(&every_byte);
    let publish = Publish { id, topic: "t".to_owned(), qos: QoS::AtMostOnce, retain: true, payload };
    page.send(&[ToProxy::Publish(publish)]).await;
    let packet = connection.read().await;
    assert_eq!((packet.flags, packet.publish().2), (0b0001, every_byte.as_slice()));
    connection.write(&broker::publish("back", None, &every_byte)).await;
    assert_eq!(page.next_message().await.payload, Payload::Bytes(every_byte));
}

#[tokio::test]
async fn retain_and_duplicate_flags_of_a_message_are_told() {
    let (_proxy, mut connection, mut page) = session_with_broker().await;
    connection.write(&broker::packet(0x3b, b"\0\x01t\0\x07x")).await;
    let expected = Message {
        topic: "t".to_owned(),
        qos: QoS::AtLeastOnce,
        retain: true,
        duplicate: true,
        payload: Payload::Text("x".to_owned()),
    };
    assert_eq!(page.next_message().await, expected);
    let acknowledgement = connection.read().await;
    assert_eq!((acknowledgement.kind, acknowledgement.id()), (broker::PUBACK, 7));
}

#[tokio::test]
async fn attributes_are_answered_under_their_request() {
    let (_proxy, thingsboard, mut page) = session().await;
    page.subscribe_granted("v1/devices/me/attributes/response/+", QoS::AtLeastOnce).await;
    let sent = page.publish(ATTRIBUTES, QoS::AtLeastOnce, br#"{"model": "T-100", "spare": 1}"#).await;
    assert_eq!(sent, PublishOutcome::Delivered);
    let shared = object(json!({"limit": 30}));
    thingsboard.platform().set_shared_attributes(thingsboard.token(), shared).unwrap();
    let request = br#"{"clientKeys": "model,none", "sharedKeys": "limit"}"#;
    page.publish("v1/devices/me/attributes/request/7", QoS::AtLeastOnce, request).await;
    let answer = page.next_message().await;
    assert_eq!(answer.topic, "v1/devices/me/attributes/response/7");
    assert_eq!(answer.qos, QoS::AtLeastOnce);
    let answer: Value = serde_json::from_slice(answer.payload.as_bytes()).unwrap();
    assert_eq!(answer, json!({"client": {"model": "T-100"}, "shared": {"limit": 30}}));
    assert_eq!(thingsboard.view().client_attributes, object(json!({"model": "T-100", "spare": 1})));
}

#[tokio::test]
async fn shared_attributes_are_pushed_while_subscribed_and_no_longer_after() {
    let (_proxy, thingsboard, mut page) = session().await;
    let (platform, token) = (thingsboard.platform(), thingsboard.token().clone());
    page.subscribe_granted(ATTRIBUTES, QoS::AtLeastOnce).await;
    platform.set_shared_attributes(&token, object(json!({"limit": 30}))).unwrap();
    assert_eq!(page.next_message().await.payload.as_text(), Some(r#"{"limit":30}"#));
    platform.delete_shared_attributes(&token, &["limit".to_owned()]).unwrap();
    assert_eq!(page.next_message().await.payload.as_text(), Some(r#"{"deleted":["limit"]}"#));
    assert_eq!(page.unsubscribe(ATTRIBUTES).await, [ATTRIBUTES]);
    platform.set_shared_attributes(&token, object(json!({"limit": 31}))).unwrap();
    // A later answer comes first when nothing was pushed.
    page.publish(TELEMETRY, QoS::AtLeastOnce, b"{}").await;
    assert!(page.kept().is_empty(), "{:?}", page.kept());
}

#[tokio::test]
async fn an_rpc_from_the_platform_is_answered_by_the_page() {
    let (_proxy, thingsboard, mut page) = session().await;
    page.subscribe_granted("v1/devices/me/rpc/request/+", QoS::AtLeastOnce).await;
    let (platform, token) = (thingsboard.platform(), thingsboard.token().clone());
    let call = rpc("setValve", json!({"open": true}));
    let (outcome, ()) = tokio::join!(platform.send_rpc(&token, call), async {
        let request = page.next_message().await;
        assert_eq!(request.payload.as_text(), Some(r#"{"method":"setValve","params":{"open":true}}"#));
        let id = request.topic.strip_prefix("v1/devices/me/rpc/request/").unwrap();
        let topic = format!("v1/devices/me/rpc/response/{id}");
        let answered = page.publish(&topic, QoS::AtLeastOnce, br#"{"done": true}"#).await;
        assert_eq!(answered, PublishOutcome::Delivered);
    });
    assert_eq!(outcome.unwrap(), RpcOutcome::Answered { response: json!({"done": true}) });
}

#[tokio::test]
async fn each_filter_is_granted_or_refused_by_itself() {
    let (_proxy, _thingsboard, mut page) = session().await;
    let results = page.subscribe(&[ATTRIBUTES, "#", "v1/devices/me/rpc/request/+"], QoS::AtLeastOnce).await;
    let filters: Vec<&str> = results.iter().map(|result| result.filter.as_str()).collect();
    assert_eq!(filters, [ATTRIBUTES, "#", "v1/devices/me/rpc/request/+"]);
    let granted = SubscribeOutcome::Granted { qos: QoS::AtLeastOnce };
    assert_eq!((&results[0].outcome, &results[2].outcome), (&granted, &granted));
    assert!(matches!(results[1].outcome, SubscribeOutcome::Refused { code: 128, .. }), "{results:?}");
}

#[tokio::test]
async fn the_granted_qos_is_the_servers() {
    let (_proxy, mut connection, mut page) = session_with_broker().await;
    let ((), results) = tokio::join!(
        async {
            let packet = connection.read_until(broker::SUBSCRIBE).await;
            assert_eq!(packet.flags, 0b0010, "reserved bits of SUBSCRIBE");
            connection.write(&broker::suback(packet.id(), &[0])).await;
        },
        page.subscribe(&["a/+"], QoS::AtLeastOnce)
    );
    assert_eq!(results[0].outcome, SubscribeOutcome::Granted { qos: QoS::AtMostOnce });
}

#[tokio::test]
async fn publishes_that_cannot_be_sent_are_refused_with_the_reason_and_the_session_lives() {
    let (_proxy, thingsboard, mut page) = session().await;
    for (topic, word) in
        [("", "empty"), ("a/+", "wildcards"), ("a\u{0}b", "control"), (&"t".repeat(1025), "longer")]
    {
        let reason = refused(page.publish(topic, QoS::AtLeastOnce, b"{}").await);
        assert!(reason.contains(word), "{topic:?}: {reason}");
    }
    let too_large = vec![b' '; ROOM + 2];
    let reason = refused(page.publish(TELEMETRY, QoS::AtLeastOnce, &too_large).await);
    assert!(reason.contains("65536 bytes") && reason.contains("split"), "{reason}");
    assert_eq!(
        page.publish(TELEMETRY, QoS::AtLeastOnce, br#"{"after": 1}"#).await,
        PublishOutcome::Delivered
    );
    assert_eq!(thingsboard.telemetry("after"), Some(json!(1)));
}

#[tokio::test]
async fn the_largest_payload_that_thingsboard_takes_is_delivered() {
    let (_proxy, thingsboard, mut page) = session().await;
    let mut payload = br#"{"largest": 1}"#.to_vec();
    payload.resize(ROOM, b' ');
    assert_eq!(page.publish(TELEMETRY, QoS::AtLeastOnce, &payload).await, PublishOutcome::Delivered);
    assert_eq!(thingsboard.telemetry("largest"), Some(json!(1)));
}

#[tokio::test]
async fn subscriptions_that_cannot_be_asked_for_are_refused_and_the_session_lives() {
    let (_proxy, _thingsboard, mut page) = session().await;
    let many: Vec<String> = (0..33).map(|n| format!("a/{n}")).collect();
    let bad = [vec![], vec!["a/#/b".to_owned()], vec!["a+".to_owned()], many];
    for filters in bad {
        let id = page.new_id();
        let filters =
            filters.into_iter().map(|filter| Subscription { filter, qos: QoS::AtMostOnce }).collect();
        page.send(&[ToProxy::Subscribe(Subscribe { id, filters })]).await;
        let reason = page.refusal_of(id).await;
        assert!(reason.ends_with('.'), "{reason}");
    }
    let id = page.new_id();
    page.send(&[ToProxy::Unsubscribe(Unsubscribe { id, filters: vec!["##".to_owned()] })]).await;
    page.refusal_of(id).await;
    page.subscribe_granted(ATTRIBUTES, QoS::AtMostOnce).await;
}

#[tokio::test]
async fn a_session_holds_at_most_thirty_two_subscriptions() {
    let (_proxy, mut connection, mut page) = session_with_broker().await;
    let names: Vec<String> = (0..32).map(|n| format!("a/{n}")).collect();
    let filters: Vec<&str> = names.iter().map(String::as_str).collect();
    tokio::join!(
        async {
            let packet = connection.read_until(broker::SUBSCRIBE).await;
            connection.write(&broker::suback(packet.id(), &[1; 32])).await;
        },
        page.subscribe(&filters, QoS::AtLeastOnce)
    );
    let id = page.new_id();
    let filters = vec![Subscription { filter: "one/more".to_owned(), qos: QoS::AtMostOnce }];
    page.send(&[ToProxy::Subscribe(Subscribe { id, filters })]).await;
    assert!(page.refusal_of(id).await.contains("32"));
}

#[tokio::test]
async fn a_second_connect_is_refused_and_the_session_lives() {
    let (_proxy, thingsboard, mut page) = session().await;
    let connect =
        connect_message(77, &thingsboard.endpoint(), &thingsboard.trust(), thingsboard.token().expose());
    page.send(&[ToProxy::Connect(Box::new(connect))]).await;
    assert!(page.refusal_of(77).await.contains("one session"));
    assert_eq!(page.publish(TELEMETRY, QoS::AtLeastOnce, b"{}").await, PublishOutcome::Delivered);
    let connects = thingsboard.received().iter().filter(|kind| matches!(kind, Kind::Connect { .. })).count();
    assert_eq!(connects, 1);
}

#[tokio::test]
async fn disconnect_is_passed_on_to_the_server() {
    let (_proxy, thingsboard, mut page) = session().await;
    page.disconnect().await;
    thingsboard.receives(|kind| *kind == Kind::Disconnect).await;
    assert!(!thingsboard.view().connected);
}

#[tokio::test]
async fn two_pages_are_two_devices_at_once() {
    let proxy = Proxy::start().await;
    let (one, two) = (Emulated::start().await, Emulated::start().await);
    let (mut page_one, mut page_two) = (Page::open(&proxy).await, Page::open(&proxy).await);
    one.connect(&mut page_one).await;
    two.connect(&mut page_two).await;
    page_one.publish(TELEMETRY, QoS::AtLeastOnce, br#"{"of": "one"}"#).await;
    page_two.publish(TELEMETRY, QoS::AtLeastOnce, br#"{"of": "two"}"#).await;
    assert_eq!((one.telemetry("of"), two.telemetry("of")), (Some(json!("one")), Some(json!("two"))));
}

#[tokio::test]
async fn a_payload_that_thingsboard_does_not_take_ends_the_session_and_is_named() {
    let (_proxy, _thingsboard, mut page) = session().await;
    let id = page.send_publish(TELEMETRY, QoS::AtLeastOnce, b"[1").await;
    assert_eq!(page.outcome_of(id).await, PublishOutcome::Unknown);
    let expected = Failure::ServerClosedAfterPublish { topic: TELEMETRY.to_owned(), payload_bytes: 2 };
    assert_eq!(page.failure().await, expected);
}

#[tokio::test]
async fn answers_that_belong_to_nothing_are_passed_over() {
    let (_proxy, mut connection, mut page) = session_with_broker().await;
    connection.write(&broker::acknowledge(broker::PUBACK, 7)).await;
    connection.write(&broker::suback(99, &[0])).await;
    connection.write(&broker::acknowledge(11, 98)).await;
    connection.write(&broker::publish("t", None, b"after")).await;
    match page.next().await {
        ToBrowser::Message(message) => assert_eq!(message.payload.as_text(), Some("after")),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_that_breaks_mqtt_is_left() {
    // QoS 2, a CONNECT, a publish whose topic is no UTF-8, more than any server should send.
    let lies: [&[u8]; 4] =
        [b"\x34\x07\0\x01a\0\x01xy", b"\x10\x00", b"\x30\x04\0\x01\xffx", b"\x30\xff\xff\xff\x7f"];
    for lie in lies {
        let (_proxy, mut connection, mut page) = session_with_broker().await;
        connection.write(lie).await;
        assert_eq!(page.failure().await, Failure::ServerBrokeProtocol, "{lie:02x?}");
    }
}
