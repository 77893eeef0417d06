//! RPC for the devices behind the gateway, and the answer to one of them.

use super::{
    children::outcome,
    fields::{notice, text_box},
    on_submit,
};
use crate::{
    state::{
        gateway::{
            FormName, Gateway, GatewayAction, Input,
            calls::{CallStanding, ChildCall},
        },
        log::Delivery,
    },
    text::{counted, visible_name},
};
use yew::{Callback, Html, html};

const HEADING: &str = "RPC for devices";

pub(super) fn calls(tab: &Gateway, act: &Callback<GatewayAction>) -> Html {
    html! {
        <section class="group" aria-labelledby="gateway-calls">
            <h2 class="group__heading" id="gateway-calls">{ HEADING }</h2>
            if tab.calls.list.is_empty() {
                <p class="empty">{ "None yet." }</p>
            } else {
                <ul class="commands" aria-labelledby="gateway-calls">
                    for call in &tab.calls.list {
                        { line(call, tab, act) }
                    }
                </ul>
            }
            if tab.calls.left_out > 0 {
                <p class="field__hint">
                    { format!("{} left out of this list; the console has them.", counted(tab.calls.left_out, "older call was", "older calls were")) }
                </p>
            }
            { reply(tab, act) }
        </section>
    }
}

fn line(call: &ChildCall, tab: &Gateway, act: &Callback<GatewayAction>) -> Html {
    let number = call.number;
    let (tone, words) = standing(call, tab.now_ms);
    let chosen = tab.calls.chosen == Some(number);
    html! {
        <li key={number} class="command gateway__call">
            <span>{ &call.came.time_of_day()[..8] }</span>
            <span class="command__what">
                { format!("{}: {} {}", visible_name(&call.device), visible_name(&call.method), visible_name(&call.params)) }
            </span>
            <span class={format!("delivery delivery--{tone}")}>{ words }</span>
            if call.standing == CallStanding::Waiting && !chosen {
                <button
                    type="button"
                    class="button button--small"
                    aria-label={format!("Answer {} of {}", visible_name(&call.method), visible_name(&call.device))}
                    onclick={act.reform(move |_| GatewayAction::ChooseCall(number))}
                >
                    { "Answer" }
                </button>
            }
        </li>
    }
}

fn standing(call: &ChildCall, now_ms: i64) -> (&'static str, String) {
    let left_ms = call.left_ms(now_ms.max(call.came.unix_ms));
    match &call.standing {
        CallStanding::Waiting if left_ms > 0 => {
            ("pending", format!("waits for an answer, {} s left", (left_ms + 999) / 1000))
        }
        CallStanding::Waiting => ("warn", "unanswered; the server's usual time is over".to_owned()),
        CallStanding::Answered(Delivery::Pending) => ("pending", "answer on its way".to_owned()),
        CallStanding::Answered(Delivery::Known(known)) => {
            let (tone, words) = outcome(Some(known));
            (tone, format!("answer {words}"))
        }
        CallStanding::Lost => ("bad", "lost with the connection".to_owned()),
    }
}

fn reply(tab: &Gateway, act: &Callback<GatewayAction>) -> Html {
    let Some(call) = tab.calls.chosen() else { return notice(tab, FormName::Reply) };
    let what = format!("Reply to {} of {}", visible_name(&call.method), visible_name(&call.device));
    html! {
        <form class="form gateway__form" aria-label="Reply for the device" onsubmit={on_submit(act, GatewayAction::Reply)} novalidate={true}>
            <p>{ what }</p>
            { text_box(tab, act, Input::Reply, Some(FormName::Reply), Some("JSON")) }
            <div class="form__buttons">
                <button type="submit" class="button">{ "Send reply" }</button>
            </div>
            { notice(tab, FormName::Reply) }
        </form>
    }
}
