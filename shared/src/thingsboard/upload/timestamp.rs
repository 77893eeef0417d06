//! Timestamps of telemetry: milliseconds since 1970, and what people send instead.

use super::UnixMs;
use crate::thingsboard::{
    json::{Json, located::LocatedValue},
    value::decimal::Decimal,
};
use std::{fmt, ops::Range};
use time::{OffsetDateTime, macros::format_description};

/// How far a device's clock may be ahead of ours before we say so.
const AHEAD_MS: UnixMs = 24 * 60 * 60 * 1000;

/// 2000-01-01: a time before it is a clock that was never set.
const YEAR_2000_MS: UnixMs = 946_684_800_000;

/// A unit that is not ThingsBoard's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeUnit {
    Seconds,
    Microseconds,
    Nanoseconds,
}

impl TimeUnit {
    /// The likely unit of a number that would be a time before 1973 or after 5138 in milliseconds; `None` when
    /// it is too small for seconds.
    fn of(ts: UnixMs) -> Option<Self> {
        match ts {
            1_000_000_000..100_000_000_000 => Some(Self::Seconds),
            100_000_000_000_000..100_000_000_000_000_000 => Some(Self::Microseconds),
            100_000_000_000_000_000.. => Some(Self::Nanoseconds),
            _ => None,
        }
    }

    /// The power of ten that makes milliseconds of it.
    fn power(self) -> i64 {
        match self {
            Self::Seconds => 3,
            Self::Microseconds => -3,
            Self::Nanoseconds => -6,
        }
    }
}

impl fmt::Display for TimeUnit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Seconds => "seconds",
            Self::Microseconds => "microseconds",
            Self::Nanoseconds => "nanoseconds",
        })
    }
}

/// A timestamp as it stands in the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Timestamp {
    /// What the server makes of it.
    pub(super) ms: UnixMs,
    /// The digits, without quotes.
    pub(super) spelling: String,
    /// With quotes when it is a text.
    pub(super) span: Range<usize>,
}

/// What is wrong with one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    /// Counted in another unit; in milliseconds it would be this.
    Unit(TimeUnit, UnixMs),
    Ahead,
    Unset,
}

impl Timestamp {
    /// `None` when the server cannot read it.
    pub(super) fn read(value: &LocatedValue, span: Range<usize>) -> Option<Self> {
        let (json, spelling) = match value {
            LocatedValue::Number(spelling) => (Json::Number(spelling.clone()), spelling),
            LocatedValue::String(spelling) => (Json::String(spelling.clone()), spelling),
            _ => return None,
        };
        Some(Self { ms: json.as_long()?, spelling: spelling.clone(), span })
    }

    pub(super) fn oddity(&self, now_ms: UnixMs) -> Option<Oddity> {
        if let Some(unit) = TimeUnit::of(self.ms) {
            let spelled = Decimal::read(&self.spelling);
            let meant = spelled.and_then(|spelled| spelled.shifted(unit.power()).to_i64());
            // A number beyond 64 bits may be too large even for nanoseconds.
            let meant = meant.filter(|meant| TimeUnit::of(*meant).is_none());
            return Some(meant.map_or(Oddity::Ahead, |meant| Oddity::Unit(unit, meant)));
        }
        if self.ms > now_ms.saturating_add(AHEAD_MS) {
            Some(Oddity::Ahead)
        } else {
            (self.ms < YEAR_2000_MS).then_some(Oddity::Unset)
        }
    }
}

/// The text with other timestamps in their places, and nothing else changed. The places are in order and
/// apart from each other.
pub(super) fn rewritten(text: &str, timestamps: &[(Range<usize>, UnixMs)]) -> String {
    let mut out = String::with_capacity(text.len() + 4 * timestamps.len());
    let mut done = 0;
    for (span, ms) in timestamps {
        let quote = text[span.clone()].chars().next().filter(|first| matches!(first, '"' | '\''));
        let quote = quote.map(String::from).unwrap_or_default();
        out.push_str(&text[done..span.start]);
        out.push_str(&format!("{quote}{ms}{quote}"));
        done = span.end;
    }
    out + &text[done..]
}

/// A day for people, in UTC; the bare number when the calendar ends before it.
pub(super) fn day(ms: UnixMs) -> String {
    let date = OffsetDateTime::from_unix_timestamp(ms.div_euclid(1000)).ok();
    let written = date.and_then(|date| date.format(format_description!("[year]-[month]-[day]")).ok());
    written.unwrap_or_else(|| ms.to_string())
}
