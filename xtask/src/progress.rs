//! What a person sees while a command works: one line a thing, with how long it took.

use std::fmt::Display;
use std::time::{Duration, Instant};

use anyhow::Result;

pub(crate) fn say(line: impl Display) {
    eprintln!("{line}");
}

/// Announces `what`, does it, and says how long it took. A failure is left to the caller to show.
pub(crate) fn timed<T>(what: impl Display, work: impl FnOnce() -> Result<T>) -> Result<T> {
    say(&what);
    let started = Instant::now();
    let outcome = work()?;
    say(format_args!("  done in {}", seconds(started.elapsed())));
    Ok(outcome)
}

pub(crate) fn seconds(elapsed: Duration) -> String {
    if elapsed < Duration::from_secs(10) {
        format!("{:.2} s", elapsed.as_secs_f64())
    } else {
        format!("{:.0} s", elapsed.as_secs_f64())
    }
}

pub(crate) fn kilobytes(bytes: u64) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_rounded_for_reading() {
        assert_eq!(kilobytes(119_463), "119.4 kB");
        assert_eq!(kilobytes(50), "0.0 kB");
        assert_eq!(seconds(Duration::from_millis(1234)), "1.23 s");
        assert_eq!(seconds(Duration::from_secs(74)), "74 s");
    }
}
