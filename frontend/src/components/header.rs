//! The product's name and the theme switch.

use super::{
    icon::{Icon, Shape},
    theme_switch::ThemeSwitch,
};
use crate::state::Theme;
use yew::{Callback, Html, Properties, component, html};

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// The program's version, once known.
    pub version: Option<String>,
    pub theme: Theme,
    pub on_theme: Callback<Theme>,
}

#[component]
pub fn Header(Props { version, theme, on_theme }: &Props) -> Html {
    html! {
        <header class="header">
            <Icon shape={Shape::Product} />
            <h1 class="header__name">{ "Device Console" }<span class="header__for">{ " for ThingsBoard" }</span></h1>
            if let Some(version) = version {
                <span class="header__version">{ format!("v{version}") }</span>
            }
            <ThemeSwitch theme={*theme} on_choose={on_theme.clone()} />
        </header>
    }
}
