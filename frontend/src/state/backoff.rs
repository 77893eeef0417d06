//! How long to wait before the next try to reconnect.

/// Milliseconds before the first try; doubled for each further one.
const FIRST_MS: u32 = 500;
const LONGEST_MS: u32 = 30_000;
/// Each wait is up to this part longer or shorter, so that pages that lost the same server together
/// do not come back together.
const JITTER: f64 = 0.2;

/// The wait before try number `attempt` (from 1). `chance` lies in 0 to 1.
#[must_use]
pub fn wait_ms(attempt: u32, chance: f64) -> u32 {
    let doublings = attempt.saturating_sub(1).min(16);
    let plain = f64::from(FIRST_MS.saturating_mul(1 << doublings).min(LONGEST_MS));
    let jittered = plain * (1.0 + JITTER * (2.0 * chance.clamp(0.0, 1.0) - 1.0));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 30,000")]
    let jittered = jittered as u32;
    jittered.min(LONGEST_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_half_a_minute() {
        let waits: Vec<u32> = (1..=9).map(|attempt| wait_ms(attempt, 0.5)).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
        assert_eq!(wait_ms(u32::MAX, 0.5), 30_000);
    }

    #[test]
    fn jitter_stays_within_a_fifth_and_the_longest() {
        assert_eq!(wait_ms(1, 0.0), 400);
        assert_eq!(wait_ms(1, 1.0), 600);
        assert_eq!(wait_ms(20, 1.0), 30_000);
    }
}
