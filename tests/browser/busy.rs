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
        browser.reads(&console(), |text| text.contains("holds as many sessions as it may")).await;
    })
    .await;
}

#[tokio::test]
async fn a_session_that_rests_is_announced_and_its_end_explained() {
    let demo = Demo::limited(|config| {
        config.session.idle = Some(Duration::from_secs(2));
        config.session.end_warning = Duration::from_secs(1);
    })
    .await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        browser.reads(&console(), |text| text.contains("publish something to keep it")).await;
        browser.reads(&status(), |text| text.starts_with("Connection failed")).await;
        browser.reads(&console(), |text| text.contains("Nothing was sent or received")).await;
    })
    .await;
}
