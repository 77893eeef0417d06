//! Tells ThingsBoard what runs and how far an update is, by telemetry.

use super::{json_flavour, publish};
use crate::state::update::outgoing::is_open;
use crate::state::{
    Effect, Now, State,
    firmware::{Errand, running_ids},
};
use serde_json::{Map, Value, json};
use shared::thingsboard::{
    package::{self, UpdateState},
    topic::{PackageKind, Topic},
};

/// Reports a state, when the person wants that.
pub(super) fn state(
    state: &mut State,
    kind: PackageKind,
    reached: UpdateState,
    now: Now,
    effects: &mut Vec<Effect>,
) {
    report(state, kind, reached, None, now, effects);
}

/// Reports a failure with its reason.
pub(super) fn failure(
    state: &mut State,
    kind: PackageKind,
    error: &str,
    now: Now,
    effects: &mut Vec<Effect>,
) {
    report(state, kind, UpdateState::Failed, Some(error), now, effects);
}

fn report(
    state: &mut State,
    kind: PackageKind,
    reached: UpdateState,
    error: Option<&str>,
    now: Now,
    effects: &mut Vec<Effect>,
) {
    if !state.firmware.reports {
        return;
    }
    let text = package::report(kind, reached, state.firmware.track(kind).installed(), error);
    tell(state, kind, text, now, effects);
}

fn tell(state: &mut State, kind: PackageKind, text: String, now: Now, effects: &mut Vec<Effect>) {
    let topic = Topic::Telemetry(json_flavour(state));
    let sent = publish(state, (topic, text), Errand::Report(kind), now, effects);
    state.firmware.track_mut(kind).unreported =
        sent.err().map(|reason| format!("The report did not go out. {reason}"));
}

/// The person pressed the button that reports title and version alone.
pub(super) fn current(state: &mut State, kind: PackageKind, now: Now, effects: &mut Vec<Effect>) {
    let track = state.firmware.track_mut(kind);
    track.unfilled = track.installed().is_none();
    let Some((title, version)) = track.installed() else {
        let (title_id, version_id) = running_ids(kind);
        effects.push(Effect::Focus(if track.title.is_empty() { title_id } else { version_id }));
        return;
    };
    let prefix = kind.prefix();
    let members: Map<String, Value> = [
        (format!("current_{prefix}_title"), json!(title)),
        (format!("current_{prefix}_version"), json!(version)),
    ]
    .into_iter()
    .collect();
    tell(state, kind, Value::Object(members).to_string(), now, effects);
    let track = state.firmware.track_mut(kind);
    if track.unreported.is_none() {
        track.notice = Some("Reported.".to_owned());
    }
}

/// Whether a failure of the last session can be reported in this one.
pub(super) fn is_due(state: &State, kind: PackageKind) -> bool {
    state.firmware.track(kind).owed.as_ref().is_some_and(|owed| owed.due) && is_open(state)
}

/// Reports what ended the last session.
pub(super) fn tick(state: &mut State, kind: PackageKind, now: Now, effects: &mut Vec<Effect>) {
    if is_due(state, kind)
        && let Some(owed) = state.firmware.track_mut(kind).owed.take()
    {
        failure(state, kind, &owed.error, now, effects);
    }
}
