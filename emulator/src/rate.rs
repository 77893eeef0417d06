//! What a device used of its rate limits (ThingsBoard DefaultTransportRateLimitService). The limits and their
//! buckets are [`shared::thingsboard`]'s, so that the page counts as the emulator does. Pure: time comes in.

pub use shared::thingsboard::session_limits::{RateLimit, RateLimitProblem, RateLimits};

use shared::thingsboard::meter::Buckets;
use std::time::Instant;

/// The limits of one device, or of what a gateway sends for its devices, and what is used of them. Limits of a
/// whole tenant are not imitated.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    limits: RateLimits,
    /// When the buckets' clock began: at the first use.
    epoch: Option<Instant>,
    messages: Buckets,
    telemetry_messages: Buckets,
    telemetry_data_points: Buckets,
}

impl Limiter {
    pub(crate) fn new(limits: RateLimits) -> Self {
        Self {
            epoch: None,
            messages: Buckets::new(limits.messages.as_ref()),
            telemetry_messages: Buckets::new(limits.telemetry_messages.as_ref()),
            telemetry_data_points: Buckets::new(limits.telemetry_data_points.as_ref()),
            limits,
        }
    }

    pub(crate) fn limits(&self) -> &RateLimits {
        &self.limits
    }

    /// Whether one more message may come.
    pub(crate) fn message(&mut self, now: Instant) -> bool {
        let now_ms = self.ms(now);
        self.messages.try_take(1, now_ms)
    }

    /// Whether a publish with that many values may come. Without a value it is a message like others.
    pub(crate) fn telemetry(&mut self, data_points: usize, now: Instant) -> bool {
        if data_points == 0 {
            return self.message(now);
        }
        let points = u64::try_from(data_points).unwrap_or(u64::MAX);
        let now_ms = self.ms(now);
        // In this order: a message with too many values is counted as a message all the same.
        self.telemetry_messages.try_take(1, now_ms) && self.telemetry_data_points.try_take(points, now_ms)
    }

    fn ms(&mut self, now: Instant) -> u64 {
        let epoch = *self.epoch.get_or_insert(now);
        u64::try_from(now.saturating_duration_since(epoch).as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn limit(text: &str) -> Option<RateLimit> {
        Some(RateLimit::parse(text).unwrap())
    }

    #[test]
    fn every_part_must_be_kept_and_tokens_come_back_evenly() {
        let limits = RateLimits { messages: limit("2:1,3:60"), ..RateLimits::default() };
        let mut limiter = Limiter::new(limits);
        let start = Instant::now();
        assert!(limiter.message(start) && limiter.message(start));
        assert!(!limiter.message(start), "two a second");
        let later = start + Duration::from_millis(500);
        assert!(limiter.message(later), "half a second brings one of two back");
        let later = start + Duration::from_secs(10);
        assert!(!limiter.message(later), "three a minute");
        assert!(limiter.message(start + Duration::from_secs(20)));
        assert!(limiter.telemetry(1000, start), "no limit");
    }

    #[test]
    fn telemetry_has_buckets_of_its_own() {
        let limits = RateLimits {
            messages: limit("1:60"),
            telemetry_messages: limit("3:60"),
            telemetry_data_points: limit("10:60"),
        };
        let mut limiter = Limiter::new(limits);
        let now = Instant::now();
        assert!(!limiter.telemetry(11, now));
        assert!(limiter.telemetry(10, now));
        assert!(!limiter.telemetry(1, now));
        assert!(limiter.telemetry(0, now), "nothing is a message like others");
        assert!(!limiter.message(now));
    }
}
