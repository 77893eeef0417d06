//! Many sessions that rest in one proxy: each stays usable, and nothing of them stays behind.

use futures_util::{StreamExt, stream};
use shared::wire::{PublishOutcome, QoS};
use tests::{mosquitto::Mosquitto, page::Page, serving::Serving};

const SESSIONS: usize = 300;

/// Handshakes under way at once: the machine is busy with them, and each has a time limit.
const AT_ONCE: usize = 16;

const OPEN: &str = "device_console_sessions";
const CONNECTED: &str = "device_console_connected";

#[tokio::test]
async fn three_hundred_resting_sessions_are_open_answered_and_gone_in_the_end() {
    let mosquitto = Mosquitto::start().await.unwrap();
    let limits = format!("sessions={SESSIONS},client-sessions={SESSIONS},target-sessions={SESSIONS}");
    let console = Serving::start(&["--limit", &limits]).await.unwrap();
    let (endpoint, trust) = (mosquitto.endpoint(), mosquitto.trust());
    let open = async |number: usize| {
        let mut page = Page::open_at(console.address()).await;
        page.connect_to(&endpoint, trust, &format!("TOKEN_{number}")).await;
        page
    };
    let mut pages: Vec<Page> = stream::iter(0..SESSIONS).map(open).buffered(AT_ONCE).collect().await;
    let all = u64::try_from(SESSIONS).unwrap();
    console.counts(OPEN, all).await.unwrap();
    console.counts(CONNECTED, all).await.unwrap();

    let (speakers, listeners) = pages.split_at_mut(SESSIONS / 2);
    let (speaker, listener) = (&mut speakers[0], &mut listeners[0]);
    listener.subscribe_granted("idle", QoS::AtLeastOnce).await;
    let outcome = speaker.publish("idle", QoS::AtLeastOnce, b"awake").await;
    assert_eq!(outcome, PublishOutcome::Delivered);
    assert_eq!(listener.next_message().await.payload.as_text(), Some("awake"));

    // In each way that a page may leave.
    for (number, mut page) in pages.into_iter().enumerate() {
        match number % 3 {
            0 => page.disconnect().await,
            1 => page.close().await,
            _ => page.reset(),
        }
    }
    for gauge in [OPEN, CONNECTED, "device_console_queued", "device_console_queue_bytes"] {
        console.counts(gauge, 0).await.unwrap();
    }
}
