//! What was done at the page, taken elsewhere as a program.

use crate::parts::{connect_demo, console, payload, publish_form};
use tests::browser::{Browser, Demo, Spot, key, story};

const ESCAPE: char = '\u{e00c}';

fn dialog() -> Spot {
    Spot::new("dialog", "Copy as")
}

fn with_token() -> Spot {
    Spot::new("checkbox", "Include the access token").within(dialog())
}

/// Waits until the program is as wanted, and returns it.
async fn program(browser: &Browser, wanted: impl Fn(&str) -> bool) -> String {
    let spot = Spot::text_box("Program").within(dialog());
    let found = async |tree: &tests::browser::Tree| {
        tree.one(&spot).map(|node| node.value.clone()).filter(|program| wanted(program))
    };
    browser.eventually("the program", found).await
}

async fn publish(browser: &Browser, text: &str) {
    browser.write(&payload(), text).await;
    browser.press(&Spot::button("Publish")).await;
    browser.reads(&console(), |log| log.contains(text)).await;
}

#[tokio::test]
async fn the_last_publish_becomes_a_program_without_the_token_until_it_is_asked_for() {
    let demo = Demo::start().await;
    let token = demo.thingsboard.token().expose().to_owned();
    story(async |browser| {
        connect_demo(browser, &demo).await;
        publish(browser, r#"{"name": "it's"}"#).await;
        let opener = Spot::button("Copy as").within(publish_form());
        browser.press(&opener).await;
        browser.focus_is_on(&Spot::select("Language").within(dialog())).await;
        let text = program(browser, |text| text.contains(r#"-m '{"name": "it'\''s"}'"#)).await;
        assert!(text.contains("TB_TOKEN") && !text.contains(&token), "{text}");
        assert!(text.contains("--cafile ca.pem"), "{text}");
        for scheme in ["light", "dark"] {
            browser.prefer(scheme).await;
            let violations = browser.audit().await.expect("axe-core is there");
            assert!(violations.is_empty(), "{scheme}: {}", violations.join("\n"));
        }

        browser.choose(&Spot::select("Language").within(dialog()), "Python, paho-mqtt").await;
        program(browser, |text| text.contains("os.environ[\"TB_TOKEN\"]")).await;
        browser.press(&with_token()).await;
        program(browser, |text| text.contains(&token) && !text.contains("TB_TOKEN")).await;

        browser.chord(&[ESCAPE]).await;
        browser.eventually("no dialog", async |tree| tree.one(&dialog()).is_none().then_some(())).await;
        browser.focus_is_on(&opener).await;
        browser.press(&opener).await;
        program(browser, |text| text.contains("TB_TOKEN") && !text.contains(&token)).await;
    })
    .await;
}

#[tokio::test]
async fn the_whole_session_is_copied_from_the_console_with_the_keyboard_alone() {
    let demo = Demo::start().await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        publish(browser, r#"{"first": 1}"#).await;
        publish(browser, r#"{"second": 2}"#).await;
        browser.press(&Spot::button("Copy as").within(Spot::new("tabpanel", "Console"))).await;
        let text = program(browser, |text| text.contains(r#"{"second": 2}"#)).await;
        let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("no {part} in:\n{text}"));
        assert!(at(r#"{"first": 1}"#) < at(r#"{"second": 2}"#));

        // Language, What, Include, Program, Copy.
        for _ in 0..4 {
            browser.chord(&[key::TAB]).await;
        }
        browser.focus_is_on(&Spot::button("Copy").within(dialog())).await;
        browser.chord(&[key::ENTER]).await;
        let said = |text: &str| text.contains("Copied.") || text.contains("keeps its clipboard closed");
        browser.reads(&dialog(), said).await;
    })
    .await;
}
