//! The meter: what the server allows, what of it is used, and a warning before a limit breaks.

use crate::parts::{connect_demo, console, fill, is_connected, payload, publish_form, run_example, status};
use emulator::{Config, Kind, RateLimit, RateLimits};
use serde_json::json;
use shared::wire::Trust;
use tests::{
    browser::{Browser, Demo, Spot, story},
    mosquitto::Mosquitto,
    proxy::Proxy,
};

fn meter() -> Spot {
    Spot::new("region", "Limits")
}

async fn publish(browser: &Browser, text: &str) {
    browser.write(&payload(), text).await;
    browser.press(&Spot::button("Publish")).await;
}

async fn delivered(browser: &Browser, text: &str) {
    let shown =
        |log: &str| log.split(text).nth(1).is_some_and(|rest| rest.trim_start().starts_with("delivered"));
    browser.reads(&console(), shown).await;
}

#[tokio::test]
async fn a_device_without_limits_is_told_so_calmly() {
    let demo = Demo::start().await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        browser
            .reads(&meter(), |text| text.contains("ThingsBoard sets no rate limits for this device."))
            .await;
        publish(browser, r#"{"a": 1}"#).await;
        browser.reads(&meter(), |text| text.contains("36 / 65,536")).await;
    })
    .await;
}

#[tokio::test]
async fn a_publish_that_would_break_a_limit_is_warned_of_and_goes_out_at_the_second_press() {
    let limit = |text: &str| Some(RateLimit::parse(text).unwrap());
    let rate_limits = RateLimits {
        telemetry_messages: limit("2:3600"),
        telemetry_data_points: limit("10:3600"),
        ..RateLimits::default()
    };
    let demo = Demo::with(Config { rate_limits, ..Config::default() }).await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        browser.reads(&meter(), |text| text.contains("0 / 2 in 1 h") && text.contains("0 / 10 in 1 h")).await;
        publish(browser, r#"{"a": 1, "b": 2}"#).await;
        browser.reads(&meter(), |text| text.contains("1 / 2 in 1 h") && text.contains("2 / 10 in 1 h")).await;
        publish(browser, r#"{"c": 3}"#).await;
        delivered(browser, r#"{"c": 3}"#).await;

        publish(browser, r#"{"d": 4}"#).await;
        let warned = |text: &str| {
            text.contains("2 messages of telemetry and attributes in 1 hour")
                && text.contains("Press again to publish all the same.")
        };
        browser.reads(&publish_form(), warned).await;
        browser.reads(&status(), |text| text.starts_with("Connected")).await;
        let fourth = |kind: &Kind| matches!(kind, Kind::Publish { payload, .. } if payload == r#"{"d": 4}"#);
        assert!(!demo.thingsboard.received().iter().any(fourth));

        browser.press(&Spot::button("Publish")).await;
        demo.thingsboard.receives(fourth).await;
        demo.thingsboard.receives(|kind| matches!(kind, Kind::Closed { .. })).await;
        assert_eq!(demo.thingsboard.telemetry("c"), Some(json!(3)));
        assert_eq!(demo.thingsboard.telemetry("d"), None, "the server means it");
    })
    .await;
}

#[tokio::test]
async fn limits_that_change_are_seen_when_asked_for_again() {
    let demo = Demo::start().await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        browser.press(&Spot::tab("Platform")).await;
        browser.write(&Spot::text_box("Message limit"), "often").await;
        browser.press(&Spot::button("Set rate limits")).await;
        browser
            .reads(&Spot::form("Set rate limits"), |text| text.contains("count:seconds, both from 1 on"))
            .await;
        browser.write(&Spot::text_box("Message limit"), "50:60").await;
        browser.press(&Spot::button("Set rate limits")).await;
        browser.reads(&Spot::new("region", "Rate limits"), |text| text.contains("Now: messages 50:60")).await;
        browser.press(&Spot::button("Ask the server")).await;
        browser.reads(&meter(), |text| text.contains("/ 50 in 1 min") && text.contains("own limits")).await;
    })
    .await;
}

#[tokio::test]
async fn another_broker_breaks_nothing_and_thingsboards_defaults_are_said_to_stand_in() {
    let (proxy, mosquitto) = (Proxy::start().await, Mosquitto::start().await.unwrap());
    story(async |browser| {
        let Trust::UploadedCertificate { pem } = mosquitto.trust().clone() else { unreachable!() };
        browser.go(&proxy.origin()).await;
        fill(browser, &mosquitto.endpoint(), "A1_TEST_TOKEN", &pem).await;
        browser.press(&Spot::button("Connect")).await;
        is_connected(browser).await;
        browser.reads(&meter(), |text| text.contains("Asking the server")).await;
        let told = |text: &str| text.contains("ThingsBoard's defaults stand in") && text.contains("/ 65,536");
        browser.reads(&meter(), told).await;
        browser.reads(&status(), |text| text.starts_with("Connected")).await;
    })
    .await;
}

#[tokio::test]
async fn the_example_asks_for_nothing_and_the_button_does() {
    let demo = Demo::start().await;
    story(async |browser| {
        run_example(browser, &demo).await;
        let question =
            |kind: &Kind| matches!(kind, Kind::Publish { topic, .. } if topic.contains("/rpc/request/"));
        browser.reads(&meter(), |text| text.contains("was not asked")).await;
        assert!(!demo.thingsboard.received().iter().any(question));
        browser.press(&Spot::button("Ask the server")).await;
        browser.reads(&meter(), |text| text.contains("no rate limits")).await;
        demo.thingsboard.receives(question).await;
    })
    .await;
}
