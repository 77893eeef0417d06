//! A payload of any size: its beginning, how much more there is, and a button for the rest.

use crate::text::{Shape, counted, excerpt};
use shared::payload::Payload;
use yew::{Callback, Html, classes, html};

/// Bytes drawn unasked.
const LIMIT_BYTES: usize = 2_048;
/// The same for bytes that are no text: written as hex they take three times the room and are looked at less.
const LIMIT_HEX_BYTES: usize = 256;

/// `label` stands before the text, on its line. `on_show_all` is called for the rest.
pub fn long_text(label: &'static str, payload: &Payload, whole: bool, on_show_all: &Callback<()>) -> Html {
    let limit = if payload.as_text().is_some() { LIMIT_BYTES } else { LIMIT_HEX_BYTES };
    let shown = excerpt(payload, if whole { usize::MAX } else { limit });
    let hex = (shown.shape == Shape::Hex).then_some("long-text--hex");
    html! {
        <>
            <div class={classes!("long-text", hex)}>
                if !label.is_empty() {
                    <span class="long-text__label">{ label }</span>
                }
                { shown.text }
            </div>
            if shown.more_bytes > 0 {
                <div class="long-text__more">
                    { format!("… {} ", counted(shown.more_bytes, "more byte", "more bytes")) }
                    <button
                        type="button"
                        class="button button--small"
                        onclick={on_show_all.reform(|_| ())}
                    >
                        { "Show all" }
                    </button>
                </div>
            }
        </>
    }
}
