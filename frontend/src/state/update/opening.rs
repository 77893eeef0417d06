//! Opening, ending and reopening sessions.

use super::features;
use crate::example;
use crate::state::{
    Effect, Now, OfferState, State,
    backoff::wait_ms,
    connection::{Attempt, Dial, Failed, Farewell, Phase, Presented, Progress, Reason, Retry, Steps},
    contest::LASTING_MS,
    log::Delivery,
    requests::Request,
};
use shared::{
    failure::{Failure, Step},
    wire::{ConnectFailed, Disconnect, MqttVersion, PublishOutcome, ToProxy},
};
use std::rc::Rc;

/// Milliseconds the proxy has to answer a disconnect before the page closes the socket itself.
const FAREWELL_MS: u32 = 3_000;

/// Said when a session is already there.
const ALREADY: &str = "There is a connection already: press Disconnect first.";

/// The status with its steps, which is below the form where there is room for one column only.
const STATUS_ID: &str = "session-status";

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
    state.contest.forget();
    match state.form.check(offered) {
        Err(field) => effects.push(Effect::Focus(field.id())),
        Ok(dial) => {
            let dial = Rc::new(dial);
            state.subscriptions.list.clear();
            features::starting(state);
            state.publish.notice = None;
            state.phase =
                Phase::Connecting(Box::new(Attempt { dial: dial.clone(), steps: Steps::begun(), example }));
            open(state, &dial, effects);
            effects.push(Effect::Reveal(STATUS_ID));
        }
    }
}

/// Opens a fresh socket for a fresh session.
fn open(state: &mut State, dial: &Dial, effects: &mut Vec<Effect>) {
    let id = state.requests.add(Request::Connect);
    state.last_socket = state.last_socket.wrapping_add(1);
    state.socket = Some(state.last_socket);
    state.copied = None;
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
            part(state, Farewell::Cancelled, now, effects);
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
    part(state, Farewell::Asked, now, effects);
}

fn part(state: &mut State, why: Farewell, now: Now, effects: &mut Vec<Effect>) {
    close(state, now, effects);
    state.phase = Phase::Disconnected { why: Some(why) };
}

/// What was open is over: nothing unanswered will be answered.
fn close(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    state.socket = None;
    effects.push(Effect::CloseSocket);
    state.subscriptions.end_all();
    for request in state.requests.take_all().collect::<Vec<_>>() {
        if let Request::Publish { entry, purpose } = request {
            state.log.set_delivery(entry, Delivery::Known(PublishOutcome::Unknown));
            features::published(state, purpose, &PublishOutcome::Unknown, now, effects);
        }
    }
    features::over(state);
}

