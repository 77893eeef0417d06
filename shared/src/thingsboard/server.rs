//! What the server makes of a payload: the values it takes, or why it takes none and what that does to the
//! session (ThingsBoard JsonMqttAdaptor, JsonConverter and MqttTransportHandler). The emulator answers with
//! these readers, and the page warns with them.
//!
//! JSON only; [`super::protobuf`] reads bytes, and [`mod@super::format`] says which of the two a topic carries.
//! Of topics it knows only what one without its number does, and nothing of what is done with the values.
//! [`super::upload`] reads telemetry and attributes for people instead, with places and warnings; generated
//! payloads try that the two agree.

mod ask;
#[cfg(test)]
mod tests;
mod values;

pub use ask::{chunk_size, claim, claim_of, client_call_method};
pub(super) use values::is_timed;
pub use values::{Sample, attributes, attributes_of, samples, samples_of};

use super::{
    json::{self, Json, JsonProblem},
    protobuf::DecodeProblem,
    value::TooLarge,
};

/// Why a payload is not taken, by what the server does then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadProblem {
    /// Malformed, or of the wrong shape: an `AdaptorException`. MQTT 5 refuses it with 0x99, MQTT 3.1.1 closes
    /// unless the device profile acknowledges such payloads.
    Invalid,
    /// What ThingsBoard does not foresee: an exception that nobody catches before the channel. The connection
    /// is closed, in MQTT 5 with 0x8B.
    Uncaught,
}

/// Why a payload is not taken, by its cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Malformed(JsonProblem),
    /// An object is needed, or for telemetry an array of objects.
    Shape,
    /// `ts` beside `values` is no whole number.
    Timestamp,
    /// `values` beside `ts` is no object.
    Values,
    TooLarge(TooLarge),
    /// The member's keys are not in one text.
    Keys(&'static str),
    /// A client-side call without a method.
    Method,
    /// Not the size of a chunk in digits.
    ChunkSize,
    /// A claim's `secretKey` is no text.
    SecretKey,
    /// A claim's `durationMs` is no whole number.
    Duration,
    /// The topic of a request for attributes, or of the answer to a call, ends without a number.
    Id,
    /// The topic of a client-side call ends without a number.
    CallId,
}

impl Refusal {
    #[must_use]
    pub fn problem(self) -> PayloadProblem {
        match self {
            Self::Malformed(_)
            | Self::Shape
            | Self::Values
            | Self::TooLarge(_)
            | Self::Keys(_)
            | Self::Id => PayloadProblem::Invalid,
            Self::Timestamp
            | Self::Method
            | Self::ChunkSize
            | Self::SecretKey
            | Self::Duration
            | Self::CallId => PayloadProblem::Uncaught,
        }
    }
}

impl From<Refusal> for PayloadProblem {
    fn from(refusal: Refusal) -> Self {
        refusal.problem()
    }
}

impl From<DecodeProblem> for PayloadProblem {
    fn from(_: DecodeProblem) -> Self {
        Self::Invalid
    }
}

/// Reads a payload as JSON. Bytes that are no UTF-8 become U+FFFD, as in Java's decoder.
///
/// # Errors
/// [`Refusal::Malformed`].
pub fn read(payload: &[u8]) -> Result<Json, Refusal> {
    json::parse(&String::from_utf8_lossy(payload)).map_err(Refusal::Malformed)
}
