//! What can be sent for the device that is chosen.

use super::{
    fields::{notice, text_box},
    on_submit,
};
use crate::{
    components::{
        field::{problem_line, typed},
        select::select,
    },
    state::{
        gateway::{
            AskScope, FormName, Gateway, GatewayAction, Input,
            asks::{Answer, Ask},
            children::Child,
            values::{MOST_ROWS, Values},
        },
        rows::{Editor, Row, RowEdit},
    },
    text::{visible_name, visible_reason},
};
use shared::thingsboard::{gateway, upload};
use yew::{Callback, Html, html};

pub(super) fn device(tab: &Gateway, act: &Callback<GatewayAction>) -> Html {
    let Some(child) = tab.children.chosen() else { return Html::default() };
    let name = visible_name(&child.name);
    html! {
        <section class="group" aria-labelledby="gateway-child">
            <h2 class="group__heading" id="gateway-child">{ format!("For the device {name}") }</h2>
            <div class="gateway__forms">
                { telemetry(tab, child, act) }
                { attributes(tab, act) }
                { request(tab, act) }
                { claim(tab, act) }
            </div>
        </section>
    }
}

fn telemetry(tab: &Gateway, child: &Child, act: &Callback<GatewayAction>) -> Html {
    let values = &tab.telemetry;
    let choices = Editor::ALL.map(|editor| (editor.label(), editor.label()));
    html! {
        <form class="form gateway__form" aria-label="Publish telemetry for the device" onsubmit={on_submit(act, GatewayAction::PublishTelemetry)} novalidate={true}>
            <h3 class="group__subheading">{ "Telemetry" }</h3>
            { select(
                "gateway-writing",
                "Write telemetry as",
                &choices,
                values.editor.label(),
                &act.reform(|label: String| GatewayAction::EditorChosen(Editor::from_label(&label))),
            ) }
            if values.editor == Editor::Rows {
                <fieldset class="gateway__rows">
                    <legend class="field__label">{ "Keys and values" }</legend>
                    for (at, row) in values.rows.iter().enumerate() {
                        { row_line(at, row, values.rows.len() > 1, act) }
                    }
                    { texts(values) }
                </fieldset>
                { problem_line(FormName::Telemetry.field_id(), tab.problem(FormName::Telemetry)) }
            } else {
                { text_box(tab, act, Input::Telemetry, Some(FormName::Telemetry), Some("an object, or an array of objects")) }
            }
            { preview(tab, child) }
            <div class="form__buttons">
                <button type="submit" class="button">{ "Publish telemetry" }</button>
                if values.editor == Editor::Rows && values.rows.len() < MOST_ROWS {
                    <button type="button" class="button" onclick={act.reform(|_| GatewayAction::Row(RowEdit::Add))}>
                        { "Add row" }
                    </button>
                }
            </div>
            { notice(tab, FormName::Telemetry) }
        </form>
    }
}

/// Says which values are no JSON.
fn texts(values: &Values) -> Html {
    let numbers: Vec<String> = values.texts().iter().map(|number| format!("value {number}")).collect();
    html! {
        if !numbers.is_empty() {
            <p class="field__hint">{ format!("Taken as text: {}.", numbers.join(", ")) }</p>
        }
    }
}

fn row_line(at: usize, row: &Row, removable: bool, act: &Callback<GatewayAction>) -> Html {
    let number = at + 1;
    // The first box takes the focus when there is a problem.
    let id = (at == 0).then_some(FormName::Telemetry.field_id());
    html! {
        <div class="gateway__row" key={at}>
            <input
                class="input input--code"
                type="text"
                {id}
                aria-label={format!("Telemetry key {number}")}
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                value={row.key.clone()}
                oninput={typed(&act.reform(move |key| GatewayAction::Row(RowEdit::Key(at, key))))}
            />
            <input
                class="input input--code"
                type="text"
                aria-label={format!("Telemetry value {number}")}
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                value={row.value.clone()}
                oninput={typed(&act.reform(move |value| GatewayAction::Row(RowEdit::Value(at, value))))}
            />
            if removable {
                <button
                    type="button"
                    class="button button--small"
                    aria-label={format!("Remove row {number}")}
                    onclick={act.reform(move |_| GatewayAction::Row(RowEdit::Remove(at)))}
                >
                    { "Remove" }
                </button>
            }
        </div>
    }
}

