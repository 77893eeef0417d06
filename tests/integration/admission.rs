//! How much one client gets, and what it is told when that is not enough.

use ::proxy::{
    Extras,
    config::{Config, Rate, SessionLimits},
};
use shared::{
    SUBPROTOCOL,
    failure::Failure,
    wire::{EndingReason, PublishOutcome, QoS, ToBrowser},
};
use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};
use tests::{
    emulated::Emulated,
    eventually::soon,
    http,
    page::{Page, connect_message, request, try_open},
    proxy::Proxy,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const TELEMETRY: &str = "v1/devices/me/telemetry";

async fn open_as(proxy: &Proxy, forwarded_for: &str) -> Result<(), u16> {
    let (address, origin) = (proxy.address(), proxy.origin());
    let headers = [
        ("origin", origin.as_str()),
        ("sec-websocket-protocol", SUBPROTOCOL),
        ("x-forwarded-for", forwarded_for),
    ];
    try_open(address, request(address, &headers)).await.map(drop)
}

async fn refused(page: &mut Page, thingsboard: &Emulated) -> Failure {
    let connect =
        connect_message(1, &thingsboard.endpoint(), &thingsboard.trust(), thingsboard.token().expose());
    page.send(&[shared::wire::ToProxy::Connect(Box::new(connect))]).await;
    page.failure().await
}

#[tokio::test]
async fn a_client_with_all_its_sessions_open_is_refused_before_the_upgrade() {
    let proxy = Proxy::with(|config| config.clients.sessions = 2).await;
    let first = Page::open(&proxy).await;
    let _second = Page::open(&proxy).await;
    assert_eq!(open_as(&proxy, "").await, Err(503));
    first.close().await;
    let free = async {
        while open_as(&proxy, "").await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    soon("a session is free again", free).await;
}

#[tokio::test]
async fn behind_our_own_proxy_each_visitor_has_a_share() {
    let proxy = Proxy::with(|config| {
        config.clients.sessions = 1;
        config.clients.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let address = proxy.address();
    let origin = proxy.origin();
    let mut open = Vec::new();
    for visitor in ["192.0.2.1", "198.51.100.2, 192.0.2.2", "2001:db8:1:2::3"] {
        let headers = [
            ("origin", origin.as_str()),
            ("sec-websocket-protocol", SUBPROTOCOL),
            ("x-forwarded-for", visitor),
        ];
        let stream = TcpStream::connect(address).await.unwrap();
        let (socket, _) =
            tokio_tungstenite::client_async(request(address, &headers), stream).await.expect(visitor);
        open.push(socket);
    }
    for visitor in ["192.0.2.1", "203.0.113.9, 192.0.2.2", "2001:db8:1:2:3::4"] {
        assert_eq!(open_as(&proxy, visitor).await, Err(503), "{visitor}");
    }
}

#[tokio::test]
async fn a_client_cannot_name_another_address() {
    let proxy = Proxy::with(|config| config.clients.sessions = 1).await;
    let _page = Page::open(&proxy).await;
    assert_eq!(open_as(&proxy, "192.0.2.77").await, Err(503));
}

#[tokio::test]
async fn attempts_in_quick_succession_are_put_off() {
    let (proxy, thingsboard) = (
        Proxy::with(|config| config.clients.attempts_per_minute = NonZeroU32::new(2)).await,
        Emulated::start().await,
    );
    for _ in 0..2 {
        let mut page = Page::open(&proxy).await;
        thingsboard.connect(&mut page).await;
    }
    match refused(&mut Page::open(&proxy).await, &thingsboard).await {
        Failure::TooManyAttempts { after_s } => assert!((1..=30).contains(&after_s), "{after_s}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_target_has_so_many_sessions_and_no_more_until_one_ends() {
    let (proxy, thingsboard) =
        (Proxy::with(|config| config.each_target.sessions = 1).await, Emulated::start().await);
    let mut first = Page::open(&proxy).await;
    thingsboard.connect(&mut first).await;
    let busy = Failure::TargetBusy { endpoint: thingsboard.endpoint() };
    assert_eq!(refused(&mut Page::open(&proxy).await, &thingsboard).await, busy);
    first.disconnect().await;
    let mut next = Page::open(&proxy).await;
    thingsboard.connect(&mut next).await;
}

#[tokio::test]
async fn a_page_that_talks_too_fast_is_slowed_and_loses_nothing() {
    let rate = Rate { per_second: 100, burst: 10 };
    let (proxy, thingsboard) =
        (Proxy::with(|config| config.session.message_rate = Some(rate)).await, Emulated::start().await);
    let mut page = Page::open(&proxy).await;
    thingsboard.connect(&mut page).await;
    let start = Instant::now();
    let mut ids = Vec::new();
    for number in 0..60 {
        let payload = format!(r#"{{"n": {number}}}"#);
        ids.push(page.send_publish(TELEMETRY, QoS::AtLeastOnce, payload.as_bytes()).await);
    }
    for id in ids {
        assert_eq!(page.outcome_of(id).await, PublishOutcome::Delivered);
    }
    assert!(start.elapsed() >= Duration::from_millis(490), "{:?}", start.elapsed());
    assert_eq!(thingsboard.telemetry("n"), Some(59.into()));
}

#[tokio::test]
async fn a_session_that_rests_is_warned_and_then_ended() {
    let idle = Duration::from_millis(300);
    let (proxy, thingsboard) = (
        Proxy::with(|config| {
            let warning = Duration::from_millis(200);
            config.session =
                SessionLimits { idle: Some(idle), end_warning: warning, ..config.session.clone() };
        })
        .await,
        Emulated::start().await,
    );
    let mut page = Page::open(&proxy).await;
    thingsboard.connect(&mut page).await;
    let warning = page
        .find(|message| match message {
            ToBrowser::Ending(ending) => Ok(ending),
            other => Err(other),
        })
        .await;
    assert_eq!(warning.reason, EndingReason::Idle);
    assert_eq!(page.failure().await, Failure::SessionIdle { after_s: 0 });
    thingsboard.receives(|kind| *kind == emulator::Kind::Disconnect).await;
}

#[tokio::test]
async fn connections_beyond_a_clients_share_are_closed_and_the_page_stays_served() {
    let proxy = Proxy::with(|config| {
        config.clients.connections = 3;
        // Else that limit would close it as well.
        config.http.header_read = Duration::from_secs(600);
    })
    .await;
    let mut open: Vec<TcpStream> = Vec::new();
    for _ in 0..3 {
        open.push(TcpStream::connect(proxy.address()).await.unwrap());
    }
    let mut over = TcpStream::connect(proxy.address()).await.unwrap();
    let closed = soon("one too many is closed", over.read(&mut [0; 1])).await;
    assert_eq!(closed.unwrap_or(0), 0, "closed without a word");
    open.clear();
    let served = async {
        while !is_served(&proxy).await {
            tokio::task::yield_now().await;
        }
    };
    soon("the page is served again", served).await;
}

async fn is_served(proxy: &Proxy) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(proxy.address()).await?;
        let get =
            format!("GET /api/offer HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", proxy.address());
        stream.write_all(get.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    ask.await.is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

#[tokio::test]
async fn a_client_that_asks_the_demo_too_often_is_put_off() {
    let thingsboard = Emulated::start().await;
    let mut config = Config::default();
    config.clients.demo_devices_per_minute = NonZeroU32::new(2);
    config.clients.demo_calls_per_minute = NonZeroU32::new(4);
    let extras = Extras { demo: Some(thingsboard.emulator().router()), ..Extras::default() };
    let proxy = Proxy::serving(config, extras).await;
    let origin = proxy.origin();
    let headers = [("origin", origin.as_str()), ("content-length", "0")];
    let device = async || http::ask(proxy.address(), "POST", "/api/demo/device", &headers).await;
    assert_eq!((device().await.status, device().await.status), (200, 200));
    let refused = device().await;
    assert_eq!(refused.status, 429);
    assert!(refused.text().contains("try again in"), "{}", refused.text());
    let bearer = format!("Bearer {}", thingsboard.token().expose());
    let view = async || {
        let headers = [("authorization", bearer.as_str())];
        http::get(proxy.address(), "/api/demo/platform", &headers).await.status
    };
    assert_eq!((view().await, view().await, view().await), (200, 200, 429));
    assert_eq!(http::get(proxy.address(), "/api/offer", &[]).await.status, 200);
}
