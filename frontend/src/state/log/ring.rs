//! The entries held, bounded in number and bytes; what falls out at the old end is counted.
//!
//! Entries lie in chunks behind `Rc`: a copy of the state, made once for each drawing, copies pointers to
//! chunks, and adding an entry touches the newest chunk alone.

use super::{Content, Delivery, Entry};
use crate::text::Stamp;
use std::{collections::VecDeque, ops::Range, rc::Rc};

/// Entries of one chunk.
pub const CHUNK: usize = 256;

/// One MiB.
pub const MIB: usize = 1024 * 1024;

/// How much is held at most. The newest entry is held whatever its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    pub entries: usize,
    /// Bytes of topics, payloads and notes.
    pub bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { entries: 100_000, bytes: 64 * MIB }
    }
}

impl Bounds {
    /// What `entries` may be set to.
    pub const ENTRIES: std::ops::RangeInclusive<usize> = 1_000..=1_000_000;
    /// What `bytes` may be set to, in MiB.
    pub const MIBS: std::ops::RangeInclusive<usize> = 1..=512;

    /// Bytes after which a chunk takes no more, so that what falls out at once is a small part of the whole.
    fn chunk_bytes(self) -> usize {
        self.bytes / 64
    }
}

/// Neighbouring entries, with numbers that follow one another.
#[derive(Clone, Debug)]
struct Chunk {
    first: u64,
    entries: Vec<Rc<Entry>>,
    bytes: usize,
}

/// What has been counted since the log was last cleared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub received: u64,
    pub sent: u64,
    pub notes: u64,
    /// Of all these, those that fell out at the old end.
    pub dropped: u64,
}

/// The console's entries.
#[derive(Clone, Debug)]
pub struct Log {
    chunks: VecDeque<Rc<Chunk>>,
    next: u64,
    held: usize,
    bytes: usize,
    counts: Counts,
    bounds: Bounds,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            chunks: VecDeque::new(),
            next: 1,
            held: 0,
            bytes: 0,
            counts: Counts::default(),
            bounds: Bounds::default(),
        }
    }
}

/// Equal when nothing was added or changed: chunks are compared by where they lie, not by content.
impl PartialEq for Log {
    fn eq(&self, other: &Self) -> bool {
        self.next == other.next
            && self.counts == other.counts
            && self.bounds == other.bounds
            && self.chunks.len() == other.chunks.len()
            && self.chunks.iter().zip(&other.chunks).all(|(a, b)| Rc::ptr_eq(a, b))
    }
}

impl Log {
    /// Adds an entry at the new end and returns its number.
    pub fn push(&mut self, at: Stamp, content: Content) -> u64 {
        let number = self.next;
        self.next += 1;
        match &content {
            Content::Note(_) | Content::Problem(_) => self.counts.notes += 1,
            Content::Sent(_) => self.counts.sent += 1,
            Content::Received(_) => self.counts.received += 1,
        }
        let bytes = content.bytes();
        let full =
            |chunk: &Rc<Chunk>| chunk.entries.len() >= CHUNK || chunk.bytes >= self.bounds.chunk_bytes();
        if self.chunks.back().is_none_or(full) {
            let entries = Vec::with_capacity(CHUNK);
            self.chunks.push_back(Rc::new(Chunk { first: number, entries, bytes: 0 }));
        }
        if let Some(chunk) = self.chunks.back_mut() {
            let chunk = Rc::make_mut(chunk);
            chunk.bytes += bytes;
            chunk.entries.push(Rc::new(Entry { number, at, content }));
        }
        self.held += 1;
        self.bytes += bytes;
        self.drop_oldest();
        number
    }

    /// Whole chunks fall out, so up to a chunk fewer may be left than the bounds allow.
    fn drop_oldest(&mut self) {
        while self.chunks.len() > 1 && (self.held > self.bounds.entries || self.bytes > self.bounds.bytes) {
            if let Some(chunk) = self.chunks.pop_front() {
                self.held -= chunk.entries.len();
                self.bytes -= chunk.bytes;
                self.counts.dropped += chunk.entries.len() as u64;
            }
        }
    }

    /// Sets how much is held from now on.
    pub fn set_bounds(&mut self, bounds: Bounds) {
        self.bounds = bounds;
        self.drop_oldest();
    }

    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Records what became of the publish with this number, if it is still there.
    pub fn set_delivery(&mut self, number: u64, delivery: Delivery) {
        let Some((chunk, index)) = self.place(number) else { return };
        let Some(chunk) = self.chunks.get_mut(chunk) else { return };
        let Some(entry) = Rc::make_mut(chunk).entries.get_mut(index) else { return };
        if let Content::Sent(sent) = &mut Rc::make_mut(entry).content {
            sent.delivery = delivery;
        }
    }

    /// Forgets everything, the counts too. Numbers go on.
    pub fn clear(&mut self) {
        *self = Self { next: self.next, bounds: self.bounds, ..Self::default() };
    }

    /// The entry with this number, while it is held.
    #[must_use]
    pub fn get(&self, number: u64) -> Option<&Rc<Entry>> {
        let (chunk, index) = self.place(number)?;
        self.chunks.get(chunk)?.entries.get(index)
    }

    fn place(&self, number: u64) -> Option<(usize, usize)> {
        let chunk = self.chunks.partition_point(|chunk| chunk.first <= number).checked_sub(1)?;
        let index = usize::try_from(number - self.chunks.get(chunk)?.first).ok()?;
        Some((chunk, index))
    }

