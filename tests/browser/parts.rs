//! The parts of the page that many stories need, by the names that people know.

use shared::{endpoint::Endpoint, wire::Trust};
use tests::{
    browser::{Browser, Demo, Spot},
    feeder::Feeder,
    folder::Folder,
    proxy::Proxy,
};

pub(crate) fn status() -> Spot {
    Spot::new("status", "Connection status")
}

/// The log, not the tab that shows it.
pub(crate) fn console() -> Spot {
    Spot::new("log", "Console")
}

/// The list in the log.
pub(crate) fn messages() -> Spot {
    Spot::new("listbox", "Messages")
}

pub(crate) fn counters() -> Spot {
    Spot::new("list", "Counters")
}

pub(crate) fn details() -> Spot {
    Spot::new("region", "Details")
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

/// Connects to a server that sends what it is told to, and begins with an empty log.
pub(crate) async fn connect_feeder(browser: &Browser, proxy: &Proxy, feeder: &Feeder) {
    let Trust::UploadedCertificate { pem } = feeder.trust() else { unreachable!("it has an authority") };
    browser.resize(1440, 900).await;
    browser.go(&format!("{}/", proxy.origin())).await;
    browser.choose(&Spot::select("MQTT version"), "3.1.1").await;
    fill(browser, feeder.endpoint(), "A1_TEST_TOKEN", pem).await;
    browser.press(&Spot::button("Connect")).await;
    is_connected(browser).await;
    browser.press(&Spot::button("Clear")).await;
}

/// Has a server send these, and waits until the page has counted them.
pub(crate) async fn feed(browser: &Browser, feeder: &Feeder, messages: &[(&str, &str)]) {
    let before = received(&browser.read(&counters()).await);
    let message = |number: usize| (messages[number].0.to_owned(), messages[number].1.as_bytes().to_vec());
    feeder.feed(messages.len(), None, message).await;
    let all = before + messages.len() as u64;
    browser.reads(&counters(), |text| received(text) == all).await;
}

/// A number of the counters, by the word after it.
///
/// # Panics
/// There is none.
pub(crate) fn counted(text: &str, what: &str) -> u64 {
    let line = text.lines().find_map(|line| line.trim().strip_suffix(what));
    let digits: String = line.expect("a counter").chars().filter(char::is_ascii_digit).collect();
    digits.parse().expect("a counter is a number")
}

fn received(text: &str) -> u64 {
    counted(text, " received")
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
