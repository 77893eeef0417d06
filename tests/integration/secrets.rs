//! No secret leaves through the log, the terminal or the page's frames, even with everything logged.

use base64::{Engine, prelude::BASE64_STANDARD};
use shared::{
    failure::{Failure, Step},
    wire::{PublishOutcome, QoS, ToProxy, Trust},
};
use std::fmt::Write;
use tests::{
    PATIENCE,
    broker::Broker,
    emulated::Emulated,
    page::{Page, connect_message, endpoint_named, trust},
    program,
};

/// Markers, one for each kind of secret, unlike anything else that is printed.
pub(crate) const TOKEN: &str = "TOKEN-MARKER-5d1c9a";
pub(crate) const KEY: &str = "S0VZLU1BUktFUi03ZTJiNGYtS0VZLU1BUktFUi03ZTJiNGYtS0VZLU1BUktFUg";
pub(crate) const PAYLOAD: &str = "PAYLOAD-MARKER-31fa77";
const TOPIC: &str = "TOPIC-MARKER-90bb12";

/// Everything, and by name also what is held back otherwise: a filter must not be able to undo that.
pub(crate) const LOG: &str = "trace,rumqttc=trace,rumqttc::state=trace,tungstenite=trace,tungstenite::protocol=trace,\
                   tokio_tungstenite=trace,hyper=trace,rustls=trace,axum=trace";

/// The marker as it is, and as a dump of bytes might show it.
fn spellings(marker: &str) -> Vec<String> {
    let mut spellings = dumps(marker.as_bytes());
    spellings.push(marker.to_owned());
    spellings
}

pub(crate) fn dumps(bytes: &[u8]) -> Vec<String> {
    let mut hex = String::new();
    for byte in bytes {
        write!(hex, "{byte:02x}").unwrap();
    }
    let numbers: Vec<String> = bytes.iter().map(u8::to_string).collect();
    vec![hex.to_ascii_uppercase(), hex, numbers.join(", "), BASE64_STANDARD.encode(bytes)]
}

#[track_caller]
pub(crate) fn check_absent(place: &str, text: &str, markers: &[&str]) {
    for marker in markers {
        check_spellings(place, text, marker, &spellings(marker));
    }
}

#[track_caller]
pub(crate) fn check_spellings(place: &str, text: &str, what: &str, spellings: &[String]) {
    for spelling in spellings {
        if let Some(line) = text.lines().find(|line| line.contains(spelling)) {
            panic!("{what} stands in {place}: {line}");
        }
    }
}

