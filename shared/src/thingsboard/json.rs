//! JSON as ThingsBoard's transport reads it: Gson's `JsonParser.parseString`, which is always lenient
//! (ThingsBoard JsonMqttAdaptor). Beyond JSON it takes comments, unquoted and single-quoted texts, `=` and
//! `=>` for `:`, `;` for `,`, and left-out array elements.
//!
//! Numbers keep their spelling, because ThingsBoard's typing depends on it. Knows nothing of MQTT or of
//! what the values mean.

mod leniency;
pub(super) mod located;
mod number;
pub(super) mod problem;
pub(super) mod reader;
#[cfg(test)]
mod tests;

pub use leniency::{Leniency, Liberty};
pub use problem::JsonProblem;

use serde_json::Value;
use std::collections::BTreeMap;

/// What was read. Of two members with one name the later counts.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    /// Spelled as received, by RFC 8259, section 6.
    Number(String),
    String(String),
    Array(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

impl Json {
    /// The same as plain JSON: whole numbers of 64 bits exactly, others as the nearest double, and as texts
    /// when they are beyond all doubles.
    #[must_use]
    pub fn into_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(flag) => Value::Bool(flag),
            Self::Number(spelling) => number::value(spelling),
            Self::String(text) => Value::String(text),
            Self::Array(items) => items.into_iter().map(Self::into_value).collect(),
            Self::Object(members) => {
                members.into_iter().map(|(key, value)| (key, value.into_value())).collect()
            }
        }
    }

    /// Gson's `getAsLong`: a number is cut to a whole one, a text must be a whole number.
    #[must_use]
    pub fn as_long(&self) -> Option<i64> {
        match self {
            #[expect(clippy::cast_possible_truncation, reason = "as BigDecimal.longValue, but saturating")]
            Self::Number(spelling) => {
                spelling.parse().ok().or_else(|| Some(spelling.parse::<f64>().ok()? as i64))
            }
            Self::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Gson's `getAsString`: a text, or the spelling of another single value.
    #[must_use]
    pub fn as_text(&self) -> Option<String> {
        match self {
            Self::String(text) | Self::Number(text) => Some(text.clone()),
            Self::Bool(flag) => Some(flag.to_string()),
            Self::Null | Self::Array(_) | Self::Object(_) => None,
        }
    }
}

/// Reads a whole payload. An empty one is `null`, as in Gson's `Streams.parse`.
///
/// # Errors
/// The first place that is no JSON even by Gson's measure.
pub fn parse(text: &str) -> Result<Json, JsonProblem> {
    reader::read(text).map(|(located, _)| located.into_json())
}

/// The same, with what a strict reader would have refused: of each kind of liberty the first place.
/// Without any, the text is JSON by RFC 8259.
///
/// # Errors
/// As [`parse`].
pub fn parse_noting(text: &str) -> Result<(Json, Vec<Leniency>), JsonProblem> {
    reader::read(text).map(|(located, leniencies)| (located.into_json(), leniencies))
}
