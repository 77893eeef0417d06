//! The page as a person and a screen reader meet it: rendered in a browser, worked on through its
//! elements, read by roles and names.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test may end in a panic")]

mod support;

use frontend::state::{Action, Effect, Tab, action::CertificateAction, log::LogAction};
use js_sys::{Array, Uint8Array};
use shared::{
    endpoint::{Endpoint, Host},
    failure::{Failure, Step},
    hint::Hint,
    payload::Payload,
    wire::{ConnectFailed, Disconnected, Message, QoS, ToBrowser, ToProxy, Verification},
};
use std::collections::HashSet;
use support::{Mounted, fire};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{DataTransfer, File, HtmlElement, HtmlInputElement, HtmlTextAreaElement};

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
async fn a_pasted_private_key_is_wiped_with_a_word() {
    let page = Mounted::new().await;
    page.press("Paste text instead").await;
    assert_eq!(page.effects(), [Effect::Focus("connection-pasted")]);
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    page.type_into("Certificate text (PEM)", key).await;
    let input = page.labelled("Certificate text (PEM)");
    assert_eq!(input.clone().unchecked_into::<HtmlTextAreaElement>().value(), "");
    assert_eq!(input.get_attribute("aria-invalid").as_deref(), Some("true"));
    let said = page.text("#connection-pasted-problem");
    assert!(said.starts_with("You pasted a private key. It was wiped"), "{said}");
    fire(&input, "input");
    page.act(Action::ClearLog).await;
    assert_eq!(page.text("#connection-pasted-problem"), said);
    check_references(&page);
}

