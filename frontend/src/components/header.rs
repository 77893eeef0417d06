//! The product's name and the theme switch.

use super::{icon::product_icon, theme_switch::theme_switch};
use crate::state::Theme;
use yew::{Callback, Html, html};

/// `version`: the program's, once known. `devices`: the tabs of the devices that are open.
pub fn header(version: Option<&str>, devices: &Html, theme: Theme, on_theme: &Callback<Theme>) -> Html {
    html! {
        <header class="header">
            { product_icon() }
            <h1 class="header__name">
                { "Device Console" }
                <span class="header__for">{ " for ThingsBoard" }</span>
            </h1>
            if let Some(version) = version {
                <span class="header__version">{ format!("v{version}") }</span>
            }
            { devices.clone() }
            { theme_switch(theme, on_theme) }
        </header>
    }
}
