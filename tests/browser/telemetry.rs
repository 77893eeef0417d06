//! The tab `Telemetry` as a person uses it: what the preview promises is what ThingsBoard has afterwards.

use crate::parts::{connect_demo, console, is_connected, use_demo};
use emulator::{Config, Kind, MqttProfile, PayloadType};
use serde_json::json;
use tests::browser::{Browser, Demo, Node, Spot, Tree, story};

const TELEMETRY: &str = "v1/devices/me/telemetry";

fn form() -> Spot {
    Spot::form("Telemetry")
}

fn preview() -> Spot {
    Spot::new("region", "Preview")
}

fn json_text() -> Spot {
    Spot::text_box("JSON text")
}

/// The outcome beside the button.
fn outcome() -> Spot {
    Spot::new("status", "").within(form())
}

async fn open(browser: &Browser, demo: &Demo) {
    connect_demo(browser, demo).await;
    browser.press(&Spot::tab("Telemetry")).await;
}

async fn type_json(browser: &Browser, text: &str) {
    browser.press(&Spot::new("radio", "JSON")).await;
    browser.write(&json_text(), text).await;
}

async fn publish(browser: &Browser) {
    browser.press(&Spot::button("Publish telemetry")).await;
}

async fn acknowledged(browser: &Browser) {
    browser.reads(&outcome(), |text| text == "acknowledged").await;
}

/// A field that says what is wrong with it.
async fn problem(browser: &Browser, field: &Spot) -> String {
    let with_problem = async |tree: &Tree| tree.one(field).filter(|node: &&Node| node.invalid).cloned();
    browser.eventually(&format!("{field} has a problem"), with_problem).await.description
}

/// The payload of the newest publish to a topic, as it arrived.
async fn arrived(demo: &Demo, topic: &str) -> Vec<u8> {
    let to_topic = |kind: &Kind| matches!(kind, Kind::Publish { topic: to, .. } if to == topic);
    demo.thingsboard.receives(to_topic).await;
    let newest = demo.thingsboard.received().into_iter().rev().find(to_topic);
    let Some(Kind::Publish { payload, .. }) = newest else { unreachable!() };
    payload.to_vec()
}

#[tokio::test]
async fn rows_are_stored_as_the_preview_says_with_every_digit() {
    let demo = Demo::start().await;
    story(async |browser| {
        open(browser, &demo).await;
        for (number, key, value) in [
            (1, "count", "9223372036854775807"),
            (2, "level", "127.0"),
            (3, "mode", "eco"),
            (4, "code", "007"),
        ] {
            if number > 1 {
                browser.press(&Spot::button("Add row")).await;
            }
            browser.write(&Spot::text_box(format!("Key {number}")), key).await;
            browser.write(&Spot::text_box(format!("Value {number}")), value).await;
        }
        let text = browser.reads(&preview(), |text| text.contains("becomes 7")).await;
        for promised in
            ["9223372036854775807\tlong", "127.0\tdouble", "\"eco\"\tstring", "7\tlong\tsent as 007"]
        {
            assert!(text.contains(promised), "{promised:?} is not in {text}");
        }
        let hint = browser.node(&Spot::text_box("Value 3")).await.description;
        assert_eq!(hint, "taken as text");
        publish(browser).await;
        acknowledged(browser).await;
        let sent = br#"{"count": 9223372036854775807, "level": 127.0, "mode": "eco", "code": "007"}"#;
        assert_eq!(String::from_utf8(arrived(&demo, TELEMETRY).await).unwrap().as_bytes(), sent);
        assert_eq!(demo.thingsboard.telemetry("count"), Some(json!(i64::MAX)));
        assert_eq!(demo.thingsboard.telemetry("level").unwrap().to_string(), "127.0");
        assert_eq!(demo.thingsboard.telemetry("mode"), Some(json!("eco")));
        assert_eq!(demo.thingsboard.telemetry("code"), Some(json!(7)));
    })
    .await;
}

