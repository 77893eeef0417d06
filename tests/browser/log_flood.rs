//! Many messages as fast as they go: none is lost without being counted, and the page answers meanwhile.

use crate::parts::{connect_feeder, console, counted, counters};
use tests::{
    PATIENCE,
    browser::{Spot, story},
    feeder::Feeder,
    proxy::Proxy,
};

const MANY: usize = 20_000;

#[tokio::test]
async fn of_twenty_thousand_messages_at_once_each_is_held_or_counted_as_dropped() {
    let (proxy, feeder) = (Proxy::start().await, Feeder::start().await);
    story(async |browser| {
        connect_feeder(browser, &proxy, &feeder).await;
        browser.press(&Spot::button("Log size")).await;
        browser.write(&Spot::text_box("Messages held"), "15000").await;
        browser.press(&Spot::button("Apply")).await;
        let feeding =
            feeder.feed(MANY, None, |number| ("flood".to_owned(), format!("number {number}.").into_bytes()));
        let clicking = async {
            // Answered though the flood has not ended.
            browser.press(&Spot::tab("Telemetry")).await;
            browser.node(&Spot::new("tabpanel", "Telemetry")).await;
            browser.press(&Spot::tab("Console")).await;
        };
        tokio::join!(feeding, clicking);
        let all = |text: &str| counted(text, " received") == MANY as u64;
        let text = browser.reads_within(3 * PATIENCE, &counters(), all).await;
        assert_eq!(counted(&text, " shown") + counted(&text, " dropped"), MANY as u64, "{text}");
        assert!(counted(&text, " shown") <= 15_000, "{text}");
        browser.reads(&console(), |text| text.contains("number 19999.")).await;
    })
    .await;
}
