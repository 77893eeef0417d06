//! Light or dark, kept between visits.

use crate::state::Theme;
use gloo::utils::{document, window};
use web_sys::Storage;

const KEY: &str = "device-console.theme";
const ATTRIBUTE: &str = "data-theme";

/// The kept choice.
#[must_use]
pub fn kept() -> Theme {
    let key = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
    key.and_then(|key| Theme::from_key(&key)).unwrap_or_default()
}

/// Shows the page in this theme.
pub fn apply(theme: Theme) {
    if let Some(root) = document().document_element() {
        // Neither can fail: the attribute's name is valid.
        let _ = match theme {
            Theme::System => root.remove_attribute(ATTRIBUTE),
            Theme::Light | Theme::Dark => root.set_attribute(ATTRIBUTE, theme.key()),
        };
    }
}

pub(super) fn keep(theme: Theme) {
    if let Some(storage) = storage() {
        // A browser that keeps nothing is no problem worth a word.
        let _ = match theme {
            Theme::System => storage.remove_item(KEY),
            Theme::Light | Theme::Dark => storage.set_item(KEY, theme.key()),
        };
    }
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}
