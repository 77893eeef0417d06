//! Plain HTTP: the headers of every answer, the limits on requests, and what the page asks first.

use serde_json::json;
use shared::OFFER_PATH;
use std::time::{Duration, Instant};
use tests::{
    eventually::within,
    http::{Answer, ask, get, request, send},
    proxy::Proxy,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// What a browser must be told with every answer (security reference, section 7).
const HEADERS: [(&str, &str); 4] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
];

fn check_headers(answer: &Answer, what: &str) {
    for (name, value) in HEADERS {
        assert_eq!(answer.header(name), Some(value), "{what}: {name}");
    }
    for absent in ["set-cookie", "access-control-allow-origin", "server"] {
        assert_eq!(answer.header(absent), None, "{what}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let proxy = Proxy::start().await;
    let (address, origin) = (proxy.address(), proxy.origin());
    for (method, path, headers, status) in [
        ("GET", OFFER_PATH, vec![], 200),
        ("HEAD", OFFER_PATH, vec![], 200),
        ("GET", "/none.js", vec![], 404),
        ("GET", "/api/none", vec![], 404),
        ("GET", "/ws", vec![("origin", origin.as_str())], 400),
        ("GET", "/ws", vec![], 403),
        ("POST", "/", vec![("origin", origin.as_str())], 405),
        ("DELETE", "/", vec![], 403),
        ("OPTIONS", OFFER_PATH, vec![("origin", "http://evil.example")], 403),
    ] {
        let answer = ask(address, method, path, &headers).await;
        let what = format!("{method} {path} {headers:?}");
        assert_eq!(answer.status, status, "{what}");
        check_headers(&answer, &what);
    }
    let elsewhere = send(address, &request("GET", "/", &[("host", "evil.example")])).await;
    assert_eq!(elsewhere.status, 421);
    check_headers(&elsewhere, "another host");
}

#[tokio::test]
async fn the_offer_says_what_this_proxy_can_do() {
    let proxy = Proxy::start().await;
    let answer = get(proxy.address(), OFFER_PATH, &[]).await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let offer: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(offer, json!({"version": version, "mqtt_versions": ["5", "3.1.1"], "demo": false}));
}

/// Sends only this, and expects to be sent away.
async fn check_cut_off(start: &str) {
    let limit = Duration::from_millis(300);
    let proxy = Proxy::with(|config| config.http.header_read = limit).await;
    let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
    stream.write_all(start.as_bytes()).await.unwrap();
    let since = Instant::now();
    // However it ends, it ends.
    let mut all = Vec::new();
    let end = stream.read_to_end(&mut all);
    let _: std::io::Result<usize> = within(10 * limit, "the end of a slow request", end).await;
    assert!(since.elapsed() >= limit / 2, "ended before the limit");
}

#[tokio::test]
async fn slow_headers_are_cut_off() {
    check_cut_off("GET / HTTP/1.1\r\nhost: ").await;
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_cut_off() {
    check_cut_off("").await;
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_its_answer() {
    let limit = Duration::from_millis(300);
    let proxy = Proxy::with(|config| config.http.header_read = limit).await;
    let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
    let request = format!("GET {OFFER_PATH} HTTP/1.1\r\nhost: {}\r\n\r\n", proxy.address());
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut all = Vec::new();
    within(10 * limit, "the end of an idle connection", stream.read_to_end(&mut all)).await.unwrap();
    assert!(all.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&all));
}

#[tokio::test]
async fn too_many_and_too_large_headers_are_refused() {
    let proxy = Proxy::start().await;
    let many: Vec<(&str, &str)> = vec![("x-more", "1"); 100];
    assert_eq!(get(proxy.address(), OFFER_PATH, &many).await.status, 431);
    let large = "x".repeat(64 * 1024);
    assert_eq!(get(proxy.address(), OFFER_PATH, &[("x-large", &large)]).await.status, 431);
}

#[tokio::test]
async fn what_is_no_http_is_answered_or_closed_and_does_no_harm() {
    let proxy = Proxy::start().await;
    for bytes in [
        &b"\x16\x03\x01\x02\0\x01\0"[..],
        b"\x10\x10\0\x04MQTT\x04\x02\0\x3c\0\x04page\r\n\r\n",
        b"GET\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        let _: std::io::Result<usize> =
            within(tests::PATIENCE, "an end", stream.read_to_end(&mut Vec::new())).await;
    }
    assert_eq!(get(proxy.address(), OFFER_PATH, &[]).await.status, 200);
}
