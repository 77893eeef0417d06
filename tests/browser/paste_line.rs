//! The line that ThingsBoard's Check connectivity shows, pasted at the page.

use crate::parts::{give, is_connected, payload, publish_form};
use serde_json::json;
use tests::{
    browser::{Browser, Demo, Spot, story},
    eventually::eventually_equal,
};

const TOGGLE: &str = "Paste what ThingsBoard shows";

/// The line for TLS, of the demo's device.
fn line(demo: &Demo) -> String {
    let (endpoint, token) = (demo.thingsboard.endpoint(), demo.thingsboard.token().expose());
    format!(
        "mosquitto_pub -d -q 1 --cafile ca-root.pem -h \"{}\" -p {} -t \"v1/devices/me/telemetry\" -u \"{token}\" \
         -m \"{{temperature:25}}\"",
        endpoint.host, endpoint.port
    )
}

async fn is_filled(browser: &Browser, spot: Spot, value: &str) {
    browser
        .eventually(&format!("{spot} holds {value}"), async |tree| {
            tree.one(&spot).filter(|node| node.value == value).map(drop)
        })
        .await;
}

#[tokio::test]
async fn a_pasted_line_and_its_file_are_all_that_a_first_publish_takes() {
    let demo = Demo::start().await;
    story(async |browser| {
        browser.go(&demo.url()).await;
        browser.press(&Spot::button(TOGGLE)).await;
        browser.focus_is_on(&Spot::text_box("Line from Check connectivity")).await;
        browser.paste(&line(&demo)).await;
        browser.focus_is_on(&Spot::button("CA certificate")).await;
        is_filled(browser, Spot::text_box("Port"), &demo.thingsboard.endpoint().port.to_string()).await;
        is_filled(browser, payload().within(publish_form()), "{temperature:25}").await;
        let text = browser.all_text().await;
        assert!(text.contains("Now drop the file ca-root.pem on CA certificate."), "{text}");
        assert!(!text.contains(demo.thingsboard.token().expose()), "{text}");

        let _file = give(browser, "ca-root.pem", demo.thingsboard.emulator().ca_pem()).await;
        browser.node(&Spot::button("Remove")).await;
        browser.press(&Spot::button("Connect")).await;
        is_connected(browser).await;
        browser.press(&Spot::button("Publish")).await;
        eventually_equal(|| demo.thingsboard.telemetry("temperature"), Some(json!(25))).await;
    })
    .await;
}

#[tokio::test]
async fn a_line_in_the_field_host_fills_the_form_and_a_bad_one_stays_with_its_reason() {
    let demo = Demo::start().await;
    story(async |browser| {
        browser.go(&demo.url()).await;
        let host = Spot::text_box("Host");
        browser.write(&host, "").await;
        browser.paste(&line(&demo)).await;
        is_filled(browser, host.clone(), &demo.thingsboard.endpoint().host.to_string()).await;

        browser.write(&host, "").await;
        let bad = "mosquitto_pub -h iot.example.org -q 2 -u SECRET -t a -m 1";
        browser.paste(bad).await;
        let the_box = Spot::text_box("Line from Check connectivity");
        browser.focus_is_on(&the_box).await;
        is_filled(browser, the_box, bad).await;
        let text = browser.all_text().await;
        assert!(text.contains("The line's QoS (-q) is not 0 or 1"), "{text}");
        assert!(browser.audit().await.expect("axe-core is there").is_empty());
    })
    .await;
}
