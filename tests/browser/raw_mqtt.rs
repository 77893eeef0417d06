//! The long form of `Raw MQTT`: any topic, any bytes.

use crate::parts::{connect_demo, payload, publish_form};
use emulator::Kind;
use tests::{
    browser::{Browser, Demo, Node, Spot, Tree, story},
    folder::Folder,
};

fn form() -> Spot {
    Spot::form("Message")
}

fn topic() -> Spot {
    Spot::text_box("Topic").within(form())
}

fn text() -> Spot {
    payload().within(form())
}

async fn open(browser: &Browser, demo: &Demo) {
    connect_demo(browser, demo).await;
    browser.press(&Spot::tab("Raw MQTT")).await;
}

async fn publish(browser: &Browser) {
    browser.press(&Spot::button("Publish message")).await;
}

async fn problem(browser: &Browser, field: &Spot) -> String {
    let with_problem = async |tree: &Tree| tree.one(field).filter(|node: &&Node| node.invalid).cloned();
    browser.eventually(&format!("{field} has a problem"), with_problem).await.description
}

/// Waits until a publish with these bytes arrives, and returns it.
async fn arrives(demo: &Demo, bytes: &[u8]) -> Kind {
    let with_bytes = |kind: &Kind| matches!(kind, Kind::Publish { payload, .. } if payload == bytes);
    demo.thingsboard.receives(with_bytes).await.kind
}

#[tokio::test]
async fn hex_base64_and_a_file_arrive_byte_for_byte() {
    let demo = Demo::start().await;
    story(async |browser| {
        open(browser, &demo).await;
        browser.write(&topic(), "any/topic").await;
        let writing = Spot::select("Payload as").within(form());
        browser.choose(&writing, "Hex").await;
        browser.write(&text(), "00 ff 0a").await;
        browser.reads(&form(), |text| text.contains("3 bytes")).await;
        publish(browser).await;
        arrives(&demo, &[0, 255, 10]).await;

        browser.write(&text(), "00 f").await;
        publish(browser).await;
        assert!(problem(browser, &text()).await.contains("one hex digit only"));

        browser.choose(&writing, "Base64").await;
        browser.write(&text(), "3q2+7w==").await;
        publish(browser).await;
        arrives(&demo, &[0xde, 0xad, 0xbe, 0xef]).await;

        browser.choose(&writing, "File").await;
        let file = Spot::button("File").within(form());
        publish(browser).await;
        assert!(problem(browser, &file).await.contains("There is no file yet"));
        let bytes: Vec<u8> = (0..=255).collect();
        let folder = Folder::new("payload").unwrap();
        let path = folder.path().join("all.bin");
        std::fs::write(&path, &bytes).unwrap();
        browser.upload(&file, &path).await;
        browser.reads(&form(), |text| text.contains("all.bin: 256 bytes")).await;
        publish(browser).await;
        arrives(&demo, &bytes).await;

        let path = folder.path().join("large.bin");
        std::fs::write(&path, vec![0; 65_537]).unwrap();
        browser.upload(&file, &path).await;
        let sentence = problem(browser, &file).await;
        assert!(sentence.contains("large.bin has 65,537 bytes, more than the 65,536"), "{sentence}");
        browser.reads(&form(), |text| text.contains("all.bin: 256 bytes")).await;
    })
    .await;
}

