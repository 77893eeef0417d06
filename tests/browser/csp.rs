//! What the browser itself has to say: nothing, and the page's code runs from its own files only.

use crate::parts::run_example;
use tests::browser::{Browser, Demo, Spot, story};

async fn is_silent(browser: &Browser, when: &str) {
    let console = browser.console().await;
    assert!(console.is_empty(), "{when} the browser says: {console:?}");
}

#[tokio::test]
async fn the_browsers_console_stays_empty_on_load_and_over_a_whole_session() {
    let demo = Demo::start().await;
    story(async |browser| {
        browser.go(&demo.url()).await;
        browser.node(&Spot::button("Use the demo device")).await;
        is_silent(browser, "after loading").await;
        run_example(browser, &demo).await;
        for tab in ["Raw MQTT", "Certificate", "Platform"] {
            browser.press(&Spot::tab(tab)).await;
        }
        browser.press(&Spot::button("Disconnect")).await;
        browser.reads(&crate::parts::status(), |text| text.starts_with("Disconnected")).await;
        is_silent(browser, "after a session").await;
    })
    .await;
}

#[tokio::test]
async fn a_script_that_is_not_the_pages_own_does_not_run() {
    let demo = Demo::start().await;
    story(async |browser| {
        browser.go(&demo.url()).await;
        browser.node(&Spot::button("Connect")).await;
        let inject = "const script = document.createElement('script'); \
                      script.textContent = 'globalThis.injected = true'; document.body.append(script); \
                      return globalThis.injected === true";
        assert_eq!(browser.script(inject).await, false);
        let console = browser.console().await;
        assert!(console.iter().any(|line| line.message.contains("Content Security Policy")), "{console:?}");
    })
    .await;
}

#[tokio::test]
async fn the_page_is_loaded_from_its_own_server_alone_with_the_program_as_wasm() {
    let demo = Demo::start().await;
    story(async |browser| {
        browser.go(&demo.url()).await;
        browser.node(&Spot::button("Use the demo device")).await;
        let answers = browser.events(&["Network.responseReceived"]).await;
        let mut programs = 0;
        for answer in &answers {
            let response = &answer["params"]["response"];
            let url = response["url"].as_str().unwrap();
            // Neither the browser's own first page nor inline pictures come over the network.
            if !url.starts_with("http") {
                continue;
            }
            assert!(url.starts_with(&demo.url()), "{url} is not of the page's own server");
            if url.ends_with(".wasm") {
                programs += 1;
                assert_eq!(response["mimeType"], "application/wasm");
            }
        }
        // The program, and its parts as far as they have come.
        assert!(programs >= 1);
    })
    .await;
}
