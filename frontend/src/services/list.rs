//! A list of which the browser holds only the rows in sight: measures it, and puts the rows where they belong.

use gloo::{
    events::{EventListener, EventListenerOptions},
    utils::document,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};
use yew::NodeRef;

/// The heights of a row and of the window onto the rows. `None` while the list is hidden.
#[must_use]
pub fn measure(list: &NodeRef, ruler: &NodeRef) -> Option<(f64, f64)> {
    let row = ruler.cast::<Element>()?.get_bounding_client_rect().height();
    let view = f64::from(list.cast::<Element>()?.client_height());
    (row > 0.0 && view > 0.0).then_some((row, view))
}

/// Sets the height of what scrolls, and moves the drawn rows there. The security policy of the page allows that only
/// by the style's own properties.
pub fn lay_out(space: &NodeRef, space_px: f64, rows: &NodeRef, shift_px: f64) {
    set(space, "height", &format!("{space_px}px"));
    set(rows, "transform", &format!("translateY({shift_px}px)"));
}

fn set(node: &NodeRef, property: &str, value: &str) {
    if let Some(element) = node.cast::<HtmlElement>() {
        // It can only fail for a property that is read-only.
        let _ = element.style().set_property(property, value);
    }
}

#[must_use]
pub fn scroll_top(list: &NodeRef) -> i32 {
    list.cast::<Element>().map_or(0, |list| list.scroll_top())
}

pub fn set_scroll_top(list: &NodeRef, top: i32) {
    if let Some(list) = list.cast::<Element>() {
        list.set_scroll_top(top);
    }
}

/// Moves the focus to an element now.
pub fn focus(id: &str) {
    if let Some(element) =
        document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok())
    {
        // It can only fail for an element that is gone.
        let _ = element.focus();
    }
}

/// Moves the focus to an element at each press of `/` outside of text boxes, while the element is in sight. Until it
/// is dropped.
pub fn focus_on_slash(id: &'static str) -> EventListener {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&document(), "keydown", options, move |event| {
        let Some(key) = event.dyn_ref::<KeyboardEvent>().filter(|key| key.key() == "/") else { return };
        let elsewhere = key.ctrl_key() || key.meta_key() || key.alt_key() || key.default_prevented();
        let target = key.target().and_then(|target| target.dyn_into::<Element>().ok());
        let typing = target
            .is_some_and(|target| matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"));
        let in_sight = document().get_element_by_id(id).is_some_and(|element| element.client_height() > 0);
        if in_sight && !elsewhere && !typing {
            event.prevent_default();
            focus(id);
        }
    })
}
