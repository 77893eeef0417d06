//! The console's entries, bounded in number and bytes; what falls out at the old end is counted.
//!
//! Entries lie in chunks behind `Rc`, so that a copy of the state costs little and a view can skip the
//! chunks that did not change.

mod window;

use crate::text::Stamp;
use shared::{
    payload::Payload,
    wire::{PublishOutcome, QoS},
};
use std::{collections::VecDeque, rc::Rc};

pub use window::Window;

/// Entries kept. Whole chunks fall out, so up to a chunk fewer may be left.
pub const MAX_ENTRIES: usize = 5_000;
/// Bytes of topics, payloads and notes kept.
pub const MAX_BYTES: usize = 32 * 1024 * 1024;
/// Entries of one chunk.
pub const CHUNK: usize = 100;

/// One entry of the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Counted from 0 and never used again.
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
    pub topic: String,
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
    pub topic: String,
    pub qos: QoS,
    pub retain: bool,
    pub duplicate: bool,
    pub payload: Payload,
}

impl Content {
    fn bytes(&self) -> usize {
        match self {
            Self::Note(text) | Self::Problem(text) => text.len(),
            Self::Sent(sent) => sent.topic.len() + sent.payload.len(),
            Self::Received(received) => received.topic.len() + received.payload.len(),
        }
    }
}

/// Neighbouring entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chunk {
    pub entries: Vec<Rc<Entry>>,
    bytes: usize,
}

impl Chunk {
    /// The number of the first entry: names the chunk for good.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.entries.first().map_or(0, |entry| entry.number)
    }
}

/// The console's entries.
#[derive(Clone, Debug, Default)]
pub struct Log {
    chunks: VecDeque<Rc<Chunk>>,
    next: u64,
    dropped: u64,
}

/// Equal when nothing was added or changed: chunks are compared by where they lie, not by content.
impl PartialEq for Log {
    fn eq(&self, other: &Self) -> bool {
        self.next == other.next
            && self.dropped == other.dropped
            && self.chunks.len() == other.chunks.len()
            && self.chunks.iter().zip(&other.chunks).all(|(a, b)| Rc::ptr_eq(a, b))
    }
}

impl Log {
    /// Adds an entry at the new end and returns its number.
    pub fn push(&mut self, at: Stamp, content: Content) -> u64 {
        let number = self.next;
        self.next += 1;
        if self.chunks.back().is_none_or(|chunk| chunk.entries.len() >= CHUNK) {
            self.chunks.push_back(Rc::default());
        }
        if let Some(chunk) = self.chunks.back_mut() {
            let chunk = Rc::make_mut(chunk);
            chunk.bytes += content.bytes();
            chunk.entries.push(Rc::new(Entry { number, at, content }));
        }
        self.drop_oldest();
        number
    }

    fn drop_oldest(&mut self) {
        while self.chunks.len() > 1 && (self.len() > MAX_ENTRIES || self.bytes() > MAX_BYTES) {
            if let Some(chunk) = self.chunks.pop_front() {
                self.dropped += chunk.entries.len() as u64;
            }
        }
    }

    /// Records what became of the publish with this entry number, if it is still there.
    pub fn set_delivery(&mut self, number: u64, delivery: Delivery) {
        let Some(chunk) = self.chunks.iter_mut().rev().find(|chunk| chunk.first() <= number) else { return };
        let Ok(index) = chunk.entries.binary_search_by_key(&number, |entry| entry.number) else { return };
        let entry = Rc::make_mut(&mut Rc::make_mut(chunk).entries[index]);
        if let Content::Sent(sent) = &mut entry.content {
            sent.delivery = delivery;
        }
    }

    /// Forgets everything, the count of dropped entries too.
    pub fn clear(&mut self) {
        self.chunks.clear();
        self.dropped = 0;
    }

    /// Those at these places, oldest first. There must be as many.
    pub fn chunks(&self, places: std::ops::Range<usize>) -> impl Iterator<Item = &Rc<Chunk>> {
        self.chunks.range(places)
    }

    /// How many chunks there are.
    #[must_use]
    pub fn chunk_count(&self) -> usize {
        self.chunks.len()
    }

    /// Which chunk, from the oldest, an entry is in that was the newest when there had been `total` ever.
    #[must_use]
    pub fn chunk_of_total(&self, total: u64) -> usize {
        self.chunks.iter().rposition(|chunk| chunk.first() < total).unwrap_or_default()
    }

    /// Oldest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.chunks.iter().flat_map(|chunk| chunk.entries.iter().map(|entry| &**entry))
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.entries.len()).sum()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    fn bytes(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.bytes).sum()
    }

    /// Entries that fell out at the old end.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// How many entries there have ever been.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(text: &str) -> Content {
        Content::Note(text.to_owned())
    }

    #[test]
    fn the_oldest_fall_out_and_are_counted() {
        let mut log = Log::default();
        for _ in 0..=MAX_ENTRIES {
            log.push(Stamp::default(), note("x"));
        }
        assert_eq!(log.len(), MAX_ENTRIES + 1 - CHUNK);
        assert_eq!(log.dropped(), CHUNK as u64);
        assert_eq!(log.entries().next().unwrap().number, CHUNK as u64);
    }

    #[test]
    fn large_payloads_are_bounded_by_bytes() {
        let mut log = Log::default();
        let payload = Payload::Bytes(vec![0; 64 * 1024]);
        for _ in 0..1_000 {
            log.push(
                Stamp::default(),
                Content::Received(Received {
                    topic: "a".into(),
                    qos: QoS::AtMostOnce,
                    retain: false,
                    duplicate: false,
                    payload: payload.clone(),
                }),
            );
        }
        assert!(log.bytes() <= MAX_BYTES);
        assert_eq!(log.len() as u64 + log.dropped(), 1_000);
    }

    #[test]
    fn a_delivery_is_found_by_number_until_its_entry_falls_out() {
        let mut log = Log::default();
        let sent = Content::Sent(Sent {
            topic: "a".into(),
            qos: QoS::AtLeastOnce,
            payload: Payload::from_text("{}"),
            delivery: Delivery::Pending,
        });
        for _ in 0..150 {
            log.push(Stamp::default(), note("x"));
        }
        let number = log.push(Stamp::default(), sent);
        let before = log.clone();
        log.set_delivery(number, Delivery::Known(PublishOutcome::Delivered));
        let entry = log.entries().find(|entry| entry.number == number).unwrap();
        assert!(
            matches!(&entry.content, Content::Sent(sent) if sent.delivery == Delivery::Known(PublishOutcome::Delivered))
        );
        assert_ne!(log, before);
        log.clear();
        log.set_delivery(number, Delivery::Pending);
        assert!(log.is_empty());
    }

    #[test]
    fn untouched_chunks_are_shared_between_copies() {
        let mut log = Log::default();
        for _ in 0..150 {
            log.push(Stamp::default(), note("x"));
        }
        let before = log.clone();
        assert_eq!(log, before);
        log.push(Stamp::default(), note("y"));
        assert_ne!(log, before);
        assert!(Rc::ptr_eq(&log.chunks[0], &before.chunks[0]));
    }
}
