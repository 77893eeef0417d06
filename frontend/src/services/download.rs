//! Hands a file to the person by way of the browser's downloads.

use gloo::{timers::callback::Timeout, utils::document};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, HtmlAnchorElement, Url};

/// Milliseconds after which the browser has certainly taken the file.
const TAKEN_MS: u32 = 10_000;

pub(super) fn save(name: &str, bytes: &[u8]) {
    // A browser that makes no file of it says so itself.
    let _ = try_save(name, bytes);
}

fn try_save(name: &str, bytes: &[u8]) -> Result<(), JsValue> {
    let blob = Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes)))?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    Timeout::new(TAKEN_MS, move || {
        let _ = Url::revoke_object_url(&url);
    })
    .forget();
    Ok(())
}
