//! One side goes away: the other learns it soon, and in order where order is still possible.

use emulator::{Ending, Kind};
use shared::{
    failure::Failure,
    wire::{PublishOutcome, QoS},
};
use std::time::{Duration, Instant};
use tests::{
    broker::{self, Broker},
    emulated::Emulated,
    eventually::within,
    link::{Link, Traffic},
    page::{Closed, Page, connect_message, endpoint},
    proxy::Proxy,
};

async fn session() -> (Proxy, Emulated, Page) {
    let (proxy, thingsboard) = (Proxy::start().await, Emulated::start().await);
    let mut page = Page::open(&proxy).await;
    thingsboard.connect(&mut page).await;
    (proxy, thingsboard, page)
}

/// The server must be told within a second that its device is gone, and by a DISCONNECT.
async fn check_goodbye(thingsboard: &Emulated, since: Instant) {
    thingsboard.receives(|kind| *kind == Kind::Disconnect).await;
    assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
    let closed = thingsboard.receives(|kind| matches!(kind, Kind::Closed { .. })).await;
    assert_eq!(closed.kind, Kind::Closed { how: Ending::Disconnected });
}

#[tokio::test]
async fn a_closed_page_is_said_goodbye_for_within_a_second() {
    let (_proxy, thingsboard, page) = session().await;
    let since = Instant::now();
    page.close().await;
    check_goodbye(&thingsboard, since).await;
}

#[tokio::test]
async fn a_killed_browser_is_said_goodbye_for_within_a_second() {
    let (_proxy, thingsboard, page) = session().await;
    let since = Instant::now();
    page.reset();
    check_goodbye(&thingsboard, since).await;
}

#[tokio::test]
async fn a_page_is_told_within_half_a_second_that_the_server_died() {
    let (_proxy, thingsboard, mut page) = session().await;
    let since = Instant::now();
    thingsboard.kill();
    assert_eq!(page.failure().await, Failure::ConnectionReset);
    assert!(since.elapsed() < Duration::from_millis(500), "{:?}", since.elapsed());
    assert_eq!(page.closed().await, Closed::Code(1000));
}

#[tokio::test]
async fn a_server_that_ends_the_session_in_order_is_told_apart_from_one_that_breaks() {
    let (proxy, broker) = (Proxy::start().await, Broker::start().await);
    let mut page = Page::open(&proxy).await;
    let endpoint = broker.endpoint();
    let (_, mut connection) =
        tokio::join!(page.connect_to(&endpoint, broker.trust(), "TOKEN"), broker.greet());
    tokio::io::AsyncWriteExt::shutdown(&mut connection.0).await.unwrap();
    assert_eq!(page.failure().await, Failure::ServerClosed);
}

#[tokio::test]
async fn a_second_client_with_the_same_token_ends_the_first_session() {
    let (proxy, thingsboard, mut first) = session().await;
    let mut second = Page::open(&proxy).await;
    thingsboard.connect(&mut second).await;
    assert_eq!(first.failure().await, Failure::ServerClosed);
    let published = second.publish("v1/devices/me/telemetry", QoS::AtLeastOnce, b"{}").await;
    assert_eq!(published, PublishOutcome::Delivered);
}

#[tokio::test]
async fn a_cut_network_is_told_at_once() {
    let (proxy, thingsboard) = (Proxy::start().await, Emulated::start().await);
    let link = Link::to(thingsboard.emulator().address()).await;
    let mut page = Page::open(&proxy).await;
    page.connect_to(&endpoint(link.address()), &thingsboard.trust(), thingsboard.token().expose()).await;
    let since = Instant::now();
    link.set(Traffic::Cut);
    assert_eq!(page.failure().await, Failure::ConnectionReset);
    assert!(since.elapsed() < Duration::from_millis(500), "{:?}", since.elapsed());
}

