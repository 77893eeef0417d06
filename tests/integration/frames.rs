//! What a page must not send, what it may, and that neither hurts anybody else.

use futures_util::FutureExt;
use shared::{
    failure::Failure,
    limits::{MAX_FRAME_BYTES, MAX_JSON_DEPTH},
    wire::{PublishOutcome, QoS, ToProxy, encode_frame},
};
use std::time::Duration;
use tests::{
    broker::{self, Broker},
    eventually::soon,
    page::{Closed, Page, connect_message},
    proxy::Proxy,
};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

/// Must never come back to the page or anywhere else.
const MARKER: &str = "MARKER_7f3a";

/// What breaks the protocol, each with a word of the reason.
fn violations() -> Vec<(Message, &'static str)> {
    let deep = format!("{}{}", "[".repeat(MAX_JSON_DEPTH + 4), "]".repeat(MAX_JSON_DEPTH + 4));
    let many = format!("[{}]", vec![r#"{"type":"disconnect","id":1}"#; 257].join(","));
    let texts = [
        ("{", "not JSON"),
        (MARKER, "not JSON"),
        ("", "not JSON"),
        ("[]", "no message"),
        ("1", "shape"),
        (r#"{"type":"MARKER_7f3a","id":1}"#, "shape"),
        (r#"{"type":"disconnect"}"#, "shape"),
        (r#"{"type":"disconnect","id":-1}"#, "shape"),
        (r#"{"type":"disconnect","id":4294967296}"#, "shape"),
        (r#"{"type":"disconnect","id":1,"MARKER_7f3a":1}"#, "shape"),
        (r#"{"type":"disconnect","id":1,"id":2}"#, "shape"),
        (r#"{"type":"publish","id":1,"topic":"t","qos":2,"payload":{"text":"MARKER_7f3a"}}"#, "shape"),
        (r#"{"type":"publish","id":1,"topic":"t","qos":0,"payload":{"base64":"MARKER_7f3a*"}}"#, "shape"),
        (deep.as_str(), "nested"),
        (many.as_str(), "256"),
    ];
    let mut violations: Vec<_> = texts.into_iter().map(|(text, word)| (Message::text(text), word)).collect();
    violations.push((Message::binary(MARKER), "text"));
    violations
}

/// A page with an open session at a broker that the test plays.
async fn session(proxy: &Proxy) -> (Broker, broker::Connection, Page) {
    let broker = Broker::start().await;
    let mut page = Page::open(proxy).await;
    let endpoint = broker.endpoint();
    let (_, connection) = tokio::join!(page.connect_to(&endpoint, broker.trust(), "TOKEN"), broker.greet());
    (broker, connection, page)
}

async fn check_violation(page: &mut Page, message: Message, word: &str) {
    let shown = format!("{message:?}");
    page.send_raw(message).await;
    match page.failure().await {
        Failure::FrameInvalid { reason } => {
            assert!(reason.contains(word), "{shown}: {reason}");
            assert!(!reason.contains(MARKER), "{shown}: {reason}");
        }
        other => panic!("{shown}: {other:?}"),
    }
    assert_eq!(page.closed().await, Closed::Code(1008), "{shown}");
}

#[tokio::test]
async fn what_breaks_the_protocol_ends_the_session_in_order_on_both_sides() {
    let proxy = Proxy::start().await;
    for (message, word) in violations() {
        let (_broker, mut connection, mut page) = session(&proxy).await;
        check_violation(&mut page, message, word).await;
        assert_eq!(connection.read().await.kind, broker::DISCONNECT);
    }
    // And the next one is served.
    let (_broker, _connection, mut page) = session(&proxy).await;
    page.disconnect().await;
}

#[tokio::test]
async fn what_breaks_the_protocol_as_first_message_is_refused_the_same_way() {
    let proxy = Proxy::start().await;
    for (message, word) in violations() {
        check_violation(&mut Page::open(&proxy).await, message, word).await;
    }
}

#[tokio::test]
async fn the_first_message_must_be_connect_and_alone() {
    let (proxy, broker) = (Proxy::start().await, Broker::start().await);
    let connect = ToProxy::Connect(Box::new(connect_message(1, &broker.endpoint(), broker.trust(), "TOKEN")));
    let disconnect = r#"{"type":"disconnect","id":2}"#.to_owned();
    for frame in [disconnect, encode_frame(&[connect.clone(), connect])] {
        check_violation(&mut Page::open(&proxy).await, Message::text(frame), "first frame").await;
    }
}

#[tokio::test]
async fn a_page_that_says_nothing_at_first_is_closed_in_time() {
    let proxy = Proxy::with(|config| config.session.first_message = Duration::from_millis(100)).await;
    let mut page = Page::open(&proxy).await;
    // Pings are no message.
    page.send_raw(Message::Ping("still here".into())).await;
    assert_eq!(page.failure().await, Failure::BrowserSilent { after_s: 0 });
    assert_eq!(page.closed().await, Closed::Code(1008));
}

#[tokio::test]
async fn a_page_that_never_answers_pings_is_given_up() {
    let proxy = Proxy::with(|config| {
        config.session.browser_ping = Duration::from_millis(50);
        config.session.browser_silence = Duration::from_millis(300);
    })
    .await;
    let (_broker, mut connection, mut page) = session(&proxy).await;
    // A page that is read from answers by itself and lives; this one is not read from.
    assert_eq!(connection.read().await.kind, broker::DISCONNECT);
    assert_eq!(page.failure().await, Failure::BrowserSilent { after_s: 0 });
    assert_eq!(page.closed().await, Closed::Code(1008));
}

#[tokio::test]
async fn a_page_that_answers_pings_is_kept() {
    let proxy = Proxy::with(|config| {
        config.session.browser_ping = Duration::from_millis(50);
        config.session.browser_silence = Duration::from_millis(300);
    })
    .await;
    let (_broker, mut connection, mut page) = session(&proxy).await;
    // Each round makes the page read, which answers its pings: on for several times the limit.
    while page.pings() < 20 {
        connection.write(&broker::publish("t", None, b"still here")).await;
        page.next_message().await;
    }
}

#[tokio::test]
async fn a_frame_that_is_too_large_ends_the_session_with_1009() {
    let proxy = Proxy::start().await;
    let (_broker, mut connection, mut page) = session(&proxy).await;
    let padding = " ".repeat(MAX_FRAME_BYTES);
    page.try_send_raw(Message::text(format!(r#"{{"type":"disconnect","id":1}}{padding}"#))).await;
    assert_eq!(page.failure().await, Failure::FrameTooLarge { limit_bytes: MAX_FRAME_BYTES as u64 });
    assert_eq!(page.closed().await, Closed::Code(1009));
    assert_eq!(connection.read().await.kind, broker::DISCONNECT);
}

#[tokio::test]
async fn a_frame_of_just_the_limit_is_taken() {
    let proxy = Proxy::start().await;
    let (_broker, _connection, mut page) = session(&proxy).await;
    let disconnect = r#"{"type":"disconnect","id":1}"#;
    let padding = " ".repeat(MAX_FRAME_BYTES - disconnect.len());
    page.send_text(&format!("{disconnect}{padding}")).await;
    assert_eq!(page.last_word().await.id, Some(1));
}

#[tokio::test]
async fn a_message_in_fragments_is_one_message() {
    let proxy = Proxy::start().await;
    let (_broker, mut connection, mut page) = session(&proxy).await;
    let frame = r#"{"type":"publish","id":9,"topic":"t","qos":0,"payload":{"text":"Grüße"}}"#.as_bytes();
    // Cut inside a character, with a ping in between, as the standard allows.
    let middle = frame.iter().position(|byte| *byte == 0xc3).unwrap() + 1;
    let part =
        |bytes: &[u8], data, last| Message::Frame(Frame::message(bytes.to_vec(), OpCode::Data(data), last));
    page.send_raw(part(&frame[..middle], Data::Text, false)).await;
    page.send_raw(Message::Ping("between".into())).await;
    page.send_raw(part(&frame[middle..], Data::Continue, true)).await;
    assert_eq!(page.outcome_of(9).await, PublishOutcome::Sent);
    assert_eq!(connection.read().await.publish().2, "Grüße".as_bytes());
}

#[tokio::test]
async fn fragments_count_together_against_the_limit() {
    let proxy = Proxy::start().await;
    let (_broker, _connection, mut page) = session(&proxy).await;
    let part = |data| Message::Frame(Frame::message(vec![b' '; 50_000], OpCode::Data(data), false));
    page.try_send_raw(part(Data::Text)).await;
    page.try_send_raw(part(Data::Continue)).await;
    page.try_send_raw(part(Data::Continue)).await;
    assert_eq!(page.failure().await, Failure::FrameTooLarge { limit_bytes: MAX_FRAME_BYTES as u64 });
    assert_eq!(page.closed().await, Closed::Code(1009));
}

#[tokio::test]
async fn text_that_is_no_utf_8_is_refused() {
    let proxy = Proxy::start().await;
    let (_broker, mut connection, mut page) = session(&proxy).await;
    let frame = Frame::message(vec![0xff, 0xfe], OpCode::Data(Data::Text), true);
    page.send_raw(Message::Frame(frame)).await;
    let failure = page.failure().await;
    assert!(matches!(failure, Failure::FrameInvalid { .. }), "{failure:?}");
    assert_eq!(page.closed().await, Closed::Code(1008));
    assert_eq!(connection.read().await.kind, broker::DISCONNECT);
}

#[tokio::test]
async fn ten_thousand_pings_do_no_harm() {
    let proxy = Proxy::start().await;
    let (_broker, _connection, mut page) = session(&proxy).await;
    for _ in 0..10_000 {
        page.send_raw(Message::Ping("x".into())).await;
    }
    let outcome = soon("the session still works", page.publish("t", QoS::AtMostOnce, b"after")).await;
    assert_eq!(outcome, PublishOutcome::Sent);
}

#[tokio::test]
async fn many_messages_may_share_a_frame_and_each_is_answered_once() {
    let proxy = Proxy::start().await;
    let (_broker, mut connection, mut page) = session(&proxy).await;
    let publish =
        |id| format!(r#"{{"type":"publish","id":{id},"topic":"t","qos":0,"payload":{{"text":"x"}}}}"#);
    let frame: Vec<String> = (1000..1256).map(publish).collect();
    page.send_text(&format!("[{}]", frame.join(","))).await;
    for id in 1000..1256 {
        assert_eq!(page.outcome_of(id).await, PublishOutcome::Sent);
    }
    for _ in 0..256 {
        assert_eq!(connection.read().await.kind, broker::PUBLISH);
    }
    assert!(page.next_message().now_or_never().is_none(), "nothing more comes");
    assert!(page.kept().is_empty(), "{:?}", page.kept());
}

#[tokio::test]
async fn requests_after_disconnect_in_one_frame_are_not_carried_out() {
    let proxy = Proxy::start().await;
    let (_broker, mut connection, mut page) = session(&proxy).await;
    let frame = r#"[{"type":"disconnect","id":5},{"type":"publish","id":6,"topic":"t","qos":0,"payload":{"text":"x"}}]"#;
    page.send_text(frame).await;
    assert_eq!(page.last_word().await.id, Some(5));
    assert_eq!(connection.read().await.kind, broker::DISCONNECT);
}
