//! What goes wrong on demand, and what the device may send.

use super::commands::outcome;
use crate::{
    components::{
        field::{Kind, TextField},
        select::select,
    },
    state::platform::{
        Origin, Platform, PlatformAction,
        fault::{FaultAction, FaultKind, NUMBER_ID, because_from_label, because_label, words as fault_words},
        rates::{Rate, RatesAction, words as rate_words},
    },
    text::visible_line,
};
use shared::platform::{PlatformView, RefusedConnect};
use web_sys::HtmlInputElement;
use yew::{Callback, Event, Html, SubmitEvent, TargetCast, html};

pub(super) fn faults(platform: &Platform, view: &PlatformView, act: &Callback<PlatformAction>) -> Html {
    let form = &platform.fault;
    let act = &act.reform(PlatformAction::Fault);
    let on_submit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        FaultAction::Set
    });
    let kinds = FaultKind::ALL.map(|kind| (kind.label(), kind.label()));
    let reasons = RefusedConnect::ALL.map(|because| (because_label(because), because_label(because)));
    html! {
        <section class="group" aria-labelledby="platform-faults">
            <h2 class="group__heading" id="platform-faults">{ "Faults on demand" }</h2>
            <p class="group__line">
                if let Some(fault) = view.fault {
                    <span class="delivery delivery--warn">{ format!("Now: {}", fault_words(fault)) }</span>
                } else {
                    <span class="delivery delivery--pending">{ "Now: none" }</span>
                }
            </p>
            <form class="form" aria-label="Set fault" onsubmit={on_submit} novalidate={true}>
                { select("platform-fault", "Fault", &kinds, form.kind.label(), &act.reform(|label: String| {
                    FaultAction::KindChosen(FaultKind::from_label(&label))
                })) }
                if form.kind == FaultKind::Refuse {
                    { select("platform-fault-because", "Reason", &reasons, because_label(form.because), &act.reform(|label: String| {
                        FaultAction::BecauseChosen(because_from_label(&label))
                    })) }
                }
                if let Some(unit) = form.kind.unit() {
                    { TextField {
                        id: NUMBER_ID,
                        label: "Number",
                        kind: Kind::Number,
                        hint: Some(unit),
                        value: &form.number,
                        problem: form.problem.as_deref(),
                        on_input: act.reform(FaultAction::NumberTyped),
                        ..TextField::default()
                    }.view() }
                }
                <div class="form__buttons">
                    <button type="submit" class="button">{ "Set fault" }</button>
                    <button type="button" class="button" onclick={act.reform(|_| FaultAction::Clear)}>{ "Clear fault" }</button>
                </div>
                { outcome(platform.newest(Origin::Fault)) }
            </form>
        </section>
    }
}

pub(super) fn rates(platform: &Platform, view: &PlatformView, act: &Callback<PlatformAction>) -> Html {
    let form = &platform.rates;
    let act = &act.reform(PlatformAction::Rates);
    let on_submit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        RatesAction::Set
    });
    let on_gateway = act.reform(|event: Event| {
        RatesAction::OfGatewayChosen(event.target_unchecked_into::<HtmlInputElement>().checked())
    });
    html! {
        <section class="group" aria-labelledby="platform-rates">
            <h2 class="group__heading" id="platform-rates">{ "Rate limits" }</h2>
            <p class="group__line">
                <span>{ format!("Now: {}", visible_line(&rate_words(&view.rate_limits))) }</span>
                if view.gateway {
                    <span>{ format!("As gateway: {}", visible_line(&rate_words(&view.gateway_rate_limits))) }</span>
                }
            </p>
            <form class="form" aria-label="Set rate limits" onsubmit={on_submit} novalidate={true}>
                for rate in Rate::ALL {
                    { TextField {
                        id: rate.id(),
                        label: rate.label(),
                        hint: (rate == Rate::Messages).then_some("count:seconds, such as 10:1,300:60; empty for none"),
                        value: form.text(rate),
                        problem: form.problem(rate),
                        on_input: act.reform(move |text| RatesAction::Typed(rate, text)),
                        ..TextField::default()
                    }.view() }
                }
                if view.gateway {
                    <label class="check">
                        <input type="checkbox" checked={form.of_gateway} onchange={on_gateway} />
                        { "Of what it sends as a gateway" }
                    </label>
                }
                <div class="form__buttons">
                    <button type="submit" class="button">{ "Set rate limits" }</button>
                </div>
                { outcome(platform.newest(Origin::Rates)) }
            </form>
        </section>
    }
}