#[tokio::test]
async fn lenient_json_is_taken_and_explained_and_broken_json_has_its_place() {
    let demo = Demo::start().await;
    story(async |browser| {
        open(browser, &demo).await;
        type_json(browser, "{temperature: 25}").await;
        browser.reads(&preview(), |text| text.contains("Line 1, column 2: the name stands")).await;
        publish(browser).await;
        acknowledged(browser).await;
        assert_eq!(arrived(&demo, TELEMETRY).await, b"{temperature: 25}");
        assert_eq!(demo.thingsboard.telemetry("temperature"), Some(json!(25)));

        let before = demo.thingsboard.received().len();
        browser.write(&json_text(), "{\"humidity\" 40}").await;
        publish(browser).await;
        let sentence = problem(browser, &json_text()).await;
        assert!(sentence.contains("line 1, column 13, a colon is expected"), "{sentence}");
        browser.focus_is_on(&json_text()).await;
        assert_eq!(browser.node(&json_text()).await.value, "{\"humidity\" 40}");
        assert_eq!(demo.thingsboard.received().len(), before, "nothing is sent");
    })
    .await;
}

#[tokio::test]
async fn a_batch_keeps_its_times_and_seconds_are_mended_on_request() {
    let demo = Demo::start().await;
    story(async |browser| {
        open(browser, &demo).await;
        browser.press(&Spot::new("radio", "Batch")).await;
        browser.write(&Spot::text_box("Time 1"), "1767225600").await;
        browser.write(&Spot::text_box("Key 1"), "old").await;
        browser.write(&Spot::text_box("Value 1"), "1").await;
        browser.press(&Spot::button("Add row")).await;
        browser.write(&Spot::text_box("Key 2"), "new").await;
        browser.write(&Spot::text_box("Value 2"), "2").await;
        browser.reads(&preview(), |text| text.contains("is in seconds")).await;
        browser.press(&Spot::button("Use milliseconds")).await;
        browser
            .reads(&preview(), |text| text.contains("2026-01-01 00:00 UTC") && !text.contains("seconds"))
            .await;
        assert_eq!(browser.node(&Spot::text_box("Time 1")).await.value, "1767225600000");
        publish(browser).await;
        acknowledged(browser).await;
        let sent = br#"[{"ts": 1767225600000, "values": {"old": 1}}, {"new": 2}]"#;
        assert_eq!(arrived(&demo, TELEMETRY).await, sent);
        let view = demo.thingsboard.view();
        let ts_ms = |key: &str| view.telemetry.iter().find(|latest| latest.key == key).unwrap().ts_ms;
        assert_eq!(ts_ms("old"), 1_767_225_600_000);
        assert!(ts_ms("new") > 1_767_225_600_000);
    })
    .await;
}

#[tokio::test]
async fn a_moment_is_now_at_a_press_and_content_goes_along_between_the_editors() {
    let demo = Demo::start().await;
    story(async |browser| {
        open(browser, &demo).await;
        browser.press(&Spot::new("radio", "With timestamp")).await;
        browser.write(&Spot::text_box("Key 1"), "a").await;
        browser.write(&Spot::text_box("Value 1"), "1.50").await;
        browser.write(&Spot::text_box("Timestamp (ms)"), "1").await;
        browser.reads(&preview(), |text| text.contains("check the clock")).await;
        browser.press(&Spot::button("Now").within(form())).await;
        browser.reads(&preview(), |text| text.contains("UTC") && !text.contains("check the clock")).await;
        let ms = browser.node(&Spot::text_box("Timestamp (ms)")).await.value;
        browser.press(&Spot::new("radio", "JSON")).await;
        let text = format!(r#"{{"ts": {ms}, "values": {{"a": 1.50}}}}"#);
        assert_eq!(browser.node(&json_text()).await.value, text);
        browser.write(&json_text(), "{\"b\":").await;
        browser.press(&Spot::new("radio", "Rows")).await;
        assert!(problem(browser, &json_text()).await.contains("readable text only"));
        browser.write(&json_text(), "{\"b\": [1, 2]}").await;
        browser.press(&Spot::new("radio", "Rows")).await;
        assert_eq!(browser.node(&Spot::text_box("Value 1")).await.value, "[1, 2]");
        publish(browser).await;
        acknowledged(browser).await;
        assert_eq!(demo.thingsboard.telemetry("b"), Some(json!([1, 2])));
    })
    .await;
}

#[tokio::test]
async fn what_is_typed_wrongly_is_one_sentence_and_nothing_is_sent() {
    let demo = Demo::start().await;
    story(async |browser| {
        open(browser, &demo).await;
        browser.write(&Spot::text_box("Value 1"), "5").await;
        let before = demo.thingsboard.received().len();
        publish(browser).await;
        assert!(problem(browser, &Spot::text_box("Key 1")).await.contains("The key is missing"));
        browser.focus_is_on(&Spot::text_box("Key 1")).await;
        browser.write(&Spot::text_box("Key 1"), "a,b").await;
        browser.reads(&preview(), |text| text.contains("requests are split at commas")).await;
        browser.write(&Spot::text_box("Value 1"), "null").await;
        browser.reads(&preview(), |text| text.contains("not stored")).await;
        browser.press(&Spot::new("radio", "JSON")).await;
        browser.write(&json_text(), "[]").await;
        browser.reads(&preview(), |text| text.contains("never acknowledges an empty array")).await;
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(65_537 - 8));
        browser.write(&json_text(), "").await;
        browser.press(&json_text()).await;
        browser.paste(&long).await;
        publish(browser).await;
        let sentence = problem(browser, &json_text()).await;
        assert!(sentence.contains("65,537 bytes") && sentence.contains("65,536"), "{sentence}");
        assert_eq!(demo.thingsboard.received().len(), before, "nothing is sent");
    })
    .await;
}

