//! Rate limits between the texts of a call and the limits they mean.

use super::RateLimits;
use crate::thingsboard::session_limits::{self, RateLimit, RateLimitProblem};

impl session_limits::RateLimits {
    /// Reads what a person typed.
    ///
    /// # Errors
    /// When one of them is no rate limit.
    pub fn parse(texts: &RateLimits) -> Result<Self, RateLimitProblem> {
        let parse = |text: &Option<String>| text.as_deref().map(RateLimit::parse).transpose();
        Ok(Self {
            messages: parse(&texts.messages)?,
            telemetry_messages: parse(&texts.telemetry_messages)?,
            telemetry_data_points: parse(&texts.telemetry_data_points)?,
        })
    }

    /// As ThingsBoard writes them.
    #[must_use]
    pub fn texts(&self) -> RateLimits {
        let text = |limit: &Option<RateLimit>| limit.as_ref().map(ToString::to_string);
        RateLimits {
            messages: text(&self.messages),
            telemetry_messages: text(&self.telemetry_messages),
            telemetry_data_points: text(&self.telemetry_data_points),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_limits_come_back_as_thingsboard_writes_them() {
        let typed = |text: &str| RateLimits { messages: Some(text.to_owned()), ..RateLimits::default() };
        let texts = |text| session_limits::RateLimits::parse(&typed(text)).map(|limits| limits.texts());
        assert_eq!(texts("10:1, 300:60"), Ok(typed("10:1,300:60")), "as the page checks them");
        assert_eq!(texts("often"), Err(RateLimitProblem));
    }
}
