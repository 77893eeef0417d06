//! The calls of the device, and the form for one more.

use crate::{
    components::{
        elsewhere::elsewhere,
        field::{Kind, TextField},
        folded::{folded, folded_text},
        listen::listen,
        select::select,
    },
    hooks::SessionHandle,
    state::rpc::{
        AsksAction, Rpc, RpcAction,
        asks::{AnswerKind, Ask, AskStanding, METHOD_ID, PARAMS_ID, SESSION_LIMITS},
    },
    text::{counted, duration, refused_words, visible_name},
};
use shared::thingsboard::{
    rpc::TIMED_OUT,
    topic::{Flavour, filter},
};
use yew::{Callback, Html, SubmitEvent, html};

const WHAT: &str = "RPC responses";

const TIME_OUTS: [(&str, &str); 5] =
    [("5", "5 s"), ("10", "10 s"), ("30", "30 s"), ("60", "60 s, as the server's"), ("120", "120 s")];

pub(super) fn asks(session: &SessionHandle) -> Html {
    let state = &session.state;
    let (rpc, flavour) = (&state.rpc, state.dialect.flavour);
    let act = session.verbs.rpc.reform(RpcAction::Asks);
    html! {
        <section class="group" aria-labelledby="rpc-asks">
            <h2 class="group__heading" id="rpc-asks">{ "Calls to the server" }</h2>
            { listen(session, filter::rpc_response(flavour), WHAT) }
            { elsewhere(state, filter::rpc_response, WHAT) }
            { form(rpc, flavour, &act) }
            if rpc.asks.list.is_empty() {
                <p class="empty">{ "No calls yet. Calling subscribes to the answers by itself." }</p>
            } else {
                { table(rpc, &act) }
            }
        </section>
    }
}

fn form(rpc: &Rpc, flavour: Flavour, act: &Callback<AsksAction>) -> Html {
    let asks = &rpc.asks;
    let on_submit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        AsksAction::Submit
    });
    let chosen = act.reform(|text: String| AsksAction::TimeOutChosen(text.parse().unwrap_or(60)));
    let unanswered = asks.method.trim() == SESSION_LIMITS && flavour != Flavour::V1;
    html! {
        <form class="form rpc__form" aria-label="Call the server" onsubmit={on_submit} novalidate={true}>
            <div class="rpc__ask">
                { TextField {
                    id: METHOD_ID,
                    label: "Method",
                    value: &asks.method,
                    problem: asks.method_problem.as_deref(),
                    on_input: act.reform(AsksAction::MethodTyped),
                    ..TextField::default()
                }.view() }
                { TextField {
                    id: PARAMS_ID,
                    label: "Params",
                    kind: Kind::Lines(1),
                    hint: Some("JSON; empty stands for {}"),
                    value: &asks.params,
                    problem: asks.params_problem.as_deref(),
                    on_input: act.reform(AsksAction::ParamsTyped),
                    ..TextField::default()
                }.view() }
                { select("rpc-call-time-out", "Time-out", &TIME_OUTS, &asks.time_out_s.to_string(), &chosen) }
            </div>
            <div class="form__buttons">
                <button type="submit" class="button button--strong">{ "Call" }</button>
                <button type="button" class="button" onclick={act.reform(|_| AsksAction::UseSessionLimits)}>
                    { "Fill in getSessionLimits" }
                </button>
            </div>
            if unanswered {
                <p class="rpc__hint">
                    { "ThingsBoard answers getSessionLimits by itself on the v1 topics only: on these it goes to the rule chain." }
                </p>
            }
            <p class="form__notice" aria-live="polite">{ asks.notice.clone() }</p>
        </form>
    }
}

fn table(rpc: &Rpc, act: &Callback<AsksAction>) -> Html {
    let finished = rpc.asks.list.iter().any(|ask| !ask.is_waiting());
    html! {
        <>
            <div class="table-frame">
                <table class="table table--cards" role="table">
                    <caption class="sr-only">{ "Calls to the server" }</caption>
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col">{ "Method" }</th>
                            <th role="columnheader" scope="col">{ "Params" }</th>
                            <th role="columnheader" scope="col">{ "Id" }</th>
                            <th role="columnheader" scope="col">{ "Asked" }</th>
                            <th role="columnheader" scope="col">{ "Answer" }</th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">
                        for ask in &rpc.asks.list {
                            { row(ask, rpc.now_ms, act) }
                        }
                    </tbody>
                </table>
            </div>
            if rpc.asks.left_out > 0 {
                <p class="field__hint">
                    { format!("{} left out of this list; the console has them.", counted(rpc.asks.left_out, "older call was", "older calls were")) }
                </p>
            }
            if finished {
                <div class="form__buttons">
                    <button type="button" class="button button--small" onclick={act.reform(|_| AsksAction::Clear)}>
                        { "Clear answered calls" }
                    </button>
                </div>
            }
        </>
    }
}

fn row(ask: &Ask, now_ms: i64, act: &Callback<AsksAction>) -> Html {
    let (tone, words) = standing(ask, now_ms);
    let number = ask.number;
    let toggle = act.reform(move |()| AsksAction::Unfold(number));
    html! {
        <tr role="row" key={number}>
            <td role="cell" class="table__code">{ visible_name(&ask.method) }</td>
            <td role="cell" class="table__code" data-label="Params">
                { folded_text(ask.params.trim(), ask.unfolded, &format!("the params of call {}", ask.id), &toggle) }
            </td>
            <td role="cell" class="table__code" data-label="Id">{ ask.id }</td>
            <td role="cell" class="rpc__time" data-label="Asked">{ ask.asked.time_of_day() }</td>
            <td role="cell" data-label="Answer">
                if let AskStanding::Answered { answer, .. } = &ask.standing {
                    <div class="table__code">
                        { folded(answer, ask.unfolded, &format!("the answer to call {}", ask.id), &toggle) }
                    </div>
                }
                <span class={format!("delivery delivery--{tone}")}>{ words }</span>
            </td>
        </tr>
    }
}

/// A tone and words.
fn standing(ask: &Ask, now_ms: i64) -> (&'static str, String) {
    match &ask.standing {
        AskStanding::Waiting => {
            let waited_s = (now_ms - ask.asked.unix_ms).max(0) / 1000;
            ("pending", format!("waiting, {waited_s} s of {} s", ask.time_out_s))
        }
        AskStanding::Answered { kind, after_ms, late, .. } => {
            let after = duration(u64::try_from(*after_ms).unwrap_or_default() * 1000);
            let late = if *late { ", after this page had given it up" } else { "" };
            match kind {
                AnswerKind::Value => ("good", format!("answered after {after}{late}")),
                AnswerKind::TimedOut => {
                    ("bad", format!("The server timed out after {after}{late}. {TIMED_OUT}"))
                }
                AnswerKind::Error => ("bad", format!("answered with an error after {after}{late}")),
                AnswerKind::Unreadable => (
                    "bad",
                    format!("came after {after}{late}, but is not in the payload format chosen above"),
                ),
            }
        }
        AskStanding::TimedOut => (
            "bad",
            format!(
                "timed out: no answer within {} s. Is the page subscribed to {WHAT}, and does the server speak this \
                 payload format?",
                ask.time_out_s
            ),
        ),
        AskStanding::Lost => ("bad", "connection lost before the answer".to_owned()),
        AskStanding::Refused(reason) => ("bad", refused_words(reason)),
    }
}
