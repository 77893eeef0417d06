//! What the tab `Gateway` does. What the server says to it stands in `incoming`.

mod incoming;

use super::outgoing::{self, Letter};
use crate::{
    state::{
        Effect, Now, State,
        gateway::{
            Errand, FILTERS, FormName, GatewayAction,
            calls::CallStanding,
            children::{LastTelemetry, Standing},
        },
        log::Delivery,
        purpose::Purpose,
    },
    text::visible_name,
};
use shared::{
    payload::Payload,
    thingsboard::{claim::Claim, gateway, provision::secret, topic::Topic},
    wire::QoS,
};
use std::rc::Rc;

/// Letters of a payload kept beside its device.
const MOST_SHOWN: usize = 200;

pub(super) fn update(state: &mut State, action: GatewayAction, now: Now, effects: &mut Vec<Effect>) {
    let tab = &mut state.gateway;
    tab.now_ms = now.unix_ms();
    match action {
        GatewayAction::Typed(input, text) => tab.typed(input, text),
        GatewayAction::Choose(name) => choose(state, name),
        GatewayAction::EditorChosen(editor) => {
            tab.telemetry.editor = editor;
            tab.quiet(FormName::Telemetry);
        }
        GatewayAction::Row(edit) => {
            tab.telemetry.edit(edit);
            tab.quiet(FormName::Telemetry);
        }
        GatewayAction::ScopeChosen(scope) => tab.scope = scope,
        GatewayAction::ChooseCall(number) => {
            tab.calls.chosen = Some(number);
            tab.quiet(FormName::Reply);
            effects.push(Effect::Focus(FormName::Reply.field_id()));
        }
        GatewayAction::Connect => connect(state, now, effects),
        GatewayAction::Disconnect(name) => disconnect(state, &name, now, effects),
        GatewayAction::PublishTelemetry => publish_telemetry(state, now, effects),
        GatewayAction::PublishAttributes => publish_attributes(state, now, effects),
        GatewayAction::Request => request(state, now, effects),
        GatewayAction::Reply => reply(state, now, effects),
        GatewayAction::Claim => claim(state, now, effects),
    }
}

fn choose(state: &mut State, name: Rc<str>) {
    for form in [FormName::Telemetry, FormName::Attributes, FormName::Request, FormName::Claim] {
        state.gateway.quiet(form);
    }
    state.gateway.children.chosen = Some(name);
}

fn connect(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    let tab = &mut state.gateway;
    let (name, profile): (Rc<str>, Rc<str>) = (tab.device.as_str().into(), tab.profile.as_str().into());
    let payload = gateway::connect(&name, &profile).map_err(|problem| problem.to_string());
    let Some(payload) = built(state, FormName::Connect, payload, effects) else { return };
    if outgoing::is_open(state) {
        // A gateway that does not listen would miss the first call.
        outgoing::ensure(state, &FILTERS, QoS::AtLeastOnce, now, effects);
    }
    let errand = Errand::Connect(name.clone());
    if post(state, FormName::Connect, Topic::GatewayConnect, &payload, errand, now, effects) {
        let child = state.gateway.children.of(&name);
        child.profile = profile;
        child.standing = Standing::Asked;
        choose(state, name);
    }
}

fn disconnect(state: &mut State, name: &Rc<str>, now: Now, effects: &mut Vec<Effect>) {
    let Ok(payload) = gateway::disconnect(name) else { return };
    let errand = Errand::Disconnect(name.clone());
    if post(state, FormName::Connect, Topic::GatewayDisconnect, &payload, errand, now, effects) {
        state.gateway.children.set(name, Standing::Leaving);
    }
}

fn publish_telemetry(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    let Some(name) = state.gateway.children.chosen.clone() else { return };
    let payload = state
        .gateway
        .telemetry
        .text()
        .and_then(|text| gateway::telemetry(&[(&name, &text)]).map_err(|problem| problem.to_string()));
    let Some(payload) = built(state, FormName::Telemetry, payload, effects) else { return };
    let text = payload.chars().take(MOST_SHOWN).collect();
    let errand = Errand::Telemetry(name.clone());
    if post(state, FormName::Telemetry, Topic::GatewayTelemetry, &payload, errand, now, effects) {
        let child = state.gateway.children.of(&name);
        child.telemetry = Some(LastTelemetry { at: now.stamp, text, outcome: None });
        mentioned(state, &name);
    }
}

