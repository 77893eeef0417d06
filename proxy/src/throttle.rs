//! How fast somebody may talk, a page, a server or a client of the tunnel: a bucket that refills. Pure: the caller hands over the time.
//!
//! What has come is never refused; the page is just not read until the bucket has filled up again, so that
//! it waits and nothing is lost.

use crate::config::Rate;
use std::time::{Duration, Instant};

/// One bucket.
#[derive(Debug)]
pub(crate) struct Throttle {
    rate: Option<Rate>,
    /// Below zero after more was taken than was there.
    level: f64,
    at: Instant,
}

impl Throttle {
    /// Full at the start; without a rate it is always open.
    pub(crate) fn new(rate: Option<Rate>, now: Instant) -> Self {
        Self { rate, level: rate.map_or(0.0, |rate| f64::from(rate.burst)), at: now }
    }

    /// Takes what has come, however much it is.
    pub(crate) fn take(&mut self, amount: usize, now: Instant) {
        let Some(rate) = self.rate else { return };
        let filled = now.saturating_duration_since(self.at).as_secs_f64() * f64::from(rate.per_second);
        // A frame is 128 KiB at the most.
        let taken = f64::from(u32::try_from(amount).unwrap_or(u32::MAX));
        self.level = (self.level + filled).min(f64::from(rate.burst)) - taken;
        self.at = now;
    }

    /// Whether more may be taken.
    pub(crate) fn is_open(&self, now: Instant) -> bool {
        self.opens_at().is_none_or(|at| now >= at)
    }

    /// When more may be taken, if not at once.
    pub(crate) fn opens_at(&self) -> Option<Instant> {
        let rate = self.rate.filter(|_| self.level < 0.0)?;
        Some(self.at + Duration::from_secs_f64(-self.level / f64::from(rate.per_second.max(1))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_burst_passes_and_then_the_pace_holds() {
        let now = Instant::now();
        let mut throttle = Throttle::new(Some(Rate { per_second: 10, burst: 20 }), now);
        throttle.take(20, now);
        assert!(throttle.is_open(now));
        throttle.take(10, now);
        assert!(!throttle.is_open(now));
        assert_eq!(throttle.opens_at(), Some(now + SECOND));
        assert!(throttle.is_open(now + SECOND));
        throttle.take(1, now + 10 * SECOND);
        assert_eq!(throttle.opens_at(), None, "it is full again, and no fuller");
        throttle.take(39, now + 10 * SECOND);
        assert_eq!(throttle.opens_at(), Some(now + 12 * SECOND));
    }

    #[test]
    fn without_a_rate_it_is_open() {
        let now = Instant::now();
        let mut throttle = Throttle::new(None, now);
        throttle.take(usize::MAX, now);
        assert!(throttle.is_open(now));
    }
}
