//! The access token: hidden unless the person asks to see it.

use super::field::{described_by, hint_line, problem_line, typed};
use crate::state::{
    action::FormAction,
    form::{Field, Form},
};
use yew::{Callback, Html, html};

pub fn token_field(form: &Form, act: &Callback<FormAction>) -> Html {
    let id = Field::Token.id();
    let problem = form.problem(Field::Token);
    html! {
        <div class="field">
            <label class="field__label" for={id}>{ "Access token" }</label>
            <div class="field__row">
                <input
                    class="input input--code"
                    type={if form.token_shown { "text" } else { "password" }}
                    {id}
                    value={form.token.expose().to_owned()}
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-describedby={described_by(id, true, problem.is_some())}
                    aria-invalid={problem.map(|_| "true")}
                    oninput={typed(&act.reform(|text| FormAction::Typed(Field::Token, text)))}
                />
                <button
                    type="button"
                    class="button button--quiet"
                    aria-controls={id}
                    onclick={act.reform(|_| FormAction::ToggleTokenShown)}
                >
                    { if form.token_shown { "Hide" } else { "Show" } }
                </button>
            </div>
            { hint_line(id, Some("sent as the MQTT user name")) }
            { problem_line(id, problem) }
        </div>
    }
}
