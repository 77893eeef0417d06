//! Rate limits of devices, as ThingsBoard's tenant profile writes them: `count:seconds,count:seconds`
//! (ThingsBoard TbRateLimits and DefaultTransportRateLimitService). Pure: time comes in.

use std::{
    fmt,
    time::{Duration, Instant},
};
use thiserror::Error;

/// Limits written in one text.
const MOST_PARTS: usize = 8;

/// What one device may send; none by default, as in a fresh ThingsBoard. Limits of a whole tenant and of a
/// gateway's devices are not imitated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateLimits {
    /// Everything but telemetry and attributes; also opening a session.
    pub messages: Option<RateLimit>,
    /// Publishes of telemetry and attributes.
    pub telemetry_messages: Option<RateLimit>,
    /// The values in them.
    pub telemetry_data_points: Option<RateLimit>,
}

/// One text: all its parts must be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimit(Vec<Part>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    count: u32,
    seconds: u32,
}

/// The text is no rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("A rate limit is count:seconds, both from 1 on, and several are separated by commas: 10:1,300:60.")]
pub struct RateLimitProblem;

impl RateLimits {
    /// Reads what a person typed.
    ///
    /// # Errors
    /// When one of them is no rate limit.
    pub fn parse(texts: &shared::platform::RateLimits) -> Result<Self, RateLimitProblem> {
        let parse = |text: &Option<String>| text.as_deref().map(RateLimit::parse).transpose();
        Ok(Self {
            messages: parse(&texts.messages)?,
            telemetry_messages: parse(&texts.telemetry_messages)?,
            telemetry_data_points: parse(&texts.telemetry_data_points)?,
        })
    }

    /// As ThingsBoard writes them.
    #[must_use]
    pub fn texts(&self) -> shared::platform::RateLimits {
        let text = |limit: &Option<RateLimit>| limit.as_ref().map(ToString::to_string);
        shared::platform::RateLimits {
            messages: text(&self.messages),
            telemetry_messages: text(&self.telemetry_messages),
            telemetry_data_points: text(&self.telemetry_data_points),
        }
    }
}

impl RateLimit {
    /// Reads `count:seconds,count:seconds`.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, RateLimitProblem> {
        let parts: Result<Vec<Part>, _> = text.split(',').map(Part::parse).collect();
        parts
            .map(Self)
            .and_then(|limit| if limit.0.len() <= MOST_PARTS { Ok(limit) } else { Err(RateLimitProblem) })
    }
}

impl Part {
    fn parse(text: &str) -> Result<Self, RateLimitProblem> {
        let (count, seconds) = text.split_once(':').ok_or(RateLimitProblem)?;
        match (count.parse(), seconds.parse()) {
            (Ok(count @ 1..), Ok(seconds @ 1..)) => Ok(Self { count, seconds }),
            _ => Err(RateLimitProblem),
        }
    }
}

impl fmt::Display for RateLimit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Part { count, seconds }) in self.0.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(formatter, "{comma}{count}:{seconds}")?;
        }
        Ok(())
    }
}

/// The limits of one device and what it used of them.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    limits: RateLimits,
    messages: Vec<Bucket>,
    telemetry_messages: Vec<Bucket>,
    telemetry_data_points: Vec<Bucket>,
}

/// As many tokens as the part counts, coming back evenly over its time (a greedy refill). Only the moment
/// when it would be full again is kept.
#[derive(Debug)]
struct Bucket {
    part: Part,
    full_at: Option<Instant>,
}

impl Limiter {
    pub(crate) fn new(limits: RateLimits) -> Self {
        let buckets = |limit: &Option<RateLimit>| {
            let parts = limit.iter().flat_map(|limit| &limit.0);
            parts.map(|part| Bucket { part: *part, full_at: None }).collect()
        };
        Self {
            messages: buckets(&limits.messages),
            telemetry_messages: buckets(&limits.telemetry_messages),
            telemetry_data_points: buckets(&limits.telemetry_data_points),
            limits,
        }
    }

    pub(crate) fn limits(&self) -> &RateLimits {
        &self.limits
    }

    /// Whether one more message may come.
    pub(crate) fn message(&mut self, now: Instant) -> bool {
        take(&mut self.messages, 1, now)
    }

    /// Whether a publish with that many values may come. Without a value it is a message like others.
    pub(crate) fn telemetry(&mut self, data_points: usize, now: Instant) -> bool {
        match u32::try_from(data_points) {
            Ok(0) => self.message(now),
            Ok(points) => {
                take(&mut self.telemetry_messages, 1, now)
                    && take(&mut self.telemetry_data_points, points, now)
            }
            Err(_) => false,
        }
    }
}

/// Takes from all or from none.
fn take(buckets: &mut [Bucket], tokens: u32, now: Instant) -> bool {
    let after: Option<Vec<Instant>> = buckets.iter().map(|bucket| bucket.full_after(tokens, now)).collect();
    let Some(after) = after else { return false };
    for (bucket, full_at) in buckets.iter_mut().zip(after) {
        bucket.full_at = Some(full_at);
    }
    true
}

impl Bucket {
    /// When it would be full again after this; `None` when there is not enough in it.
    fn full_after(&self, tokens: u32, now: Instant) -> Option<Instant> {
        let time = Duration::from_secs(self.part.seconds.into());
        let full_at = self.full_at.map_or(now, |full_at| full_at.max(now)) + time * tokens / self.part.count;
        (full_at <= now + time).then_some(full_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(text: &str) -> Option<RateLimit> {
        Some(RateLimit::parse(text).unwrap())
    }

    #[test]
    fn a_text_comes_back_as_it_was() {
        for text in ["10:1", "10:1,300:60"] {
            assert_eq!(RateLimit::parse(text).unwrap().to_string(), text);
        }
        let many = ["1:1"; MOST_PARTS + 1].join(",");
        for text in ["", "10", "0:1", "1:0", "10:1,", "a:b", "-1:1", many.as_str()] {
            assert_eq!(RateLimit::parse(text), Err(RateLimitProblem), "{text}");
        }
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
