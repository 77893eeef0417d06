//! Two proxies behind a real load balancer, and one of them goes: nobody is lost, and nothing that was delivered.

use futures_util::{StreamExt, future::join_all, stream};
use shared::{
    failure::Failure,
    payload::Payload,
    wire::{Disconnected, Publish, PublishOutcome, QoS, ToBrowser, ToProxy, encode_frame},
};
use std::{
    collections::HashSet,
    net::SocketAddr,
    time::{Duration, Instant},
};
use tests::{
    PATIENCE,
    balancer::{Place, Server},
    child::Child,
    eventually::within,
    haproxy::HaProxy,
    mosquitto::{self, Mosquitto},
    page::{Closed, Page},
    serving::Serving,
};
use tokio::time::{MissedTickBehavior, interval};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

const PAGES: usize = 200;

/// Handshakes under way at once: the machine is busy with them, and each has a time limit.
const AT_ONCE: usize = 16;

/// Between two publishes of one page: thousands a second of all.
const PACE: Duration = Duration::from_millis(50);

/// What the product promises a page whose proxy goes.
const RECONNECTED: Duration = Duration::from_secs(5);

const CONNECTED: &str = "device_console_connected";

/// A proxy that serves strangers who come by `origin`, and lets each have what these tests need.
async fn console(origin: &str, mosquitto: &Mosquitto) -> Serving {
    let (endpoint, most) = (mosquitto.endpoint().to_string(), 2 * PAGES);
    let limits = format!(
        "sessions={most},client-sessions={most},target-sessions={most},client-openings=none,client-attempts=none,client-attempts-at-once={most},\
         target-attempts=none"
    );
    let arguments = [
        ["--mode", "hosted"],
        ["--allow-internal-target", &endpoint],
        ["--allow-origin", origin],
        ["--trusted-proxy", "127.0.0.1/32"],
        ["--limit", &limits],
    ];
    Serving::start(arguments.as_flattened()).await.unwrap()
}

fn server(console: &Serving) -> Server {
    Server { page: console.address(), operations: console.operations() }
}

/// Hears everything that any page publishes, as `TOPIC PAYLOAD`.
async fn subscriber(mosquitto: &Mosquitto) -> Child {
    let arguments = ["-v", "-q", "1", "-t", "page/+"];
    let subscriber =
        mosquitto::client("mosquitto_sub", mosquitto.address(), &mosquitto.ca_path(), &arguments).unwrap();
    mosquitto.logs("Sending SUBACK").await.unwrap();
    subscriber
}

/// A page with a topic of its own, and what is known of its publishes.
struct Visitor {
    number: usize,
    page: Page,
    sent: usize,
    delivered: Vec<String>,
    /// From being told that the proxy stops until connected again.
    moves: Vec<Duration>,
}

impl Visitor {
    async fn new(number: usize, address: SocketAddr, mosquitto: &Mosquitto) -> Self {
        let page = connect(address, number, mosquitto).await;
        Self { number, page, sent: 0, delivered: Vec::new(), moves: Vec::new() }
    }

