//! The tab `Attributes`: publishing, asking, and what is known of them.

use super::{
    super::attributes::{
        AttributesAction,
        known::{Entry, How},
        request::{CLIENT_ID, ID_ID, SHARED_ID, Standing},
        upload::JSON_ID,
    },
    *,
};
use crate::state::{
    dialect::DialectAction,
    rows::{Editor, RowEdit},
};
use shared::thingsboard::{
    attributes::{AttributesRequest, Push, Scope},
    protobuf,
    topic::Flavour,
};
use std::ops::{Deref, DerefMut};

/// A page with words of its own for this tab.
struct Desk(Page);

impl Deref for Desk {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.0
    }
}

impl DerefMut for Desk {
    fn deref_mut(&mut self) -> &mut Page {
        &mut self.0
    }
}

impl Desk {
    fn connected() -> Self {
        Self(Page::connected())
    }

    fn attributes(&mut self, action: AttributesAction) {
        self.act(Action::Attributes(action));
    }

    fn known(&self, scope: Scope, key: &str) -> Option<&Entry> {
        self.state.attributes.known.entries().get(&(scope, key.into()))
    }

    /// Value and how it was learnt.
    fn row(&self, scope: Scope, key: &str) -> Option<(String, How)> {
        let entry = self.known(scope, key)?;
        Some((entry.value.as_deref().unwrap_or_default().to_owned(), entry.how))
    }

    fn acknowledge(&mut self) {
        let published = self.sent.iter().rev().find_map(|message| match message {
            ToProxy::Publish(publish) => Some(publish.id),
            _ => None,
        });
        let id = published.expect("something was published");
        self.hear(ToBrowser::Published(Published { id, outcome: PublishOutcome::Delivered }));
    }

    fn asked_id(&self) -> i32 {
        self.state.attributes.request.list[0].id
    }
}

