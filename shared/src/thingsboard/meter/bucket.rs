//! The buckets that ThingsBoard keeps for a rate limit, one for each of its windows (TbRateLimits): as many
//! tokens as the window counts, coming back evenly over its time.
//!
//! Pure: times are milliseconds of any clock that does not run backwards. Knows nothing of what is counted.

use crate::thingsboard::session_limits::{RateLimit, Window};

/// The buckets of one rate limit; none where there is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buckets(Vec<Bucket>);

/// A window and what is taken from it. One token is `seconds * 1000` shares, and `count` shares come back
/// each millisecond: whole numbers, so that nothing is lost to rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bucket {
    pub(super) window: Window,
    taken_shares: u64,
    at_ms: u64,
}

impl Buckets {
    /// Full ones.
    #[must_use]
    pub fn new(limit: Option<&RateLimit>) -> Self {
        let windows = limit.into_iter().flat_map(RateLimit::windows);
        Self(windows.copied().map(Bucket::new).collect())
    }

    /// Takes so many tokens from all buckets, or from none when one of them has too few: what the server does
    /// with a message.
    #[must_use = "false is a message that the server refuses"]
    pub fn try_take(&mut self, tokens: u64, now_ms: u64) -> bool {
        let has = |bucket: &Bucket| bucket.fits(tokens) && bucket.wait_ms(tokens, now_ms) == 0;
        let all = self.0.iter().all(has);
        if all {
            self.take(tokens, now_ms);
        }
        all
    }

    /// Takes what is there of them.
    pub(super) fn take(&mut self, tokens: u64, now_ms: u64) {
        for bucket in &mut self.0 {
            bucket.take(tokens, now_ms);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Bucket> {
        self.0.iter()
    }
}

impl Bucket {
    fn new(window: Window) -> Self {
        Self { window, taken_shares: 0, at_ms: 0 }
    }

    fn shares_per_token(&self) -> u64 {
        u64::from(self.window.seconds) * 1000
    }

    fn all_shares(&self) -> u64 {
        u64::from(self.window.count).saturating_mul(self.shares_per_token())
    }

    /// Shares still taken.
    fn taken(&self, now_ms: u64) -> u64 {
        let back = now_ms.saturating_sub(self.at_ms).saturating_mul(self.window.count.into());
        self.taken_shares.saturating_sub(back)
    }

    fn take(&mut self, tokens: u64, now_ms: u64) {
        let wanted = tokens.saturating_mul(self.shares_per_token());
        // More than all cannot be taken: the server refuses and keeps its tokens.
        self.taken_shares = self.taken(now_ms).saturating_add(wanted).min(self.all_shares());
        self.at_ms = self.at_ms.max(now_ms);
    }

    /// Whether a full bucket has so many tokens.
    pub(super) fn fits(&self, tokens: u64) -> bool {
        tokens <= u64::from(self.window.count)
    }

    /// Milliseconds until that many tokens are there; 0 for now. For tokens that fit at all.
    pub(super) fn wait_ms(&self, tokens: u64, now_ms: u64) -> u64 {
        let after = self.taken(now_ms).saturating_add(tokens.saturating_mul(self.shares_per_token()));
        after.saturating_sub(self.all_shares()).div_ceil(self.window.count.into())
    }

    /// Whole tokens that are not there.
    pub(super) fn used(&self, now_ms: u64) -> u64 {
        self.taken(now_ms).div_ceil(self.shares_per_token())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buckets(text: &str) -> Buckets {
        Buckets::new(Some(&RateLimit::parse(text).unwrap()))
    }

    #[test]
    fn tokens_are_taken_from_every_window_or_from_none() {
        let mut buckets = buckets("2:1,3:60");
        assert!(buckets.try_take(1, 0) && buckets.try_take(1, 0));
        assert!(!buckets.try_take(1, 0), "two a second");
        assert!(!buckets.try_take(1, 499));
        assert!(buckets.try_take(1, 500), "half a second brings one of two back");
        assert!(!buckets.try_take(1, 10_000), "three a minute");
        assert!(buckets.try_take(1, 20_000), "what was refused took nothing");
    }

    #[test]
    fn more_than_a_window_counts_is_never_taken() {
        let most = format!("{0}:{0}", u32::MAX);
        for text in ["3:60", most.as_str()] {
            assert!(!buckets(text).try_take(u64::from(u32::MAX) + 1, 0), "{text}");
        }
        assert!(Buckets::new(None).try_take(u64::MAX, 0), "no limit");
    }
}
