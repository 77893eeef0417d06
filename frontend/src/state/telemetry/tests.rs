//! The tab, told as actions and what comes of them.

use super::*;
use crate::{
    state::{
        Action, Effect, Now, State,
        action::{FormAction, SocketEvent},
        dialect::{DialectAction, PayloadFormat},
        form::{Field, TrustChoice},
        update,
    },
    text::Stamp,
};
use shared::{
    thingsboard::{topic::Flavour, value::StoredType},
    wire::{
        Connected, MqttVersion, Publish, PublishOutcome, Published, TlsFacts, ToBrowser, ToProxy,
        Verification,
    },
};

const NOW_MS: i64 = 1_795_529_400_000;

#[derive(Default)]
struct Page {
    state: State,
    effects: Vec<Effect>,
}

impl Page {
    fn connected() -> Self {
        let mut page = Self::default();
        page.act(Action::Form(FormAction::TrustChosen(TrustChoice::PublicAuthorities)));
        page.act(Action::Form(FormAction::Typed(Field::Token, "A1_TEST_TOKEN".into())));
        page.act(Action::Connect);
        page.hear(ToBrowser::Connected(Box::new(Connected {
            id: 1,
            mqtt_version: MqttVersion::V5,
            return_code: 0,
            session_present: false,
            address: "203.0.113.7:8883".into(),
            tls: TlsFacts {
                version: "TLS 1.3".into(),
                cipher_suite: "TLS13_AES_256_GCM_SHA384".into(),
                key_exchange: "X25519".into(),
                verification: Verification::Strict,
                anchor: None,
                chain_pem: String::new(),
            },
        })));
        page
    }

    fn act(&mut self, action: Action) {
        let stamp = Stamp { unix_ms: NOW_MS, offset_min: 0 };
        self.effects = update(&mut self.state, action, Now { stamp, ..Now::default() });
    }

    fn does(&mut self, action: TelemetryAction) {
        self.act(Action::Telemetry(action));
    }

    fn hear(&mut self, message: ToBrowser) {
        let socket = self.state.socket.expect("a socket is open");
        self.act(Action::Socket(socket, SocketEvent::Messages(vec![message])));
    }

    fn telemetry(&self) -> &Telemetry {
        &self.state.telemetry
    }

    /// Fills a row; new ones are added as needed.
    fn row(&mut self, at: usize, time: &str, key: &str, value: &str) {
        while self.telemetry().rows.list.len() <= at {
            self.does(TelemetryAction::RowAdded);
        }
        let number = self.telemetry().rows.list[at].number;
        self.does(TelemetryAction::RowTimeTyped(number, time.into()));
        self.does(TelemetryAction::KeyTyped(number, key.into()));
        self.does(TelemetryAction::ValueTyped(number, value.into()));
    }

    fn text(&mut self, text: &str) {
        self.does(TelemetryAction::EditorChosen(Editor::Json));
        self.does(TelemetryAction::JsonTyped(text.into()));
    }

    /// What pressing the button sends.
    fn publish(&mut self) -> Option<Publish> {
        self.does(TelemetryAction::Publish);
        self.effects.iter().find_map(|effect| match effect {
            Effect::Send(ToProxy::Publish(publish)) => Some(publish.clone()),
            _ => None,
        })
    }

    fn published_text(&mut self) -> String {
        self.publish().expect("it is sent").payload.as_text().unwrap().to_owned()
    }

    fn ready(&self) -> Ready {
        self.telemetry().outlook.ready().unwrap_or_else(|| panic!("{:?}", self.telemetry().outlook)).clone()
    }
}

#[test]
fn rows_go_out_as_they_were_typed_and_the_outcome_comes_back() {
    let mut page = Page::connected();
    page.row(0, "", "count", "9223372036854775807");
    page.row(1, "", "level", "127.0");
    page.row(2, "", "mode", "eco");
    let publish = page.publish().unwrap();
    assert_eq!(publish.topic, "v1/devices/me/telemetry");
    assert_eq!(
        publish.payload.as_text().unwrap(),
        r#"{"count": 9223372036854775807, "level": 127.0, "mode": "eco"}"#
    );
    let past = page.telemetry().recent.newest().unwrap();
    assert_eq!((past.what.as_str(), &past.outcome), ("3 values, 61 bytes", &None));
    page.hear(ToBrowser::Published(Published { id: publish.id, outcome: PublishOutcome::Delivered }));
    assert_eq!(page.telemetry().recent.newest().unwrap().outcome, Some(PublishOutcome::Delivered));
}

