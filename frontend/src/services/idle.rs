//! The first moment in which the page can be used, and the first in which the browser has nothing better to do.

use gloo::{
    render::{AnimationFrame, request_animation_frame},
    timers::callback::Timeout,
};
use js_sys::Reflect;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsValue;

/// Milliseconds after the first drawn frame.
const AFTER_MS: u32 = 200;

/// Dropped, it is called off.
#[derive(Debug)]
pub struct Waiting {
    _frame: AnimationFrame,
    _timeout: Rc<RefCell<Option<Timeout>>>,
}

/// Calls back a moment after the next frame is drawn. `None` when the person has asked the browser to save data.
pub fn once(call: impl FnOnce() + 'static) -> Option<Waiting> {
    if saves_data() {
        return None;
    }
    let timeout = Rc::new(RefCell::new(None));
    let slot = timeout.clone();
    let frame = request_animation_frame(move |_| {
        *slot.borrow_mut() = Some(Timeout::new(AFTER_MS, call));
    });
    Some(Waiting { _frame: frame, _timeout: timeout })
}

/// Notes in the browser's own timeline that the form can be filled in from now on.
pub(crate) fn mark_usable() {
    if let Some(performance) = gloo::utils::window().performance() {
        // Only tests and developers' tools look at it.
        let _ = performance.mark("usable");
    }
}

/// The Save-Data preference, where the browser tells it (Network Information API).
fn saves_data() -> bool {
    let navigator = gloo::utils::window().navigator();
    let read = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED);
    let connection = read(navigator.as_ref(), "connection");
    connection.is_object() && read(&connection, "saveData").is_truthy()
}
