//! A service manager ends the real program: everybody hears of it, and it ends in its time.

use emulator::{Config, DeviceSpec, Kind};
use shared::{failure::Failure, wire::QoS};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tests::{
    PATIENCE,
    broker::{self, Broker},
    emulated::Emulated,
    eventually::{eventually, eventually_equal, soon},
    http,
    page::{Closed, Page, connect_message},
    serving::Serving,
};
use tokio::{io::AsyncWriteExt, net::TcpStream, task::JoinHandle, time::sleep};

const DEVICES: usize = 5;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(5);

#[tokio::test]
async fn everybody_is_told_while_nobody_new_is_let_in() {
    let devices = (0..DEVICES).map(|number| DeviceSpec::random(&format!("Device {number}"))).collect();
    let thingsboard = Emulated::with(Config { devices, gateways: Vec::new(), ..Config::default() }).await;
    let endpoint = thingsboard.endpoint().to_string();
    let limits = "client-sessions=20,client-openings=none,client-attempts=none";
    let arguments = ["--mode", "hosted", "--allow-internal-target", &endpoint, "--limit", limits];
    let console = Serving::start(&arguments).await.unwrap();
    let (address, operations) = (console.address(), console.operations());
    let mut pages = Vec::new();
    for device in thingsboard.emulator().devices() {
        let mut page = Page::open_at(address).await;
        page.connect_to(&thingsboard.endpoint(), &thingsboard.trust(), device.access_token.expose()).await;
        pages.push(page);
    }
    // One that has not connected yet.
    pages.push(Page::open_at(address).await);
    let ready = async || http::get(operations, "/readyz", &[]).await.status;
    assert_eq!(ready().await, 200);

    let since = Instant::now();
    console.terminate().unwrap();
    // No page reads, so that each session waits a moment for its page.
    let refused = async {
        while ready().await == 200 || TcpStream::connect(address).await.is_ok() {
            sleep(PAUSE).await;
        }
    };
    soon("it says that it takes no sessions, and takes none", refused).await;
    assert_eq!(ready().await, 503);
    for page in &mut pages {
        assert_eq!(page.failure().await, Failure::ProxyStopping);
        assert_eq!(page.closed().await, Closed::Code(1001));
    }
    let goodbyes = || thingsboard.received().iter().filter(|kind| **kind == Kind::Disconnect).count();
    eventually_equal(goodbyes, DEVICES).await;
    let ended = console.ended(PATIENCE).await.unwrap();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
}

/// A page whose server never reads: it publishes until it has to wait.
async fn towards_a_deaf_server(console: &Serving) -> (JoinHandle<()>, broker::Connection) {
    let broker = Broker::start().await;
    let mut page = Page::open_at(console.address()).await;
    let connect = connect_message(1, &broker.endpoint(), broker.trust(), "TOKEN");
    let (attempt, connection) = tokio::join!(page.attempt(connect), broker.greet());
    attempt.outcome.unwrap();
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let publishing = tokio::spawn(async move {
        loop {
            page.send_publish("t", QoS::AtMostOnce, &[b'x'; 30_000]).await;
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    stands_still(&sent).await;
    (publishing, connection)
}

/// A page that never reads, whose server publishes until it has to wait.
pub(crate) async fn with_a_deaf_page(console: &Serving) -> (Page, JoinHandle<()>) {
    let broker = Broker::start().await;
    let mut page = Page::open_narrow_at(console.address()).await;
    let connect = connect_message(1, &broker.endpoint(), broker.trust(), "TOKEN");
    let (attempt, mut connection) = tokio::join!(page.attempt(connect), broker.greet());
    attempt.outcome.unwrap();
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let publishing = tokio::spawn(async move {
        while connection.0.write_all(&broker::publish("t", None, &[b'x'; 30_000])).await.is_ok() {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    stands_still(&sent).await;
    (page, publishing)
}

/// Waits until a count has grown and then does not for a hundred looks in a row.
pub(crate) async fn stands_still(count: &AtomicUsize) {
    let (mut last, mut looks) = (0, 0);
    eventually("the sender waits", || {
        let now = count.load(Ordering::Relaxed);
        looks = if now == last && now > 0 { looks + 1 } else { 0 };
        last = now;
        (looks >= 100).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_hangs_does_not_hold_it_up_longer_than_the_grace_limit() {
    // Nothing else would end what hangs.
    let limits = "grace=1,server-write=60,server-silence=60,browser-stall=60,browser-silence=60,body-read=60";
    let console = Serving::start(&["--limit", limits]).await.unwrap();
    let address = console.address();
    let (deaf_server, deaf_page) = tokio::join!(towards_a_deaf_server(&console), with_a_deaf_page(&console));
    let mut request = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/none HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\ncontent-length: 9\r\n\r\nhalf"
    );
    request.write_all(head.as_bytes()).await.unwrap();

    let since = Instant::now();
    console.terminate().unwrap();
    let ended = console.ended(PATIENCE).await.unwrap();
    let took = since.elapsed();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("still open after the grace period"), "{}", ended.stderr);
    assert!((Duration::from_millis(900)..Duration::from_secs(3)).contains(&took), "{took:?}");
    deaf_server.0.abort();
    deaf_page.1.abort();
}

#[tokio::test]
async fn a_hang_up_ends_nothing_where_there_is_no_certificate_to_read_again() {
    let console = Serving::start(&[] as &[&str]).await.unwrap();
    console.hang_up().unwrap();
    console.logs("no certificate to read again").await.unwrap();
    assert_eq!(http::get(console.address(), "/api/offer", &[]).await.status, 200);
}
