//! The log for who uses no mouse.

use crate::parts::{connect_feeder, console, details, feed, messages};
use serde_json::json;
use tests::{
    browser::{Browser, Spot, key, story},
    feeder::Feeder,
    proxy::Proxy,
};

/// The row that a screen reader is told to be at: its place, of how many, whether it is chosen, its text.
const ACTIVE: &str = "const list = document.getElementById('log-list'); \
    const row = document.getElementById(list.getAttribute('aria-activedescendant')); \
    return row && [row.ariaPosInSet, row.ariaSetSize, row.ariaSelected, row.querySelector('.row__text').innerText]";

async fn is_at(browser: &Browser, place: u32) {
    let wanted = json!([place.to_string(), "1000", "true", format!("Message: n{place}")]);
    let mut last = json!(null);
    for _ in 0..400 {
        last = browser.script(ACTIVE).await;
        if last == wanted {
            return;
        }
    }
    panic!("not at {wanted}, but {last}");
}

#[tokio::test]
async fn keys_alone_lead_through_the_log_open_an_entry_and_close_it() {
    let (proxy, feeder) = (Proxy::start().await, Feeder::start().await);
    story(async |browser| {
        connect_feeder(browser, &proxy, &feeder).await;
        let texts: Vec<String> = (1..=1_000).map(|number| format!("n{number}")).collect();
        let all: Vec<(&str, &str)> = texts.iter().map(|text| ("a", text.as_str())).collect();
        feed(browser, &feeder, &all).await;

        // The button was pressed last, and the list stands after it.
        browser.press(&Spot::button("Clear")).await;
        feed(browser, &feeder, &all).await;
        browser.chord(&[key::TAB]).await;
        browser.focus_is_on(&messages()).await;
        browser.chord(&[key::END]).await;
        is_at(browser, 1_000).await;
        browser.chord(&[key::UP]).await;
        is_at(browser, 999).await;
        browser.chord(&[key::HOME]).await;
        is_at(browser, 1).await;
        browser.chord(&[key::DOWN]).await;
        browser.chord(&[key::DOWN]).await;
        is_at(browser, 3).await;
        browser.chord(&[key::PAGE_UP]).await;
        is_at(browser, 1).await;
        browser.chord(&[key::DOWN]).await;
        is_at(browser, 2).await;

        browser.chord(&[key::ENTER]).await;
        browser.reads(&details(), |text| text.contains("n2")).await;
        browser.focus_is_on(&messages()).await;
        // The details follow where the keys lead.
        browser.chord(&[key::DOWN]).await;
        browser.reads(&details(), |text| text.contains("n3")).await;
        browser.chord(&[key::ESCAPE]).await;
        let gone = async |tree: &tests::browser::Tree| tree.one(&details()).is_none().then_some(());
        browser.eventually("the details are gone", gone).await;
        is_at(browser, 3).await;
        browser.chord(&[key::END]).await;
        browser.reads(&console(), |text| text.contains("Message: n1000")).await;
        feed(browser, &feeder, &[("a", "followed")]).await;
        browser.reads(&console(), |text| text.contains("Message: followed")).await;
    })
    .await;
}
