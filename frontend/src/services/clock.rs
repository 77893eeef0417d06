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
