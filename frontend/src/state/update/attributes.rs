//! What the tab `Attributes` does.

mod payloads;
mod request;

use crate::state::{
    Effect, Now, State,
    attributes::{AttributesAction, known::How, request::Asked, upload::Mode},
    purpose::Purpose,
    update::outgoing::{self, Letter},
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

/// Attributes that one announcement spells out.
const MAX_SPOKEN: usize = 3;

pub(super) use request::answered;

pub(super) fn update(state: &mut State, action: AttributesAction, now: Now, effects: &mut Vec<Effect>) {
    let attributes = &mut state.attributes;
    attributes.now_ms = now.unix_ms();
    match action {
        AttributesAction::ModeChosen(mode) => choose_mode(state, mode),
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
fn choose_mode(state: &mut State, mode: Mode) {
    let upload = &mut state.attributes.upload;
    if mode == Mode::Json
        && upload.mode == Mode::Rows
        && let Ok(text) = upload.rows.json()
    {
        upload.json = text;
    }
    upload.mode = mode;
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
            let names = keys.iter().take(MAX_SPOKEN).cloned().collect::<Vec<_>>().join(", ");
            for key in keys {
                known.delete(key, now.stamp);
            }
            state.announce(format!("Shared attributes deleted: {names}."));
        }
    }
}

fn updated_words(values: &Map<String, Value>) -> String {
    let spoken: Vec<String> =
        values.iter().take(MAX_SPOKEN).map(|(key, value)| format!("{key} is {value}")).collect();
    format!("Shared attributes: {}.", spoken.join(", "))
}

pub(super) fn published(state: &mut State, number: u32, outcome: &PublishOutcome, now: Now) {
    let attributes = &mut state.attributes;
    attributes.now_ms = now.unix_ms();
    let Some(points) = attributes.upload.settle(number, outcome) else {
        attributes.request.settle(number, outcome);
        return;
    };
    for point in points {
        attributes.known.learn((Scope::Client, point.key), point.value, How::Published, now.stamp);
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