fn publish_attributes(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    let Some(name) = state.gateway.children.chosen.clone() else { return };
    let payload = gateway::attributes(&[(&name, &state.gateway.attributes)]);
    let payload = payload.map_err(|problem| problem.to_string());
    let Some(payload) = built(state, FormName::Attributes, payload, effects) else { return };
    if post(state, FormName::Attributes, Topic::GatewayAttributes, &payload, Errand::Other, now, effects) {
        mentioned(state, &name);
    }
}

fn request(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    let id = state.new_topic_id();
    let tab = &state.gateway;
    let Some(name) = tab.children.chosen.clone() else { return };
    let keys: Vec<&str> = tab.keys.split(',').map(str::trim).filter(|key| !key.is_empty()).collect();
    let what =
        format!("{} of {}: {}", tab.scope.label(), visible_name(&name), visible_name(&keys.join(", ")));
    let payload = gateway::attributes_request(id, &name, tab.scope.scope(), &keys);
    let payload = payload.map_err(|problem| problem.to_string());
    let Some(payload) = built(state, FormName::Request, payload, effects) else { return };
    let topic = Topic::GatewayAttributesRequest;
    if post(state, FormName::Request, topic, &payload, Errand::Request(id), now, effects) {
        state.gateway.asks.asked(id, now.stamp, what);
        mentioned(state, &name);
    }
}

fn reply(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    let Some(call) = state.gateway.calls.chosen() else { return };
    let number = call.number;
    let payload = gateway::rpc_reply(&call.device, call.id, &state.gateway.calls.reply);
    let payload = payload.map_err(|problem| problem.to_string());
    let Some(payload) = built(state, FormName::Reply, payload, effects) else { return };
    if post(state, FormName::Reply, Topic::GatewayRpc, &payload, Errand::Reply(number), now, effects) {
        state.gateway.calls.set(number, CallStanding::Answered(Delivery::Pending));
    }
}

fn claim(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    let tab = &state.gateway;
    let Some(name) = tab.children.chosen.clone() else { return };
    let key = secret::Secret::new(tab.secret.expose().to_owned());
    let payload = Claim::parse(key, &tab.duration)
        .map_err(|problem| problem.to_string())
        .and_then(|claim| gateway::claim(&name, &claim).map_err(|problem| problem.to_string()))
        .map(|payload| payload.as_str().to_owned());
    let Some(payload) = built(state, FormName::Claim, payload, effects) else { return };
    if post(state, FormName::Claim, Topic::GatewayClaim, &payload, Errand::Other, now, effects) {
        state.gateway.set_notice(FormName::Claim, &format!("{} may be claimed now.", visible_name(&name)));
        mentioned(state, &name);
    }
}

/// The payload, or its problem at the form's field.
fn built(
    state: &mut State,
    form: FormName,
    payload: Result<String, String>,
    effects: &mut Vec<Effect>,
) -> Option<String> {
    state.gateway.quiet(form);
    match payload {
        Ok(payload) => Some(payload),
        Err(problem) => {
            state.gateway.set_problem(form, &problem);
            effects.push(Effect::Focus(form.field_id()));
            None
        }
    }
}

/// Publishes; else says why not at the form. Returns whether it left.
fn post(
    state: &mut State,
    form: FormName,
    topic: Topic,
    payload: &str,
    errand: Errand,
    now: Now,
    effects: &mut Vec<Effect>,
) -> bool {
    state.gateway.quiet(form);
    let number = state.gateway.recent.next_number();
    let letter = Letter::to(topic, Payload::from_text(payload), Purpose::Gateway(number));
    match outgoing::send(state, letter, now, effects) {
        Ok(()) => {
            state.gateway.sent(errand, now.unix_ms());
            state.gateway.recent.sent(now.stamp, topic.to_string(), String::new());
            true
        }
        Err(why) => {
            state.announce(&why);
            state.gateway.set_notice(form, &why);
            false
        }
    }
}

/// Any mention of a device connects it (ThingsBoard AbstractGatewaySessionHandler).
fn mentioned(state: &mut State, name: &str) {
    let child = state.gateway.children.of(name);
    if !child.is_here() {
        child.standing = Standing::Asked;
    }
}

pub(super) use incoming::{published, received};

pub(super) fn starting(state: &mut State) {
    state.gateway.start_anew();
}

pub(super) fn over(state: &mut State) {
    state.gateway.over();
}

pub(super) fn wants_ticks(state: &State) -> bool {
    state.phase.session().is_some() && state.gateway.wants_ticks()
}

pub(super) fn tick(state: &mut State, now: Now, _effects: &mut Vec<Effect>) {
    if state.gateway.tick(now.unix_ms()) {
        state.announce("The server does not acknowledge what this gateway sends.");
    }
}