    /// Publishes until it is told to stop, and moves on when the proxy goes.
    async fn run(mut self, address: SocketAddr, mosquitto: &Mosquitto, stop: CancellationToken) -> Self {
        let mut pace = interval(PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !stop.is_cancelled() {
            pace.tick().await;
            let Some(outcome) = self.publish().await else {
                let told = Instant::now();
                assert_eq!(self.page.closed().await, Closed::Code(1001));
                self.page = connect(address, self.number, mosquitto).await;
                self.moves.push(told.elapsed());
                continue;
            };
            if outcome == PublishOutcome::Delivered {
                self.delivered.push(self.line());
            }
        }
        self
    }

    /// `None`: the proxy stops, and so the session has ended.
    async fn publish(&mut self) -> Option<PublishOutcome> {
        self.sent += 1;
        let id = self.page.new_id();
        let (topic, payload) = (format!("page/{}", self.number), Payload::from_text(&self.sent.to_string()));
        let publish = Publish { id, topic, qos: QoS::AtLeastOnce, retain: false, payload };
        // It may cross with the session's end.
        self.page.try_send_raw(Message::text(encode_frame(&[ToProxy::Publish(publish)]))).await;
        let mut outcome = None;
        loop {
            match self.page.next().await {
                ToBrowser::Published(published) => {
                    assert_eq!(published.id, id);
                    outcome = Some(published.outcome);
                    // An answer of the session's end is followed by the end itself.
                    if outcome == Some(PublishOutcome::Delivered) {
                        return outcome;
                    }
                }
                ToBrowser::Disconnected(last) => {
                    assert_eq!(last, Disconnected { id: None, failure: Some(Failure::ProxyStopping) });
                    assert!(matches!(outcome, None | Some(PublishOutcome::Unknown)), "{outcome:?}");
                    return None;
                }
                other => panic!("neither an outcome nor the end: {other:?}"),
            }
        }
    }

    /// The last publish as the subscriber tells it.
    fn line(&self) -> String {
        format!("page/{} {}", self.number, self.sent)
    }
}

async fn connect(address: SocketAddr, number: usize, mosquitto: &Mosquitto) -> Page {
    let mut page = Page::open_at(address).await;
    page.connect_to(&mosquitto.endpoint(), mosquitto.trust(), &format!("TOKEN_{number}")).await;
    page
}

#[tokio::test]
async fn a_drained_proxys_sessions_move_to_the_other_and_nothing_delivered_is_lost() {
    let mosquitto = Mosquitto::start().await.unwrap();
    let mut subscriber = subscriber(&mosquitto).await;
    let place = Place::find().unwrap();
    let origin = place.origin();
    let (leaving, staying) = (console(&origin, &mosquitto).await, console(&origin, &mosquitto).await);
    let balancer = HaProxy::start(place, &[server(&leaving), server(&staying)]).await.unwrap();
    let address = balancer.address();

    let open = |number| Visitor::new(number, address, &mosquitto);
    let visitors: Vec<Visitor> = stream::iter(0..PAGES).map(open).buffered(AT_ONCE).collect().await;
    let (on_leaving, on_staying) = (leaving.metric(CONNECTED).await, staying.metric(CONNECTED).await);
    let all = u64::try_from(PAGES).unwrap();
    assert_eq!(on_leaving + on_staying, all);
    assert!(on_leaving.abs_diff(on_staying) <= all / 10, "unbalanced: {on_leaving} and {on_staying}");

    let stop = CancellationToken::new();
    let publishing =
        join_all(visitors.into_iter().map(|visitor| visitor.run(address, &mosquitto, stop.clone())));
    let (operating, ended) =
        tokio::join!(within(Duration::from_secs(60), "every page stops", publishing), async {
            // Every page publishes when the proxy goes.
            staying
                .reaches(r#"device_console_publishes_total{direction="to_server"}"#, 3 * on_staying)
                .await
                .unwrap();
            leaving.terminate().unwrap();
            let ended = leaving.ended(PATIENCE).await.unwrap();
            staying.counts(CONNECTED, all).await.unwrap();
            stop.cancel();
            ended
        });
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let moved: Vec<&Vec<Duration>> =
        operating.iter().map(|visitor| &visitor.moves).filter(|moves| !moves.is_empty()).collect();
    assert_eq!(moved.len() as u64, on_leaving, "every session there was told and moved");
    assert!(moved.iter().all(|moves| moves.len() == 1), "and no other");
    let slowest = moved.iter().flat_map(|moves| moves.iter()).max().unwrap();
    assert!(*slowest < RECONNECTED, "{slowest:?}");

    let delivered: HashSet<&str> =
        operating.iter().flat_map(|visitor| &visitor.delivered).map(String::as_str).collect();
    assert!(delivered.len() > PAGES, "{}", delivered.len());
    let missing = |lines: std::str::Lines<'_>| {
        let heard: HashSet<&str> = lines.collect();
        delivered.difference(&heard).count()
    };
    let heard = subscriber.says(PATIENCE, |lines| (missing(lines) == 0).then_some(())).await;
    assert!(heard.is_ok(), "{} of {} are missing", missing(subscriber.stdout().lines()), delivered.len());
}
