//! Tells the tabs what happened to the session: it opened, it is over, a message came, a publish has its
//! outcome, time passed.

use super::{attributes, firmware, gateway, limits, provision, rpc, telemetry};
use crate::state::{Effect, Now, State, purpose::Purpose};
use shared::{payload::Payload, thingsboard::topic::Topic, wire::PublishOutcome};

/// The person asked for a session of their own: what the last one left is not of this one.
pub(super) fn starting(state: &mut State) {
    attributes::starting(state);
    rpc::starting(state);
    firmware::starting(state);
    gateway::starting(state);
    limits::starting(state);
}

/// The server accepted the device. `example`: to run the example, which is to say nothing else.
pub(super) fn opened(state: &mut State, example: bool, now: Now, effects: &mut Vec<Effect>) {
    limits::opened(state, example, now, effects);
}

/// The session was lost or ended: nothing unanswered will be answered.
pub(super) fn over(state: &mut State) {
    attributes::over(state);
    rpc::over(state);
    firmware::over(state);
    gateway::over(state);
    limits::over(state);
}

/// A message came on one of ThingsBoard's topics. It is in the log already.
pub(super) fn received(
    state: &mut State,
    topic: Topic,
    payload: &Payload,
    now: Now,
    effects: &mut Vec<Effect>,
) {
    match topic {
        Topic::Attributes(flavour) => {
            attributes::pushed(state, flavour, payload, now, effects);
            firmware::pushed(state, flavour, payload, now, effects);
        }
        Topic::AttributesResponse(flavour, id) => {
            attributes::answered(state, flavour, id, payload, now, effects);
            firmware::answered(state, flavour, id, payload, now, effects);
        }
        Topic::RpcRequest(flavour, id) => rpc::called(state, flavour, id, payload, now, effects),
        Topic::RpcResponse(flavour, id) => {
            limits::answered(state, id, payload, now);
            rpc::answered(state, flavour, id, payload, now, effects);
        }
        Topic::PackageResponse { .. } | Topic::PackageError(_) => {
            firmware::received(state, topic, payload, now, effects);
        }
        Topic::GatewayConnect
        | Topic::GatewayDisconnect
        | Topic::GatewayTelemetry
        | Topic::GatewayAttributes
        | Topic::GatewayAttributesRequest
        | Topic::GatewayAttributesResponse
        | Topic::GatewayRpc
        | Topic::GatewayClaim => gateway::received(state, topic, payload, now, effects),
        Topic::Telemetry(_)
        | Topic::AttributesRequest(..)
        | Topic::Claim
        | Topic::PackageRequest { .. }
        | Topic::ProvisionRequest
        | Topic::ProvisionResponse => {}
    }
}

/// What became of a publish.
pub(super) fn published(
    state: &mut State,
    purpose: Purpose,
    outcome: &PublishOutcome,
    now: Now,
    effects: &mut Vec<Effect>,
) {
    match purpose {
        Purpose::Bar | Purpose::Example => {}
        Purpose::Raw(number) => state.raw.recent.settle(number, outcome),
        Purpose::Telemetry(number) => telemetry::published(state, number, outcome, now),
        Purpose::Attributes(number) => attributes::published(state, number, outcome, now),
        Purpose::Rpc(number) => rpc::published(state, number, outcome, now),
        Purpose::Firmware(number) => firmware::published(state, number, outcome, now, effects),
        Purpose::Claim(number) => provision::published(state, number, outcome, now),
        Purpose::Gateway(number) => gateway::published(state, number, outcome, now),
        Purpose::Limits => limits::published(state, outcome),
    }
}

/// Whether some part counts time down, so that [`tick`] is to be called about twice a second.
pub(super) fn wants_ticks(state: &State) -> bool {
    rpc::wants_ticks(state)
        || attributes::wants_ticks(state)
        || firmware::wants_ticks(state)
        || gateway::wants_ticks(state)
        || provision::wants_ticks(state)
        || limits::wants_ticks(state)
}

/// Time passed.
pub(super) fn tick(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    rpc::tick(state, now, effects);
    attributes::tick(state, now, effects);
    firmware::tick(state, now, effects);
    gateway::tick(state, now, effects);
    provision::tick(state, now, effects);
    limits::tick(state, now, effects);
}
