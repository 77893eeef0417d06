//! Dialogs over the page. The browser keeps the focus inside, closes on Esc and gives the focus back.

use gloo::{timers::callback::Timeout, utils::document};
use wasm_bindgen::JsCast;
use web_sys::HtmlDialogElement;

/// Shows the dialog with this id, after what is being drawn now.
pub(super) fn show(id: &'static str) {
    Timeout::new(0, move || {
        if let Some(dialog) = find(id)
            && !dialog.open()
        {
            // It can only fail for one that is open or gone.
            let _ = dialog.show_modal();
        }
    })
    .forget();
}

pub(super) fn close(id: &str) {
    if let Some(dialog) = find(id) {
        dialog.close();
    }
}

fn find(id: &str) -> Option<HtmlDialogElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}
