//! Clients that flood, lie and break off: memory stays bounded, others stay served, and nothing stays behind.

use crate::{
    drain::{stands_still, with_a_deaf_page},
    watched::{Watched, visit},
};
use emulator::Kind;
use futures_util::{StreamExt, future::join_all};
use shared::{
    OFFER_PATH, SUBPROTOCOL,
    limits::MAX_FRAME_BYTES,
    platform::{MAX_PACKAGE_BYTES, PACKAGE_PATH},
    wire::{PublishOutcome, QoS, ToProxy},
};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tests::{
    broker::{self, Broker},
    emulated::Emulated,
    eventually::{eventually, soon},
    page::{Page, connect_message, request},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::{
    client_async,
    tungstenite::{
        Message,
        protocol::frame::{
            Frame,
            coding::{CloseCode, Data, OpCode},
        },
    },
};

const SESSIONS: &str = "device_console_sessions";

#[tokio::test]
async fn pages_that_never_read_are_not_remembered_for() {
    let watched = Watched::start("browser-stall=60,browser-silence=60").await;
    let mut deaf = Vec::new();
    for _ in 0..4 {
        deaf.push(watched.stays_usable(with_a_deaf_page(&watched.console)).await);
    }
    watched.check_memory();
    for (page, publishing) in deaf {
        page.reset();
        publishing.abort();
    }
    watched.console.counts(SESSIONS, 0).await.unwrap();
    watched.console.counts("device_console_queue_bytes", 0).await.unwrap();
}

#[tokio::test]
async fn a_page_that_floods_is_made_to_wait_and_others_are_not() {
    let (watched, thingsboard) = (Watched::start("messages=10").await, Emulated::start().await);
    let broker = Broker::start().await;
    let mut flooding = Page::open_at(watched.address()).await;
    let connect = connect_message(1, &broker.endpoint(), broker.trust(), "TOKEN");
    let (attempt, _connection) = tokio::join!(flooding.attempt(connect), broker.greet());
    attempt.outcome.unwrap();
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let flood = tokio::spawn(async move {
        loop {
            // Many small frames, each a message.
            flooding.send_publish("t", QoS::AtMostOnce, b"x").await;
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    let other = async {
        let mut page = Page::open_at(watched.address()).await;
        thingsboard.connect(&mut page).await;
        for _ in 0..10 {
            let sent = page.publish("v1/devices/me/telemetry", QoS::AtLeastOnce, br#"{"a": 1}"#).await;
            assert_eq!(sent, PublishOutcome::Delivered);
        }
    };
    watched.stays_usable(async { tokio::join!(other, stands_still(&sent)) }).await;
    assert!(!flood.is_finished());
    watched.console.reaches(r#"device_console_refusals_total{limit="messages"}"#, 1).await.unwrap();
    flood.abort();
    watched.console.counts(SESSIONS, 0).await.unwrap();
}

#[tokio::test]
async fn a_message_in_countless_empty_fragments_is_still_one_message() {
    let (watched, broker) = (Watched::start("first-message=10").await, Broker::start().await);
    let mut page = Page::open_at(watched.address()).await;
    let connect = connect_message(1, &broker.endpoint(), broker.trust(), "TOKEN");
    let (attempt, mut connection) = tokio::join!(page.attempt(connect), broker.greet());
    attempt.outcome.unwrap();
    let part = |text: &str, data, last| {
        Message::Frame(Frame::message(text.as_bytes().to_vec(), OpCode::Data(data), last))
    };
    let (start, end) = (r#"{"type":"publish","id":9,"topic":"t","#, r#""qos":0,"payload":{"text":"x"}}"#);
    let fragments = async {
        page.send_raw(part(start, Data::Text, false)).await;
        for _ in 0..20_000 {
            page.send_raw(part("", Data::Continue, false)).await;
        }
        page.send_raw(part(end, Data::Continue, true)).await;
    };
    watched.stays_usable(fragments).await;
    assert_eq!(page.outcome_of(9).await, PublishOutcome::Sent);
    assert_eq!(connection.read().await.kind, broker::PUBLISH);
}

#[tokio::test]
async fn a_frame_that_only_claims_to_be_large_is_refused_before_it_comes() {
    let watched = Watched::start("sessions=10").await;
    let (address, origin) = (watched.address(), format!("http://{}", watched.address()));
    let headers = [("origin", origin.as_str()), ("sec-websocket-protocol", SUBPROTOCOL)];
    for claimed in [MAX_FRAME_BYTES as u64 + 1, 1 << 32, u64::MAX >> 1] {
        let stream = TcpStream::connect(address).await.unwrap();
        let (mut socket, _) = client_async(request(address, &headers), stream).await.unwrap();
        // FIN and text; masked, with a length of eight bytes; no payload follows.
        let head = [&[0x81, 0xff][..], &claimed.to_be_bytes(), b"mask"].concat();
        socket.get_mut().write_all(&head).await.unwrap();
        let close = async {
            loop {
                match socket.next().await {
                    Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code),
                    Some(Ok(_)) => {}
                    ended => panic!("no close frame: {ended:?}"),
                }
            }
        };
        assert_eq!(soon("it is refused", close).await, Some(CloseCode::Size), "{claimed}");
    }
    watched.check_memory();
}

#[tokio::test]
async fn a_page_that_closes_its_half_ends_its_session_in_order() {
    let (watched, thingsboard) = (Watched::start("sessions=10").await, Emulated::start().await);
    let mut page = Page::open_at(watched.address()).await;
    thingsboard.connect(&mut page).await;
    page.half_close().await;
    thingsboard.receives(|kind| *kind == Kind::Disconnect).await;
    let leftovers = page.leftovers().await;
    assert!(leftovers.is_empty(), "{leftovers:?}");
    watched.console.counts(SESSIONS, 0).await.unwrap();
}

#[tokio::test]
async fn connections_reset_at_any_moment_leave_nothing_behind() {
    let watched = Watched::start("connack=60").await;
    let (address, broker) = (watched.address(), Broker::start().await);
    let files = watched.console.open_files().unwrap();
    let starts = [
        String::new(),
        "GET / HT".to_owned(),
        format!("GET /api/offer HTTP/1.1\r\nhost: {address}\r\n\r\n"),
        format!(
            "POST / HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\ncontent-length: 9\r\n\r\nhalf"
        ),
    ];
    let resets = async {
        for start in starts.iter().cycle().take(100) {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.set_zero_linger().unwrap();
            stream.write_all(start.as_bytes()).await.unwrap();
        }
        for _ in 0..5 {
            Page::open_at(address).await.reset();
            // In the middle of an attempt.
            let mut page = Page::open_at(address).await;
            let connect = connect_message(1, &broker.endpoint(), broker.trust(), "TOKEN");
            page.send(&[ToProxy::Connect(Box::new(connect))]).await;
            let mut connection = broker.accept().await.unwrap();
            assert_eq!(connection.read().await.kind, broker::CONNECT);
            page.reset();
            connection.try_read().await.expect_err("the server is left too");
        }
    };
    watched.stays_usable(resets).await;
    watched.console.counts(SESSIONS, 0).await.unwrap();
    files_are_closed(&watched, files).await;
}

#[tokio::test]
async fn a_thousand_connections_at_once_leave_nothing_behind() {
    // The limit counts a moment longer than the client's own end.
    let watched = Watched::start("connections=3000,client-connections=3000").await;
    let address = watched.address();
    let files = watched.console.open_files().unwrap();
    let request = format!("GET {OFFER_PATH} HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let open = async |_| {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.read_u8().await.unwrap();
        stream
    };
    let open = watched.stays_usable(join_all((0..1000).map(open))).await;
    assert!(watched.console.open_files().unwrap() >= files + 1000 - 1);
    watched.check_memory();
    drop(open);
    files_are_closed(&watched, files).await;
    visit(address).await;
}

/// The program has no more files open than before.
async fn files_are_closed(watched: &Watched, before: usize) {
    let closed = || (watched.console.open_files().unwrap() <= before).then_some(());
    eventually("every socket is closed", closed).await;
}

#[tokio::test]
async fn packages_from_nobody_are_not_kept_while_they_come() {
    const SHARE: usize = 32;
    let demo = ["--demo", "--mqtts-listen", "127.0.0.1:0", "--mode", "hosted", "--limit", "body-read=3"];
    let watched = Watched::serving(&demo).await;
    let address = watched.address();
    let head = format!(
        "PUT {PACKAGE_PATH}?kind=fw&title=t&version=1 HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\nauthorization: Bearer NOBODYS\r\n\
         content-length: {MAX_PACKAGE_BYTES}\r\n\r\n"
    );
    let most = vec![0; MAX_PACKAGE_BYTES - 1];
    let upload = async |_| {
        let mut stream = TcpStream::connect(address).await.unwrap();
        // It may be refused on the way; and however it ends, it ends.
        let exchange = async {
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&most).await?;
            stream.read_to_end(&mut Vec::new()).await
        };
        let _: std::io::Result<usize> = soon("it is refused", exchange).await;
    };
    // Memory is looked at all the while.
    watched.stays_usable(join_all((0..SHARE).map(upload))).await;
}
