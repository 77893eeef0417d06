//! What the meter does: it asks the server for its limits, counts what the page sends, and holds back what
//! the person should think about.

mod weight;

use super::outgoing::{self, Letter};
use crate::state::{
    Action, Effect, Now, State,
    dialect::PayloadFormat,
    limits::{LimitsAction, Side, Told},
    purpose::Purpose,
};
use serde_json::json;
use shared::{
    credentials::Credentials,
    payload::Payload,
    thingsboard::{
        meter::{Kind, Publish},
        protobuf,
        rpc::{Reply, client_call},
        session_limits::{METHOD, SessionLimits},
        topic::{Flavour, Topic, TopicId, filter},
    },
    wire::{self, PublishOutcome, QoS},
};
use weight::weigh;

/// Said when the server does not answer in time.
const NO_ANSWER: &str =
    "The server did not name its limits (ThingsBoard before 3.8 and other servers cannot).";

/// Said when asking may have ended the last connection.
const BROKE: &str = "The connection ended while the server was asked for its limits, so it is not asked again by \
                     itself: with MQTT 3.1.1 that happens when the device profile's payload type is Protobuf and \
                     the tab Telemetry says JSON.";

pub(super) fn update(state: &mut State, action: LimitsAction, now: Now, effects: &mut Vec<Effect>) {
    match action {
        LimitsAction::Ask => ask(state, now, effects),
    }
}

/// Notes whose doing this action is: what happens by itself is counted and never held back.
pub(super) fn acting(state: &mut State, action: &Action) {
    let by_itself =
        matches!(action, Action::DemoDevice(_) | Action::Socket(..) | Action::Woke | Action::Tick);
    acts(state, by_itself);
}

/// The same for what is known.
pub(super) fn acts(state: &mut State, by_itself: bool) {
    state.limits.pressed = !by_itself;
}

pub(super) fn starting(state: &mut State) {
    state.limits = Default::default();
}

pub(super) fn opened(state: &mut State, example: bool, now: Now, effects: &mut Vec<Effect>) {
    let Some(session) = state.phase.session() else { return };
    let is_provisioning = session.dial.credentials == Credentials::Provisioning;
    // Opening a session is a message like others.
    let publish = Publish { kind: Kind::Other, payload_bytes: 0 };
    let example = example || session.example;
    state.limits.sent(Side::Device, publish, now.unix_ms());
    if example || is_provisioning {
        return;
    }
    if state.limits.broke {
        state.limits.unanswered(BROKE);
    } else {
        ask(state, now, effects);
    }
}

/// Asks the server for its limits.
fn ask(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    // ThingsBoard answers without a subscription too; a list that is full stays as it is.
    if state.subscriptions.check(filter::RPC_RESPONSE).is_ok() {
        outgoing::ensure(state, &[filter::RPC_RESPONSE], QoS::AtMostOnce, now, effects);
    }
    let id = state.new_topic_id();
    // Without parameters there is nothing that could not be written.
    let payload = match state.dialect.profile {
        PayloadFormat::Json => Payload::from_text(&client_call(METHOD, "").unwrap_or_default()),
        PayloadFormat::Protobuf => {
            Payload::from_bytes(&protobuf::rpc::encode_client_call(METHOD, "").unwrap_or_default())
        }
    };
    let letter = Letter::to(Topic::RpcRequest(Flavour::V1, id), payload, Purpose::Limits);
    match outgoing::send(state, letter, now, effects) {
        Ok(()) => state.limits.asked(id, now.unix_ms()),
        Err(why) => state.limits.unanswered(&why),
    }
}

pub(super) fn over(state: &mut State) {
    state.limits.over();
}

pub(super) fn answered(state: &mut State, id: TopicId, payload: &Payload, now: Now) {
    if !state.limits.is_answer(id) {
        return;
    }
    let answer = match state.dialect.profile {
        PayloadFormat::Json => payload.as_text().unwrap_or_default().to_owned(),
        PayloadFormat::Protobuf => match protobuf::rpc::decode_reply(payload.as_bytes()) {
            Ok(Reply::Answer(value)) => value.to_string(),
            Ok(Reply::TimedOut) => json!({ "error": "timeout" }).to_string(),
            Ok(Reply::Text(text) | Reply::Error(text)) => json!({ "error": text }).to_string(),
            Err(problem) => json!({ "error": problem.to_string() }).to_string(),
        },
    };
    match SessionLimits::read(&answer) {
        Ok(limits) => state.limits.answered(limits, now.unix_ms()),
        Err(problem) => state.limits.unanswered(&problem.to_string()),
    }
}

pub(super) fn published(state: &mut State, outcome: &PublishOutcome) {
    if let PublishOutcome::Refused { reason } = outcome {
        state.limits.unanswered(&format!("The server did not name its limits: {reason}"));
    }
}

/// Takes the refusal of a filter that only this part asked for: another server's way to say that it has no
/// such thing, and nothing the person asked for. Returns whether it was that.
pub(super) fn takes_refusal(state: &mut State, filter: &str, now: Now) -> bool {
    let ours = filter == filter::RPC_RESPONSE && matches!(state.limits.told, Told::Asking { .. });
    if ours {
        state.subscriptions.remove(filter);
        state.note(now, format!("The server does not take {filter}: it will not name its limits."));
    }
    ours
}

pub(super) fn wants_ticks(state: &State) -> bool {
    state.phase.session().is_some() && state.limits.is_moving()
}

pub(super) fn tick(state: &mut State, now: Now, _effects: &mut Vec<Effect>) {
    if matches!(state.limits.told, Told::Asking { until_ms } if now.unix_ms() >= until_ms) {
        state.limits.unanswered(NO_ANSWER);
    }
    if state.phase.session().is_some() {
        state.limits.look(now.unix_ms());
    }
}

/// Why a publish waits for a second press of its button; `None` to send it.
pub(super) fn hold(state: &mut State, letter: &Letter, now: Now) -> Option<String> {
    let never = matches!(letter.purpose, Purpose::Example | Purpose::Limits | Purpose::Firmware(_));
    if never || !state.limits.pressed {
        return None;
    }
    let (side, publish) = weigh(state, letter, now);
    state.limits.hold(side, &publish, letter.purpose, now.unix_ms())
}

/// Counts a publish that goes out.
pub(super) fn sent(state: &mut State, letter: &Letter, now: Now) {
    let (side, publish) = weigh(state, letter, now);
    state.limits.sent(side, publish, now.unix_ms());
}

/// Counts what is asked for: pushes of attributes and RPC requests are registered by a message each
/// (ThingsBoard MqttTransportHandler.processSubscribe).
pub(super) fn subscribing(state: &mut State, filters: &[wire::Subscription], now: Now) {
    let registered = |wanted: &&wire::Subscription| {
        Flavour::ALL.into_iter().any(|flavour| {
            wanted.filter == filter::attributes(flavour) || wanted.filter == filter::rpc_request(flavour)
        })
    };
    let publish = Publish { kind: Kind::Other, payload_bytes: 0 };
    for _ in filters.iter().filter(registered) {
        state.limits.sent(Side::Device, publish, now.unix_ms());
    }
}
