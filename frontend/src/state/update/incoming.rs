//! What the socket brings.

use super::{features, limits, opening, outgoing};
use crate::{
    example,
    state::{
        Effect, Now, State,
        action::SocketEvent,
        connection::{AnnouncedEnd, Phase, Presented, Progress, Reason, Session, StepState, Steps},
        log::{Content, Delivery, Received},
        requests::Request,
        subscriptions::Standing,
    },
    text::{Stamp, counted, kept_reason, visible_name},
};
use shared::{
    failure::{Failure, Step},
    limits::MAX_FRAME_BYTES,
    thingsboard::topic::Topic,
    wire::{self, EndingReason, PublishOutcome, SubscribeOutcome, SubscribeResult, ToBrowser},
};

pub(super) fn event(state: &mut State, event: SocketEvent, now: Now, effects: &mut Vec<Effect>) {
    match event {
        SocketEvent::Messages(messages) => {
            let socket = state.socket;
            for message in messages {
                // The last word closes the socket; nothing after it counts.
                if state.socket == socket {
                    self::message(state, message, now, effects);
                }
            }
        }
        SocketEvent::Undecodable(detail) => opening::end(state, Reason::Undecodable { detail }, now, effects),
        SocketEvent::Closed { opened, code } => {
            let leaving = state.phase.session().is_some_and(|session| session.leaving);
            if leaving {
                opening::leave(state, now, effects);
            } else {
                opening::lost(state, closed_failure(opened, code), now, effects);
            }
        }
    }
}

/// Why a socket closed without a last word, by its close code (docs/protocol.md, close codes).
pub(in crate::state::update) fn closed_failure(opened: bool, code: u16) -> Failure {
    match code {
        1013 if !opened => Failure::ProxyBusy,
        _ if !opened => Failure::ProxyUnreachable,
        1001 => Failure::ProxyStopping,
        1009 => Failure::FrameTooLarge { limit_bytes: MAX_FRAME_BYTES as u64 },
        1011 => Failure::ProxyFault,
        _ => Failure::ProxyLost,
    }
}

fn message(state: &mut State, message: ToBrowser, now: Now, effects: &mut Vec<Effect>) {
    match message {
        ToBrowser::StepPassed(passed) => {
            if let Some(steps) = state.phase.steps_mut() {
                steps.pass(passed.step, passed.elapsed_us, passed.detail);
            }
        }
        ToBrowser::Connected(facts) => connected(state, *facts, now, effects),
        ToBrowser::ConnectFailed(failed) => opening::failed(state, *failed, now, effects),
        ToBrowser::Published(published) => {
            self::published(state, published.id, published.outcome, now, effects);
        }
        ToBrowser::Subscribed(subscribed) => self::subscribed(state, &subscribed, now),
        ToBrowser::Unsubscribed(unsubscribed) => {
            state.requests.take(unsubscribed.id);
            for filter in &unsubscribed.filters {
                state.subscriptions.remove(filter);
                state.announce(format!("Unsubscribed from {}.", visible_name(filter)));
            }
        }
        ToBrowser::Message(message) => received(state, message, now, effects),
        ToBrowser::Ending(ending) => {
            let in_ms = i64::try_from(ending.in_s).unwrap_or_default().saturating_mul(1000);
            let at = Stamp { unix_ms: now.unix_ms() + in_ms, ..now.stamp };
            let end = AnnouncedEnd { at, reason: ending.reason };
            // What cannot be averted stands.
            if let Some(session) = state.phase.session_mut()
                && session.ending.is_none_or(|known| known.reason == EndingReason::Idle)
            {
                session.ending = Some(end);
            }
            state.announce(end.sentence());
            state.problem(now, end.sentence());
        }
        ToBrowser::RequestRefused(refused) => request_refused(state, &refused, now, effects),
        ToBrowser::Disconnected(over) => match over.failure {
            Some(failure) => opening::lost(state, failure, now, effects),
            None => opening::leave(state, now, effects),
        },
    }
}

fn connected(state: &mut State, facts: wire::Connected, now: Now, effects: &mut Vec<Effect>) {
    state.requests.take(facts.id);
    let (dial, mut steps, attempt, play, example) = match std::mem::take(&mut state.phase) {
        Phase::Connecting(attempt) => (attempt.dial, attempt.steps, 0, attempt.example, false),
        Phase::Reconnecting(retry) => {
            let retry = *retry;
            let steps = match retry.progress {
                Progress::Trying(steps) => steps,
                Progress::Waiting { .. } => Steps::begun(),
            };
            (retry.dial, steps, retry.attempt, false, retry.example)
        }
        other @ (Phase::Connected(_) | Phase::Disconnected { .. } | Phase::Failed(_)) => {
            state.phase = other;
            return;
        }
    };
    steps.set(Step::Subscriptions, StepState::NotNeeded);
    state.note(now, example::connected_line(facts.return_code));
    let presented = Presented::read(&facts.tls.chain_pem, now.unix_ms() / 1000).into();
    state.phase = Phase::Connected(Box::new(Session {
        dial,
        steps,
        facts,
        presented,
        since: now.stamp,
        attempt,
        example,
        example_unanswered: false,
        leaving: false,
        subscribing_since: None,
        ending: None,
    }));
    let wanted = state.subscriptions.wanted();
    if !wanted.is_empty() {
        outgoing::subscribe(state, wanted, now, effects);
    }
    features::opened(state, play, now, effects);
    if play {
        outgoing::play_example(state, now, effects);
    }
}

