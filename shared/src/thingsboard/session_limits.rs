//! What one session may send, as the server itself says it: the answer to the client-side call
//! `getSessionLimits` (ThingsBoard MqttTransportHandler; 3.8 and later, on v1 topics only), and what holds
//! when there is no answer.
//!
//! A limit of the whole tenant is not in the answer, so nobody at the device can know it. What was already
//! sent is the business of [`super::meter`]. Knows nothing of MQTT.

mod rate;
#[cfg(test)]
mod tests;

pub use rate::{RateLimit, RateLimitProblem, Window};

use crate::limits::MAX_PACKET_BYTES;
use serde_json::{Map, Value, json};
use thiserror::Error;

/// The method of the client-side call.
pub const METHOD: &str = "getSessionLimits";

/// Messages that the server queues for a device (`MQTT_MSG_QUEUE_SIZE_PER_DEVICE_LIMIT`): `maxInflightMessages`
/// when it does not say.
pub const DEFAULT_IN_FLIGHT: u32 = 100;

/// What one session may send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    pub source: Source,
    /// Bytes of a packet's remaining length: its topic, identifiers and payload (`maxPayloadSize`).
    pub max_payload_bytes: usize,
    /// Messages that may wait for the server at one time (`maxInflightMessages`).
    pub max_in_flight: u32,
    /// Of the device itself.
    pub rates: RateLimits,
    /// Of what a gateway sends for its devices, all together; `None` for a device that is no gateway.
    pub gateway_rates: Option<RateLimits>,
}

/// Where the limits come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The server said so.
    Server,
    /// ThingsBoard's defaults: the server did not answer, or has no such method.
    Default,
}

impl Source {
    /// A sentence for the person.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Server => "These are the server's own limits for this session.",
            Self::Default => {
                "The server did not name its limits (ThingsBoard before 3.8 cannot): these are ThingsBoard's defaults, and its rate limits are unknown."
            }
        }
    }
}

/// Rate limits by what they count; `None` where the server has no limit, or none that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateLimits {
    /// Everything but telemetry and attributes: requests, calls, replies, subscriptions; also opening a session.
    pub messages: Option<RateLimit>,
    /// Publishes of telemetry and attributes.
    pub telemetry_messages: Option<RateLimit>,
    /// The values in them.
    pub telemetry_data_points: Option<RateLimit>,
}

/// Why an answer to `getSessionLimits` says nothing about limits.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AnswerProblem {
    #[error("The server did not say its limits: it answered \"{0}\".")]
    Refused(String),
    #[error("The server's answer about its limits is no JSON object.")]
    NoObject,
    #[error("The server's answer about its limits has no number of bytes or messages in `{0}`.")]
    NoNumber(&'static str),
    #[error("The server's answer about its limits has `{member}` in a form that is not known: {text}.")]
    NoRate { member: &'static str, text: String },
}

impl SessionLimits {
    /// What ThingsBoard documents, for a server that does not answer.
    #[must_use]
    pub fn documented() -> Self {
        Self {
            source: Source::Default,
            max_payload_bytes: MAX_PACKET_BYTES,
            max_in_flight: DEFAULT_IN_FLIGHT,
            rates: RateLimits::default(),
            gateway_rates: None,
        }
    }

    /// Reads the server's answer. A member that is missing or `null` is no limit; a missing size or number
    /// is the documented one.
    ///
    /// # Errors
    /// When it is another answer, such as `{"error":"timeout"}`: then [`Self::documented`] holds.
    pub fn read(answer: &str) -> Result<Self, AnswerProblem> {
        let Ok(Value::Object(members)) = serde_json::from_str(answer) else {
            return Err(AnswerProblem::NoObject);
        };
        if let Some(error) = members.get("error") {
            return Err(AnswerProblem::Refused(short(error)));
        }
        if !["maxPayloadSize", "maxInflightMessages", "rateLimits"]
            .iter()
            .any(|key| members.contains_key(*key))
        {
            return Err(AnswerProblem::NoNumber("maxPayloadSize"));
        }
        let gateway_rates = match members.get("gatewayRateLimits") {
            None | Some(Value::Null) => None,
            Some(_) => Some(rates(&members, "gatewayRateLimits")?),
        };
        Ok(Self {
            source: Source::Server,
            max_payload_bytes: number(&members, "maxPayloadSize", MAX_PACKET_BYTES)?,
            max_in_flight: number(&members, "maxInflightMessages", DEFAULT_IN_FLIGHT)?,
            rates: rates(&members, "rateLimits")?,
            gateway_rates,
        })
    }

    /// As the server writes them, for [`Self::read`].
    #[must_use]
    pub fn answer(&self) -> String {
        let mut answer = json!({
            "maxPayloadSize": self.max_payload_bytes,
            "maxInflightMessages": self.max_in_flight,
            "rateLimits": self.rates.members(),
        });
        if let Some(rates) = &self.gateway_rates {
            answer["gatewayRateLimits"] = rates.members();
        }
        answer.to_string()
    }
}

impl RateLimits {
    fn members(&self) -> Value {
        let text = |limit: &Option<RateLimit>| limit.as_ref().map(ToString::to_string);
        json!({
            "messages": text(&self.messages),
            "telemetryMessages": text(&self.telemetry_messages),
            "telemetryDataPoints": text(&self.telemetry_data_points),
        })
    }
}

fn number<T: TryFrom<u64>>(
    members: &Map<String, Value>,
    member: &'static str,
    default: T,
) -> Result<T, AnswerProblem> {
    match members.get(member) {
        None | Some(Value::Null) => Ok(default),
        Some(value) => value
            .as_u64()
            .filter(|number| *number > 0)
            .and_then(|number| T::try_from(number).ok())
            .ok_or(AnswerProblem::NoNumber(member)),
    }
}

fn rates(members: &Map<String, Value>, member: &'static str) -> Result<RateLimits, AnswerProblem> {
    let limits = match members.get(member) {
        None | Some(Value::Null) => return Ok(RateLimits::default()),
        Some(Value::Object(limits)) => limits,
        Some(other) => return Err(AnswerProblem::NoRate { member, text: short(other) }),
    };
    let rate = |member| match limits.get(member) {
        None | Some(Value::Null) => Ok(None),
        // A tenant profile may hold an empty text, which is no limit either (DefaultTransportRateLimitService).
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(value) => value
            .as_str()
            .and_then(|text| RateLimit::parse(text).ok())
            .map(Some)
            .ok_or_else(|| AnswerProblem::NoRate { member, text: short(value) }),
    };
    Ok(RateLimits {
        messages: rate("messages")?,
        telemetry_messages: rate("telemetryMessages")?,
        telemetry_data_points: rate("telemetryDataPoints")?,
    })
}

/// A foreign value in a sentence: its beginning.
fn short(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.chars().take(60).collect()
}