/// An attempt failed, as the proxy reported it.
pub(super) fn failed(state: &mut State, report: ConnectFailed, now: Now, effects: &mut Vec<Effect>) {
    let ConnectFailed { step, elapsed_us, failure, hints, chain_pem, .. } = report;
    if step == Step::Mqtt && fall_back(state, &failure, now, effects) {
        return;
    }
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

/// Tries once more with MQTT 3.1.1 where the failure of an attempt with 5 may be about the version.
fn fall_back(state: &mut State, failure: &Failure, now: Now, effects: &mut Vec<Effect>) -> bool {
    let about_version = match (&state.phase, failure) {
        (Phase::Connecting(_) | Phase::Reconnecting(_), Failure::MqttVersionRefused { .. }) => true,
        // A server that spoke 5 before and says nothing now is probably just starting.
        (Phase::Connecting(_), Failure::MqttClosed | Failure::MqttNotSpoken) => true,
        _ => false,
    };
    let Some(dial) = state.phase.dial().filter(|dial| about_version && dial.mqtt_version == MqttVersion::V5)
    else {
        return false;
    };
    let dial = Rc::new(dial.fallen_back());
    close(state, now, effects);
    state.note(now, Dial::FALLING_BACK);
    match &mut state.phase {
        Phase::Connecting(attempt) => {
            attempt.dial = dial.clone();
            attempt.steps = Steps::begun();
        }
        Phase::Reconnecting(retry) => {
            retry.dial = dial.clone();
            retry.progress = Progress::Trying(Steps::begun());
        }
        Phase::Connected(_) | Phase::Disconnected { .. } | Phase::Failed(_) => {}
    }
    open(state, &dial, effects);
    true
}

/// A session, an attempt or the socket under it ended: reconnect when that may help, else say why.
pub(super) fn lost(state: &mut State, failure: Failure, now: Now, effects: &mut Vec<Effect>) {
    let lasted_ms = state.phase.session().map(|session| now.unix_ms() - session.since.unix_ms);
    if let Some(lasted_ms) = lasted_ms
        && state.contest.ended(&failure, lasted_ms, now.unix_ms())
    {
        return end(state, Reason::Contested { last: failure }, now, effects);
    }
    if matches!(failure, Failure::SessionIdle { .. } | Failure::SessionTooLong { .. }) {
        state.note(now, failure.advice().cause);
        return part(state, Farewell::Over(failure), now, effects);
    }
    // What was open before is worth the wait that is asked for; a first attempt is the person's to repeat.
    let asked_ms = match (&state.phase, &failure) {
        (Phase::Reconnecting(_), Failure::TooManyAttempts { after_s }) => {
            Some(u32::try_from(*after_s).unwrap_or(u32::MAX).saturating_mul(1000))
        }
        _ => None,
    };
    if !failure.is_passing() && asked_ms.is_none() {
        return end(state, Reason::Told(failure), now, effects);
    }
    let (dial, attempt, example) = match &state.phase {
        Phase::Connected(session) => {
            // Without this two pages with one token would push each other out twice a second.
            let attempt = if lasted_ms >= Some(LASTING_MS) { 1 } else { session.attempt.saturating_add(1) };
            (session.dial.clone(), attempt, session.example)
        }
        Phase::Reconnecting(retry) => (retry.dial.clone(), retry.attempt.saturating_add(1), retry.example),
        Phase::Connecting(_) | Phase::Disconnected { .. } | Phase::Failed(_) => {
            return end(state, Reason::Told(failure), now, effects);
        }
    };
    close(state, now, effects);
    let advice = failure.advice();
    // A try that failed only says so; why a session ended is worth the likely reason.
    let fix = if lasted_ms.is_some() { format!(" {}", advice.fix) } else { String::new() };
    state.problem(now, format!("{} Reconnecting.{fix}", advice.cause));
    let wait = wait_ms(attempt, now.chance).max(asked_ms.unwrap_or_default());
    effects.push(Effect::Wake { after_ms: next_wake(wait) });
    let progress = waiting(now.unix_ms() + i64::from(wait), now);
    state.phase = Phase::Reconnecting(Box::new(Retry { dial, example, attempt, failure, progress }));
}

/// A session or an attempt ended, and only the person can do something about it.
pub(super) fn end(state: &mut State, reason: Reason, now: Now, effects: &mut Vec<Effect>) {
    close(state, now, effects);
    let phase = std::mem::take(&mut state.phase);
    let Some(dial) = phase.dial() else { return };
    let reason = match reason {
        Reason::Told(failure) if state.platform.is_demo_device(dial) => Reason::of_demo(failure),
        other => other,
    };
    state.problem(now, reason.advice().cause);
    let mut steps = phase.steps().cloned().unwrap_or_else(Steps::begun);
    steps.stop();
    state.phase = Phase::Failed(Box::new(Failed {
        endpoint: dial.endpoint.clone(),
        reason,
        step: None,
        steps,
        hints: Vec::new(),
        presented: phase.presented().cloned().unwrap_or_default(),
    }));
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
        Phase::Connected(session) => {
            if std::mem::take(&mut session.example_unanswered) {
                state.note(now, example::NO_ANSWER);
            }
        }
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
        Phase::Connecting(_) | Phase::Disconnected { .. } | Phase::Failed(_) => {}
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