#[tokio::test]
async fn protobuf_is_stored_by_the_default_schema_and_what_has_no_place_in_it_is_named() {
    let profile = MqttProfile { payload_type: PayloadType::Protobuf, ..MqttProfile::default() };
    let demo = Demo::with(Config { mqtt_profile: profile, ..Config::default() }).await;
    story(async |browser| {
        open(browser, &demo).await;
        let format = Spot::select("Payload format");
        browser.choose(&format, "Protobuf").await;
        browser.write(&Spot::text_box("Key 1"), "pressure").await;
        browser.write(&Spot::text_box("Value 1"), "1013").await;
        browser.reads(&preview(), |text| text.contains("no field `pressure`")).await;
        publish(browser).await;
        browser.reads(&form(), |text| text.matches("no field `pressure`").count() == 2).await;
        browser.write(&Spot::text_box("Key 1"), "temperature").await;
        browser.write(&Spot::text_box("Value 1"), "25.5").await;
        browser.reads(&preview(), |text| text.contains("9 bytes: 09 00 00 00 00 00 80 39 40")).await;
        publish(browser).await;
        acknowledged(browser).await;
        assert_eq!(arrived(&demo, TELEMETRY).await, [0x09, 0, 0, 0, 0, 0, 0x80, 0x39, 0x40]);
        assert_eq!(demo.thingsboard.telemetry("temperature"), Some(json!(25.5)));

        browser.choose(&Spot::select("Topics"), "v2 short, Protobuf").await;
        let forced = browser.node(&format).await;
        assert_eq!(forced.value, "Protobuf");
        assert!(forced.description.contains("whatever the device profile says"), "{forced:?}");
        browser.write(&Spot::text_box("Key 1"), "humidity").await;
        browser.write(&Spot::text_box("Value 1"), "40").await;
        browser.reads(&preview(), |text| text.contains("40.0\tdouble")).await;
        publish(browser).await;
        acknowledged(browser).await;
        arrived(&demo, "v2/t/p").await;
        assert_eq!(demo.thingsboard.telemetry("humidity").unwrap().to_string(), "40.0");
    })
    .await;
}

#[tokio::test]
async fn without_a_connection_the_form_says_what_to_do_and_afterwards_the_publish_stands_in_the_list() {
    let demo = Demo::start().await;
    story(async |browser| {
        use_demo(browser, &demo).await;
        browser.press(&Spot::tab("Telemetry")).await;
        browser.write(&Spot::text_box("Key 1"), "a").await;
        browser.write(&Spot::text_box("Value 1"), "1").await;
        publish(browser).await;
        browser.reads(&form(), |text| text.contains("Not connected: press Connect first")).await;
        browser.press(&Spot::button("Connect")).await;
        is_connected(browser).await;
        publish(browser).await;
        acknowledged(browser).await;
        let list = Spot::new("list", "Last publishes");
        let text = browser.read(&list).await;
        assert!(text.contains(TELEMETRY) && text.contains("1 value, 8 bytes"), "{text}");
        browser.press(&Spot::tab("Console")).await;
        browser.reads(&console(), |text| text.contains("{\"a\": 1}") && text.contains("delivered")).await;
    })
    .await;
}
