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

#[tokio::test]
async fn a_message_that_is_clicked_stays_in_sight_beside_its_details() {
    let (proxy, feeder) = (Proxy::start().await, Feeder::start().await);
    story(async |browser| {
        connect_feeder(browser, &proxy, &feeder).await;
        let texts: Vec<String> = (0..300).map(|number| format!("n{number}")).collect();
        let all: Vec<(&str, &str)> = texts.iter().map(|text| ("a", text.as_str())).collect();
        feed(browser, &feeder, &all).await;
        let click = "const rows = [...document.querySelectorAll('[role=option]')]; \
            rows.find(row => row.innerText.includes('Message: n298')).click()";
        browser.script(click).await;
        browser.reads(&details(), |text| text.contains("n298")).await;
        feed(browser, &feeder, &[("a", "more"); 100]).await;
        let in_sight = "const row = document.querySelector('[role=option][aria-selected=true]')?.getBoundingClientRect(); \
            const list = document.getElementById('log-list').getBoundingClientRect(); \
            return row !== undefined && row.top >= list.top - 1 && row.bottom <= list.bottom + 1";
        let stays = async |_: &Tree| (browser.script(in_sight).await == true).then_some(());
        browser.eventually("the chosen row is in sight", stays).await;
        browser.node(&Spot::button("Jump to newest (100 new)")).await;
    })
    .await;
}
