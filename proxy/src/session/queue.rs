//! How much is on its way to the browser, and whether it moves. Pure: counts only.

use std::time::{Duration, Instant};

/// The share of one frame in the queue, given back when the browser's connection took the frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) messages: usize,
    /// Payload and topic bytes with a fixed allowance for each message.
    pub(super) bytes: usize,
}

impl Share {
    pub(super) fn add(&mut self, other: Self) {
        self.messages += other.messages;
        self.bytes += other.bytes;
    }
}

/// Counts what was handed over but not yet taken.
#[derive(Debug)]
pub(super) struct Queue {
    limit: Share,
    waiting: Share,
    /// When the browser last took something, or when the queue last stopped being empty.
    moved: Option<Instant>,
}

impl Queue {
    pub(super) fn new(limit: Share) -> Self {
        Self { limit, waiting: Share::default(), moved: None }
    }

    pub(super) fn is_full(&self) -> bool {
        self.waiting.messages >= self.limit.messages || self.waiting.bytes >= self.limit.bytes
    }

    pub(super) fn add(&mut self, share: Share, now: Instant) {
        self.waiting.add(share);
        self.moved.get_or_insert(now);
    }

    pub(super) fn remove(&mut self, share: Share, now: Instant) {
        self.waiting.messages -= share.messages;
        self.waiting.bytes -= share.bytes;
        self.moved = (self.waiting.messages > 0).then_some(now);
    }

    /// When a browser that takes nothing more is too slow.
    pub(super) fn deadline(&self, patience: Duration) -> Option<Instant> {
        self.moved.map(|moved| moved + patience)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_full_by_messages_or_by_bytes_and_recovers() {
        let now = Instant::now();
        let mut queue = Queue::new(Share { messages: 2, bytes: 100 });
        let small = Share { messages: 1, bytes: 10 };
        let large = Share { messages: 1, bytes: 200 };
        queue.add(small, now);
        assert!(!queue.is_full());
        queue.add(small, now);
        assert!(queue.is_full());
        queue.remove(small, now);
        queue.remove(small, now);
        queue.add(large, now);
        assert!(queue.is_full());
    }

    #[test]
    fn a_queue_that_moves_is_never_too_slow() {
        let start = Instant::now();
        let second = Duration::from_secs(1);
        let mut queue = Queue::new(Share { messages: 9, bytes: 999 });
        let one = Share { messages: 1, bytes: 1 };
        assert_eq!(queue.deadline(second), None);
        queue.add(one, start);
        queue.add(one, start + second / 2);
        assert_eq!(queue.deadline(second), Some(start + second));
        queue.remove(one, start + second / 2);
        assert_eq!(queue.deadline(second), Some(start + second * 3 / 2));
        queue.remove(one, start + second / 2);
        assert_eq!(queue.deadline(second), None);
    }
}