    /// The newest message before this one with the same topic.
    #[must_use]
    pub fn before_on_topic(&self, number: u64, topic: &str) -> Option<&Rc<Entry>> {
        let (chunk, index) = self.place(number)?;
        let newer = self.chunks.get(chunk)?.entries.get(..index)?;
        let older = self.chunks.range(..chunk).rev().flat_map(|chunk| chunk.entries.iter().rev());
        newer
            .iter()
            .rev()
            .chain(older)
            .find(|entry| entry.content.message().is_some_and(|(other, _)| **other == *topic))
    }

    /// Oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Rc<Entry>> {
        self.chunks.iter().flat_map(|chunk| chunk.entries.iter())
    }

    /// The topic of the newest message when it is this one, to be stored once for a run of messages.
    #[must_use]
    pub fn same_topic(&self, topic: &str) -> Option<Rc<str>> {
        let newest = self.chunks.back()?.entries.last()?;
        let (last, _) = newest.content.message()?;
        (**last == *topic).then(|| last.clone())
    }

    /// The numbers of those held.
    #[must_use]
    pub fn numbers(&self) -> Range<u64> {
        self.next - self.held as u64..self.next
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.held
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.held == 0
    }

    /// Bytes of topics, payloads and notes held.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::log::{Received, Sent};
    use shared::{
        payload::Payload,
        wire::{PublishOutcome, QoS},
    };

    fn note(text: &str) -> Content {
        Content::Note(text.to_owned())
    }

    fn received(topic: &str, payload: Payload) -> Content {
        let topic = topic.into();
        Content::Received(Received { topic, qos: QoS::AtMostOnce, retain: false, duplicate: false, payload })
    }

    #[test]
    fn the_oldest_fall_out_and_are_counted() {
        let mut log = Log::default();
        log.set_bounds(Bounds { entries: 5_000, ..Bounds::default() });
        for _ in 0..12_345 {
            log.push(Stamp::default(), note("x"));
        }
        assert!((5_000 - CHUNK..=5_000).contains(&log.len()), "{}", log.len());
        assert_eq!(log.len() as u64 + log.counts().dropped, 12_345);
        assert_eq!(log.numbers(), 12_346 - log.len() as u64..12_346);
        assert_eq!(log.entries().next().unwrap().number, log.numbers().start);
        assert_eq!(log.entries().count(), log.len());
        assert_eq!(log.bytes(), log.len());
    }

    #[test]
    fn large_payloads_are_bounded_by_bytes_though_they_share_no_chunk() {
        let mut log = Log::default();
        for size in [64 * 1024, 5 * MIB] {
            for _ in 0..100 {
                log.push(Stamp::default(), received("a", Payload::Bytes(vec![0; size])));
                assert!(log.bytes() <= log.bounds().bytes);
            }
        }
        assert!(log.len() >= 11 && log.entries().count() == log.len());
        assert_eq!(log.len() as u64 + log.counts().dropped, log.counts().received);
    }

    #[test]
    fn the_newest_is_held_whatever_its_size() {
        let mut log = Log::default();
        log.set_bounds(Bounds { entries: 1_000, bytes: MIB });
        log.push(Stamp::default(), note("x"));
        log.push(Stamp::default(), received("a", Payload::Bytes(vec![0; 5 * MIB])));
        assert!(log.entries().next_back().unwrap().content.bytes() > 5 * MIB);
        log.push(Stamp::default(), note("y"));
        assert_eq!(log.len(), 1);
    }

    #[test]
    fn smaller_bounds_count_at_once() {
        let mut log = Log::default();
        for _ in 0..10_000 {
            log.push(Stamp::default(), note("x"));
        }
        log.set_bounds(Bounds { entries: 1_000, ..Bounds::default() });
        assert!(log.len() <= 1_000);
        assert_eq!(log.len() as u64 + log.counts().dropped, 10_000);
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
        for _ in 0..300 {
            log.push(Stamp::default(), note("x"));
        }
        let number = log.push(Stamp::default(), sent);
        let before = log.clone();
        log.set_delivery(number, Delivery::Known(PublishOutcome::Delivered));
        let entry = log.get(number).unwrap();
        assert!(
            matches!(&entry.content, Content::Sent(sent) if sent.delivery == Delivery::Known(PublishOutcome::Delivered))
        );
        assert_ne!(log, before);
        log.clear();
        log.set_delivery(number, Delivery::Pending);
        assert!(log.is_empty() && log.get(number).is_none());
        assert_eq!(log.push(Stamp::default(), note("y")), number + 1);
    }

    #[test]
    fn untouched_chunks_are_shared_between_copies() {
        let mut log = Log::default();
        for _ in 0..CHUNK + 50 {
            log.push(Stamp::default(), note("x"));
        }
        let before = log.clone();
        assert_eq!(log, before);
        log.push(Stamp::default(), note("y"));
        assert_ne!(log, before);
        assert!(Rc::ptr_eq(&log.chunks[0], &before.chunks[0]));
        assert!(Rc::ptr_eq(log.get(CHUNK as u64 + 7).unwrap(), before.get(CHUNK as u64 + 7).unwrap()));
    }

    #[test]
    fn the_message_before_on_a_topic_is_found_across_chunks() {
        let mut log = Log::default();
        let first = log.push(Stamp::default(), received("a", Payload::from_text("1")));
        for _ in 0..2 * CHUNK {
            log.push(Stamp::default(), received("b", Payload::from_text("2")));
        }
        let last = log.push(Stamp::default(), received("a", Payload::from_text("3")));
        assert_eq!(log.before_on_topic(last, "a").unwrap().number, first);
        assert!(log.before_on_topic(first, "a").is_none());
        assert_eq!(log.before_on_topic(last, "b").unwrap().number, last - 1);
        assert!(log.same_topic("a").is_some() && log.same_topic("b").is_none());
    }
}
