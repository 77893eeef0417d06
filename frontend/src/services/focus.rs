//! Moves the keyboard focus.

use gloo::{timers::callback::Timeout, utils::document};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Moves the focus to the element with this id, after what is being drawn now.
pub(super) fn move_to(id: &'static str) {
    Timeout::new(0, move || {
        if let Some(element) = document().get_element_by_id(id)
            && let Some(element) = element.dyn_ref::<HtmlElement>()
        {
            // It can only fail for an element that is gone.
            let _ = element.focus();
        }
    })
    .forget();
}
