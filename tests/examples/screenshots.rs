//! Takes the pictures of the page that the documentation shows:
//! `cargo run --package tests --example screenshots [FOLDER]`, by default into `docs/pictures`.
//!
//! The emulator listens on 8883, as people meet it, when nothing else does.

use anyhow::{Context, Result};
use emulator::{Package, PackageKind};
use shared::thingsboard::checksum::ChecksumAlgorithm;
use std::{
    env, fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
};
use tests::browser::{Browser, Demo, Spot, key};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("docs").join("pictures");
    let folder = env::args_os().nth(1).map_or_else(usual, PathBuf::from);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;

    let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mqtts_listen = if TcpListener::bind(at(8883)).is_ok() { at(8883) } else { at(0) };
    let demo = Demo::with(emulator::Config { mqtts_listen, ..emulator::Config::default() }).await;
    let browser = Browser::start().await?;
    let camera = Camera { browser: &browser, folder: &folder };
    browser.resize(1440, 900).await;
    browser.go(&demo.url()).await;
    browser.press(&Spot::button("Use the demo device")).await;
    browser.node(&Spot::button("Remove")).await;
    browser.press(&Spot::button("Run the example")).await;
    browser.reads(&Spot::new("log", "Console"), |text| text.contains("Message: {}")).await;
    camera.take("console.png").await?;
    browser.prefer("dark").await;
    camera.take("dark.png").await?;
    browser.prefer("light").await;
    browser.resize(1920, 1080).await;
    camera.take("wide.png").await?;
    browser.resize(390, 844).await;
    browser.scroll_to(&Spot::new("region", "Session")).await;
    camera.take("narrow.png").await?;

    browser.resize(1440, 900).await;
    browser.press(&Spot::button("Open another device")).await;
    browser.press(&Spot::button("Saved devices (0)")).await;
    browser.write(&Spot::text_box("Name"), "Boiler in the cellar").await;
    browser.press(&Spot::button("Save device")).await;
    browser.reads(&Spot::new("region", "Saved devices"), |text| text.contains("is saved")).await;
    camera.take("devices.png").await?;
    browser.press(&Spot::button("Close device")).await;
    browser.script("document.getElementById('log-list').focus()").await;
    browser.chord(&[key::END]).await;
    browser.chord(&[key::ENTER]).await;
    browser.node(&Spot::new("region", "Details")).await;
    camera.take("details.png").await?;
    browser.press(&Spot::button("Close details")).await;

    browser.press(&Spot::tab("Platform")).await;
    browser.press(&Spot::button("Send RPC")).await;
    browser.reads(&Spot::new("region", "Commands"), |text| text.contains("answered")).await;
    camera.take("platform.png").await?;

    browser.resize(1440, 1180).await;
    browser.press(&Spot::tab("Telemetry")).await;
    browser.press(&Spot::new("radio", "JSON")).await;
    let lenient = r#"{temperature: 21.5, serial: "007", "ok": true}"#;
    browser.write(&Spot::text_box("JSON text"), lenient).await;
    browser.reads(&Spot::new("region", "Preview"), |text| text.contains("becomes 7")).await;
    camera.take("telemetry.png").await?;
    browser.resize(1440, 900).await;

    browser.press(&Spot::tab("Firmware")).await;
    demo.thingsboard.platform().assign_package(
        demo.thingsboard.token(),
        PackageKind::Firmware,
        Package {
            title: "thermostat".to_owned(),
            version: "1.2.0".to_owned(),
            tag: None,
            bytes: vec![0x5a; 1_048_576].into(),
            algorithm: ChecksumAlgorithm::Sha256,
        },
    )?;
    let card = || Spot::new("region", "Firmware");
    browser.reads(&card(), |text| text.contains("1.2.0")).await;
    browser.press(&Spot::button("Download").within(card())).await;
    browser.reads(&card(), |text| text.contains("left")).await;
    camera.take("firmware.png").await?;

    browser.press(&Spot::button("Disconnect")).await;
    browser.write(&Spot::text_box("Host"), "mqtt.thingsboard.invalid").await;
    browser.press(&Spot::button("Connect")).await;
    browser.node(&Spot::new("region", "What to do")).await;
    camera.take("failure.png").await?;
    browser.close().await;
    Ok(())
}

struct Camera<'p> {
    browser: &'p Browser,
    folder: &'p Path,
}

impl Camera<'_> {
    async fn take(&self, name: &str) -> Result<()> {
        // Changed colours and sizes arrive by transitions and with the next frames.
        self.browser.settle().await;
        let path = self.folder.join(name);
        fs::write(&path, self.browser.picture().await)
            .with_context(|| format!("cannot write {}", path.display()))
    }
}
