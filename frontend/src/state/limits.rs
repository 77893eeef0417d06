//! The meter: what the server allows this session, and what of it is used.
//!
//! What counts against which limit is decided in `shared::thingsboard`; the conversation with the server
//! stands in `update/limits.rs`.

use super::purpose::Purpose;
use shared::thingsboard::{
    meter::{Meter, Publish, Usage},
    session_limits::{RateLimits, SessionLimits, Source},
    topic::TopicId,
};
use std::mem::{Discriminant, discriminant};

/// Milliseconds that the server has to answer.
pub(super) const PATIENCE_MS: i64 = 5_000;

/// Milliseconds for which a warning stays good for the second press.
const SECOND_PRESS_MS: i64 = 60_000;

/// What is kept of the time before the answer.
const MOST_EARLY: usize = 64;

/// What the server allows, what of it is used, and what is held back.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    pub told: Told,
    /// What holds: the server's own, or ThingsBoard's defaults.
    pub known: SessionLimits,
    /// Of the device itself, as last looked at.
    pub usage: Vec<Usage>,
    /// Of what a gateway sends for its devices.
    pub gateway_usage: Vec<Usage>,
    meter: Meter,
    gateway_meter: Meter,
    /// The number of the newest question.
    question: Option<TopicId>,
    /// Counted before the limits were known, with the time in Unix milliseconds.
    early: Vec<(Side, Publish, u64)>,
    held: Option<Held>,
    /// The connection ended while the question was open: asking again by itself could end the next one too.
    pub(super) broke: bool,
    /// Whether what is going on comes from a press of the person.
    pub(super) pressed: bool,
}

/// Where the conversation about the limits stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Told {
    /// No session, or one that the example opened: it says nothing else.
    #[default]
    NotAsked,
    Asking {
        /// Unix milliseconds.
        until_ms: i64,
    },
    Answered,
    /// Why there is no answer, in a sentence.
    Unanswered(String),
}

/// Whose limits a publish uses up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Device,
    /// What a gateway sends for the devices behind it.
    Gateway,
    /// Answered by ThingsBoard's transport itself, which counts nothing.
    Free,
}

/// A publish that waits for a second press.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Held {
    purpose: Discriminant<Purpose>,
    bytes: usize,
    until_ms: i64,
}

/// The person worked on the meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitsAction {
    Ask,
}

impl Default for Limits {
    fn default() -> Self {
        let known = SessionLimits::documented();
        Self {
            told: Told::default(),
            usage: Vec::new(),
            gateway_usage: Vec::new(),
            meter: Meter::new(&known),
            gateway_meter: Meter::new(&known),
            known,
            question: None,
            early: Vec::new(),
            held: None,
            broke: false,
            pressed: false,
        }
    }
}

impl Limits {
    /// A question is on its way to the server.
    pub(super) fn asked(&mut self, question: TopicId, now_ms: i64) {
        self.question = Some(question);
        self.told = Told::Asking { until_ms: now_ms + PATIENCE_MS };
    }

    /// Whether this is the answer to the newest question.
    pub(super) fn is_answer(&self, id: TopicId) -> bool {
        self.question == Some(id)
    }

    /// The server named its limits.
    pub(super) fn answered(&mut self, limits: SessionLimits, now_ms: i64) {
        self.told = Told::Answered;
        self.question = None;
        if self.known.source == Source::Default || self.known != limits {
            self.meter = Meter::new(&limits);
            self.gateway_meter = gateway_meter(&limits);
            self.known = limits;
            for (side, publish, at_ms) in std::mem::take(&mut self.early) {
                self.count(side, publish, at_ms);
            }
        }
        self.look(now_ms);
    }

    /// There is no answer, for this reason.
    pub(super) fn unanswered(&mut self, why: &str) {
        let what_holds = match self.known.source {
            Source::Server => "What the server said before stays.",
            Source::Default => "ThingsBoard's defaults stand in; its rate limits are unknown.",
        };
        self.told = Told::Unanswered(format!("{why} {what_holds}"));
    }

    /// The session is over.
    pub(super) fn over(&mut self) {
        if matches!(self.told, Told::Asking { .. }) {
            self.told = Told::NotAsked;
            self.broke = true;
        }
        self.question = None;
        self.held = None;
    }

    /// Why the publish should not be sent now; `None` to send it, because it fits or was pressed twice.
    pub(super) fn hold(
        &mut self,
        side: Side,
        publish: &Publish,
        purpose: Purpose,
        now_ms: i64,
    ) -> Option<String> {
        let meter = match side {
            Side::Device => &self.meter,
            Side::Gateway => &self.gateway_meter,
            Side::Free => return None,
        };
        let held = self.held.take();
        let exceeded = meter.check(publish, clock(now_ms)).err()?;
        let held = held.filter(|held| {
            held.purpose == discriminant(&purpose)
                && held.bytes == publish.payload_bytes
                && now_ms < held.until_ms
        });
        if held.is_some() {
            return None;
        }
        self.held = Some(Held {
            purpose: discriminant(&purpose),
            bytes: publish.payload_bytes,
            until_ms: now_ms + SECOND_PRESS_MS,
        });
        Some(format!("{exceeded} Press again to publish all the same."))
    }

    /// Counts what was sent.
    pub(super) fn sent(&mut self, side: Side, publish: Publish, now_ms: i64) {
        let at_ms = clock(now_ms);
        if self.known.source == Source::Default && self.early.len() < MOST_EARLY {
            self.early.push((side, publish, at_ms));
        }
        self.count(side, publish, at_ms);
        self.look(now_ms);
    }

    fn count(&mut self, side: Side, publish: Publish, at_ms: u64) {
        match side {
            Side::Device => self.meter.note(&publish, at_ms),
            Side::Gateway => self.gateway_meter.note(&publish, at_ms),
            Side::Free => {}
        }
    }

    /// Brings up to date what is shown.
    pub(super) fn look(&mut self, now_ms: i64) {
        self.usage = self.meter.usage(clock(now_ms));
        self.gateway_usage = self.gateway_meter.usage(clock(now_ms));
    }

    /// Whether what is shown changes with time alone.
    pub(super) fn is_moving(&self) -> bool {
        let rates = self.usage.iter().chain(&self.gateway_usage);
        let mut rates = rates.filter(|usage| usage.window_s.is_some());
        matches!(self.told, Told::Asking { .. }) || rates.any(|usage| usage.used > 0)
    }
}

/// Of a device that is no gateway only the size is limited.
fn gateway_meter(limits: &SessionLimits) -> Meter {
    let no_rates = || SessionLimits { rates: RateLimits::default(), ..limits.clone() };
    Meter::for_gateway(limits).unwrap_or_else(|| Meter::new(&no_rates()))
}

fn clock(unix_ms: i64) -> u64 {
    u64::try_from(unix_ms).unwrap_or_default()
}

#[cfg(test)]
mod tests;
