//! The page as a person and a screen reader meet it: rendered in a browser, worked on through its
//! elements, read by roles and names.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test may end in a panic")]

mod support;

use frontend::state::{Action, Effect};
use js_sys::{Array, Uint8Array};
use shared::{
    endpoint::{Endpoint, Host},
    failure::{Failure, Step},
    hint::Hint,
    payload::Payload,
    wire::{ConnectFailed, Disconnected, Message, QoS, ToBrowser, ToProxy},
};
use std::collections::HashSet;
use support::{Mounted, fire};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{DataTransfer, File, HtmlInputElement};

wasm_bindgen_test_configure!(run_in_browser);

const STATUS: &str = r#"[role="status"][aria-label="Connection status"]"#;
const LOG: &str = r#"[role="log"][aria-label="Console"]"#;

fn message(topic: &str, text: &str) -> ToBrowser {
    ToBrowser::Message(Message {
        topic: topic.into(),
        qos: QoS::AtMostOnce,
        retain: false,
        duplicate: false,
        payload: Payload::from_text(text),
    })
}

#[wasm_bindgen_test]
async fn the_form_has_the_promised_names_and_starts() {
    let page = Mounted::new().await;
    assert!(page.try_find(r#"form[aria-label="Connection"]"#).is_some());
    let value = |label| page.labelled(label).unchecked_into::<HtmlInputElement>().value();
    assert_eq!(value("Host"), "mqtt.thingsboard.cloud");
    assert_eq!(value("Port"), "8883");
    assert_eq!(page.labelled("Access token").get_attribute("type").as_deref(), Some("password"));
    assert_eq!(page.labelled("Access token").get_attribute("autocomplete").as_deref(), Some("off"));
    assert_eq!(page.labelled("CA certificate").get_attribute("type").as_deref(), Some("file"));
    let options = |label| -> Vec<String> {
        let list = page.labelled(label).query_selector_all("option").unwrap();
        (0..list.length()).filter_map(|index| list.item(index)?.text_content()).collect()
    };
    assert_eq!(options("Trust"), ["Uploaded certificate", "Public certificate authorities"]);
    assert_eq!(options("MQTT version"), ["5", "3.1.1"]);
    let buttons: HashSet<_> =
        page.all("button").into_iter().filter_map(|button| button.text_content()).collect();
    for name in ["Connect", "Disconnect", "Use the demo device", "Run the example", "Publish"] {
        assert!(buttons.contains(name), "{name}");
    }
}

#[wasm_bindgen_test]
async fn problems_are_tied_to_their_fields_and_the_typed_text_stays() {
    let page = Mounted::new().await;
    page.type_into("Host", "https://tb.example").await;
    page.press("Connect").await;
    for label in ["Host", "Access token", "CA certificate"] {
        let input = page.labelled(label);
        assert_eq!(input.get_attribute("aria-invalid").as_deref(), Some("true"), "{label}");
        let described = input.get_attribute("aria-describedby").unwrap();
        let problem = page.text(&format!("#{}", described.split(' ').next().unwrap()));
        assert!(problem.ends_with('.'), "{label}: {problem}");
    }
    assert_eq!(page.labelled("Port").get_attribute("aria-invalid"), None);
    assert_eq!(page.labelled("Host").unchecked_into::<HtmlInputElement>().value(), "https://tb.example");
    assert_eq!(page.effects(), [Effect::Focus("connection-host")]);
    page.type_into("Host", "tb.example").await;
    assert_eq!(page.labelled("Host").get_attribute("aria-invalid"), None);
}

#[wasm_bindgen_test]
async fn a_private_key_is_refused_in_the_browser_and_nothing_is_sent() {
    let page = Mounted::new().await;
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let parts = Array::of1(&Uint8Array::from(key.as_bytes()));
    let transfer = DataTransfer::new().unwrap();
    transfer.items().add_with_file(&File::new_with_u8_array_sequence(&parts, "key.pem").unwrap()).unwrap();
    let input = page.labelled("CA certificate").unchecked_into::<HtmlInputElement>();
    input.set_files(transfer.files().as_ref());
    fire(&input, "change");
    page.eventually("the refusal", |page| page.try_find("#connection-certificate-problem").is_some()).await;
    let problem = page.text("#connection-certificate-problem");
    assert!(problem.contains("private key"), "{problem}");
    assert!(problem.contains("It did not leave your browser."), "{problem}");
    assert_eq!(page.effects(), []);
}

#[wasm_bindgen_test]
async fn a_pasted_certificate_is_shown_with_what_people_compare() {
    let page = Mounted::new().await;
    page.press("Paste text instead").await;
    let pem = include_str!("../../shared/src/trust_file/test-certificate.pem");
    page.type_into("Certificate text (PEM)", pem).await;
    let card = page.text(".certificates");
    for part in ["CN=trust-file-test", "Valid until", "UTC", "SHA-256", "DA:17:2A:27"] {
        assert!(card.contains(part), "{part} in {card}");
    }
    page.press("Remove").await;
    assert!(page.try_find(".certificates").is_none());
}

#[wasm_bindgen_test]
async fn the_status_begins_with_the_word_of_each_phase() {
    let page = Mounted::ready().await;
    let begins = |word: &str| {
        let text = page.text(STATUS);
        assert!(text.starts_with(word), "{word}: {text}");
    };
    begins("Disconnected");
    page.act(Action::Connect).await;
    begins("Connecting");
    page.accept().await;
    begins("Connected");
    page.hear(ToBrowser::Disconnected(Disconnected { id: None, failure: Some(Failure::ConnectionReset) }))
        .await;
    begins("Reconnecting");
    assert!(
        page.all("button").iter().any(|button| button.text_content().as_deref() == Some("Reconnect now"))
    );
    page.press("Cancel").await;
    begins("Disconnected");
}

#[wasm_bindgen_test]
async fn a_failure_shows_step_hop_cause_fix_and_evidence() {
    let page = Mounted::ready().await;
    page.act(Action::Connect).await;
    let failure = Failure::UnknownIssuer { issuer: Some("CN=<b>A</b>".into()), trusted: vec!["CN=B".into()] };
    let (advice, hint) = (failure.advice(), Hint::PublicAuthoritiesFit);
    page.hear(ToBrowser::ConnectFailed(ConnectFailed {
        id: 1,
        step: Step::Tls,
        elapsed_us: 5_210,
        failure,
        hints: vec![hint.clone()],
        chain_pem: String::new(),
    }))
    .await;
    assert!(page.text(STATUS).starts_with(&format!("Connection failed: {}", advice.cause)));
    let card = page.text(".failure");
    for part in [
        advice.fix.as_str(),
        &hint.sentence(),
        "StepTLS",
        "between the proxy and the server",
        "CN=<b>A</b>",
        "CN=B",
    ] {
        assert!(card.contains(part), "{part} in {card}");
    }
    let steps: Vec<_> = page.all(".step").into_iter().filter_map(|step| step.text_content()).collect();
    assert!(steps[2].starts_with("TLS") && steps[2].contains("failed after 5.2 ms"), "{steps:?}");
}

#[wasm_bindgen_test]
async fn the_examples_lines_stand_in_the_log_in_order() {
    let page = Mounted::ready().await;
    page.press("Run the example").await;
    page.accept().await;
    page.hear(message("v1/devices/me/attributes/response/1", "{}")).await;
    page.hear(message("v1/devices/me/rpc/request/4", r#"{"method":"x","params":1}"#)).await;
    let lines: Vec<String> = page
        .all(&format!("{LOG} .entry__line, {LOG} .long-text"))
        .into_iter()
        .filter_map(|line| line.text_content())
        .collect();
    let expected = [
        "Connected with result code 0",
        "Topic: v1/devices/me/attributes/response/1",
        "Message: {}",
        "This is a RPC call. RequestID: 4. Going to reply now!",
    ];
    let positions: Vec<_> =
        expected.iter().map(|line| lines.iter().position(|found| found == line)).collect();
    assert!(positions.iter().all(Option::is_some) && positions.is_sorted(), "{positions:?} in {lines:?}");
    let last = page.sent().pop().unwrap();
    assert!(matches!(last, ToProxy::Publish(publish) if publish.topic == "v1/devices/me/rpc/response/4"));
}

#[wasm_bindgen_test]
async fn text_from_the_broker_is_text_only_and_nothing_hides_in_it() {
    let page = Mounted::connected().await;
    page.hear(message("a/\u{202e}b", "<img src=x onerror=alert(1)>\0")).await;
    assert!(page.try_find("img").is_none());
    let log = page.text(LOG);
    assert!(log.contains("Topic: a/[U+202E]b"), "{log}");
    assert!(log.contains("<img src=x onerror=alert(1)>␀"), "{log}");
}

#[wasm_bindgen_test]
async fn a_long_payload_says_how_much_more_there_is() {
    let page = Mounted::connected().await;
    page.hear(message("a", &"x".repeat(5_000))).await;
    assert!(page.text(LOG).contains("… 2,952 more bytes"));
    page.press("Show all").await;
    assert!(page.text(LOG).contains(&"x".repeat(5_000)));
}

#[wasm_bindgen_test]
async fn publishing_says_why_not_and_goes_by_keyboard() {
    let page = Mounted::ready().await;
    page.press("Publish").await;
    assert!(page.text(".publish__notice").starts_with("Not connected"));
    page.act(Action::Connect).await;
    page.accept().await;
    page.type_into("Payload", "mine").await;
    page.key(&page.labelled("Payload"), "Enter", true).await;
    let sent = page.sent();
    assert!(matches!(&sent[..], [ToProxy::Publish(publish)] if publish.payload.as_text() == Some("mine")));
    assert!(page.text(LOG).contains("pending"));
}

#[wasm_bindgen_test]
async fn tabs_are_walked_with_the_arrow_keys() {
    let page = Mounted::new().await;
    let names: Vec<_> =
        page.all(r#"[role="tab"]"#).into_iter().filter_map(|tab| tab.text_content()).collect();
    assert_eq!(names, ["Console", "Raw MQTT", "Certificate", "Platform"]);
    page.key(&page.find("#tab-console"), "ArrowRight", false).await;
    assert_eq!(page.find("#tab-raw-mqtt").get_attribute("aria-selected").as_deref(), Some("true"));
    assert_eq!(page.find("#tab-console").get_attribute("tabindex").as_deref(), Some("-1"));
    assert!(page.find("#panel-console").has_attribute("hidden"));
    assert!(!page.find("#panel-raw-mqtt").has_attribute("hidden"));
    assert!(page.effects().contains(&Effect::Focus("tab-raw-mqtt")));
}

/// Ids are unique, whatever names an id names one that exists, and every input has a name.
fn check_references(page: &Mounted) {
    let mut ids = HashSet::new();
    for element in page.all("[id]") {
        assert!(ids.insert(element.id()), "the id {} stands twice", element.id());
    }
    for attribute in ["for", "aria-describedby", "aria-labelledby", "aria-controls"] {
        for element in page.all(&format!("[{attribute}]")) {
            for id in element.get_attribute(attribute).unwrap().split(' ') {
                assert!(ids.contains(id), "{attribute} names {id}, which is not there");
            }
        }
    }
    for input in page.all("input, select, textarea") {
        let labelled = page.try_find(&format!(r#"label[for="{}"]"#, input.id())).is_some();
        assert!(labelled || input.closest("label").unwrap().is_some(), "{}", input.outer_html());
    }
    assert!(page.all("[style]").is_empty(), "inline styles are forbidden by the page's policy");
}

#[wasm_bindgen_test]
async fn names_and_ids_hold_in_every_state() {
    let page = Mounted::new().await;
    check_references(&page);
    page.press("Connect").await;
    page.press("Paste text instead").await;
    check_references(&page);

    let page = Mounted::connected().await;
    page.press("Raw MQTT").await;
    page.press("Subscribe").await;
    check_references(&page);
    page.press("Platform").await;
    check_references(&page);
    let endpoint = Endpoint { host: Host::parse("tb.example").unwrap(), port: 8883 };
    page.hear(ToBrowser::Disconnected(Disconnected {
        id: None,
        failure: Some(Failure::TlsNotSpoken { endpoint }),
    }))
    .await;
    check_references(&page);
}
