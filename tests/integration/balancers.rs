//! The load balancers of `deploy/` before real replicas: what visitors get through them, and what they do not.

use crate::{deploy::settings, public_name::ask_to_upgrade};
use ::proxy::config::SessionLimits;
use futures_util::{SinkExt, StreamExt};
use shared::{
    OFFER_PATH, SUBPROTOCOL, WEBSOCKET_PATH,
    wire::{ToBrowser, ToProxy, decode_frame, encode_frame},
};
use std::{
    net::Ipv4Addr,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use tests::{
    PATIENCE,
    balancer::Server,
    dist,
    emulated::Emulated,
    eventually::{eventually, soon},
    http::{self, Answer},
    page::connect_message,
    program,
    serving::Serving,
    shipped::{HOST, Kind, Shipped},
};
use tokio::{net::TcpStream, time::interval};
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest},
};
use tokio_util::sync::CancellationToken;

type Socket = WebSocketStream<TlsStream<TcpStream>>;

const ORIGIN: &str = "https://console.example.com";
const VISITOR: Ipv4Addr = Ipv4Addr::LOCALHOST;
const SESSIONS: &str = "device_console_sessions";

/// Between two rounds of a visitor.
const PACE: Duration = Duration::from_millis(10);

/// What a page asks for on one connection.
const PAGE: usize = 50;

/// For tests that are about something else.
const MANY: &str = "client-sessions=1000,client-openings=none";

/// Two replicas and the load balancer by which visitors come.
async fn site(kind: Kind, more: &[&str]) -> (Shipped, [Serving; 2]) {
    let replicas = [replica(more).await, replica(more).await];
    let servers = replicas.each_ref();
    let servers = servers.map(|one| Server { page: one.address(), operations: one.operations() });
    (Shipped::start(kind, servers).await.unwrap(), replicas)
}

/// With the settings of the service, on free ports.
async fn replica(more: &[&str]) -> Serving {
    let free = ["serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"];
    let mut command = program::command([&free, more].concat()).unwrap();
    Serving::from(command.envs(settings("deploy/systemd/device-console.env"))).await.unwrap()
}

async fn get(balancer: &Shipped, path: &str) -> Answer {
    send(balancer, &http::request("GET", path, &[("host", HOST)])).await
}

async fn send(balancer: &Shipped, request: &str) -> Answer {
    http::send_over(balancer.connect(VISITOR).await, request).await
}

