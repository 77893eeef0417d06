//! One entry of the console, and a run of them that is drawn again only when it changed.

use super::{
    icon::{Icon, Shape},
    long_text::LongText,
};
use crate::{
    state::log::{Chunk, Content, Delivery, Entry, Received, Sent},
    text::{counted, visible_line, visible_text},
};
use shared::{
    payload::Payload,
    wire::{PublishOutcome, QoS},
};
use std::rc::Rc;
use yew::{Html, Properties, component, html};

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
        <div class="log__chunk">
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
    let (tone, shape, kind) = match &entry.content {
        Content::Note(_) => ("note", Shape::Dash, "Note"),
        Content::Problem(_) => ("problem", Shape::Cross, "Problem"),
        Content::Sent(_) => ("sent", Shape::Up, "Sent"),
        Content::Received(_) => ("received", Shape::Down, "Received"),
    };
    html! {
        <div class={format!("entry entry--{tone}")}>
            <div class="entry__time">{ entry.at.time_of_day() }</div>
            <div class="entry__kind"><Icon {shape} />{ kind }</div>
            <div class="entry__body">{ body(&entry.content) }</div>
        </div>
    }
}

fn body(content: &Content) -> Html {
    match content {
        Content::Note(text) | Content::Problem(text) => {
            html! { <div class="entry__line">{ visible_text(text) }</div> }
        }
        Content::Sent(sent) => self::sent(sent),
        Content::Received(received) => self::received(received),
    }
}

fn sent(sent: &Sent) -> Html {
    let (tone, words) = delivery(&sent.delivery);
    html! {
        <>
            <div class="entry__line entry__topic">{ visible_line(&sent.topic) }</div>
            <LongText payload={sent.payload.clone()} />
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
        Delivery::Known(PublishOutcome::Refused { reason }) => {
            ("bad", format!("refused: {}", visible_line(reason)))
        }
        Delivery::Known(PublishOutcome::Unknown) => ("warn", "outcome unknown".to_owned()),
    }
}

/// The two lines that ThingsBoard's script prints for a message.
fn received(received: &Received) -> Html {
    html! {
        <>
            <div class="entry__line entry__topic">
                <span class="entry__label">{ "Topic: " }</span>{ visible_line(&received.topic) }
            </div>
            <LongText payload={received.payload.clone()} label="Message: " />
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
