//! Whether the page has been drawn and the browser has nothing better to do.

use crate::services::idle;
use yew::{hook, use_effect_with, use_state};

/// Becomes true once, soon after the first drawing; never for people who have asked their browser to save data.
#[hook]
pub fn use_idle() -> bool {
    let is_idle = use_state(|| false);
    let into = is_idle.clone();
    use_effect_with((), move |()| {
        let waiting = idle::once(move || into.set(true));
        move || drop(waiting)
    });
    *is_idle
}
