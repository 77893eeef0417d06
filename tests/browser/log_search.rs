//! A text is looked for in the log: it is marked where it stands, and keys lead from one to the next.

use crate::parts::{connect_feeder, console, details, feed};
use tests::{
    browser::{Browser, Spot, key, story},
    feeder::Feeder,
    proxy::Proxy,
};

const MARKED: &str = "return [...document.querySelectorAll('[role=log] mark')].map(mark => mark.textContent)";

async fn position(browser: &Browser, words: &str) {
    browser.reads(&Spot::new("status", "Search result"), |text| text == words).await;
}

#[tokio::test]
async fn a_slash_begins_a_search_and_enter_leads_from_match_to_match() {
    let (proxy, feeder) = (Proxy::start().await, Feeder::start().await);
    story(async |browser| {
        connect_feeder(browser, &proxy, &feeder).await;
        let texts: Vec<String> = (0..600)
            .map(
                |number| {
                    if number % 200 == 0 { format!("a Needle {number}") } else { format!("hay {number}") }
                },
            )
            .collect();
        let messages: Vec<(&str, &str)> = texts.iter().map(|text| ("a", text.as_str())).collect();
        feed(browser, &feeder, &messages).await;

        browser.script("document.activeElement.blur()").await;
        browser.chord(&['/']).await;
        let search = Spot::new("searchbox", "Search the log");
        browser.focus_is_on(&search).await;
        browser.type_text("needle").await;
        position(browser, "3 found").await;
        browser.chord(&[key::ENTER]).await;
        position(browser, "3 of 3").await;
        browser.reads(&console(), |text| text.contains("a Needle 400")).await;
        assert_eq!(browser.script(MARKED).await, serde_json::json!(["Needle"]));
        browser.chord(&[key::ENTER]).await;
        position(browser, "1 of 3").await;
        browser.reads(&console(), |text| text.contains("a Needle 0")).await;
        browser.chord(&[key::SHIFT, key::ENTER]).await;
        position(browser, "3 of 3").await;
        browser.press(&Spot::button("Previous match")).await;
        position(browser, "2 of 3").await;
        browser.reads(&console(), |text| text.contains("a Needle 200")).await;

        browser.press(&search).await;
        browser.chord(&[key::ESCAPE]).await;
        browser.focus_is_on(&crate::parts::messages()).await;
        assert_eq!(browser.node(&search).await.value, "");
        browser.chord(&[key::ENTER]).await;
        browser.reads(&details(), |text| text.contains("a Needle 200")).await;
        browser.write(&search, "nowhere").await;
        position(browser, "not found").await;
    })
    .await;
}
