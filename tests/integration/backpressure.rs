//! A page that reads slowly, or not at all, while the server has much to say: nothing is lost silently.

use shared::{
    failure::Failure,
    payload::Payload,
    wire::{Message, PublishOutcome, QoS, ToBrowser},
};
use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tests::{
    broker::{self, Broker, Connection},
    eventually::{eventually, eventually_equal, soon, within},
    page::{Closed, Page, connect_message},
    proxy::Proxy,
};
use tokio::{
    io::{AsyncWriteExt, ReadHalf},
    net::TcpStream,
    sync::mpsc,
    task::JoinHandle,
};
use tokio_rustls::server::TlsStream;

/// More in all than the systems between server and page take by themselves.
const MESSAGES: u32 = 3000;
const MESSAGE_BYTES: usize = 4096;

/// Far more than a loaded machine needs for all messages.
const LIMIT: Duration = Duration::from_secs(60);

/// A server that sends without end or mercy, and keeps what comes back.
struct Flood {
    sending: JoinHandle<()>,
    /// Packets that are no PUBACK.
    others: mpsc::UnboundedReceiver<u8>,
    acknowledged: Arc<AtomicU32>,
}

impl Flood {
    /// Sends [`MESSAGES`] at QoS 1, each with its number at the front.
    fn start(connection: Connection) -> Self {
        let (read, mut write) = tokio::io::split(connection.0);
        let sending = tokio::spawn(async move {
            for number in 1..=MESSAGES {
                let id = u16::try_from(number).unwrap();
                // The proxy may end the session before all are sent.
                if write.write_all(&broker::publish("flood", Some(id), &payload(number))).await.is_err() {
                    return;
                }
            }
            let _: std::io::Result<()> = write.flush().await;
        });
        let acknowledged = Arc::new(AtomicU32::new(0));
        let (others_in, others) = mpsc::unbounded_channel();
        tokio::spawn(listen(read, Arc::clone(&acknowledged), others_in));
        Self { sending, others, acknowledged }
    }

    fn acknowledged(&self) -> u32 {
        self.acknowledged.load(Ordering::Relaxed)
    }

    async fn next_other(&mut self) -> u8 {
        within(LIMIT, "a packet besides acknowledgements", self.others.recv())
            .await
            .expect("the client is there")
    }
}

impl Drop for Flood {
    fn drop(&mut self) {
        self.sending.abort();
    }
}

/// Counts acknowledgements, which must come in the order of the messages.
async fn listen(
    mut read: ReadHalf<TlsStream<TcpStream>>,
    acknowledged: Arc<AtomicU32>,
    others: mpsc::UnboundedSender<u8>,
) {
    while let Ok(packet) = broker::read_packet(&mut read).await {
        if packet.kind == broker::PUBACK {
            let before = acknowledged.fetch_add(1, Ordering::Relaxed);
            assert_eq!(u32::from(packet.id()), before + 1, "acknowledged out of order");
        } else {
            // The test may have seen enough.
            let _: Result<(), _> = others.send(packet.kind);
        }
    }
}

fn payload(number: u32) -> Vec<u8> {
    let mut payload = number.to_string().into_bytes();
    payload.resize(MESSAGE_BYTES, b' ');
    payload
}

/// A page with a narrow connection, whose server floods it.
async fn flooded(proxy: &Proxy) -> (Page, Flood) {
    let broker = Broker::start().await;
    let mut page = Page::open_narrow(proxy).await;
    let mut connect = connect_message(1, &broker.endpoint(), broker.trust(), "TOKEN");
    connect.options.keep_alive_s = 10;
    let (attempt, connection) = tokio::join!(page.attempt(connect), broker.greet());
    attempt.outcome.unwrap();
    (page, Flood::start(connection))
}

#[tokio::test]
async fn a_page_that_does_not_read_slows_the_server_and_loses_nothing() {
    let proxy = Proxy::with(|config| {
        config.session.browser_stall = LIMIT;
        config.session.browser_silence = LIMIT;
    })
    .await;
    let (mut page, mut flood) = flooded(&proxy).await;
    // The server is pinged although nobody reads its messages any more: the session is alive.
    assert_eq!(flood.next_other().await, broker::PINGREQ);
    let acknowledged = flood.acknowledged();
    assert!(acknowledged > 0, "what the page's system took was acknowledged");
    assert!(acknowledged < MESSAGES, "what nobody took was acknowledged");
    assert!(!flood.sending.is_finished(), "the server must wait");
    let all = within(LIMIT, "every message", async {
        let mut all = VecDeque::new();
        while all.len() < MESSAGES as usize {
            all.push_back(page.next_message().await);
        }
        all
    });
    for (number, message) in (1..=MESSAGES).zip(all.await) {
        let payload = Payload::from_bytes(&payload(number));
        let topic = "flood".to_owned();
        let expected = Message { topic, qos: QoS::AtLeastOnce, retain: false, duplicate: false, payload };
        assert!(message == expected, "message {number} is not what was sent");
    }
    eventually_equal(|| flood.acknowledged(), MESSAGES).await;
    assert_eq!(page.publish("t", QoS::AtMostOnce, b"after").await, PublishOutcome::Sent);
}

