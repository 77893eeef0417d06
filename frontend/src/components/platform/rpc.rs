//! The form for a command to the device.

use super::commands::outcome;
use crate::{
    components::field::{Kind, TextField},
    state::platform::{METHOD_ID, Origin, PARAMS_ID, Platform, PlatformAction},
};
use web_sys::HtmlInputElement;
use yew::{Callback, Event, Html, SubmitEvent, TargetCast, html};

pub(super) fn rpc(platform: &Platform, act: &Callback<PlatformAction>) -> Html {
    let form = &platform.rpc;
    let on_submit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        PlatformAction::SendRpc
    });
    let on_one_way = act.reform(|event: Event| {
        PlatformAction::OneWayChosen(event.target_unchecked_into::<HtmlInputElement>().checked())
    });
    html! {
        <section class="group" aria-labelledby="platform-rpc">
            <h2 class="group__heading" id="platform-rpc">{ "RPC to the device" }</h2>
            <form class="form" aria-label="Send RPC" onsubmit={on_submit} novalidate={true}>
                { TextField {
                    id: METHOD_ID,
                    label: "Method",
                    value: &form.method,
                    problem: form.method_problem.as_deref(),
                    on_input: act.reform(PlatformAction::MethodTyped),
                    ..TextField::default()
                }.view() }
                { TextField {
                    id: PARAMS_ID,
                    label: "Params",
                    kind: Kind::Lines(2),
                    hint: Some("JSON"),
                    value: &form.params,
                    problem: form.params_problem.as_deref(),
                    on_input: act.reform(PlatformAction::ParamsTyped),
                    ..TextField::default()
                }.view() }
                <label class="check">
                    <input type="checkbox" checked={form.one_way} onchange={on_one_way} />
                    { "One-way (no answer expected)" }
                </label>
                <div class="form__buttons">
                    <button type="submit" class="button">{ "Send RPC" }</button>
                </div>
                if let Some(notice) = form.notice {
                    <p class="form__notice" role="alert">{ notice }</p>
                } else {
                    { outcome(platform.newest(Origin::Rpc)) }
                }
            </form>
        </section>
    }
}
