//! What the tab `Attributes` does.

mod payloads;
mod request;

use crate::{
    state::{
        Effect, Now, State,
        attributes::{AttributesAction, known::How, request::Asked},
        purpose::Purpose,
        rows::Editor,
        update::outgoing::{self, Letter},
    },
    text::{counted, visible_start},
};
use serde_json::{Map, Value};
use shared::{
    payload::Payload,
    thingsboard::{
        attributes::{Push, Scope},
        topic::{Flavour, Topic},
    },
    wire::PublishOutcome,
};
use std::borrow::Cow;

/// Attributes that one announcement spells out.
const MAX_SPOKEN: usize = 3;
/// Characters of a key or a value that one announcement spells out.
const MAX_SPOKEN_CHARACTERS: usize = 40;

pub(super) use request::answered;

pub(super) fn update(state: &mut State, action: AttributesAction, now: Now, effects: &mut Vec<Effect>) {
    let attributes = &mut state.attributes;
    attributes.now_ms = now.unix_ms();
    match action {
        AttributesAction::EditorChosen(editor) => choose_editor(state, editor),
        AttributesAction::Rows(action) => {
            attributes.upload.notice = None;
            effects.extend(attributes.upload.rows.update(action).map(Effect::Focus));
        }
        AttributesAction::JsonTyped(text) => {
            attributes.upload.json = text;
            attributes.upload.problem = None;
            attributes.upload.notice = None;
        }
        AttributesAction::Publish => publish(state, now, effects),
        AttributesAction::ClientKeysTyped(text) => {
            attributes.request.client = text;
            attributes.request.client_problem = None;
            attributes.request.notice = None;
        }
        AttributesAction::SharedKeysTyped(text) => {
            attributes.request.shared = text;
            attributes.request.shared_problem = None;
            attributes.request.notice = None;
        }
        AttributesAction::IdTyped(text) => {
            attributes.request.id = text;
            attributes.request.id_problem = None;
        }
        AttributesAction::Request => request::keys(state, now, effects),
        AttributesAction::RequestAll => request::all(state, now, effects),
        AttributesAction::ClearRequests => {
            attributes.request.list.retain(Asked::is_waiting);
        }
        AttributesAction::Unfold(name) => attributes.known.unfold(&name),
        AttributesAction::ClearDeleted => attributes.known.clear_gone(),
    }
}

/// What stands in the rows is taken along where the JSON box was not written in.
fn choose_editor(state: &mut State, editor: Editor) {
    let upload = &mut state.attributes.upload;
    if editor == Editor::Json
        && upload.editor == Editor::Rows
        && let Ok(text) = upload.rows.json()
    {
        upload.json = text;
    }
    upload.editor = editor;
    upload.notice = None;
    upload.problem = None;
}

/// The person pressed Publish.
fn publish(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    let (flavour, format) = (state.dialect.flavour, state.dialect.format());
    let attributes = &mut state.attributes;
    attributes.upload.notice = None;
    let (payload, preview) = match attributes.upload.check(format) {
        Ok(checked) => checked,
        Err(id) => {
            effects.push(Effect::Focus(id));
            return;
        }
    };
    let number = attributes.new_number();
    let letter = Letter::to(Topic::Attributes(flavour), payload, Purpose::Attributes(number));
    match outgoing::send(state, letter, now, effects) {
        Ok(()) => state.attributes.upload.note_sent(number, preview.points),
        Err(problem) => state.attributes.upload.notice = Some(problem),
    }
}

/// The person asked for a session of their own: what the last one knew is of another device, perhaps.
pub(super) fn starting(state: &mut State) {
    let attributes = &mut state.attributes;
    attributes.known = Default::default();
    attributes.request.list.clear();
    attributes.request.notice = None;
    attributes.upload.sent.clear();
    attributes.upload.notice = None;
}

pub(super) fn over(state: &mut State) {
    state.attributes.request.lose();
}

/// The server told of changes.
pub(super) fn pushed(
    state: &mut State,
    flavour: Flavour,
    payload: &Payload,
    now: Now,
    _effects: &mut Vec<Effect>,
) {
    state.attributes.now_ms = now.unix_ms();
    match payloads::pushes(state.dialect, flavour, payload) {
        Ok(pushes) => {
            for push in pushes {
                learn(state, push, now);
            }
        }
        Err(problem) => state.problem(now, problem),
    }
}

fn learn(state: &mut State, push: Push, now: Now) {
    let known = &mut state.attributes.known;
    match push {
        Push::Updated(values) => {
            known.learn_all(Scope::Shared, &values, How::Pushed, now.stamp);
            state.announce(updated_words(&values));
        }
        Push::Deleted(keys) => {
            for key in &keys {
                known.delete(key, now.stamp);
            }
            state.announce(deleted_words(&keys));
        }
    }
}

fn updated_words(values: &Map<String, Value>) -> String {
    let spoken = values.iter().take(MAX_SPOKEN);
    let spoken: Vec<String> =
        spoken.map(|(key, value)| format!("{} is {}", word(key), word(&value_start(value)))).collect();
    format!("Shared attributes: {}{}.", spoken.join(", "), more_words(values.len()))
}

fn deleted_words(keys: &[String]) -> String {
    let spoken: Vec<String> = keys.iter().take(MAX_SPOKEN).map(|key| word(key)).collect();
    format!("Shared attributes deleted: {}{}.", spoken.join(", "), more_words(keys.len()))
}

fn more_words(all: usize) -> String {
    match all.saturating_sub(MAX_SPOKEN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    }
}

/// A key or a value as it is spoken.
fn word(text: &str) -> String {
    visible_start(text, MAX_SPOKEN_CHARACTERS)
}

/// A value as JSON. What is built of others may be long, and is not for the ear.
fn value_start(value: &Value) -> Cow<'static, str> {
    match value {
        Value::Object(members) => {
            counted(members.len(), "member of an object", "members of an object").into()
        }
        Value::Array(items) => counted(items.len(), "element of a list", "elements of a list").into(),
        Value::String(text) if text.len() > 4 * MAX_SPOKEN_CHARACTERS => "a long text".into(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string().into(),
    }
}

pub(super) fn published(state: &mut State, number: u32, outcome: &PublishOutcome, now: Now) {
    let attributes = &mut state.attributes;
    attributes.now_ms = now.unix_ms();
    let Some(points) = attributes.upload.settle(number, outcome) else {
        attributes.request.settle(number, outcome);
        return;
    };
    for point in points.iter() {
        let name = (Scope::Client, point.key.as_str().into());
        attributes.known.learn(name, &point.value, How::Published, now.stamp);
    }
}

pub(super) fn wants_ticks(state: &State) -> bool {
    state.attributes.request.list.iter().any(Asked::is_waiting)
}

pub(super) fn tick(state: &mut State, now: Now, _effects: &mut Vec<Effect>) {
    if !wants_ticks(state) {
        return;
    }
    state.attributes.now_ms = now.unix_ms();
    if state.attributes.request.time_out(now.unix_ms()) > 0 {
        state.announce("No answer to the request for attributes.");
    }
}
