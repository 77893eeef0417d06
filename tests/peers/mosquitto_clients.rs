//! `mosquitto_pub` and `mosquitto_sub`, which ThingsBoard's documentation shows, against the emulator.

use crate::Target;
use emulator::{Config, DeviceProfile, Kind, ProvisionStrategy};
use serde_json::{Value, json};
use shared::platform::RpcOutcome;
use tests::{
    PATIENCE,
    child::Child,
    emulated::{object, rpc},
    eventually::eventually,
    folder::Folder,
    mosquitto,
};

/// Starts a client as the device with `token`.
fn client(target: &Target, program: &str, token: &str, arguments: &[&str]) -> Child {
    let server = target.thingsboard.emulator().address();
    let all = [&["-u", token], arguments].concat();
    mosquitto::client(program, server, &target.ca, &all).unwrap()
}

/// Publishes at QoS 1 with MQTT 3.1.1, as the documentation does, and waits until it is acknowledged.
async fn publish(target: &Target, topic: &str, payload: &[&str]) {
    let token = target.thingsboard.token().expose();
    let arguments = [&["-d", "-q", "1", "-t", topic], payload].concat();
    let mut publisher = client(target, "mosquitto_pub", token, &arguments);
    let status = publisher.ended(PATIENCE).await.unwrap();
    let said = publisher.stdout();
    assert!(status.success() && said.contains("received PUBACK"), "{said}{}", publisher.stderr());
}

/// Starts `mosquitto_sub` with everything it hears as `TOPIC PAYLOAD`, and waits until it is subscribed.
async fn listen(target: &Target, arguments: &[&str]) -> Child {
    let token = target.thingsboard.token().expose();
    let arguments = [&["-v", "-q", "1"], arguments].concat();
    let subscriptions = || {
        let received = target.thingsboard.received();
        received.iter().filter(|kind| matches!(kind, Kind::Subscribe { .. })).count()
    };
    let before = subscriptions();
    let subscriber = client(target, "mosquitto_sub", token, &arguments);
    eventually("the subscription", || (subscriptions() > before).then_some(())).await;
    subscriber
}

/// The payload of the next line about `topic`, as JSON.
async fn heard(subscriber: &mut Child, topic: &str) -> Value {
    let payload = |line: &str| line.strip_prefix(topic)?.strip_prefix(' ').map(str::to_owned);
    let text = subscriber.says(PATIENCE, |mut lines| lines.find_map(payload)).await.unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn telemetry_comes_inline_from_a_file_and_from_standard_input() {
    let target = Target::start().await;
    let folder = Folder::new("telemetry").unwrap();
    let topic = "v1/devices/me/telemetry";
    publish(&target, topic, &["-m", "{temperature:25}"]).await;
    let object = folder.write("object.json", r#"{"humidity":60,"stored":{"open":true}}"#).unwrap();
    publish(&target, topic, &["-f", object.to_str().unwrap()]).await;
    let batch = r#"[{"ts":1451649600512,"values":{"a":1}},{"ts":1451649601512,"values":{"a":2}}]"#;
    let batch = folder.write("batch.json", batch).unwrap();
    publish(&target, topic, &["-f", batch.to_str().unwrap()]).await;
    let expected = [
        ("temperature", json!(25)),
        ("humidity", json!(60)),
        ("stored", json!({"open": true})),
        ("a", json!(2)),
    ];
    for (key, value) in expected {
        assert_eq!(target.thingsboard.telemetry(key), Some(value), "{key}");
    }

    let lines = folder.write("lines.txt", "{\"b\":1}\n{\"c\":2}\n").unwrap();
    let emulator = target.thingsboard.emulator();
    let (host, port) = (emulator.address().ip().to_string(), emulator.address().port().to_string());
    // As in a shell: one message for each line of what is piped in.
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "cat \"$1\" | mosquitto_pub -h $2 -p $3 --cafile \"$4\" -u $5 -q 1 -t $6 -l", "sh"]);
    shell.arg(&lines).args([&host, &port]).arg(&target.ca).args([target.thingsboard.token().expose(), topic]);
    let mut piped = Child::start("mosquitto_pub in a shell", &mut shell).unwrap();
    assert!(piped.ended(PATIENCE).await.unwrap().success(), "{}", piped.stderr());
    assert_eq!(target.thingsboard.telemetry("b"), Some(json!(1)));
    assert_eq!(target.thingsboard.telemetry("c"), Some(json!(2)));
}

