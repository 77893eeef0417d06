//! System, light or dark.

use crate::state::Theme;
use yew::{Callback, Html, html};

pub fn theme_switch(theme: Theme, on_choose: &Callback<Theme>) -> Html {
    let choice = |choice: Theme| {
        html! {
            <label class="switch__choice">
                <input
                    type="radio"
                    class="switch__input"
                    name="theme"
                    value={choice.key()}
                    checked={choice == theme}
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
