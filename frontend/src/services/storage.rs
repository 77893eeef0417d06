//! Where saved devices are kept: the browser's storage for this page's origin.

use gloo::{events::EventListener, utils::window};
use web_sys::Storage;

const KEY: &str = "device-console.devices";

/// What is stored; `None` when nothing is, or the browser keeps nothing.
#[must_use]
pub fn load() -> Option<String> {
    storage()?.get_item(KEY).ok().flatten()
}

/// Calls back with what is stored whenever another window of this page has changed it. Dropped, it is called off.
#[must_use = "dropped, it is called off"]
pub fn watch(changed: impl Fn(Option<String>) + 'static) -> EventListener {
    EventListener::new(&window(), "storage", move |_| changed(load()))
}

/// Stores it in place of what is there.
///
/// # Errors
/// The browser does not take it, in a sentence. What was there is still there.
pub(super) fn store(text: &str) -> Result<(), String> {
    let storage = storage().ok_or(
        "Nothing was saved: this browser keeps nothing for this page. Allow it to store data for this site.",
    )?;
    storage.set_item(KEY, text).map_err(|_| {
        "Nothing was saved, and nothing lost: the browser's storage for this page is full. Delete saved devices, or \
         export them first."
            .to_owned()
    })
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}
