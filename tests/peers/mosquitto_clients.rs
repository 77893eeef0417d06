//! `mosquitto_pub` and `mosquitto_sub`, which ThingsBoard's documentation shows, against the emulator.

use crate::Target;
use emulator::Kind;
use serde_json::json;
use tests::{PATIENCE, child::Child, emulated::object, mosquitto};

/// Starts a client as the device with `token`.
fn client(target: &Target, program: &str, token: &str, arguments: &[&str]) -> Child {
    let server = target.thingsboard.emulator().address();
    let all = [&["-u", token], arguments].concat();
    mosquitto::client(program, server, &target.ca, &all).unwrap()
}

#[tokio::test]
async fn mosquitto_pub_delivers_telemetry_in_both_versions() {
    let target = Target::start().await;
    let token = target.thingsboard.token().expose();
    for (version, value) in [("311", 1), ("5", 2)] {
        let payload = format!(r#"{{"temperature":{value}}}"#);
        let arguments = ["-V", version, "-q", "1", "-t", "v1/devices/me/telemetry", "-m", &payload];
        let mut publisher = client(&target, "mosquitto_pub", token, &arguments);
        let status = publisher.ended(PATIENCE).await.unwrap();
        assert!(status.success(), "{version}: {}", publisher.stderr());
        assert_eq!(target.thingsboard.telemetry("temperature"), Some(json!(value)));
    }
}

#[tokio::test]
async fn mosquitto_pub_with_a_wrong_token_is_refused_in_its_own_words() {
    let target = Target::start().await;
    for version in ["311", "5"] {
        let arguments = ["-V", version, "-t", "v1/devices/me/telemetry", "-m", "{}"];
        let mut publisher = client(&target, "mosquitto_pub", "NOT_THE_TOKEN", &arguments);
        let status = publisher.ended(PATIENCE).await.unwrap();
        assert!(!status.success());
        let said = publisher.stderr().to_lowercase();
        let expected = if version == "5" { "bad user name or password" } else { "not authorised" };
        assert!(said.contains(expected), "{version}: {said}");
    }
    assert!(target.thingsboard.view().telemetry.is_empty());
}

#[tokio::test]
async fn mosquitto_sub_receives_a_pushed_attribute_in_both_versions() {
    let target = Target::start().await;
    let (platform, token) = (target.thingsboard.platform(), target.thingsboard.token().clone());
    for (version, value) in [("311", 1), ("5", 2)] {
        let arguments = ["-V", version, "-q", "1", "-C", "1", "-t", "v1/devices/me/attributes"];
        let mut subscriber = client(&target, "mosquitto_sub", token.expose(), &arguments);
        let subscribed = |kind: &&Kind| matches!(kind, Kind::Subscribe { .. });
        let wanted = usize::try_from(value).unwrap();
        tests::eventually::eventually("the subscription", || {
            (target.thingsboard.received().iter().filter(subscribed).count() == wanted).then_some(())
        })
        .await;
        platform.set_shared_attributes(&token, object(json!({"limit": value}))).unwrap();
        let status = subscriber.ended(PATIENCE).await.unwrap();
        assert!(status.success(), "{version}: {}", subscriber.stderr());
        assert_eq!(subscriber.stdout(), format!("{{\"limit\":{value}}}\n"));
    }
}

#[tokio::test]
async fn mosquitto_sub_is_refused_a_filter_that_thingsboard_does_not_know() {
    let target = Target::start().await;
    let token = target.thingsboard.token().expose();
    let mut subscriber = client(&target, "mosquitto_sub", token, &["-t", "#", "-W", "5"]);
    subscriber.ended(PATIENCE).await.unwrap();
    let said = format!("{}{}", subscriber.stdout(), subscriber.stderr());
    assert!(said.contains("All subscription requests were denied"), "{said}");
}

#[tokio::test]
async fn a_client_with_another_authority_does_not_believe_the_emulator() {
    let target = Target::start().await;
    let folder = tests::folder::Folder::new("other").unwrap();
    let other = tests::certs::Authority::new("other authority");
    let ca = folder.write("ca.pem", other.pem()).unwrap();
    let server = target.thingsboard.emulator().address();
    let token = target.thingsboard.token().expose();
    let arguments = ["-u", token, "-t", "v1/devices/me/telemetry", "-m", "{}"];
    let mut publisher = mosquitto::client("mosquitto_pub", server, &ca, &arguments).unwrap();
    assert!(!publisher.ended(PATIENCE).await.unwrap().success());
    let said = publisher.stderr();
    assert!(said.contains("certificate verify failed") || said.contains("TLS error"), "{said}");
}
