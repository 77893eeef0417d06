//! Rules: they are written, and answer calls by themselves.

use super::inbox;
use crate::state::{
    Effect, Now, State,
    rpc::{
        RulesAction,
        inbox::{By, Question, Standing},
        rules::METHOD_ID,
    },
};

pub(super) fn update(state: &mut State, action: RulesAction, effects: &mut Vec<Effect>) {
    let number = state.rpc.new_number();
    let rules = &mut state.rpc.rules;
    match action {
        RulesAction::MethodTyped(text) => {
            rules.form.method = text;
            rules.form.method_problem = None;
            rules.form.notice = None;
        }
        RulesAction::ReplyTyped(text) => {
            rules.form.reply = text;
            rules.form.reply_problem = None;
            rules.form.notice = None;
        }
        RulesAction::DelayTyped(text) => {
            rules.form.delay = text;
            rules.form.delay_problem = None;
            rules.form.notice = None;
        }
        RulesAction::Submit => {
            if let Err(id) = rules.submit(number) {
                effects.push(Effect::Focus(id));
            }
        }
        RulesAction::Edit(number) => {
            rules.edit(number);
            effects.push(Effect::Focus(METHOD_ID));
        }
        RulesAction::Leave => rules.leave(),
        RulesAction::Toggle(number) => rules.toggle(number),
        RulesAction::Remove(number) => {
            rules.remove(number);
            effects.push(Effect::Focus(METHOD_ID));
        }
    }
}

/// Has a rule answer a call that just came, at once or later. Returns whether there is one that does.
pub(super) fn arrange(state: &mut State, number: u32, now: Now, effects: &mut Vec<Effect>) -> bool {
    let Some(Question::Read { method, .. }) = state.rpc.inbox.find(number).map(|call| &call.question) else {
        return false;
    };
    let Some(rule) = state.rpc.rules.for_method(method) else { return false };
    let (rule, delay_ms) = (rule.number, rule.delay_ms);
    if delay_ms == 0 {
        return answer(state, number, rule, now, effects);
    }
    if let Some(call) = state.rpc.inbox.find_mut(number) {
        call.standing = Standing::Due { rule, at_ms: now.unix_ms() + i64::from(delay_ms) };
    }
    true
}

/// Answers the calls whose rule is due.
pub(super) fn answer_due(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    let due: Vec<(u32, u32)> = state
        .rpc
        .inbox
        .calls
        .iter()
        .rev()
        .filter_map(|call| match call.standing {
            Standing::Due { rule, at_ms } if now.unix_ms() >= at_ms => Some((call.number, rule)),
            _ => None,
        })
        .collect();
    for (number, rule) in due {
        answer(state, number, rule, now, effects);
    }
}

/// A rule answers a call. Where it cannot, the call waits for a person and says why.
fn answer(state: &mut State, number: u32, rule: u32, now: Now, effects: &mut Vec<Effect>) -> bool {
    let result = reply(state, number, rule)
        .and_then(|text| inbox::answer(state, number, &text, By::Rule, now, effects));
    let Some(call) = state.rpc.inbox.find_mut(number) else { return false };
    let name = call.name();
    match result {
        Ok(()) => {
            state.announce(format!("RPC call {name}: answered by rule."));
            true
        }
        Err(problem) => {
            call.standing = Standing::Waiting;
            call.problem = Some(format!("The rule did not answer. {problem}"));
            false
        }
    }
}

/// What the rule says to the call, as the rule is now.
fn reply(state: &State, number: u32, rule: u32) -> Result<String, String> {
    let rule = state.rpc.rules.find(rule).filter(|rule| rule.on);
    let rule = rule.ok_or_else(|| "It was removed or switched off meanwhile.".to_owned())?;
    match state.rpc.inbox.find(number) {
        Some(call) => match &call.question {
            Question::Read { method, params } => rule.reply_to(method, params, call.id),
            Question::Unread { .. } => Err("The call is not readable.".to_owned()),
        },
        None => Err("The call is not in the list any more.".to_owned()),
    }
}
