//! `Run the example` against the emulator: what the one-way TLS script does, at the page.

use crate::parts::{assert_in_order, console, run_example, use_demo};
use emulator::Kind;
use serde_json::json;
use tests::{
    browser::{Demo, Spot, story},
    example::{RPC_REPLY, TRANSCRIPT, opening, sent},
};

async fn plays_in(version: &str, level: u8) {
    let demo = Demo::start().await;
    story(async |browser| {
        use_demo(browser, &demo).await;
        browser.choose(&Spot::select("MQTT version"), version).await;
        browser.press(&Spot::button("Run the example")).await;
        let log = browser.reads(&console(), |text| text.contains(TRANSCRIPT[2])).await;
        assert_in_order(&log, &TRANSCRIPT);
        assert_eq!(demo.thingsboard.telemetry("temperature"), Some(json!(42)));
        let record = demo.thingsboard.platform().record();
        assert!(matches!(record[0].kind, Kind::Connect { level: used, .. } if used == level), "{record:?}");
        assert_eq!(sent(&record), opening());
    })
    .await;
}

#[tokio::test]
async fn the_example_prints_the_scripts_lines_and_sends_its_packets_in_its_order_in_mqtt_3() {
    plays_in("3.1.1", 4).await;
}

#[tokio::test]
async fn the_example_prints_the_scripts_lines_and_sends_its_packets_in_its_order_in_mqtt_5() {
    plays_in("5", 5).await;
}

#[tokio::test]
async fn the_example_waits_for_the_demo_device_when_both_are_pressed_in_the_same_instant() {
    let demo = Demo::start().await;
    story(async |browser| {
        browser.go(&demo.url()).await;
        browser.node(&Spot::button("Use the demo device")).await;
        let both = "const press = name => [...document.querySelectorAll('button')] \
                    .find(button => button.textContent === name).click(); \
                    press('Use the demo device'); press('Run the example')";
        browser.script(both).await;
        let log = browser.reads(&console(), |text| text.contains(TRANSCRIPT[2])).await;
        assert_in_order(&log, &TRANSCRIPT);
    })
    .await;
}

#[tokio::test]
async fn an_rpc_from_the_platform_is_answered_and_both_sides_show_it() {
    let demo = Demo::start().await;
    story(async |browser| {
        run_example(browser, &demo).await;
        browser.press(&Spot::tab("Platform")).await;
        browser.press(&Spot::button("Send RPC")).await;
        let answered = |text: &str| text.contains(r#"answered {"value1":"A","value2":"B"}"#);
        // Under the button, where the person looks.
        browser.reads(&Spot::form("Send RPC"), answered).await;
        browser.reads(&Spot::new("region", "Commands"), answered).await;

        let reply = demo.thingsboard.receives(|kind| match kind {
            Kind::Publish { topic, payload, .. } => {
                topic.starts_with("v1/devices/me/rpc/response/") && payload == RPC_REPLY
            }
            _ => false,
        });
        let Kind::Publish { topic, .. } = reply.await.kind else { unreachable!("a publish was asked for") };
        let id = topic.rsplit('/').next().unwrap();
        browser.press(&Spot::tab("Console")).await;
        let line = format!("This is a RPC call. RequestID: {id}. Going to reply now!");
        let log = browser.read(&console()).await;
        let request = format!("Topic: v1/devices/me/rpc/request/{id}");
        assert_in_order(&log, &[&request, &line, &topic, RPC_REPLY]);
    })
    .await;
}
