//! A labelled choice among a few.

use web_sys::HtmlSelectElement;
use yew::{Callback, Event, Html, Properties, TargetCast, component, html};

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    pub id: &'static str,
    pub label: &'static str,
    /// Value and text of each choice.
    pub choices: Vec<(&'static str, &'static str)>,
    pub selected: &'static str,
    pub on_choose: Callback<String>,
}

#[component]
pub fn Select(Props { id, label, choices, selected, on_choose }: &Props) -> Html {
    let on_change =
        on_choose.reform(|event: Event| event.target_unchecked_into::<HtmlSelectElement>().value());
    html! {
        <div class="field">
            <label class="field__label" for={*id}>{ label }</label>
            <select class="input" id={*id} onchange={on_change}>
                for (value, text) in choices {
                    <option key={*value} value={*value} selected={value == selected}>{ text }</option>
                }
            </select>
        </div>
    }
}
