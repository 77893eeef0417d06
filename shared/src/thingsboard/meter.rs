//! Counts what a session sends beside the server, so that a publish that would break a limit is noticed
//! before it is sent: beyond a rate limit ThingsBoard closes the connection without an acknowledgement.
//!
//! Pure: time comes in, as milliseconds of any clock that does not run backwards (one that does brings
//! nothing back). Each limit has the [`Buckets`] that the server has, so a window costs two numbers, however
//! much is sent. Knows nothing of topics; a limit of the whole tenant cannot be seen from here.

mod bucket;
#[cfg(test)]
mod tests;

pub use bucket::Buckets;

use super::session_limits::{RateLimits, SessionLimits, Window};
use thiserror::Error;

/// What is known of a publish before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publish {
    pub kind: Kind,
    /// Bytes as the server counts them: the packet's remaining length, see [`packet_bytes`].
    pub payload_bytes: usize,
}

/// Which buckets a message takes from (ThingsBoard DefaultTransportRateLimitService).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Telemetry or attributes with that many values. Without any it is a message like others.
    Telemetry { data_points: usize },
    /// Everything else, SUBSCRIBE too.
    Other,
}

/// Bytes that count against the limit: the remaining length of a QoS 1 PUBLISH with an empty set of
/// properties (MQTT 5 section 3.3). In MQTT 3.1.1 it is one byte less, at QoS 0 another two.
#[must_use]
pub fn packet_bytes(topic: &str, payload_bytes: usize) -> usize {
    payload_bytes.saturating_add(2 + topic.len() + 2 + 1)
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    Messages,
    TelemetryMessages,
    DataPoints,
    /// The largest publish so far.
    PayloadBytes,
}

impl Counted {
    /// The label on the page.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Messages => "Messages",
            Self::TelemetryMessages => "Telemetry messages",
            Self::DataPoints => "Data points",
            Self::PayloadBytes => "Largest publish, bytes",
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Messages => "other messages",
            Self::TelemetryMessages => "messages of telemetry and attributes",
            Self::DataPoints => "data points",
            Self::PayloadBytes => "bytes",
        }
    }
}

/// Why a publish should not be sent now. The server would close the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Exceeded {
    #[error(
        "The publish has {bytes} bytes with its topic; the server takes {limit} and closes the connection at more: send it in smaller parts."
    )]
    Size { bytes: usize, limit: usize },
    #[error(
        "The publish has {points} data points; the server takes {} of them in {} at most, so it never fits: send it in smaller parts.",
        window.count, time(u64::from(window.seconds) * 1000)
    )]
    NeverFits { points: usize, window: Window },
    #[error(
        "The server takes {} {} in {} and closes the connection at more: this one fits again in {}.",
        window.count, counted.noun(), time(u64::from(window.seconds) * 1000), time(*wait_ms)
    )]
    Rate {
        counted: Counted,
        window: Window,
        /// Milliseconds until it fits, at least 1.
        wait_ms: u64,
    },
}

/// One line of the meter on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    pub counted: Counted,
    /// Never above the limit for a rate; for the size it may be.
    pub used: u64,
    pub limit: u64,
    /// `None` for the size, which has no window.
    pub window_s: Option<u32>,
}

/// What one session sent, beside its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meter {
    most_bytes: usize,
    largest_bytes: usize,
    messages: Buckets,
    telemetry_messages: Buckets,
    data_points: Buckets,
}

impl Meter {
    /// For what the device sends for itself.
    #[must_use]
    pub fn new(limits: &SessionLimits) -> Self {
        Self::with_rates(limits.max_payload_bytes, &limits.rates)
    }

    /// For what a gateway sends for its devices; `None` when the device is no gateway.
    #[must_use]
    pub fn for_gateway(limits: &SessionLimits) -> Option<Self> {
        let rates = limits.gateway_rates.as_ref()?;
        Some(Self::with_rates(limits.max_payload_bytes, rates))
    }

    fn with_rates(most_bytes: usize, rates: &RateLimits) -> Self {
        Self {
            most_bytes,
            largest_bytes: 0,
            messages: Buckets::new(rates.messages.as_ref()),
            telemetry_messages: Buckets::new(rates.telemetry_messages.as_ref()),
            data_points: Buckets::new(rates.telemetry_data_points.as_ref()),
        }
    }