#[test]
fn what_is_published_is_known_once_it_is_acknowledged_and_as_it_is_stored() {
    let mut page = Desk::connected();
    page.attributes(AttributesAction::Rows(RowEdit::Key(0, "serial".into())));
    page.attributes(AttributesAction::Rows(RowEdit::Value(0, "\"007\"".into())));
    page.attributes(AttributesAction::Publish);
    assert_eq!(page.wire_order(), [r#"publish v1/devices/me/attributes 1 {"serial": "007"}"#]);
    assert_eq!(page.row(Scope::Client, "serial"), None);
    page.acknowledge();
    assert_eq!(page.row(Scope::Client, "serial"), Some(("7".into(), How::Published)));
}

#[test]
fn what_the_server_would_not_take_is_said_at_its_box_and_not_sent() {
    let mut page = Desk::connected();
    page.attributes(AttributesAction::EditorChosen(Editor::Json));
    for (text, sentence) in
        [("[1]", "this payload is an array"), ("{\"a\":\n!]", "line 2"), ("", "payload is empty")]
    {
        page.attributes(AttributesAction::JsonTyped(text.into()));
        page.attributes(AttributesAction::Publish);
        assert_eq!(page.effects, [Effect::Focus(JSON_ID)], "{text}");
        let said = page.state.attributes.upload.problem.as_ref().unwrap();
        assert!(said.contains(sentence), "{text}: {said}");
        assert_eq!(page.state.attributes.upload.json, text);
    }
    page.attributes(AttributesAction::EditorChosen(Editor::Rows));
    page.attributes(AttributesAction::Rows(RowEdit::Value(0, String::new())));
    page.attributes(AttributesAction::Publish);
    assert_eq!(page.effects, [Effect::Focus("attributes-value-1")]);
    assert!(page.sent.is_empty());
}

#[test]
fn the_rows_are_taken_along_into_the_json() {
    let mut page = Desk::connected();
    page.attributes(AttributesAction::Rows(RowEdit::Value(0, "127.0".into())));
    page.attributes(AttributesAction::EditorChosen(Editor::Json));
    assert_eq!(page.state.attributes.upload.json, r#"{"model": 127.0}"#);
}

#[test]
fn a_request_subscribes_first_and_its_answer_tells_what_is_missing() {
    let mut page = Desk::connected();
    page.attributes(AttributesAction::ClientKeysTyped("model, gone".into()));
    page.attributes(AttributesAction::SharedKeysTyped("limit".into()));
    page.attributes(AttributesAction::Request);
    let id = page.asked_id();
    assert_eq!(
        page.wire_order(),
        [
            "subscribe v1/devices/me/attributes/response/+".to_owned(),
            format!(
                "publish v1/devices/me/attributes/request/{id} 1 {{\"clientKeys\":\"model,gone\",\"sharedKeys\":\"limit\"}}"
            ),
        ]
    );
    assert!(page.state.wants_ticks());
    page.pass_ms(30);
    let answer = r#"{"client":{"model":"X1"},"shared":{"limit":9223372036854775807}}"#;
    page.message(&format!("v1/devices/me/attributes/response/{id}"), answer);
    let missing = [(Scope::Client, "gone".into())].into();
    assert_eq!(
        page.state.attributes.request.list[0].standing,
        Standing::Answered { after_ms: 30, found: 2, missing }
    );
    assert_eq!(page.row(Scope::Client, "model"), Some(("\"X1\"".into(), How::Answered)));
    assert_eq!(page.row(Scope::Shared, "limit"), Some(("9223372036854775807".into(), How::Answered)));
    assert!(!page.state.wants_ticks());
}

#[test]
fn an_empty_request_is_explained_and_everything_has_a_button_of_its_own() {
    let mut page = Desk::connected();
    page.attributes(AttributesAction::Request);
    assert_eq!(page.effects, [Effect::Focus(CLIENT_ID)]);
    assert!(page.state.attributes.request.client_problem.as_ref().unwrap().contains("Request all"));
    page.attributes(AttributesAction::SharedKeysTyped("a,,b".into()));
    page.attributes(AttributesAction::Request);
    assert_eq!(page.effects, [Effect::Focus(SHARED_ID)]);
    page.attributes(AttributesAction::RequestAll);
    let id = page.asked_id();
    assert_eq!(page.wire_order()[1], format!("publish v1/devices/me/attributes/request/{id} 1 {{}}"));
}

#[test]
fn an_answer_for_all_marks_what_is_not_there_any_more() {
    let mut page = Desk::connected();
    page.message("v1/devices/me/attributes", r#"{"a":1,"b":2}"#);
    page.attributes(AttributesAction::RequestAll);
    let id = page.asked_id();
    page.message(&format!("v1/devices/me/attributes/response/{id}"), r#"{"shared":{"a":1}}"#);
    assert_eq!(page.row(Scope::Shared, "a"), Some(("1".into(), How::Answered)));
    assert_eq!(page.row(Scope::Shared, "b"), Some(("2".into(), How::Missing)));
    page.attributes(AttributesAction::ClearDeleted);
    assert_eq!(page.row(Scope::Shared, "b"), None);
}

#[test]
fn ids_that_are_never_answered_are_refused() {
    let mut page = Desk::connected();
    for (id, sentence) in
        [("x", "whole number"), ("-1", "below 0"), ("2147483648", "2147483647"), ("07", "whole number")]
    {
        page.attributes(AttributesAction::IdTyped(id.into()));
        page.attributes(AttributesAction::RequestAll);
        assert_eq!(page.effects, [Effect::Focus(ID_ID)], "{id}");
        let said = page.state.attributes.request.id_problem.as_ref().unwrap();
        assert!(said.contains(sentence), "{id}: {said}");
    }
    page.attributes(AttributesAction::IdTyped("2".into()));
    page.attributes(AttributesAction::RequestAll);
    assert_eq!(page.asked_id(), 2);
    page.attributes(AttributesAction::RequestAll);
    assert_eq!(page.effects, [Effect::Focus(ID_ID)], "that one waits");
    page.attributes(AttributesAction::IdTyped(String::new()));
    page.attributes(AttributesAction::RequestAll);
    assert_ne!(page.asked_id(), 2, "the page chooses another one");
}

#[test]
fn a_request_is_given_up_after_a_while_and_lost_with_the_connection() {
    let mut page = Desk::connected();
    page.attributes(AttributesAction::RequestAll);
    page.pass_ms(20_000);
    page.act(Action::Tick);
    assert_eq!(page.state.attributes.request.list[0].standing, Standing::TimedOut);
    page.attributes(AttributesAction::RequestAll);
    page.lose(Failure::ConnectionReset);
    assert_eq!(page.state.attributes.request.list[0].standing, Standing::Lost);
    page.attributes(AttributesAction::RequestAll);
    assert!(page.state.attributes.request.notice.as_ref().unwrap().starts_with("Not connected"));
}

#[test]
fn a_push_is_known_and_spoken_at_once_and_a_deletion_stays_in_sight() {
    let mut page = Desk::connected();
    page.message("v1/devices/me/attributes", r#"{"limit":30}"#);
    assert_eq!(page.row(Scope::Shared, "limit"), Some(("30".into(), How::Pushed)));
    assert_eq!(page.state.announcement.text, "Shared attributes: limit is 30.");
    page.message("v1/devices/me/attributes", r#"{"deleted":["limit"]}"#);
    assert_eq!(page.row(Scope::Shared, "limit"), Some(("30".into(), How::Deleted)));
    assert_eq!(page.state.announcement.text, "Shared attributes deleted: limit.");
    assert!(page.state.attributes.known.deletions);
    page.attributes(AttributesAction::ClearDeleted);
    assert_eq!(page.row(Scope::Shared, "limit"), None);
}

#[test]
fn a_message_that_is_none_of_thingsboards_is_a_problem_in_the_console() {
    let mut page = Desk::connected();
    page.message("v1/devices/me/attributes", "[]");
    assert!(page.lines().last().unwrap().contains("no JSON object"));
}

#[test]
fn a_key_with_a_comma_can_come_with_everything_only() {
    let mut page = Desk::connected();
    page.message("v1/devices/me/attributes", r#"{"a,b":1}"#);
    page.attributes(AttributesAction::SharedKeysTyped("a,b".into()));
    page.attributes(AttributesAction::Request);
    assert!(page.state.attributes.request.notice.as_ref().unwrap().contains("holds a comma"));
}

#[test]
fn the_answer_to_the_example_is_of_use_too() {
    let mut page = Desk::connected();
    page.act(Action::RunExample);
    page.message("v1/devices/me/attributes/response/1", r#"{"client":{"model":"X1"}}"#);
    assert_eq!(page.row(Scope::Client, "model"), Some(("\"X1\"".into(), How::Answered)));
}

#[test]
fn short_topics_ask_and_hear_on_their_own() {
    let mut page = Desk::connected();
    page.act(Action::Dialect(DialectAction::FlavourChosen(Flavour::V2Json)));
    page.attributes(AttributesAction::RequestAll);
    let id = page.asked_id();
    assert_eq!(
        page.wire_order(),
        ["subscribe v2/a/res/j/+".to_owned(), format!("publish v2/a/req/j/{id} 1 {{}}")]
    );
    page.message(&format!("v2/a/res/j/{id}"), r#"{"client":{"a":1}}"#);
    assert!(!page.state.attributes.request.list[0].is_waiting());
    page.message("v2/a/j", r#"{"b":2}"#);
    assert_eq!(page.row(Scope::Shared, "b"), Some(("2".into(), How::Pushed)));
}

#[test]
fn protobuf_topics_carry_the_transports_messages() {
    let mut page = Desk::connected();
    page.act(Action::Dialect(DialectAction::FlavourChosen(Flavour::V2Protobuf)));
    page.attributes(AttributesAction::EditorChosen(Editor::Json));
    page.attributes(AttributesAction::JsonTyped(r#"{"model":"X1"}"#.into()));
    page.attributes(AttributesAction::Publish);
    assert_eq!(page.effects, [Effect::Focus(JSON_ID)], "the schema has no such field");
    page.attributes(AttributesAction::JsonTyped(r#"{"serialNumber":"SN-1"}"#.into()));
    page.attributes(AttributesAction::Publish);
    page.acknowledge();
    assert_eq!(page.row(Scope::Client, "serialNumber"), Some(("\"SN-1\"".into(), How::Published)));

    page.attributes(AttributesAction::RequestAll);
    let all = protobuf::attributes::encode_request(&AttributesRequest::all());
    let ToProxy::Publish(publish) = page.sent.last().unwrap() else { panic!() };
    assert_eq!(publish.payload.as_bytes(), all);
    let push = Push::Updated(serde_json::Map::from_iter([("limit".to_owned(), 30.into())]));
    page.hear(ToBrowser::Message(wire::Message {
        topic: "v2/a/p".into(),
        qos: QoS::AtMostOnce,
        retain: false,
        duplicate: false,
        payload: Payload::from_bytes(&protobuf::attributes::encode_push(&push, 5)),
    }));
    assert_eq!(page.row(Scope::Shared, "limit"), Some(("30".into(), How::Pushed)));
}
