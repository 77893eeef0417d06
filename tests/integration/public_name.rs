//! At a public name: whose pages get in, to the letter, and what no answer says.

use crate::hosted::hosted;
use shared::{
    OFFER_PATH, SUBPROTOCOL, TUNNEL_PATH, WEBSOCKET_PATH,
    platform::{
        DEVICE_PATH, FAULT_PATH, PACKAGE_PATH, PLATFORM_PATH, PROFILE_PATH, RPC_PATH, SHARED_ATTRIBUTES_PATH,
    },
};
use tests::{
    emulated::Emulated,
    folder::Folder,
    http::{self, Answer},
    page::{request, try_open},
};
use tokio_tungstenite::tungstenite::http::HeaderName;

/// A WebSocket handshake with these names; refused ones end with their answer.
pub(crate) fn ask_to_upgrade(path: &str, host: &str, origins: &[&str], subprotocol: &str) -> String {
    let origins: String = origins.iter().map(|origin| format!("origin: {origin}\r\n")).collect();
    format!(
        "GET {path} HTTP/1.1\r\nhost: {host}\r\n{origins}connection: upgrade, close\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\
         sec-websocket-protocol: {subprotocol}\r\n\r\n"
    )
}

#[tokio::test]
async fn behind_a_public_name_only_exactly_its_own_page_opens_a_socket_or_changes_anything() {
    const HOST: &str = "console.example";
    const OWN: &str = "https://console.example";
    let thingsboard = Emulated::start().await;
    let target = thingsboard.endpoint().to_string();
    let more = ["--allow-origin", OWN, "--tunnel-target", &target, "--demo", "--mqtts-listen", "127.0.0.1:0"];
    let console = hosted(&target, &more).await;
    let address = console.address();
    let status = async |text: String| http::send(address, &text).await.status;
    let bad_origins: [&[&str]; 15] = [
        &[],
        &["null"],
        &["http://console.example"],
        &["https://console.example:8443"],
        &["https://console.example:443"],
        &["https://console.example."],
        &["https://console.example/"],
        &["https://sub.console.example"],
        &["https://console.example.evil.example"],
        &["https://evilconsole.example"],
        &["https://CONSOLE.example"],
        &["wss://console.example"],
        &[OWN, OWN],
        &[OWN, "https://evil.example"],
        &["https://evil.example", OWN],
    ];
    for origins in bad_origins {
        for (path, subprotocol) in [(WEBSOCKET_PATH, SUBPROTOCOL), (TUNNEL_PATH, "mqtt")] {
            let refused = status(ask_to_upgrade(path, HOST, origins, subprotocol)).await;
            assert_eq!(refused, 403, "{path} {origins:?}");
        }
        let mut headers = vec![("host", HOST), ("content-length", "0")];
        headers.extend(origins.iter().map(|origin| ("origin", *origin)));
        let refused = status(http::request("POST", DEVICE_PATH, &headers)).await;
        assert_eq!(refused, 403, "POST {origins:?}");
    }
    for host in [
        "console.example:443",
        "console.example.",
        "sub.console.example",
        "console.example.evil.example",
        "https://console.example",
        "console.example, console.example",
        "console.example\r\nhost: console.example",
        "console.example\r\nhost: evil.example",
    ] {
        for (path, subprotocol) in [(WEBSOCKET_PATH, SUBPROTOCOL), (TUNNEL_PATH, "mqtt")] {
            let refused = status(ask_to_upgrade(path, host, &[OWN], subprotocol)).await;
            assert!([400, 421].contains(&refused), "{path} {host:?}: {refused}");
        }
    }
    // The header of a reverse proxy is no other way to name a host.
    let other = [("host", "evil.example"), ("x-forwarded-host", HOST)];
    assert_eq!(status(http::request("GET", "/", &other)).await, 421);

    let headers = [("origin", OWN), ("sec-websocket-protocol", SUBPROTOCOL)];
    let mut own = request(address, &headers);
    own.headers_mut().insert("host", "Console.Example".parse().unwrap());
    assert_eq!(try_open(address, own).await.map(|response| response.status().as_u16()), Ok(101));
}

#[track_caller]
fn assert_sets_nothing<'a>(what: &str, names: impl Iterator<Item = &'a str>) {
    for name in names {
        assert!(name != "set-cookie" && !name.starts_with("access-control-"), "{what}: {name}");
        assert_ne!(name, "sec-websocket-extensions", "{what}");
    }
}

#[tokio::test]
async fn no_answer_sets_a_cookie_opens_a_door_to_other_sites_or_agrees_to_an_extension() {
    let thingsboard = Emulated::start().await;
    let target = thingsboard.endpoint().to_string();
    let folder = Folder::new("tunnel").unwrap();
    let ca = folder.write("ca.pem", thingsboard.emulator().ca_pem()).unwrap();
    let more = ["--tunnel-target", &target, "--tunnel-ca", ca.to_str().unwrap()];
    let demo = ["--demo", "--mqtts-listen", "127.0.0.1:0"];
    let console = hosted(&target, &[&more[..], &demo].concat()).await;
    let address = console.address();
    let (host, origin) = (address.to_string(), format!("http://{address}"));
    let paths = [
        "/",
        "/none.js",
        "/devices/deep/link",
        OFFER_PATH,
        WEBSOCKET_PATH,
        TUNNEL_PATH,
        "/api/none",
        DEVICE_PATH,
        PLATFORM_PATH,
        RPC_PATH,
        SHARED_ATTRIBUTES_PATH,
        PACKAGE_PATH,
        FAULT_PATH,
        PROFILE_PATH,
    ];
    for path in paths {
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
            for origin in [&origin, "https://evil.example"] {
                let headers = [
                    ("host", host.as_str()),
                    ("origin", origin),
                    ("cookie", "session=1"),
                    ("access-control-request-method", "POST"),
                    ("access-control-request-headers", "authorization"),
                    ("content-length", "0"),
                ];
                let answer: Answer = http::send(address, &http::request(method, path, &headers)).await;
                assert_sets_nothing(&format!("{method} {path} {origin}"), answer.names());
                let stranger = origin.contains("evil");
                assert!(!stranger || method == "GET" || method == "HEAD" || answer.status == 403);
            }
        }
    }
    for path in ["/healthz", "/readyz", "/metrics", "/"] {
        let answer = http::get(console.operations(), path, &[("origin", "https://evil.example")]).await;
        assert_sets_nothing(path, answer.names());
    }
    for (path, subprotocol) in [(WEBSOCKET_PATH, SUBPROTOCOL), (TUNNEL_PATH, "mqtt")] {
        let headers = [
            ("origin", origin.as_str()),
            ("sec-websocket-protocol", subprotocol),
            (
                "sec-websocket-extensions",
                "permessage-deflate; client_max_window_bits, x-webkit-deflate-frame",
            ),
        ];
        let mut upgrade = request(address, &headers);
        *upgrade.uri_mut() = format!("ws://{address}{path}").parse().unwrap();
        let opened = try_open(address, upgrade).await.unwrap();
        assert_eq!(opened.status(), 101);
        assert_sets_nothing(path, opened.headers().keys().map(HeaderName::as_str));
    }
}
