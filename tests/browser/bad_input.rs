//! What people type and give wrongly: each is one sentence at its field, and nothing is lost or sent.

use crate::parts::{connect_demo, console, give, payload, publish_form, use_demo};
use tests::{
    browser::{Browser, Demo, Spot, Tree, story},
    certs::{Authority, Leaf},
};

/// What leaves the browser.
const SENDS: [&str; 3] =
    ["Network.webSocketCreated", "Network.webSocketFrameSent", "Network.requestWillBeSent"];

/// What has left the browser since the last time. Parts of the page's own program are only fetched.
async fn sends(browser: &Browser) -> Vec<serde_json::Value> {
    let mut events = browser.events(&SENDS).await;
    events.retain(|event| {
        let request = &event["params"]["request"];
        request["method"] != "GET" || !request["url"].as_str().is_some_and(|url| url.ends_with(".wasm"))
    });
    events
}

/// A field's problem is exposed with the field: its sentence, its state, and the focus.
async fn has_problem(browser: &Browser, field: &Spot, typed: &str, sentence: &str) {
    browser.focus_is_on(field).await;
    let node = browser.node(field).await;
    assert!(node.invalid, "{field} is not marked as invalid");
    assert!(node.description.contains(sentence), "{field} with {typed:?} says: {}", node.description);
    assert_eq!(node.value, typed, "{field} does not hold what was typed");
}

/// What the page says to a file that it does not take.
async fn refusal(browser: &Browser) -> String {
    let field = Spot::button("CA certificate");
    let refused = async |tree: &Tree| tree.one(&field).filter(|node| node.invalid).cloned();
    browser.eventually("the file is refused", refused).await.description
}

#[tokio::test]
async fn each_wrong_field_says_so_takes_the_focus_and_keeps_its_text_and_nothing_is_opened() {
    let demo = Demo::start().await;
    story(async |browser| {
        use_demo(browser, &demo).await;
        sends(browser).await;
        for (name, typed, sentence) in [
            ("Access token", "", "The access token is missing"),
            ("Host", "", "The host is missing"),
            ("Host", "my host", "The host holds a space"),
            ("Host", "tb.example ", "The host begins or ends with a space"),
            ("Host", "mqtts://tb.example", "The host begins with mqtts:// - leave that out"),
            ("Host", "tb.example:8883", "put 8883 into the Port field"),
            ("Port", "0", "The port must be a whole number from 1 to 65535"),
            ("Port", "99999", "The port must be a whole number from 1 to 65535"),
            ("Port", "mqtt", "The port must be a whole number from 1 to 65535"),
        ] {
            let field = Spot::text_box(name);
            let before = browser.node(&field).await.value;
            browser.write(&field, typed).await;
            browser.press(&Spot::button("Connect")).await;
            has_problem(browser, &field, typed, sentence).await;
            // A hidden token's value is shown as dots.
            if name != "Access token" {
                browser.write(&field, &before).await;
            } else {
                browser.write(&field, demo.thingsboard.token().expose()).await;
            }
            assert!(!browser.node(&field).await.invalid, "the problem was about another text");
        }
        assert_eq!(sends(browser).await, Vec::<serde_json::Value>::new());

        // The same watch sees a session that is opened.
        browser.press(&Spot::button("Connect")).await;
        crate::parts::is_connected(browser).await;
        assert!(!sends(browser).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn with_several_problems_each_field_has_its_own_and_the_focus_is_on_the_first() {
    let demo = Demo::start().await;
    story(async |browser| {
        browser.go(&demo.url()).await;
        browser.write(&Spot::text_box("Port"), "0").await;
        browser.press(&Spot::button("Connect")).await;
        has_problem(browser, &Spot::text_box("Port"), "0", "The port must be").await;
        for (field, sentence) in [
            (Spot::text_box("Access token"), "The access token is missing"),
            (Spot::button("CA certificate"), "There is no certificate yet"),
        ] {
            let node = browser.node(&field).await;
            assert!(node.invalid && node.description.contains(sentence), "{node:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_no_certificate_is_refused_at_its_field_and_the_form_keeps_its_texts() {
    let demo = Demo::start().await;
    story(async |browser| {
        browser.go(&demo.url()).await;
        browser.write(&Spot::text_box("Host"), "tb.example").await;
        browser.write(&Spot::text_box("Access token"), "A1_TEST_TOKEN").await;
        let _file = give(browser, "notes.txt", "Dear diary").await;
        let sentence = refusal(browser).await;
        assert!(sentence.contains("no certificate"), "{sentence}");
        assert_eq!(browser.node(&Spot::text_box("Host")).await.value, "tb.example");
        browser.press(&Spot::button("Connect")).await;
        browser.focus_is_on(&Spot::button("CA certificate")).await;
    })
    .await;
}

#[tokio::test]
async fn a_private_key_is_refused_in_the_browser_and_does_not_leave_it() {
    let demo = Demo::start().await;
    story(async |browser| {
        use_demo(browser, &demo).await;
        sends(browser).await;
        let key = Authority::new("authority").issue(&Leaf::default()).key_pem;
        let _file = give(browser, "server.key", &key).await;
        let sentence = refusal(browser).await;
        assert!(sentence.contains("private key"), "{sentence}");
        assert!(sentence.contains("did not leave your browser"), "{sentence}");
        assert_eq!(sends(browser).await, Vec::<serde_json::Value>::new());

        // What was given before stays in use, and the key is not what is sent with it.
        browser.press(&Spot::button("Connect")).await;
        crate::parts::is_connected(browser).await;
        let sent = serde_json::to_string(&sends(browser).await).unwrap();
        assert!(sent.contains("BEGIN CERTIFICATE") && !sent.contains("PRIVATE KEY"), "{sent}");
    })
    .await;
}

#[tokio::test]
async fn a_pasted_private_key_is_wiped_with_a_word_and_does_not_leave_the_browser() {
    let demo = Demo::start().await;
    story(async |browser| {
        browser.go(&demo.url()).await;
        browser.press(&Spot::button("Paste text instead")).await;
        let text_box = Spot::text_box("Certificate text (PEM)");
        browser.focus_is_on(&text_box).await;
        sends(browser).await;
        browser.paste(&Authority::new("authority").issue(&Leaf::default()).key_pem).await;
        let wiped = async |tree: &Tree| tree.one(&text_box).filter(|node| node.invalid).cloned();
        let node = browser.eventually("the key is refused", wiped).await;
        assert_eq!(node.value, "");
        assert!(
            node.description.starts_with("You pasted a private key. It was wiped"),
            "{}",
            node.description
        );
        assert_eq!(sends(browser).await, Vec::<serde_json::Value>::new());
    })
    .await;
}

#[tokio::test]
async fn a_payload_over_the_limit_and_a_wildcard_in_the_topic_are_refused_at_their_fields() {
    let demo = Demo::start().await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        let topic = Spot::text_box("Topic").within(publish_form());
        browser.write(&topic, "v1/devices/+/telemetry").await;
        browser.press(&Spot::button("Publish")).await;
        let sentence = "A publish goes to one topic: + and # are wildcards";
        has_problem(browser, &topic, "v1/devices/+/telemetry", sentence).await;

        browser.write(&topic, "v1/devices/me/telemetry").await;
        browser.write(&payload(), "").await;
        let large = "x".repeat(65_536);
        browser.paste(&large).await;
        browser.press(&Spot::button("Publish")).await;
        has_problem(browser, &payload(), &large, "more than the 65,536 that ThingsBoard takes").await;
        assert!(!browser.read(&console()).await.contains("xxx"), "a refused payload was sent");
    })
    .await;
}
