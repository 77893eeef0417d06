//! How often something may be tried, by key: so many a minute, all of them at once if need be.

use governor::{
    Quota, RateLimiter,
    clock::{Clock, MonotonicClock},
    middleware::NoOpMiddleware,
    state::keyed::HashMapStateStore,
};
use std::{hash::Hash, num::NonZeroU32};

/// Keys whose past is remembered. Beyond it those are forgotten that owe nothing, and when there are none, a new key
/// waits: a flood from many networks must not fill the memory.
const MAX_KEYS: usize = 10_000;

/// Seconds that a new key waits then.
const CROWDED_S: u64 = 60;

type Limiter<K> =
    RateLimiter<K, HashMapStateStore<K>, MonotonicClock, NoOpMiddleware<<MonotonicClock as Clock>::Instant>>;

/// The pace of each key.
pub(super) struct Attempts<K: Hash + Eq + Clone> {
    limiter: Limiter<K>,
    clock: MonotonicClock,
}

impl<K: Hash + Eq + Clone> std::fmt::Debug for Attempts<K> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Attempts").finish_non_exhaustive()
    }
}

impl<K: Hash + Eq + Clone> Attempts<K> {
    pub(super) fn new(per_minute: NonZeroU32) -> Self {
        let clock = MonotonicClock;
        let limiter =
            RateLimiter::new(Quota::per_minute(per_minute), HashMapStateStore::default(), clock.clone());
        Self { limiter, clock }
    }

    /// Takes one; else the seconds after which one may be taken.
    pub(super) fn take(&self, key: &K) -> Result<(), u64> {
        if self.limiter.len() >= MAX_KEYS {
            self.limiter.retain_recent();
            if self.limiter.len() >= MAX_KEYS {
                return Err(CROWDED_S);
            }
        }
        self.limiter.check_key(key).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
        })
    }
}
