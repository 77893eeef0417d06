//! How many there are of each key now. An entry lives as long as something counts under it.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

/// Counts by key.
#[derive(Debug)]
pub(crate) struct Tally<K: Hash + Eq> {
    counts: Arc<Mutex<HashMap<K, usize>>>,
}

impl<K: Hash + Eq> Default for Tally<K> {
    fn default() -> Self {
        Self { counts: Arc::default() }
    }
}

impl<K: Hash + Eq + Clone> Tally<K> {
    /// Counts one more under the key, unless there are `most` already.
    pub(crate) fn take(&self, key: K, most: usize) -> Option<Pass<K>> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(key.clone()).or_insert(0);
        if *count >= most {
            if *count == 0 {
                counts.remove(&key);
            }
            return None;
        }
        *count += 1;
        Some(Pass { counts: Arc::clone(&self.counts), key })
    }
}

/// Counts until it is dropped.
#[derive(Debug)]
pub(crate) struct Pass<K: Hash + Eq> {
    counts: Arc<Mutex<HashMap<K, usize>>>,
    key: K,
}

impl<K: Hash + Eq> Drop for Pass<K> {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_back_leaves_no_trace() {
        let tally = Tally::default();
        let passes: Vec<_> = (0..100).map(|key| tally.take(key, 1).unwrap()).collect();
        assert!(tally.take(5, 1).is_none());
        assert!(tally.take(200, 0).is_none());
        drop(passes);
        assert!(tally.counts.lock().unwrap().is_empty());
    }
}
