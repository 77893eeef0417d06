//! Calls of the server: they come, wait, and are answered by hand.

use super::{payloads, rules};
use crate::{
    example,
    state::{
        Effect, Now, State,
        log::Delivery,
        purpose::Purpose,
        rpc::{
            InboxAction,
            inbox::{Answer, By, Call, Inbox, Question, REPLY_ID, Standing},
        },
        update::outgoing::{self, Letter},
    },
};
use shared::{
    payload::Payload,
    thingsboard::{
        rpc::answer_warning,
        topic::{Flavour, Topic, TopicId},
    },
    wire::PublishOutcome,
};

pub(super) fn update(state: &mut State, action: InboxAction, now: Now, effects: &mut Vec<Effect>) {
    let inbox = &mut state.rpc.inbox;
    match action {
        InboxAction::TimeOutChosen(seconds) => inbox.set_time_out(seconds, now.unix_ms()),
        InboxAction::Choose(number) => {
            inbox.chosen = Some(number);
            inbox.problem = None;
            inbox.notice = None;
            effects.push(Effect::Focus(REPLY_ID));
        }
        InboxAction::Unfold(number) => {
            if let Some(call) = inbox.find_mut(number) {
                call.unfolded = !call.unfolded;
            }
        }
        InboxAction::ReplyTyped(text) => {
            inbox.reply = text;
            inbox.problem = None;
            inbox.warned = false;
        }
        InboxAction::Reply => reply(state, now, effects),
        InboxAction::NeedsNoAnswer(number) => needs_no_answer(inbox, number),
        InboxAction::Clear => inbox.clear(),
    }
}

fn needs_no_answer(inbox: &mut Inbox, number: u32) {
    let Some(call) = inbox.find_mut(number).filter(|call| call.takes_answers()) else { return };
    call.standing = Standing::NotNeeded;
    let name = call.name();
    inbox.notice = Some(format!("{name}: left without an answer."));
    inbox.choose_next();
}

/// The person pressed Reply.
fn reply(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    let is_open = outgoing::is_open(state);
    let inbox = &mut state.rpc.inbox;
    inbox.notice = None;
    let Some(call) = inbox.chosen() else {
        inbox.problem = Some("No call is chosen: press Answer at one of the calls first.".to_owned());
        return;
    };
    let (number, name, late) = (call.number, call.name(), is_late(call, inbox.time_out_s, now));
    if !call.takes_answers() {
        inbox.problem = Some(format!(
            "{name} has its answer already, and ThingsBoard takes one only: press Answer at another call."
        ));
        return;
    }
    // A call takes one answer only, so a slip of the hand is not sent at once.
    if let Some(warning) = answer_warning(&inbox.reply).filter(|_| is_open && !inbox.warned) {
        inbox.warned = true;
        inbox.problem = Some(format!("{warning} Press Reply again to send it all the same."));
        effects.push(Effect::Focus(REPLY_ID));
        return;
    }
    inbox.warned = false;
    let text = inbox.reply.clone();
    match answer(state, number, &text, By::Hand, now, effects) {
        Ok(()) => {
            let inbox = &mut state.rpc.inbox;
            inbox.problem = None;
            let said = if late {
                format!("Replied to {name}, too late: its time was over, and ThingsBoard drops such a reply.")
            } else {
                format!("Replied to {name}.")
            };
            inbox.notice = Some(said);
            inbox.choose_next();
        }
        Err(problem) => {
            state.rpc.inbox.problem = Some(problem);
            effects.push(Effect::Focus(REPLY_ID));
        }
    }
}

/// Whether the server is taken to have given the call up.
fn is_late(call: &Call, time_out_s: u32, now: Now) -> bool {
    now.unix_ms() >= call.deadline_ms(time_out_s)
}

/// Sends an answer to a call.
///
/// # Errors
/// Why it was not sent, in a sentence.
pub(super) fn answer(
    state: &mut State,
    number: u32,
    text: &str,
    by: By,
    now: Now,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    let Some(call) = state.rpc.inbox.find(number) else {
        return Err("This call is not in the list any more.".to_owned());
    };
    let (flavour, id, came) = (call.flavour, call.id, call.came);
    let late = is_late(call, state.rpc.inbox.time_out_s, now);
    let payload = payloads::reply(state.dialect, flavour, text);
    let publish = state.rpc.new_number();
    let letter = Letter::to(Topic::RpcResponse(flavour, id), payload, Purpose::Rpc(publish));
    outgoing::send(state, letter, now, effects)?;
    if let Some(call) = state.rpc.inbox.find_mut(number) {
        let after_ms = now.unix_ms() - came.unix_ms;
        call.standing =
            Standing::Answered(Answer { by, publish, after_ms, late, delivery: Delivery::Pending });
        call.problem = None;
    }
    Ok(())
}

/// The server called.
pub(in crate::state::update) fn called(
    state: &mut State,
    flavour: Flavour,
    id: TopicId,
    payload: &Payload,
    now: Now,
    effects: &mut Vec<Effect>,
) {
    state.rpc.now_ms = now.unix_ms();
    let number = state.rpc.new_number();
    let call = Call {
        number,
        flavour,
        id,
        question: payloads::question(state.dialect, flavour, payload),
        came: now.stamp,
        standing: by_example(state, flavour, id),
        problem: None,
        unfolded: false,
    };
    let (name, waits) = (call.name(), call.is_waiting());
    let readable = matches!(call.question, Question::Read { .. });
    state.rpc.inbox.take(call);
    let ruled = waits && readable && rules::arrange(state, number, now, effects);
    if waits && !ruled {
        state.announce(format!("RPC call {name} waits for an answer."));
    }
}

/// The example has answered already, when it is on and this is one of its topics.
fn by_example(state: &State, flavour: Flavour, id: TopicId) -> Standing {
    let on = state.phase.session().is_some_and(|session| session.example);
    if on && example::reply(&Topic::RpcRequest(flavour, id).to_string()).is_some() {
        let delivery = Delivery::Known(PublishOutcome::Sent);
        return Standing::Answered(Answer {
            by: By::Example,
            publish: 0,
            after_ms: 0,
            late: false,
            delivery,
        });
    }
    Standing::Waiting
}
