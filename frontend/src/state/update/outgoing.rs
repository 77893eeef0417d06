//! What the session is asked to send: publishes, subscriptions, the example.

use super::{limits, opening};
use crate::{
    example,
    state::{
        Effect, Now, State, Tab,
        connection::{Phase, StepState},
        log::{Content, Delivery, Sent},
        purpose::Purpose,
        requests::Request,
        subscriptions::{FILTER_ID, Standing},
    },
};
use shared::{
    failure::Step,
    payload::Payload,
    thingsboard::topic::Topic,
    wire::{self, PublishOutcome, QoS, ToProxy},
};

/// Bytes that may wait in the browser before a publish is refused: what the network does not take would
/// otherwise fill the browser's memory, and arrive long after it was meant.
const MAX_UNSENT_BYTES: u32 = 1_048_576;

/// Said then.
const TOO_MUCH_UNSENT: &str = "Over 1 MiB already waits to leave this browser, because the network or the server \
                               takes no more: wait a moment, then publish again.";

/// Why nothing can be sent now, and what to do before trying again.
pub(super) fn not_connected(state: &State, then: &str) -> String {
    if matches!(state.phase, Phase::Failed(_)) {
        format!("Not connected, the connection failed: press Connect first, then {then}.")
    } else if state.phase.is_idle() {
        format!("Not connected: press Connect first, then {then}.")
    } else {
        format!("Not connected at this moment: wait until the status says Connected, then {then}.")
    }
}

/// Whether requests can be sent now.
pub(super) fn is_open(state: &State) -> bool {
    state.phase.session().is_some_and(|session| !session.leaving)
}

/// A publish on its way out.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    pub(super) topic: String,
    pub(super) qos: QoS,
    pub(super) retain: bool,
    pub(super) payload: Payload,
    pub(super) purpose: Purpose,
}

impl Letter {
    /// To one of ThingsBoard's topics, QoS 1.
    pub(super) fn to(topic: Topic, payload: Payload, purpose: Purpose) -> Self {
        Self { topic: topic.to_string(), qos: QoS::AtLeastOnce, retain: false, payload, purpose }
    }
}

/// Publishes for a tab. The console shows it; the outcome comes to [`features::published`].
///
/// # Errors
/// Why it was not sent, in a sentence for the form: nothing was logged.
pub(super) fn send(
    state: &mut State,
    letter: Letter,
    now: Now,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    if !is_open(state) {
        return Err(not_connected(state, "try again"));
    }
    if now.unsent_bytes > MAX_UNSENT_BYTES {
        return Err(TOO_MUCH_UNSENT.to_owned());
    }
    if let Some(warning) = limits::hold(state, &letter, now) {
        return Err(warning);
    }
    publish(state, letter, now, effects);
    Ok(())
}

pub(super) fn publish(state: &mut State, letter: Letter, now: Now, effects: &mut Vec<Effect>) {
    if now.unsent_bytes <= MAX_UNSENT_BYTES {
        limits::sent(state, &letter, now);
    }
    let Letter { topic, qos, retain, payload, purpose } = letter;
    let mut sent =
        Sent { topic: topic.as_str().into(), qos, payload: payload.clone(), delivery: Delivery::Pending };
    if now.unsent_bytes > MAX_UNSENT_BYTES {
        let reason = TOO_MUCH_UNSENT.to_owned();
        state.announce(format!("Publish refused: {reason}"));
        sent.delivery = Delivery::Known(PublishOutcome::Refused { reason });
        state.log.push(now.stamp, Content::Sent(sent));
        return;
    }
    let entry = state.log.push(now.stamp, Content::Sent(sent));
    state.phase.note_use();
    let id = state.requests.add(Request::Publish { entry, purpose });
    effects.push(Effect::Send(ToProxy::Publish(wire::Publish { id, topic, qos, retain, payload })));
}

/// Subscribes to those of the filters that are not subscribed or asked for yet.
pub(super) fn ensure(state: &mut State, filters: &[&str], qos: QoS, now: Now, effects: &mut Vec<Effect>) {
    let missing: Vec<_> = filters
        .iter()
        .filter(|filter| {
            let standing = state.subscriptions.find(filter).map(|known| &known.standing);
            !matches!(standing, Some(Standing::Asked | Standing::Granted(_)))
        })
        .map(|filter| wire::Subscription { filter: (*filter).to_owned(), qos })
        .collect();
    if !missing.is_empty() && is_open(state) {
        subscribe(state, missing, now, effects);
    }
}