#[tokio::test]
async fn retain_and_qos_reach_the_server_and_the_outcome_stands_beside_the_button() {
    let demo = Demo::start().await;
    story(async |browser| {
        open(browser, &demo).await;
        let said = browser.read(&form()).await;
        assert!(said.contains("QoS 2 is left out: ThingsBoard answers it with PUBACK"), "{said}");
        browser.write(&text(), "{\"kept\": 1}").await;
        browser.press(&Spot::new("checkbox", "Retain")).await;
        let hint = browser.node(&Spot::new("checkbox", "Retain")).await.description;
        assert!(hint.contains("ThingsBoard keeps no messages"), "{hint}");
        publish(browser).await;
        let kind = arrives(&demo, b"{\"kept\": 1}").await;
        assert!(matches!(kind, Kind::Publish { retain: true, qos: 1, .. }), "{kind:?}");
        browser.reads(&Spot::new("status", "").within(form()), |text| text == "acknowledged").await;

        browser.choose(&Spot::select("QoS").within(form()), "0").await;
        browser.press(&Spot::new("checkbox", "Retain")).await;
        browser.write(&text(), "{\"kept\": 0}").await;
        publish(browser).await;
        let kind = arrives(&demo, b"{\"kept\": 0}").await;
        assert!(matches!(kind, Kind::Publish { retain: false, qos: 0, .. }), "{kind:?}");
        let list = Spot::new("list", "Last messages");
        browser.reads(&list, |text| text.contains("QoS 1, retained") && text.contains("QoS 0")).await;
    })
    .await;
}

#[tokio::test]
async fn a_refusal_of_version_5_is_said_in_words_and_was_foretold() {
    let demo = Demo::start().await;
    story(async |browser| {
        open(browser, &demo).await;
        browser.write(&text(), "{\"a\" 1}").await;
        let foretold =
            |text: &str| text.contains("line 1, column 6") && text.contains("refuses it with 0x99");
        browser.reads(&form(), foretold).await;
        publish(browser).await;
        let refused = |text: &str| text.contains("0x99");
        browser.reads(&Spot::new("status", "").within(form()), refused).await;

        browser.write(&topic(), "v1/devices/me/attributes/request/one").await;
        browser.reads(&form(), |text| text.contains("whole number") && text.contains("0x99")).await;
        browser.write(&topic(), "v1/devices/me/attributes/request/7").await;
        browser.write(&text(), "").await;
        browser.reads(&form(), |text| text.contains("needs a payload")).await;
    })
    .await;
}

#[tokio::test]
async fn the_bar_foretells_as_well_and_mends_seconds() {
    let demo = Demo::start().await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        browser.write(&payload(), r#"{"ts": 1767225600, "values": {"a": 127.0}}"#).await;
        browser.reads(&publish_form(), |text| text.contains("is in seconds")).await;
        browser.press(&Spot::button("Use milliseconds").within(publish_form())).await;
        browser.reads(&publish_form(), |text| !text.contains("is in seconds")).await;
        assert_eq!(browser.node(&payload()).await.value, r#"{"ts": 1767225600000, "values": {"a": 127.0}}"#);
        browser.press(&Spot::button("Publish")).await;
        arrives(&demo, br#"{"ts": 1767225600000, "values": {"a": 127.0}}"#).await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_published_or_granted_is_one_sentence() {
    let demo = Demo::start().await;
    story(async |browser| {
        open(browser, &demo).await;
        browser.write(&topic(), "v1/devices/+/telemetry").await;
        publish(browser).await;
        assert!(problem(browser, &topic()).await.contains("wildcards, for subscriptions only"));
        browser.focus_is_on(&topic()).await;

        browser.write(&topic(), "t").await;
        browser.write(&text(), "").await;
        browser.press(&text()).await;
        browser.paste(&"x".repeat(65_537)).await;
        publish(browser).await;
        let sentence = problem(browser, &text()).await;
        assert!(sentence.contains("more than the 65,536 that ThingsBoard takes"), "{sentence}");

        let filter = Spot::text_box("Filter");
        browser.write(&filter, "v1/devices/me/rpc/request/7").await;
        let hinted = |text: &str| text.contains("letter by letter: v1/devices/me/rpc/request/+, for example");
        browser.reads(&Spot::form("Subscribe"), hinted).await;
        browser.write(&filter, "v1/devices/me/rpc/request/+").await;
        browser.reads(&Spot::form("Subscribe"), |text| !text.contains("letter by letter")).await;
    })
    .await;
}
