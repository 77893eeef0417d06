//! Rate limits as ThingsBoard's tenant profile writes them: `count:seconds,count:seconds`.

use std::fmt;
use thiserror::Error;

/// Windows that one rate limit may have. ThingsBoard's own examples have two.
const MOST_WINDOWS: usize = 8;

/// One rate limit, `count:seconds,count:seconds`: each of its windows must be kept (ThingsBoard
/// TbRateLimits).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimit(Vec<Window>);

/// So many in so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// At least 1.
    pub count: u32,
    /// At least 1.
    pub seconds: u32,
}

/// The text is no rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("A rate limit is count:seconds, both from 1 on, and several are separated by commas: 10:1,300:60.")]
pub struct RateLimitProblem;

impl RateLimit {
    /// Reads `count:seconds,count:seconds`.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, RateLimitProblem> {
        let windows: Vec<Window> =
            text.split(',').take(MOST_WINDOWS + 1).map(Window::parse).collect::<Result<_, _>>()?;
        if windows.len() > MOST_WINDOWS { Err(RateLimitProblem) } else { Ok(Self(windows)) }
    }

    /// One at least, eight at most.
    #[must_use]
    pub fn windows(&self) -> &[Window] {
        &self.0
    }
}

impl Window {
    fn parse(text: &str) -> Result<Self, RateLimitProblem> {
        let (count, seconds) = text.trim().split_once(':').ok_or(RateLimitProblem)?;
        match (count.parse(), seconds.parse()) {
            (Ok(count @ 1..), Ok(seconds @ 1..)) => Ok(Self { count, seconds }),
            _ => Err(RateLimitProblem),
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.count, self.seconds)
    }
}

impl fmt::Display for RateLimit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, window) in self.0.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(formatter, "{comma}{window}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_as_it_was() {
        for text in ["10:1", "200:1,6000:60"] {
            assert_eq!(RateLimit::parse(text).unwrap().to_string(), text);
        }
        let many = ["1:1"; MOST_WINDOWS + 1].join(",");
        for text in ["", "10", "0:1", "1:0", "10:1,", "a:b", "-1:1", "4294967296:1", many.as_str()] {
            assert_eq!(RateLimit::parse(text), Err(RateLimitProblem), "{text}");
        }
    }
}
