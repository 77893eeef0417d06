//! System, light or dark.

use crate::state::Theme;
use yew::{Callback, Html, Properties, component, html};

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    pub theme: Theme,
    pub on_choose: Callback<Theme>,
}

#[component]
pub fn ThemeSwitch(Props { theme, on_choose }: &Props) -> Html {
    let choice = |choice: Theme| {
        html! {
            <label class="switch__choice">
                <input
                    type="radio"
                    class="switch__input"
                    name="theme"
                    value={choice.key()}
                    checked={choice == *theme}
                    onchange={on_choose.reform(move |_| choice)}
                />
                <span class="switch__label">{ choice.label() }</span>
            </label>
        }
    };
    html! {
        <fieldset class="switch">
            <legend class="sr-only">{ "Theme" }</legend>
            { for Theme::ALL.into_iter().map(choice) }
        </fieldset>
    }
}
