//! What will become of what is typed: what goes out, what is stored, and what stands in the way.

use super::{Telemetry, rows::Missing};
use shared::thingsboard::{
    protobuf,
    upload::{self, Preview},
};

/// See the module.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Outlook {
    /// Nothing is typed.
    #[default]
    Nothing,
    /// A row is not complete; a sentence.
    Incomplete(String),
    /// The server would not take it; a sentence.
    Refused(String),
    Ready(Ready),
}

/// A payload that the server takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Ready {
    pub preview: Preview,
    /// As JSON.
    pub payload: String,
    pub encoded: Encoded,
}

/// What goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encoded {
    /// The JSON itself.
    Json,
    Protobuf(Vec<u8>),
    /// The schema has no place for it; a sentence.
    Impossible(String),
}

impl Outlook {
    /// `now_ms`: Unix milliseconds. `protobuf`: whether the topics carry it.
    pub(in crate::state) fn of(telemetry: &Telemetry, protobuf: bool, now_ms: i64) -> Self {
        let payload = match telemetry.payload() {
            Ok(payload) => payload,
            Err(Missing::Everything) => return Self::Nothing,
            Err(Missing::Field(sentence)) => return Self::Incomplete(sentence),
        };
        if payload.trim().is_empty() {
            return Self::Nothing;
        }
        match upload::telemetry(&payload, now_ms) {
            Ok(preview) if protobuf => Self::Ready(Ready::in_protobuf(preview, payload, now_ms)),
            Ok(preview) => Self::Ready(Ready { preview, payload, encoded: Encoded::Json }),
            Err(problem) => Self::Refused(problem.to_string()),
        }
    }

    #[must_use]
    pub fn ready(&self) -> Option<&Ready> {
        match self {
            Self::Ready(ready) => Some(ready),
            Self::Nothing | Self::Incomplete(_) | Self::Refused(_) => None,
        }
    }
}

impl Ready {
    /// By the default schema of a device profile, whose types decide what is stored: 25 becomes 25.0.
    fn in_protobuf(preview: Preview, payload: String, now_ms: i64) -> Self {
        let (preview, encoded) = match protobuf::upload::encode_telemetry(&payload) {
            Ok(bytes) => (arrived(&bytes, now_ms).unwrap_or(preview), Encoded::Protobuf(bytes)),
            Err(problem) => (preview, Encoded::Impossible(problem.to_string())),
        };
        Self { preview, payload, encoded }
    }

    /// The payload with milliseconds in place of other units, when there are others.
    #[must_use]
    pub fn in_milliseconds(&self) -> Option<&str> {
        self.preview.warnings.iter().find_map(upload::Warning::fixed)
    }
}

/// What the server makes of the bytes.
fn arrived(bytes: &[u8], now_ms: i64) -> Option<Preview> {
    let json = protobuf::upload::telemetry_json(bytes).ok()?;
    upload::telemetry(&json, now_ms).ok()
}
