//! Leads the person to an element: by the keyboard focus, by scrolling, by selecting its text.

use gloo::{
    timers::callback::Timeout,
    utils::{document, window},
};
use std::borrow::Cow;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Moves the focus to the element with this id.
pub fn move_to(id: impl Into<Cow<'static, str>>) {
    when_drawn(id.into(), |element| {
        if let Some(element) = element.dyn_ref::<HtmlElement>() {
            // It can only fail for an element that is gone.
            let _ = element.focus();
        }
    });
}

/// Scrolls so that the element with this id stands at the top, unless all of it is in sight. At once: a
/// page that glides would need to ask whether the person can bear it, and the element may grow meanwhile.
pub(super) fn reveal(id: &'static str) {
    when_drawn(id.into(), |element| {
        let place = element.get_bounding_client_rect();
        let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
        // The panel of a tab may scroll by itself.
        let (top, bottom) = match element.closest(".panel") {
            Ok(Some(panel)) => {
                let panel = panel.get_bounding_client_rect();
                (panel.top().max(0.0), panel.bottom().min(height))
            }
            Ok(None) | Err(_) => (0.0, height),
        };
        if place.top() < top || place.bottom() > bottom {
            element.scroll_into_view();
        }
    });
}

/// Selects the text of the element with this id.
pub(super) fn select(id: &'static str) {
    when_drawn(id.into(), |element| {
        if let Ok(Some(selection)) = window().get_selection() {
            // It can only fail for an element that is gone.
            let _ = selection.select_all_children(element);
        }
    });
}

/// Looks for an element that is not drawn yet, a frame apart: half a second in all.
const LOOKS: u32 = 30;
const FRAME_MS: u32 = 16;

/// After what is being drawn now, which may take several turns of the browser: until then the element is not there, or
/// lies in a part that is still closed, where the focus would not go.
fn when_drawn(id: Cow<'static, str>, lead: impl FnOnce(&Element) + 'static) {
    look(id, lead, 0);
}

fn look(id: Cow<'static, str>, lead: impl FnOnce(&Element) + 'static, looks: u32) {
    let after_ms = if looks == 0 { 0 } else { FRAME_MS };
    Timeout::new(after_ms, move || match document().get_element_by_id(&id) {
        Some(element) if has_size(&element) || looks == LOOKS => lead(&element),
        _ if looks < LOOKS => look(id, lead, looks + 1),
        _ => {}
    })
    .forget();
}

fn has_size(element: &Element) -> bool {
    let place = element.get_bounding_client_rect();
    place.width() > 0.0 && place.height() > 0.0
}
