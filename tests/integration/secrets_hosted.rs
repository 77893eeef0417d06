//! No secret leaves a program that serves strangers either: over TLS, through the tunnel, and what operators see.

use crate::secrets::{KEY, LOG, PAYLOAD, TOKEN, check_absent, check_spellings, dumps};
use base64::{Engine, prelude::BASE64_STANDARD};
use emulator::{Config, DeviceSpec};
use futures_util::{SinkExt, StreamExt};
use shared::{
    TUNNEL_PATH,
    credentials::AccessToken,
    failure::Step,
    wire::{PublishOutcome, QoS},
};
use std::net::SocketAddr;
use tests::{
    PATIENCE, broker,
    certs::{Authority, Leaf},
    emulated::Emulated,
    eventually::soon,
    folder::Folder,
    front::Place,
    page::{Page, endpoint_named, request},
    serving::Serving,
};
use tokio::net::TcpStream;
use tokio_tungstenite::{client_async, tungstenite::Message};

/// How a private key of P-256 might show: each line of its file, and dumps of the number that is secret (RFC 5915
/// section 3: an octet string of 32 bytes after the version 1).
fn spellings_of_key(pem: &str) -> Vec<String> {
    let lines: Vec<&str> = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = BASE64_STANDARD.decode(lines.concat()).unwrap();
    let before = [2, 1, 1, 4, 32];
    let at = der.windows(before.len()).position(|window| window == before).unwrap() + before.len();
    let mut spellings = dumps(&der[at..at + 32]);
    spellings.extend(lines.into_iter().map(str::to_owned));
    spellings
}

/// One line from the middle of a certificate's file.
fn middle_of(pem: &str) -> String {
    let lines: Vec<&str> = pem.lines().collect();
    lines[lines.len() / 2].to_owned()
}

/// A tunnel's client that says who it is and publishes; true when the server lets it in.
async fn tunnel(address: SocketAddr, user_name: &str) -> bool {
    let origin = format!("http://{address}");
    let mut upgrade = request(address, &[("origin", &origin), ("sec-websocket-protocol", "mqtt")]);
    *upgrade.uri_mut() = format!("ws://{address}{TUNNEL_PATH}").parse().unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut socket, _) = client_async(upgrade, stream).await.unwrap();
    let length = u16::try_from(user_name.len()).unwrap().to_be_bytes();
    let connect = [b"\0\x04MQTT\x04\x82\0\x3c\0\0", &length[..], user_name.as_bytes()].concat();
    let publish = broker::publish("v1/devices/me/telemetry", None, br#"{"PAYLOAD-MARKER-31fa77": 1}"#);
    let packets = [broker::packet(0x10, &connect), publish].concat();
    socket.send(Message::binary(packets)).await.unwrap();
    let connack = loop {
        match soon("CONNACK", socket.next()).await {
            Some(Ok(Message::Binary(bytes))) => break bytes,
            Some(Ok(_)) => {}
            ended => panic!("no CONNACK: {ended:?}"),
        }
    };
    socket.close(None).await.unwrap();
    connack[3] == 0
}

