//! How long a session may last, and how long it may rest. Pure: the caller hands over the time.

use shared::{
    failure::Failure,
    wire::{Ending, EndingReason},
};
use std::time::{Duration, Instant};

/// Watches both.
#[derive(Debug)]
pub(crate) struct Lifetime {
    /// Since the session began.
    life: Option<Watch>,
    /// Since something was asked or published.
    idle: Option<Watch>,
    warning: Duration,
}

/// One span of time.
#[derive(Debug)]
struct Watch {
    allowed: Duration,
    since: Instant,
    warned: bool,
}

/// What is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Warn(Ending),
    Over(Failure),
}

impl Lifetime {
    pub(crate) fn new(
        life: Option<Duration>,
        idle: Option<Duration>,
        warning: Duration,
        now: Instant,
    ) -> Self {
        let watch = |allowed| Watch { allowed, since: now, warned: false };
        Self { life: life.map(watch), idle: idle.map(watch), warning }
    }

    /// The page asked for something, or the server published.
    pub(crate) fn active(&mut self, now: Instant) {
        if let Some(idle) = &mut self.idle {
            idle.since = now;
            idle.warned = false;
        }
    }

    /// What is due at `now`. After a warning the caller asks again.
    pub(crate) fn poll(&mut self, now: Instant) -> Option<Due> {
        let spans = [(self.life.as_mut(), EndingReason::TooLong), (self.idle.as_mut(), EndingReason::Idle)];
        for (watch, reason) in spans {
            let Some(watch) = watch else { continue };
            if now >= watch.since + watch.allowed {
                let after_s = watch.allowed.as_secs();
                return Some(Due::Over(match reason {
                    EndingReason::TooLong => Failure::SessionTooLong { after_s },
                    EndingReason::Idle => Failure::SessionIdle { after_s },
                }));
            }
            if !watch.warned && now >= watch.warns_at(self.warning) {
                watch.warned = true;
                let left = watch.since + watch.allowed - now;
                return Some(Due::Warn(Ending { in_s: left.as_secs(), reason }));
            }
        }
        None
    }

    /// The next moment at which [`Self::poll`] has something to say.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let next = |watch: &Watch| {
            if watch.warned { watch.since + watch.allowed } else { watch.warns_at(self.warning) }
        };
        [&self.life, &self.idle].into_iter().flatten().map(next).min()
    }
}

impl Watch {
    /// A short span is warned of at its half.
    fn warns_at(&self, warning: Duration) -> Instant {
        self.since + self.allowed - warning.min(self.allowed / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn start() -> (Lifetime, Instant) {
        let now = Instant::now();
        (Lifetime::new(Some(60 * MINUTE), Some(15 * MINUTE), MINUTE, now), now)
    }

    #[test]
    fn a_resting_session_is_warned_once_and_then_over() {
        let (mut lifetime, start) = start();
        assert_eq!(lifetime.deadline(), Some(start + 14 * MINUTE));
        assert_eq!(lifetime.poll(start + 13 * MINUTE), None);
        let warning = Ending { in_s: 60, reason: EndingReason::Idle };
        assert_eq!(lifetime.poll(start + 14 * MINUTE), Some(Due::Warn(warning)));
        assert_eq!(lifetime.poll(start + 14 * MINUTE), None);
        assert_eq!(lifetime.deadline(), Some(start + 15 * MINUTE));
        let over = Failure::SessionIdle { after_s: 900 };
        assert_eq!(lifetime.poll(start + 15 * MINUTE), Some(Due::Over(over)));
    }

    #[test]
    fn doing_something_keeps_a_session_but_not_for_ever() {
        let (mut lifetime, start) = start();
        for minute in 1..59 {
            assert_eq!(lifetime.poll(start + minute * MINUTE), None, "{minute}");
            lifetime.active(start + minute * MINUTE);
        }
        let warning = Ending { in_s: 60, reason: EndingReason::TooLong };
        assert_eq!(lifetime.poll(start + 59 * MINUTE), Some(Due::Warn(warning)));
        let over = Failure::SessionTooLong { after_s: 3600 };
        assert_eq!(lifetime.poll(start + 60 * MINUTE), Some(Due::Over(over)));
    }

    #[test]
    fn a_warned_session_that_goes_on_is_warned_again_later() {
        let (mut lifetime, start) = start();
        assert!(matches!(lifetime.poll(start + 14 * MINUTE), Some(Due::Warn(_))));
        lifetime.active(start + 14 * MINUTE);
        assert_eq!(lifetime.poll(start + 15 * MINUTE), None);
        assert!(matches!(lifetime.poll(start + 28 * MINUTE), Some(Due::Warn(_))));
    }

    #[test]
    fn without_bounds_nothing_is_ever_due() {
        let now = Instant::now();
        let mut lifetime = Lifetime::new(None, None, MINUTE, now);
        assert_eq!(lifetime.deadline(), None);
        assert_eq!(lifetime.poll(now + 10_000 * MINUTE), None);
    }
}
