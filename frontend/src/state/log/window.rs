//! Which of the console's entries are drawn: the newest, or those around what the person reads. However
//! many there are, a page of some hundred stays quick. What is left out is counted, never lost.

use super::{Chunk, Log};
use std::{ops::Range, rc::Rc};

/// Whole chunks drawn before the newest one.
const BEFORE: usize = 2;
/// Chunks drawn at most, for someone who reads while more come.
const AT_MOST: usize = 6;
/// Chunks that one press of a button moves by.
const STEP: usize = 2;

/// A run of chunks, by their places from the oldest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    chunks: Range<usize>,
    count: usize,
}

impl Window {
    /// The newest entries.
    #[must_use]
    pub fn newest(log: &Log) -> Self {
        let count = log.chunk_count();
        Self { chunks: count.saturating_sub(BEFORE + 1)..count, count }
    }

    /// Where the person stays who left the end when there had been `total` entries, and then went
    /// back by so many chunks, or on by as many below zero.
    #[must_use]
    pub fn held(log: &Log, total: u64, earlier: isize) -> Self {
        let count = log.chunk_count();
        let start =
            log.chunk_of_total(total).saturating_sub(BEFORE).saturating_add_signed(-earlier).min(count);
        Self { chunks: start..count.min(start + AT_MOST), count }
    }

    /// Whether the newest entry is drawn.
    #[must_use]
    pub fn reaches_newest(&self) -> bool {
        self.chunks.end == self.count
    }

    #[must_use]
    pub fn reaches_oldest(&self) -> bool {
        self.chunks.start == 0
    }

    /// How many chunks a press of "earlier" goes back.
    #[must_use]
    pub fn step_back(&self) -> isize {
        self.chunks.start.min(STEP).cast_signed()
    }

    /// How many chunks a press of "later" goes on.
    #[must_use]
    pub fn step_on(&self) -> isize {
        (self.count - self.chunks.end).min(STEP).cast_signed()
    }

    /// What is drawn, oldest first.
    pub fn of<'l>(&self, log: &'l Log) -> impl Iterator<Item = &'l Rc<Chunk>> {
        log.chunks(self.chunks.clone())
    }

    /// The first chunk after those drawn.
    #[must_use]
    pub fn next<'l>(&self, log: &'l Log) -> Option<&'l Rc<Chunk>> {
        log.chunks(self.chunks.end..self.count).next()
    }

    /// The places of the first and last drawn entry among those kept, counted from 1; `None` when that is all.
    #[must_use]
    pub fn bounds(&self, log: &Log) -> Option<(usize, usize)> {
        if self.reaches_oldest() && self.reaches_newest() {
            return None;
        }
        let entries =
            |chunks: Range<usize>| -> usize { log.chunks(chunks).map(|chunk| chunk.entries.len()).sum() };
        let before = entries(0..self.chunks.start);
        Some((before + 1, before + entries(self.chunks.clone())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{state::log::Content, text::Stamp};

    fn grow(log: &mut Log, entries: usize) {
        for _ in 0..entries {
            log.push(Stamp::default(), Content::Note(String::new()));
        }
    }

    #[test]
    fn a_short_log_is_drawn_whole() {
        let mut log = Log::default();
        assert_eq!(Window::newest(&log).bounds(&log), None);
        grow(&mut log, 300);
        let window = Window::newest(&log);
        assert!(window.reaches_newest() && window.reaches_oldest());
        assert_eq!(window.bounds(&log), None);
    }

    #[test]
    fn the_newest_of_many_are_drawn() {
        let mut log = Log::default();
        grow(&mut log, 1_250);
        let window = Window::newest(&log);
        assert_eq!(window.bounds(&log), Some((1_001, 1_250)));
        assert_eq!(window.of(&log).map(|chunk| chunk.entries.len()).sum::<usize>(), 250);
    }

    #[test]
    fn who_reads_stays_where_they_are_and_can_go_everywhere() {
        let mut log = Log::default();
        grow(&mut log, 1_250);
        let left_at = log.total();
        grow(&mut log, 2_000);
        let bounds = |log: &Log, earlier| Window::held(log, left_at, earlier).bounds(log);
        assert_eq!(bounds(&log, 0), Some((1_001, 1_600)));
        assert_eq!(bounds(&log, 2), Some((801, 1_400)));
        assert_eq!(bounds(&log, -17), Some((2_701, 3_250)));
        let first = Window::held(&log, left_at, 10);
        assert_eq!(first.bounds(&log), Some((1, 600)));
        assert!(first.reaches_oldest() && !first.reaches_newest());
        assert_eq!((first.step_back(), first.step_on()), (0, STEP.cast_signed()));
        // The oldest fall out: the same entries have other places.
        grow(&mut log, 2_000);
        assert_eq!(log.dropped(), 300);
        assert_eq!(bounds(&log, 0), Some((701, 1_300)));
        grow(&mut log, 50_000);
        assert_eq!(bounds(&log, 0), Some((1, 600)), "what was read is gone");
    }
}
