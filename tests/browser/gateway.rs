//! The tab `Gateway`: devices behind the device.

use crate::parts::connect_demo;
use emulator::{Config, Kind};
use serde_json::json;
use shared::platform::ChildView;
use std::time::Duration;
use tests::{
    browser::{Browser, Demo, Spot, story},
    emulated::{object, rpc},
};

fn devices() -> Spot {
    Spot::new("table", "Devices behind this gateway")
}

fn tab() -> Spot {
    Spot::new("tabpanel", "Gateway")
}

async fn connect_child(browser: &Browser, demo: &Demo, name: &str) {
    connect_demo(browser, demo).await;
    browser.press(&Spot::tab("Gateway")).await;
    browser.write(&Spot::text_box("Device name"), name).await;
    browser.press(&Spot::button("Connect device")).await;
    browser.reads(&devices(), |text| text.contains(name) && text.contains("connected by us")).await;
}

fn child(demo: &Demo, name: &str) -> ChildView {
    let children = demo.thingsboard.view().children;
    children.into_iter().find(|child| child.device == name).expect("the platform knows the device")
}

/// At the width of a telephone too, where nothing may be wider than the window.
async fn is_accessible(browser: &Browser) {
    for (width, height) in [(1440, 900), (360, 800)] {
        browser.resize(width, height).await;
        for scheme in ["light", "dark"] {
            browser.prefer(scheme).await;
            let violations = browser.audit().await.expect("axe-core is there");
            assert!(violations.is_empty(), "{scheme}, {width} px:\n{}", violations.join("\n"));
        }
    }
    let hidden = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(browser.script(hidden).await, 0, "the page is wider than the window");
}

