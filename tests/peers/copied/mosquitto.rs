//! The shell script with mosquitto_pub and mosquitto_sub.

use super::{ATTRIBUTES, Saved, arrives, publishes, session, wild_publishes};
use crate::Target;
use emulator::Kind;
use frontend::copy_as::Language;
use serde_json::json;
use shared::wire::{MqttVersion, QoS};
use tests::{PATIENCE, child::Child, emulated::object};

#[tokio::test]
async fn the_script_publishes_what_the_console_did() {
    for (version, with_token) in [(MqttVersion::V5, false), (MqttVersion::V3_1_1, true)] {
        let target = Target::start().await;
        let all = if version == MqttVersion::V5 { publishes() } else { wild_publishes() };
        let session = session(&target, version, with_token, all);
        let saved = Saved::new(&target, Language::Mosquitto, &session);
        let mut script = Child::start("the script", &mut saved.command(&target, "sh")).unwrap();
        let status = script.ended(3 * PATIENCE).await.unwrap();
        assert!(status.success(), "{}{}", script.stdout(), script.stderr());
        arrives(&target, &session).await;
        let level = if version == MqttVersion::V5 { 5 } else { 4 };
        let connects = target.thingsboard.received().into_iter().filter(
            |kind| matches!(kind, Kind::Connect { level: said, keep_alive: 60, .. } if *said == level),
        );
        assert_eq!(connects.count(), session.publishes.len(), "a session for each");
    }
}

#[tokio::test]
async fn the_script_then_listens_to_the_subscriptions() {
    let target = Target::start().await;
    let mut session = session(&target, MqttVersion::V5, false, publishes());
    session.subscriptions.push((ATTRIBUTES.into(), QoS::AtLeastOnce));
    let saved = Saved::new(&target, Language::Mosquitto, &session);
    let mut script = Child::start("the script", &mut saved.command(&target, "sh")).unwrap();
    let wanted = vec![(ATTRIBUTES.to_owned(), 1)];
    target
        .thingsboard
        .receives(|kind| matches!(kind, Kind::Subscribe { filters, .. } if *filters == wanted))
        .await;
    arrives(&target, &session).await;
    let shared = object(json!({ "limit": 30 }));
    target.thingsboard.platform().set_shared_attributes(target.thingsboard.token(), shared).unwrap();
    let heard = |line: &str| (line == r#"v1/devices/me/attributes {"limit":30}"#).then_some(());
    script.says(PATIENCE, |mut lines| lines.find_map(heard)).await.unwrap();
}

#[tokio::test]
async fn without_the_token_in_the_environment_the_script_says_so() {
    let target = Target::start().await;
    let session = session(&target, MqttVersion::V5, false, publishes());
    let saved = Saved::new(&target, Language::Mosquitto, &session);
    let mut command = saved.command(&target, "sh");
    let mut script = Child::start("the script", command.env_remove("TB_TOKEN")).unwrap();
    assert!(!script.ended(PATIENCE).await.unwrap().success());
    assert!(script.stderr().contains("TB_TOKEN"), "{}", script.stderr());
}