#[tokio::test]
async fn strangers_over_tls_and_through_the_tunnel_leave_no_secret_behind_either() {
    let device = DeviceSpec { name: "Pump".to_owned(), access_token: AccessToken::parse(TOKEN).unwrap() };
    let thingsboard =
        Emulated::with(Config { devices: vec![device], gateways: Vec::new(), ..Config::default() }).await;
    let target = thingsboard.endpoint().to_string();
    let (authority, folder) = (Authority::new("Page authority"), Folder::new("secrets").unwrap());
    let identity = authority.issue(&Leaf::default());
    let file = |name: &str, text: &str| folder.write(name, text).unwrap().display().to_string();
    let (certificate, key) = (file("chain.pem", &identity.pem), file("key.pem", &identity.key_pem));
    let ca = file("ca.pem", thingsboard.emulator().ca_pem());
    let place = Place::find().await;
    let origin = format!("http://{}", place.address());
    let arguments = [
        ["--log", LOG],
        ["--mode", "hosted"],
        ["--allow-internal-target", &target],
        ["--allow-origin", &origin],
        ["--tls-cert", &certificate],
        ["--tls-key", &key],
        ["--tunnel-target", &target],
        ["--tunnel-ca", &ca],
        ["--limit", "client-attempts=none"],
    ];
    let console = Serving::start(arguments.as_flattened()).await.unwrap();
    let front = place.towards(console.address(), &authority);
    let address = front.address();
    let mut frames = String::new();

    // A session, one that is refused, and one that may not be.
    let mut page = Page::open_at(address).await;
    page.connect_to(&thingsboard.endpoint(), &thingsboard.trust(), TOKEN).await;
    let telemetry = format!(r#"{{"{PAYLOAD}": 1}}"#);
    let sent = page.publish("v1/devices/me/telemetry", QoS::AtLeastOnce, telemetry.as_bytes()).await;
    assert_eq!(sent, PublishOutcome::Delivered);
    page.disconnect().await;
    frames.extend(page.frames().iter().map(String::as_str));
    let wrong = format!("{TOKEN}-");
    for (host, step) in [("localhost", Step::Mqtt), ("127.0.0.1", Step::Name)] {
        let mut page = Page::open_at(address).await;
        let endpoint = endpoint_named(host, thingsboard.endpoint().port);
        let attempt = page.try_connect(&endpoint, &thingsboard.trust(), &wrong).await;
        assert_eq!(attempt.failure().0, step);
        frames.extend(page.frames().iter().map(String::as_str));
    }

    // The tunnel, with the token and with a wrong one.
    assert!(tunnel(address, TOKEN).await);
    assert!(!tunnel(address, &wrong).await);

    // Requests that carry it where it may stand.
    let bearer = format!("Bearer {TOKEN}");
    let mut answers = String::new();
    for path in ["/", shared::OFFER_PATH, shared::platform::PLATFORM_PATH, "/ws", TUNNEL_PATH] {
        let headers = [("authorization", bearer.as_str()), ("x-authorization", TOKEN), ("cookie", TOKEN)];
        let answer = tests::http::get(address, path, &headers).await;
        answers.push_str(&String::from_utf8_lossy(&answer.body));
    }

    // A new key, one that does not fit, and one that is none.
    let renewed = authority.issue(&Leaf::default());
    file("key.pem", &renewed.key_pem);
    console.hang_up().unwrap();
    console.logs("the certificate stays as it was").await.unwrap();
    file("chain.pem", &renewed.pem);
    console.hang_up().unwrap();
    console.logs("certificate read again").await.unwrap();
    file("key.pem", &format!("-----BEGIN PRIVATE KEY-----\n{KEY}*\n-----END PRIVATE KEY-----\n"));
    console.hang_up().unwrap();
    console.logs("holds no private key that can be read").await.unwrap();
    Page::open_at(address).await.close().await;

    answers.push_str(&console.metrics().await);
    console.terminate().unwrap();
    let ended = console.ended(PATIENCE).await.unwrap();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let log = &ended.stderr;
    assert!(log.contains("TRACE") && log.contains("tunnel closed"), "everything was logged: {log}");
    let uploaded = middle_of(thingsboard.emulator().ca_pem());
    for (place, text) in
        [("frames", &frames), ("answers", &answers), ("stdout", &ended.stdout), ("the log", log)]
    {
        check_absent(place, text, &[TOKEN, KEY]);
        for identity in [&identity, &renewed] {
            check_spellings(place, text, "the key", &spellings_of_key(&identity.key_pem));
        }
    }
    check_absent("the log", log, &[PAYLOAD, &uploaded]);
    check_absent("answers", &answers, &[PAYLOAD, &uploaded]);
}
