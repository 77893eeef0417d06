//! Packages for the device: noticed, fetched, compared, pretended to be installed.

use crate::parts::{connect_demo, is_connected};
use emulator::{Kind, LinkedPackage, Package, PackageKind};
use serde_json::{Value, json};
use shared::thingsboard::checksum::ChecksumAlgorithm;
use tests::{
    browser::{Browser, Demo, Spot, story},
    emulated::object,
};

fn image(bytes: u32) -> Vec<u8> {
    (0..bytes).map(|at| at.to_le_bytes()[1] ^ at.to_le_bytes()[0]).collect()
}

fn card() -> Spot {
    Spot::new("region", "Firmware")
}

fn button(name: &str) -> Spot {
    Spot::button(name).within(card())
}

fn assign(demo: &Demo, kind: PackageKind, version: &str, bytes: &[u8], algorithm: ChecksumAlgorithm) {
    let package = Package {
        title: "thermostat".to_owned(),
        version: version.to_owned(),
        tag: None,
        bytes: bytes.to_vec().into(),
        algorithm,
    };
    demo.thingsboard
        .platform()
        .assign_package(demo.thingsboard.token(), kind, package)
        .expect("the device exists");
}

/// Connected, the tab selected, and news of packages subscribed to.
async fn listening(browser: &Browser, demo: &Demo) {
    connect_demo(browser, demo).await;
    browser.press(&Spot::tab("Firmware")).await;
    browser.press(&Spot::button("Subscribe to attribute updates")).await;
    let panel = Spot::new("tabpanel", "Firmware");
    browser.reads(&panel, |text| text.contains("Subscribed to attribute updates")).await;
}

/// What the device reported as `fw_state`, in order.
fn states(demo: &Demo) -> Vec<String> {
    let state = |kind: Kind| match kind {
        Kind::Publish { topic, payload, .. } if topic == "v1/devices/me/telemetry" => {
            let report: Value = serde_json::from_slice(&payload).ok()?;
            report["fw_state"].as_str().map(str::to_owned)
        }
        _ => None,
    };
    demo.thingsboard.received().into_iter().filter_map(state).collect()
}

