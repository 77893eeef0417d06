//! One message looked at closely: all of it, exactly as it came.

use crate::parts::{connect_feeder, details, feed, messages};
use tests::{
    browser::{Browser, Spot, Tree, key, story},
    feeder::Feeder,
    proxy::Proxy,
};

async fn open_newest(browser: &Browser) {
    browser.script("document.getElementById('log-list').focus()").await;
    browser.chord(&[key::END]).await;
    browser.chord(&[key::ENTER]).await;
    browser.node(&details()).await;
}

async fn shape(browser: &Browser, name: &str) {
    browser.press(&Spot::button(name).within(details())).await;
}

#[tokio::test]
async fn a_message_is_shown_in_every_shape_with_its_numbers_as_they_were_spelled() {
    let (proxy, feeder) = (Proxy::start().await, Feeder::start().await);
    story(async |browser| {
        connect_feeder(browser, &proxy, &feeder).await;
        let before = r#"{"big":12345678901234567890.10,"a":{"b":[1]}}"#;
        let now = r#"{"big":12345678901234567890.20,"a":{"b":[1]}}"#;
        feed(browser, &feeder, &[("deep/topic", before), ("other", "x"), ("deep/topic", now)]).await;
        open_newest(browser).await;
        let tree =
            |text: &str| text.contains("big: 12345678901234567890.20") && text.contains("a: {1 value}");
        browser.reads(&details(), tree).await;
        browser.press(&Spot::button("b: [1 value]").within(details())).await;
        browser.reads(&details(), |text| text.contains("0: 1")).await;

        shape(browser, "Pretty").await;
        browser
            .reads(&details(), |text| text.contains("  \"big\": 12345678901234567890.20,\n  \"a\": {"))
            .await;
        shape(browser, "Text").await;
        browser.reads(&details(), |text| text.contains(now)).await;
        shape(browser, "Hex").await;
        browser.reads(&details(), |text| text.contains("00000000  7b 22 62 69 67 22 3a 31  ")).await;
        shape(browser, "Base64").await;
        browser.reads(&details(), |text| text.contains("eyJiaWciOjEyMzQ1Njc4OTAxMjM0NTY3ODkwLjIw")).await;
        shape(browser, "Diff").await;
        let changed = |text: &str| {
            text.contains("-   \"big\": 12345678901234567890.10,")
                && text.contains("+   \"big\": 12345678901234567890.20,")
        };
        browser.reads(&details(), changed).await;
        browser.press(&Spot::button("Copy").within(details())).await;
        browser
            .reads(&details(), |text| text.contains("Copied.") || text.contains("gave no clipboard"))
            .await;

        browser.press(&Spot::button("Close details")).await;
        let gone = async |tree: &Tree| tree.one(&details()).is_none().then_some(());
        browser.eventually("the details are gone", gone).await;
        browser.node(&messages()).await;
    })
    .await;
}

#[tokio::test]
async fn a_long_payload_is_shown_in_parts_that_say_so_and_hostile_text_stays_text() {
    let (proxy, feeder) = (Proxy::start().await, Feeder::start().await);
    story(async |browser| {
        connect_feeder(browser, &proxy, &feeder).await;
        let long = format!("<img src=x onerror=alert(1)>\u{202e}{}the end", "0123456789".repeat(6_000));
        feed(browser, &feeder, &[("<b>topic</b>\u{202e}", &long)]).await;
        open_newest(browser).await;
        shape(browser, "Text").await;
        let text = browser.reads(&details(), |text| text.contains("Shown: about the first 16.0")).await;
        assert!(text.contains("<img src=x onerror=alert(1)>[U+202E]0123") && !text.contains("the end"));
        assert!(text.contains("<b>topic</b>[U+202E]"));
        for _ in 0..3 {
            browser.press(&Spot::button("Show more").within(details())).await;
        }
        let text = browser.reads(&details(), |text| text.contains("the end")).await;
        assert!(!text.contains("Shown: "));
        shape(browser, "Tree").await;
        browser.reads(&details(), |text| text.contains("This is no JSON, so it is shown as text.")).await;
        let made =
            browser.script("return document.querySelectorAll('.console img, .console b').length").await;
        assert_eq!(made, 0);
    })
    .await;
}
