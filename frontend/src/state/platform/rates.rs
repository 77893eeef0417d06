//! The form for rate limits.

use super::calls::PlatformCall;
use shared::{platform::RateLimits, thingsboard::session_limits::RateLimit};

/// What is typed; empty is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RatesForm {
    texts: [String; 3],
    problems: [Option<String>; 3],
    /// Of what the device sends as a gateway for others.
    pub of_gateway: bool,
}

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    Messages,
    TelemetryMessages,
    DataPoints,
}

/// The person worked on the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RatesAction {
    Typed(Rate, String),
    OfGatewayChosen(bool),
    Set,
}

impl Rate {
    pub const ALL: [Self; 3] = [Self::Messages, Self::TelemetryMessages, Self::DataPoints];

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Messages => "Message limit",
            Self::TelemetryMessages => "Telemetry message limit",
            Self::DataPoints => "Data point limit",
        }
    }

    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Messages => "platform-rate-messages",
            Self::TelemetryMessages => "platform-rate-telemetry",
            Self::DataPoints => "platform-rate-points",
        }
    }
}

/// Limits in words.
#[must_use]
pub fn words(rates: &RateLimits) -> String {
    let one = |what, limit: &Option<String>| limit.as_ref().map(|limit| format!("{what} {limit}"));
    let all = [
        one("messages", &rates.messages),
        one("telemetry messages", &rates.telemetry_messages),
        one("data points", &rates.telemetry_data_points),
    ];
    let all: Vec<String> = all.into_iter().flatten().collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

impl RatesForm {
    #[must_use]
    pub fn text(&self, rate: Rate) -> &str {
        &self.texts[rate as usize]
    }

    #[must_use]
    pub fn problem(&self, rate: Rate) -> Option<&str> {
        self.problems[rate as usize].as_deref()
    }

    pub(super) fn edit(&mut self, action: RatesAction) {
        match action {
            RatesAction::Typed(rate, text) => {
                self.texts[rate as usize] = text;
                self.problems[rate as usize] = None;
            }
            RatesAction::OfGatewayChosen(of_gateway) => self.of_gateway = of_gateway,
            RatesAction::Set => {}
        }
    }

    /// # Errors
    /// The id of the first field with a problem.
    pub(super) fn set(&mut self) -> Result<(String, PlatformCall), &'static str> {
        let mut limit = |rate: Rate| {
            let text = self.texts[rate as usize].trim();
            let problem = RateLimit::parse(text).err().filter(|_| !text.is_empty());
            self.problems[rate as usize] = problem.map(|problem| problem.to_string());
            (!text.is_empty()).then(|| text.to_owned())
        };
        let rates = RateLimits {
            messages: limit(Rate::Messages),
            telemetry_messages: limit(Rate::TelemetryMessages),
            telemetry_data_points: limit(Rate::DataPoints),
        };
        match Rate::ALL.into_iter().find(|rate| self.problems[*rate as usize].is_some()) {
            Some(rate) => Err(rate.id()),
            None => {
                let whose = if self.of_gateway { "gateway rate limits" } else { "rate limits" };
                let what = format!("Set {whose}: {}", words(&rates));
                Ok((what, PlatformCall::SetRates { of_gateway: self.of_gateway, rates }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_limit_is_none_and_a_bad_one_is_said_at_its_field() {
        let mut form = RatesForm::default();
        form.edit(RatesAction::Typed(Rate::DataPoints, "often".into()));
        assert_eq!(form.set(), Err(Rate::DataPoints.id()));
        assert!(form.problem(Rate::DataPoints).unwrap().contains("count:seconds"));
        assert_eq!(form.text(Rate::DataPoints), "often");
        form.edit(RatesAction::Typed(Rate::DataPoints, "10:1,300:60".into()));
        let (what, call) = form.set().unwrap();
        assert_eq!(what, "Set rate limits: data points 10:1,300:60");
        let rates = RateLimits { telemetry_data_points: Some("10:1,300:60".into()), ..RateLimits::default() };
        assert_eq!(call, PlatformCall::SetRates { of_gateway: false, rates });
    }
}
