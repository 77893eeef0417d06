//! Several devices at once, each with a connection, a form and a log of its own.

use crate::parts::{connect_demo, console, is_connected, status};
use tests::browser::{Demo, Spot, key, story};

#[tokio::test]
async fn two_devices_are_open_at_once_and_do_not_mix() {
    let demo = Demo::start().await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        browser.press(&Spot::button("Open another device")).await;
        let new = Spot::tab("New device, not connected");
        browser.focus_is_on(&new).await;
        browser.reads(&status(), |text| text.starts_with("Disconnected")).await;
        assert_eq!(browser.node(&Spot::text_box("Access token")).await.value, "");
        browser.write(&Spot::text_box("Host"), "second.example").await;

        let first = Spot::tab("localhost, connected");
        browser.press(&new).await;
        browser.chord(&[key::LEFT]).await;
        browser.focus_is_on(&first).await;
        is_connected(browser).await;
        assert_ne!(browser.node(&Spot::text_box("Host")).await.value, "second.example");
        let violations = browser.audit().await.expect("axe-core is there");
        assert!(violations.is_empty(), "{}", violations.join("\n"));

        browser.press(&new).await;
        assert_eq!(browser.node(&Spot::text_box("Host")).await.value, "second.example");
        browser.press(&Spot::button("Close device")).await;
        browser.focus_is_on(&Spot::button("Open another device")).await;
        is_connected(browser).await;
    })
    .await;
}

#[tokio::test]
async fn a_device_out_of_sight_goes_on_and_is_closed_by_two_presses() {
    let demo = Demo::start().await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        browser.press(&Spot::tab("Attributes")).await;
        browser.press(&Spot::button("Subscribe to shared attribute changes")).await;
        let subscribed = |text: &str| text.contains("Subscribed to shared attribute changes.");
        browser.reads(&Spot::new("region", "Attributes of this device"), subscribed).await;
        browser.press(&Spot::button("Open another device")).await;
        browser.reads(&status(), |text| text.starts_with("Disconnected")).await;
        let platform = demo.thingsboard.platform();
        let told = serde_json::json!({ "limit": 77 }).as_object().unwrap().clone();
        platform.set_shared_attributes(demo.thingsboard.token(), told).unwrap();
        browser.press(&Spot::tab("localhost, connected")).await;
        browser.press(&Spot::tab("Console")).await;
        browser.reads(&console(), |text| text.contains("v1/devices/me/attributes")).await;
        browser.press(&Spot::button("Close device")).await;
        assert!(demo.thingsboard.view().connected);
        browser.press(&Spot::button("Disconnect and close")).await;
        browser.reads(&status(), |text| text.starts_with("Disconnected")).await;
        browser
            .eventually("the device is gone", async |_| (!demo.thingsboard.view().connected).then_some(()))
            .await;
    })
    .await;
}