#[tokio::test]
async fn a_whole_session_with_everything_logged_leaves_no_secret_behind() {
    let mut program = program::start([
        "--log",
        LOG,
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--demo",
        "--mqtts-listen",
        "127.0.0.1:0",
    ])
    .unwrap();
    let address = program::ready(&mut program).await.unwrap();
    let (thingsboard, broker) = (Emulated::start().await, Broker::start().await);
    let mut frames = String::new();

    // A session with a marker as token.
    let mut page = Page::open_at(address).await;
    let endpoint = broker.endpoint();
    let (_, mut connection) = tokio::join!(page.connect_to(&endpoint, broker.trust(), TOKEN), broker.greet());
    assert_eq!(page.publish(TOPIC, QoS::AtMostOnce, PAYLOAD.as_bytes()).await, PublishOutcome::Sent);
    connection.read().await;
    connection.write(b"\x30\x03\0\x01t").await;
    page.next_message().await;
    page.disconnect().await;
    frames.extend(page.frames().iter().map(String::as_str));

    // Refused by a real ThingsBoard's rules.
    let mut page = Page::open_at(address).await;
    let attempt = page.try_connect(&thingsboard.endpoint(), &thingsboard.trust(), TOKEN).await;
    assert_eq!(attempt.failure(), (Step::Mqtt, &Failure::CredentialsRefused { return_code: 5 }));
    frames.extend(page.frames().iter().map(String::as_str));

    // Refused by the program's own emulator.
    let own = program.stdout();
    let port = own
        .lines()
        .find_map(|line| {
            line.strip_prefix("ThingsBoard emulator: MQTT over TLS at ")?.rsplit_once(':')?.1.parse().ok()
        })
        .unwrap();
    let mut page = Page::open_at(address).await;
    let own_emulator = endpoint_named("localhost", port);
    page.try_connect(&own_emulator, &Trust::PublicAuthorities, TOKEN).await;
    frames.extend(page.frames().iter().map(String::as_str));

    // A private key where a certificate should be.
    let mut page = Page::open_at(address).await;
    let key = format!("-----BEGIN PRIVATE KEY-----\n{KEY}\n-----END PRIVATE KEY-----\n");
    let connect = connect_message(1, &thingsboard.endpoint(), &trust(&key), TOKEN);
    page.send(&[ToProxy::Connect(Box::new(connect))]).await;
    let failure = page.failure().await;
    assert!(
        matches!(&failure, Failure::FrameInvalid { reason } if reason.contains("private key")),
        "{failure:?}"
    );
    frames.extend(page.frames().iter().map(String::as_str));

    // Frames that break the protocol around a secret.
    for frame in [
        format!(r#"{{"type":"connect","id":1,"credentials":{{"access_token":" {TOKEN}"}}}}"#),
        format!(r#"{{"type":"connect","{TOKEN}":1}}"#),
        format!(r#"{{"{TOKEN}"#),
    ] {
        let mut page = Page::open_at(address).await;
        page.send_text(&frame).await;
        let failure = page.failure().await;
        assert!(matches!(failure, Failure::FrameInvalid { .. }), "{failure:?}");
        frames.extend(page.frames().iter().map(String::as_str));
    }

    program.terminate().unwrap();
    assert!(program.ended(PATIENCE).await.unwrap().success());
    let log = program.stderr();
    assert!(log.contains("TRACE") && log.contains("session closed"), "everything was logged: {log}");
    check_absent("the page's frames", &frames, &[TOKEN, KEY, PAYLOAD]);
    check_absent("standard output", &program.stdout(), &[TOKEN, KEY, PAYLOAD, TOPIC]);
    check_absent("the log", &log, &[TOKEN, KEY, PAYLOAD, TOPIC]);
}

#[tokio::test]
async fn a_token_that_was_given_is_neither_announced_nor_logged() {
    let arguments = ["--log", LOG, "serve", "--listen", "127.0.0.1:0", "--demo"];
    let more = ["--mqtts-listen", "127.0.0.1:0", "--device", "Pump=TOKEN-MARKER-5d1c9a"];
    let mut program = program::start(arguments.iter().chain(&more)).unwrap();
    let address = program::ready(&mut program).await.unwrap();
    let request = format!(
        "POST {} HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        shared::platform::DEVICE_PATH
    );
    let answer = tests::http::send(address, &request).await;
    let device: shared::platform::DemoDevice = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(device.access_token.expose(), TOKEN);
    let mut page = Page::open_at(address).await;
    page.connect_to(&device.endpoint, &trust(&device.ca_pem), TOKEN).await;
    let telemetry = format!(r#"{{"{PAYLOAD}": 1}}"#);
    let sent = page.publish("v1/devices/me/telemetry", QoS::AtLeastOnce, telemetry.as_bytes()).await;
    assert_eq!(sent, PublishOutcome::Delivered);
    let bearer = format!("Bearer {TOKEN}");
    let view =
        tests::http::get(address, shared::platform::PLATFORM_PATH, &[("authorization", &bearer)]).await;
    assert_eq!(view.status, 200);
    page.disconnect().await;
    program.terminate().unwrap();
    assert!(program.ended(PATIENCE).await.unwrap().success());
    check_absent("standard output", &program.stdout(), &[TOKEN]);
    check_absent("the log", &program.stderr(), &[TOKEN, PAYLOAD]);
}
