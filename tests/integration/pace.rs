//! What costs a page nothing to send is read at its pace too.

use ::proxy::config::{Config, Rate};
use shared::{
    SUBPROTOCOL,
    wire::{PublishOutcome, QoS, ToProxy, encode_frame},
};
use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};
use tests::{
    broker::Broker,
    page::{Page, request, try_open},
    proxy::Proxy,
};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

/// Bytes a second of a page, four times as many at once. Of all bytes on the wire twice that is read.
const BYTES: u32 = 4_096;

/// A frame without content: its header and mask.
const EMPTY_FRAME_BYTES: u32 = 6;

async fn session(adjust: impl FnOnce(&mut Config)) -> (Proxy, Broker, Page) {
    let (proxy, broker) = (Proxy::with(adjust).await, Broker::start().await);
    let mut page = Page::open(&proxy).await;
    let endpoint = broker.endpoint();
    let (_, mut connection) =
        tokio::join!(page.connect_to(&endpoint, broker.trust(), "TOKEN"), broker.greet());
    tokio::spawn(async move {
        loop {
            connection.read().await;
        }
    });
    (proxy, broker, page)
}

fn publish() -> String {
    let publish = shared::wire::Publish {
        id: 9,
        topic: "t".to_owned(),
        qos: QoS::AtMostOnce,
        retain: false,
        payload: shared::payload::Payload::from_text("x"),
    };
    encode_frame(&[ToProxy::Publish(publish)])
}

fn part(bytes: &[u8], data: Data, last: bool) -> Message {
    Message::Frame(Frame::message(bytes.to_vec(), OpCode::Data(data), last))
}

/// Four seconds' worth beyond what is taken at once.
const EMPTY_FRAMES: u32 = (2 * 4 * BYTES + 4 * 2 * BYTES) / EMPTY_FRAME_BYTES;

#[tokio::test]
async fn empty_pieces_of_a_frame_are_read_no_faster_than_full_ones() {
    let (_proxy, _broker, mut page) = session(|config| {
        config.session.byte_rate = Some(Rate { per_second: BYTES, burst: 4 * BYTES });
    })
    .await;
    let frame = publish();
    let start = Instant::now();
    page.send_raw(part(frame.as_bytes(), Data::Text, false)).await;
    for _ in 0..EMPTY_FRAMES {
        page.send_raw(part(b"", Data::Continue, false)).await;
    }
    page.send_raw(part(b"", Data::Continue, true)).await;
    assert_eq!(page.outcome_of(9).await, PublishOutcome::Sent);
    let elapsed = start.elapsed();
    assert!(elapsed > Duration::from_millis(3_500), "{elapsed:?}");
}

#[tokio::test]
async fn pings_are_counted_as_messages() {
    let (_proxy, _broker, mut page) = session(|config| {
        config.session.message_rate = Some(Rate { per_second: 10, burst: 10 });
    })
    .await;
    let start = Instant::now();
    for _ in 0..30 {
        page.send_raw(Message::Ping("".into())).await;
    }
    page.send_text(&publish()).await;
    assert_eq!(page.outcome_of(9).await, PublishOutcome::Sent);
    let elapsed = start.elapsed();
    assert!(elapsed > Duration::from_millis(1_800), "{elapsed:?}");
}

#[tokio::test]
async fn pings_do_not_stand_for_the_first_message() {
    let proxy = Proxy::start().await;
    let mut page = Page::open(&proxy).await;
    for _ in 0..300 {
        page.try_send_raw(Message::Ping("".into())).await;
    }
    let failure = page.wait_for_end().await;
    assert_eq!(failure.code(), "frame-invalid");
}

#[tokio::test]
async fn a_server_is_read_at_its_pace_and_loses_nothing() {
    let proxy = Proxy::with(|config| {
        config.session.server_message_rate = Some(Rate { per_second: 50, burst: 50 });
    })
    .await;
    let broker = Broker::start().await;
    let mut page = Page::open(&proxy).await;
    let endpoint = broker.endpoint();
    let (_, mut connection) =
        tokio::join!(page.connect_to(&endpoint, broker.trust(), "TOKEN"), broker.greet());
    let start = Instant::now();
    tokio::spawn(async move {
        for number in 0..150_u8 {
            connection.write(&[0x30, 4, 0, 1, b't', number]).await;
        }
        connection
    });
    for number in 0..150_u8 {
        assert_eq!(page.next_message().await.payload.as_bytes(), [number]);
    }
    assert!(start.elapsed() > Duration::from_millis(1_800), "{:?}", start.elapsed());
}

#[tokio::test]
async fn one_client_opens_so_many_a_minute() {
    let proxy = Proxy::with(|config| config.clients.openings_per_minute = NonZeroU32::new(3)).await;
    for _ in 0..3 {
        Page::open(&proxy).await.close().await;
    }
    let origin = proxy.origin();
    let headers = [("origin", origin.as_str()), ("sec-websocket-protocol", SUBPROTOCOL)];
    let request = request(proxy.address(), &headers);
    assert_eq!(try_open(proxy.address(), request).await.err(), Some(503));
}
