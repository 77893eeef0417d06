//! A payload as the page draws it: text or hex, up to a limit, with what was left out counted.

use super::visible_text;
use shared::payload::Payload;

/// How the bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Text,
    /// Hex pairs, sixteen a line: the bytes are no text.
    Hex,
}

/// What is drawn of a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    pub shape: Shape,
    pub text: String,
    /// Bytes that are not in `text`.
    pub more_bytes: usize,
}

/// The first `limit_bytes` of a payload, whole characters only.
#[must_use]
pub fn excerpt(payload: &Payload, limit_bytes: usize) -> Excerpt {
    match payload.as_text() {
        Some(text) => excerpt_text(text, limit_bytes),
        None => {
            let bytes = payload.as_bytes();
            let end = bytes.len().min(limit_bytes);
            Excerpt { shape: Shape::Hex, text: hex(&bytes[..end]), more_bytes: bytes.len() - end }
        }
    }
}

/// The same of what is known to be text.
#[must_use]
pub fn excerpt_text(text: &str, limit_bytes: usize) -> Excerpt {
    let end = text.floor_char_boundary(limit_bytes);
    Excerpt { shape: Shape::Text, text: visible_text(&text[..end]), more_bytes: text.len() - end }
}

fn hex(bytes: &[u8]) -> String {
    let line = |line: &[u8]| line.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
    bytes.chunks(16).map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_text_is_whole() {
        let excerpt = excerpt(&Payload::from_text("{}"), 100);
        assert_eq!(excerpt, Excerpt { shape: Shape::Text, text: "{}".into(), more_bytes: 0 });
    }

    #[test]
    fn long_text_is_cut_between_characters_and_counted() {
        let excerpt = excerpt(&Payload::from_text("aéb"), 2);
        assert_eq!(excerpt, Excerpt { shape: Shape::Text, text: "a".into(), more_bytes: 3 });
    }

    #[test]
    fn bytes_that_are_no_text_are_hex() {
        let bytes: Vec<u8> = (0xf0..=0xff).chain([0]).collect();
        let whole = excerpt(&Payload::from_bytes(&bytes), 100);
        assert_eq!(whole.text, "f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 fa fb fc fd fe ff\n00");
        assert_eq!(excerpt(&Payload::from_bytes(&bytes), 4).more_bytes, 13);
    }
}
