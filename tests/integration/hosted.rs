//! The real program for strangers: whom it lets in, what they reach, and what it never says.

use crate::public_name::ask_to_upgrade;
use shared::{
    OFFER_PATH, SUBPROTOCOL, TUNNEL_PATH, WEBSOCKET_PATH,
    failure::{Failure, Step},
    platform::{DEVICE_PATH, DemoDevice, PLATFORM_PATH, PlatformView},
    wire::{PublishOutcome, QoS, Trust},
};
use std::net::{Ipv4Addr, SocketAddr};
use tests::{
    PATIENCE,
    canary::Canary,
    emulated::Emulated,
    http,
    page::{Page, endpoint_named, request, trust},
    program,
    serving::Serving,
};
use tokio_tungstenite::{client_async, tungstenite};

const TELEMETRY: &str = "v1/devices/me/telemetry";

/// Enough for tests that are about something else.
const NO_HASTE: &str = "client-openings=none,client-attempts=none,target-attempts=none,client-sessions=50,client-attempts-at-once=9";

/// A hosted program that reaches this server of the operator's own, with more options.
pub(crate) async fn hosted(target: &str, more: &[&str]) -> Serving {
    let own = ["--mode", "hosted", "--allow-internal-target", target, "--limit", NO_HASTE];
    Serving::start(&[&own, more].concat()).await.unwrap()
}

/// Tries to connect there, and returns all that the page is told of it without the name it asked for itself.
async fn refusal(address: SocketAddr, host: &str, port: u16) -> String {
    let endpoint = endpoint_named(host, port);
    let mut page = Page::open_at(address).await;
    let attempt = page.try_connect(&endpoint, &Trust::PublicAuthorities, "TOKEN").await;
    let expected = Failure::TargetNotAllowed { endpoint: endpoint.clone() };
    assert_eq!(attempt.failure(), (Step::Name, &expected));
    assert_eq!(attempt.passed(), [], "{host}:{port}");
    let told = page.frames().concat();
    let mut told: serde_json::Value = serde_json::from_str(&told).unwrap();
    told["elapsed_us"] = 0.into();
    let shown = told["failure"]["endpoint"].take();
    assert_eq!(shown, serde_json::to_value(&endpoint).unwrap());
    told.to_string()
}

