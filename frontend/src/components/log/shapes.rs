//! A payload in one of its shapes: a part at a time when it is long, with what is left said.

use super::{details::Shared, row::marked_up_to, tree::Tree};
use crate::{
    inspect::{
        diff::{Line, diff},
        hex::{base64, hex},
        json::Document,
        pretty::pretty,
    },
    state::log::{Entry, view::Form},
    text::{grouped, size, visible_text},
};
use yew::{Callback, Html, MouseEvent, Properties, classes, component, html, use_state};

/// Bytes drawn unasked, and more at each press.
const PART: usize = 16 * 1024;

/// Bytes of each text that are compared.
const COMPARED: usize = 128 * 1024;

/// Lines of a comparison that are drawn unasked, and more at each press.
const LINES: usize = 1_000;

/// Found texts marked in one part.
const MOST_MARKS: usize = 1_000;

const NO_JSON: &str = "This is no JSON, so it is shown as text.";
const NO_TEXT: &str = "These bytes are no text (not UTF-8), so they are shown as hex.";

#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct Props {
    pub(super) entry: Shared,
    pub(super) before: Option<Shared>,
    pub(super) form: Form,
    pub(super) search: String,
}

#[component]
pub(super) fn Shown(Props { entry, before, form, search }: &Props) -> Html {
    let parts = use_state(|| 1_usize);
    let more = {
        let parts = parts.clone();
        Callback::from(move |_: MouseEvent| parts.set(*parts + 1))
    };
    let limit = *parts * PART;
    let content = &entry.0.content;
    let bytes = content.message().map(|(_, payload)| payload.as_bytes()).unwrap_or_default();
    let text_part = |text: &str| {
        let end = text.floor_char_boundary(limit);
        part(&visible_text(&text[..end]), end, text.len(), "", search, &more)
    };
    let hex_part = || {
        let end = bytes.len().min(limit);
        part(&hex(&bytes[..end]), end, bytes.len(), "details__text--hex", search, &more)
    };
    match (form, content.text()) {
        (Form::Hex, _) => hex_part(),
        (Form::Base64, _) => {
            // Whole groups of three, so that the parts join to the whole.
            let end = bytes.len().min(limit / 3 * 3);
            part(&base64(&bytes[..end]), end, bytes.len(), "", search, &more)
        }
        (_, None) => html! { <>{ said(NO_TEXT) }{ hex_part() }</> },
        (Form::Text, Some(text)) => text_part(text),
        (Form::Tree | Form::Pretty, Some(text)) => match Document::read(text) {
            None => html! { <>{ said(NO_JSON) }{ text_part(text) }</> },
            Some(_) if *form == Form::Tree => {
                html! { <Tree entry={entry.clone()} search={search.clone()} /> }
            }
            Some(document) => {
                let (lines, whole) = pretty(&document, limit);
                let shown = if whole { text.len() } else { lines.len().min(text.len() - 1) };
                part(&visible_text(&lines), shown, text.len(), "", search, &more)
            }
        },
        (Form::Diff, Some(text)) => match before {
            None => said("The log holds no message before this one on its topic."),
            Some(before) => difference(&before.0, text, *parts * LINES, &more),
        },
    }
}

fn said(words: &'static str) -> Html {
    html! { <p class="details__said">{ words }</p> }
}

fn part(
    text: &str,
    shown: usize,
    of: usize,
    class: &'static str,
    search: &str,
    more: &Callback<MouseEvent>,
) -> Html {
    html! {
        <>
            <pre class={classes!("details__text", class)} tabindex="0">{ marked_up_to(text, search, MOST_MARKS) }</pre>
            if shown < of {
                <p class="details__more">
                    { "Shown: about the first " }{ size(shown) }{ " of " }{ size(of) }{ ". " }
                    <button type="button" class="button button--small" onclick={more.clone()}>{ "Show more" }</button>
                </p>
            }
        </>
    }
}

/// What is compared of a text: indented, when it is JSON; and whether that is all.
fn comparable(text: &str) -> (String, bool) {
    match Document::read(text) {
        Some(document) => pretty(&document, COMPARED),
        None => {
            let end = text.floor_char_boundary(COMPARED);
            (text[..end].to_owned(), end == text.len())
        }
    }
}

fn difference(before: &Entry, text: &str, most: usize, more: &Callback<MouseEvent>) -> Html {
    let Some(earlier) = before.content.text() else {
        return said("The message before this one on its topic is no text.");
    };
    let ((old, old_whole), (new, new_whole)) = (comparable(earlier), comparable(text));
    let found = diff(&old, &new);
    let left = found.lines.len().saturating_sub(most);
    html! {
        <>
            <p class="details__said">
                { if found.is_same() { "The same as " } else { "Compared with " } }
                { "entry " }{ before.number }{ " of " }{ before.at.time_of_day() }{ "." }
                if !(old_whole && new_whole) {
                    { " Only the first " }{ size(COMPARED) }{ " are compared." }
                }
                if found.coarse {
                    { " Too much has changed to compare line by line." }
                }
            </p>
            <pre class="details__text" tabindex="0">
                for line in found.lines.iter().take(most) {
                    { diff_line(*line) }
                }
            </pre>
            if left > 0 {
                <p class="details__more">
                    { grouped(left) }{ " more lines. " }
                    <button type="button" class="button button--small" onclick={more.clone()}>{ "Show more" }</button>
                </p>
            }
        </>
    }
}

fn diff_line(line: Line<'_>) -> Html {
    match line {
        Line::Same(text) => html! { <div class="diff">{ "  " }{ visible_text(text) }</div> },
        Line::Removed(text) => html! { <del class="diff diff--removed">{ "- " }{ visible_text(text) }</del> },
        Line::Added(text) => html! { <ins class="diff diff--added">{ "+ " }{ visible_text(text) }</ins> },
    }
}
