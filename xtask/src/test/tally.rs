//! Adds up the results that test programs print.

use std::fmt;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    passed: u64,
    failed: u64,
}

impl Tally {
    /// Takes any line, and counts it when it is a result as Rust's test programs print it:
    /// `test result: ok. 3 passed; 0 failed; …`, perhaps in colour.
    pub(super) fn count(&mut self, line: &str) {
        if line.trim_start().starts_with("test result: ") {
            self.passed += number_before(line, " passed");
            self.failed += number_before(line, " failed");
        }
    }

    pub(super) fn add(&mut self, passed: bool) {
        self.passed += u64::from(passed);
        self.failed += u64::from(!passed);
    }

    pub(super) fn is_empty(self) -> bool {
        self.passed + self.failed == 0
    }
}

fn number_before(line: &str, word: &str) -> u64 {
    let before = line.split_once(word).map_or("", |(before, _)| before);
    let digits = before.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or_default()
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_added_and_other_lines_ignored() {
        let mut tally = Tally::default();
        for line in [
            "running 12 tests",
            "test a ... ok",
            "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: \u{1b}[31mFAILED\u{1b}[0m. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
            "7 passed and 1 failed, says a program under test",
        ] {
            tally.count(line);
        }
        assert_eq!(tally, Tally { passed: 15, failed: 2 });
        assert_eq!(tally.to_string(), "15 passed, 2 failed");
    }

    #[test]
    fn nothing_is_told_apart_from_something() {
        assert!(Tally::default().is_empty());
        assert!(!Tally { passed: 0, failed: 1 }.is_empty());
    }
}
