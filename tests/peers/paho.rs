//! paho-mqtt, the client that most Python devices use, against the emulator, in both protocol versions.

use crate::Target;
use serde_json::{Value, json};
use shared::platform::RpcOutcome;
use tests::{
    emulated::{object, rpc},
    python::{Python, Script},
};

/// CONNACK's code, if one came.
async fn connack(target: &Target, token: &str, how: &[&str]) -> Option<Value> {
    let mut arguments = target.arguments(token);
    arguments.extend(how.iter().map(|argument| (*argument).to_owned()));
    let script = Python::Paho.start("paho_connect.py", &arguments).unwrap();
    let said = script.finish().await.unwrap();
    assert!(said.len() <= 1, "{said:?}");
    said.first().map(|said| said["code"].clone())
}

#[tokio::test]
async fn paho_is_let_in_with_the_token_and_refused_without() {
    let target = Target::start().await;
    let token = target.thingsboard.token().expose();
    for (version, refused) in [("3.1", 5), ("3.1.1", 5), ("5", 0x86)] {
        assert_eq!(connack(&target, token, &[version, "sensor"]).await, Some(json!(0)), "{version}");
        let refusal = connack(&target, "NOT_THE_TOKEN", &[version, "sensor"]).await;
        assert_eq!(refusal, Some(json!(refused)), "{version}");
    }
}

#[tokio::test]
async fn only_mqtt_3_1_bounds_the_client_id() {
    let target = Target::start().await;
    let token = target.thingsboard.token().expose();
    let (fits, too_long) = ("x".repeat(23), "x".repeat(24));
    assert_eq!(connack(&target, token, &["3.1", &fits]).await, Some(json!(0)));
    assert_eq!(connack(&target, token, &["3.1", &too_long]).await, None, "closed without CONNACK");
    for version in ["3.1.1", "5"] {
        assert_eq!(connack(&target, token, &[version, &too_long]).await, Some(json!(0)), "{version}");
        assert_eq!(connack(&target, token, &[version]).await, Some(json!(0)), "{version}");
    }
}

#[tokio::test]
async fn paho_as_a_device_with_mqtt_3_1_1() {
    check_device("3.1.1", 0x80).await;
}

#[tokio::test]
async fn paho_as_a_device_with_mqtt_5() {
    check_device("5", 0x8f).await;
}

/// Everything that a device does. `refused` is SUBACK's code for a filter that ThingsBoard does not know.
async fn check_device(version: &str, refused: u8) {
    let target = Target::start().await;
    let thingsboard = &target.thingsboard;
    let (platform, token) = (thingsboard.platform(), thingsboard.token().clone());
    let mut arguments = target.own_arguments();
    arguments.push(version.to_owned());
    let mut script = Python::Paho.start("paho_device.py", &arguments).unwrap();

    assert_eq!(script.next().await.unwrap(), json!({"event": "connected", "code": 0}));
    assert_eq!(script.next().await.unwrap(), json!({"event": "subscribed", "codes": [1, 1, 1, refused]}));
    check_message(&mut script, "attributes/response/1", json!({"client": {"model": "T-100"}})).await;
    assert_eq!(thingsboard.telemetry("temperature"), Some(json!(42.5)));
    assert_eq!(Value::from(thingsboard.view().client_attributes), json!({"model": "T-100"}));

    platform.set_shared_attributes(&token, object(json!({"limit": 30}))).unwrap();
    check_message(&mut script, "attributes", json!({"limit": 30})).await;
    platform.delete_shared_attributes(&token, &["limit".to_owned()]).unwrap();
    check_message(&mut script, "attributes", json!({"deleted": ["limit"]})).await;

    let outcome = platform.send_rpc(&token, rpc("setValve", json!([1, null]))).await.unwrap();
    assert_eq!(outcome, RpcOutcome::Answered { response: json!({"echo": [1, null]}) });
    check_message(&mut script, "rpc/request/0", json!({"method": "setValve", "params": [1, null]})).await;
    assert!(thingsboard.view().connected);
    script.stop().await.unwrap();
}

async fn check_message(script: &mut Script, topic: &str, payload: Value) {
    let topic = format!("v1/devices/me/{topic}");
    let expected = json!({"event": "message", "topic": topic, "qos": 1, "payload": payload});
    assert_eq!(script.next().await.unwrap(), expected);
}
