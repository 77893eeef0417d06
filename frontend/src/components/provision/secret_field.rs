//! A box for what is hidden unless the person asks to see it.

use crate::components::field::{described_by, hint_line, problem_line, typed};
use yew::{Callback, Html, html};

/// `shown` and `on_toggle`: where there is a button for it.
pub(super) struct SecretField<'f> {
    pub(super) id: &'static str,
    pub(super) label: &'static str,
    pub(super) value: &'f str,
    pub(super) shown: bool,
    pub(super) on_toggle: Option<Callback<()>>,
    pub(super) hint: Option<&'static str>,
    pub(super) problem: Option<&'f str>,
    pub(super) on_input: Callback<String>,
}

impl SecretField<'_> {
    pub(super) fn view(self) -> Html {
        let Self { id, label, value, shown, on_toggle, hint, problem, on_input } = self;
        html! {
            <div class="field">
                <label class="field__label" for={id}>{ label }</label>
                <div class="field__row">
                    <input
                        class="input input--code"
                        type={if shown { "text" } else { "password" }}
                        {id}
                        value={value.to_owned()}
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        aria-describedby={described_by(id, hint.is_some(), problem.is_some())}
                        aria-invalid={problem.map(|_| "true")}
                        oninput={typed(&on_input)}
                    />
                    if let Some(on_toggle) = on_toggle {
                        <button
                            type="button"
                            class="button button--quiet"
                            aria-controls={id}
                            onclick={on_toggle.reform(|_| ())}
                        >
                            { if shown { "Hide" } else { "Show" } }
                            <span class="sr-only">{ format!(" {label}") }</span>
                        </button>
                    }
                </div>
                { hint_line(id, hint) }
                { problem_line(id, problem) }
            </div>
        }
    }
}
