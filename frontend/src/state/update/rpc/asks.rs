//! Calls of the device, and the server's answers.

use super::payloads;
use crate::{
    state::{
        Effect, Now, State,
        purpose::Purpose,
        rpc::{
            AsksAction,
            asks::{AnswerKind, Ask, AskStanding, METHOD_ID, PARAMS_ID, SESSION_LIMITS},
        },
        update::outgoing::{self, Letter},
    },
    text::visible_name,
};
use shared::{
    payload::Payload,
    thingsboard::{
        rpc::CallProblem,
        topic::{Flavour, Topic, TopicId, filter},
    },
    wire::QoS,
};

pub(super) fn update(state: &mut State, action: AsksAction, now: Now, effects: &mut Vec<Effect>) {
    let asks = &mut state.rpc.asks;
    match action {
        AsksAction::MethodTyped(text) => {
            asks.method = text;
            asks.method_problem = None;
            asks.notice = None;
        }
        AsksAction::ParamsTyped(text) => {
            asks.params = text;
            asks.params_problem = None;
            asks.notice = None;
        }
        AsksAction::TimeOutChosen(seconds) => asks.time_out_s = seconds,
        AsksAction::UseSessionLimits => {
            asks.method = SESSION_LIMITS.to_owned();
            asks.params = "{}".to_owned();
            asks.method_problem = None;
            asks.params_problem = None;
            asks.notice = None;
        }
        AsksAction::Submit => submit(state, now, effects),
        AsksAction::Unfold(number) => {
            if let Some(ask) = asks.list.iter_mut().find(|ask| ask.number == number) {
                ask.unfolded = !ask.unfolded;
            }
        }
        AsksAction::Clear => asks.clear(),
    }
}

/// The person pressed Call.
fn submit(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    let flavour = state.dialect.flavour;
    let asks = &mut state.rpc.asks;
    let (method, params) = (asks.method.trim().to_owned(), asks.params.clone());
    asks.method_problem = None;
    asks.params_problem = None;
    asks.notice = None;
    let payload = match payloads::call(state.dialect, flavour, &method, &params) {
        Ok(payload) => payload,
        Err(problem) => {
            let said = problem.to_string();
            let id = match problem {
                CallProblem::NoMethod => {
                    asks.method_problem = Some(said);
                    METHOD_ID
                }
                CallProblem::Params(_) => {
                    asks.params_problem = Some(said);
                    PARAMS_ID
                }
            };
            effects.push(Effect::Focus(id));
            return;
        }
    };
    if let Some(full) = asks.full() {
        asks.notice = Some(full);
        return;
    }
    let time_out_s = asks.time_out_s;
    outgoing::ensure(state, &[filter::rpc_response(flavour)], QoS::AtLeastOnce, now, effects);
    let (id, number) = (state.new_topic_id(), state.rpc.new_number());
    let letter = Letter::to(Topic::RpcRequest(flavour, id), payload, Purpose::Rpc(number));
    match outgoing::send(state, letter, now, effects) {
        Err(problem) => state.rpc.asks.notice = Some(problem),
        Ok(()) => state.rpc.asks.add(Ask {
            number,
            flavour,
            id,
            method: method.into(),
            params: params.into(),
            asked: now.stamp,
            time_out_s,
            standing: AskStanding::Waiting,
            unfolded: false,
        }),
    }
}

/// The server answered a call, of this tab or of another part of the page.
pub(in crate::state::update) fn answered(
    state: &mut State,
    flavour: Flavour,
    id: TopicId,
    payload: &Payload,
    now: Now,
    _effects: &mut Vec<Effect>,
) {
    let dialect = state.dialect;
    state.rpc.now_ms = now.unix_ms();
    let Some(ask) = state.rpc.asks.asked_as(id) else { return };
    let (kind, answer) = payloads::answer(dialect, flavour, payload);
    let late = ask.standing == AskStanding::TimedOut;
    let after_ms = now.unix_ms() - ask.asked.unix_ms;
    ask.standing = AskStanding::Answered { kind, answer: answer.into(), after_ms, late };
    let method = visible_name(&ask.method);
    state.rpc.asks.make_room();
    state.announce(match kind {
        AnswerKind::Value => format!("Answer to {method} came."),
        AnswerKind::TimedOut => format!("The server timed out on {method}."),
        AnswerKind::Error => format!("The server answered {method} with an error."),
        AnswerKind::Unreadable => format!("The answer to {method} is not readable."),
    });
}