#[test]
fn the_preview_names_what_is_stored() {
    let mut page = Page::connected();
    page.row(0, "", "code", "007");
    let ready = page.ready();
    assert_eq!(ready.preview.points[0].value, serde_json::json!(7));
    assert_eq!(ready.preview.points[0].stored, StoredType::Long);
    assert_eq!(ready.preview.points[0].cast_from.as_deref(), Some("007"));
    assert_eq!(ready.preview.warnings.len(), 1);
}

#[test]
fn an_incomplete_row_takes_the_focus_and_nothing_is_sent() {
    let mut page = Page::connected();
    assert_eq!(page.publish(), None);
    assert!(page.telemetry().notice.as_ref().unwrap().contains("nothing to publish"));
    page.row(0, "", "", "5");
    assert_eq!(page.publish(), None);
    assert_eq!(page.effects, [Effect::Focus(ROW_PROBLEM_ID)]);
    assert!(page.telemetry().rows.list[0].key_problem.is_some());
    page.does(TelemetryAction::WayChosen(Way::WithTimestamp));
    page.does(TelemetryAction::TimeTyped("yesterday".into()));
    assert_eq!(page.publish(), None);
    assert_eq!(page.effects, [Effect::Focus(TIME_ID)]);
}

#[test]
fn malformed_text_has_its_place_at_the_field() {
    let mut page = Page::connected();
    page.text("{\"a\": 1,\n \"b\" 2}");
    assert_eq!(page.publish(), None);
    assert_eq!(page.effects, [Effect::Focus(JSON_ID)]);
    assert!(page.telemetry().json_problem.as_ref().unwrap().contains("line 2, column 6"));
    page.does(TelemetryAction::JsonTyped("{\"a\": 1}".into()));
    assert_eq!(page.telemetry().json_problem, None);
    assert_eq!(page.published_text(), "{\"a\": 1}");
}