#[tokio::test]
async fn a_mebibyte_is_downloaded_with_progress_verified_saved_and_installed() {
    let demo = Demo::start().await;
    story(async |browser| {
        let image = image(1_048_576);
        listening(browser, &demo).await;
        assign(&demo, PackageKind::Firmware, "1.2.0", &image, ChecksumAlgorithm::Sha256);
        let sha256 = ChecksumAlgorithm::Sha256.checksum(&image);
        browser.reads(&card(), |text| text.contains("1,048,576 bytes") && text.contains(&sha256)).await;
        browser.script(
            "globalThis.seen = [];
             const look = () => {
                 const bar = document.querySelector('[role=progressbar]');
                 if (bar) globalThis.seen.push([+bar.getAttribute('aria-valuenow'), bar.getAttribute('aria-valuetext')]);
             };
             new MutationObserver(look).observe(document.body, { subtree: true, childList: true,
                 attributes: true, attributeFilter: ['aria-valuenow'] });
             const make = URL.createObjectURL;
             URL.createObjectURL = (blob) => { globalThis.saved = blob; return make.call(URL, blob); };",
        )
        .await;
        browser.choose(&Spot::select("Chunk size").within(card()), "32 KiB").await;
        browser.press(&button("Download")).await;
        browser.reads(&card(), |text| text.contains("Verified: the SHA256 is the one ThingsBoard names.")).await;

        let seen = browser.script("return globalThis.seen").await;
        let seen: Vec<(u64, String)> = serde_json::from_value(seen).unwrap();
        assert!(seen.windows(2).all(|pair| pair[0].0 <= pair[1].0), "{seen:?}");
        let between = seen.iter().filter(|(percent, _)| (1..100).contains(percent));
        assert!(between.count() > 3, "{seen:?}");
        assert!(seen.iter().any(|(_, words)| words.contains("of 1,048,576 bytes") && words.contains("/s, about")));

        browser.press(&button("Save file")).await;
        let digest = browser
            .script(
                "return globalThis.saved.arrayBuffer()
                     .then((bytes) => crypto.subtle.digest('SHA-256', bytes))
                     .then((digest) => [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join(''))",
            )
            .await;
        assert_eq!(digest, json!(sha256));

        let violations = browser.audit().await.expect("axe-core is there");
        assert!(violations.is_empty(), "{}", violations.join("\n"));

        browser.press(&button("Install")).await;
        browser.reads(&card(), |text| text.contains("Updated to thermostat 1.2.0.")).await;
        let version = Spot::text_box("Current version").within(Spot::form("Firmware that runs"));
        assert_eq!(browser.node(&version).await.value, "1.2.0");
        let updated = |kind: &Kind| matches!(kind, Kind::Publish { payload, .. } if payload.windows(9).any(|text| text == br#""UPDATED""#));
        demo.thingsboard.receives(updated).await;
        assert_eq!(states(&demo), ["DOWNLOADING", "DOWNLOADED", "VERIFIED", "UPDATING", "UPDATED"]);
        assert_eq!(demo.thingsboard.telemetry("current_fw_version"), Some(json!("1.2.0")));
    })
    .await;
}

#[tokio::test]
async fn every_checksum_that_thingsboard_offers_is_verified() {
    let demo = Demo::start().await;
    story(async |browser| {
        listening(browser, &demo).await;
        for (number, algorithm) in ChecksumAlgorithm::ALL.into_iter().enumerate() {
            let version = format!("1.{number}");
            assign(&demo, PackageKind::Firmware, &version, &image(10_001), algorithm);
            browser.reads(&card(), |text| text.contains(&version) && text.contains(algorithm.name())).await;
            let download = if number == 0 { "Download" } else { "Download again" };
            browser.press(&button(download)).await;
            let verified = format!("Verified: the {algorithm} is the one ThingsBoard names.");
            browser.reads(&card(), |text| text.contains(&verified)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_package_with_another_checksum_fails_in_words_and_thingsboard_is_told() {
    let demo = Demo::start().await;
    story(async |browser| {
        listening(browser, &demo).await;
        assign(&demo, PackageKind::Firmware, "1.2", &image(5_000), ChecksumAlgorithm::Crc32);
        let platform = demo.thingsboard.platform();
        let wrong = object(json!({ "fw_checksum": "00000000" }));
        platform.set_shared_attributes(demo.thingsboard.token(), wrong).unwrap();
        browser.reads(&card(), |text| text.contains("00000000")).await;
        browser.press(&button("Download")).await;
        let told = |text: &str| text.contains("Failed: The CRC32 of what arrived is");
        browser.reads(&card(), told).await;
        let failed = |kind: &Kind| matches!(kind, Kind::Publish { payload, .. } if payload.windows(8).any(|text| text == br#""FAILED""#));
        demo.thingsboard.receives(failed).await;
        let error = demo.thingsboard.telemetry("fw_error").unwrap();
        assert!(error.as_str().unwrap().contains("fetch it again"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_package_that_is_not_there_is_told_in_words_and_the_page_connects_again() {
    let demo = Demo::start().await;
    story(async |browser| {
        listening(browser, &demo).await;
        let announced = object(json!({
            "fw_title": "ghost", "fw_version": "1", "fw_size": 10, "fw_checksum": "00000000",
            "fw_checksum_algorithm": "CRC32",
        }));
        demo.thingsboard.platform().set_shared_attributes(demo.thingsboard.token(), announced).unwrap();
        browser.reads(&card(), |text| text.contains("ghost")).await;
        browser.press(&button("Download")).await;
        let told = |text: &str| text.contains("(NOT_FOUND)") && text.contains("ends the connection");
        browser.reads(&card(), told).await;
        let failed = |kind: &Kind| matches!(kind, Kind::Publish { payload, .. } if payload.windows(8).any(|text| text == br#""FAILED""#));
        demo.thingsboard.receives(failed).await;
        is_connected(browser).await;
    })
    .await;
}

#[tokio::test]
async fn a_package_that_is_a_link_is_shown_and_not_fetched() {
    let demo = Demo::start().await;
    story(async |browser| {
        listening(browser, &demo).await;
        let package = LinkedPackage {
            title: "app".to_owned(),
            version: "2".to_owned(),
            tag: None,
            url: "https://files.example/app.bin".to_owned(),
        };
        let platform = demo.thingsboard.platform();
        platform.assign_linked_package(demo.thingsboard.token(), PackageKind::Firmware, package).unwrap();
        browser.reads(&card(), |text| text.contains("https://files.example/app.bin")).await;
        browser.press(&button("Download")).await;
        browser.reads(&card(), |text| text.contains("This package is only a link")).await;
    })
    .await;
}

#[tokio::test]
async fn software_is_found_by_asking_and_downloaded_like_firmware() {
    let demo = Demo::start().await;
    story(async |browser| {
        assign(&demo, PackageKind::Software, "7", &image(40_000), ChecksumAlgorithm::Sha512);
        connect_demo(browser, &demo).await;
        browser.press(&Spot::tab("Firmware")).await;
        browser.press(&Spot::button("Check for updates")).await;
        let software = Spot::new("region", "Software");
        browser.reads(&software, |text| text.contains("40,000 bytes")).await;
        browser.reads(&card(), |text| text.contains("No package is assigned.")).await;
        browser.press(&Spot::button("Download").within(software.clone())).await;
        browser.reads(&software, |text| text.contains("Verified: the SHA512")).await;
        browser.press(&Spot::button("Fail the update").within(software.clone())).await;
        browser.reads(&software, |text| text.contains("Failed: The installation failed, as you asked.")).await;
        let failed = |kind: &Kind| matches!(kind, Kind::Publish { payload, .. } if payload.windows(8).any(|text| text == br#""FAILED""#));
        demo.thingsboard.receives(failed).await;
        assert_eq!(demo.thingsboard.telemetry("sw_state"), Some(json!("FAILED")));
    })
    .await;
}
