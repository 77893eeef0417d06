//! The calls of the server, each with its countdown and what became of it.

use crate::{
    components::{
        elsewhere::elsewhere,
        folded::{folded, folded_text},
        listen::listen,
        select::select,
    },
    hooks::SessionHandle,
    state::{
        log::Delivery,
        rpc::{
            InboxAction, Rpc, RpcAction,
            inbox::{Answer, By, Call, Question, Standing},
        },
    },
    text::{ago, counted, duration, refused_words, visible_reason},
};
use shared::{thingsboard::topic::filter, wire::PublishOutcome};
use yew::{Callback, Html, html};

const WHAT: &str = "RPC requests";

const TIME_OUTS: [(&str, &str); 6] = [
    ("5", "5 s, the least"),
    ("10", "10 s, the default"),
    ("20", "20 s"),
    ("30", "30 s"),
    ("60", "60 s"),
    ("300", "5 min"),
];

pub(super) fn inbox(session: &SessionHandle) -> Html {
    let (state, rpc, act) = (&session.state, &session.state.rpc, &session.verbs.rpc);
    let calls = &rpc.inbox.calls;
    let chosen =
        act.reform(|text: String| RpcAction::Inbox(InboxAction::TimeOutChosen(text.parse().unwrap_or(10))));
    let finished = calls.iter().any(|call| !call.is_waiting());
    html! {
        <section class="group" aria-labelledby="rpc-inbox">
            <h2 class="group__heading" id="rpc-inbox">{ "Calls from the server" }</h2>
            { listen(session, filter::rpc_request(state.dialect.flavour), WHAT) }
            { elsewhere(state, filter::rpc_request, WHAT) }
            <div class="rpc__bar">
                { select(
                    "rpc-time-out",
                    "Time-out",
                    &TIME_OUTS,
                    &rpc.inbox.time_out_s.to_string(),
                    &chosen,
                ) }
                <p class="field__hint rpc__assumed">
                    { "The server does not send its time-out: the countdown assumes this one." }
                </p>
                if finished {
                    <button
                        type="button"
                        class="button button--small"
                        onclick={act.reform(|_| RpcAction::Inbox(InboxAction::Clear))}
                    >
                        { "Clear finished calls" }
                    </button>
                }
            </div>
            if calls.is_empty() {
                <p class="empty">{ "No calls yet. Each one stands here with the time that is left for its answer." }</p>
            } else {
                { table(rpc, act) }
            }
        </section>
    }
}

fn table(rpc: &Rpc, act: &Callback<RpcAction>) -> Html {
    html! {
        <>
            <div class="table-frame">
                <table class="table table--cards rpc__calls" role="table">
                    <caption class="sr-only">{ "Calls from the server" }</caption>
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col">{ "Method" }</th>
                            <th role="columnheader" scope="col">{ "Params" }</th>
                            <th role="columnheader" scope="col">{ "Id" }</th>
                            <th role="columnheader" scope="col">{ "Came" }</th>
                            <th role="columnheader" scope="col">{ "State" }</th>
                            <th role="columnheader" scope="col"><span class="sr-only">{ "Action" }</span></th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">
                        for call in &rpc.inbox.calls {
                            { row(call, rpc, act) }
                        }
                    </tbody>
                </table>
            </div>
            if rpc.inbox.left_out > 0 {
                <p class="field__hint">
                    { format!("{} left out of this list; the console has them.", counted(rpc.inbox.left_out, "older call was", "older calls were")) }
                </p>
            }
        </>
    }
}

