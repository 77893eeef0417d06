//! A proxy that has not enough for everybody says so in words.

use crate::parts::{connect_demo, console, status};
use std::time::Duration;
use tests::browser::{Demo, Spot, story};

#[tokio::test]
async fn a_proxy_without_a_session_to_spare_is_said_to_be_busy() {
    let demo = Demo::limited(|config| config.http.sessions = 0).await;
    story(async |browser| {
        browser.go(&demo.url()).await;
        browser.press(&Spot::button("Use the demo device")).await;
        browser.press(&Spot::button("Connect")).await;
        browser.reads(&status(), |text| text.starts_with("Connection failed")).await;
        browser.reads(&console(), |text| text.contains("is full, or you have as many pages")).await;
    })
    .await;
}

#[tokio::test]
async fn a_session_that_rests_is_announced_and_its_end_explained() {
    let demo = Demo::limited(|config| {
        config.session.idle = Some(Duration::from_secs(4));
        config.session.end_warning = Duration::from_secs(2);
    })
    .await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        browser.reads(&console(), |text| text.contains("publish something to keep it")).await;
        browser.press(&Spot::tab("Telemetry")).await;
        browser.reads(&Spot::new("region", "Session"), |text| text.contains("ends the session at")).await;
        let rests = |text: &str| {
            text.starts_with("Disconnected") && text.contains("Nothing was sent or received for 4 s")
        };
        browser.reads(&status(), rests).await;
    })
    .await;
}
