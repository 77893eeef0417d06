//! How fast new visitors may come: a bucket that refills evenly. Pure: time comes in.

use std::time::{Duration, Instant};

/// Visitors that may come at once.
pub(super) const AT_ONCE: u32 = 60;

/// Until one more may.
const EVERY: Duration = Duration::from_secs(1);

/// What is used of the bucket.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// When it is full again.
    full_at: Option<Instant>,
}

impl Pace {
    /// Whether one more may come now.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let full_at = self.full_at.map_or(now, |full_at| full_at.max(now)) + EVERY;
        let may = full_at.saturating_duration_since(now) <= EVERY * AT_ONCE;
        if may {
            self.full_at = Some(full_at);
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_may_come_at_once_and_then_one_a_second() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        let taken = |pace: &mut Pace, now| (0..200).filter(|_| pace.take(now)).count();
        assert_eq!(taken(&mut pace, start), 60);
        assert_eq!(taken(&mut pace, start + Duration::from_millis(999)), 0);
        assert_eq!(taken(&mut pace, start + Duration::from_secs(1)), 1);
        assert_eq!(taken(&mut pace, start + Duration::from_secs(11)), 10);
        assert_eq!(taken(&mut pace, start + Duration::from_secs(1_000)), 60);
    }
}
