//! The time and a bit of chance.

use crate::{state::Now, text::Stamp};
use js_sys::{Date, Math};

/// `unsent_bytes`: what the socket says of itself.
#[must_use]
pub fn now(unsent_bytes: u32) -> Now {
    let date = Date::new_0();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "milliseconds and minutes are whole and small enough"
    )]
    let stamp = Stamp { unix_ms: date.get_time() as i64, offset_min: -(date.get_timezone_offset() as i32) };
    Now { stamp, chance: Math::random(), unsent_bytes }
}

/// Whether the person can see this page.
#[must_use]
pub fn page_is_visible() -> bool {
    gloo::utils::document().visibility_state() == web_sys::VisibilityState::Visible
}

/// A moment as `datetime-local` inputs write it, in local time: `2026-11-24T14:30:00.000`. `None` beyond the
/// calendar.
#[must_use]
pub fn to_local(unix_ms: i64) -> Option<String> {
    #[expect(clippy::cast_precision_loss, reason = "what is beyond a double is beyond the calendar")]
    let date = Date::new(&(unix_ms as f64).into());
    let shifted = Date::new(&(date.get_time() - date.get_timezone_offset() * 60_000.0).into());
    // An invalid date has no text, and asking for it throws.
    shifted
        .get_time()
        .is_finite()
        .then(|| String::from(shifted.to_iso_string()).trim_end_matches('Z').to_owned())
}

/// The moment that a `datetime-local` input names, Unix milliseconds. `None` while it is incomplete.
#[must_use]
pub fn from_local(text: &str) -> Option<i64> {
    let ms = Date::parse(text);
    #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds")]
    ms.is_finite().then_some(ms as i64)
}
