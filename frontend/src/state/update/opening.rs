//! Opening, ending and reopening sessions.

use crate::state::{
    Effect, Now, OfferState, State,
    backoff::wait_ms,
    connection::{Attempt, Dial, Failed, Farewell, Phase, Presented, Progress, Retry, Steps},
    log::Delivery,
    requests::Request,
};
use shared::{
    failure::Failure,
    wire::{ConnectFailed, Disconnect, MqttVersion, PublishOutcome, ToProxy},
};
use std::rc::Rc;

/// Milliseconds the proxy has to answer a disconnect before the page closes the socket itself.
const FAREWELL_MS: u32 = 3_000;

/// Milliseconds a session must have lasted for the waits to begin anew. Two pages with one token push each
/// other out (ThingsBoard keeps one session a device): without this they would do so twice a second.
const LASTING_MS: i64 = 10_000;

/// Said when a session is already there.
const ALREADY: &str = "There is a connection already: press Disconnect first.";

/// Versions every proxy speaks, until the offer is known.
const VERSIONS: &[MqttVersion] = &[MqttVersion::V3_1_1];

/// The person pressed Connect, or Run the example without a session.
pub(super) fn connect(state: &mut State, example: bool, effects: &mut Vec<Effect>) {
    if !state.phase.is_idle() {
        state.form.notice = Some(ALREADY.to_owned());
        return;
    }
    if matches!(state.offer, OfferState::Failed(_)) {
        effects.push(Effect::FetchOffer);
    }
    let offered = state.offer.known().map_or(VERSIONS, |offer| &offer.mqtt_versions);
    match state.form.check(offered) {
        Err(field) => effects.push(Effect::Focus(field.id())),
        Ok(dial) => {
            let dial = Rc::new(dial);
            state.subscriptions.list.clear();
            state.publish.notice = None;
            state.phase =
                Phase::Connecting(Box::new(Attempt { dial: dial.clone(), steps: Steps::begun(), example }));
            open(state, &dial, effects);
        }
    }
}

/// Opens a fresh socket for a fresh session.
fn open(state: &mut State, dial: &Dial, effects: &mut Vec<Effect>) {
    let id = state.requests.add(Request::Connect);
    state.last_socket = state.last_socket.wrapping_add(1);
    state.socket = Some(state.last_socket);
    effects.push(Effect::OpenSocket { socket: state.last_socket, first: Box::new(dial.request(id)) });
}

/// The person pressed Disconnect.
pub(super) fn disconnect(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    match &mut state.phase {
        Phase::Disconnected { .. } | Phase::Failed(_) => {
            state.form.notice = Some("There is no connection to end.".to_owned());
        }
        Phase::Connecting(_) | Phase::Reconnecting(_) => {
            state.note(now, "Cancelled.");
            part(state, Farewell::Cancelled, effects);
        }
        Phase::Connected(session) if session.leaving => leave(state, now, effects),
        Phase::Connected(session) => {
            session.leaving = true;
            let id = state.requests.add(Request::Disconnect);
            effects.push(Effect::Send(ToProxy::Disconnect(Disconnect { id })));
            effects.push(Effect::Wake { after_ms: FAREWELL_MS });
        }
    }
}

/// The session the person ended is over.
pub(super) fn leave(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    state.note(now, "Disconnected.");
    part(state, Farewell::Asked, effects);
}

fn part(state: &mut State, why: Farewell, effects: &mut Vec<Effect>) {
    close(state, effects);
    state.phase = Phase::Disconnected { why: Some(why) };
}

/// What was open is over: nothing unanswered will be answered.
fn close(state: &mut State, effects: &mut Vec<Effect>) {
    state.socket = None;
    effects.push(Effect::CloseSocket);
    state.subscriptions.end_all();
    for request in state.requests.take_all().collect::<Vec<_>>() {
        if let Request::Publish { entry } = request {
            state.log.set_delivery(entry, Delivery::Known(PublishOutcome::Unknown));
        }
    }
}

