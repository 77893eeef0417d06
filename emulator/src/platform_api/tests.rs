//! The interface over a real socket, requests written by hand.

use super::*;
use crate::{Config, DeviceSpec, Emulator};
use serde_json::json;
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

struct Bench {
    address: SocketAddr,
    emulator: Emulator,
}

impl Bench {
    async fn start() -> Self {
        let access_token = AccessToken::parse("TOK").unwrap();
        let devices = vec![DeviceSpec { name: "bench".to_owned(), access_token }];
        let emulator = Emulator::start(Config { devices, ..Config::default() }).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = emulator.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, emulator }
    }

    async fn call(&self, request: &str, token: &str, body: &str) -> (u16, Value) {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        let length = body.len();
        let text = format!(
            "{request} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\
             content-length: {length}\r\n\r\n{body}"
        );
        socket.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        let status = answer[9..12].parse().unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        (status, if body.is_empty() { Value::Null } else { serde_json::from_str(body).unwrap() })
    }
}

#[tokio::test]
async fn a_visitor_gets_a_device_and_how_to_connect() {
    let bench = Bench::start().await;
    let (status, body) = bench.call("POST /api/demo/device", "", "").await;
    assert_eq!(status, 200);
    let device: DemoDevice = serde_json::from_value(body).unwrap();
    assert_eq!((device.name.as_str(), device.access_token.expose()), ("bench", "TOK"));
    assert_eq!(device.endpoint, bench.emulator.endpoint());
    assert_eq!(device.ca_pem, bench.emulator.ca_pem());
}

#[tokio::test]
async fn shared_attributes_are_set_seen_and_deleted() {
    let bench = Bench::start().await;
    let set = bench.call("PUT /api/demo/platform/shared-attributes", "TOK", r#"{"a":1,"b":"x"}"#).await;
    assert_eq!(set, (204, Value::Null));
    let keys = r#"{"keys":["b"]}"#;
    let deleted = bench.call("DELETE /api/demo/platform/shared-attributes", "TOK", keys).await;
    assert_eq!(deleted, (204, Value::Null));
    let (status, view) = bench.call("GET /api/demo/platform", "TOK", "").await;
    assert_eq!(status, 200);
    let view: PlatformView = serde_json::from_value(view).unwrap();
    assert_eq!(Value::Object(view.shared_attributes), json!({"a": 1}));
    assert_eq!((view.device.as_str(), view.connected, view.last_activity_ms), ("bench", false, None));
}

#[tokio::test]
async fn what_is_refused_is_refused_with_a_sentence() {
    let bench = Bench::start().await;
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(MOST_BODY_BYTES));
    let cases = [
        ("GET /api/demo/platform", "OTHER", "", 401),
        ("GET /api/demo/platform", "", "", 401),
        ("PUT /api/demo/platform/shared-attributes", "OTHER", "{}", 401),
        ("POST /api/demo/platform/rpc", "OTHER", r#"{"method":"m"}"#, 401),
        ("POST /api/demo/platform/rpc", "TOK", r#"{"method":""}"#, 400),
        ("POST /api/demo/platform/rpc", "TOK", r#"{"method":"m","other":1}"#, 400),
        ("PUT /api/demo/platform/shared-attributes", "TOK", "[]", 400),
        ("PUT /api/demo/platform/shared-attributes", "TOK", "", 400),
        ("PUT /api/demo/platform/shared-attributes", "TOK", &large, 413),
        ("GET /api/demo/device", "", "", 405),
    ];
    for (request, token, body, wanted) in cases {
        let (status, answer) = bench.call(request, token, body).await;
        assert_eq!(status, wanted, "{request}");
        let error: PlatformError = serde_json::from_value(answer).unwrap();
        assert!(error.error.ends_with('.') && !error.error.contains("OTHER"), "{}", error.error);
    }
}
