//! A payload in a table: its beginning, and a button for the rest.

use crate::text::{counted, excerpt};
use shared::payload::Payload;
use yew::{Callback, Html, html};

/// Bytes drawn unasked.
const LIMIT_BYTES: usize = 160;

/// `name`: what is folded, for the button; `on_toggle` is called to draw all of it, or to fold it again.
pub fn folded(payload: &Payload, unfolded: bool, name: &str, on_toggle: &Callback<()>) -> Html {
    let shown = excerpt(payload, if unfolded { usize::MAX } else { LIMIT_BYTES });
    let (verb, words) = match shown.more_bytes {
        0 => ("Fold", "Fold".to_owned()),
        more => ("Show all of", format!("Show all, {}", counted(more, "more byte", "more bytes"))),
    };
    html! {
        <>
            <span class="long-text">{ shown.text }{ if shown.more_bytes > 0 { " …" } else { "" } }</span>
            if shown.more_bytes > 0 || (unfolded && payload.len() > LIMIT_BYTES) {
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