/// The person pressed Subscribe.
pub(super) fn submit_subscription(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    let filter = state.subscriptions.filter.clone();
    if ask_subscription(state, &filter, state.subscriptions.qos, now, effects) {
        state.subscriptions.filter.clear();
    } else {
        effects.push(Effect::Focus(FILTER_ID));
    }
}

/// Asks for one filter, or says why not. Returns whether it was asked for.
pub(super) fn ask_subscription(
    state: &mut State,
    filter: &str,
    qos: QoS,
    now: Now,
    effects: &mut Vec<Effect>,
) -> bool {
    state.subscriptions.notice = None;
    state.subscriptions.problem = match state.subscriptions.check(filter) {
        Err(problem) => Some(problem),
        Ok(()) if !is_open(state) => Some(not_connected(state, "subscribe")),
        Ok(()) => None,
    };
    if state.subscriptions.problem.is_some() {
        return false;
    }
    let again =
        state.subscriptions.find(filter).is_some_and(|known| matches!(known.standing, Standing::Granted(_)));
    state.subscriptions.notice =
        again.then(|| format!("Asked for {filter} again; it was subscribed already."));
    subscribe(state, vec![wire::Subscription { filter: filter.to_owned(), qos }], now, effects);
    true
}

/// Asks for filters in one request.
pub(super) fn subscribe(
    state: &mut State,
    filters: Vec<wire::Subscription>,
    now: Now,
    effects: &mut Vec<Effect>,
) {
    limits::subscribing(state, &filters, now);
    for wanted in &filters {
        state.subscriptions.ask(&wanted.filter, wanted.qos);
    }
    if let Some(session) = state.phase.session_mut() {
        session.subscribing_since.get_or_insert(now.stamp);
        session.steps.set(Step::Subscriptions, StepState::Running);
    }
    let names = filters.iter().map(|wanted| wanted.filter.clone()).collect();
    let id = state.requests.add(Request::Subscribe { filters: names });
    state.phase.note_use();
    effects.push(Effect::Send(ToProxy::Subscribe(wire::Subscribe { id, filters })));
}

/// The person pressed Unsubscribe, or removes a row that is no subscription any more.
pub(super) fn unsubscribe(state: &mut State, filter: String, effects: &mut Vec<Effect>) {
    let granted =
        state.subscriptions.find(&filter).is_some_and(|known| matches!(known.standing, Standing::Granted(_)));
    if !granted || !is_open(state) {
        let live = state.subscriptions.find(&filter).is_some_and(|known| {
            matches!(known.standing, Standing::Asked | Standing::Leaving) && state.phase.session().is_some()
        });
        if !live {
            state.subscriptions.remove(&filter);
        }
        return;
    }
    state.subscriptions.set(&filter, Standing::Leaving);
    let id = state.requests.add(Request::Unsubscribe { filter: filter.clone() });
    state.phase.note_use();
    effects.push(Effect::Send(ToProxy::Unsubscribe(wire::Unsubscribe { id, filters: vec![filter] })));
}

/// The person pressed Run the example: on the open session, or after connecting.
pub(super) fn run_example(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    state.tab = Tab::Console;
    match state.phase.session().map(|session| session.facts.return_code) {
        Some(_) if !is_open(state) => {
            state.form.notice = Some("The session is just ending: try again in a moment.".to_owned());
        }
        Some(return_code) => {
            state.note(now, example::connected_line(return_code));
            play_example(state, now, effects);
        }
        None => opening::connect(state, true, effects),
    }
}

/// Sends what the script sends once connected, and answers RPC requests from now on.
pub(super) fn play_example(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    if let Some(session) = state.phase.session_mut() {
        session.example = true;
        session.example_unanswered = true;
        effects.push(Effect::Wake { after_ms: example::PATIENCE_MS });
    }
    for filter in example::FILTERS {
        subscribe(
            state,
            vec![wire::Subscription { filter: filter.to_owned(), qos: QoS::AtMostOnce }],
            now,
            effects,
        );
    }
    for publish in example::PUBLISHES {
        send_example(state, &publish, now, effects);
    }
}

pub(super) fn send_example(
    state: &mut State,
    message: &example::Publish,
    now: Now,
    effects: &mut Vec<Effect>,
) {
    let letter = Letter {
        topic: message.topic.to_string(),
        qos: example::PUBLISH_QOS,
        retain: false,
        payload: Payload::from_text(message.payload),
        purpose: Purpose::Example,
    };
    publish(state, letter, now, effects);
}
