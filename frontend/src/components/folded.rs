//! A payload or a text in a table: its beginning, and a button for the rest.

use crate::text::{Excerpt, counted, excerpt, excerpt_text};
use shared::payload::Payload;
use yew::{Callback, Html, html};

/// Bytes drawn unasked.
const LIMIT_BYTES: usize = 160;

/// `name`: what is folded, for the button; `on_toggle` is called to draw all of it, or to fold it again.
pub fn folded(payload: &Payload, unfolded: bool, name: &str, on_toggle: &Callback<()>) -> Html {
    view(excerpt(payload, limit(unfolded)), payload.len(), unfolded, name, on_toggle)
}

/// The same of a text.
pub fn folded_text(text: &str, unfolded: bool, name: &str, on_toggle: &Callback<()>) -> Html {
    view(excerpt_text(text, limit(unfolded)), text.len(), unfolded, name, on_toggle)
}

fn limit(unfolded: bool) -> usize {
    if unfolded { usize::MAX } else { LIMIT_BYTES }
}

fn view(shown: Excerpt, bytes: usize, unfolded: bool, name: &str, on_toggle: &Callback<()>) -> Html {
    let (verb, words) = match shown.more_bytes {
        0 => ("Fold", "Fold".to_owned()),
        more => ("Show all of", format!("Show all, {}", counted(more, "more byte", "more bytes"))),
    };
    html! {
        <>
            <span class="long-text">{ shown.text }{ if shown.more_bytes > 0 { " …" } else { "" } }</span>
            if shown.more_bytes > 0 || (unfolded && bytes > LIMIT_BYTES) {
                <button
                    type="button"
                    class="button button--small fold"
                    aria-label={format!("{verb} {name}")}
                    aria-expanded={if unfolded { "true" } else { "false" }}
                    onclick={on_toggle.reform(|_| ())}
                >
                    { words }
                </button>
            }
        </>
    }
}