#[tokio::test]
async fn attributes_are_published_and_asked_for() {
    let target = Target::start().await;
    let (platform, token) = (target.thingsboard.platform(), target.thingsboard.token());
    platform.set_shared_attributes(token, object(json!({"limit": 30}))).unwrap();
    publish(&target, "v1/devices/me/attributes", &["-m", r#"{"firmware_version":"1.0.1","serial":"A-1"}"#])
        .await;

    let question = r#"{"clientKeys":"firmware_version,serial","sharedKeys":"limit"}"#;
    let answer = r#"{"client":{"firmware_version":"1.0.1","serial":"A-1"},"shared":{"limit":30}}"#.len();
    ask(&target, "v1/devices/me/attributes", question, answer).await;
}

/// Asks `{topic}/request/1` and waits for an answer of so many bytes. A second client of the device would take over
/// from the first, so that the one that asks must stay for the answer, which it only tells in its log.
async fn ask(target: &Target, topic: &str, question: &str, bytes: usize) {
    let server = target.thingsboard.emulator().address();
    let topics = [format!("{topic}/request/1"), format!("{topic}/response/1")];
    let arguments = ["-u", target.thingsboard.token().expose(), "-d", "-q", "1", "-l", "-t", &topics[0]];
    let mut asking = mosquitto::listening_client("mosquitto_pub", server, &target.ca, &arguments).unwrap();
    asking.tell(question).unwrap();
    target.thingsboard.receives(|kind| matches!(kind, Kind::PubAck { .. })).await;
    asking.tell_no_more();
    assert!(asking.ended(PATIENCE).await.unwrap().success(), "{}", asking.stderr());
    let said = asking.stdout();
    let line = said.lines().find(|line| line.contains("received PUBLISH") && line.contains(&topics[1]));
    assert!(line.is_some_and(|line| line.contains(&format!("({bytes} bytes)"))), "{bytes}: {said}");
}

#[tokio::test]
async fn shared_attributes_are_heard_with_their_deletion() {
    let target = Target::start().await;
    let (platform, token) = (target.thingsboard.platform(), target.thingsboard.token());
    let topic = "v1/devices/me/attributes";
    let mut subscriber = listen(&target, &["-t", topic]).await;
    platform.set_shared_attributes(token, object(json!({"limit": 30}))).unwrap();
    assert_eq!(heard(&mut subscriber, topic).await, json!({"limit": 30}));
    drop(subscriber);
    let mut subscriber = listen(&target, &["-t", topic]).await;
    platform.delete_shared_attributes(token, &["limit".to_owned()]).unwrap();
    assert_eq!(heard(&mut subscriber, topic).await, json!({"deleted": ["limit"]}));
}

#[tokio::test]
async fn an_rpc_is_heard_and_answered() {
    let target = Target::start().await;
    let (platform, token) = (target.thingsboard.platform(), target.thingsboard.token());
    let mut subscriber = listen(&target, &["-t", "v1/devices/me/rpc/request/+"]).await;
    let work = async {
        let called = heard(&mut subscriber, "v1/devices/me/rpc/request/0").await;
        assert_eq!(called, json!({"method": "setGpioStatus", "params": {"pin": 7}}));
        // It takes over from the subscriber; the answer counts all the same.
        publish(&target, "v1/devices/me/rpc/response/0", &["-m", r#"{"7":true}"#]).await;
    };
    let call = rpc("setGpioStatus", json!({"pin": 7}));
    let (outcome, ()) = tokio::join!(platform.send_rpc(token, call), work);
    assert_eq!(outcome.unwrap(), RpcOutcome::Answered { response: json!({"7": true}) });
}

#[tokio::test]
async fn a_client_side_rpc_is_answered() {
    let target = Target::start().await;
    let question = r#"{"method":"getSessionLimits","params":{}}"#;
    let rates = r#"{"messages":null,"telemetryMessages":null,"telemetryDataPoints":null}"#;
    let answer =
        format!(r#"{{"maxPayloadSize":65536,"maxInflightMessages":100,"rateLimits":{rates}}}"#).len();
    ask(&target, "v1/devices/me/rpc", question, answer).await;
}

#[tokio::test]
async fn a_device_is_claimed() {
    let target = Target::start().await;
    publish(&target, "v1/devices/me/claim", &["-m", r#"{"secretKey":"value","durationMs":60000}"#]).await;
    assert_eq!(target.thingsboard.view().claim.unwrap().secret_key, "value");
    publish(&target, "v1/devices/me/claim", &["-n"]).await;
    assert_eq!(target.thingsboard.view().claim.unwrap().secret_key, "");
}

#[tokio::test]
async fn a_device_is_provisioned() {
    let profile = DeviceProfile {
        provision_key: "the key".to_owned(),
        provision_secret: "the secret".to_owned(),
        strategy: ProvisionStrategy::AllowNew,
    };
    let target = Target::with(Config { profiles: vec![profile], ..Config::default() }).await;
    let request = r#"{"deviceName":"new","provisionDeviceKey":"the key","provisionDeviceSecret":"the secret","token":"T"}"#;
    let arguments = [
        "-V",
        "5",
        "-q",
        "1",
        "-W",
        "10",
        "-t",
        "/provision/request",
        "-e",
        "/provision/response",
        "-m",
        request,
    ];
    let mut asking = client(&target, "mosquitto_rr", "provision", &arguments);
    let status = asking.ended(PATIENCE).await.unwrap();
    assert!(status.success(), "{}", asking.stderr());
    let answer: Value = serde_json::from_str(&asking.stdout()).unwrap();
    let given = json!({"credentialsType": "ACCESS_TOKEN", "credentialsValue": "T", "status": "SUCCESS"});
    assert_eq!(answer, given);
    assert!(target.thingsboard.platform().token_of("new").is_some());
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
        eventually("the subscription", || {
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
    let folder = Folder::new("other").unwrap();
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
