//! A labelled choice among a few.

use web_sys::HtmlSelectElement;
use yew::{Callback, Event, Html, TargetCast, html};

/// Each choice has a value and a text.
pub fn select(
    id: &'static str,
    label: &'static str,
    choices: &[(&'static str, &'static str)],
    selected: &str,
    on_choose: &Callback<String>,
) -> Html {
    let on_change =
        on_choose.reform(|event: Event| event.target_unchecked_into::<HtmlSelectElement>().value());
    html! {
        <div class="field">
            <label class="field__label" for={id}>{ label }</label>
            <select class="input" {id} onchange={on_change}>
                for (value, text) in choices {
                    <option key={*value} value={*value} selected={*value == selected}>{ text }</option>
                }
            </select>
        </div>
    }
}
