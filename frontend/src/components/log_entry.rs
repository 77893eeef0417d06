//! One entry of the console, and a run of them that is drawn again only when it changed.

use super::{
    icon::{Shape, icon},
    long_text::long_text,
};
use crate::{
    hooks::seam_id,
    state::log::{Chunk, Content, Delivery, Entry, Received, Sent},
    text::{counted, refused_words, visible_line, visible_text},
};
use shared::{
    payload::Payload,
    wire::{PublishOutcome, QoS},
};
use std::rc::Rc;
use yew::{Callback, Html, Properties, component, html, use_state};

/// Compared by where it lies: a changed chunk or entry lies elsewhere.
#[derive(Clone, Debug)]
pub struct Shared<T>(pub Rc<T>);

impl<T> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ChunkProps {
    pub chunk: Shared<Chunk>,
}

#[component]
pub fn LogChunk(ChunkProps { chunk }: &ChunkProps) -> Html {
    html! {
        <div class="log__chunk" id={seam_id(chunk.0.first())}>
            for entry in chunk.0.entries.iter() {
                <LogEntry key={entry.number} entry={Shared(entry.clone())} />
            }
        </div>
    }
}

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct EntryProps {
    pub entry: Shared<Entry>,
}

#[component]
pub fn LogEntry(EntryProps { entry }: &EntryProps) -> Html {
    let entry = &entry.0;
    let whole = use_state(|| false);
    let on_show_all = {
        let whole = whole.clone();
        Callback::from(move |()| whole.set(true))
    };
    let text = |label, payload: &Payload| long_text(label, payload, *whole, &on_show_all);
    let (tone, shape, kind) = match &entry.content {
        Content::Note(_) => ("note", Shape::Dash, "Note"),
        Content::Problem(_) => ("problem", Shape::Cross, "Problem"),
        Content::Sent(_) => ("sent", Shape::Up, "Sent"),
        Content::Received(_) => ("received", Shape::Down, "Received"),
    };
    html! {
        <div class={format!("entry entry--{tone}")}>
            <div class="entry__time">{ entry.at.time_of_day() }</div>
            <div class="entry__kind">{ icon(shape) }{ kind }</div>
            <div class="entry__body">{ body(&entry.content, &text) }</div>
        </div>
    }
}

/// Draws a payload after a label.
type DrawText<'d> = &'d dyn Fn(&'static str, &Payload) -> Html;

fn body(content: &Content, text: DrawText<'_>) -> Html {
    match content {
        Content::Note(words) | Content::Problem(words) => {
            html! { <div class="entry__line">{ visible_text(words) }</div> }
        }
        Content::Sent(sent) => self::sent(sent, text),
        Content::Received(received) => self::received(received, text),
    }
}

fn sent(sent: &Sent, text: DrawText<'_>) -> Html {
    let (tone, words) = delivery(&sent.delivery);
    html! {
        <>
            <div class="entry__line entry__topic">{ visible_line(&sent.topic) }</div>
            { text("", &sent.payload) }
            <div class="entry__facts">
                <span class={format!("delivery delivery--{tone}")}>{ words }</span>
                <span>{ qos_and_size(sent.qos, &sent.payload) }</span>
            </div>
        </>
    }
}

fn delivery(delivery: &Delivery) -> (&'static str, String) {
    match delivery {
        Delivery::Pending => ("pending", "pending".to_owned()),
        Delivery::Known(PublishOutcome::Delivered) => ("good", "delivered".to_owned()),
        Delivery::Known(PublishOutcome::Sent) => ("good", "sent".to_owned()),
        Delivery::Known(PublishOutcome::Refused { reason }) => ("bad", refused_words(reason)),
        Delivery::Known(PublishOutcome::Unknown) => ("warn", "outcome unknown".to_owned()),
    }
}

/// The two lines that ThingsBoard's script prints for a message.
fn received(received: &Received, text: DrawText<'_>) -> Html {
    html! {
        <>
            <div class="entry__line entry__topic">
                <span class="entry__label">{ "Topic: " }</span>{ visible_line(&received.topic) }
            </div>
            { text("Message: ", &received.payload) }
            <div class="entry__facts">
                <span>{ qos_and_size(received.qos, &received.payload) }</span>
                if received.retain {
                    <span>{ "retained" }</span>
                }
                if received.duplicate {
                    <span>{ "sent again by the server" }</span>
                }
            </div>
        </>
    }
}

fn qos_and_size(qos: QoS, payload: &Payload) -> String {
    let kind = if payload.as_text().is_some() { "" } else { ", not text" };
    format!("QoS {} · {}{kind}", u8::from(qos), counted(payload.len(), "byte", "bytes"))
}