/// The payload as it will be sent, and what the server would do with it without a word.
fn preview(tab: &Gateway, child: &Child) -> Html {
    let Ok(text) = tab.telemetry.text() else { return Html::default() };
    let Ok(payload) = gateway::telemetry(&[(&child.name, &text)]) else { return Html::default() };
    let warnings = upload::telemetry(&text, tab.now_ms).map(|preview| preview.warnings).unwrap_or_default();
    html! {
        <>
            <p class="field__hint">
                { "Sent as " }<code class="gateway__code">{ visible_name(&payload) }</code>
            </p>
            for warning in warnings.iter().take(3) {
                <p class="field__hint gateway__warning">{ visible_reason(&warning.to_string()) }</p>
            }
        </>
    }
}

fn attributes(tab: &Gateway, act: &Callback<GatewayAction>) -> Html {
    html! {
        <form class="form gateway__form" aria-label="Publish attributes for the device" onsubmit={on_submit(act, GatewayAction::PublishAttributes)} novalidate={true}>
            <h3 class="group__subheading">{ "Attributes of its own" }</h3>
            { text_box(tab, act, Input::Attributes, Some(FormName::Attributes), Some("a JSON object, such as {\"serial\": \"S1\"}")) }
            <div class="form__buttons">
                <button type="submit" class="button">{ "Publish attributes" }</button>
            </div>
            { notice(tab, FormName::Attributes) }
        </form>
    }
}

fn request(tab: &Gateway, act: &Callback<GatewayAction>) -> Html {
    let choices = AskScope::ALL.map(|scope| (scope.label(), scope.label()));
    html! {
        <form class="form gateway__form" aria-label="Request attributes for the device" onsubmit={on_submit(act, GatewayAction::Request)} novalidate={true}>
            <h3 class="group__subheading">{ "Ask for attributes" }</h3>
            <div class="gateway__pair">
                { text_box(tab, act, Input::Keys, Some(FormName::Request), Some("separated by commas")) }
                { select(
                    "gateway-scope",
                    "Scope",
                    &choices,
                    tab.scope.label(),
                    &act.reform(|label: String| GatewayAction::ScopeChosen(AskScope::from_label(&label))),
                ) }
            </div>
            <div class="form__buttons">
                <button type="submit" class="button">{ "Request attributes" }</button>
            </div>
            { notice(tab, FormName::Request) }
            if !tab.asks.list.is_empty() {
                <ul class="commands" aria-label="Answers to requests">
                    for ask in &tab.asks.list {
                        { answer(ask) }
                    }
                </ul>
            }
        </form>
    }
}

fn answer(ask: &Ask) -> Html {
    let (tone, words) = match &ask.answer {
        Answer::Waiting => ("pending", "waiting for the answer".to_owned()),
        Answer::Found(json) => ("good", visible_name(json)),
        Answer::Nothing => ("warn", "the device has no such attribute".to_owned()),
        Answer::None(why) => ("bad", visible_reason(why)),
    };
    html! {
        <li key={ask.id} class="command">
            <span class="command__what">{ &ask.what }</span>
            <span class={format!("delivery delivery--{tone}")}>{ words }</span>
        </li>
    }
}

fn claim(tab: &Gateway, act: &Callback<GatewayAction>) -> Html {
    let id = "gateway-secret";
    html! {
        <form class="form gateway__form" aria-label="Claim the device" onsubmit={on_submit(act, GatewayAction::Claim)} novalidate={true}>
            <h3 class="group__subheading">{ "Claiming" }</h3>
            <div class="gateway__pair">
                <div class="field">
                    <label class="field__label" for={id}>{ "Claim secret" }</label>
                    <input
                        class="input input--code"
                        type="password"
                        {id}
                        autocomplete="off"
                        value={tab.secret.expose().to_owned()}
                        oninput={typed(&act.reform(|text| GatewayAction::Typed(Input::Secret, text)))}
                    />
                </div>
                { text_box(tab, act, Input::Duration, Some(FormName::Claim), Some("ms")) }
            </div>
            <p class="field__hint">{ "Both may be empty: no secret, the server's own time." }</p>
            <div class="form__buttons">
                <button type="submit" class="button">{ "Allow claiming" }</button>
            </div>
            { notice(tab, FormName::Claim) }
        </form>
    }
}
