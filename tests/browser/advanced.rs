//! What most people leave closed: options of the session, last will, the other kind of credentials.

use crate::parts::{fill, is_connected, use_demo};
use emulator::Kind;
use shared::wire::Trust;
use tests::{
    PATIENCE,
    browser::{Browser, Demo, Spot, story},
    folder::Folder,
    mosquitto::{Mosquitto, client},
    proxy::Proxy,
};

fn connection() -> Spot {
    Spot::form("Connection")
}

/// Opens the part `Advanced`.
async fn open(browser: &Browser) {
    browser.press(&Spot::new("DisclosureTriangle", "Advanced").within(connection())).await;
    browser.node(&Spot::text_box("Keep-alive")).await;
}

#[tokio::test]
async fn what_is_typed_reaches_the_server_in_both_versions() {
    let demo = Demo::start().await;
    story(async |browser| {
        for (version, level) in [("3.1.1", 4), ("5", 5)] {
            use_demo(browser, &demo).await;
            browser.choose(&Spot::select("MQTT version"), version).await;
            open(browser).await;
            browser.write(&Spot::text_box("Keep-alive"), "120").await;
            browser.write(&Spot::text_box("Client id"), &format!("pump {level}")).await;
            let clean = if level == 4 { "Clean session" } else { "Clean start" };
            browser.press(&Spot::new("checkbox", clean)).await;
            browser.write(&Spot::text_box("Will topic"), "v1/devices/me/telemetry").await;
            browser.press(&Spot::button("Connect")).await;
            is_connected(browser).await;
            let wanted = |kind: &Kind| {
                matches!(kind, Kind::Connect { level: spoken, clean: false, keep_alive: 120, client_id, .. }
                    if *spoken == level && *client_id == format!("pump {level}"))
            };
            demo.thingsboard.receives(wanted).await;
            browser.press(&Spot::button("Disconnect")).await;
        }
    })
    .await;
}

#[tokio::test]
async fn problems_stay_at_their_fields_and_open_the_part_they_are_in() {
    let demo = Demo::start().await;
    story(async |browser| {
        use_demo(browser, &demo).await;
        open(browser).await;
        browser.write(&Spot::text_box("Keep-alive"), "5").await;
        browser.write(&Spot::text_box("Session expiry"), "1,000").await;
        browser.write(&Spot::text_box("Will payload"), "gone").await;
        browser.press(&Spot::new("checkbox", "Clean start")).await;
        browser.press(&Spot::new("DisclosureTriangle", "Advanced").within(connection())).await;
        browser.press(&Spot::button("Connect")).await;
        browser.focus_is_on(&Spot::text_box("Keep-alive")).await;
        let told = |text: &str| {
            text.contains("The keep-alive must be 10 to 300 seconds.")
                && text.contains("needs a client id")
                && text.contains("number of seconds from 0 to 4,294,967,295")
                && text.contains("a payload and no topic")
        };
        browser.reads(&connection(), told).await;
        assert_eq!(browser.node(&Spot::text_box("Session expiry")).await.value, "1,000");
        for scheme in ["light", "dark"] {
            browser.prefer(scheme).await;
            let violations = browser.audit().await.expect("axe-core is there");
            assert!(violations.is_empty(), "{scheme}:\n{}", violations.join("\n"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_changed_option_while_connected_is_said_not_to_count_yet() {
    let demo = Demo::start().await;
    story(async |browser| {
        crate::parts::connect_demo(browser, &demo).await;
        open(browser).await;
        browser.write(&Spot::text_box("Client id"), "later").await;
        browser.reads(&connection(), |text| text.contains("You are still connected to")).await;
        browser.write(&Spot::text_box("Client id"), "").await;
        browser.reads(&connection(), |text| !text.contains("You are still connected to")).await;
    })
    .await;
}

#[tokio::test]
async fn user_name_and_password_stand_in_for_the_token() {
    let demo = Demo::start().await;
    story(async |browser| {
        use_demo(browser, &demo).await;
        open(browser).await;
        browser.choose(&Spot::select("Credentials"), "User name and password").await;
        browser.press(&Spot::button("Connect")).await;
        browser.focus_is_on(&Spot::text_box("User name")).await;
        browser.reads(&connection(), |text| text.contains("(MQTT Basic) ask for")).await;
        // ThingsBoard looks the user name up as a token too, with any password.
        browser.write(&Spot::text_box("User name"), demo.thingsboard.token().expose()).await;
        browser.write(&Spot::text_box("Password"), "s3cret").await;
        browser.press(&Spot::button("Connect")).await;
        demo.thingsboard.receives(|kind| matches!(kind, Kind::Connect { has_password: true, .. })).await;
        is_connected(browser).await;
    })
    .await;
}

#[tokio::test]
async fn a_broker_that_keeps_wills_publishes_it_when_another_takes_the_client_id() {
    let (proxy, mosquitto) = (Proxy::start().await, Mosquitto::start().await.unwrap());
    story(async |browser| {
        let Trust::UploadedCertificate { pem } = mosquitto.trust().clone() else { unreachable!() };
        let folder = Folder::new("will").unwrap();
        let ca = folder.write("ca.pem", &pem).unwrap();
        let start =
            |program, arguments: &[&str]| client(program, mosquitto.address(), &ca, arguments).unwrap();
        let mut hears = start("mosquitto_sub", &["-t", "wills/#", "-C", "1", "-v"]);
        mosquitto.logs("wills/#").await.unwrap();
        browser.go(&proxy.origin()).await;
        fill(browser, &mosquitto.endpoint(), "A1_TEST_TOKEN", &pem).await;
        open(browser).await;
        browser.write(&Spot::text_box("Client id"), "pump-7").await;
        browser.write(&Spot::text_box("Will topic"), "wills/pump-7").await;
        browser.write(&Spot::text_box("Will payload"), "it is gone").await;
        browser.press(&Spot::button("Connect")).await;
        is_connected(browser).await;
        let mut rival = start("mosquitto_pub", &["-i", "pump-7", "-t", "other", "-m", "mine"]);
        rival.ended(PATIENCE).await.unwrap();
        hears.ended(PATIENCE).await.unwrap();
        assert_eq!(hears.stdout().trim(), "wills/pump-7 it is gone");
    })
    .await;
}
