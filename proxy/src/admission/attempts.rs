//! How often something may be tried, by key: so many a minute, all of them at once if need be.

use governor::{
    DefaultDirectRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};
use lru::LruCache;
use std::{
    hash::Hash,
    num::{NonZeroU32, NonZeroUsize},
    sync::{Mutex, PoisonError},
};

/// Keys whose past is remembered. Beyond it the one that asked longest ago is forgotten: a flood from many networks
/// must neither fill the memory nor keep those out who have done nothing. Who has more networks than this has a fresh
/// start with each anyway.
const MAX_KEYS: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();

/// The pace of each key.
pub(crate) struct Attempts<K: Hash + Eq> {
    quota: Quota,
    clock: DefaultClock,
    keys: Mutex<LruCache<K, DefaultDirectRateLimiter>>,
}

impl<K: Hash + Eq> std::fmt::Debug for Attempts<K> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Attempts").finish_non_exhaustive()
    }
}

impl<K: Hash + Eq + Clone> Attempts<K> {
    pub(crate) fn new(per_minute: NonZeroU32) -> Self {
        Self {
            quota: Quota::per_minute(per_minute),
            clock: DefaultClock::default(),
            keys: Mutex::new(LruCache::new(MAX_KEYS)),
        }
    }

    /// Takes one; else the seconds after which one may be taken.
    pub(crate) fn take(&self, key: &K) -> Result<(), u64> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let limiter = keys.get_or_insert_ref(key, || RateLimiter::direct(self.quota));
        limiter.check().map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_keys_keeps_nobody_out_and_nothing_more() {
        let attempts = Attempts::new(NonZeroU32::new(1).unwrap());
        assert_eq!(attempts.take(&0), Ok(()));
        for key in 1..=2 * MAX_KEYS.get() {
            assert_eq!(attempts.take(&key), Ok(()));
        }
        assert_eq!(attempts.keys.lock().unwrap().len(), MAX_KEYS.get());
        let newest = 2 * MAX_KEYS.get();
        assert!(attempts.take(&newest).is_err(), "it has just had its one");
    }
}
