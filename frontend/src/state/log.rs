//! What the console tells: its entries, the ring that holds them, and what the person makes of them.
//!
//! - this file: entries
//! - [`ring`]: the entries held, bounded in number and bytes
//! - [`filter`], [`json_path`], [`search`]: which entries are shown, and where a text stands in them
//! - [`sieve`]: the numbers of those that pass, found a slice at a time
//! - [`place`]: which rows of a long list are in sight
//! - [`view`]: everything the person has set on the console
//!
//! Knows nothing of the browser: a regular expression is one of its own, compiled beside the list.

pub mod filter;
pub mod json_path;
pub mod place;
pub mod ring;
pub mod search;
pub mod sieve;
pub mod view;

use crate::text::Stamp;
use shared::{
    payload::Payload,
    wire::{PublishOutcome, QoS},
};
use std::rc::Rc;

pub use ring::{Bounds, Log};
pub use view::{LogAction, LogView};

/// One entry of the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Counted from 1 and never used again.
    pub number: u64,
    pub at: Stamp,
    pub content: Content,
}

/// What an entry tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Something about the session, or a line of the example.
    Note(String),
    Problem(String),
    Sent(Sent),
    Received(Received),
}

/// A publish of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub topic: Rc<str>,
    pub qos: QoS,
    pub payload: Payload,
    pub delivery: Delivery,
}

/// What became of a publish of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    Pending,
    Known(PublishOutcome),
}

/// A publish from the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub topic: Rc<str>,
    pub qos: QoS,
    pub retain: bool,
    pub duplicate: bool,
    pub payload: Payload,
}

impl Content {
    /// Bytes of its topic, payload or words.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Self::Note(text) | Self::Problem(text) => text.len(),
            Self::Sent(Sent { topic, payload, .. }) | Self::Received(Received { topic, payload, .. }) => {
                topic.len() + payload.len()
            }
        }
    }

    /// Topic and payload of a message, received or sent.
    #[must_use]
    pub fn message(&self) -> Option<(&Rc<str>, &Payload)> {
        match self {
            Self::Note(_) | Self::Problem(_) => None,
            Self::Sent(Sent { topic, payload, .. }) | Self::Received(Received { topic, payload, .. }) => {
                Some((topic, payload))
            }
        }
    }

    /// The words of a note, or a payload that is text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Note(text) | Self::Problem(text) => Some(text),
            Self::Sent(Sent { payload, .. }) | Self::Received(Received { payload, .. }) => payload.as_text(),
        }
    }
}