/// A WebSocket as the page opens it, with whatever a visitor writes besides.
async fn open(balancer: &Shipped, source: Ipv4Addr, headers: &[(&'static str, &str)]) -> Socket {
    let mut request = format!("wss://{HOST}{WEBSOCKET_PATH}").into_client_request().unwrap();
    for (name, value) in [("origin", ORIGIN), ("sec-websocket-protocol", SUBPROTOCOL)].iter().chain(headers) {
        request.headers_mut().append(*name, value.parse().unwrap());
    }
    let stream = balancer.connect(source).await;
    let (socket, response) = soon("the WebSocket opens", client_async(request, stream)).await.unwrap();
    assert_eq!(response.headers()["sec-websocket-protocol"], SUBPROTOCOL);
    socket
}

#[tokio::test]
async fn who_comes_without_tls_is_sent_to_the_same_page_with_it() {
    for kind in Kind::ALL {
        let (balancer, _replicas) = site(kind, &[]).await;
        for path in ["/", "/devices/deep?link=1", WEBSOCKET_PATH] {
            let request = http::request("GET", path, &[("host", HOST)]);
            let answer = http::send(balancer.plain(), &request).await;
            assert_eq!(answer.status, 308, "{kind:?} {path}");
            assert_eq!(answer.header("location"), Some(format!("{ORIGIN}{path}").as_str()), "{kind:?}");
        }
    }
}

#[tokio::test]
async fn the_page_comes_with_its_headers_and_holds_a_session() {
    let thingsboard = Emulated::start().await;
    let target = thingsboard.endpoint().to_string();
    let index = std::fs::read_to_string(dist::folder().unwrap().join("index.html")).unwrap();
    for kind in Kind::ALL {
        let (balancer, _replicas) = site(kind, &["--allow-internal-target", &target]).await;
        let page = get(&balancer, "/").await;
        assert_eq!((page.status, page.text()), (200, index.as_str()), "{kind:?}");
        assert_eq!(page.header("strict-transport-security"), Some("max-age=31536000"), "{kind:?}");
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none';"), "{kind:?} {policy}");

        let mut socket = open(&balancer, VISITOR, &[]).await;
        let token = thingsboard.token().expose();
        let connect = connect_message(1, &thingsboard.endpoint(), &thingsboard.trust(), token);
        let connect = Message::text(encode_frame(&[ToProxy::Connect(Box::new(connect))]));
        soon("the proxy takes a frame", socket.send(connect)).await.unwrap();
        let connected = async {
            while let Some(frame) = socket.next().await {
                let messages: Vec<ToBrowser> = decode_frame(frame.unwrap().to_text().unwrap()).unwrap();
                if messages.iter().any(|message| matches!(message, ToBrowser::Connected(_))) {
                    return true;
                }
            }
            false
        };
        assert!(soon("the session is there", connected).await, "{kind:?}");
    }
}

#[tokio::test]
async fn pages_of_other_sites_and_other_names_are_refused() {
    for kind in Kind::ALL {
        let (balancer, _replicas) = site(kind, &[]).await;
        for (host, origins, expected) in [
            (HOST, &["https://evil.example"][..], 403),
            (HOST, &["http://console.example.com"], 403),
            (HOST, &[], 403),
            ("evil.example", &[ORIGIN], 421),
        ] {
            let request = ask_to_upgrade(WEBSOCKET_PATH, host, origins, SUBPROTOCOL);
            let answer = send(&balancer, &request).await;
            assert_eq!(answer.status, expected, "{kind:?} {host} {origins:?}");
        }
    }
}

#[tokio::test]
async fn what_a_visitor_writes_about_their_address_is_not_believed() {
    let neighbour = Ipv4Addr::new(127, 0, 0, 2);
    for kind in Kind::ALL {
        let (balancer, _replicas) = site(kind, &["--limit", "client-sessions=1"]).await;
        // Each replica counts for itself.
        let _first = open(&balancer, VISITOR, &[("x-forwarded-for", "198.51.100.1")]).await;
        let _second = open(&balancer, VISITOR, &[("x-forwarded-for", "198.51.100.2")]).await;
        for forged in ["198.51.100.3", "198.51.100.3, 198.51.100.4", "127.0.0.2", "unknown", ""] {
            let line = format!("\r\nx-forwarded-for: {forged}\r\n");
            let request = ask_to_upgrade(WEBSOCKET_PATH, HOST, &[ORIGIN], SUBPROTOCOL);
            let answer = send(&balancer, &request.replacen("\r\n", &line, 1)).await;
            assert_eq!(answer.status, 503, "{kind:?} {forged:?}");
            assert!(
                answer.text().starts_with("You have as many sessions open"),
                "{kind:?} {}",
                answer.text()
            );
        }
        // Nor is everybody taken for one.
        let _others = open(&balancer, neighbour, &[]).await;
    }
}

#[tokio::test]
async fn what_is_for_operators_is_not_reached_by_visitors() {
    for kind in Kind::ALL {
        let (balancer, _replicas) = site(kind, &[]).await;
        let page = get(&balancer, "/").await;
        for path in ["/metrics", "/readyz", "/healthz"] {
            let answer = get(&balancer, path).await;
            assert!(
                (answer.status, &answer.body) == (page.status, &page.body),
                "{kind:?} {path}: {}",
                answer.text()
            );
        }
    }
}

#[tokio::test]
async fn the_replica_with_the_fewest_sessions_gets_the_next() {
    for kind in Kind::ALL {
        let (balancer, replicas) = site(kind, &["--limit", MANY]).await;
        let mut sockets = Vec::new();
        for _ in 0..12 {
            sockets.push(open(&balancer, VISITOR, &[]).await);
        }
        let [one, two] = replicas.each_ref().map(|replica| replica.metric(SESSIONS));
        assert_eq!((one.await, two.await), (6, 6), "{kind:?}");
    }
}

/// Comes again and again, in each way, until told to stop.
async fn visit(balancer: &Shipped, rounds: &AtomicUsize, stop: &CancellationToken) {
    let mut pace = interval(PACE);
    let next = format!("GET {OFFER_PATH} HTTP/1.1\r\nhost: {HOST}\r\n\r\n");
    while !stop.is_cancelled() {
        pace.tick().await;
        assert_eq!(get(balancer, OFFER_PATH).await.status, 200);
        let mut kept = balancer.connect(VISITOR).await;
        for _ in 0..PAGE {
            assert_eq!(http::send_and_stay(&mut kept, &next).await.status, 200);
        }
        drop(open(balancer, VISITOR, &[]).await);
        rounds.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn nobody_is_refused_while_a_replica_stops() {
    for kind in Kind::ALL {
        let (balancer, [leaving, _staying]) = site(kind, &["--limit", MANY]).await;
        let _on_each = [open(&balancer, VISITOR, &[]).await, open(&balancer, VISITOR, &[]).await];
        leaving.counts(SESSIONS, 1).await.unwrap();
        let (rounds, stop) = (AtomicUsize::new(0), CancellationToken::new());
        let more_rounds = async || {
            let enough = rounds.load(Ordering::Relaxed) + 10;
            eventually("visitors come", || (rounds.load(Ordering::Relaxed) >= enough).then_some(())).await;
        };
        tokio::join!(visit(&balancer, &rounds, &stop), async {
            more_rounds().await;
            leaving.terminate().unwrap();
            let ended = leaving.ended(PATIENCE).await.unwrap();
            assert_eq!(ended.code, Some(0), "{}", ended.stderr);
            more_rounds().await;
            stop.cancel();
        });
    }
}

#[test]
fn an_open_websocket_may_rest_until_the_replica_ends_it() {
    let SessionLimits { browser_ping, browser_silence, .. } = SessionLimits::default();
    assert!(browser_ping < browser_silence);
    for (kind, setting) in [
        (Kind::HaProxy, "timeout tunnel"),
        (Kind::Nginx, "proxy_read_timeout"),
        (Kind::Nginx, "proxy_send_timeout"),
    ] {
        let text = kind.text().unwrap();
        let mut values = text.lines().filter_map(|line| line.trim().strip_prefix(setting));
        let value = values.next().unwrap_or_else(|| panic!("{kind:?} says no {setting}"));
        assert_eq!(values.next(), None, "{setting} stands twice");
        let seconds = value.trim().trim_end_matches(';').strip_suffix('s').unwrap().parse().unwrap();
        assert!(Duration::from_secs(seconds) > browser_silence, "{kind:?}: {setting}{value}");
    }
}
