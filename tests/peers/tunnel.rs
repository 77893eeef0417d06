//! MQTT.js as browsers run it, over a WebSocket, through the proxy's tunnel to servers that speak only MQTT over TLS.

use emulator::Kind;
use proxy::config::Tunnel;
use serde_json::{Value, json};
use shared::{
    TUNNEL_PATH,
    endpoint::Endpoint,
    wire::{QoS, Trust},
};
use std::time::Duration;
use tests::{
    PATIENCE, child::Child, emulated::Emulated, mosquitto::Mosquitto, node, page::Page, proxy::Proxy,
};

const VERSIONS: [&str; 2] = ["3.1.1", "5"];

/// The first line includes the time to load the library.
const LIMIT: Duration = Duration::from_secs(15);

async fn proxy(target: &Endpoint, trust: &Trust) -> Proxy {
    let tunnel = Tunnel { endpoint: target.clone(), trust: trust.clone() };
    Proxy::with(|config| config.tunnel = Some(tunnel)).await
}

/// A running MQTT.js and what it told.
struct Client {
    child: Child,
    read: usize,
}

impl Client {
    fn start(
        proxy: &Proxy,
        origin: &str,
        version: &str,
        user_name: &str,
        filter_and_publishes: &[&str],
    ) -> Self {
        let url = format!("ws://{}{TUNNEL_PATH}", proxy.address());
        let mut command = node::command("mqtt_js_tunnel.cjs").unwrap();
        command.args([&url, origin, version, user_name]).args(filter_and_publishes);
        Self { child: Child::start_listening("MQTT.js", &mut command).unwrap(), read: 0 }
    }

    async fn next(&mut self) -> Value {
        let index = self.read;
        let line = self.child.says(LIMIT, |mut lines| lines.nth(index).map(str::to_owned)).await.unwrap();
        self.read += 1;
        serde_json::from_str(&line).unwrap()
    }

    /// The next so many lines, without an order among them: messages overtake acknowledgements.
    async fn next_sorted(&mut self, count: usize) -> Vec<String> {
        let mut all = Vec::new();
        for _ in 0..count {
            all.push(self.next().await.to_string());
        }
        all.sort();
        all
    }

    /// Reads to the connection's end.
    async fn told_until_closed(&mut self) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let told = self.next().await;
            if told["event"] == "closed" {
                return all;
            }
            all.push(told);
        }
    }

    /// Ends it in order.
    async fn end(mut self) {
        self.child.tell_no_more();
        assert!(self.child.ended(PATIENCE).await.unwrap().success(), "{}", self.child.stderr());
    }
}

fn sorted(lines: &[Value]) -> Vec<String> {
    let mut all: Vec<String> = lines.iter().map(Value::to_string).collect();
    all.sort();
    all
}

#[tokio::test]
async fn mqtt_js_is_a_client_of_mosquitto() {
    let mosquitto = Mosquitto::start().await.unwrap();
    let proxy = proxy(&mosquitto.endpoint(), mosquitto.trust()).await;
    for version in VERSIONS {
        let publishes = ["room/+", "room/a", "0", "at most once", "room/b", "1", "Grüße"];
        let mut client = Client::start(&proxy, &proxy.origin(), version, "anybody", &publishes);
        assert_eq!(client.next().await, json!({"event": "connack", "code": 0}), "{version}");
        assert_eq!(client.next().await, json!({"event": "suback", "codes": [1]}), "{version}");
        let expected = [
            json!({"event": "published", "topic": "room/a", "qos": 0}),
            json!({"event": "message", "topic": "room/a", "qos": 0, "payload": "at most once"}),
            json!({"event": "published", "topic": "room/b", "qos": 1}),
            json!({"event": "message", "topic": "room/b", "qos": 1, "payload": "Grüße"}),
        ];
        assert_eq!(client.next_sorted(4).await, sorted(&expected), "{version}");

        // What others publish comes too, larger than any buffer between.
        let mut page = Page::open(&proxy).await;
        page.connect_to(&mosquitto.endpoint(), mosquitto.trust(), "TOKEN").await;
        let large = "x".repeat(60_000);
        page.publish("room/c", QoS::AtLeastOnce, large.as_bytes()).await;
        let message = json!({"event": "message", "topic": "room/c", "qos": 1, "payload": large});
        assert!(client.next().await == message, "{version}");
        client.end().await;
        mosquitto.logs("Received DISCONNECT").await.unwrap();
    }
}

