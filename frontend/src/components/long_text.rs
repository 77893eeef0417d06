//! A payload of any size: its beginning, how much more there is, and a button for the rest.

use crate::text::{Shape, counted, excerpt};
use shared::payload::Payload;
use yew::{Html, Properties, classes, component, html, use_state};

/// Bytes drawn unasked.
const LIMIT_BYTES: usize = 2_048;

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    pub payload: Payload,
    /// Stands before the text, on its line.
    #[prop_or_default]
    pub label: &'static str,
}

#[component]
pub fn LongText(Props { payload, label }: &Props) -> Html {
    let whole = use_state(|| false);
    let limit = if *whole { usize::MAX } else { LIMIT_BYTES };
    let shown = excerpt(payload, limit);
    let show_all = {
        let whole = whole.clone();
        move |_| whole.set(true)
    };
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
                    <button type="button" class="button button--small" onclick={show_all}>{ "Show all" }</button>
                </div>
            }
        </>
    }
}
