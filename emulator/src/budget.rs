//! How many bytes may be kept in one place, and who holds how many of them. What is held is given back when its
//! holder goes, so that nothing needs to be counted again. Knows nothing of what the bytes are.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// A bound on bytes, perhaps a share of a larger one.
#[derive(Debug)]
pub(crate) struct Budget {
    most: usize,
    used: AtomicUsize,
    of: Option<Arc<Budget>>,
}

/// Without a bound.
impl Default for Budget {
    fn default() -> Self {
        Self::new(usize::MAX)
    }
}

impl Budget {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, used: AtomicUsize::new(0), of: None }
    }

    /// At most `most` bytes of another bound.
    pub(crate) fn share(of: &Arc<Self>, most: usize) -> Self {
        Self { of: Some(Arc::clone(of)), ..Self::new(most) }
    }

    /// Looks and takes in one step, so that two who ask at once never get more than there is.
    fn take(&self, bytes: usize) -> bool {
        let more = |used: usize| used.checked_add(bytes).filter(|sum| *sum <= self.most);
        if self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_err() {
            return false;
        }
        let taken = self.of.as_ref().is_none_or(|whole| whole.take(bytes));
        if !taken {
            self.used.fetch_sub(bytes, Ordering::Relaxed);
        }
        taken
    }

    pub(crate) fn is_used(&self) -> bool {
        self.used.load(Ordering::Relaxed) > 0
    }

    /// Whether this bound itself, without the one it is a share of, has room for so many.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        self.used.load(Ordering::Relaxed).saturating_add(bytes) <= self.most
    }

    fn give_back(&self, bytes: usize) {
        self.used.fetch_sub(bytes, Ordering::Relaxed);
        if let Some(whole) = &self.of {
            whole.give_back(bytes);
        }
    }
}

/// Bytes that somebody holds.
#[derive(Debug, Default)]
pub(crate) struct Held {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Held {
    /// None yet.
    pub(crate) fn of(budget: &Arc<Budget>) -> Self {
        Self { budget: Arc::clone(budget), bytes: 0 }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether there were so many more; without them nothing changes.
    pub(crate) fn grow(&mut self, bytes: usize) -> bool {
        let taken = self.budget.take(bytes);
        if taken {
            self.bytes += bytes;
        }
        taken
    }

    /// Gives some back, at most all.
    pub(crate) fn shrink(&mut self, bytes: usize) {
        let bytes = bytes.min(self.bytes);
        self.bytes -= bytes;
        self.budget.give_back(bytes);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.give_back(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn what_is_held_comes_back_with_its_holder() {
        let budget = Arc::new(Budget::new(10));
        let (mut one, mut other) = (Held::of(&budget), Held::of(&budget));
        assert!(one.grow(6) && !other.grow(5) && other.grow(4) && !one.grow(usize::MAX));
        one.shrink(2);
        assert!(other.grow(2) && !other.grow(1));
        drop(other);
        assert!(one.grow(6) && !one.grow(1));
        assert_eq!(one.bytes(), 10);
    }

    #[test]
    fn a_share_is_bounded_by_itself_and_by_the_whole() {
        let whole = Arc::new(Budget::new(10));
        let share = || Held::of(&Arc::new(Budget::share(&whole, 6)));
        let (mut one, mut other) = (share(), share());
        assert!(!one.grow(7) && one.grow(6));
        assert!(!other.grow(5) && other.grow(4), "what the whole refused is not held");
        one.shrink(1);
        assert!(other.grow(1) && !other.grow(1));
    }

    #[test]
    fn several_who_ask_at_once_get_no_more_than_there_is() {
        let budget = Arc::new(Budget::new(1_000));
        let ask = || {
            let mut held = Held::of(&budget);
            while held.grow(1) {}
            held
        };
        let held: usize = thread::scope(|scope| {
            let threads = [(); 4].map(|()| scope.spawn(ask));
            // All are kept until the last has asked.
            let held = threads.map(|thread| thread.join().unwrap());
            held.iter().map(Held::bytes).sum()
        });
        assert_eq!(held, 1_000);
    }
}