fn row(call: &Call, rpc: &Rpc, act: &Callback<RpcAction>) -> Html {
    let number = call.number;
    let chosen = rpc.inbox.chosen == Some(number);
    let (tone, words) = standing(call, rpc);
    let came = if call.is_waiting() { ago(call.came.unix_ms, rpc.now_ms) } else { String::new() };
    html! {
        <tr role="row" key={number} class={chosen.then_some("rpc__chosen")}>
            <td role="cell" class="table__code">{ call.method() }</td>
            <td role="cell" class="table__code" data-label="Params">{ params(call, act) }</td>
            <td role="cell" class="table__code" data-label="Id">{ call.id }</td>
            <td role="cell" data-label="Came" class="rpc__time">
                { call.came.time_of_day() }
                if !came.is_empty() {
                    <span class="rpc__age">{ format!(" {came}") }</span>
                }
            </td>
            <td role="cell" data-label="State">
                <span class={format!("delivery delivery--{tone}")}>{ words }</span>
                if let Some(problem) = &call.problem {
                    <p class="field__problem">{ visible_reason(problem) }</p>
                }
            </td>
            <td role="cell" class="table__action">
                if call.takes_answers() {
                    <button
                        type="button"
                        class="button button--small"
                        aria-label={format!("Answer {}", call.name())}
                        aria-pressed={if chosen { "true" } else { "false" }}
                        onclick={act.reform(move |_| RpcAction::Inbox(InboxAction::Choose(number)))}
                    >
                        { "Answer" }
                    </button>
                }
            </td>
        </tr>
    }
}

fn params(call: &Call, act: &Callback<RpcAction>) -> Html {
    let number = call.number;
    let toggle = act.reform(move |()| RpcAction::Inbox(InboxAction::Unfold(number)));
    match &call.question {
        Question::Read { params, .. } => {
            let name = format!("the params of {}", call.name());
            folded_text(params, call.unfolded, &name, &toggle)
        }
        Question::Unread { payload, problem } => html! {
            <>
                { folded(payload, call.unfolded, &format!("the payload of {}", call.name()), &toggle) }
                <p class="field__problem">{ visible_reason(problem) }</p>
            </>
        },
    }
}

/// A tone and words.
fn standing(call: &Call, rpc: &Rpc) -> (&'static str, String) {
    let time_out_s = rpc.inbox.time_out_s;
    match &call.standing {
        Standing::Waiting => {
            let left_s = seconds_up(call.deadline_ms(time_out_s) - rpc.now_ms);
            ("warn", format!("waiting, {left_s} s left of {time_out_s} s"))
        }
        Standing::Due { at_ms, .. } => {
            ("pending", format!("a rule answers in {} s", seconds_up(at_ms - rpc.now_ms)))
        }
        Standing::Answered(answer) => answered(answer, time_out_s),
        Standing::NotNeeded => ("pending", "no answer wanted".to_owned()),
        Standing::TimedOut => (
            "bad",
            format!("timed out: no answer within {time_out_s} s, so the caller was told there is none"),
        ),
        Standing::Lost => ("bad", "connection lost before an answer".to_owned()),
    }
}

fn answered(answer: &Answer, time_out_s: u32) -> (&'static str, String) {
    let after = match u64::try_from(answer.after_ms).unwrap_or_default() {
        0 => "at once".to_owned(),
        ms => format!("after {}", duration(ms * 1000)),
    };
    let said = match answer.by {
        By::Hand => format!("answered by hand {after}"),
        By::Rule => format!("answered by rule {after}"),
        By::Example => return ("good", "answered by the example".to_owned()),
    };
    match &answer.delivery {
        Delivery::Pending => ("pending", format!("{said}, not acknowledged yet")),
        Delivery::Known(PublishOutcome::Delivered | PublishOutcome::Sent) if answer.late => (
            "bad",
            format!(
                "{said}, too late: over {time_out_s} s. The server acknowledges such a reply and drops it"
            ),
        ),
        Delivery::Known(PublishOutcome::Delivered) => ("good", format!("{said}, delivered")),
        Delivery::Known(PublishOutcome::Sent) => ("good", format!("{said}, sent")),
        Delivery::Known(PublishOutcome::Refused { reason }) => {
            ("bad", format!("{said}, {}", refused_words(reason)))
        }
        Delivery::Known(PublishOutcome::Unknown) => {
            ("warn", format!("{said}, connection lost before it was acknowledged"))
        }
    }
}

/// Whole seconds, counted up, so that the last one reads 1.
fn seconds_up(ms: i64) -> i64 {
    (ms.max(0) + 999) / 1000
}
