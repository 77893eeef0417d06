//! The form to publish with.

use super::*;
use crate::state::{Action, Effect, Now, State, dialect::DialectAction, update};

fn check(form: &mut PublishForm, version: MqttVersion) -> Result<(), &'static str> {
    form.check(Place::Bar, version).map(drop)
}

#[test]
fn the_bar_starts_with_telemetry() {
    let mut form = PublishForm::default();
    assert_eq!(form.topic, "v1/devices/me/telemetry");
    assert_eq!(form.qos, QoS::AtLeastOnce);
    assert_eq!(check(&mut form, MqttVersion::V3_1_1), Ok(()));
}

#[test]
fn a_wildcard_is_no_topic_to_publish_to() {
    let mut form = PublishForm { topic: "a/+".into(), ..PublishForm::default() };
    assert_eq!(check(&mut form, MqttVersion::V3_1_1), Err(TOPIC_ID));
    assert!(form.topic_problem.unwrap().contains("wildcards"));
}

#[test]
fn a_packet_over_the_limit_is_refused_with_both_numbers() {
    let fits = MAX_PACKET_BYTES - 2 - 1 - 2;
    let form =
        |bytes| PublishForm { topic: "a".into(), payload: "x".repeat(bytes), ..PublishForm::default() };
    assert_eq!(check(&mut form(fits), MqttVersion::V3_1_1), Ok(()));
    assert_eq!(check(&mut form(fits), MqttVersion::V5), Err(PAYLOAD_ID));
    let mut over = form(fits + 10);
    assert_eq!(check(&mut over, MqttVersion::V3_1_1), Err(PAYLOAD_ID));
    let sentence = over.payload_problem.unwrap();
    assert!(sentence.contains("65,546 bytes"), "{sentence}");
    assert!(sentence.contains("65,536"), "{sentence}");
    assert!(sentence.ends_with("by 10 bytes."), "{sentence}");
}

#[test]
fn the_size_is_that_of_the_bytes_and_not_of_how_they_are_written() {
    let hex = "00".repeat(MAX_PACKET_BYTES - 5);
    let mut form =
        PublishForm { topic: "a".into(), payload: hex, writing: Writing::Hex, ..PublishForm::default() };
    let payload = form.check(Place::Raw, MqttVersion::V3_1_1).unwrap();
    assert_eq!(payload.len(), MAX_PACKET_BYTES - 5);
    form.payload.push_str("00");
    assert_eq!(form.check(Place::Raw, MqttVersion::V3_1_1), Err("raw-payload"));
}

fn act(state: &mut State, action: Action) -> Vec<Effect> {
    update(state, action, Now::default())
}

#[test]
fn a_warning_is_looked_at_again_at_every_change_and_mended_on_request() {
    let mut state = State::default();
    let seconds = r#"{"ts": 1795529400, "values": {"a": 1}}"#;
    act(&mut state, Action::Publish(PublishAction::PayloadTyped(seconds.into())));
    assert!(state.publish.warning.is_some());
    act(&mut state, Action::Publish(PublishAction::TopicTyped("my/topic".into())));
    assert_eq!(state.publish.warning, None);
    act(&mut state, Action::Publish(PublishAction::TopicTyped("v2/t".into())));
    act(&mut state, Action::Dialect(DialectAction::ProfileChosen(PayloadFormat::Protobuf)));
    assert_eq!(state.publish.warning, None, "the topic carries bytes then");
    act(&mut state, Action::Dialect(DialectAction::ProfileChosen(PayloadFormat::Json)));
    act(&mut state, Action::Publish(PublishAction::Mend));
    assert_eq!(state.publish.payload, r#"{"ts": 1795529400000, "values": {"a": 1}}"#);
}

#[test]
fn a_file_that_is_refused_replaces_neither_the_file_nor_the_text() {
    let mut state = State::default();
    let file = ChosenFile { name: "a.bin".into(), bytes: vec![1] };
    act(&mut state, Action::Raw(PublishAction::WritingChosen(Writing::File)));
    assert_eq!(act(&mut state, Action::Raw(PublishAction::Submit)), [Effect::Focus(RAW_FILE_ID)]);
    act(&mut state, Action::Raw(PublishAction::FileRead(file.into())));
    assert_eq!(state.raw.form.payload_problem, None);
    act(&mut state, Action::Raw(PublishAction::FileRefused("Too large.".into())));
    let problem = state.raw.form.payload_problem.clone();
    assert_eq!(problem.as_deref(), Some("Too large. The file chosen before stays."));
    assert_eq!(state.raw.form.payload_bytes(), Some(1));
    act(&mut state, Action::Raw(PublishAction::WritingChosen(Writing::Text)));
    assert_eq!(state.raw.form.payload, r#"{"temperature": 42}"#);
}