#[wasm_bindgen_test]
async fn of_a_long_log_the_rows_in_sight_are_drawn_and_keys_lead_through_all_of_it() {
    let page = Mounted::connected().await;
    let hear = async |range: std::ops::Range<u32>| {
        let messages = range.map(|number| message("a", &format!("n{number}."))).collect();
        page.hear_all(messages).await;
    };
    // Here are no style sheets, which give the list a size.
    let list = page.find("#log-list");
    let style = list.unchecked_ref::<HtmlElement>().style();
    style.set_property("height", "300px").unwrap();
    style.set_property("overflow-y", "auto").unwrap();
    hear(0..1_000).await;
    let drawn = || page.all(&format!("{LOG} [role=option]")).len();
    assert!((10..=320).contains(&drawn()), "{}", drawn());
    page.eventually("the newest", |page| page.text(LOG).contains("n999.")).await;
    assert!(!page.text(LOG).contains("n500."));
    let bar = page.text(".console__bar");
    assert!(
        bar.contains("1,000 received") && bar.contains("1,002 shown") && bar.contains("0 dropped"),
        "{bar}"
    );
    page.key(&list, "Home", false).await;
    page.eventually("the beginning", |page| page.text(LOG).contains("Connected with result code 0")).await;
    let selected = || page.text(&format!("{LOG} [aria-selected=true]"));
    assert!(selected().contains("Connected with result code 0"), "{}", selected());
    let row = page.find(&format!("{LOG} [aria-selected=true]"));
    assert_eq!(row.get_attribute("aria-posinset").as_deref(), Some("1"));
    assert_eq!(row.get_attribute("aria-setsize").as_deref(), Some("1002"));
    assert_eq!(list.get_attribute("aria-activedescendant"), Some(row.id()));
    hear(1_000..1_500).await;
    assert!(selected().contains("Connected with result code 0"), "who reads stays there");
    assert!(!page.text(LOG).contains("n1499."));
    page.key(&list, "End", false).await;
    page.eventually("the end", |page| page.text(LOG).contains("n1499.")).await;
    check_references(&page);
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

/// Pastes these as one text and returns what is said about them.
async fn clinic(pems: &[&str]) -> (Mounted, String) {
    let page = Mounted::new().await;
    page.press("Paste text instead").await;
    page.type_into("Certificate text (PEM)", &pems.concat()).await;
    check_references(&page);
    let said = page.text(".certificates");
    (page, said)
}

const ROOT: &str = include_str!("../../shared/tests/files/root.pem");
const MIDDLE: &str = include_str!("../../shared/tests/files/intermediate.pem");
const LEAF: &str = include_str!("../../shared/tests/files/leaf.pem");

#[wasm_bindgen_test]
async fn the_clinic_says_since_when_a_certificate_has_expired() {
    let (page, said) = clinic(&[include_str!("support/expired.pem")]).await;
    for part in
        ["CN=expired-root", "until 2021-01-01 00:00 UTC", "Warning: A server that relies on it is refused"]
    {
        assert!(said.contains(part), "{part} in {said}");
    }
    let tag = page.text(".tag--bad");
    assert!(tag.starts_with("expired ") && tag.ends_with(" days ago"), "{tag}");
}

#[wasm_bindgen_test]
async fn the_clinic_names_a_leaf_and_what_to_give_instead() {
    let (page, said) = clinic(&[LEAF]).await;
    for part in ["exactly this certificate", "give CN=intermediate instead", "mqtt.example, *.mqtt.example"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert_eq!(page.all(".certificate details").len(), 1);
    assert!(page.try_find(".certificate details[open]").is_none(), "the facts are folded away");
    assert!(
        page.all("[aria-live] p")
            .iter()
            .any(|live| { live.text_content().as_deref() == Some("1 certificate read. 1 warning.") })
    );
}

#[wasm_bindgen_test]
async fn the_clinic_tells_a_chain_from_its_leaf_and_leaves_repetitions_out() {
    let (page, said) = clinic(&[ROOT, LEAF, MIDDLE, LEAF]).await;
    for part in [
        "A chain: CN=leaf, issued by CN=intermediate, issued by O=Trust file tests",
        "CN=root is needed; the others do no harm",
        "1 repeated certificate was left out.",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    let names: Vec<_> =
        page.all(".certificate__name").into_iter().filter_map(|name| name.text_content()).collect();
    assert_eq!(names[..2], ["CN=leaf", "CN=intermediate"]);
    assert_eq!(names.len(), 3);
    assert!(!said.contains("Warning"), "{said}");
}

#[wasm_bindgen_test]
async fn the_clinic_names_what_is_old_or_weak() {
    for (pem, part) in [
        (include_str!("../../shared/tests/files/v1.pem"), "X.509 version 1"),
        (include_str!("../../shared/tests/files/sha1.pem"), "RSA with SHA-1, which is no longer safe"),
        (include_str!("../../shared/tests/files/rsa-1024.pem"), "1024 bits, fewer than the 2048"),
    ] {
        let (_page, said) = clinic(&[pem]).await;
        assert!(said.contains(part), "{part} in {said}");
    }
    let (page, said) = clinic(&[include_str!("../../shared/tests/files/hostile.pem")]).await;
    assert!(page.try_find(".certificates b").is_none());
    assert!(said.contains("CN=<b>␛[31m[U+202E]gnp.exe"), "{said}");
}

#[wasm_bindgen_test]
async fn the_certificate_tab_shows_how_the_server_was_verified() {
    let page = Mounted::ready().await;
    page.act(Action::Connect).await;
    page.accept_with(|tls| {
        tls.anchor = Some("CN=root".into());
        tls.chain_pem = format!("{LEAF}{MIDDLE}");
    })
    .await;
    page.act(Action::SelectTab(Tab::Certificate)).await;
    let panel = page.text("#panel-certificate");
    for part in [
        "verified by certificate authority",
        "Ended atCN=root",
        "TLS 1.3",
        "TLS13_AES_256_GCM_SHA384",
        "X25519",
        "days left",
        "2001:db8::7",
    ] {
        assert!(panel.contains(part), "{part} in {panel}");
    }
    assert_eq!(page.all("#panel-certificate .certificate").len(), 2);
    assert!(!panel.contains("openssl"), "{panel}");
    check_references(&page);
    page.press("Download as PEM").await;
    let saved = Effect::Save {
        name: "mqtt.thingsboard.cloud-chain.pem".into(),
        bytes: format!("{LEAF}{MIDDLE}").into_bytes(),
    };
    assert_eq!(page.effects().last(), Some(&saved));
}

#[wasm_bindgen_test]
async fn an_old_style_certificate_comes_with_the_command_for_a_good_one() {
    let page = Mounted::ready().await;
    page.act(Action::Connect).await;
    page.accept_with(|tls| {
        tls.verification = Verification::ExactMatchByCommonName;
        tls.chain_pem = ROOT.to_owned();
    })
    .await;
    page.act(Action::SelectTab(Tab::Certificate)).await;
    let command = page.text("#certificate-command");
    assert!(command.contains("subjectAltName=DNS:mqtt.thingsboard.cloud"), "{command}");
    page.press("Copy").await;
    assert_eq!(page.effects().last(), Some(&Effect::Copy(command)));
    page.act(Action::Certificate(CertificateAction::Copied(true))).await;
    assert!(page.text("#panel-certificate").contains("Copied."));
    page.act(Action::Certificate(CertificateAction::Copied(false))).await;
    assert!(page.text("#panel-certificate").contains("the command is selected"));
    assert_eq!(page.effects().last(), Some(&Effect::Select("certificate-command")));
    check_references(&page);
}

#[wasm_bindgen_test]
async fn the_certificate_tab_shows_what_was_refused_and_why() {
    let page = Mounted::ready().await;
    page.act(Action::Connect).await;
    let failure = Failure::NameMismatch { host: "tb.example".into(), names: Vec::new(), common_name: None };
    let cause = failure.advice().cause;
    page.hear(ToBrowser::ConnectFailed(Box::new(ConnectFailed {
        id: 1,
        step: Step::Tls,
        elapsed_us: 5_210,
        failure,
        hints: Vec::new(),
        chain_pem: LEAF.to_owned(),
    })))
    .await;
    page.act(Action::SelectTab(Tab::Certificate)).await;
    let panel = page.text("#panel-certificate");
    for part in ["Not accepted: ", &cause, "CN=leaf", "openssl req -x509"] {
        assert!(panel.contains(part), "{part} in {panel}");
    }
}

#[wasm_bindgen_test]
async fn the_status_says_that_3_1_1_stands_in_for_5() {
    let page = Mounted::ready().await;
    page.act(Action::Connect).await;
    page.hear(ToBrowser::ConnectFailed(Box::new(ConnectFailed {
        id: 1,
        step: Step::Mqtt,
        elapsed_us: 5_210,
        failure: Failure::MqttVersionRefused { return_code: 1 },
        hints: Vec::new(),
        chain_pem: String::new(),
    })))
    .await;
    let words = "The server does not speak MQTT 5; trying 3.1.1.";
    assert!(page.text(STATUS).starts_with("Connecting to "), "{}", page.text(STATUS));
    assert!(page.text(STATUS).ends_with(words) && page.text(LOG).contains(words));
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
    page.hear(ToBrowser::ConnectFailed(Box::new(ConnectFailed {
        id: 1,
        step: Step::Tls,
        elapsed_us: 5_210,
        failure,
        hints: vec![hint.clone()],
        chain_pem: String::new(),
    })))
    .await;
    assert!(page.text(STATUS).starts_with(&format!("Connection failed: {}", advice.cause)));
    assert_eq!(page.text(".status__facts"), "At the step TLS, between the proxy and the server.");
    assert_eq!(page.text(".failure__fix"), hint.sentence(), "what was found out comes before what is likely");
    let card = page.text(".failure");
    for part in ["CN=<b>A</b>", "CN=B", "unknown-issuer"] {
        assert!(card.contains(part), "{part} in {card}");
    }
    for repeated in [advice.fix.as_str(), &advice.cause, "between the proxy"] {
        assert!(!card.contains(repeated), "{repeated} in {card}");
    }
    let steps: Vec<_> = page.all(".step").into_iter().filter_map(|step| step.text_content()).collect();
    assert!(steps[2].starts_with("TLS") && steps[2].contains("failed after 5.2\u{a0}ms"), "{steps:?}");
    assert!(steps[3].contains("not tried"), "{steps:?}");
}

#[wasm_bindgen_test]
async fn the_examples_lines_stand_in_the_log_in_order() {
    let page = Mounted::ready().await;
    page.press("Run the example").await;
    page.accept().await;
    page.hear(message("v1/devices/me/attributes/response/1", "{}")).await;
    page.hear(message("v1/devices/me/rpc/request/4", r#"{"method":"x","params":1}"#)).await;
    let lines: Vec<String> = page
        .all(&format!("{LOG} .row__topic, {LOG} .row__text"))
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
    page.hear(message("a", &"x".repeat(20_000))).await;
    let line = page.text(LOG);
    assert!(line.contains("xxx …") && !line.contains(&"x".repeat(500)) && line.contains("20,000 bytes"));
    page.act(Action::Log(LogAction::Open(3))).await;
    page.press("Text").await;
    assert!(page.text(".details__more").contains("Shown: about the first 16.0"), "{}", page.text(".details"));
    page.press("Show more").await;
    assert_eq!(page.text(".details__text"), "x".repeat(20_000));
    assert!(page.try_find(".details__more").is_none());
    check_references(&page);
}

#[wasm_bindgen_test]
async fn publishing_says_why_not_and_goes_by_keyboard() {
    let page = Mounted::ready().await;
    page.press("Publish").await;
    assert!(page.text(".publish__notice").starts_with("Not connected"));
    page.act(Action::Connect).await;
    page.accept().await;
    let payload = page.find("#publish-payload");
    payload.unchecked_ref::<HtmlTextAreaElement>().set_value("mine");
    fire(&payload, "input");
    page.key(&payload, "Enter", true).await;
    // Before it the page asked the server for its limits.
    let sent = page.sent();
    let last = sent.last().unwrap();
    assert!(matches!(last, ToProxy::Publish(publish) if publish.payload.as_text() == Some("mine")));
    assert!(page.text(LOG).contains("pending"));
}

#[wasm_bindgen_test]
async fn tabs_are_walked_with_the_arrow_keys() {
    let page = Mounted::new().await;
    let names: Vec<_> =
        page.all(r#"[role="tab"]"#).into_iter().filter_map(|tab| tab.text_content()).collect();
    let device_api = ["Telemetry", "Attributes", "RPC", "Firmware", "Provision & claim", "Gateway"];
    let expected = [&["Console"][..], &device_api, &["Raw MQTT", "Certificate", "Platform"]].concat();
    assert_eq!(names, expected);
    page.key(&page.find("#tab-console"), "ArrowRight", false).await;
    assert_eq!(page.find("#tab-telemetry").get_attribute("aria-selected").as_deref(), Some("true"));
    assert_eq!(page.find("#tab-console").get_attribute("tabindex").as_deref(), Some("-1"));
    assert!(page.find("#panel-console").has_attribute("hidden"));
    assert!(!page.find("#panel-telemetry").has_attribute("hidden"));
    assert!(page.effects().contains(&Effect::Focus("tab-telemetry")));
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
        let named = input.get_attribute("aria-label").is_some_and(|name| !name.is_empty());
        let inside = input.closest("label").unwrap().is_some();
        assert!(labelled || named || inside, "{}", input.outer_html());
    }
    // The log's are set by the style's own properties, which the policy allows.
    let styled = page.all("[style]:not(.log__space):not(.log__rows):not(#log-list)");
    assert!(styled.is_empty(), "inline styles are forbidden by the page's policy");
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
