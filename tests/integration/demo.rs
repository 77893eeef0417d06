//! The demo mode: a device to try, and the platform's side of it, for the proxy's own page only.

use proxy::{Extras, config::Config};
use serde_json::{Value, json};
use shared::{
    OFFER_PATH,
    platform::{
        DEVICE_PATH, DemoDevice, MAX_PACKAGE_BYTES, PLATFORM_PATH, PackageContent, PackageUpload,
        PlatformView, RPC_PATH, SHARED_ATTRIBUTES_PATH, of_child,
    },
    thingsboard::{checksum::ChecksumAlgorithm, topic::PackageKind},
    wire::QoS,
};
use std::net::Ipv4Addr;
use tests::{
    emulated::Emulated,
    eventually::soon,
    http::{Answer, connect_from, get, send},
    page::{Page, trust},
    proxy::Proxy,
};
use tokio::{io::AsyncWriteExt, net::TcpStream};

/// A proxy that offers an emulator.
async fn demo() -> (Proxy, Emulated) {
    let thingsboard = Emulated::start().await;
    let extras = Extras { demo: Some(thingsboard.emulator().router()), ..Extras::default() };
    (Proxy::serving(Config::default(), extras).await, thingsboard)
}

/// A call as the page makes it: `token` in its header, the body as JSON.
async fn call(proxy: &Proxy, method: &str, path: &str, token: &str, body: &Value) -> Answer {
    call_from(proxy, &proxy.origin(), method, path, token, body).await
}

async fn call_from(
    proxy: &Proxy,
    origin: &str,
    method: &str,
    path: &str,
    token: &str,
    body: &Value,
) -> Answer {
    let (host, body) = (proxy.address(), body.to_string());
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\norigin: {origin}\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    send(proxy.address(), &request).await
}

fn package() -> PackageUpload {
    PackageUpload {
        kind: PackageKind::Firmware,
        title: "thermostat & more".to_owned(),
        version: "1.0".to_owned(),
        tag: None,
        algorithm: ChecksumAlgorithm::Sha256,
    }
}

async fn device(proxy: &Proxy) -> DemoDevice {
    let answer = call(proxy, "POST", DEVICE_PATH, "", &Value::Null).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_slice(&answer.body).unwrap()
}

#[tokio::test]
async fn the_offer_says_that_there_is_a_demo() {
    let (proxy, _thingsboard) = demo().await;
    let offer: Value = serde_json::from_slice(&get(proxy.address(), OFFER_PATH, &[]).await.body).unwrap();
    assert_eq!(offer["demo"], true);
}

