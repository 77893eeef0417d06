//! The access token: hidden unless the person asks to see it.

use super::field::{described_by, hint_line, problem_line};
use crate::state::form::{Field, Secret};
use web_sys::HtmlInputElement;
use yew::{AttrValue, Callback, Html, InputEvent, Properties, TargetCast, component, html};

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    pub token: Secret,
    pub shown: bool,
    pub problem: Option<AttrValue>,
    pub on_input: Callback<String>,
    pub on_toggle: Callback<()>,
}

#[component]
pub fn TokenField(Props { token, shown, problem, on_input, on_toggle }: &Props) -> Html {
    let id = Field::Token.id();
    html! {
        <div class="field">
            <label class="field__label" for={id}>{ "Access token" }</label>
            <div class="field__row">
                <input
                    class="input input--code"
                    type={if *shown { "text" } else { "password" }}
                    {id}
                    value={token.expose().to_owned()}
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-describedby={described_by(id, true, problem.is_some())}
                    aria-invalid={problem.as_ref().map(|_| "true")}
                    oninput={on_input.reform(|event: InputEvent| event.target_unchecked_into::<HtmlInputElement>().value())}
                />
                <button
                    type="button"
                    class="button button--quiet"
                    aria-controls={id}
                    onclick={on_toggle.reform(|_| ())}
                >
                    { if *shown { "Hide" } else { "Show" } }
                </button>
            </div>
            { hint_line(id, Some(&AttrValue::Static("sent as the MQTT user name"))) }
            { problem_line(id, problem.as_ref()) }
        </div>
    }
}
