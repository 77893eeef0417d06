//! A session of its own, beside the device's: it connects as `provision`, subscribes to the answer, asks, and
//! is over with the answer.

use crate::{
    state::{
        Effect, Now, State,
        action::{SideEffect, SocketEvent},
        provision::{ANSWER_ID, Exchange, PATIENCE_MS, Running, Step},
        update::incoming,
    },
    text::kept_reason,
};
use shared::{
    failure::Failure,
    payload::Payload,
    thingsboard::{
        provision::reply::{self, Provisioned},
        topic::{Topic, filter},
    },
    wire::{self, MqttVersion, PublishOutcome, QoS, RequestId, SubscribeOutcome, ToBrowser, ToProxy},
};

pub(super) const CONNECT: RequestId = 1;
const SUBSCRIBE: RequestId = 2;
const ASK: RequestId = 3;

/// Opens the second socket, in place of one that was there.
pub(super) fn open(state: &mut State, running: Running, effects: &mut Vec<Effect>) {
    state.last_socket = state.last_socket.wrapping_add(1);
    let socket = state.last_socket;
    effects.push(Effect::Side(SideEffect::Open { socket, first: running.first.clone() }));
    state.provision.exchange = Exchange::Running(Box::new(Running { socket, ..running }));
}

/// What the second socket brings.
pub(in crate::state::update) fn heard(
    state: &mut State,
    event: SocketEvent,
    now: Now,
    effects: &mut Vec<Effect>,
) {
    match event {
        SocketEvent::Messages(messages) => {
            let socket = state.provision.socket();
            for message in messages {
                // What comes after the answer does not count.
                if state.provision.socket() == socket {
                    self::message(state, message, now, effects);
                }
            }
        }
        SocketEvent::Undecodable(_) => {
            fail(
                state,
                "The proxy sent what this page does not understand: load the page again.",
                now,
                effects,
            );
        }
        SocketEvent::Closed { opened, code } => {
            told(state, &incoming::closed_failure(opened, code), now, effects);
        }
    }
}

fn message(state: &mut State, message: ToBrowser, now: Now, effects: &mut Vec<Effect>) {
    match message {
        ToBrowser::StepPassed(_) | ToBrowser::Unsubscribed(_) | ToBrowser::Ending(_) => {}
        ToBrowser::Connected(_) => {
            let filters = vec![wire::Subscription {
                filter: filter::PROVISION_RESPONSE.to_owned(),
                qos: QoS::AtLeastOnce,
            }];
            reached(state, Step::Subscribe);
            send(effects, ToProxy::Subscribe(wire::Subscribe { id: SUBSCRIBE, filters }));
        }
        ToBrowser::Subscribed(subscribed) => match subscribed.results.first().map(|result| &result.outcome) {
            Some(SubscribeOutcome::Refused { reason, .. }) => {
                let why =
                    format!("The server refused the subscription to its answer: {}", kept_reason(reason));
                fail(state, &why, now, effects);
            }
            _ => ask(state, now, effects),
        },
        ToBrowser::Published(published) => match published.outcome {
            PublishOutcome::Refused { reason } => {
                fail(
                    state,
                    &format!("The server refused the request: {}", kept_reason(&reason)),
                    now,
                    effects,
                );
            }
            PublishOutcome::Delivered | PublishOutcome::Sent | PublishOutcome::Unknown => {
                reached(state, Step::Answer);
            }
        },
        ToBrowser::Message(message) if Topic::parse(&message.topic) == Some(Topic::ProvisionResponse) => {
            answered(state, &message.payload, now, effects);
        }
        ToBrowser::Message(_) => {}
        ToBrowser::RequestRefused(refused) => {
            fail(state, &format!("Refused: {}", kept_reason(&refused.reason)), now, effects);
        }
        ToBrowser::ConnectFailed(failed) => {
            if !fall_back(state, &failed.failure, now, effects) {
                told(state, &failed.failure, now, effects);
            }
        }
        ToBrowser::Disconnected(over) => {
            told(state, &over.failure.unwrap_or(Failure::ServerClosed), now, effects);
        }
    }
}

