//! One entry of the log on one line. What does not fit is in the details.

use crate::{
    components::icon::{Shape, icon},
    state::log::{Content, Delivery, Entry, Received, Sent, search},
    text::{counted, refused_words, visible_line, visible_reason},
};
use shared::{
    payload::Payload,
    wire::{PublishOutcome, QoS},
};
use yew::{Html, classes, html};

/// Bytes of a payload or a note on its line: more than fits on any screen.
const LINE_BYTES: usize = 400;

/// The same of bytes that are no text.
const LINE_HEX_BYTES: usize = 48;

/// Found texts marked on one line.
const MOST_MARKS: usize = 20;

/// Where a row stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    /// Among those shown, from 0.
    pub(super) place: usize,
    pub(super) of: usize,
    pub(super) selected: bool,
    /// Whether the text looked for stands somewhere in the entry.
    pub(super) hit: bool,
}

/// The id of an entry's row.
#[must_use]
pub(super) fn row_id(number: u64) -> String {
    format!("log-row-{number}")
}

pub(super) fn row(entry: &Entry, at: At, search: &str) -> Html {
    let (tone, shape, kind) = match &entry.content {
        Content::Note(_) => ("row--note", Shape::Dash, "Note"),
        Content::Problem(_) => ("row--problem", Shape::Cross, "Problem"),
        Content::Sent(_) => ("row--sent", Shape::Up, "Sent"),
        Content::Received(_) => ("row--received", Shape::Down, "Received"),
    };
    let selected = at.selected.then_some("row--selected");
    let hit = at.hit.then_some("row--hit");
    html! {
        <div
            key={entry.number}
            id={row_id(entry.number)}
            class={classes!("row", tone, selected, hit)}
            role="option"
            aria-selected={if at.selected { "true" } else { "false" }}
            aria-setsize={at.of.to_string()}
            aria-posinset={(at.place + 1).to_string()}
        >
            <div class="row__number">{ entry.number }</div>
            <div class="row__time">{ entry.at.time_of_day() }</div>
            <div class="row__kind">{ icon(shape) }{ kind }</div>
            { body(&entry.content, search) }
        </div>
    }
}

fn body(content: &Content, search: &str) -> Html {
    match content {
        Content::Note(words) | Content::Problem(words) => {
            html! { <div class="row__text row__text--alone">{ marked(&line(words), search) }</div> }
        }
        Content::Sent(Sent { topic, qos, payload, delivery }) => {
            let (tone, words) = delivery_words(delivery);
            let outcome = html! { <span class={classes!("delivery", tone)}>{ words }</span> };
            message("", topic, "", payload, outcome, *qos, search)
        }
        // The two lines that ThingsBoard's script prints for a message.
        Content::Received(Received { topic, qos, retain, duplicate, payload }) => {
            let retained = if *retain { "retained" } else { "" };
            let again = if *duplicate { "sent again by the server" } else { "" };
            let facts = html! { <><span>{ retained }</span><span>{ again }</span></> };
            message("Topic: ", topic, "Message: ", payload, facts, *qos, search)
        }
    }
}

fn message(
    topic_label: &'static str,
    topic: &str,
    label: &'static str,
    payload: &Payload,
    facts: Html,
    qos: QoS,
    search: &str,
) -> Html {
    html! {
        <>
            <div class="row__topic"><span class="row__label">{ topic_label }</span>{ marked(&line(topic), search) }</div>
            <div class="row__text"><span class="row__label">{ label }</span>{ marked(&payload_line(payload), search) }</div>
            <div class="row__facts">{ facts }<span>{ qos_and_size(qos, payload) }</span></div>
        </>
    }
}

/// The beginning of a text on one line. The sign at its end says that there is more.
fn line(text: &str) -> String {
    let end = text.floor_char_boundary(LINE_BYTES);
    let mut line = visible_line(&text[..end]);
    if end < text.len() {
        line.push_str(" …");
    }
    line
}

fn payload_line(payload: &Payload) -> String {
    if let Some(text) = payload.as_text() {
        return line(text);
    }
    let bytes = payload.as_bytes();
    let mut line = String::with_capacity(3 * LINE_HEX_BYTES);
    for byte in bytes.iter().take(LINE_HEX_BYTES) {
        for digit in [byte >> 4, byte & 0xf] {
            line.extend(char::from_digit(u32::from(digit), 16));
        }
        line.push(' ');
    }
    if bytes.len() > LINE_HEX_BYTES {
        line.push('…');
    }
    line
}

/// A text in which what is looked for is marked.
pub(super) fn marked(text: &str, search: &str) -> Html {
    marked_up_to(text, search, MOST_MARKS)
}

/// The same with a bound on the marks.
pub(super) fn marked_up_to(text: &str, search: &str, most: usize) -> Html {
    if search.is_empty() {
        return html! { { text } };
    }
    search::parts(text, search, most)
        .into_iter()
        .map(|(part, found)| {
            if found {
                html! { <mark>{ part }</mark> }
            } else {
                html! { { part } }
            }
        })
        .collect()
}

/// A tone, and what became of a publish.
#[must_use]
pub(super) fn delivery_words(delivery: &Delivery) -> (&'static str, String) {
    match delivery {
        Delivery::Pending => ("delivery--pending", "pending".to_owned()),
        Delivery::Known(PublishOutcome::Delivered) => ("delivery--good", "delivered".to_owned()),
        Delivery::Known(PublishOutcome::Sent) => ("delivery--good", "sent".to_owned()),
        Delivery::Known(PublishOutcome::Refused { reason }) => {
            ("delivery--bad", refused_words(&visible_reason(reason)))
        }
        Delivery::Known(PublishOutcome::Unknown) => ("delivery--warn", "outcome unknown".to_owned()),
    }
}

#[must_use]
pub(super) fn qos_and_size(qos: QoS, payload: &Payload) -> String {
    let mut words = String::from(if qos == QoS::AtMostOnce { "QoS 0 · " } else { "QoS 1 · " });
    words.push_str(&counted(payload.len(), "byte", "bytes"));
    if payload.as_text().is_none() {
        words.push_str(", not text");
    }
    words
}
