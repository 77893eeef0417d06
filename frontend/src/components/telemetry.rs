//! The tab `Telemetry`: what to publish, and what ThingsBoard will store of it.

mod editor;
mod preview;
mod rows;

use super::{
    dialect::dialect,
    recent::{newest, recent},
};
use crate::{
    hooks::SessionHandle,
    state::{
        rows::Editor,
        telemetry::{TelemetryAction, Way},
    },
    text::visible_reason,
};
use shared::thingsboard::topic::Topic;
use yew::{Callback, Html, SubmitEvent, html};

pub fn telemetry(session: &SessionHandle) -> Html {
    let SessionHandle { state, verbs } = session;
    let (telemetry, act) = (&state.telemetry, &verbs.telemetry);
    let on_submit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        TelemetryAction::Publish
    });
    html! {
        <div class="stack telemetry">
            { dialect(session, "telemetry") }
            <form class="form" aria-label="Telemetry" onsubmit={on_submit} novalidate={true}>
                <div class="telemetry__choices">
                    { choices("Time", "telemetry-way", &Way::ALL.map(|way| (way, way.label())), telemetry.way,
                        &act.reform(TelemetryAction::WayChosen)) }
                    { choices("Type as", "telemetry-editor",
                        &Editor::ALL.map(|editor| (editor, editor.label())), telemetry.editor,
                        &act.reform(TelemetryAction::EditorChosen)) }
                </div>
                { match telemetry.editor {
                    Editor::Rows => rows::rows(telemetry, act),
                    Editor::Json => editor::json(telemetry, act),
                } }
                { preview::preview(&telemetry.outlook, telemetry.json_problem.is_some(), act) }
                <div class="form__buttons telemetry__send">
                    <button type="submit" class="button button--main">{ "Publish telemetry" }</button>
                    <span class="field__hint">
                        { format!("QoS 1, to {}", Topic::Telemetry(state.dialect.flavour)) }
                    </span>
                    { newest(&telemetry.recent) }
                </div>
                <p class="form__notice" aria-live="polite">{ telemetry.notice.as_deref().map(visible_reason) }</p>
            </form>
            { recent(&telemetry.recent, "Last publishes") }
        </div>
    }
}

/// A choice of few, all in sight.
fn choices<T: Copy + PartialEq + 'static>(
    legend: &'static str,
    name: &'static str,
    all: &[(T, &'static str)],
    chosen: T,
    on_choose: &Callback<T>,
) -> Html {
    let one = |(choice, label): &(T, &'static str)| {
        let choice = *choice;
        html! {
            <label class="switch__choice">
                <input
                    type="radio"
                    class="switch__input"
                    {name}
                    value={*label}
                    checked={choice == chosen}
                    onchange={on_choose.reform(move |_| choice)}
                />
                <span class="switch__label">{ label }</span>
            </label>
        }
    };
    html! {
        <fieldset class="choices">
            <legend class="field__label">{ legend }</legend>
            <div class="switch">{ for all.iter().map(one) }</div>
        </fieldset>
    }
}
