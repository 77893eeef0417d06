//! The demo's other side: what ThingsBoard sees of the device, and does to it.

use crate::parts::{assert_in_order, console, fill, is_connected, payload, run_example};
use serde_json::json;
use shared::wire::Trust;
use tests::{
    browser::{Browser, Demo, Spot, story},
    mosquitto::Mosquitto,
};

/// The console's text, with the tab `Platform` selected again afterwards.
async fn console_shows(browser: &Browser, message: &str) {
    browser.press(&Spot::tab("Console")).await;
    let log = browser.reads(&console(), |text| text.contains(message)).await;
    assert_in_order(&log, &["Topic: v1/devices/me/attributes", message]);
    browser.press(&Spot::tab("Platform")).await;
}

#[tokio::test]
async fn a_shared_attribute_that_is_set_or_deleted_is_pushed_to_the_device() {
    let demo = Demo::start().await;
    story(async |browser| {
        run_example(browser, &demo).await;
        browser.press(&Spot::tab("Platform")).await;
        browser.write(&Spot::text_box("Key"), "limit").await;
        browser.write(&Spot::text_box("Value"), "30").await;
        browser.press(&Spot::button("Set attribute")).await;
        let table = Spot::new("table", "Shared attributes");
        browser.reads(&table, |text| text.contains("limit") && text.contains("30")).await;
        console_shows(browser, r#"Message: {"limit":30}"#).await;

        browser.press(&Spot::button("Delete limit")).await;
        let none = |text: &str| text.contains("None yet");
        browser.reads(&Spot::new("region", "Shared attributes"), none).await;
        console_shows(browser, r#"Message: {"deleted":["limit"]}"#).await;
        assert!(demo.thingsboard.view().shared_attributes.is_empty());
    })
    .await;
}

#[tokio::test]
async fn telemetry_that_is_published_appears_in_the_platforms_table() {
    let demo = Demo::start().await;
    story(async |browser| {
        run_example(browser, &demo).await;
        browser.press(&Spot::tab("Platform")).await;
        let table = Spot::new("table", "Latest telemetry");
        browser.reads(&table, |text| text.contains("temperature") && text.contains("42")).await;
        browser.write(&payload(), r#"{"temperature": 43, "humidity": 7}"#).await;
        browser.press(&Spot::button("Publish")).await;
        let newer = |text: &str| text.contains("43") && text.contains("humidity") && !text.contains("42");
        browser.reads(&table, newer).await;
        assert_eq!(demo.thingsboard.telemetry("humidity"), Some(json!(7)));
    })
    .await;
}

#[tokio::test]
async fn a_session_at_another_server_is_said_to_be_one_and_the_demo_is_not_asked_about_it() {
    let (demo, mosquitto) = (Demo::start().await, Mosquitto::start().await.unwrap());
    story(async |browser| {
        let Trust::UploadedCertificate { pem } = mosquitto.trust().clone() else { unreachable!() };
        browser.go(&demo.url()).await;
        fill(browser, &mosquitto.endpoint(), "A1_TEST_TOKEN", &pem).await;
        browser.press(&Spot::button("Connect")).await;
        is_connected(browser).await;
        browser.events(&["Network.requestWillBeSent"]).await;
        browser.press(&Spot::tab("Platform")).await;
        let told = format!("demo's ThingsBoard only. You are connected to {}.", mosquitto.endpoint());
        browser.reads(&Spot::new("tabpanel", "Platform"), |text| text.contains(&told)).await;
        // The page looks every second where it may.
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        let asked = browser.events(&["Network.requestWillBeSent"]).await;
        assert_eq!(asked, Vec::<serde_json::Value>::new());
    })
    .await;
}
