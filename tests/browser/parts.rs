//! The parts of the page that many stories need, by the names that people know.

use shared::endpoint::Endpoint;
use tests::{
    browser::{Browser, Demo, Spot},
    folder::Folder,
};

pub(crate) fn status() -> Spot {
    Spot::new("status", "Connection status")
}

/// The log, not the tab that shows it.
pub(crate) fn console() -> Spot {
    Spot::new("log", "Console")
}

pub(crate) fn steps() -> Spot {
    Spot::new("list", "Connection steps")
}

pub(crate) fn publish_form() -> Spot {
    Spot::form("Publish")
}

pub(crate) fn payload() -> Spot {
    Spot::text_box("Payload")
}

/// Types host, port and token, and gives a certificate as a file.
pub(crate) async fn fill(browser: &Browser, endpoint: &Endpoint, token: &str, pem: &str) {
    browser.write(&Spot::text_box("Host"), &endpoint.host.to_string()).await;
    browser.write(&Spot::text_box("Port"), &endpoint.port.to_string()).await;
    browser.write(&Spot::text_box("Access token"), token).await;
    let _file = give(browser, "ca.pem", pem).await;
    browser.node(&Spot::button("Remove")).await;
}

/// Chooses a file with this text as CA certificate. The page reads it later, so it must be kept until then.
pub(crate) async fn give(browser: &Browser, name: &str, text: &str) -> Folder {
    let folder = Folder::new("upload").expect("a folder");
    let file = folder.write(name, text).expect("a file");
    browser.upload(&Spot::button("CA certificate"), &file).await;
    folder
}

/// Opens the demo's page and fills the form with its device.
pub(crate) async fn use_demo(browser: &Browser, demo: &Demo) {
    browser.go(&demo.url()).await;
    browser.press(&Spot::button("Use the demo device")).await;
    browser.node(&Spot::button("Remove")).await;
}

/// Opens the demo's page and connects as its device.
pub(crate) async fn connect_demo(browser: &Browser, demo: &Demo) {
    use_demo(browser, demo).await;
    browser.press(&Spot::button("Connect")).await;
    is_connected(browser).await;
}

/// Connects as the demo's device and runs the example to its end.
pub(crate) async fn run_example(browser: &Browser, demo: &Demo) {
    use_demo(browser, demo).await;
    browser.press(&Spot::button("Run the example")).await;
    browser.reads(&console(), |text| text.contains("Message: {}")).await;
}

pub(crate) async fn is_connected(browser: &Browser) {
    browser.reads(&status(), |text| text.starts_with("Connected")).await;
}

/// # Panics
/// The lines do not all stand in `text`, in this order.
pub(crate) fn assert_in_order(text: &str, lines: &[&str]) {
    let mut rest = text.lines();
    for line in lines {
        assert!(rest.any(|found| found.trim() == *line), "no line {line:?} at its place in:\n{text}");
    }
}
