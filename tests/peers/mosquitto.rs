//! A real broker behind the proxy: Eclipse Mosquitto with TLS.

use shared::{
    failure::{Failure, Step},
    payload::Payload,
    wire::{MqttVersion, Publish, PublishOutcome, Published, QoS, RequestId, ToBrowser, ToProxy},
};
use std::time::Duration;
use tests::{
    certs::Authority,
    eventually::within,
    mosquitto::Mosquitto,
    page::{Page, connect_message, trust},
    proxy::Proxy,
};

const MESSAGES: u32 = 2000;

/// For everything that the load test does, on a loaded machine.
const LIMIT: Duration = Duration::from_secs(60);

async fn session(proxy: &Proxy, broker: &Mosquitto) -> Page {
    session_speaking(MqttVersion::V3_1_1, proxy, broker).await
}

async fn session_speaking(version: MqttVersion, proxy: &Proxy, broker: &Mosquitto) -> Page {
    let mut page = Page::open(proxy).await;
    let mut connect = connect_message(1, &broker.endpoint(), broker.trust(), "TOKEN");
    connect.mqtt_version = version;
    page.attempt(connect).await.outcome.unwrap();
    page
}

#[tokio::test]
async fn a_session_works_in_all_its_parts() {
    let (proxy, broker) = (Proxy::start().await, Mosquitto::start().await.unwrap());
    let mut page = session(&proxy, &broker).await;
    page.subscribe_granted("a/+", QoS::AtLeastOnce).await;
    page.subscribe_granted("b/#", QoS::AtMostOnce).await;
    assert_eq!(page.publish("a/1", QoS::AtLeastOnce, b"one").await, PublishOutcome::Delivered);
    let message = page.next_message().await;
    assert_eq!((message.topic.as_str(), message.qos), ("a/1", QoS::AtLeastOnce));
    assert_eq!(message.payload.as_text(), Some("one"));
    assert_eq!(page.publish("b/2/3", QoS::AtMostOnce, b"").await, PublishOutcome::Sent);
    let message = page.next_message().await;
    assert_eq!((message.topic.as_str(), message.qos), ("b/2/3", QoS::AtMostOnce));
    assert!(message.payload.is_empty());
    page.unsubscribe("a/+").await;
    assert_eq!(page.publish("a/1", QoS::AtLeastOnce, b"unheard").await, PublishOutcome::Delivered);
    assert!(page.kept().is_empty(), "{:?}", page.kept());
    page.disconnect().await;
    broker.logs("Received DISCONNECT").await.unwrap();
}

#[tokio::test]
async fn two_pages_talk_through_the_broker_and_a_retained_message_waits() {
    let (proxy, broker) = (Proxy::start().await, Mosquitto::start().await.unwrap());
    let mut speaker = session(&proxy, &broker).await;
    let id = speaker.new_id();
    let payload = Payload::from_text("kept");
    let publish = Publish { id, topic: "kept".to_owned(), qos: QoS::AtLeastOnce, retain: true, payload };
    speaker.send(&[ToProxy::Publish(publish)]).await;
    assert_eq!(speaker.outcome_of(id).await, PublishOutcome::Delivered);
    let mut listener = session(&proxy, &broker).await;
    listener.subscribe_granted("kept", QoS::AtLeastOnce).await;
    let message = listener.next_message().await;
    assert!(message.retain);
    speaker.publish("kept", QoS::AtLeastOnce, b"live").await;
    let message = listener.next_message().await;
    assert_eq!((message.retain, message.payload.as_text()), (false, Some("live")));
}

/// Every third is binary; each begins with its number.
fn load(number: u32) -> Vec<u8> {
    let mut payload = number.to_be_bytes().to_vec();
    match number % 3 {
        0 => payload.extend(0..=255),
        1 => payload = format!("{{\"number\": {number}, \"text\": \"Grüße \\\\\\\" \\n\"}}").into_bytes(),
        _ => payload = number.to_string().into_bytes(),
    }
    payload
}

#[tokio::test]
async fn two_thousand_messages_each_way_are_acknowledged_in_order_and_whole() {
    check_load(MqttVersion::V3_1_1).await;
}

#[tokio::test]
async fn two_thousand_messages_each_way_work_with_mqtt_5_too() {
    check_load(MqttVersion::V5).await;
}

async fn check_load(version: MqttVersion) {
    let (proxy, broker) = (Proxy::start().await, Mosquitto::start().await.unwrap());
    let mut page = session_speaking(version, &proxy, &broker).await;
    page.subscribe_granted("load", QoS::AtLeastOnce).await;
    let first: RequestId = 10_000;
    let publishes: Vec<ToProxy> = (0..MESSAGES)
        .map(|number| {
            let (id, topic) = (first + number, "load".to_owned());
            let payload = Payload::from_bytes(&load(number));
            ToProxy::Publish(Publish { id, topic, qos: QoS::AtLeastOnce, retain: false, payload })
        })
        .collect();
    for frame in publishes.chunks(100) {
        page.send(frame).await;
    }
    let (mut delivered, mut received) = (Vec::new(), Vec::new());
    within(LIMIT, "all messages and their outcomes", async {
        while delivered.len() + received.len() < 2 * MESSAGES as usize {
            match page.next().await {
                ToBrowser::Published(Published { id, outcome }) => {
                    assert_eq!(outcome, PublishOutcome::Delivered);
                    delivered.push(id);
                }
                ToBrowser::Message(message) => {
                    assert_eq!((message.qos, message.duplicate), (QoS::AtLeastOnce, false));
                    received.push(message.payload.into_bytes());
                }
                other => panic!("{other:?}"),
            }
        }
    })
    .await;
    assert!(delivered == (first..first + MESSAGES).collect::<Vec<_>>(), "outcomes out of order");
    for (number, payload) in (0..MESSAGES).zip(&received) {
        assert!(*payload == load(number), "message {number} is not what was sent");
    }
    page.disconnect().await;
}

#[tokio::test]
async fn another_authority_than_the_brokers_is_refused() {
    let (proxy, broker) = (Proxy::start().await, Mosquitto::start().await.unwrap());
    let other = Authority::new("other authority");
    let mut page = Page::open(&proxy).await;
    let attempt = page.try_connect(&broker.endpoint(), &trust(other.pem()), "TOKEN").await;
    let expected = Failure::UnknownIssuer {
        issuer: Some("CN=Mosquitto test authority".to_owned()),
        trusted: vec!["CN=other authority".to_owned()],
    };
    assert_eq!(attempt.failure(), (Step::Tls, &expected));
}

#[tokio::test]
async fn a_broker_that_is_killed_is_told_and_a_new_session_works_when_it_is_back() {
    let (proxy, mut broker) = (Proxy::start().await, Mosquitto::start().await.unwrap());
    let mut page = session(&proxy, &broker).await;
    broker.kill();
    let failure = page.failure().await;
    assert!(matches!(failure, Failure::ConnectionReset | Failure::ServerClosed), "{failure:?}");

    let mut early = Page::open(&proxy).await;
    let attempt = early.try_connect(&broker.endpoint(), broker.trust(), "TOKEN").await;
    let refused = Failure::TcpRefused { endpoint: broker.endpoint() };
    assert_eq!(attempt.failure(), (Step::Tcp, &refused));

    broker.start_again().await.unwrap();
    let mut page = session(&proxy, &broker).await;
    assert_eq!(page.publish("after", QoS::AtLeastOnce, b"x").await, PublishOutcome::Delivered);
}