    /// Whether the publish may be sent now.
    ///
    /// # Errors
    /// The limit it would break; of several the one with the longest wait.
    pub fn check(&self, publish: &Publish, now_ms: u64) -> Result<(), Exceeded> {
        if publish.payload_bytes > self.most_bytes {
            return Err(Exceeded::Size { bytes: publish.payload_bytes, limit: self.most_bytes });
        }
        let mut longest: Option<Exceeded> = None;
        let mut longest_ms = 0;
        for (counted, tokens) in publish.kind.tokens() {
            for bucket in self.buckets(counted).into_iter().flat_map(Buckets::iter) {
                if !bucket.fits(tokens) {
                    let points = usize::try_from(tokens).unwrap_or(usize::MAX);
                    return Err(Exceeded::NeverFits { points, window: bucket.window });
                }
                let wait_ms = bucket.wait_ms(tokens, now_ms);
                if wait_ms > longest_ms {
                    longest_ms = wait_ms;
                    longest = Some(Exceeded::Rate { counted, window: bucket.window, wait_ms });
                }
            }
        }
        longest.map_or(Ok(()), Err)
    }

    /// Counts a publish that was sent, whether [`Self::check`] liked it or not.
    pub fn note(&mut self, publish: &Publish, now_ms: u64) {
        self.largest_bytes = self.largest_bytes.max(publish.payload_bytes);
        for (counted, tokens) in publish.kind.tokens() {
            if let Some(buckets) = self.buckets_mut(counted) {
                buckets.take(tokens, now_ms);
            }
        }
    }

    /// Every known limit with what is used of it: rates first, in the order of their windows, then the size.
    #[must_use]
    pub fn usage(&self, now_ms: u64) -> Vec<Usage> {
        let rates = [Counted::Messages, Counted::TelemetryMessages, Counted::DataPoints];
        let rates = rates.into_iter().flat_map(|counted| {
            self.buckets(counted).into_iter().flat_map(Buckets::iter).map(move |bucket| Usage {
                counted,
                used: bucket.used(now_ms),
                limit: bucket.window.count.into(),
                window_s: Some(bucket.window.seconds),
            })
        });
        let as_u64 = |bytes: usize| u64::try_from(bytes).unwrap_or(u64::MAX);
        let size = Usage {
            counted: Counted::PayloadBytes,
            used: as_u64(self.largest_bytes),
            limit: as_u64(self.most_bytes),
            window_s: None,
        };
        rates.chain([size]).collect()
    }

    fn buckets(&self, counted: Counted) -> Option<&Buckets> {
        match counted {
            Counted::Messages => Some(&self.messages),
            Counted::TelemetryMessages => Some(&self.telemetry_messages),
            Counted::DataPoints => Some(&self.data_points),
            Counted::PayloadBytes => None,
        }
    }

    fn buckets_mut(&mut self, counted: Counted) -> Option<&mut Buckets> {
        match counted {
            Counted::Messages => Some(&mut self.messages),
            Counted::TelemetryMessages => Some(&mut self.telemetry_messages),
            Counted::DataPoints => Some(&mut self.data_points),
            Counted::PayloadBytes => None,
        }
    }
}

impl Kind {
    /// What it takes from which buckets.
    fn tokens(self) -> impl Iterator<Item = (Counted, u64)> {
        let points = match self {
            Self::Telemetry { data_points } => u64::try_from(data_points).unwrap_or(u64::MAX),
            Self::Other => 0,
        };
        let tokens = match points {
            0 => [Some((Counted::Messages, 1)), None],
            points => [Some((Counted::TelemetryMessages, 1)), Some((Counted::DataPoints, points))],
        };
        tokens.into_iter().flatten()
    }
}

/// A time in words, rounded up to tenths of a second below ten seconds.
fn time(ms: u64) -> String {
    match ms {
        1000 => "1 second".to_owned(),
        60_000 => "1 minute".to_owned(),
        3_600_000 => "1 hour".to_owned(),
        ms if ms < 10_000 && ms % 1000 > 0 => {
            let tenths = ms.div_ceil(100);
            format!("{}.{} seconds", tenths / 10, tenths % 10)
        }
        ms => format!("{} seconds", ms.div_ceil(1000)),
    }
}
