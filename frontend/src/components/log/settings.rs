//! How much the log holds.

use crate::{
    components::field::{Kind, TextField},
    state::log::{
        LogAction,
        view::{Bound, Settings},
    },
};
use yew::{Callback, Html, SubmitEvent, html};

pub(super) fn settings(typed: &Settings, on: &Callback<LogAction>) -> Html {
    let on_submit = on.reform(|event: SubmitEvent| {
        event.prevent_default();
        LogAction::ApplyBounds
    });
    let field = |bound: Bound, label, value, hint| {
        TextField {
            id: bound.id(),
            label,
            value,
            kind: Kind::Number,
            hint: Some(hint),
            problem: typed.problem(bound),
            on_input: on.reform(move |text| LogAction::Bound(bound, text)),
            ..TextField::default()
        }
        .view()
    };
    html! {
        <form class="log-settings" aria-label="Log size" onsubmit={on_submit}>
            { field(Bound::Entries, "Messages held", &typed.entries, "1,000 to 1,000,000") }
            { field(Bound::Mibs, "MiB held", &typed.mibs, "1 to 512, of topics and payloads") }
            <p class="field__hint">{ "Whichever is reached first: then the oldest fall out, and are counted as dropped." }</p>
            <div class="log-settings__buttons">
                <button type="submit" class="button button--small">{ "Apply" }</button>
                <button type="button" class="button button--small" onclick={on.reform(|_| LogAction::ToggleSettings)}>
                    { "Cancel" }
                </button>
            </div>
        </form>
    }
}
