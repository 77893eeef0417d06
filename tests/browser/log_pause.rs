//! The log stands still while it is read, and loses nothing meanwhile.

use crate::parts::{connect_feeder, console, counted, counters, feed};
use tests::{
    browser::{Spot, story},
    feeder::Feeder,
    proxy::Proxy,
};

#[tokio::test]
async fn a_paused_log_stands_still_counts_what_comes_and_shows_it_afterwards() {
    let (proxy, feeder) = (Proxy::start().await, Feeder::start().await);
    story(async |browser| {
        connect_feeder(browser, &proxy, &feeder).await;
        feed(browser, &feeder, &[("a", "before")]).await;
        browser.press(&Spot::button("Pause")).await;
        browser.node(&Spot::button("Resume (0 new)")).await;
        feed(browser, &feeder, &[("a", "meanwhile"); 50]).await;
        browser.node(&Spot::button("Resume (50 new)")).await;
        let log = browser.read(&console()).await;
        assert!(log.contains("before") && !log.contains("meanwhile"), "{log}");
        let counters = browser.read(&counters()).await;
        assert_eq!((counted(&counters, " received"), counted(&counters, " shown")), (51, 1), "{counters}");

        browser.press(&Spot::button("Resume (50 new)")).await;
        browser.node(&Spot::button("Pause")).await;
        browser.reads(&console(), |text| text.contains("Message: meanwhile")).await;
        browser.reads(&crate::parts::counters(), |text| counted(text, " shown") == 51).await;
    })
    .await;
}
