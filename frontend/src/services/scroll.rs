//! Scrolls inside a region to one of its elements.

use gloo::utils::document;
use web_sys::Element;
use yew::NodeRef;

/// So that the element with this id begins where the region begins, when it `is_next` to be read; else where
/// the region ends, so that what stands before it is in sight.
pub fn to(region: &NodeRef, id: &str, is_next: bool) {
    let Some(region) = region.cast::<Element>() else { return };
    let Some(element) = document().get_element_by_id(id) else { return };
    let place = region.get_bounding_client_rect();
    let edge = if is_next { place.top() } else { place.bottom() };
    #[expect(clippy::cast_possible_truncation, reason = "pixels of a page")]
    let by = (element.get_bounding_client_rect().top() - edge) as i32;
    region.set_scroll_top(region.scroll_top() + by);
}
