//! What the server says to a gateway: messages for its devices, and what became of its publishes.

use crate::{
    state::{
        Effect, Now, State,
        gateway::{Errand, calls::CallStanding, children::Standing},
        log::Delivery,
    },
    text::visible_name,
};
use shared::{
    payload::Payload,
    thingsboard::{
        gateway::incoming::{AttributesPush, AttributesResponse, Call, Disconnected, Problem},
        topic::Topic,
    },
    wire::PublishOutcome,
};

pub(in crate::state::update) fn received(
    state: &mut State,
    topic: Topic,
    payload: &Payload,
    now: Now,
    _effects: &mut Vec<Effect>,
) {
    let text = payload.as_text().unwrap_or_default();
    state.gateway.heard();
    state.gateway.now_ms = now.unix_ms();
    if let Err(problem) = take(state, topic, text, now) {
        state.problem(now, problem.to_string());
    }
}

fn take(state: &mut State, topic: Topic, text: &str, now: Now) -> Result<(), Problem> {
    match topic {
        Topic::GatewayAttributes => {
            let push = AttributesPush::read(text)?;
            state.announce(format!("Shared attributes of {} changed.", visible_name(&push.device)));
            state.gateway.children.pushed(&push.device, &push.push);
        }
        Topic::GatewayAttributesResponse => state.gateway.asks.answered(AttributesResponse::read(text)?),
        Topic::GatewayRpc => {
            let call = Call::read(text)?;
            let said =
                format!("RPC {} for {}.", visible_name(&call.request.method), visible_name(&call.device));
            state.announce(said);
            state.gateway.children.called(&call.device, &call.request.method, now.stamp);
            state.gateway.calls.came(call, now.stamp);
        }
        Topic::GatewayDisconnect => {
            let told = Disconnected::read(text)?;
            let why = state.gateway.children.give_up(&told);
            let said = format!("The server gave up the device {}: {why}.", visible_name(&told.device));
            state.announce(said.clone());
            state.problem(now, said);
        }
        _ => {}
    }
    Ok(())
}

pub(in crate::state::update) fn published(
    state: &mut State,
    number: u32,
    outcome: &PublishOutcome,
    now: Now,
) {
    let tab = &mut state.gateway;
    tab.now_ms = now.unix_ms();
    tab.recent.settle(number, outcome);
    if *outcome == PublishOutcome::Delivered || matches!(outcome, PublishOutcome::Refused { .. }) {
        tab.heard();
    }
    let refused = match outcome {
        PublishOutcome::Refused { reason } => Some(reason.clone()),
        PublishOutcome::Delivered | PublishOutcome::Sent | PublishOutcome::Unknown => None,
    };
    match (tab.take_errand(number), refused) {
        (Some(Errand::Connect(name)), Some(why)) => tab.children.set(&name, Standing::Refused(why)),
        (Some(Errand::Connect(name)), None) => settle_connect(state, &name, outcome),
        (Some(Errand::Disconnect(name)), None) if *outcome == PublishOutcome::Delivered => {
            tab.children.set(&name, Standing::Left);
        }
        (Some(Errand::Disconnect(name)), Some(_)) => tab.children.set(&name, Standing::Connected),
        (Some(Errand::Telemetry(name)), _) => {
            if let Some(last) = &mut tab.children.of(&name).telemetry {
                last.outcome = Some(outcome.clone());
            }
            settle_connect(state, &name, outcome);
        }
        (Some(Errand::Request(id)), Some(why)) => tab.asks.refused(id, why),
        (Some(Errand::Reply(call)), _) => {
            tab.calls.set(call, CallStanding::Answered(Delivery::Known(outcome.clone())));
        }
        (Some(Errand::Disconnect(_) | Errand::Request(_) | Errand::Other) | None, _) => {}
    }
}

/// What was acknowledged connected its device.
fn settle_connect(state: &mut State, name: &str, outcome: &PublishOutcome) {
    let child = state.gateway.children.of(name);
    if *outcome == PublishOutcome::Delivered && child.standing == Standing::Asked {
        child.standing = Standing::Connected;
    }
}
