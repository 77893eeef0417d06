//! What MQTT 5 adds to a session: the server's reasons, in the connection, in answers and at the end.

use serde_json::json;
use shared::{
    failure::{Failure, Step},
    platform::RpcOutcome,
    wire::{Connected, MqttVersion, PublishOutcome, QoS, SubscribeOutcome},
};
use tests::{
    broker::{self, Broker},
    emulated::{Emulated, rpc},
    page::{Attempt, Page, connect_message},
    proxy::Proxy,
};

const TELEMETRY: &str = "v1/devices/me/telemetry";

async fn attempt(page: &mut Page, thingsboard: &Emulated, token: &str) -> Attempt {
    let mut connect = connect_message(1, &thingsboard.endpoint(), &thingsboard.trust(), token);
    connect.mqtt_version = MqttVersion::V5;
    page.attempt(connect).await
}

async fn connect(page: &mut Page, thingsboard: &Emulated) -> Connected {
    attempt(page, thingsboard, thingsboard.token().expose()).await.outcome.unwrap()
}

async fn session() -> (Proxy, Emulated, Page) {
    let (proxy, thingsboard) = (Proxy::start().await, Emulated::start().await);
    let mut page = Page::open(&proxy).await;
    let connected = connect(&mut page, &thingsboard).await;
    assert_eq!((connected.mqtt_version, connected.return_code), (MqttVersion::V5, 0));
    (proxy, thingsboard, page)
}

fn refused(outcome: PublishOutcome) -> String {
    match outcome {
        PublishOutcome::Refused { reason } => reason,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_wrong_token_is_refused_with_the_reason_code() {
    let (proxy, thingsboard) = (Proxy::start().await, Emulated::start().await);
    let attempt = attempt(&mut Page::open(&proxy).await, &thingsboard, "NOT_THE_TOKEN").await;
    assert_eq!(attempt.failure(), (Step::Mqtt, &Failure::CredentialsRefused { return_code: 0x86 }));
}

#[tokio::test]
async fn the_whole_loop_works() {
    let (_proxy, thingsboard, mut page) = session().await;
    page.subscribe_granted("v1/devices/me/rpc/request/+", QoS::AtLeastOnce).await;
    let sent = page.publish(TELEMETRY, QoS::AtLeastOnce, br#"{"temperature": 42}"#).await;
    assert_eq!(sent, PublishOutcome::Delivered);
    assert_eq!(thingsboard.telemetry("temperature"), Some(json!(42)));
    let (platform, token) = (thingsboard.platform(), thingsboard.token().clone());
    let (outcome, ()) = tokio::join!(platform.send_rpc(&token, rpc("ping", json!(1))), async {
        let topic = page.next_message().await.topic.replace("request", "response");
        page.publish(&topic, QoS::AtLeastOnce, b"2").await;
    });
    assert_eq!(outcome.unwrap(), RpcOutcome::Answered { response: json!(2) });
    page.disconnect().await;
    thingsboard.receives(|kind| *kind == emulator::Kind::Disconnect).await;
}

#[tokio::test]
async fn what_thingsboard_does_not_take_is_refused_and_the_session_lives() {
    let (_proxy, thingsboard, mut page) = session().await;
    let bad_payload = refused(page.publish(TELEMETRY, QoS::AtLeastOnce, b"[1").await);
    assert!(bad_payload.contains("payload format invalid"), "{bad_payload}");
    let unknown_topic = refused(page.publish("v1/devices/me/telemtry", QoS::AtLeastOnce, b"{}").await);
    assert_ne!(unknown_topic, bad_payload);
    let results = page.subscribe(&["#"], QoS::AtLeastOnce).await;
    assert!(matches!(results[0].outcome, SubscribeOutcome::Refused { code: 0x8f, .. }), "{results:?}");
    page.publish(TELEMETRY, QoS::AtLeastOnce, br#"{"after": 1}"#).await;
    assert_eq!(thingsboard.telemetry("after"), Some(json!(1)));
}

#[tokio::test]
async fn a_session_that_another_client_took_over_says_so() {
    let (proxy, thingsboard, mut first) = session().await;
    connect(&mut Page::open(&proxy).await, &thingsboard).await;
    match first.failure().await {
        Failure::ServerDisconnected { reason_code: 0x8e, .. } => {}
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn connect_names_level_5_and_the_token_as_user_name() {
    let (proxy, broker) = (Proxy::start().await, Broker::start().await);
    let mut page = Page::open(&proxy).await;
    let mut connect = connect_message(1, &broker.endpoint(), broker.trust(), "A1_TEST_TOKEN");
    connect.mqtt_version = MqttVersion::V5;
    let serve = async {
        let mut connection = broker.accept().await.unwrap();
        let packet = connection.read().await;
        connection.write(b"\x20\x03\0\0\0").await;
        packet
    };
    let (attempt, packet) = tokio::join!(page.attempt(connect), serve);
    attempt.outcome.unwrap();
    assert_eq!(packet.kind, broker::CONNECT);
    assert!(packet.body.starts_with(b"\0\x04MQTT\x05\x82\0\x3c"), "{:02x?}", packet.body);
    assert!(packet.body.ends_with(b"\0\0\0\x0dA1_TEST_TOKEN"), "{:02x?}", packet.body);
}