#[tokio::test]
async fn one_person_can_try_the_whole_loop() {
    let (proxy, _thingsboard) = demo().await;
    let device = device(&proxy).await;
    let token = device.access_token.expose();
    let mut page = Page::open(&proxy).await;
    page.connect_to(&device.endpoint, &trust(&device.ca_pem), token).await;
    page.publish("v1/devices/me/telemetry", QoS::AtLeastOnce, br#"{"temperature": 42}"#).await;
    page.subscribe_granted("v1/devices/me/attributes", QoS::AtLeastOnce).await;
    page.subscribe_granted("v1/devices/me/rpc/request/+", QoS::AtLeastOnce).await;

    let answer = call(&proxy, "GET", PLATFORM_PATH, token, &Value::Null).await;
    let view: PlatformView = serde_json::from_slice(&answer.body).unwrap();
    assert!(view.connected);
    assert_eq!(view.device, device.name);
    assert_eq!((view.telemetry[0].key.as_str(), &view.telemetry[0].value), ("temperature", &json!(42)));

    let put = call(&proxy, "PUT", SHARED_ATTRIBUTES_PATH, token, &json!({"limit": 30})).await;
    assert_eq!(put.status, 204);
    assert_eq!(page.next_message().await.payload.as_text(), Some(r#"{"limit":30}"#));
    let deleted = call(&proxy, "DELETE", SHARED_ATTRIBUTES_PATH, token, &json!({"keys": ["limit"]})).await;
    assert_eq!(deleted.status, 204);
    assert_eq!(page.next_message().await.payload.as_text(), Some(r#"{"deleted":["limit"]}"#));

    let body = json!({"method": "ping", "params": 1});
    let rpc = call(&proxy, "POST", RPC_PATH, token, &body);
    let (answer, ()) = tokio::join!(rpc, async {
        let request = page.next_message().await;
        let topic = request.topic.replace("request", "response");
        page.publish(&topic, QoS::AtLeastOnce, b"\"pong\"").await;
    });
    let outcome: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(outcome, json!({"outcome": "answered", "response": "pong"}));
}

#[tokio::test]
async fn without_the_devices_token_nothing_is_shown_or_done() {
    let (proxy, thingsboard) = demo().await;
    for token in ["", "NOT_THE_TOKEN"] {
        for (method, path, body) in [
            ("GET", PLATFORM_PATH, Value::Null),
            ("POST", RPC_PATH, json!({"method": "ping"})),
            ("PUT", SHARED_ATTRIBUTES_PATH, json!({"limit": 1})),
            ("DELETE", SHARED_ATTRIBUTES_PATH, json!({"keys": ["limit"]})),
        ] {
            let answer = call(&proxy, method, path, token, &body).await;
            assert!((400..500).contains(&answer.status), "{method} {path}: {}", answer.status);
            let error: Value = serde_json::from_slice(&answer.body).unwrap();
            assert!(error["error"].as_str().is_some_and(|text| text.ends_with('.')), "{error}");
        }
    }
    assert!(thingsboard.view().shared_attributes.is_empty());
}

#[tokio::test]
async fn another_sites_page_gets_no_device_and_changes_nothing() {
    let (proxy, thingsboard) = demo().await;
    let token = thingsboard.token().expose();
    for origin in ["http://evil.example", "null"] {
        let answer = call_from(&proxy, origin, "POST", DEVICE_PATH, "", &Value::Null).await;
        assert_eq!(answer.status, 403, "{origin}");
        let body = json!({"limit": 1});
        let answer = call_from(&proxy, origin, "PUT", SHARED_ATTRIBUTES_PATH, token, &body).await;
        assert_eq!(answer.status, 403, "{origin}");
    }
    assert!(thingsboard.view().shared_attributes.is_empty());
}

#[tokio::test]
async fn a_body_that_is_too_large_or_no_json_is_refused() {
    let (proxy, thingsboard) = demo().await;
    let token = thingsboard.token().expose();
    let large = json!({"text": "x".repeat(70_000)});
    assert_eq!(call(&proxy, "PUT", SHARED_ATTRIBUTES_PATH, token, &large).await.status, 413);
    let answer = call(&proxy, "PUT", SHARED_ATTRIBUTES_PATH, token, &json!([1])).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn a_package_may_be_larger_than_other_bodies() {
    let (proxy, thingsboard) = demo().await;
    let token = thingsboard.token().expose();
    let upload = package();
    // A text as JSON has two quotation marks more.
    let bytes = |count: usize| Value::String("x".repeat(count - 2));
    assert_eq!(call(&proxy, "PUT", &upload.path(), token, &bytes(MAX_PACKAGE_BYTES)).await.status, 204);
    let [package] = thingsboard.view().packages.try_into().unwrap();
    assert_eq!(package.title, "thermostat & more");
    assert!(matches!(package.content, PackageContent::Kept { size: 4_194_304, .. }), "{package:?}");
    assert_eq!(call(&proxy, "PUT", &upload.path(), token, &bytes(MAX_PACKAGE_BYTES + 1)).await.status, 413);
}

/// The beginning of a package's upload that says it has more to come.
fn begun_upload(proxy: &Proxy, token: &str) -> String {
    let (path, host, origin) = (package().path(), proxy.address(), proxy.origin());
    format!(
        "PUT {path} HTTP/1.1\r\nhost: {host}\r\norigin: {origin}\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: 4000000\r\n\r\n\"x"
    )
}

#[tokio::test]
async fn slow_uploads_keep_nobody_waiting() {
    let (proxy, _thingsboard) = demo().await;
    let device = device(&proxy).await;
    let token = device.access_token.expose();
    let (host, path) = (proxy.address(), package().path());
    let begin = begun_upload(&proxy, token);
    let mut slow = Vec::new();
    for last in 2..10 {
        let mut stream = connect_from(Ipv4Addr::new(127, 0, 0, last), host).await;
        stream.write_all(begin.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    let answer = call(&proxy, "PUT", &path, token, &json!("x".repeat(1_000))).await;
    assert_eq!(answer.status, 204, "{}", answer.text());
}

#[tokio::test]
async fn one_client_uploads_one_package_at_a_time() {
    let (proxy, _thingsboard) = demo().await;
    let device = device(&proxy).await;
    let token = device.access_token.expose();
    let (host, path) = (proxy.address(), package().path());
    let begin = begun_upload(&proxy, token);
    let mut slow = TcpStream::connect(host).await.unwrap();
    slow.write_all(begin.as_bytes()).await.unwrap();
    let refused = async {
        while call(&proxy, "PUT", &path, token, &json!("x")).await.status != 429 {
            tokio::task::yield_now().await;
        }
    };
    soon("the second one is refused", refused).await;
    drop(slow);
    let taken = async {
        while call(&proxy, "PUT", &path, token, &json!("x")).await.status != 204 {
            tokio::task::yield_now().await;
        }
    };
    soon("the first one is forgotten", taken).await;
}

#[tokio::test]
async fn a_device_behind_the_gateway_is_seen_and_reached_by_its_name() {
    let (proxy, _thingsboard) = demo().await;
    let device = device(&proxy).await;
    let token = device.access_token.expose();
    let mut page = Page::open(&proxy).await;
    page.connect_to(&device.endpoint, &trust(&device.ca_pem), token).await;
    page.subscribe_granted("v1/gateway/attributes", QoS::AtLeastOnce).await;
    page.publish("v1/gateway/telemetry", QoS::AtLeastOnce, br#"{"Pump 1":[{"speed":5}]}"#).await;
    let answer = call(&proxy, "GET", PLATFORM_PATH, token, &Value::Null).await;
    let view: PlatformView = serde_json::from_slice(&answer.body).unwrap();
    assert!(view.gateway && view.children[0].connected);
    assert_eq!(
        (view.children[0].device.as_str(), &view.children[0].telemetry[0].value),
        ("Pump 1", &json!(5))
    );

    let path = of_child(SHARED_ATTRIBUTES_PATH, Some("Pump 1"));
    assert_eq!(call(&proxy, "PUT", &path, token, &json!({"limit": 30})).await.status, 204);
    let pushed = page.next_message().await;
    assert_eq!(pushed.payload.as_text(), Some(r#"{"data":{"limit":30},"device":"Pump 1"}"#));
    let path = of_child(RPC_PATH, Some("Pump 2"));
    let unknown = call(&proxy, "POST", &path, token, &json!({"method": "ping"})).await;
    assert_eq!(unknown.status, 404, "{}", unknown.text());
}

#[tokio::test]
async fn a_proxy_without_a_demo_has_none_of_it() {
    let proxy = Proxy::start().await;
    for (method, path) in [("POST", DEVICE_PATH), ("GET", PLATFORM_PATH), ("POST", RPC_PATH)] {
        assert_eq!(call(&proxy, method, path, "", &Value::Null).await.status, 404, "{path}");
    }
}