#[tokio::test]
async fn a_page_that_never_reads_is_ended_as_too_slow() {
    let proxy = Proxy::with(|config| config.session.browser_stall = Duration::from_millis(300)).await;
    let (mut page, mut flood) = flooded(&proxy).await;
    assert_eq!(flood.next_other().await, broker::DISCONNECT);
    assert!(flood.acknowledged() < MESSAGES);
    // A page that wakes up now still reads what it got, and why no more comes.
    assert_eq!(page.failure().await, Failure::BrowserTooSlow { after_s: 0 });
    assert_eq!(page.closed().await, Closed::Code(1013));
    // Every message that was acknowledged had been handed over.
    let arrived = page.kept().len();
    assert!(arrived >= flood.acknowledged() as usize, "{arrived} arrived");
}

#[tokio::test]
async fn a_page_that_never_wakes_up_does_not_keep_its_place() {
    let proxy = Proxy::with(|config| {
        config.http.sessions = 1;
        config.session.browser_stall = Duration::from_millis(200);
        config.session.close = Duration::from_millis(200);
    })
    .await;
    let (_asleep, _flood) = flooded(&proxy).await;
    let (address, origin) = (proxy.address(), proxy.origin());
    let headers = [("origin", origin.as_str()), ("sec-websocket-protocol", shared::SUBPROTOCOL)];
    let full = tests::page::try_open(address, tests::page::request(address, &headers)).await;
    assert_eq!(full.err(), Some(503));
    let again = async {
        while tests::page::try_open(address, tests::page::request(address, &headers)).await.is_err() {}
    };
    soon("a place for the next page", again).await;
}

#[tokio::test]
async fn only_what_the_browsers_connection_took_is_acknowledged() {
    let proxy = Proxy::with(|config| {
        config.session.browser_stall = Duration::from_millis(300);
        // What still waits in the proxy when the session ends is dropped, not handed over late.
        config.session.close = Duration::from_millis(1);
    })
    .await;
    let (page, mut flood) = flooded(&proxy).await;
    assert_eq!(flood.next_other().await, broker::DISCONNECT);
    let acknowledged = flood.acknowledged();
    let arrived = page.leftovers().await;
    let messages = arrived.iter().filter(|arrived| matches!(arrived, ToBrowser::Message(_))).count();
    assert!(acknowledged > 0);
    assert!(messages >= acknowledged as usize, "{messages} arrived, {acknowledged} were acknowledged");
    let told = arrived.iter().any(|arrived| matches!(arrived, ToBrowser::Disconnected(_)));
    assert!(!told, "everything was handed over, so that this test shows nothing");
}

#[tokio::test]
async fn a_server_that_does_not_read_slows_the_page() {
    let proxy = Proxy::start().await;
    let broker = Broker::start().await;
    let mut page = Page::open(&proxy).await;
    let endpoint = broker.endpoint();
    let (_, mut connection) =
        tokio::join!(page.connect_to(&endpoint, broker.trust(), "TOKEN"), broker.greet());
    // QoS 1 without any acknowledgement: 20 are in flight, and a bounded number waits in the proxy.
    let sent = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&sent);
    let sending = tokio::spawn(async move {
        for _ in 0..2000 {
            page.send_publish("t", QoS::AtLeastOnce, &[b'x'; 30_000]).await;
            counter.fetch_add(1, Ordering::Relaxed);
        }
        page
    });
    for _ in 0..20 {
        connection.read_until(broker::PUBLISH).await;
    }
    // With 60 MB to send, the page stands still long before its end: for a hundred looks in a row.
    let (mut last, mut looks) = (0, 0);
    eventually("the page waits", || {
        let now = sent.load(Ordering::Relaxed);
        looks = if now == last { looks + 1 } else { 0 };
        last = now;
        (looks >= 100).then_some(())
    })
    .await;
    assert!(!sending.is_finished());
    sending.abort();
}
