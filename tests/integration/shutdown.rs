//! The proxy stops: everybody is told, everything ends, and it does not take long.

use emulator::Kind;
use shared::{
    failure::Failure,
    wire::{PublishOutcome, QoS, ToProxy},
};
use std::time::{Duration, Instant};
use tests::{
    broker::{self, Broker},
    emulated::Emulated,
    page::{Closed, Page, connect_message},
    proxy::Proxy,
};
use tokio::net::TcpStream;

/// What the product promises (seconds to end in order), with room for a loaded machine.
const GRACE: Duration = Duration::from_secs(6);

async fn check_told(page: &mut Page) {
    assert_eq!(page.failure().await, Failure::ProxyStopping);
    assert_eq!(page.closed().await, Closed::Code(1001));
}

#[tokio::test]
async fn every_page_is_told_and_every_server_hears_goodbye() {
    let proxy = Proxy::start().await;
    let (one, two) = (Emulated::start().await, Emulated::start().await);
    let (mut page_one, mut page_two) = (Page::open(&proxy).await, Page::open(&proxy).await);
    one.connect(&mut page_one).await;
    two.connect(&mut page_two).await;
    let since = Instant::now();
    proxy.stop();
    tokio::join!(check_told(&mut page_one), check_told(&mut page_two), proxy.ended());
    assert!(since.elapsed() < GRACE, "{:?}", since.elapsed());
    for thingsboard in [one, two] {
        thingsboard.receives(|kind| *kind == Kind::Disconnect).await;
    }
}

#[tokio::test]
async fn a_page_that_has_not_connected_yet_is_told() {
    let proxy = Proxy::start().await;
    let mut page = Page::open(&proxy).await;
    proxy.stop();
    tokio::join!(check_told(&mut page), proxy.ended());
}

#[tokio::test]
async fn a_page_in_the_middle_of_its_attempt_is_told() {
    let (proxy, broker) = (Proxy::start().await, Broker::start().await);
    let mut page = Page::open(&proxy).await;
    let connect = connect_message(1, &broker.endpoint(), broker.trust(), "TOKEN");
    page.send(&[ToProxy::Connect(Box::new(connect))]).await;
    let mut connection = broker.accept().await.unwrap();
    assert_eq!(connection.read().await.kind, broker::CONNECT);
    proxy.stop();
    let told = page.find(|message| match message {
        shared::wire::ToBrowser::Disconnected(last) => Ok(last.failure),
        other => Err(other),
    });
    let (told, ()) = tokio::join!(told, proxy.ended());
    assert_eq!(told, Some(Failure::ProxyStopping));
}

#[tokio::test]
async fn publishes_without_an_answer_are_answered_as_unknown() {
    let (proxy, broker) = (Proxy::start().await, Broker::start().await);
    let mut page = Page::open(&proxy).await;
    let endpoint = broker.endpoint();
    let (_, mut connection) =
        tokio::join!(page.connect_to(&endpoint, broker.trust(), "TOKEN"), broker.greet());
    let id = page.send_publish("t", QoS::AtLeastOnce, b"x").await;
    assert_eq!(connection.read().await.kind, broker::PUBLISH);
    proxy.stop();
    assert_eq!(page.outcome_of(id).await, PublishOutcome::Unknown);
    assert_eq!(page.failure().await, Failure::ProxyStopping);
    assert_eq!(connection.read().await.kind, broker::DISCONNECT);
}

#[tokio::test]
async fn a_page_that_is_asleep_and_a_server_that_is_silent_do_not_hold_it_up() {
    let (proxy, broker) = (Proxy::start().await, Broker::start().await);
    let mut page = Page::open(&proxy).await;
    let endpoint = broker.endpoint();
    let (_, _connection) = tokio::join!(page.connect_to(&endpoint, broker.trust(), "TOKEN"), broker.greet());
    let since = Instant::now();
    proxy.stop();
    proxy.ended().await;
    assert!(since.elapsed() < GRACE, "{:?}", since.elapsed());
}

#[tokio::test]
async fn nobody_new_is_let_in() {
    let proxy = Proxy::start().await;
    let address = proxy.address();
    proxy.stop();
    proxy.ended().await;
    assert!(TcpStream::connect(address).await.is_err(), "nothing listens any more");
}
