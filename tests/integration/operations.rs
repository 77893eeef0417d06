//! What an operator's tools are told, on a listener of its own.

use ::proxy::{
    Extras,
    config::{Config, Tunnel},
};
use shared::{
    TUNNEL_PATH,
    failure::Step,
    wire::{PublishOutcome, QoS},
};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use tests::{emulated::Emulated, eventually::soon, http, page::Page, proxy::Proxy};
use tokio::net::TcpStream;
use tokio_tungstenite::{client_async, tungstenite::client::IntoClientRequest};

const TELEMETRY: &str = "v1/devices/me/telemetry";

async fn proxy() -> (Proxy, SocketAddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let operations = listener.local_addr().unwrap();
    let extras = Extras { operations: Some(listener), ..Extras::default() };
    (Proxy::serving(Config::default(), extras).await, operations)
}

async fn metrics(operations: SocketAddr) -> String {
    let answer = http::get(operations, "/metrics", &[]).await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    answer.text().to_owned()
}

#[track_caller]
fn assert_line(text: &str, line: &str) {
    assert!(text.lines().any(|found| found == line), "no line {line}\n{text}");
}

#[tokio::test]
async fn a_session_and_what_it_carries_are_counted() {
    let ((proxy, operations), thingsboard) = (proxy().await, Emulated::start().await);
    let mut page = Page::open(&proxy).await;
    thingsboard.connect(&mut page).await;
    let sent = page.publish(TELEMETRY, QoS::AtLeastOnce, br#"{"temperature": 42}"#).await;
    assert_eq!(sent, PublishOutcome::Delivered);
    let text = metrics(operations).await;
    for line in [
        "device_console_sessions 1",
        "device_console_connected 1",
        r#"device_console_connects_total{code="connected"} 1"#,
        r#"device_console_step_seconds_count{step="mqtt"} 1"#,
        r#"device_console_publishes_total{direction="to_server"} 1"#,
        r#"device_console_payload_bytes_total{direction="to_server"} 19"#,
        r#"device_console_tls_verifications_total{verification="strict",tls_version="TLS 1.3"} 1"#,
    ] {
        assert_line(&text, line);
    }
    assert!(!text.contains(thingsboard.token().expose()));

    page.disconnect().await;
    let ended = async {
        while !metrics(operations).await.contains(r#"session_ends_total{code="asked"} 1"#) {
            tokio::task::yield_now().await;
        }
    };
    soon("the end is counted", ended).await;
    let text = metrics(operations).await;
    assert_line(&text, "device_console_sessions 0");
    assert_line(&text, "device_console_connected 0");
    assert_line(&text, "device_console_queued 0");
    assert_line(&text, "device_console_queue_bytes 0");
}

#[tokio::test]
async fn a_refused_attempt_is_counted_by_its_code() {
    let ((proxy, operations), thingsboard) = (proxy().await, Emulated::start().await);
    let mut page = Page::open(&proxy).await;
    let attempt = page.try_connect(&thingsboard.endpoint(), &thingsboard.trust(), "WRONG").await;
    assert_eq!(attempt.failure().0, Step::Mqtt);
    assert_line(&metrics(operations).await, r#"device_console_connects_total{code="credentials-refused"} 1"#);
}

#[tokio::test]
async fn readiness_ends_before_the_sessions_do() {
    let ((proxy, operations), thingsboard) = (proxy().await, Emulated::start().await);
    let answer = async |path| http::get(operations, path, &[]).await.status;
    assert_eq!((answer("/healthz").await, answer("/readyz").await), (200, 200));
    let mut page = Page::open(&proxy).await;
    thingsboard.connect(&mut page).await;
    proxy.stop();
    // The page does not read, so its session takes a moment to end.
    let told = async {
        while answer("/readyz").await != 503 {
            tokio::task::yield_now().await;
        }
    };
    soon("it says that it takes no sessions", told).await;
    assert_eq!(answer("/healthz").await, 200);
    page.failure().await;
    proxy.ended().await;
}

#[tokio::test]
async fn a_tunnel_is_counted_like_a_session() {
    let thingsboard = Emulated::start().await;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let operations = listener.local_addr().unwrap();
    let tunnel = Tunnel { endpoint: thingsboard.endpoint(), trust: thingsboard.trust() };
    let extras = Extras { operations: Some(listener), ..Extras::default() };
    let proxy = Proxy::serving(Config { tunnel: Some(tunnel), ..Config::default() }, extras).await;
    let origin = proxy.origin();
    let stream = TcpStream::connect(proxy.address()).await.unwrap();
    let url = format!("ws://{}{TUNNEL_PATH}", proxy.address());
    let mut request = url.into_client_request().unwrap();
    for (name, value) in [("origin", origin.as_str()), ("sec-websocket-protocol", "mqtt")] {
        request.headers_mut().append(name, value.parse().unwrap());
    }
    let (_socket, _) = client_async(request, stream).await.unwrap();
    let counted = async {
        while !metrics(operations).await.contains("device_console_connected 1") {
            tokio::task::yield_now().await;
        }
    };
    soon("the tunnel is counted", counted).await;
    let text = metrics(operations).await;
    assert_line(&text, "device_console_sessions 1");
    assert_line(&text, r#"device_console_connects_total{code="connected"} 1"#);
    assert_line(&text, r#"device_console_step_seconds_count{step="tls"} 1"#);
}

#[tokio::test]
async fn the_metrics_are_not_told_to_whoever_points_a_name_at_them() {
    let (_proxy, operations) = proxy().await;
    let answer = http::get(operations, "/metrics", &[("host", "evil.example")]).await;
    assert_eq!(answer.status, 421);
    assert!(answer.text().contains("--metrics-host"), "{}", answer.text());
    assert!(!answer.text().contains("device_console_sessions"));
}

#[tokio::test]
async fn strangers_find_nothing_of_it() {
    let (proxy, _) = proxy().await;
    for path in ["/metrics", "/readyz"] {
        let answer = http::get(proxy.address(), path, &[]).await;
        assert!(!answer.text().contains("device_console_"), "{path}");
    }
}