/// The step that is under way from now on.
fn reached(state: &mut State, step: Step) {
    if let Exchange::Running(running) = &mut state.provision.exchange {
        running.step = running.step.max(step);
    }
}

fn send(effects: &mut Vec<Effect>, message: ToProxy) {
    effects.push(Effect::Side(SideEffect::Send(message)));
}

fn ask(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    reached(state, Step::Ask);
    let Exchange::Running(running) = &state.provision.exchange else { return };
    match running.request.payload() {
        Ok(payload) => send(
            effects,
            ToProxy::Publish(wire::Publish {
                id: ASK,
                topic: Topic::ProvisionRequest.to_string(),
                qos: QoS::AtLeastOnce,
                retain: false,
                payload: Payload::from_text(&payload),
            }),
        ),
        Err(problem) => fail(state, &problem.to_string(), now, effects),
    }
}

fn answered(state: &mut State, payload: &Payload, now: Now, effects: &mut Vec<Effect>) {
    reached(state, Step::Answer);
    let Exchange::Running(running) = &state.provision.exchange else { return };
    let device_name = running.request.device_name.clone();
    match reply::read(payload.as_text().unwrap_or_default()) {
        Ok(provisioned) => {
            effects.push(Effect::Side(SideEffect::Close));
            let kind = match &provisioned {
                Provisioned::AccessToken(_) => "an access token",
                Provisioned::MqttBasic { .. } => "MQTT Basic credentials",
                Provisioned::X509Certificate(_) => "its certificate",
            };
            let text = format!("Provisioned: the new device has {kind}.");
            state.note(now, text.clone());
            state.announce(text);
            state.provision.keep(provisioned, device_name);
            state.provision.exchange = Exchange::Done;
            effects.push(Effect::Reveal(ANSWER_ID));
        }
        Err(problem) => fail(state, &problem.to_string(), now, effects),
    }
}

/// Tries once more with MQTT 3.1.1 where the server may not speak 5.
fn fall_back(state: &mut State, failure: &Failure, now: Now, effects: &mut Vec<Effect>) -> bool {
    let about_version =
        matches!(failure, Failure::MqttVersionRefused { .. } | Failure::MqttClosed | Failure::MqttNotSpoken);
    let Exchange::Running(running) = &state.provision.exchange else { return false };
    if !about_version || running.first.mqtt_version != MqttVersion::V5 {
        return false;
    }
    let mut running = (**running).clone();
    running.first.mqtt_version = MqttVersion::V3_1_1;
    state.note(now, "Provisioning: the server does not speak MQTT 5; trying 3.1.1.");
    open(state, running, effects);
    true
}

/// The session ended or never began.
fn told(state: &mut State, failure: &Failure, now: Now, effects: &mut Vec<Effect>) {
    let why = match failure {
        Failure::CredentialsRefused { .. } | Failure::ClientIdRefused { .. } => {
            "The server refused the user name provision, which ThingsBoard takes from anybody: it is no ThingsBoard, \
             or one that allows no provisioning."
                .to_owned()
        }
        failure => {
            let advice = failure.advice();
            format!("{} {}", advice.cause, advice.fix)
        }
    };
    fail(state, &why, now, effects);
}

fn fail(state: &mut State, why: &str, now: Now, effects: &mut Vec<Effect>) {
    let Exchange::Running(running) = &state.provision.exchange else { return };
    let step = running.step;
    state.provision.exchange = Exchange::Failed { step, why: why.to_owned() };
    effects.extend([Effect::Side(SideEffect::Close), Effect::Reveal(ANSWER_ID)]);
    let text = format!("Provisioning failed: {why}");
    state.announce(text.clone());
    state.problem(now, text);
}

pub(in crate::state::update) fn wants_ticks(state: &State) -> bool {
    matches!(state.provision.exchange, Exchange::Running(_))
}

/// The exchange has its time as a whole.
pub(in crate::state::update) fn tick(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    if let Exchange::Running(running) = &state.provision.exchange
        && now.unix_ms() >= running.until_ms
    {
        let why = format!(
            "The exchange took more than {} s: look whether the server is a ThingsBoard, then press Provision again.",
            PATIENCE_MS / 1000
        );
        fail(state, &why, now, effects);
    }
}