#[test]
fn a_moment_stands_around_the_values() {
    let mut page = Page::connected();
    page.row(0, "", "a", "1");
    page.does(TelemetryAction::WayChosen(Way::WithTimestamp));
    assert_eq!(page.telemetry().rows.time, NOW_MS.to_string());
    assert_eq!(page.published_text(), r#"{"ts": 1795529400000, "values": {"a": 1}}"#);
}

#[test]
fn seconds_become_milliseconds_where_they_were_typed() {
    let mut page = Page::connected();
    page.row(0, "1795529400", "a", "1");
    page.row(1, "1795529400", "b", "1");
    page.row(2, "", "c", "1");
    page.does(TelemetryAction::WayChosen(Way::Batch));
    assert!(page.ready().in_milliseconds().is_some());
    page.does(TelemetryAction::UseMilliseconds);
    let times: Vec<&str> = page.telemetry().rows.list.iter().map(|row| row.time.as_str()).collect();
    assert_eq!(times, ["1795529400000", "1795529400000", ""]);
    assert_eq!(page.ready().in_milliseconds(), None);

    page.does(TelemetryAction::WayChosen(Way::WithTimestamp));
    page.does(TelemetryAction::TimeTyped("1795529400".into()));
    page.does(TelemetryAction::UseMilliseconds);
    assert_eq!(page.telemetry().rows.time, "1795529400000");

    page.text("{ts: 1795529400, values: {a: 127.0}} // mine");
    page.does(TelemetryAction::UseMilliseconds);
    assert_eq!(page.telemetry().json, "{ts: 1795529400000, values: {a: 127.0}} // mine");
}

#[test]
fn going_to_the_other_editor_and_back_loses_nothing() {
    let mut page = Page::connected();
    page.row(0, "", "a", "on");
    page.row(1, "", "", "half");
    let before = page.telemetry().rows.clone();
    page.does(TelemetryAction::EditorChosen(Editor::Json));
    assert_eq!(page.telemetry().json, r#"{"a": "on", "": "half"}"#);
    page.does(TelemetryAction::EditorChosen(Editor::Rows));
    assert!(page.telemetry().rows.same_content(&before), "typed without quotes, and so it is again");

    page.text("[{ts:5,values:{b:1.50,a:[1]}}, {'c':1e3}]");
    assert_eq!(page.telemetry().way, Way::Batch);
    page.does(TelemetryAction::EditorChosen(Editor::Rows));
    let rows: Vec<_> = page
        .telemetry()
        .rows
        .list
        .iter()
        .map(|row| (row.time.as_str(), row.key.as_str(), row.value.as_str()))
        .collect();
    assert_eq!(rows, [("5", "a", "[1]"), ("5", "b", "1.50"), ("", "c", "1e3")]);
    page.does(TelemetryAction::EditorChosen(Editor::Json));
    assert_eq!(page.telemetry().json, "[{ts:5,values:{b:1.50,a:[1]}}, {'c':1e3}]");
}

#[test]
fn a_text_that_rows_cannot_hold_stays_a_text_and_says_why() {
    let mut page = Page::connected();
    for (text, why) in [
        ("{\"a\":", "readable text only"),
        ("{\"a\": 1} // note", "a comment"),
        ("{\"a\": 1, \"a\": 2}", "a key twice"),
        ("{\"ts\": 1795529400000, \"values\": {}, \"x\": 1}", "beside ts and values"),
        ("[5]", "readable text only"),
    ] {
        page.text(text);
        page.does(TelemetryAction::EditorChosen(Editor::Rows));
        assert_eq!((page.telemetry().editor, page.telemetry().json.as_str()), (Editor::Json, text));
        let problem = page.telemetry().json_problem.clone().unwrap();
        assert!(problem.contains(why), "{text}: {problem}");
    }
}

#[test]
fn another_way_rewrites_the_text_unless_moments_would_be_lost() {
    let mut page = Page::connected();
    page.text("{\"a\": 1.50} // b");
    page.does(TelemetryAction::WayChosen(Way::Batch));
    assert_eq!(page.telemetry().json, "[\n{\"a\": 1.50} // b\n]");
    page.does(TelemetryAction::WayChosen(Way::WithTimestamp));
    assert_eq!(page.telemetry().json, "{\"ts\": 1795529400000, \"values\": {\"a\": 1.50}}");
    page.does(TelemetryAction::WayChosen(Way::Now));
    assert_eq!(page.telemetry().json, "{\"a\": 1.50}");
    page.text("[{\"a\": 1}, {\"a\": 2}]");
    page.does(TelemetryAction::WayChosen(Way::Now));
    assert_eq!(page.telemetry().way, Way::Batch);
    assert!(page.telemetry().notice.as_ref().unwrap().contains("2 moments"));
}

#[test]
fn an_empty_array_and_an_empty_object_are_explained_and_may_be_sent() {
    let mut page = Page::connected();
    page.text("[]");
    assert!(
        page.ready()
            .preview
            .warnings
            .iter()
            .any(|warning| warning.to_string().contains("never acknowledges"))
    );
    assert_eq!(page.published_text(), "[]");
    page.text("{}");
    assert!(
        page.ready().preview.warnings.iter().any(|warning| warning.to_string().contains("stores nothing"))
    );
    assert_eq!(page.published_text(), "{}");
}

#[test]
fn a_payload_over_the_limit_is_one_sentence() {
    let mut page = Page::connected();
    page.text(&format!("{{\"a\": \"{}\"}}", "x".repeat(65_537 - 9)));
    assert_eq!(page.publish(), None);
    let problem = page.telemetry().json_problem.clone().unwrap();
    assert!(problem.contains("65,537 bytes") && problem.contains("65,536"), "{problem}");
}

#[test]
fn protobuf_goes_out_as_bytes_of_the_default_schema_or_says_why_not() {
    let mut page = Page::connected();
    page.act(Action::Dialect(DialectAction::FlavourChosen(Flavour::V2Protobuf)));
    page.row(0, "", "temperature", "25");
    let Encoded::Protobuf(bytes) = page.ready().encoded else { panic!("{:?}", page.ready()) };
    assert_eq!(page.ready().preview.points[0].stored, StoredType::Double, "the schema has doubles only");
    let publish = page.publish().unwrap();
    assert_eq!((publish.topic.as_str(), publish.payload.as_bytes()), ("v2/t/p", &bytes[..]));

    page.row(1, "", "pressure", "1013");
    assert_eq!(page.publish(), None);
    assert!(page.telemetry().notice.as_ref().unwrap().contains("no field `pressure`"));
    page.act(Action::Dialect(DialectAction::FlavourChosen(Flavour::V2)));
    assert_eq!(page.ready().encoded, Encoded::Json);
    page.act(Action::Dialect(DialectAction::ProfileChosen(PayloadFormat::Protobuf)));
    assert!(matches!(page.ready().encoded, Encoded::Impossible(_)));
}

#[test]
fn without_a_connection_the_form_says_so_and_keeps_what_was_typed() {
    let mut page = Page::default();
    page.row(0, "", "a", "1");
    assert_eq!(page.publish(), None);
    assert!(page.telemetry().notice.as_ref().unwrap().starts_with("Not connected"));
    assert_eq!(page.telemetry().rows.list[0].value, "1");
    assert!(page.telemetry().recent.is_empty());
}
