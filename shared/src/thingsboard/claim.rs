//! Claiming: the device lets whoever knows the secret take it over, for a time (ThingsBoard
//! JsonConverter.convertToClaimDeviceProto and ClaimDevicesServiceImpl). The secret does not print.

use super::provision::secret::Secret;
use serde::Serialize;
use thiserror::Error;
use zeroize::Zeroizing;

/// Milliseconds that a claim holds when none are given (`SECURITY_CLAIM_DURATION`).
pub const DEFAULT_DURATION_MS: u64 = 86_400_000;

/// What is said to the server; all of it is optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// Without one, whoever names the device may claim it.
    pub secret: Option<Secret>,
    /// Milliseconds; `None` is the server's own time.
    pub duration_ms: Option<u64>,
}

/// Why the text is no duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "The duration of a claim is a whole number of milliseconds from 1 on, for example 60000 for a minute; leave it empty for the server's own."
)]
pub struct DurationProblem;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<u64>,
}

impl Claim {
    /// Takes what a person typed; empty texts are left out.
    ///
    /// # Errors
    /// When the duration is no number of milliseconds that Java's `long` holds.
    pub fn parse(secret: Secret, duration_ms: &str) -> Result<Self, DurationProblem> {
        let duration_ms = match duration_ms.trim() {
            "" => None,
            text => {
                let number: i64 = text.parse().map_err(|_| DurationProblem)?;
                Some(u64::try_from(number).ok().filter(|number| *number > 0).ok_or(DurationProblem)?)
            }
        };
        Ok(Self { secret: Some(secret).filter(|secret| !secret.is_empty()), duration_ms })
    }

    /// The payload of `v1/devices/me/claim`, and the value for a device in that of `v1/gateway/claim`.
    #[must_use]
    pub fn payload(&self) -> Zeroizing<String> {
        let payload =
            Payload { secret_key: self.secret.as_ref().map(Secret::expose), duration_ms: self.duration_ms };
        // Texts and numbers always have a JSON form.
        Zeroizing::new(serde_json::to_string(&payload).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(secret: &str, duration: &str) -> Result<Claim, DurationProblem> {
        Claim::parse(Secret::new(secret.to_owned()), duration)
    }

    #[test]
    fn a_claim_holds_what_was_given() {
        let payload = |secret, duration| claim(secret, duration).unwrap().payload().to_string();
        assert_eq!(payload("", ""), "{}");
        assert_eq!(payload("s\"", " 60000 "), r#"{"secretKey":"s\"","durationMs":60000}"#);
        assert_eq!(payload("", "1"), r#"{"durationMs":1}"#);
    }

    #[test]
    fn a_duration_is_a_positive_number_of_milliseconds() {
        for text in ["0", "-1", "1.5", "1e3", "a minute", "9223372036854775808"] {
            assert_eq!(claim("s", text), Err(DurationProblem), "{text}");
        }
    }

    #[test]
    fn the_secret_does_not_print() {
        assert!(!format!("{:?}", claim("s3cret", "5")).contains("s3cret"));
    }
}
