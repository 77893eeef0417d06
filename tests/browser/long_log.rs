//! Thousands of messages: the newest are in sight, and all of them can be reached.

use crate::parts::{console, fill, is_connected};
use shared::wire::Trust;
use tests::{
    PATIENCE,
    browser::{Spot, key, story},
    folder::Folder,
    mosquitto::{Mosquitto, client},
    proxy::Proxy,
};

/// Pixels that the log is short of its end.
const SHORT: &str = "const log = document.querySelector('[role=log] [role=listbox]'); \
    return Math.round(log.scrollHeight - log.scrollTop - log.clientHeight)";
/// How many entries are drawn.
const DRAWN: &str = "return document.querySelectorAll('[role=log] [role=option]').length";

#[tokio::test]
async fn after_a_burst_the_log_is_at_its_end_and_the_keyboard_leads_back_to_its_beginning() {
    let (proxy, mosquitto) = (Proxy::start().await, Mosquitto::start().await.unwrap());
    story(async |browser| {
        let Trust::UploadedCertificate { pem } = mosquitto.trust().clone() else { unreachable!() };
        browser.go(&proxy.origin()).await;
        fill(browser, &mosquitto.endpoint(), "A1_TEST_TOKEN", &pem).await;
        browser.press(&Spot::button("Connect")).await;
        is_connected(browser).await;
        browser.press(&Spot::tab("Raw MQTT")).await;
        browser.write(&Spot::text_box("Filter"), "news").await;
        browser.press(&Spot::button("Subscribe")).await;
        let subscriptions = Spot::new("table", "Subscriptions");
        browser.reads(&subscriptions, |text| text.contains("granted")).await;
        browser.press(&Spot::tab("Console")).await;

        let folder = Folder::new("burst").unwrap();
        let ca = folder.write("ca.pem", &pem).unwrap();
        let publish = async |message: &str, times: &str| {
            let arguments = ["-q", "1", "-t", "news", "-m", message, "--repeat", times];
            let mut publisher = client("mosquitto_pub", mosquitto.address(), &ca, &arguments).unwrap();
            assert!(publisher.ended(PATIENCE).await.unwrap().success());
        };
        for round in ["first", "second", "third"] {
            publish("one of many", "1000").await;
            let last = format!("the end of the {round}");
            publish(&last, "1").await;
            browser.reads(&console(), |text| text.contains(&format!("Message: {last}"))).await;
            let short = browser.script(SHORT).await;
            assert!(
                short.as_i64().unwrap() <= 24,
                "the {round} burst leaves the log {short} px short of its end"
            );
            let drawn = browser.script(DRAWN).await;
            assert!(drawn.as_i64().unwrap() <= 300, "{drawn} entries are drawn");
        }

        let messages = Spot::new("listbox", "Messages");
        browser.script("document.getElementById('log-list').focus()").await;
        browser.focus_is_on(&messages).await;
        browser.chord(&[key::HOME]).await;
        browser.reads(&console(), |text| text.contains("Connected with result code 0")).await;
        assert!(browser.script(DRAWN).await.as_i64().unwrap() <= 300);
        publish("while reading", "100").await;
        let counters = Spot::new("list", "Counters");
        browser.reads(&counters, |text| text.contains("3,103 received")).await;
        let text = browser.read(&console()).await;
        assert!(text.contains("Connected with result code 0") && !text.contains("while reading"), "{text}");
        browser.press(&Spot::button("Jump to newest (100 new)")).await;
        browser.reads(&console(), |text| text.contains("while reading")).await;
        assert!(browser.script(SHORT).await.as_i64().unwrap() <= 24);
    })
    .await;
}
