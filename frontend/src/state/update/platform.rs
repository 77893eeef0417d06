//! The platform tab's actions.

use crate::state::{
    Effect, Now, State,
    platform::{Outcome, PlatformAction},
    subscriptions::Standing,
};
use shared::{
    credentials::AccessToken,
    endpoint::{Endpoint, Host, parse_port},
    thingsboard::topic::{Flavour, Topic},
    topic::matches,
};

/// The device the platform tab is about: the connection's, else the form's, when it is the emulator's.
pub(super) fn token(state: &State) -> Option<AccessToken> {
    if let Some(dial) = state.phase.dial() {
        return state.platform.token_for(dial);
    }
    let token = AccessToken::parse(state.form.token.expose()).ok()?;
    let host = Host::parse(&state.form.host).ok()?;
    let port = parse_port(&state.form.port).ok()?;
    state.platform.belongs(&Endpoint { host, port }, &token).then_some(token)
}

/// Whether the device has asked for commands. Of a device that is not this page nothing is known.
fn hears_rpc(state: &State) -> bool {
    let subscriptions = &state.subscriptions;
    state.phase.session().is_none()
        || subscriptions.list.iter().any(|known| {
            !matches!(known.standing, Standing::Refused { .. } | Standing::Ended)
                && Flavour::ALL
                    .iter()
                    .any(|flavour| matches(&known.filter, &Topic::RpcRequest(*flavour, 1).to_string()))
        })
}

pub(super) fn update(state: &mut State, action: PlatformAction, now: Now, effects: &mut Vec<Effect>) {
    let platform = &mut state.platform;
    let outcome = match action {
        PlatformAction::MethodTyped(method) => {
            platform.rpc.method = method;
            platform.rpc.method_problem = None;
            platform.rpc.notice = None;
            return;
        }
        PlatformAction::ParamsTyped(params) => {
            platform.rpc.params = params;
            platform.rpc.params_problem = None;
            platform.rpc.notice = None;
            return;
        }
        PlatformAction::OneWayChosen(one_way) => {
            platform.rpc.one_way = one_way;
            return;
        }
        PlatformAction::KeyTyped(key) => {
            platform.attribute.key = key;
            platform.attribute.key_problem = None;
            return;
        }
        PlatformAction::ValueTyped(value) => {
            platform.attribute.value = value;
            platform.attribute.value_problem = None;
            return;
        }
        PlatformAction::Refresh => match token(state) {
            Some(token) => state.platform.refresh(&token),
            None => {
                state.platform.view = None;
                state.platform.problem = None;
                None
            }
        },
        PlatformAction::SendRpc => {
            let hears = hears_rpc(state);
            state.platform.send_rpc(hears)
        }
        PlatformAction::TargetChosen(target) => {
            platform.target = target;
            platform.rpc.notice = None;
            return;
        }
        PlatformAction::Package(action) => platform.package(action),
        PlatformAction::Fault(action) => platform.fault(action),
        PlatformAction::Rates(action) => platform.rates(action),
        PlatformAction::Profile(action) => platform.profile(action),
        PlatformAction::SetAttribute => Some(platform.set_attribute()),
        PlatformAction::DeleteAttribute(key) => Some(platform.delete_attribute(key)),
        PlatformAction::Replied { ticket, result } => {
            match (platform.reply(ticket, result, now.unix_ms()), token(state)) {
                (Some(words), Some(token)) => {
                    state.announce(words);
                    state.platform.refresh(&token)
                }
                _ => None,
            }
        }
    };
    match outcome {
        None => {}
        Some(Outcome::Focus(id)) => effects.push(Effect::Focus(id)),
        Some(Outcome::Call { ticket, call }) => {
            if let Some(token) = token(state) {
                effects.push(Effect::Platform { token, ticket, call });
            }
        }
    }
}
