//! A publish's bytes on their way through JSON, without loss.
//!
//! Text travels as text so that a person can read the frames; everything else travels as base64. The
//! receiver sees which it was. Knows nothing of topics or of what the bytes mean.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// The bytes of a publish: `{"text": "…"}` or `{"base64": "…"}` in a frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payload {
    /// UTF-8 that is cheap to write as a JSON string.
    Text(String),
    /// Any bytes.
    #[serde(rename = "base64", serialize_with = "to_base64", deserialize_with = "from_base64")]
    Bytes(Vec<u8>),
}

impl Payload {
    /// Chooses the shape for `bytes`: text when they are UTF-8 and JSON would not swell them beyond what
    /// base64 costs, so that a frame is never more than about 4/3 of its payloads.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::from_text(text),
            Err(_) => Self::Bytes(bytes.to_vec()),
        }
    }

    /// Like [`Self::from_bytes`] for what is known to be text.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        if json_swell(text) <= text.len() / 3 + 64 {
            Self::Text(text.to_owned())
        } else {
            Self::Bytes(text.as_bytes().to_vec())
        }
    }

    /// The bytes as they go into or came out of the MQTT packet.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }

    /// The bytes by value.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.into_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }

    /// The payload as text, when it is UTF-8.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
        }
    }

    /// Bytes that its JSON takes, about.
    #[must_use]
    pub fn json_len(&self) -> usize {
        match self {
            Self::Text(text) => json_len(text),
            Self::Bytes(bytes) => bytes.len() / 3 * 4 + 4,
        }
    }

    /// Number of bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// Whether there are no bytes at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }
}

/// Bytes that `text` takes as a JSON string, without its quotes.
#[must_use]
pub fn json_len(text: &str) -> usize {
    text.len() + json_swell(text)
}

/// Bytes that JSON's escapes add to `text` (RFC 8259 section 7): one for each short escape, five for
/// each control character without one.
fn json_swell(text: &str) -> usize {
    text.bytes()
        .map(|byte| match byte {
            b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 1,
            0x00..0x20 => 5,
            _ => 0,
        })
        .sum()
}

fn to_base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&BASE64_STANDARD.encode(bytes))
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    BASE64_STANDARD.decode(text).map_err(|_| D::Error::custom("`base64` is not valid base64"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_round_trip(bytes: &[u8]) {
        let payload = Payload::from_bytes(bytes);
        let json = serde_json::to_string(&payload).unwrap();
        let back: Payload = serde_json::from_str(&json).unwrap();
        assert_eq!(back, payload);
        assert_eq!(back.into_bytes(), bytes);
    }

    #[test]
    fn every_payload_comes_back_byte_for_byte() {
        check_round_trip(b"");
        check_round_trip(br#"{"temperature": 42}"#);
        check_round_trip("Grüße, \u{202e}rtl\u{0} and a quote \"".as_bytes());
        check_round_trip(&[0xff, 0xfe, 0x00]);
        check_round_trip(&(0..=255).collect::<Vec<u8>>());
        check_round_trip(&vec![0; 70_000]);
    }

    #[test]
    fn a_frame_stays_near_its_payload_whatever_the_bytes_are() {
        for byte in [b'a', b'"', b'\n', 0x01, 0xff] {
            let payload = Payload::from_bytes(&vec![byte; 60_000]);
            let json = serde_json::to_string(&payload).unwrap();
            assert!(json.len() < 60_000 * 14 / 10, "{byte:#x}: {}", json.len());
        }
    }

    #[test]
    fn readable_json_travels_as_text() {
        assert!(matches!(Payload::from_text(r#"{"clientKeys":"model"}"#), Payload::Text(_)));
        assert!(matches!(Payload::from_text(""), Payload::Text(_)));
    }

    #[test]
    fn bad_base64_and_unknown_shapes_are_refused() {
        assert!(serde_json::from_str::<Payload>(r#"{"base64":"***"}"#).is_err());
        assert!(serde_json::from_str::<Payload>(r#"{"hex":"00"}"#).is_err());
        assert!(serde_json::from_str::<Payload>(r#"{"text":"a","base64":"YQ=="}"#).is_err());
    }
}
