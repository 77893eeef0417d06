//! The numbers of the entries that pass a rule, found a slice at a time so that a long log blocks nothing.
//! New entries are looked at as they come. Knows nothing of the rule.

use super::{Entry, Log};
use std::collections::VecDeque;

/// See the module.
#[derive(Debug, Default)]
pub struct Sieve {
    /// The first that was not looked at.
    next: u64,
    found: VecDeque<u64>,
}

impl Sieve {
    /// Begins anew, for another rule.
    pub fn restart(&mut self) {
        *self = Self::default();
    }

    /// Forgets what the log no longer holds and looks at up to `most` further entries. Returns whether
    /// there is none left.
    pub fn advance(&mut self, log: &Log, most: u64, pass: &dyn Fn(&Entry) -> bool) -> bool {
        let held = log.numbers();
        if self.next > held.end {
            self.restart();
        }
        while self.found.front().is_some_and(|number| *number < held.start) {
            self.found.pop_front();
        }
        self.next = self.next.max(held.start);
        let end = held.end.min(self.next.saturating_add(most));
        for number in self.next..end {
            if log.get(number).is_some_and(|entry| pass(entry)) {
                self.found.push_back(number);
            }
        }
        self.next = end;
        end == held.end
    }

    /// How many of the log's entries were looked at.
    #[must_use]
    pub fn seen(&self, log: &Log) -> u64 {
        self.next.saturating_sub(log.numbers().start)
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.found.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The number at a place, oldest first.
    #[must_use]
    pub fn at(&self, place: usize) -> Option<u64> {
        self.found.get(place).copied()
    }

    /// The place of a number, or of the next one that passed.
    #[must_use]
    pub fn place_of(&self, number: u64) -> usize {
        self.found.partition_point(|found| *found < number)
    }

    #[must_use]
    pub fn contains(&self, number: u64) -> bool {
        self.at(self.place_of(number)) == Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        state::log::{Bounds, Content},
        text::Stamp,
    };

    fn grow(log: &mut Log, entries: usize) {
        for _ in 0..entries {
            log.push(Stamp::default(), Content::Note(String::new()));
        }
    }

    #[test]
    fn a_slice_at_a_time_finds_what_all_at_once_finds() {
        let mut log = Log::default();
        grow(&mut log, 1_000);
        let third = |entry: &Entry| entry.number.is_multiple_of(3);
        let mut sieve = Sieve::default();
        let mut slices = 1;
        while !sieve.advance(&log, 64, &third) {
            slices += 1;
            assert!(sieve.seen(&log) < 1_000);
        }
        assert_eq!((slices, sieve.len(), sieve.at(0), sieve.at(332)), (16, 333, Some(3), Some(999)));
        grow(&mut log, 2);
        assert!(sieve.advance(&log, 64, &third));
        assert_eq!(sieve.at(333), Some(1_002));
        assert_eq!((sieve.place_of(4), sieve.place_of(6)), (1, 1));
        assert!(sieve.contains(6) && !sieve.contains(4));
    }

    #[test]
    fn what_the_log_let_go_is_forgotten() {
        let mut log = Log::default();
        log.set_bounds(Bounds { entries: 1_000, ..Bounds::default() });
        grow(&mut log, 900);
        let mut sieve = Sieve::default();
        assert!(sieve.advance(&log, u64::MAX, &|_| true));
        grow(&mut log, 5_000);
        assert!(sieve.advance(&log, u64::MAX, &|_| true));
        assert_eq!((sieve.at(0), sieve.len()), (Some(log.numbers().start), log.len()));
        log.clear();
        assert!(sieve.advance(&log, u64::MAX, &|_| true) && sieve.is_empty());
    }

    #[test]
    fn an_older_log_than_the_one_looked_at_begins_anew() {
        let mut log = Log::default();
        grow(&mut log, 10);
        let paused = log.clone();
        grow(&mut log, 10);
        let mut sieve = Sieve::default();
        sieve.advance(&log, u64::MAX, &|_| true);
        sieve.advance(&paused, u64::MAX, &|_| true);
        assert_eq!(sieve.len(), 10);
    }
}
