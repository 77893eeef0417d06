//! How soon the page can be used, what had to be sent for that, and what becomes of parts of its program that come late or
//! not at all.

use crate::parts::{is_connected, payload, publish_form, use_demo};
use serde_json::json;
use std::{fs, path::Path, time::Duration};
use tests::browser::{Browser, Demo, Spot, story};
use tokio::time::sleep;

/// Milliseconds from the first request to a form that can be filled in.
const SOON_MS: f64 = 1_000.0;

/// Visits with nothing kept by the browser. Somebody else may be using the machine during one.
const VISITS: usize = 3;

/// When the form could be used, and the names and sizes of what had come until then, as they were sent.
const LOADED: &str = "const usable = performance.getEntriesByName('usable')[0].startTime; \
    const entries = performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource')); \
    const files = entries.filter(entry => entry.startTime < usable && !entry.name.includes('/api/')) \
        .map(entry => [entry.name, entry.encodedBodySize]); \
    return [usable, files];";

fn first_load_budget() -> u64 {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("frontend").join("budget.toml");
    let budget: toml::Table = fs::read_to_string(file).expect("the budget").parse().expect("TOML");
    let bytes = budget["first_load"].as_integer().and_then(|bytes| u64::try_from(bytes).ok());
    bytes.expect("a number of bytes")
}

#[tokio::test]
async fn the_form_can_be_used_within_a_second_and_the_budget() {
    let demo = Demo::start().await;
    story(async |browser| {
        let mut soonest = f64::INFINITY;
        for _ in 0..VISITS {
            browser.devtools("Network.clearBrowserCache", json!({})).await;
            browser.go(&demo.url()).await;
            browser.node(&Spot::button("Connect")).await;
            let loaded = browser.script(LOADED).await;
            let usable = loaded[0].as_f64().unwrap();
            let files = loaded[1].as_array().unwrap();
            let sent: u64 = files.iter().map(|file| file[1].as_u64().unwrap()).sum();
            println!("usable after {usable:.0} ms and {sent} bytes in {} files", files.len());
            assert!(files.iter().all(|file| file[1].as_u64() > Some(0)), "nothing from a cache: {files:?}");
            let programs = files.iter().filter(|file| file[0].as_str().unwrap().ends_with(".wasm"));
            assert_eq!(programs.count(), 1, "no part comes before the form: {files:?}");
            assert!(sent <= first_load_budget(), "{sent} bytes, for {files:?}");
            soonest = soonest.min(usable);
        }
        assert!(soonest < SOON_MS, "the form could be used after {soonest:.0} ms at the soonest");
    })
    .await;
}

/// Keeps the browser from fetching what has such an address; nothing does for `None`.
async fn block(browser: &Browser, address: Option<&str>) {
    browser.devtools("Network.enable", json!({})).await;
    browser.devtools("Network.setBlockedURLs", json!({ "urls": Vec::from_iter(address) })).await;
}

fn missing() -> Spot {
    Spot::new("alert", "")
}

#[tokio::test]
async fn a_part_that_does_not_come_is_told_and_what_was_pressed_is_done_once_it_does() {
    let demo = Demo::start().await;
    story(async |browser| {
        block(browser, Some("*/session-*.wasm")).await;
        browser.go(&demo.url()).await;
        browser.write(&Spot::text_box("Port"), "18883").await;
        let payload = payload().within(publish_form());
        browser.write(&payload, "{\"kept\":1}").await;
        browser.press(&Spot::button("Connect")).await;
        browser.reads(&missing(), |text| text.contains("could not be fetched")).await;
        assert_eq!(browser.node(&Spot::text_box("Port")).await.value, "18883");
        assert_eq!(browser.node(&payload).await.value, "{\"kept\":1}");

        block(browser, None).await;
        browser.press(&Spot::button("Try again")).await;
        // What the press of Connect leads to with this form.
        browser.focus_is_on(&Spot::text_box("Access token")).await;
        browser
            .eventually("the alert is gone", async |tree| tree.all(&missing()).is_empty().then_some(()))
            .await;
        assert_eq!(browser.node(&payload).await.value, "{\"kept\":1}");
    })
    .await;
}

