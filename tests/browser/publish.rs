//! Subscribing and publishing by hand.

use crate::parts::{connect_demo, console, payload, publish_form, status};
use emulator::Kind;
use serde_json::json;
use tests::browser::{Browser, Demo, Spot, key, story};

const ATTRIBUTES: &str = "v1/devices/me/attributes";

fn subscriptions() -> Spot {
    Spot::new("table", "Subscriptions")
}

async fn publish(browser: &Browser, qos: &str, text: &str) {
    browser.choose(&Spot::select("QoS").within(publish_form()), qos).await;
    browser.write(&payload(), text).await;
    browser.press(&Spot::button("Publish")).await;
}

#[tokio::test]
async fn what_becomes_of_each_publish_is_shown_with_it() {
    let demo = Demo::start().await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        publish(browser, "0", r#"{"a": 1}"#).await;
        publish(browser, "1", r#"{"b": 2}"#).await;
        // The page's own question is delivered as well.
        let second =
            |text: &str| text.split(r#"{"b": 2}"#).nth(1).is_some_and(|rest| rest.contains("delivered"));
        let log = browser.reads(&console(), second).await;
        let after = |payload: &str| log.split(payload).nth(1).unwrap().trim_start().to_owned();
        assert!(after(r#"{"a": 1}"#).starts_with("sent"), "{log}");
        assert!(after(r#"{"b": 2}"#).starts_with("delivered"), "{log}");
        assert_eq!(demo.thingsboard.telemetry("a"), Some(json!(1)));
        assert_eq!(demo.thingsboard.telemetry("b"), Some(json!(2)));
    })
    .await;
}

#[tokio::test]
async fn subscriptions_show_what_the_server_said_and_end_when_asked() {
    let demo = Demo::start().await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        browser.press(&Spot::tab("Raw MQTT")).await;
        let filter = Spot::text_box("Filter");
        browser.write(&filter, ATTRIBUTES).await;
        browser.choose(&Spot::select("QoS").within(Spot::form("Subscribe")), "1").await;
        browser.press(&Spot::button("Subscribe")).await;
        browser.reads(&subscriptions(), |text| text.contains("granted, QoS 1")).await;

        browser.write(&filter, "#").await;
        browser.press(&Spot::button("Subscribe")).await;
        let refused = |text: &str| text.contains("The server refused this filter");
        browser.reads(&subscriptions(), refused).await;

        browser.press(&Spot::button(format!("Unsubscribe {ATTRIBUTES}"))).await;
        let gone = |text: &str| !text.contains(ATTRIBUTES);
        browser.reads(&subscriptions(), gone).await;
        let left =
            |kind: &Kind| matches!(kind, Kind::Unsubscribe { filters, .. } if filters == &[ATTRIBUTES]);
        demo.thingsboard.receives(left).await;
    })
    .await;
}

#[tokio::test]
async fn ctrl_enter_in_the_payload_publishes() {
    let demo = Demo::start().await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        browser.write(&payload(), r#"{"pressed": true}"#).await;
        browser.chord(&[key::CONTROL, key::ENTER]).await;
        let pressed = |text: &str| {
            text.split(r#"{"pressed": true}"#).nth(1).is_some_and(|rest| rest.contains("delivered"))
        };
        browser.reads(&console(), pressed).await;
        assert_eq!(demo.thingsboard.telemetry("pressed"), Some(json!(true)));
        assert_eq!(browser.node(&payload()).await.value, r#"{"pressed": true}"#);
    })
    .await;
}

#[tokio::test]
async fn publishing_without_a_connection_says_what_to_do_and_keeps_the_text() {
    let demo = Demo::start().await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        browser.press(&Spot::button("Disconnect")).await;
        browser.reads(&status(), |text| text.starts_with("Disconnected")).await;
        browser.write(&payload(), r#"{"late": 1}"#).await;
        browser.press(&Spot::button("Publish")).await;
        let told = |text: &str| text.contains("Not connected: press Connect first");
        browser.reads(&publish_form(), told).await;
        assert_eq!(browser.node(&payload()).await.value, r#"{"late": 1}"#);
        assert_eq!(demo.thingsboard.telemetry("late"), None);
    })
    .await;
}
