//! Learns from shared attributes what package is assigned: pushed by the server, or asked for.

use super::{json_flavour, publish};
use crate::state::{
    Effect, Now, State,
    dialect::PayloadFormat,
    firmware::{Asked, Errand, Offer, PATIENCE_MS, kind_name},
    update::outgoing::ensure,
};
use shared::{
    payload::Payload,
    thingsboard::{
        attributes::{AttributesRequest, Push, Response},
        package::{Assigned, attribute_keys, is_attribute},
        protobuf,
        topic::{Flavour, PackageKind, Topic, TopicId, filter},
    },
    wire::QoS,
};

/// The person pressed Check for updates.
pub(super) fn check(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    let flavour = json_flavour(state);
    let id = state.new_topic_id();
    let keys = PackageKind::ALL.into_iter().flat_map(attribute_keys);
    let payload = match AttributesRequest::of([], keys) {
        Ok(request) => request.payload(),
        Err(problem) => {
            state.firmware.notice = Some(problem.to_string());
            return;
        }
    };
    ensure(state, &[filter::attributes_response(flavour)], QoS::AtLeastOnce, now, effects);
    let topic = Topic::AttributesRequest(flavour, id);
    state.firmware.notice = match publish(state, (topic, payload), Errand::Check, now, effects) {
        Ok(()) => {
            state.firmware.asked = Some(Asked { id, until_ms: now.unix_ms() + PATIENCE_MS });
            Some("Asking ThingsBoard …".to_owned())
        }
        Err(sentence) => Some(sentence),
    };
}

/// An answer to a request for attributes.
pub(in crate::state::update) fn answered(
    state: &mut State,
    _flavour: Flavour,
    id: TopicId,
    payload: &Payload,
    _now: Now,
    _effects: &mut Vec<Effect>,
) {
    if state.firmware.asked.is_none_or(|asked| asked.id != id) {
        return;
    }
    state.firmware.asked = None;
    match Response::read(payload.as_text().unwrap_or_default()) {
        Ok(answer) => {
            state.firmware.shared = answer.shared.into_iter().filter(|(key, _)| concerns_any(key)).collect();
        }
        Err(problem) => {
            state.firmware.notice = Some(problem.to_string());
            return;
        }
    }
    let found = PackageKind::ALL.map(|kind| read(state, kind));
    state.firmware.notice = Some(match found {
        [false, false] => "No firmware and no software is assigned to this device.".to_owned(),
        _ => "Checked.".to_owned(),
    });
}

/// Changed or deleted shared attributes. The tab `Attributes` says what is wrong with a push that cannot be read.
pub(in crate::state::update) fn pushed(
    state: &mut State,
    flavour: Flavour,
    payload: &Payload,
    _now: Now,
    _effects: &mut Vec<Effect>,
) {
    let format = state.dialect.format_on(flavour);
    let pushes = match format {
        PayloadFormat::Json => Push::read(payload.as_text().unwrap_or_default()).into_iter().collect(),
        PayloadFormat::Protobuf => {
            protobuf::attributes::decode_pushes(payload.as_bytes()).unwrap_or_default()
        }
    };
    let mut touched = Vec::new();
    for push in pushes {
        match push {
            Push::Updated(values) => {
                let values = values.into_iter().filter(|(key, _)| concerns_any(key));
                for (key, value) in values {
                    touched.push(key.clone());
                    state.firmware.shared.insert(key, value);
                }
            }
            Push::Deleted(keys) => {
                state.firmware.shared.retain(|key, _| !keys.contains(key));
                touched.extend(keys);
            }
        }
    }
    for kind in PackageKind::ALL {
        if touched.iter().any(|key| is_attribute(kind, key)) {
            read(state, kind);
        }
    }
}

fn concerns_any(key: &str) -> bool {
    PackageKind::ALL.into_iter().any(|kind| is_attribute(kind, key))
}

/// Reads the offer from what is known. Returns whether there is one.
fn read(state: &mut State, kind: PackageKind) -> bool {
    let offer = match Assigned::read(kind, &state.firmware.shared) {
        Ok(None) => Offer::None,
        Ok(Some(package)) => Offer::Package(package.into()),
        Err(problem) => Offer::Unreadable(problem),
    };
    let track = state.firmware.track_mut(kind);
    let news = match &offer {
        Offer::Package(package) if track.offer != offer => {
            Some(format!("{} {} {} is offered.", kind_name(kind), package.title, package.version))
        }
        _ => None,
    };
    let found = !matches!(offer, Offer::None);
    track.offer = offer;
    if let Some(news) = news {
        state.announce(news);
    }
    found
}

/// The answer did not come in time.
pub(super) fn tick(state: &mut State, now: Now) {
    if state.firmware.asked.is_some_and(|asked| now.unix_ms() >= asked.until_ms) {
        state.firmware.asked = None;
        state.firmware.notice = Some(
            "No answer within 10 s: look whether the server is a ThingsBoard, then check again.".to_owned(),
        );
    }
}
