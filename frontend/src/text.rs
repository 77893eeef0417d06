//! How things are written on the page: untrusted text with its invisible characters marked, payloads
//! capped and said to be so, sizes, durations and times of day. Pure; draws nothing.

mod excerpt;
mod filled;
mod start;
mod visible;

pub use excerpt::{Excerpt, Shape, excerpt, excerpt_text};
pub use filled::filled;
pub use start::{kept_reason, spoken, visible_name, visible_reason, visible_start};
pub use visible::{is_marked, visible_line, visible_text};

/// A moment of the person's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Unix milliseconds.
    pub unix_ms: i64,
    /// Minutes that local time is ahead of UTC.
    pub offset_min: i32,
}

impl Stamp {
    /// Local time of day as `09:30:05.120`.
    #[must_use]
    pub fn time_of_day(self) -> String {
        let local_ms = self.unix_ms + i64::from(self.offset_min) * 60_000;
        let (seconds, ms) = (local_ms.div_euclid(1000), local_ms.rem_euclid(1000));
        let (hours, minutes, seconds) =
            (seconds.rem_euclid(86_400) / 3600, seconds.rem_euclid(3600) / 60, seconds.rem_euclid(60));
        format!("{hours:02}:{minutes:02}:{seconds:02}.{ms:03}")
    }
}

/// A refusal with its reason, which often says by itself that it is one.
#[must_use]
pub fn refused_words(reason: &str) -> String {
    let reason = visible_reason(reason);
    if reason.starts_with("The server refused ") { reason } else { format!("refused: {reason}") }
}

/// A whole number with a comma at each thousand.
#[must_use]
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index != 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 byte`, `2,048 bytes`.
#[must_use]
pub fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// A size as `36 B`, `1.2 KiB`, `64.0 MiB`.
#[must_use]
pub fn size(bytes: usize) -> String {
    const KIB: usize = 1024;
    const MIB: usize = KIB * KIB;
    let tenths = |unit: usize, name: &str| {
        let (whole, rest) = (bytes / unit, bytes % unit);
        format!("{}.{}\u{a0}{name}", grouped(whole), rest / (unit / 64) * 10 / 64)
    };
    match bytes {
        0..KIB => format!("{bytes}\u{a0}B"),
        KIB..MIB => tenths(KIB, "KiB"),
        _ => tenths(MIB, "MiB"),
    }
}

/// A short time from microseconds: `0.4 ms`, `18 ms`, `2.5 s`.
#[must_use]
pub fn duration(elapsed_us: u64) -> String {
    match elapsed_us {
        0..10_000 => format!("{}.{}\u{a0}ms", elapsed_us / 1000, elapsed_us % 1000 / 100),
        10_000..1_000_000 => format!("{}\u{a0}ms", elapsed_us / 1000),
        _ => format!("{}.{}\u{a0}s", elapsed_us / 1_000_000, elapsed_us % 1_000_000 / 100_000),
    }
}

/// How long ago, in words: `now`, `5 s ago`, `3 min ago`, `2 h ago`, `4 days ago`.
#[must_use]
pub fn ago(then_ms: i64, now_ms: i64) -> String {
    match (now_ms - then_ms) / 1000 {
        ..=1 => "now".to_owned(),
        s @ 2..=119 => format!("{s} s ago"),
        s @ 120..=7199 => format!("{} min ago", s / 60),
        s @ 7200..=172_799 => format!("{} h ago", s / 3600),
        s => format!("{} days ago", s / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_local() {
        let stamp = |unix_ms, offset_min| Stamp { unix_ms, offset_min }.time_of_day();
        assert_eq!(stamp(0, 0), "00:00:00.000");
        assert_eq!(stamp(1_757_952_005_120, 120), "18:00:05.120");
        assert_eq!(stamp(0, -30), "23:30:00.000");
    }

    #[test]
    fn a_refusal_is_said_once() {
        assert_eq!(refused_words("The server refused this filter."), "The server refused this filter.");
        assert_eq!(refused_words("Too large."), "refused: Too large.");
    }

    #[test]
    fn numbers_have_commas() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(65_536), "65,536");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(counted(1, "byte", "bytes"), "1 byte");
        assert_eq!(counted(0, "byte", "bytes"), "0 bytes");
    }

    #[test]
    fn sizes_have_the_unit_that_fits() {
        assert_eq!(size(36), "36\u{a0}B");
        assert_eq!(size(2_000), "1.9\u{a0}KiB");
        assert_eq!(size(64 * 1024 * 1024), "64.0\u{a0}MiB");
        assert_eq!(size(1024 * 1024 - 1), "1,023.9\u{a0}KiB");
    }

    #[test]
    fn durations_have_the_unit_that_fits() {
        assert_eq!(duration(400), "0.4\u{a0}ms");
        assert_eq!(duration(1_840), "1.8\u{a0}ms");
        assert_eq!(duration(18_400), "18\u{a0}ms");
        assert_eq!(duration(2_560_000), "2.5\u{a0}s");
    }

    #[test]
    fn ages_are_rough() {
        assert_eq!(ago(1_000, 500), "now");
        assert_eq!(ago(0, 5_000), "5 s ago");
        assert_eq!(ago(0, 600_000), "10 min ago");
        assert_eq!(ago(0, 10_000_000), "2 h ago");
        assert_eq!(ago(0, 400_000_000), "4 days ago");
    }
}
