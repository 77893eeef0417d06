//! What the scenario file's values mean: expectations by version, answers in words, bytes, JSON.

use anyhow::{Result, ensure};
use serde::Deserialize;
use serde_json::Value;
use shared::wire::MqttVersion;
use std::fmt::Debug;

/// In JSON that is expected: whatever is found there.
const ANY: &str = "ANY";

/// The same in both versions, or `{ 311 = .., 5 = .. }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum PerVersion<T> {
    Same(T),
    Different {
        #[serde(rename = "311")]
        v3_1_1: T,
        #[serde(rename = "5")]
        v5: T,
    },
}

impl<T> PerVersion<T> {
    pub(super) fn of(&self, version: MqttVersion) -> &T {
        match (self, version) {
            (Self::Same(same), _) => same,
            (Self::Different { v3_1_1, .. }, MqttVersion::V3_1_1) => v3_1_1,
            (Self::Different { v5, .. }, MqttVersion::V5) => v5,
        }
    }
}

/// One filter or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Filters {
    One(String),
    Several(Vec<String>),
}

impl Filters {
    pub(super) fn list(&self) -> Vec<&str> {
        match self {
            Self::One(filter) => vec![filter],
            Self::Several(filters) => filters.iter().map(String::as_str).collect(),
        }
    }
}

/// What a client sees of the server's answer, in the order it comes: `taken`, `refused 0x99`, `closed`,
/// `closed 0x8B` (with DISCONNECT), `nothing`, or two of them joined by `then`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Answer(pub(super) Vec<Seen>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// PUBACK with this code; 0 in MQTT 3.1.1, which has none.
    PubAck(u8),
    /// The end of the connection, in MQTT 5 perhaps after DISCONNECT.
    Closed(Option<u8>),
}

impl TryFrom<String> for Answer {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let code = |digits: &str| {
            let digits = digits.strip_prefix("0x").ok_or_else(|| format!("no code: {digits}"))?;
            u8::from_str_radix(digits, 16).map_err(|error| format!("{digits}: {error}"))
        };
        let words = |words: &str| match words.split(' ').collect::<Vec<_>>()[..] {
            ["taken"] => Ok(Seen::PubAck(0)),
            ["refused", digits] => Ok(Seen::PubAck(code(digits)?)),
            ["closed"] => Ok(Seen::Closed(None)),
            ["closed", digits] => Ok(Seen::Closed(Some(code(digits)?))),
            _ => Err(format!("no answer: {words}")),
        };
        match text.as_str() {
            "nothing" => Ok(Self(Vec::new())),
            text => text.split(" then ").map(words).collect::<Result<_, _>>().map(Self),
        }
    }
}

/// Bytes as hexadecimal digits, spaced at will; `??` stands for any byte.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Hex(Vec<Option<u8>>);

impl Hex {
    /// Any byte becomes 0.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0.iter().map(|byte| byte.unwrap_or(0)).collect()
    }

    pub(super) fn fits(&self, bytes: &[u8]) -> bool {
        let fits = |(wanted, found): (&Option<u8>, &u8)| wanted.is_none_or(|wanted| wanted == *found);
        self.0.len() == bytes.len() && self.0.iter().zip(bytes).all(fits)
    }
}

impl TryFrom<String> for Hex {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let digits: Vec<char> = text.chars().filter(|letter| *letter != ' ').collect();
        let byte = |pair: &[char]| match pair {
            ['?', '?'] => Ok(None),
            [high, low] => {
                let byte = u8::from_str_radix(&format!("{high}{low}"), 16);
                byte.map(Some).map_err(|error| format!("{high}{low}: {error}"))
            }
            _ => Err(format!("an odd number of digits: {text}")),
        };
        digits.chunks(2).map(byte).collect::<Result<_, _>>().map(Self)
    }
}

/// JSON, written as text so that numbers keep their spelling.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct JsonText(pub(super) Value);

impl TryFrom<String> for JsonText {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        serde_json::from_str(&text).map(Self).map_err(|error| format!("{text}: {error}"))
    }
}

impl JsonText {
    /// Whether this is what was expected, where `"ANY"` expects any value.
    pub(super) fn fits(&self, found: &Value) -> bool {
        fits(&self.0, found)
    }
}

fn fits(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::String(text), _) if text == ANY => true,
        (Value::Object(wanted), Value::Object(found)) => {
            let fits = |(key, value)| found.get(key).is_some_and(|found| fits(value, found));
            wanted.len() == found.len() && wanted.iter().all(fits)
        }
        _ => wanted == found,
    }
}

/// # Errors
/// They differ.
pub(super) fn same<T: PartialEq + Debug>(found: &T, wanted: &T) -> Result<()> {
    ensure!(found == wanted, "found {found:?}, wanted {wanted:?}");
    Ok(())
}