#[tokio::test]
async fn a_slow_network_changes_nothing_but_the_time() {
    let (proxy, thingsboard) = (Proxy::start().await, Emulated::start().await);
    let link = Link::to(thingsboard.emulator().address()).await;
    link.set(Traffic::Slow(Duration::from_millis(20)));
    let mut page = Page::open(&proxy).await;
    page.connect_to(&endpoint(link.address()), &thingsboard.trust(), thingsboard.token().expose()).await;
    for n in 0..5 {
        let payload = format!(r#"{{"n": {n}, "text": "{}"}}"#, "x".repeat(10_000));
        let outcome = page.publish("v1/devices/me/telemetry", QoS::AtLeastOnce, payload.as_bytes()).await;
        assert_eq!(outcome, PublishOutcome::Delivered);
    }
    assert_eq!(thingsboard.telemetry("n"), Some(serde_json::json!(4)));
}

#[tokio::test]
async fn a_silent_server_is_pinged_within_its_keep_alive_and_then_given_up() {
    let proxy = Proxy::with(|config| config.session.server_silence = Duration::from_millis(300)).await;
    let broker = Broker::start().await;
    let mut page = Page::open(&proxy).await;
    let mut connect = connect_message(1, &broker.endpoint(), broker.trust(), "TOKEN");
    connect.options.keep_alive_s = 10;
    let (attempt, mut connection) = tokio::join!(page.attempt(connect), broker.greet());
    attempt.outcome.unwrap();
    let since = Instant::now();
    // The page's own waiting answers the proxy's pings to it, so both are waited for at once.
    let limit = Duration::from_secs(20);
    let told = within(limit, "the server is given up", async {
        tokio::join!(page.wait_for_end(), broker::read_packet(&mut connection.0))
    });
    let (failure, ping) = told.await;
    assert_eq!(ping.unwrap().kind, broker::PINGREQ);
    assert_eq!(failure, Failure::ServerSilent { after_s: 0 });
    assert!(since.elapsed() < Duration::from_secs(10), "within the keep-alive: {:?}", since.elapsed());
}

#[tokio::test]
async fn a_server_that_answers_pings_is_kept() {
    let proxy = Proxy::with(|config| config.session.server_silence = Duration::from_millis(300)).await;
    let broker = Broker::start().await;
    let mut page = Page::open(&proxy).await;
    let mut connect = connect_message(1, &broker.endpoint(), broker.trust(), "TOKEN");
    connect.options.keep_alive_s = 10;
    let (attempt, mut connection) = tokio::join!(page.attempt(connect), broker.greet());
    attempt.outcome.unwrap();
    let serve = async {
        // The second ping comes long after the limit on the answer to the first.
        for _ in 0..2 {
            let ping = broker::read_packet(&mut connection.0).await.unwrap();
            assert_eq!(ping.kind, broker::PINGREQ);
            connection.write(&broker::PINGRESP).await;
        }
        connection.write(&broker::publish("t", None, b"still here")).await;
    };
    let limit = Duration::from_secs(25);
    let ((), message) =
        within(limit, "a session with pings", async { tokio::join!(serve, page.wait_for_message()) }).await;
    assert_eq!(message.payload.as_text(), Some("still here"));
}

#[tokio::test]
async fn a_server_that_stops_reading_is_given_up() {
    let proxy = Proxy::with(|config| config.session.broker_write = Duration::from_millis(300)).await;
    let broker = Broker::start().await;
    let mut page = Page::open(&proxy).await;
    let endpoint = broker.endpoint();
    let (_, _unread) = tokio::join!(page.connect_to(&endpoint, broker.trust(), "TOKEN"), broker.greet());
    // The systems between take some megabytes before anybody must wait.
    let payload = vec![b'x'; 60_000];
    let mut outcome = PublishOutcome::Sent;
    for _ in 0..1000 {
        outcome = page.publish("t", QoS::AtMostOnce, &payload).await;
        if outcome != PublishOutcome::Sent {
            break;
        }
    }
    assert_eq!(outcome, PublishOutcome::Unknown);
    assert_eq!(page.failure().await, Failure::ServerStalled { after_s: 0 });
}
