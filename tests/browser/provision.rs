//! How a device gets its credentials, and lets somebody own it.

use crate::parts::{connect_demo, is_connected, status, use_demo};
use emulator::{Config, DeviceProfile, ProvisionStrategy};
use tests::browser::{Browser, Demo, Spot, story};

async fn demo() -> Demo {
    let profile = DeviceProfile {
        provision_key: "the-key".to_owned(),
        provision_secret: "the-secret".to_owned(),
        strategy: ProvisionStrategy::AllowNew,
    };
    Demo::with(Config { profiles: vec![profile], ..Config::default() }).await
}

fn form() -> Spot {
    Spot::form("Provision")
}

fn panel() -> Spot {
    Spot::new("tabpanel", "Provision & claim")
}

fn credentials() -> Spot {
    Spot::new("region", "New credentials")
}

async fn provision(browser: &Browser, name: &str) {
    browser.press(&Spot::tab("Provision & claim")).await;
    browser.press(&Spot::button("Use the demo's key")).await;
    browser.write(&Spot::text_box("Device name").within(form()), name).await;
    browser.press(&Spot::button("Provision").within(form())).await;
}

#[tokio::test]
async fn a_new_device_gets_a_token_beside_the_session_and_connects_with_it() {
    let demo = demo().await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        provision(browser, "a new one").await;
        browser.reads(&panel(), |text| text.contains("The device is provisioned")).await;
        assert!(browser.read(&status()).await.starts_with("Connected"));
        let token = demo.thingsboard.platform().token_of("a new one").expect("the device exists");
        let hidden = browser.read(&credentials()).await;
        assert!(hidden.contains("a new one") && !hidden.contains(token.expose()), "{hidden}");
        let violations = browser.audit().await.expect("axe-core is there");
        assert!(violations.is_empty(), "{}", violations.join("\n"));
        browser.press(&Spot::button("Show new credentials")).await;
        browser.reads(&credentials(), |text| text.contains(token.expose())).await;

        browser.press(&Spot::button("Use this token")).await;
        browser.focus_is_on(&Spot::text_box("Access token")).await;
        assert!(browser.read(&status()).await.starts_with("Connected"));
        browser.press(&Spot::button("Disconnect")).await;
        browser.reads(&status(), |text| text.starts_with("Disconnected")).await;
        assert!(!demo.thingsboard.platform().view(&token).unwrap().connected);
        browser.press(&Spot::button("Connect")).await;
        is_connected(browser).await;
        assert!(demo.thingsboard.platform().view(&token).unwrap().connected);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_secret_and_a_taken_name_say_what_is_likely_wrong() {
    let demo = demo().await;
    story(async |browser| {
        use_demo(browser, &demo).await;
        provision(browser, "twice").await;
        browser.reads(&panel(), |text| text.contains("The device is provisioned")).await;
        browser.press(&Spot::button("Provision").within(form())).await;
        browser
            .reads(&panel(), |text| text.contains("(FAILURE)") && text.contains("the name must be new"))
            .await;
        browser.write(&Spot::text_box("Provision device secret"), "another").await;
        browser.press(&Spot::button("Provision").within(form())).await;
        browser
            .reads(&panel(), |text| text.contains("(NOT_FOUND)") && text.contains("copy both again"))
            .await;
        assert_eq!(browser.node(&Spot::text_box("Provision device key")).await.value, "the-key");
    })
    .await;
}

#[tokio::test]
async fn a_device_may_have_a_token_or_a_login_of_its_own() {
    let demo = demo().await;
    story(async |browser| {
        use_demo(browser, &demo).await;
        browser.press(&Spot::tab("Provision & claim")).await;
        browser.choose(&Spot::select("Credentials").within(form()), "Access token of my own").await;
        browser.write(&Spot::text_box("Token for the new device"), "MY_OWN_TOKEN").await;
        provision(browser, "by token").await;
        browser.reads(&panel(), |text| text.contains("The device is provisioned")).await;
        let token = demo.thingsboard.platform().token_of("by token").unwrap();
        assert_eq!(token.expose(), "MY_OWN_TOKEN");

        browser.choose(&Spot::select("Credentials").within(form()), "MQTT Basic").await;
        browser.write(&Spot::text_box("User name for the new device"), "someone").await;
        browser.write(&Spot::text_box("Password for the new device"), "hidden").await;
        provision(browser, "by login").await;
        browser.reads(&credentials(), |text| text.contains("someone")).await;
        browser.press(&Spot::button("Use these credentials")).await;
        browser.press(&Spot::button("Connect")).await;
        is_connected(browser).await;
        let token = demo.thingsboard.platform().token_of("by login").unwrap();
        assert!(demo.thingsboard.platform().view(&token).unwrap().connected);
    })
    .await;
}

#[tokio::test]
async fn a_claim_is_seen_by_the_platform() {
    let demo = demo().await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        browser.press(&Spot::tab("Provision & claim")).await;
        let claim = Spot::form("Claim");
        browser.write(&Spot::text_box("Secret key").within(claim.clone()), "s3same").await;
        browser.write(&Spot::text_box("Duration").within(claim.clone()), "60000").await;
        browser.press(&Spot::button("Allow claiming")).await;
        browser.reads(&claim, |text| text.contains("Received by ThingsBoard.")).await;
        let seen = demo.thingsboard.view().claim.expect("a claim");
        assert_eq!(seen.secret_key, "s3same");
    })
    .await;
}
