//! Something to do again and again while the person can see the page.

use crate::services::clock;
use gloo::timers::callback::Interval;
use yew::{Callback, hook, use_effect_with};

/// Calls `tick` at once and then every `every_ms`, unless the page is hidden or `on` is false.
#[hook]
pub fn use_interval(on: bool, every_ms: u32, tick: Callback<()>) {
    use_effect_with((on, every_ms), move |(on, every_ms)| {
        let interval = on.then(|| {
            tick.emit(());
            Interval::new(*every_ms, move || {
                if clock::page_is_visible() {
                    tick.emit(());
                }
            })
        });
        move || drop(interval)
    });
}
