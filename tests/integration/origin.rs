//! Who may open a session: our own page at our own name, and nobody else, over the real socket.

use shared::SUBPROTOCOL;
use tests::{
    http::{request, send},
    page::{self, try_open},
    proxy::Proxy,
};
use tokio_tungstenite::tungstenite::handshake::client::{Request, Response};

type Headers<'a> = Vec<(&'static str, &'a str)>;

/// A handshake to `proxy` with these headers instead of the page's own.
async fn open(proxy: &Proxy, headers: Headers<'_>) -> Result<Response, u16> {
    try_open(proxy.address(), page::request(proxy.address(), &headers)).await
}

/// The same at another name of the proxy.
async fn open_at(proxy: &Proxy, host: &str, origin: &str) -> Result<Response, u16> {
    let headers = [("origin", origin), ("sec-websocket-protocol", SUBPROTOCOL)];
    let mut request: Request = page::request(proxy.address(), &headers);
    request.headers_mut().insert("host", host.parse().unwrap());
    try_open(proxy.address(), request).await
}

#[tokio::test]
async fn our_own_page_is_let_in_at_each_of_our_names() {
    let proxy =
        Proxy::with(|config| config.allowed_origins = vec!["http://console.example".parse().unwrap()]).await;
    let port = proxy.address().port();
    let names = [
        format!("127.0.0.1:{port}"),
        format!("localhost:{port}"),
        format!("[::1]:{port}"),
        "console.example".into(),
    ];
    for name in names {
        let opened = open_at(&proxy, &name, &format!("http://{name}")).await;
        assert_eq!(opened.map(|response| response.status().as_u16()), Ok(101), "{name}");
    }
}

#[tokio::test]
async fn other_pages_are_refused_before_the_upgrade() {
    let proxy = Proxy::start().await;
    let own = proxy.origin();
    let port = proxy.address().port();
    let origins = [
        "null".to_owned(),
        String::new(),
        format!("http://127.0.0.1:{}", port.wrapping_add(1).max(1)),
        "http://127.0.0.1".to_owned(),
        format!("https://127.0.0.1:{port}"),
        format!("ws://127.0.0.1:{port}"),
        format!("{own}.evil.example"),
        format!("http://evil.example/{own}"),
        format!("http://evil.example#{own}"),
        format!("http://user@127.0.0.1:{port}"),
        own.to_ascii_uppercase(),
        format!("{own}/"),
        format!(" {own}, {own}"),
        format!("http://evil.example:{port}"),
        format!("http://127.0.0.1.evil.example:{port}"),
        format!("http://127.0.0.2:{port}"),
    ];
    for origin in &origins {
        let refused = open(&proxy, vec![("origin", origin), ("sec-websocket-protocol", SUBPROTOCOL)]).await;
        assert_eq!(refused.err(), Some(403), "{origin:?}");
    }
    let none = open(&proxy, vec![("sec-websocket-protocol", SUBPROTOCOL)]).await;
    assert_eq!(none.err(), Some(403), "no origin");
    let two =
        vec![("origin", own.as_str()), ("origin", own.as_str()), ("sec-websocket-protocol", SUBPROTOCOL)];
    assert_eq!(open(&proxy, two).await.err(), Some(403), "two origins");
}

#[tokio::test]
async fn other_names_are_not_ours() {
    let proxy = Proxy::start().await;
    let (own, port) = (proxy.origin(), proxy.address().port());
    let hosts = [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        "127.0.0.1".to_owned(),
        format!("127.0.0.1:{}", port.wrapping_add(1).max(1)),
        format!("localhost.evil.example:{port}"),
        format!("127.0.0.1:{port}.evil.example"),
        format!("127.0.0.2:{port}"),
        format!("user@127.0.0.1:{port}"),
    ];
    for host in &hosts {
        let refused = open_at(&proxy, host, &own).await;
        assert_eq!(refused.err(), Some(421), "{host}");
        // The same for what anybody may read.
        let answer = send(proxy.address(), &request("GET", "/", &[("host", host)])).await;
        assert_eq!(answer.status, 421, "{host}");
    }
    let host = proxy.address().to_string();
    let two = send(proxy.address(), &request("GET", "/", &[("host", &host), ("host", &host)])).await;
    assert!([400, 421].contains(&two.status), "two hosts: {}", two.status);
    let none = send(proxy.address(), &request("GET", "/", &[])).await;
    assert!([400, 421].contains(&none.status), "no host: {}", none.status);
}

#[tokio::test]
async fn an_absolute_request_line_does_not_outrank_the_host() {
    let proxy = Proxy::start().await;
    let text = format!(
        "GET http://{}/ HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n",
        proxy.address()
    );
    assert_eq!(send(proxy.address(), &text).await.status, 421);
}

#[tokio::test]
async fn our_subprotocol_must_be_named() {
    let proxy = Proxy::start().await;
    let own = proxy.origin();
    assert_eq!(open(&proxy, vec![("origin", &own)]).await.err(), Some(400));
    for other in ["mqtt", "device-console.v2", "device-console.v1.evil", "DEVICE-CONSOLE.V1"] {
        let refused = open(&proxy, vec![("origin", &own), ("sec-websocket-protocol", other)]).await;
        assert_eq!(refused.err(), Some(400), "{other}");
    }
    let several = format!("mqtt, {SUBPROTOCOL}");
    let opened = open(&proxy, vec![("origin", &own), ("sec-websocket-protocol", &several)]).await.unwrap();
    assert_eq!(opened.headers()["sec-websocket-protocol"], SUBPROTOCOL);
}

#[tokio::test]
async fn no_extension_is_negotiated() {
    let proxy = Proxy::start().await;
    let own = proxy.origin();
    let headers = vec![
        ("origin", own.as_str()),
        ("sec-websocket-protocol", SUBPROTOCOL),
        ("sec-websocket-extensions", "permessage-deflate; client_max_window_bits"),
    ];
    let opened = open(&proxy, headers).await.unwrap();
    assert_eq!(opened.headers().get("sec-websocket-extensions"), None);
}

#[tokio::test]
async fn a_full_proxy_refuses_before_the_upgrade_and_has_room_again_later() {
    let proxy = Proxy::with(|config| config.http.sessions = 1).await;
    let own = proxy.origin();
    let headers = || vec![("origin", own.as_str()), ("sec-websocket-protocol", SUBPROTOCOL)];
    let page = page::Page::open(&proxy).await;
    assert_eq!(open(&proxy, headers()).await.err(), Some(503));
    page.close().await;
    let again = async { while open(&proxy, headers()).await.is_err() {} };
    tests::eventually::soon("room for another page", again).await;
}
