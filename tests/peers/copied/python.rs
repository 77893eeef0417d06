//! The Python programs, with paho-mqtt and with tb-mqtt-client.

use super::{ATTRIBUTES, Saved, TELEMETRY, arrived, arrives, publishes, session, wild_publishes};
use crate::Target;
use emulator::Kind;
use frontend::copy_as::{Language, Publish};
use serde_json::{Value, json};
use shared::{
    payload::Payload,
    wire::{MqttVersion, QoS},
};
use tests::{PATIENCE, child::Child, emulated::object, eventually::eventually, python::Python};

#[tokio::test]
async fn paho_publishes_what_the_console_did() {
    for (version, with_token) in [(MqttVersion::V5, false), (MqttVersion::V3_1_1, true)] {
        let target = Target::start().await;
        let all = if version == MqttVersion::V5 { publishes() } else { wild_publishes() };
        let session = session(&target, version, with_token, all);
        let saved = Saved::new(&target, Language::Paho, &session);
        let mut command = saved.command(&target, Python::Paho.interpreter().unwrap());
        let mut program = Child::start("the program", &mut command).unwrap();
        let status = program.ended(3 * PATIENCE).await.unwrap();
        assert!(status.success(), "{}{}", program.stdout(), program.stderr());
        arrives(&target, &session).await;
    }
}

#[tokio::test]
async fn paho_listens_to_the_subscriptions_in_the_same_session() {
    let target = Target::start().await;
    let mut session = session(&target, MqttVersion::V5, false, publishes());
    session.subscriptions.push((ATTRIBUTES.into(), QoS::AtLeastOnce));
    session.subscriptions.push(("v1/devices/me/rpc/request/+".into(), QoS::AtMostOnce));
    let saved = Saved::new(&target, Language::Paho, &session);
    let mut command = saved.command(&target, Python::Paho.interpreter().unwrap());
    let mut program = Child::start("the program", &mut command).unwrap();
    arrives(&target, &session).await;
    let said = |text: &'static str| move |line: &str| line.contains(text).then_some(());
    program.says(PATIENCE, |mut lines| lines.find_map(said("Listening"))).await.unwrap();
    let shared = object(json!({ "limit": 30 }));
    target.thingsboard.platform().set_shared_attributes(target.thingsboard.token(), shared).unwrap();
    let heard = said(r#"v1/devices/me/attributes b'{"limit":30}'"#);
    program.says(PATIENCE, |mut lines| lines.find_map(heard)).await.unwrap();
    let connects =
        target.thingsboard.received().into_iter().filter(|kind| matches!(kind, Kind::Connect { .. }));
    assert_eq!(connects.count(), 1);
}

fn json_of(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// The library sends telemetry in an array and JSON in its own spelling.
#[tokio::test]
async fn thingsboards_library_publishes_the_same_json() {
    let target = Target::start().await;
    let token = target.thingsboard.token();
    target.thingsboard.platform().set_shared_attributes(token, object(json!({ "limit": 30 }))).unwrap();
    let mut all = publishes();
    let more = [
        ("v1/devices/me/attributes/request/4", r#"{"clientKeys":"-serial","sharedKeys":"limit"}"#),
        ("v1/devices/me/rpc/response/7", r#"{"done":true}"#),
    ];
    all.extend(more.map(|(topic, text)| Publish {
        topic: topic.into(),
        qos: QoS::AtLeastOnce,
        payload: Payload::from_text(text),
    }));
    let mut session = session(&target, MqttVersion::V5, false, all);
    session.subscriptions.push((ATTRIBUTES.into(), QoS::AtLeastOnce));
    let saved = Saved::new(&target, Language::ThingsBoard, &session);
    let mut command = saved.command(&target, Python::ThingsBoard.interpreter().unwrap());
    let mut program = Child::start("the program", &mut command).unwrap();
    let all_came = || arrived(&target).iter().any(|(topic, ..)| topic.contains("rpc/response")).then_some(());
    eventually("the last publish", all_came).await;
    let came: Vec<(String, Value)> = arrived(&target)
        .into_iter()
        // The library asks for the server's limits by itself.
        .filter(|(topic, ..)| !topic.contains("rpc/request"))
        .map(|(topic, _, bytes)| (topic, json_of(&bytes)))
        .collect();
    let wanted = session.publishes.iter().map(|publish| {
        let json = json_of(publish.payload.as_bytes());
        match publish.topic.as_str() {
            TELEMETRY => (publish.topic.clone(), json!([json])),
            // It counts its requests itself.
            topic if topic.contains("/request/") => ("v1/devices/me/attributes/request/1".to_owned(), json),
            _ => (publish.topic.clone(), json),
        }
    });
    assert_eq!(came, wanted.collect::<Vec<_>>(), "{}", program.stderr());
    let answered = |line: &str| (line.contains("limit") && line.contains("30")).then_some(());
    program.says(PATIENCE, |mut lines| lines.find_map(answered)).await.unwrap();
}
