//! The clipboard, where the browser lends it.

use gloo::utils::window;
use js_sys::Reflect;
use wasm_bindgen_futures::JsFuture;

/// Puts a text on the clipboard. Returns whether that was allowed.
pub(super) async fn write(text: &str) -> bool {
    let navigator = window().navigator();
    // Pages from elsewhere than this computer that came without TLS have none.
    if Reflect::get(&navigator, &"clipboard".into()).map_or(true, |found| found.is_undefined()) {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}
