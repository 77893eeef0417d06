//! What the tab `RPC` does.

mod asks;
mod inbox;
mod payloads;
mod rules;

use crate::{
    state::{
        Effect, Now, State,
        rpc::{RpcAction, asks::Ask},
    },
    text::visible_name,
};
use shared::wire::PublishOutcome;

pub(super) fn update(state: &mut State, action: RpcAction, now: Now, effects: &mut Vec<Effect>) {
    state.rpc.now_ms = now.unix_ms();
    match action {
        RpcAction::Inbox(action) => inbox::update(state, action, now, effects),
        RpcAction::Rules(action) => rules::update(state, action, effects),
        RpcAction::Asks(action) => asks::update(state, action, now, effects),
    }
}

/// The person asked for a session of their own: the calls of the last one are over. Rules and texts stay.
pub(super) fn starting(state: &mut State) {
    state.rpc.inbox.calls.clear();
    state.rpc.inbox.clear();
    state.rpc.asks.list.clear();
    state.rpc.asks.clear();
    state.rpc.asks.notice = None;
}

pub(super) fn over(state: &mut State) {
    state.rpc.inbox.lose();
    state.rpc.asks.lose();
}

pub(super) use asks::answered;
pub(super) use inbox::called;

pub(super) fn published(state: &mut State, number: u32, outcome: &PublishOutcome, now: Now) {
    state.rpc.now_ms = now.unix_ms();
    if !state.rpc.inbox.settle(number, outcome) {
        state.rpc.asks.settle(number, outcome);
    }
}

pub(super) fn wants_ticks(state: &State) -> bool {
    state.rpc.inbox.waiting() > 0 || state.rpc.asks.list.iter().any(Ask::is_waiting)
}

pub(super) fn tick(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    if !wants_ticks(state) {
        return;
    }
    state.rpc.now_ms = now.unix_ms();
    rules::answer_due(state, now, effects);
    for name in state.rpc.inbox.time_out(now.unix_ms()) {
        state.announce(format!("RPC call {name}: timed out."));
    }
    for method in state.rpc.asks.time_out(now.unix_ms()) {
        state.announce(format!("No answer to {} within the time-out.", visible_name(&method)));
    }
}
