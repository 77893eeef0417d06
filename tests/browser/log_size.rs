//! How much the log holds is the person's to say, and what falls out is counted.

use crate::parts::{connect_feeder, counted, counters, feed};
use tests::{
    browser::{Spot, story},
    feeder::Feeder,
    proxy::Proxy,
};

#[tokio::test]
async fn a_smaller_log_lets_the_oldest_go_and_counts_them() {
    let (proxy, feeder) = (Proxy::start().await, Feeder::start().await);
    story(async |browser| {
        connect_feeder(browser, &proxy, &feeder).await;
        feed(browser, &feeder, &[("a", "one of many"); 3_000]).await;
        browser.press(&Spot::button("Log size")).await;
        let held = Spot::text_box("Messages held");
        browser.write(&held, "10").await;
        browser.press(&Spot::button("Apply")).await;
        browser.focus_is_on(&held).await;
        let wrong = browser.node(&held).await;
        assert!(
            wrong.invalid && wrong.description.contains("from 1,000 to 1,000,000"),
            "{}",
            wrong.description
        );
        assert_eq!(wrong.value, "10");

        browser.write(&held, "1,000").await;
        browser.press(&Spot::button("Apply")).await;
        browser.focus_is_on(&Spot::button("Log size")).await;
        let text = browser.reads(&counters(), |text| counted(text, " dropped") > 0).await;
        let (shown, dropped) = (counted(&text, " shown"), counted(&text, " dropped"));
        assert!((700..=1_000).contains(&shown) && shown + dropped == 3_000, "{text}");
    })
    .await;
}