#[tokio::test]
async fn reload_after_a_part_did_not_come_keeps_host_and_port() {
    let demo = Demo::start().await;
    story(async |browser| {
        block(browser, Some("*/panels-*.wasm")).await;
        browser.go(&demo.url()).await;
        browser.write(&Spot::text_box("Host"), "device.example").await;
        browser.press(&Spot::tab("Telemetry")).await;
        browser.node(&Spot::button("Reload").within(Spot::new("tabpanel", "Telemetry"))).await;
        block(browser, None).await;
        browser.press(&Spot::button("Reload")).await;
        browser.press(&Spot::tab("Telemetry")).await;
        browser.node(&Spot::form("Telemetry")).await;
        assert_eq!(browser.node(&Spot::text_box("Host")).await.value, "device.example");
    })
    .await;
}

#[tokio::test]
async fn while_the_tabs_come_it_is_said_and_the_focus_stays() {
    let demo = Demo::start().await;
    story(async |browser| {
        let held = json!({ "patterns": [{ "urlPattern": "*/panels-*.wasm" }] });
        browser.devtools("Fetch.enable", held).await;
        browser.go(&demo.url()).await;
        browser.press(&Spot::tab("Telemetry")).await;
        let panel = Spot::new("tabpanel", "Telemetry");
        browser.reads(&Spot::new("status", "").within(panel.clone()), |text| text == "Loading …").await;
        browser.focus_is_on(&Spot::tab("Telemetry")).await;
        browser.devtools("Fetch.disable", json!({})).await;
        browser.node(&Spot::form("Telemetry").within(panel)).await;
        browser.focus_is_on(&Spot::tab("Telemetry")).await;
    })
    .await;
}

#[tokio::test]
async fn a_press_that_waits_for_its_part_is_answered_and_done_with_the_form_as_it_is_then() {
    let demo = Demo::start().await;
    story(async |browser| {
        browser.devtools("Fetch.enable", json!({ "patterns": [{ "urlPattern": "*/session-*.wasm" }] })).await;
        browser.go(&demo.url()).await;
        browser.press(&Spot::button("Connect")).await;
        browser.reads(&Spot::form("Connection"), |text| text.contains("Loading …")).await;
        browser.write(&Spot::text_box("Port"), "99999").await;
        browser.devtools("Fetch.disable", json!({})).await;
        let port = Spot::text_box("Port");
        browser
            .eventually("the port is refused", async |tree| {
                tree.one(&port).filter(|node| node.invalid).cloned()
            })
            .await;
        browser.reads(&Spot::form("Connection"), |text| !text.contains("Loading …")).await;
    })
    .await;
}

/// The parts that have been asked for.
async fn parts_asked_for(browser: &Browser) -> usize {
    let parts = "return performance.getEntriesByType('resource').map(entry => entry.name) \
        .filter(name => name.endsWith('.wasm') && !name.endsWith('_bg.wasm')).length";
    let count = browser.script(parts).await.as_u64().and_then(|count| usize::try_from(count).ok());
    count.expect("a number")
}

#[tokio::test]
async fn the_parts_come_by_themselves_once_the_form_can_be_used() {
    let demo = Demo::start().await;
    story(async |browser| {
        browser.go(&demo.url()).await;
        browser.eventually("the parts", async |_| (parts_asked_for(browser).await >= 2).then_some(())).await;
        use_demo(browser, &demo).await;
        browser.press(&Spot::button("Connect")).await;
        is_connected(browser).await;
    })
    .await;
}

/// Five times as long as the parts would be waited for otherwise.
const A_WHILE: Duration = Duration::from_secs(1);

#[tokio::test]
async fn people_who_save_data_get_the_parts_only_when_they_need_them() {
    let demo = Demo::start().await;
    story(async |browser| {
        let saving = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })";
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": saving })).await;
        browser.go(&demo.url()).await;
        browser.node(&Spot::button("Use the demo device")).await;
        sleep(A_WHILE).await;
        assert_eq!(parts_asked_for(browser).await, 0);
        browser.press(&Spot::tab("Telemetry")).await;
        browser.node(&Spot::form("Telemetry")).await;
        use_demo(browser, &demo).await;
    })
    .await;
}
