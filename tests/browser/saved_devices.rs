//! Devices kept in the browser: saved, opened after a reload, with their secrets only under a passphrase.

use crate::parts::{is_connected, use_demo};
use std::fs;
use tests::{
    browser::{Browser, Demo, Spot, story},
    folder::Folder,
};

const PASSPHRASE: &str = "correct horse battery";

fn region() -> Spot {
    Spot::new("region", "Saved devices")
}

fn save_form() -> Spot {
    Spot::form("Save device")
}

async fn unfold(browser: &Browser, count: usize) {
    browser.press(&Spot::button(format!("Saved devices ({count})"))).await;
}

async fn reload(browser: &Browser, demo: &Demo) {
    browser.go(&demo.url()).await;
}

async fn stored(browser: &Browser) -> String {
    let stored = browser.script("return localStorage.getItem('device-console.devices')").await;
    stored.as_str().unwrap_or_default().to_owned()
}

/// Saves the demo's device as `Pump`, with its token under the passphrase.
async fn save_with_token(browser: &Browser) {
    unfold(browser, 0).await;
    browser.write(&Spot::text_box("Name").within(save_form()), "Pump").await;
    browser.press(&Spot::new("checkbox", "Remember the access token, encrypted")).await;
    browser.write(&Spot::text_box("Passphrase").within(save_form()), PASSPHRASE).await;
    browser.press(&Spot::button("Save device")).await;
    browser.reads(&region(), |text| text.contains("Pump is saved, with its secrets encrypted.")).await;
}

#[tokio::test]
async fn a_device_comes_back_after_a_reload_and_its_token_by_the_passphrase() {
    let demo = Demo::start().await;
    story(async |browser| {
        use_demo(browser, &demo).await;
        save_with_token(browser).await;
        let text = stored(browser).await;
        assert!(text.contains("Pump") && !text.contains(demo.thingsboard.token().expose()), "{text}");

        reload(browser, &demo).await;
        unfold(browser, 1).await;
        browser.press(&Spot::button("Open Pump")).await;
        let passphrase = Spot::text_box("Passphrase").within(Spot::form("Passphrase for Pump"));
        browser.focus_is_on(&passphrase).await;
        assert_eq!(browser.node(&Spot::text_box("Access token")).await.value, "");
        browser.write(&passphrase, "another one").await;
        browser.press(&Spot::button("Open the secrets")).await;
        browser.reads(&region(), |text| text.contains("This is not the passphrase")).await;
        let violations = browser.audit().await.expect("axe-core is there");
        assert!(violations.is_empty(), "{}", violations.join("\n"));
        browser.write(&passphrase, PASSPHRASE).await;
        browser.press(&Spot::button("Open the secrets")).await;
        browser.focus_is_on(&Spot::button("Connect")).await;
        browser.press(&Spot::button("Connect")).await;
        is_connected(browser).await;
    })
    .await;
}

#[tokio::test]
async fn a_token_does_not_open_for_another_host() {
    let demo = Demo::start().await;
    story(async |browser| {
        use_demo(browser, &demo).await;
        save_with_token(browser).await;
        let turn = "const key = 'device-console.devices'; const book = JSON.parse(localStorage.getItem(key)); \
                    book.devices[0].host = 'evil.example'; localStorage.setItem(key, JSON.stringify(book))";
        browser.script(turn).await;
        reload(browser, &demo).await;
        unfold(browser, 1).await;
        browser.press(&Spot::button("Open Pump")).await;
        browser.write(&Spot::text_box("Passphrase").within(Spot::form("Passphrase for Pump")), PASSPHRASE).await;
        browser.press(&Spot::button("Open the secrets")).await;
        browser.reads(&region(), |text| text.contains("This is not the passphrase")).await;
        assert_eq!(browser.node(&Spot::text_box("Access token")).await.value, "");
    })
    .await;
}

#[tokio::test]
async fn a_full_storage_says_so_and_loses_nothing() {
    let demo = Demo::start().await;
    story(async |browser| {
        use_demo(browser, &demo).await;
        unfold(browser, 0).await;
        browser.press(&Spot::button("Save device")).await;
        browser.reads(&region(), |text| text.contains("is saved, without its secrets")).await;
        let fill = "let size = 1 << 22, filler = ''; \
                    while (size >= 1) { try { localStorage.setItem('filler', filler + 'x'.repeat(size)); filler += 'x'.repeat(size) } \
                    catch { size >>= 1 } }";
        browser.script(fill).await;
        browser.write(&Spot::text_box("Name").within(save_form()), "One more").await;
        browser.press(&Spot::button("Save device")).await;
        browser
            .reads(&region(), |text| text.contains("storage for this page is full") && text.contains("(1)"))
            .await;
        assert!(!stored(browser).await.contains("One more"));
        assert!(stored(browser).await.contains("device-console.devices"));
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_none_is_refused_at_its_field_and_a_good_one_adds() {
    let (demo, folder) = (Demo::start().await, Folder::new("saved").unwrap());
    let broken = folder.write("broken.json", "{\"format\": \"device-console.devices\"").unwrap();
    let good = include_str!("../../frontend/src/state/saved/versions/1.json");
    let good = folder.write("good.json", good).unwrap();
    assert!(fs::metadata(&good).unwrap().len() > 100);
    story(async |browser| {
        browser.go(&demo.url()).await;
        unfold(browser, 0).await;
        let file = Spot::new("button", "Import a file");
        browser.upload(&file, &broken).await;
        browser.reads(&region(), |text| text.contains("This file cannot be imported")).await;
        browser.upload(&file, &good).await;
        browser.reads(&region(), |text| text.contains("2 devices are imported.")).await;
        browser.press(&Spot::button("Delete Boiler")).await;
        browser.reads(&region(), |text| text.contains("Boiler is deleted.") && text.contains("(1)")).await;
        browser.press(&Spot::button("Undo the deletion")).await;
        browser.reads(&region(), |text| text.contains("(2)")).await;
    })
    .await;
}

#[tokio::test]
async fn what_another_window_saves_is_not_written_over() {
    let demo = Demo::start().await;
    let other = include_str!("../../frontend/src/state/saved/versions/1.json");
    story(async |browser| {
        use_demo(browser, &demo).await;
        unfold(browser, 0).await;
        let save = format!(
            "localStorage.setItem('device-console.devices', {}); window.dispatchEvent(new StorageEvent('storage'))",
            serde_json::Value::from(other)
        );
        browser.script(&save).await;
        browser.reads(&region(), |text| text.contains("(2)")).await;
        browser.write(&Spot::text_box("Name").within(save_form()), "Third").await;
        browser.press(&Spot::button("Save device")).await;
        browser.reads(&region(), |text| text.contains("Third is saved") && text.contains("(3)")).await;
        let stored = stored(browser).await;
        assert!(["Pump", "Boiler", "Third"].iter().all(|name| stored.contains(name)), "{stored}");
    })
    .await;
}