fn published(
    state: &mut State,
    id: wire::RequestId,
    outcome: PublishOutcome,
    now: Now,
    effects: &mut Vec<Effect>,
) {
    if let Some(Request::Publish { entry, purpose }) = state.requests.take(id) {
        let outcome = match outcome {
            PublishOutcome::Refused { reason } => PublishOutcome::Refused { reason: kept_reason(&reason) },
            other @ (PublishOutcome::Delivered | PublishOutcome::Sent | PublishOutcome::Unknown) => other,
        };
        if let PublishOutcome::Refused { reason } = &outcome {
            state.announce(format!("Publish refused: {reason}"));
        }
        features::published(state, purpose, &outcome, now, effects);
        state.log.set_delivery(entry, Delivery::Known(outcome));
    }
}

fn subscribed(state: &mut State, subscribed: &wire::Subscribed, now: Now) {
    state.requests.take(subscribed.id);
    for result in &subscribed.results {
        let refused = matches!(result.outcome, SubscribeOutcome::Refused { .. });
        if refused && limits::takes_refusal(state, &result.filter, now) {
            continue;
        }
        let filter = visible_name(&result.filter);
        match &result.outcome {
            SubscribeOutcome::Granted { qos } => {
                state.subscriptions.settle(result);
                state.announce(format!("Subscribed to {filter}, QoS {}.", u8::from(*qos)));
            }
            SubscribeOutcome::Refused { code, reason } => {
                let reason = kept_reason(reason);
                let text = format!("Subscription to {filter} (code {code}): {reason}");
                let outcome = SubscribeOutcome::Refused { code: *code, reason };
                state.subscriptions.settle(&SubscribeResult { filter: result.filter.clone(), outcome });
                state.announce(text.clone());
                state.problem(now, text);
            }
        }
    }
    settle_subscriptions_step(state, now);
}

/// The step has its outcome once no answer is waited for.
fn settle_subscriptions_step(state: &mut State, now: Now) {
    if state.requests.subscribing() {
        return;
    }
    let list = &state.subscriptions.list;
    let granted = list.iter().filter(|known| matches!(known.standing, Standing::Granted(_))).count();
    let refused = list.iter().filter(|known| matches!(known.standing, Standing::Refused { .. })).count();
    let Some(session) = state.phase.session_mut() else { return };
    let since = session.subscribing_since.take().unwrap_or(now.stamp);
    let elapsed_us = u64::try_from((now.unix_ms() - since.unix_ms) * 1000).unwrap_or_default();
    let outcome = if refused == 0 {
        StepState::Passed { elapsed_us, detail: counted(granted, "filter", "filters") }
    } else {
        let detail = format!("{refused} of {} refused", granted + refused);
        StepState::Failed { elapsed_us, detail }
    };
    session.steps.set(Step::Subscriptions, outcome);
}

fn received(state: &mut State, message: wire::Message, now: Now, effects: &mut Vec<Effect>) {
    state.phase.note_use();
    state.subscriptions.count(&message.topic);
    if let Some(session) = state.phase.session_mut().filter(|_| example::is_answer(&message.topic)) {
        session.example_unanswered = false;
    }
    let reply = match state.phase.session() {
        Some(session) if session.example => example::reply(&message.topic),
        _ => None,
    };
    let wire::Message { topic, qos, retain, duplicate, payload } = message;
    let known = Topic::parse(&topic);
    let topic = state.log.same_topic(&topic).unwrap_or_else(|| topic.into());
    let number =
        state.log.push(now.stamp, Content::Received(Received { topic, qos, retain, duplicate, payload }));
    // Payloads may be long and are stored once: the tabs read the log's own.
    let logged = known.and_then(|known| Some((known, state.log.get(number)?.clone())));
    if let Some(reply) = reply {
        state.note(now, reply.line);
        outgoing::send_example(state, &reply.publish, now, effects);
    }
    if let Some((topic, entry)) = logged
        && let Some((_, payload)) = entry.content.message()
    {
        features::received(state, topic, payload, now, effects);
    }
}

fn request_refused(state: &mut State, refused: &wire::RequestRefused, now: Now, effects: &mut Vec<Effect>) {
    let reason = kept_reason(&refused.reason);
    let what = match state.requests.take(refused.id) {
        Some(Request::Subscribe { filters }) => {
            for filter in &filters {
                state.subscriptions.set(filter, Standing::Refused { reason: reason.clone() });
            }
            settle_subscriptions_step(state, now);
            "Subscription"
        }
        Some(Request::Unsubscribe { filter }) => {
            if let Some(qos) = state.subscriptions.find(&filter).map(|known| known.wanted) {
                state.subscriptions.set(&filter, Standing::Granted(qos));
            }
            "Unsubscribing"
        }
        Some(Request::Publish { entry, purpose }) => {
            let outcome = PublishOutcome::Refused { reason: reason.clone() };
            features::published(state, purpose, &outcome, now, effects);
            state.log.set_delivery(entry, Delivery::Known(outcome));
            "Publish"
        }
        Some(Request::Connect | Request::Disconnect) | None => "Request",
    };
    let text = format!("{what} refused: {reason}");
    state.announce(text.clone());
    state.problem(now, text);
}
