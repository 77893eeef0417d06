//! When the page can be used first, and when the browser has nothing better to do after that.

use crate::services::idle;
use yew::{hook, use_effect_with, use_state};

/// Becomes true once, soon after the first drawing; never for people who have asked their browser to save data.
#[hook]
pub fn use_idle() -> bool {
    let is_idle = use_state(|| false);
    let into = is_idle.clone();
    use_effect_with((), move |()| {
        idle::mark_usable();
        let waiting = idle::once(move || into.set(true));
        move || drop(waiting)
    });
    *is_idle
}