#[tokio::test]
async fn a_device_is_connected_sends_telemetry_and_leaves() {
    let demo = Demo::start().await;
    story(async |browser| {
        connect_child(browser, &demo, "Pump A").await;
        assert!(child(&demo, "Pump A").connected);
        browser.write(&Spot::text_box("Telemetry key 1"), "pressure").await;
        browser.write(&Spot::text_box("Telemetry value 1"), "127.0").await;
        browser.press(&Spot::button("Add row")).await;
        browser.write(&Spot::text_box("Telemetry key 2"), "on").await;
        browser.write(&Spot::text_box("Telemetry value 2"), "true").await;
        browser.reads(&tab(), |text| text.contains(r#"{"Pump A":[{"on":true,"pressure":127.0}]}"#)).await;
        browser.press(&Spot::button("Publish telemetry").within(tab())).await;
        browser.reads(&devices(), |text| text.contains("acknowledged")).await;
        let telemetry = child(&demo, "Pump A").telemetry;
        let values: Vec<_> =
            telemetry.iter().map(|latest| (latest.key.as_str(), latest.value.to_string())).collect();
        assert_eq!(values, [("on", "true".to_owned()), ("pressure", "127.0".to_owned())]);

        browser.press(&Spot::button("Disconnect Pump A")).await;
        browser.reads(&devices(), |text| text.contains("disconnected by us")).await;
        assert!(!child(&demo, "Pump A").connected);
    })
    .await;
}

#[tokio::test]
async fn json_that_cannot_be_sent_says_where_and_stays() {
    let demo = Demo::start().await;
    story(async |browser| {
        connect_child(browser, &demo, "Pump A").await;
        browser.choose(&Spot::select("Write telemetry as"), "JSON").await;
        let text_box = Spot::text_box("Telemetry").within(tab());
        browser.write(&text_box, r#"{"k": "#).await;
        browser.press(&Spot::button("Publish telemetry").within(tab())).await;
        browser.focus_is_on(&text_box).await;
        browser.reads(&tab(), |text| text.contains("`Pump A` is no JSON: at line 1, column")).await;
        assert_eq!(browser.node(&text_box).await.value, r#"{"k": "#);
        browser.write(&text_box, r#"[{"ts": 1451649600512, "values": {"k": 2}}]"#).await;
        browser.press(&Spot::button("Publish telemetry").within(tab())).await;
        browser.reads(&devices(), |text| text.contains("acknowledged")).await;
        assert_eq!(child(&demo, "Pump A").telemetry[0].ts_ms, 1_451_649_600_512);
    })
    .await;
}

#[tokio::test]
async fn attributes_go_up_are_asked_for_and_are_pushed() {
    let demo = Demo::start().await;
    story(async |browser| {
        connect_child(browser, &demo, "Pump A").await;
        browser
            .write(&Spot::text_box("Client attributes").within(tab()), r#"{"serial": "S1", "rev": 3}"#)
            .await;
        browser.press(&Spot::button("Publish attributes").within(tab())).await;
        demo.thingsboard
            .receives(|kind| matches!(kind, Kind::Publish { topic, .. } if topic == "v1/gateway/attributes"))
            .await;
        let answers = Spot::new("list", "Answers to requests");
        browser.write(&Spot::text_box("Attribute keys"), "serial").await;
        browser.press(&Spot::button("Request attributes").within(tab())).await;
        browser
            .reads(&answers, |text| text.contains("client of Pump A: serial") && text.contains("\"S1\""))
            .await;
        browser.write(&Spot::text_box("Attribute keys"), "serial, rev").await;
        browser.press(&Spot::button("Request attributes").within(tab())).await;
        browser.reads(&answers, |text| text.contains(r#""rev":3"#)).await;

        let platform = demo.thingsboard.platform();
        let pump = platform.child(demo.thingsboard.token(), "Pump A").unwrap();
        platform.set_shared_attributes(&pump, object(json!({"limit": 30}))).unwrap();
        browser.reads(&devices(), |text| text.contains("limit: 30")).await;
        platform.delete_shared_attributes(&pump, &["limit".to_owned()]).unwrap();
        browser.reads(&devices(), |text| !text.contains("limit: 30")).await;
    })
    .await;
}

#[tokio::test]
async fn a_call_for_a_device_is_answered_by_hand() {
    let demo = Demo::start().await;
    story(async |browser| {
        connect_child(browser, &demo, "Pump A").await;
        let platform = demo.thingsboard.platform();
        let pump = platform.child(demo.thingsboard.token(), "Pump A").unwrap();
        browser.write(&Spot::text_box("Attribute keys"), "nothing").await;
        browser.press(&Spot::button("Request attributes").within(tab())).await;
        let asked =
            tokio::spawn(async move { platform.send_rpc(&pump, rpc("setSpeed", json!({"rpm": 900}))).await });
        let calls = Spot::new("region", "RPC for devices");
        browser.reads(&calls, |text| text.contains(r#"Pump A: setSpeed {"rpm":900}"#)).await;
        browser.reads(&devices(), |text| text.contains("setSpeed")).await;
        browser.write(&Spot::text_box("Reply").within(calls.clone()), r#"{"rpm": 899}"#).await;
        browser.press(&Spot::button("Send reply").within(calls.clone())).await;
        browser.reads(&calls, |text| text.contains("answer acknowledged")).await;
        is_accessible(browser).await;
        let outcome = asked.await.unwrap().unwrap();
        assert_eq!(outcome, shared::platform::RpcOutcome::Answered { response: json!({"rpm": 899}) });
    })
    .await;
}

#[tokio::test]
async fn the_platform_tab_reaches_the_device_behind_the_gateway() {
    let demo = Demo::start().await;
    story(async |browser| {
        connect_child(browser, &demo, "Pump A").await;
        browser.press(&Spot::tab("Platform")).await;
        browser.choose(&Spot::select("RPC and shared attributes are for"), "Pump A").await;
        browser.write(&Spot::text_box("Key"), "mode").await;
        browser.write(&Spot::text_box("Value"), r#""eco""#).await;
        browser.press(&Spot::button("Set attribute")).await;
        browser
            .reads(&Spot::new("table", "Devices of this gateway"), |text| text.contains(r#"mode: "eco""#))
            .await;
        browser.press(&Spot::tab("Gateway")).await;
        browser.reads(&devices(), |text| text.contains(r#"mode: "eco""#)).await;
        browser.press(&Spot::tab("Platform")).await;
        is_accessible(browser).await;
    })
    .await;
}

#[tokio::test]
async fn a_device_that_may_be_claimed_is_seen_by_the_platform() {
    let demo = Demo::start().await;
    story(async |browser| {
        connect_child(browser, &demo, "Pump A").await;
        let form = Spot::form("Claim the device");
        browser.write(&Spot::text_box("Duration").within(form.clone()), "soon").await;
        browser.press(&Spot::button("Allow claiming")).await;
        browser.reads(&form, |text| text.contains("whole number of milliseconds")).await;
        browser.write(&Spot::text_box("Duration").within(form.clone()), "60000").await;
        browser.write(&Spot::text_box("Claim secret").within(form), "s3cret").await;
        browser.press(&Spot::button("Allow claiming")).await;
        demo.thingsboard
            .receives(|kind| matches!(kind, Kind::Publish { topic, .. } if topic == "v1/gateway/claim"))
            .await;
        assert_eq!(child(&demo, "Pump A").claim.expect("a claim").secret_key, "s3cret");
    })
    .await;
}

#[tokio::test]
async fn a_device_that_is_no_gateway_is_told_why_the_server_says_nothing() {
    let demo = Demo::with(Config { gateways: Vec::new(), ..Config::default() }).await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        browser.press(&Spot::tab("Gateway")).await;
        browser.write(&Spot::text_box("Device name"), "Pump A").await;
        browser.press(&Spot::button("Connect device")).await;
        let told =
            |text: &str| text.contains("to a device that is no gateway") && text.contains("tick Is gateway");
        browser.reads_within(Duration::from_secs(10), &tab(), told).await;
        assert!(demo.thingsboard.view().children.is_empty());
    })
    .await;
}