#[tokio::test]
async fn mqtt_js_is_a_device_of_thingsboard() {
    for version in VERSIONS {
        let thingsboard = Emulated::start().await;
        let proxy = proxy(&thingsboard.endpoint(), &thingsboard.trust()).await;
        let publishes = [
            "v1/devices/me/attributes/response/+",
            "v1/devices/me/telemetry",
            "0",
            r#"{"first": 1}"#,
            "v1/devices/me/telemetry",
            "1",
            r#"{"second": 2}"#,
            "v1/devices/me/attributes",
            "1",
            r#"{"model": "T-100"}"#,
            "v1/devices/me/attributes/request/1",
            "1",
            r#"{"clientKeys": "model"}"#,
        ];
        let token = thingsboard.token().expose();
        let mut client = Client::start(&proxy, &proxy.origin(), version, token, &publishes);
        assert_eq!(client.next().await, json!({"event": "connack", "code": 0}), "{version}");
        assert_eq!(client.next().await, json!({"event": "suback", "codes": [1]}), "{version}");
        let published =
            |topic, qos| json!({"event": "published", "topic": format!("v1/devices/me/{topic}"), "qos": qos});
        let expected = [
            published("telemetry", 0),
            published("telemetry", 1),
            published("attributes", 1),
            published("attributes/request/1", 1),
            json!({
                "event": "message",
                "topic": "v1/devices/me/attributes/response/1",
                "qos": 1,
                "payload": r#"{"client":{"model":"T-100"}}"#,
            }),
        ];
        assert_eq!(client.next_sorted(5).await, sorted(&expected), "{version}");
        assert_eq!(thingsboard.telemetry("first"), Some(json!(1)), "{version}");
        assert_eq!(thingsboard.telemetry("second"), Some(json!(2)), "{version}");
        client.end().await;
        thingsboard.receives(|kind| *kind == Kind::Disconnect).await;
    }
}

#[tokio::test]
async fn mqtt_js_is_not_let_in_with_a_wrong_token() {
    let thingsboard = Emulated::start().await;
    let proxy = proxy(&thingsboard.endpoint(), &thingsboard.trust()).await;
    for (version, code) in [("3.1.1", 5), ("5", 0x86)] {
        let mut client = Client::start(&proxy, &proxy.origin(), version, "WRONG", &["a"]);
        let told = client.told_until_closed().await;
        // ThingsBoard repeats CONNACK's code in a DISCONNECT, which MQTT 5 does not provide for and MQTT.js tells as an
        // error of its own.
        let (errors, others): (Vec<Value>, Vec<Value>) =
            told.into_iter().partition(|told| told["event"] == "error");
        assert_eq!(others, [json!({"event": "connack", "code": code})], "{version}: {errors:?}");
    }
    let received = thingsboard.received();
    assert!(!received.iter().any(|kind| matches!(kind, Kind::Subscribe { .. })), "{received:?}");
}

#[tokio::test]
async fn mqtt_js_in_another_sites_page_does_not_get_in() {
    let thingsboard = Emulated::start().await;
    let proxy = proxy(&thingsboard.endpoint(), &thingsboard.trust()).await;
    let token = thingsboard.token().expose();
    let mut client = Client::start(&proxy, "http://evil.example", "5", token, &["a"]);
    assert_eq!(client.told_until_closed().await, Vec::<Value>::new());
    assert_eq!(thingsboard.received(), []);
}
