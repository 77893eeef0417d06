//! Which rows of a long list are in sight, and where the browser is to draw them.
//!
//! Rows have one height. A list longer than what browsers lay out ([`MOST_PX`]) is squeezed: the scroll bar runs over
//! that many pixels, and each of them stands for a bit more. Pure; pixels are CSS pixels.

use std::ops::Range;

/// Pixels that every browser lays out in one element: Firefox stops at about 17 million, Chromium at 33 million.
pub const MOST_PX: f64 = 10_000_000.0;

/// Rows drawn on either side of those in sight.
const BEYOND: usize = 8;

/// A list and the window onto it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place {
    pub rows: usize,
    pub row_px: f64,
    pub view_px: f64,
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "rows and pixels are far below the 53 bits of a double, and never below zero where they are cast"
)]
impl Place {
    fn content_px(self) -> f64 {
        self.rows as f64 * self.row_px
    }

    /// Where the list is when its end is in sight.
    #[must_use]
    pub fn end(self) -> f64 {
        (self.content_px() - self.view_px).max(0.0)
    }

    /// The height of what scrolls.
    #[must_use]
    pub fn space_px(self) -> f64 {
        self.content_px().min(MOST_PX)
    }

    /// How many pixels of the list one pixel of the scroll bar's way stands for.
    fn squeeze(self) -> f64 {
        let way = self.space_px() - self.view_px;
        if self.content_px() <= MOST_PX || way <= 0.0 { 1.0 } else { self.end() / way }
    }

    /// Where the list is when the browser says that it has scrolled to `scroll_top`.
    #[must_use]
    pub fn top(self, scroll_top: f64) -> f64 {
        (scroll_top * self.squeeze()).clamp(0.0, self.end())
    }

    /// The other way round.
    #[must_use]
    pub fn scroll_top(self, top: f64) -> f64 {
        top / self.squeeze()
    }

    /// The row at the top, and how much of it is out of sight.
    #[must_use]
    pub fn row_at(self, top: f64) -> (usize, f64) {
        if self.row_px <= 0.0 {
            return (0, 0.0);
        }
        let row = ((top / self.row_px).floor() as usize).min(self.rows.saturating_sub(1));
        (row, top - row as f64 * self.row_px)
    }

    /// Where the list is when this much of a row is out of sight at the top.
    #[must_use]
    pub fn top_of(self, row: usize, hidden_px: f64) -> f64 {
        (row as f64 * self.row_px + hidden_px).clamp(0.0, self.end())
    }

    /// The rows to draw.
    #[must_use]
    pub fn window(self, top: f64) -> Range<usize> {
        if self.row_px <= 0.0 {
            // Nothing was measured yet, or the list is hidden: the newest.
            return self.rows.saturating_sub(self.page())..self.rows;
        }
        let first = self.row_at(top).0.saturating_sub(BEYOND);
        first..self.rows.min(first + self.page() + 2 * BEYOND + 2)
    }

    /// Where the first drawn row begins, from the beginning of what scrolls.
    #[must_use]
    pub fn shift_px(self, first: usize, top: f64) -> f64 {
        self.scroll_top(top) + first as f64 * self.row_px - top
    }

    /// Whole rows in sight.
    #[must_use]
    pub fn page(self) -> usize {
        if self.row_px <= 0.0 { 30 } else { ((self.view_px / self.row_px) as usize).clamp(1, 300) }
    }

    /// Where the list is to go so that a row is in sight; `None` when it is.
    #[must_use]
    pub fn reveal(self, row: usize, top: f64) -> Option<f64> {
        let begin = row as f64 * self.row_px;
        if begin < top {
            Some(begin)
        } else if begin + self.row_px > top + self.view_px {
            Some((begin + self.row_px - self.view_px).max(0.0))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Place = Place { rows: 1_000, row_px: 28.0, view_px: 280.0 };
    const LONG: Place = Place { rows: 1_000_000, ..SHORT };

    #[test]
    fn rows_in_sight_and_some_beyond_are_drawn() {
        assert_eq!(SHORT.window(0.0), 0..28);
        assert_eq!(SHORT.window(2_800.0), 92..120);
        assert_eq!(SHORT.window(SHORT.end()), 982..1_000);
        assert_eq!(Place { rows: 3, ..SHORT }.window(0.0), 0..3);
        assert_eq!(Place { row_px: 0.0, ..SHORT }.window(0.0), 970..1_000, "nothing was measured yet");
        assert_eq!(Place::default().window(0.0), 0..0);
    }

    #[test]
    fn a_short_list_is_not_squeezed() {
        assert_eq!(SHORT.top(123.4), 123.4);
        assert_eq!((SHORT.space_px(), SHORT.scroll_top(99.0)), (28_000.0, 99.0));
        assert_eq!(SHORT.shift_px(10, 300.0), 280.0);
        assert_eq!(SHORT.top(1e9), SHORT.end());
    }

    #[test]
    fn a_list_of_a_million_rows_reaches_both_its_ends() {
        assert_eq!(LONG.space_px(), MOST_PX);
        assert_eq!(LONG.top(0.0), 0.0);
        assert_eq!(LONG.top(MOST_PX - 280.0), LONG.end());
        assert!((LONG.scroll_top(LONG.end()) - (MOST_PX - 280.0)).abs() < 1e-6);
        let top = LONG.top_of(777_777, 3.0);
        assert_eq!(LONG.row_at(top), (777_777, 3.0));
        // Where the row is drawn is where the browser shows it.
        let drawn = LONG.shift_px(777_777, top) - LONG.scroll_top(top);
        assert!((drawn + 3.0).abs() < 1e-6, "{drawn}");
    }

    #[test]
    fn a_row_out_of_sight_is_brought_to_the_nearer_edge() {
        assert_eq!(SHORT.reveal(10, 280.0), None);
        assert_eq!(SHORT.reveal(9, 280.0), Some(252.0));
        assert_eq!(SHORT.reveal(20, 280.0), Some(308.0));
    }
}