#[tokio::test]
async fn listed_targets_are_reached_and_all_others_are_refused_in_the_same_words() {
    let (thingsboard, canary) = (Emulated::start().await, Canary::new().await);
    let console = hosted(&thingsboard.endpoint().to_string(), &[]).await;
    let (address, port) = (console.address(), canary.port());
    let own = thingsboard.endpoint().port;
    let mut texts = Vec::new();
    for (host, port) in [
        ("localhost", port),
        ("127.0.0.1", port),
        // The listed server by a name that is not listed.
        ("127.0.0.1", own),
        ("127.0.0.2", own),
        ("::1", port),
        ("::ffff:127.0.0.1", own),
        ("0.0.0.0", port),
        ("10.0.0.1", 8883),
        ("192.168.0.1", 1883),
        ("169.254.169.254", 80),
        ("metadata.google.internal", 80),
        ("mqtt.thingsboard.cloud", 8883),
        ("1.1.1.1", 8883),
        ("localhost", address.port()),
        ("localhost", console.operations().port()),
    ] {
        texts.push(refusal(address, host, port).await);
    }
    let first = texts[0].clone();
    for text in texts {
        assert_eq!(text, first);
    }
    canary.saw_nobody().await;
    let mut page = Page::open_at(address).await;
    thingsboard.connect(&mut page).await;
    let sent = page.publish(TELEMETRY, QoS::AtLeastOnce, br#"{"hosted": 1}"#).await;
    assert_eq!(sent, PublishOutcome::Delivered);
    assert_eq!(thingsboard.telemetry("hosted"), Some(1.into()));
}

/// Runs the program with these arguments and variables to its own end; its one line and exit code.
async fn refused(arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = program::command([&["serve", "--listen", "127.0.0.1:0"], arguments].concat()).unwrap();
    command.envs(variables.iter().copied());
    let mut program = tests::child::Child::start("device-console", &mut command).unwrap();
    let status = program.ended(PATIENCE).await.unwrap();
    assert_eq!(program.stdout(), "");
    (status.code(), program.stderr())
}

#[tokio::test]
async fn options_that_leave_it_open_or_useless_are_one_clear_line_and_exit_code_2() {
    let hosted = ("DEVICE_CONSOLE_MODE", "hosted");
    for (arguments, variables, word) in [
        (&["--mode", "hosted"][..], &[][..], "--allow-target"),
        (&[], &[hosted], "--allow-target"),
        (&["--mode", "public"], &[], "--mode"),
        (&["--mode", "hosted", "--allow-target", "8883"], &[], "--allow-target"),
        (&[], &[hosted, ("DEVICE_CONSOLE_ALLOW_TARGET", "a.example:0")], "--allow-target"),
        (&["--allow-target", "a.example:8883"], &[], "--mode hosted"),
        (&["--mode", "hosted", "--public-port", "1883"], &[], "--allow-any-public-host"),
        (&["--mode", "hosted", "--demo", "--trusted-proxy", "nobody"], &[], "--trusted-proxy"),
        (&["--limit", "sessions=many"], &[], "--limit"),
        (&[], &[("DEVICE_CONSOLE_LIMIT", "seshions=1")], "seshions"),
        (&["--tls-cert", "chain.pem"], &[], "--tls-key"),
        (&["--tunnel-ca", "ca.pem"], &[], "--tunnel-target"),
    ] {
        let (code, said) = refused(arguments, variables).await;
        assert_eq!(code, Some(2), "{arguments:?} {variables:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
        assert!(said.contains(word), "{arguments:?} {variables:?}: {said}");
    }
}

#[tokio::test]
async fn every_option_may_come_by_its_variable() {
    let thingsboard = Emulated::start().await;
    let mut command = program::command(["serve"]).unwrap();
    let target = thingsboard.endpoint().to_string();
    command.envs([
        ("DEVICE_CONSOLE_LISTEN", "127.0.0.1:0"),
        ("DEVICE_CONSOLE_METRICS_LISTEN", "127.0.0.1:0"),
        ("DEVICE_CONSOLE_MODE", "hosted"),
        ("DEVICE_CONSOLE_ALLOW_TARGET", "mqtt.thingsboard.cloud:8883,a.example:8884"),
        ("DEVICE_CONSOLE_ALLOW_INTERNAL_TARGET", &target),
        ("DEVICE_CONSOLE_ALLOW_ORIGIN", "https://console.example,https://other.example"),
        ("DEVICE_CONSOLE_TRUSTED_PROXY", "127.0.0.0/8"),
        ("DEVICE_CONSOLE_LIMIT", "client-sessions=1,client-openings=none,client-attempts=none"),
        ("DEVICE_CONSOLE_TUNNEL_TARGET", &target),
        ("DEVICE_CONSOLE_LOG_FORMAT", "json"),
    ]);
    let console = Serving::from(&mut command).await.unwrap();
    let address = console.address();
    let mut page = Page::open_at(address).await;
    thingsboard.connect(&mut page).await;
    let names = [("host", "other.example"), ("origin", "https://other.example")];
    assert_eq!(http::send(address, &http::request("GET", OFFER_PATH, &names)).await.status, 200);
    assert_eq!(open(address, Ipv4Addr::LOCALHOST, None).await.err(), Some(503), "one session a client");
    assert!(open(address, Ipv4Addr::LOCALHOST, Some("192.0.2.1")).await.is_ok(), "the proxy is believed");
    // The tunnel is there; its server's authority is none of the public ones.
    let tunnel = ask_to_upgrade(TUNNEL_PATH, &address.to_string(), &[&format!("http://{address}")], "mqtt");
    let visitor = tunnel.replacen("\r\n", "\r\nx-forwarded-for: 192.0.2.2\r\n", 1);
    assert_eq!(http::send(address, &visitor).await.status, 502);
    console.terminate().unwrap();
    let ended = console.ended(PATIENCE).await.unwrap();
    for line in ended.stderr.lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
    }
}

#[tokio::test]
async fn browsers_are_told_to_insist_on_tls_where_strangers_come_and_nowhere_else() {
    let thingsboard = Emulated::start().await;
    let hosted = hosted(&thingsboard.endpoint().to_string(), &[]).await;
    let local = Serving::start(&[] as &[&str]).await.unwrap();
    for (console, expected) in [(&hosted, Some("max-age=31536000")), (&local, None)] {
        let address = console.address();
        for path in ["/", OFFER_PATH, WEBSOCKET_PATH, "/none.js", "/api/none"] {
            let answer = http::get(address, path, &[]).await;
            assert_eq!(answer.header("strict-transport-security"), expected, "{path}");
        }
        let elsewhere = http::send(address, &http::request("GET", "/", &[("host", "evil.example")])).await;
        assert_eq!((elsewhere.status, elsewhere.header("strict-transport-security")), (421, expected));
    }
}

/// Opens a session from another address of this machine.
async fn open(address: SocketAddr, source: Ipv4Addr, forwarded_for: Option<&str>) -> Result<impl Sized, u16> {
    let origin = format!("http://{address}");
    let mut headers = vec![("origin", origin.as_str()), ("sec-websocket-protocol", SUBPROTOCOL)];
    headers.extend(forwarded_for.map(|visitor| ("x-forwarded-for", visitor)));
    let stream = http::connect_from(source, address).await;
    match client_async(request(address, &headers), stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn only_a_trusted_proxy_is_believed_whom_it_speaks_for() {
    let thingsboard = Emulated::start().await;
    let more = ["--trusted-proxy", "127.0.0.3/32", "--limit", "client-sessions=1"];
    let console = hosted(&thingsboard.endpoint().to_string(), &more).await;
    let address = console.address();
    let (stranger, proxy) = (Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 3));
    let _first = open(address, stranger, Some("192.0.2.1")).await.unwrap();
    for claimed in ["192.0.2.2", "127.0.0.3", "192.0.2.2, 127.0.0.3"] {
        assert_eq!(open(address, stranger, Some(claimed)).await.err(), Some(503), "{claimed}");
    }
    // Nobody has used up the share of whom the stranger claimed to be.
    let _second = open(address, proxy, Some("192.0.2.1")).await.unwrap();
    assert_eq!(open(address, proxy, Some("198.51.100.1, 192.0.2.1")).await.err(), Some(503));
    let _third = open(address, proxy, Some("192.0.2.1, 192.0.2.2")).await.unwrap();
    assert_eq!(open(address, proxy, Some("127.0.0.2")).await.err(), Some(503), "the stranger's own share");
}

/// What a page asks for when a person opens the demo.
async fn device(address: SocketAddr) -> DemoDevice {
    let (host, origin) = (address.to_string(), format!("http://{address}"));
    let headers = [("host", host.as_str()), ("origin", &origin), ("content-length", "0")];
    let answer = http::send(address, &http::request("POST", DEVICE_PATH, &headers)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_slice(&answer.body).unwrap()
}

async fn view(address: SocketAddr, device: &DemoDevice) -> PlatformView {
    let bearer = format!("Bearer {}", device.access_token.expose());
    let answer = http::get(address, PLATFORM_PATH, &[("authorization", &bearer)]).await;
    serde_json::from_slice(&answer.body).unwrap()
}

#[tokio::test]
async fn each_visitor_of_the_demo_has_a_device_of_their_own_and_nothing_else_on_the_machine() {
    let canary = Canary::new().await;
    let arguments = ["--mode", "hosted", "--demo", "--mqtts-listen", "127.0.0.1:0", "--limit", NO_HASTE];
    let console = Serving::start(&arguments).await.unwrap();
    let address = console.address();
    let (one, two) = (device(address).await, device(address).await);
    assert_ne!(one.access_token, two.access_token);
    assert_ne!(one.name, two.name);
    let mut pages = Vec::new();
    for (device, payload) in [(&one, br#"{"of": 1}"#), (&two, br#"{"of": 2}"#)] {
        let mut page = Page::open_at(address).await;
        page.connect_to(&device.endpoint, &trust(&device.ca_pem), device.access_token.expose()).await;
        let sent = page.publish(TELEMETRY, QoS::AtLeastOnce, payload).await;
        assert_eq!(sent, PublishOutcome::Delivered);
        pages.push(page);
    }
    for (device, expected) in [(&one, 1), (&two, 2)] {
        let view = view(address, device).await;
        assert_eq!((view.device.as_str(), view.connected), (device.name.as_str(), true));
        assert_eq!(view.telemetry[0].value, expected);
    }
    for (host, port) in [
        ("localhost", canary.port()),
        ("127.0.0.1", canary.port()),
        ("localhost", address.port()),
        ("localhost", console.operations().port()),
        ("::1", one.endpoint.port),
    ] {
        refusal(address, host, port).await;
    }
    canary.saw_nobody().await;
}