/// An attempt failed, as the proxy reported it.
pub(super) fn failed(state: &mut State, report: ConnectFailed, now: Now, effects: &mut Vec<Effect>) {
    let ConnectFailed { step, elapsed_us, failure, hints, chain_pem, .. } = report;
    if let Some(steps) = state.phase.steps_mut() {
        steps.fail(step, elapsed_us);
    }
    lost(state, failure, now, effects);
    if let Phase::Failed(failed) = &mut state.phase {
        failed.step = Some(step);
        failed.hints = hints;
        failed.presented = Presented::read(&chain_pem, now.unix_ms() / 1000).into();
    }
}

/// A session, an attempt or the socket under it ended: reconnect when that may help, else say why.
pub(super) fn lost(state: &mut State, failure: Failure, now: Now, effects: &mut Vec<Effect>) {
    close(state, effects);
    let phase = std::mem::take(&mut state.phase);
    let Some(dial) = phase.dial().cloned() else { return };
    let retry = match &phase {
        Phase::Connected(session) => {
            let lasted = now.unix_ms() - session.since.unix_ms >= LASTING_MS;
            Some((if lasted { 1 } else { session.attempt.saturating_add(1) }, session.example))
        }
        Phase::Reconnecting(retry) => Some((retry.attempt.saturating_add(1), retry.example)),
        Phase::Connecting(_) | Phase::Disconnected { .. } | Phase::Failed(_) => None,
    };
    state.phase = match retry {
        Some((attempt, example)) if failure.is_passing() => {
            state.problem(now, format!("{} Reconnecting.", failure.advice().cause));
            let wait = wait_ms(attempt, now.chance);
            effects.push(Effect::Wake { after_ms: next_wake(wait) });
            let progress = waiting(now.unix_ms() + i64::from(wait), now);
            Phase::Reconnecting(Box::new(Retry { dial, example, attempt, failure, progress }))
        }
        _ => {
            state.problem(now, failure.advice().cause);
            let mut steps = phase.steps().cloned().unwrap_or_else(Steps::begun);
            steps.stop();
            Phase::Failed(Box::new(Failed {
                endpoint: dial.endpoint.clone(),
                failure,
                step: None,
                steps,
                hints: Vec::new(),
                presented: Rc::default(),
            }))
        }
    };
}

fn waiting(until_ms: i64, now: Now) -> Progress {
    let left_ms = u32::try_from((until_ms - now.unix_ms()).max(0)).unwrap_or(u32::MAX);
    Progress::Waiting { until_ms, seconds_left: left_ms.div_ceil(1000) }
}

/// The timer rings at each whole second of the countdown, and at its end.
fn next_wake(left_ms: u32) -> u32 {
    match left_ms % 1000 {
        0 => left_ms.min(1000),
        part => part,
    }
}

/// The timer rang: the countdown goes on or is over, or the proxy did not answer a disconnect.
pub(super) fn woke(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    match &mut state.phase {
        Phase::Connected(session) if session.leaving => leave(state, now, effects),
        Phase::Reconnecting(retry) => {
            let Progress::Waiting { until_ms, .. } = retry.progress else { return };
            let left_ms = u32::try_from((until_ms - now.unix_ms()).max(0)).unwrap_or(u32::MAX);
            if left_ms == 0 {
                reconnect_now(state, effects);
            } else {
                retry.progress = waiting(until_ms, now);
                effects.push(Effect::Wake { after_ms: next_wake(left_ms) });
            }
        }
        Phase::Connected(_) | Phase::Connecting(_) | Phase::Disconnected { .. } | Phase::Failed(_) => {}
    }
}

/// Ends the wait before the next try.
pub(super) fn reconnect_now(state: &mut State, effects: &mut Vec<Effect>) {
    let Phase::Reconnecting(retry) = &mut state.phase else { return };
    if matches!(retry.progress, Progress::Waiting { .. }) {
        retry.progress = Progress::Trying(Steps::begun());
        let dial = retry.dial.clone();
        open(state, &dial, effects);
    }
}
