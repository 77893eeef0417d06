//! Sessions that end without a word: the tab is closed, the broker dies and comes back.

use crate::parts::{connect_demo, console, fill, is_connected, status};
use emulator::Kind;
use shared::wire::Trust;
use std::time::Duration;
use tests::{
    PATIENCE,
    browser::{Demo, Spot, story},
    folder::Folder,
    mosquitto::{Mosquitto, client},
    proxy::Proxy,
};

#[tokio::test]
async fn closing_the_tab_says_goodbye_to_the_server_within_a_second() {
    let demo = Demo::start().await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        let asked = browser.close_tab().await;
        let goodbye = demo.thingsboard.receives(|kind| matches!(kind, Kind::Disconnect)).await;
        let waited = goodbye.at.duration_since(asked).unwrap();
        assert!(waited < Duration::from_secs(1), "{waited:?}");
    })
    .await;
}

#[tokio::test]
async fn a_killed_broker_is_noticed_within_two_seconds_and_rejoined_with_the_subscriptions() {
    let (proxy, mut mosquitto) = (Proxy::start().await, Mosquitto::start().await.unwrap());
    story(async |browser| {
        let Trust::UploadedCertificate { pem } = mosquitto.trust().clone() else { unreachable!() };
        browser.go(&proxy.origin()).await;
        fill(browser, &mosquitto.endpoint(), "A1_TEST_TOKEN", &pem).await;
        browser.press(&Spot::button("Connect")).await;
        is_connected(browser).await;
        browser.press(&Spot::tab("Raw MQTT")).await;
        browser.write(&Spot::text_box("Filter"), "news/#").await;
        browser.press(&Spot::button("Subscribe")).await;
        let subscriptions = Spot::new("table", "Subscriptions");
        browser.reads(&subscriptions, |text| text.contains("granted")).await;

        mosquitto.kill();
        let lost = |text: &str| text.starts_with("Reconnecting");
        browser.reads_within(Duration::from_secs(2), &status(), lost).await;
        browser.reads(&subscriptions, |text| text.contains("ended with the session")).await;

        mosquitto.start_again().await.unwrap();
        mosquitto.logs("news/#").await.unwrap();
        is_connected(browser).await;
        let folder = Folder::new("publisher").unwrap();
        let ca = folder.write("ca.pem", &pem).unwrap();
        let arguments = ["-t", "news/today", "-m", "it is back"];
        let mut publisher = client("mosquitto_pub", mosquitto.address(), &ca, &arguments).unwrap();
        assert!(publisher.ended(PATIENCE).await.unwrap().success());
        browser.press(&Spot::tab("Console")).await;
        browser.reads(&console(), |text| text.contains("Message: it is back")).await;
    })
    .await;
}
