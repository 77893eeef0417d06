//! A row of tabs and the panels they show. One tab is in the tab order; arrow keys move among them.

use crate::state::Tab;
use web_sys::KeyboardEvent;
use yew::{Callback, Html, html};

pub fn tab_row(tabs: &[Tab], selected: Tab, on_select: &Callback<Tab>) -> Html {
    let on_key_down = {
        let (tabs, on_select) = (tabs.to_vec(), on_select.clone());
        Callback::from(move |event: KeyboardEvent| {
            if let Some(tab) = neighbour(&tabs, selected, &event.key()) {
                event.prevent_default();
                on_select.emit(tab);
            }
        })
    };
    let one = |tab: Tab| {
        let is_selected = tab == selected;
        html! {
            <button
                key={tab.id()}
                type="button"
                role="tab"
                class="tab"
                id={tab.id()}
                aria-selected={is_selected.to_string()}
                aria-controls={tab.panel_id()}
                tabindex={if is_selected { "0" } else { "-1" }}
                onclick={on_select.reform(move |_| tab)}
            >
                { tab.label() }
            </button>
        }
    };
    html! {
        <div class="tabs" role="tablist" aria-label="Work area" onkeydown={on_key_down}>
            { for tabs.iter().copied().map(one) }
        </div>
    }
}

/// The tab that a key leads to.
pub(super) fn neighbour<T: Copy + PartialEq>(tabs: &[T], from: T, key: &str) -> Option<T> {
    let at = tabs.iter().position(|tab| *tab == from)?;
    let to = match key {
        "ArrowRight" => (at + 1) % tabs.len(),
        "ArrowLeft" => (at + tabs.len() - 1) % tabs.len(),
        "Home" => 0,
        "End" => tabs.len() - 1,
        _ => return None,
    };
    tabs.get(to).copied()
}

/// What a tab shows. Panels that are not selected keep their content.
pub fn tab_panel(tab: Tab, selected: Tab, content: Html) -> Html {
    html! {
        <div
            role="tabpanel"
            class="panel"
            id={tab.panel_id()}
            aria-labelledby={tab.id()}
            hidden={tab != selected}
        >
            { content }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrow_keys_go_round() {
        let tabs = [Tab::Console, Tab::RawMqtt, Tab::Platform];
        assert_eq!(neighbour(&tabs, Tab::Console, "ArrowRight"), Some(Tab::RawMqtt));
        assert_eq!(neighbour(&tabs, Tab::Platform, "ArrowRight"), Some(Tab::Console));
        assert_eq!(neighbour(&tabs, Tab::Console, "ArrowLeft"), Some(Tab::Platform));
        assert_eq!(neighbour(&tabs, Tab::RawMqtt, "End"), Some(Tab::Platform));
        assert_eq!(neighbour(&tabs, Tab::RawMqtt, "a"), None);
    }
}
