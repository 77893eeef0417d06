//! What a session may be told beyond the necessary, against a real broker: the last will, a session that is
//! kept, the client id, a login.

use shared::{
    credentials::{BasicLogin, Credentials},
    failure::Failure,
    payload::Payload,
    wire::{Connect, MqttVersion, PublishOutcome, QoS, Will},
};
use tests::{
    broker::{self, Broker},
    emulated::Emulated,
    mosquitto::Mosquitto,
    page::{Page, connect_message},
    proxy::Proxy,
};

const VERSIONS: [MqttVersion; 2] = [MqttVersion::V3_1_1, MqttVersion::V5];
const WILL_TOPIC: &str = "devices/lost";

fn to(mosquitto: &Mosquitto, version: MqttVersion) -> Connect {
    let mut connect = connect_message(1, &mosquitto.endpoint(), mosquitto.trust(), "A1_TEST_TOKEN");
    connect.mqtt_version = version;
    connect
}

async fn open(proxy: &Proxy, connect: Connect) -> Page {
    let mut page = Page::open(proxy).await;
    page.attempt(connect).await.outcome.unwrap();
    page
}

fn with_will(mut connect: Connect) -> Connect {
    connect.options.will = Some(Will {
        topic: WILL_TOPIC.to_owned(),
        qos: QoS::AtLeastOnce,
        retain: false,
        payload: Payload::from_bytes(&[0, 0xff, b'w']),
    });
    connect
}

#[tokio::test]
async fn a_page_that_vanishes_leaves_its_last_will() {
    let (proxy, mosquitto) = (Proxy::start().await, Mosquitto::start().await.unwrap());
    let mut witness = open(&proxy, to(&mosquitto, MqttVersion::V5)).await;
    witness.subscribe_granted(WILL_TOPIC, QoS::AtLeastOnce).await;
    for version in VERSIONS {
        open(&proxy, with_will(to(&mosquitto, version))).await.reset();
        let will = witness.next_message().await;
        assert_eq!((will.topic.as_str(), will.payload.as_bytes()), (WILL_TOPIC, &[0, 0xff, b'w'][..]));
    }
}

#[tokio::test]
async fn a_page_that_disconnects_leaves_none() {
    let (proxy, mosquitto) = (Proxy::start().await, Mosquitto::start().await.unwrap());
    let mut witness = open(&proxy, to(&mosquitto, MqttVersion::V5)).await;
    witness.subscribe_granted("devices/+", QoS::AtLeastOnce).await;
    for version in VERSIONS {
        open(&proxy, with_will(to(&mosquitto, version))).await.disconnect().await;
    }
    // What comes first is what was published after both had left.
    witness.publish("devices/after", QoS::AtLeastOnce, b"").await;
    assert_eq!(witness.next_message().await.topic, "devices/after");
}

#[tokio::test]
async fn a_kept_session_gets_what_came_meanwhile() {
    let (proxy, mosquitto) = (Proxy::start().await, Mosquitto::start().await.unwrap());
    for (version, topic) in VERSIONS.into_iter().zip(["kept/a", "kept/b"]) {
        let mut kept = to(&mosquitto, version);
        kept.options.client_id = format!("device-{topic}");
        kept.options.clean_start = false;
        kept.options.session_expiry_s = 600;
        let mut page = Page::open(&proxy).await;
        let connected = page.attempt(kept.clone()).await.outcome.unwrap();
        assert!(!connected.session_present, "{version:?}");
        page.subscribe_granted(topic, QoS::AtLeastOnce).await;
        page.disconnect().await;

        let mut other = open(&proxy, to(&mosquitto, version)).await;
        assert_eq!(other.publish(topic, QoS::AtLeastOnce, b"meanwhile").await, PublishOutcome::Delivered);

        let mut page = Page::open(&proxy).await;
        let connected = page.attempt(kept).await.outcome.unwrap();
        assert!(connected.session_present, "{version:?}");
        assert_eq!(page.next_message().await.payload.as_bytes(), b"meanwhile");
    }
}

#[tokio::test]
async fn a_kept_session_without_a_client_id_is_refused_before_anything_is_dialled() {
    let (proxy, broker) = (Proxy::start().await, Broker::start().await);
    let mut page = Page::open(&proxy).await;
    let mut connect = connect_message(1, &broker.endpoint(), broker.trust(), "A1_TEST_TOKEN");
    connect.options.clean_start = false;
    page.send(&[shared::wire::ToProxy::Connect(Box::new(connect))]).await;
    match page.failure().await {
        Failure::FrameInvalid { reason } => assert!(reason.contains("needs a client id"), "{reason}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_login_and_a_client_id_go_into_the_connect_packet() {
    let (proxy, broker) = (Proxy::start().await, Broker::start().await);
    let mut page = Page::open(&proxy).await;
    let mut connect = connect_message(1, &broker.endpoint(), broker.trust(), "A1_TEST_TOKEN");
    connect.credentials = Credentials::Basic(BasicLogin::new("name", "word").unwrap());
    connect.options.client_id = "me".to_owned();
    connect.options.keep_alive_s = 300;
    let serve = async {
        let mut connection = broker.accept().await.unwrap();
        let packet = connection.read().await;
        connection.write(b"\x20\x02\0\0").await;
        packet
    };
    let (attempt, packet) = tokio::join!(page.attempt(connect), serve);
    attempt.outcome.unwrap();
    assert_eq!(packet.kind, broker::CONNECT);
    assert_eq!(&packet.body[..], b"\0\x04MQTT\x04\xc2\x01\x2c\0\x02me\0\x04name\0\x04word");
}

#[tokio::test]
async fn provisioning_needs_no_token_and_may_only_provision() {
    let (proxy, thingsboard) = (Proxy::start().await, Emulated::start().await);
    for version in VERSIONS {
        let mut page = Page::open(&proxy).await;
        let mut connect = connect_message(1, &thingsboard.endpoint(), &thingsboard.trust(), "unused");
        connect.credentials = Credentials::Provisioning;
        connect.mqtt_version = version;
        page.attempt(connect).await.outcome.unwrap();
        page.subscribe_granted("/provision/response", QoS::AtLeastOnce).await;
        let request = br#"{"provisionDeviceKey":"unknown","provisionDeviceSecret":"unknown"}"#;
        page.publish("/provision/request", QoS::AtLeastOnce, request).await;
        let answer = page.next_message().await;
        assert_eq!(answer.topic, "/provision/response");
        assert!(answer.payload.as_text().unwrap().contains("NOT_FOUND"), "{answer:?}");
    }
}
