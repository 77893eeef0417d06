//! Requests for attributes, and the server's answers.

use super::payloads;
use crate::{
    state::{
        Effect, Now, State,
        attributes::{
            known::{How, Name},
            request::{Asked, ID_ID, Standing},
        },
        purpose::Purpose,
        update::outgoing::{self, Letter},
    },
    text::visible_name,
};
use shared::{
    payload::Payload,
    thingsboard::{
        attributes::{AttributesRequest, Response, Scope},
        topic::{Flavour, Topic, TopicId, filter},
    },
    wire::QoS,
};
use std::rc::Rc;

/// The person asked for the keys that are typed.
pub(super) fn keys(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    match state.attributes.request.check() {
        Ok(wanted) => {
            let torn = torn_key(state);
            send(state, wanted, now, effects);
            if let Some(key) = torn {
                state.attributes.request.notice.get_or_insert(format!(
                    "The key {} holds a comma, and ThingsBoard splits requests at commas: it comes with Request \
                     all only.",
                    visible_name(&key),
                ));
            }
        }
        Err(id) => effects.push(Effect::Focus(id)),
    }
}

/// A key with a comma that is known to exist and was typed.
fn torn_key(state: &State) -> Option<Rc<str>> {
    let request = &state.attributes.request;
    let typed = |(scope, key): &&Name| match scope {
        Scope::Client => key.contains(',') && request.client.contains(&**key),
        Scope::Shared => key.contains(',') && request.shared.contains(&**key),
    };
    state.attributes.known.entries().keys().find(typed).map(|(_, key)| key.clone())
}

/// The person asked for everything.
pub(super) fn all(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    let request = &mut state.attributes.request;
    request.client_problem = None;
    request.shared_problem = None;
    request.notice = None;
    send(state, AttributesRequest::all(), now, effects);
}

fn send(state: &mut State, wanted: AttributesRequest, now: Now, effects: &mut Vec<Effect>) {
    let flavour = state.dialect.flavour;
    let Ok(typed) = state.attributes.request.check_id() else {
        effects.push(Effect::Focus(ID_ID));
        return;
    };
    outgoing::ensure(state, &[filter::attributes_response(flavour)], QoS::AtLeastOnce, now, effects);
    let id = typed.unwrap_or_else(|| free_id(state));
    let number = state.attributes.new_number();
    let payload = payloads::request(state.dialect, &wanted);
    let letter = Letter::to(Topic::AttributesRequest(flavour, id), payload, Purpose::Attributes(number));
    match outgoing::send(state, letter, now, effects) {
        Ok(()) => {
            let wanted = wanted.into();
            let asked = Asked { number, id, wanted, asked: now.stamp, standing: Standing::Waiting };
            state.attributes.request.add(asked);
        }
        Err(problem) => state.attributes.request.notice = Some(problem),
    }
}

/// An id that no request waits for: the person may have typed the next one.
fn free_id(state: &mut State) -> TopicId {
    loop {
        let id = state.new_topic_id();
        if !state.attributes.request.list.iter().any(|asked| asked.id == id && asked.is_waiting()) {
            return id;
        }
    }
}

/// The server answered, this tab or another part of the page: whatever it says about attributes is of use.
pub(in crate::state::update) fn answered(
    state: &mut State,
    flavour: Flavour,
    id: TopicId,
    payload: &Payload,
    now: Now,
    _effects: &mut Vec<Effect>,
) {
    let response = payloads::response(state.dialect, flavour, payload);
    let attributes = &mut state.attributes;
    attributes.now_ms = now.unix_ms();
    if let Ok(response) = &response {
        for (scope, values) in [(Scope::Client, &response.client), (Scope::Shared, &response.shared)] {
            attributes.known.learn_all(scope, values, How::Answered, now.stamp);
        }
    }
    let Some(asked) = attributes.request.asked_as(id) else { return };
    let after_ms = now.unix_ms() - asked.asked.unix_ms;
    let said = match response {
        Err(problem) => {
            asked.standing = Standing::Unreadable(problem.clone());
            problem
        }
        Ok(response) => {
            let missing = asked.missing(&response);
            let found = response.client.len() + response.shared.len();
            let all = asked.wanted.is_all();
            let said = words(found, &missing);
            asked.standing = Standing::Answered { after_ms, found, missing: missing.as_slice().into() };
            miss(state, all, &missing, &response, now);
            said
        }
    };
    state.announce(said);
}

fn miss(state: &mut State, all: bool, missing: &[Name], response: &Response, now: Now) {
    let known = &mut state.attributes.known;
    if all {
        known.miss_all_but(response, now.stamp);
    }
    for name in missing {
        known.miss(name, now.stamp);
    }
}

fn words(found: usize, missing: &[Name]) -> String {
    let found = format!("Attributes answered: {found} found");
    if missing.is_empty() { format!("{found}.") } else { format!("{found}, {} missing.", missing.len()) }
}
