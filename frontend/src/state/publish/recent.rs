//! The last publishes of a tab with what became of each. Bounded; knows nothing of forms.

use crate::text::Stamp;
use shared::wire::PublishOutcome;
use std::collections::VecDeque;

/// Publishes kept; older ones fall out, the console still has them.
const MOST: usize = 8;

/// A publish and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    pub number: u32,
    pub at: Stamp,
    pub topic: String,
    /// What went out, in a few words.
    pub what: String,
    /// `None` until it is known.
    pub outcome: Option<PublishOutcome>,
}

/// Newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recent {
    list: VecDeque<Past>,
    last: u32,
    /// The last press of the button sent nothing.
    held: bool,
}

impl Recent {
    /// The number of the publish that is sent next.
    #[must_use]
    pub fn next_number(&self) -> u32 {
        self.last.wrapping_add(1)
    }

    /// Notes what was sent under [`Self::next_number`].
    pub fn sent(&mut self, at: Stamp, topic: String, what: String) {
        self.last = self.next_number();
        self.held = false;
        self.list.push_front(Past { number: self.last, at, topic, what, outcome: None });
        self.list.truncate(MOST);
    }

    /// Notes what became of one, if it is still there.
    pub fn settle(&mut self, number: u32, outcome: &PublishOutcome) {
        if let Some(past) = self.list.iter_mut().find(|past| past.number == number) {
            past.outcome = Some(outcome.clone());
        }
    }

    /// Notes that the button was pressed: what became of an earlier press does not answer this one.
    pub fn pressed(&mut self) {
        self.held = true;
    }

    /// What the last press of the button sent.
    #[must_use]
    pub fn newest(&self) -> Option<&Past> {
        self.list.front().filter(|_| !self.held)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Past> {
        self.list.iter()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_outcome_finds_its_publish_and_old_ones_fall_out() {
        let mut recent = Recent::default();
        let mut numbers = Vec::new();
        for _ in 0..MOST + 2 {
            numbers.push(recent.next_number());
            recent.sent(Stamp::default(), "a".into(), "1 value".into());
        }
        assert_eq!(recent.iter().count(), MOST);
        recent.settle(numbers[0], &PublishOutcome::Unknown);
        recent.settle(numbers[MOST], &PublishOutcome::Delivered);
        let outcomes: Vec<_> = recent.iter().map(|past| past.outcome.clone()).collect();
        assert_eq!(outcomes[1], Some(PublishOutcome::Delivered));
        assert_eq!(outcomes.iter().flatten().count(), 1);
    }

    #[test]
    fn a_press_that_sends_nothing_is_not_answered_by_an_earlier_outcome() {
        let mut recent = Recent::default();
        recent.sent(Stamp::default(), "a".into(), "1 value".into());
        assert!(recent.newest().is_some());
        recent.pressed();
        assert_eq!(recent.newest(), None);
        assert_eq!(recent.iter().count(), 1);
        recent.sent(Stamp::default(), "a".into(), "1 value".into());
        assert!(recent.newest().is_some());
    }
}
