//! What the tab `Telemetry` does.

use super::outgoing::{self, Letter};
use crate::{
    state::{
        Effect, Now, State,
        dialect::PayloadFormat,
        publish::packet_bytes,
        purpose::Purpose,
        rows::Editor,
        telemetry::{Encoded, JSON_ID, Outlook, ROW_PROBLEM_ID, Ready, TIME_ID, TelemetryAction, Way},
    },
    text::{counted, grouped},
};
use shared::{
    limits::MAX_PACKET_BYTES,
    payload::Payload,
    thingsboard::topic::Topic,
    wire::{PublishOutcome, QoS},
};

pub(super) fn update(state: &mut State, action: TelemetryAction, now: Now, effects: &mut Vec<Effect>) {
    match action {
        TelemetryAction::Publish => return publish(state, now, effects),
        TelemetryAction::UseMilliseconds => use_milliseconds(state),
        edit => self::edit(state, edit, now),
    }
    look(state, now);
}

/// Works out again what will become of what is typed.
pub(super) fn look(state: &mut State, now: Now) {
    let protobuf = state.dialect.format() == PayloadFormat::Protobuf;
    state.telemetry.outlook = Outlook::of(&state.telemetry, protobuf, now.unix_ms()).into();
}

pub(super) fn published(state: &mut State, number: u32, outcome: &PublishOutcome, _now: Now) {
    state.telemetry.recent.settle(number, outcome);
}

fn edit(state: &mut State, action: TelemetryAction, now: Now) {
    let telemetry = &mut state.telemetry;
    let now_ms = now.unix_ms().to_string();
    telemetry.notice = None;
    match action {
        TelemetryAction::WayChosen(way) => telemetry.choose_way(way, now.unix_ms()),
        TelemetryAction::EditorChosen(editor) => telemetry.choose_editor(editor),
        TelemetryAction::TimeTyped(time) => (telemetry.rows.time, telemetry.rows.time_problem) = (time, None),
        TelemetryAction::TimeNow => (telemetry.rows.time, telemetry.rows.time_problem) = (now_ms, None),
        TelemetryAction::RowTimeTyped(number, time) => row_time(state, number, time),
        TelemetryAction::RowTimeNow(number) => row_time(state, number, now_ms),
        TelemetryAction::KeyTyped(number, key) => {
            if let Some(row) = telemetry.rows.find(number) {
                (row.key, row.key_problem) = (key, None);
            }
        }
        TelemetryAction::ValueTyped(number, value) => {
            if let Some(row) = telemetry.rows.find(number) {
                (row.value, row.value_problem) = (value, None);
            }
        }
        TelemetryAction::RowAdded => telemetry.rows.add(),
        TelemetryAction::RowRemoved(number) => telemetry.rows.remove(number),
        TelemetryAction::JsonTyped(text) => {
            (telemetry.json, telemetry.json_problem) = (text, None);
            telemetry.follow_text();
        }
        TelemetryAction::UseMilliseconds | TelemetryAction::Publish => {}
    }
}

fn row_time(state: &mut State, number: u32, time: String) {
    if let Some(row) = state.telemetry.rows.find(number) {
        (row.time, row.time_problem) = (time, None);
    }
}

/// Puts the times of the mended payload where they were typed.
fn use_milliseconds(state: &mut State) {
    let telemetry = &mut state.telemetry;
    let outlook = telemetry.outlook.clone();
    let Some(mended) = outlook.ready().and_then(Ready::in_milliseconds) else { return };
    match (telemetry.editor, telemetry.way) {
        (Editor::Json, _) => telemetry.json = mended.to_owned(),
        (Editor::Rows, Way::Now) => {}
        (Editor::Rows, way) => telemetry.rows.take_times(way, mended),
    }
    state.announce("The timestamps are in milliseconds now.");
}

fn publish(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    look(state, now);
    state.telemetry.notice = None;
    state.telemetry.recent.pressed();
    let outlook = state.telemetry.outlook.clone();
    let Some(letter) = letter(state, &outlook, effects) else { return };
    let what = what(&letter, &outlook);
    let topic = letter.topic.clone();
    match outgoing::send(state, letter, now, effects) {
        Ok(()) => state.telemetry.recent.sent(now.stamp, topic, what),
        Err(why) => state.telemetry.notice = Some(why),
    }
}

/// What goes out. `None`: it cannot, and the form says why.
fn letter(state: &mut State, outlook: &Outlook, effects: &mut Vec<Effect>) -> Option<Letter> {
    let telemetry = &mut state.telemetry;
    if telemetry.editor == Editor::Rows && telemetry.rows.check(telemetry.way) {
        let id = if telemetry.rows.time_problem.is_some() { TIME_ID } else { ROW_PROBLEM_ID };
        effects.push(Effect::Focus(id));
        return None;
    }
    let ready = match outlook {
        Outlook::Ready(ready) => ready,
        Outlook::Nothing => {
            let why =
                "There is nothing to publish: type a key and a value, or {} to publish an empty object.";
            return stop(state, why.to_owned(), effects);
        }
        Outlook::Incomplete(why) | Outlook::Refused(why) => return stop(state, why.clone(), effects),
    };
    let payload = match &ready.encoded {
        Encoded::Json => Payload::from_text(&ready.payload),
        Encoded::Protobuf(bytes) => Payload::from_bytes(bytes),
        Encoded::Impossible(why) => return stop(state, why.clone(), effects),
    };
    let purpose = Purpose::Telemetry(state.telemetry.recent.next_number());
    let letter = Letter::to(Topic::Telemetry(state.dialect.flavour), payload, purpose);
    let version = state.phase.dial().map_or_else(Default::default, |dial| dial.mqtt_version);
    let size = packet_bytes(&letter.topic, letter.payload.len(), QoS::AtLeastOnce, version);
    if size > MAX_PACKET_BYTES {
        let why = format!(
            "The payload has {}; with its topic that is a packet of {}, more than the {} that ThingsBoard takes: \
             publish it in parts.",
            counted(letter.payload.len(), "byte", "bytes"),
            grouped(size),
            grouped(MAX_PACKET_BYTES),
        );
        return stop(state, why, effects);
    }
    Some(letter)
}

/// Says at the text why it cannot go out, and where there are rows, below them.
fn stop(state: &mut State, why: String, effects: &mut Vec<Effect>) -> Option<Letter> {
    match state.telemetry.editor {
        Editor::Json => {
            state.telemetry.json_problem = Some(why);
            effects.push(Effect::Focus(JSON_ID));
        }
        Editor::Rows => state.telemetry.notice = Some(why),
    }
    None
}

fn what(letter: &Letter, outlook: &Outlook) -> String {
    let points = outlook.ready().map_or(0, |ready| ready.preview.points.len());
    let values = counted(points, "value", "values");
    match outlook.ready().map(|ready| &ready.encoded) {
        Some(Encoded::Protobuf(_)) => {
            format!("{values}, {} of Protobuf", counted(letter.payload.len(), "byte", "bytes"))
        }
        _ => format!("{values}, {}", counted(letter.payload.len(), "byte", "bytes")),
    }
}
