//! The bucket that ThingsBoard keeps for a window of a rate limit (TbRateLimits).

use crate::thingsboard::session_limits::Window;

/// A window and what is taken from it. One token is `seconds * 1000` shares, and `count` shares come back
/// each millisecond: whole numbers, so that nothing is lost to rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bucket {
    pub(super) window: Window,
    taken_shares: u64,
    at_ms: u64,
}

impl Bucket {
    pub(super) fn new(window: Window) -> Self {
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

    pub(super) fn take(&mut self, tokens: u64, now_ms: u64) {
        let wanted = tokens.saturating_mul(self.shares_per_token());
        // More than all cannot be taken: the server refuses and keeps its tokens.
        self.taken_shares = self.taken(now_ms).saturating_add(wanted).min(self.all_shares());
        self.at_ms = self.at_ms.max(now_ms);
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
