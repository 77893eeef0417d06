//! The demo's other side: what ThingsBoard sees of the device, and does to it.

use crate::parts::{
    assert_in_order, connect_demo, console, fill, is_connected, payload, run_example, status,
};
use serde_json::json;
use shared::{
    platform::{Fault, PackageContent, PayloadType},
    wire::Trust,
};
use tests::{
    browser::{Browser, Demo, Spot, story},
    folder::Folder,
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

#[tokio::test]
async fn firmware_is_assigned_from_a_file_or_made_up_and_taken_away() {
    let demo = Demo::start().await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        browser.press(&Spot::tab("Platform")).await;
        let form = Spot::form("Assign package");
        browser.press(&Spot::button("Assign file")).await;
        browser.reads(&form, |text| text.contains("There is no file yet")).await;
        let folder = Folder::new("package").unwrap();
        let file = folder.write("pump.bin", "firmware for a pump").unwrap();
        browser.upload(&Spot::button("Package file"), &file).await;
        browser.reads(&form, |text| text.contains("pump.bin, 19 bytes")).await;
        browser.write(&Spot::text_box("Title").within(form.clone()), "pump").await;
        browser.write(&Spot::text_box("Version").within(form.clone()), "2.1").await;
        browser.choose(&Spot::select("Checksum"), "MD5").await;
        browser.press(&Spot::button("Assign file")).await;
        let packages = Spot::new("list", "Assigned packages");
        browser
            .reads(&packages, |text| text.contains("firmware pump 2.1") && text.contains("19 bytes, MD5"))
            .await;
        browser.choose(&Spot::select("Kind"), "software").await;
        browser.press(&Spot::button("Generate 1 MiB")).await;
        browser
            .reads(&packages, |text| text.contains("software pump 2.1") && text.contains("1,048,576 bytes"))
            .await;
        let kept = demo.thingsboard.view().packages;
        assert!(matches!(kept[1].content, PackageContent::Kept { size: 1_048_576, .. }));

        let violations = browser.audit().await.expect("axe-core is there");
        assert!(violations.is_empty(), "{}", violations.join("\n"));

        browser.press(&Spot::button("Unassign firmware")).await;
        browser.reads(&packages, |text| !text.contains("firmware pump")).await;
        browser.press(&Spot::button("Unassign software")).await;
        let none = |text: &str| text.contains("None assigned.");
        browser.reads(&Spot::new("region", "Firmware and software"), none).await;
    })
    .await;
}

#[tokio::test]
async fn a_fault_is_set_shows_what_it_does_and_is_cleared() {
    let demo = Demo::start().await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        browser.press(&Spot::tab("Platform")).await;
        browser.choose(&Spot::select("Fault"), "Drop after packets").await;
        let number = Spot::text_box("Number");
        browser.write(&number, "many").await;
        browser.press(&Spot::button("Set fault")).await;
        browser.focus_is_on(&number).await;
        browser.reads(&Spot::form("Set fault"), |text| text.contains("a whole number from 0 on")).await;
        browser.choose(&Spot::select("Fault"), "Refuse CONNECT").await;
        browser.choose(&Spot::select("Reason"), "not authorized").await;
        browser.press(&Spot::button("Set fault")).await;
        let faults = Spot::new("region", "Faults on demand");
        browser.reads(&faults, |text| text.contains("Now: CONNECT is refused: not authorized")).await;
        assert!(matches!(demo.thingsboard.view().fault, Some(Fault::RefuseConnect { .. })));
        browser.press(&Spot::button("Disconnect")).await;
        browser.press(&Spot::button("Connect")).await;
        browser.reads(&status(), |text| text.starts_with("Connection failed")).await;

        browser.press(&Spot::button("Clear fault")).await;
        browser.reads(&faults, |text| text.contains("Now: none")).await;
        browser.press(&Spot::button("Connect")).await;
        is_connected(browser).await;
    })
    .await;
}

#[tokio::test]
async fn the_session_and_the_profile_are_told_and_the_payload_type_is_changed() {
    let demo = Demo::start().await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        browser.write(&Spot::text_box("Topic"), "v1/devices/me/claim").await;
        browser.write(&payload(), r#"{"secretKey": "s3cret", "durationMs": 60000}"#).await;
        browser.press(&Spot::button("Publish")).await;
        browser.press(&Spot::tab("Platform")).await;
        let panel = Spot::new("tabpanel", "Platform");
        let told = |text: &str| text.contains("MQTT 5") && text.contains("claim seen, with a secret, until");
        let text = browser.reads(&panel, told).await;
        assert!(!text.contains("s3cret"), "{text}");
        browser.choose(&Spot::select("Payload type of the profile"), "Protobuf").await;
        browser.press(&Spot::new("checkbox", "Take JSON as well")).await;
        browser
            .eventually("the profile is changed", async |_| {
                let profile = demo.thingsboard.view().profile;
                (profile.payload_type == PayloadType::Protobuf && profile.accept_json).then_some(())
            })
            .await;
    })
    .await;
}
