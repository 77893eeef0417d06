//! A payload as people give it: text, hex, base64 or a file. Pure; knows nothing of topics.

use base64::{
    DecodeError, Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use shared::payload::Payload;
use std::fmt;

/// How a payload is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Writing {
    #[default]
    Text,
    Hex,
    Base64,
    File,
}

impl Writing {
    pub const ALL: [Self; 4] = [Self::Text, Self::Hex, Self::Base64, Self::File];

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Hex => "Hex",
            Self::Base64 => "Base64",
            Self::File => "File",
        }
    }
}

/// A file that was chosen, whole.
#[derive(Clone, PartialEq, Eq)]
pub struct ChosenFile {
    pub name: String,
    pub bytes: Vec<u8>,
}

impl fmt::Debug for ChosenFile {
    /// Without its content, which may be anything.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ChosenFile({:?}, {} bytes)", self.name, self.bytes.len())
    }
}

/// The bytes that are meant, or why they cannot be told, in a sentence.
pub(super) fn payload(writing: Writing, text: &str, file: Option<&ChosenFile>) -> Result<Payload, String> {
    match writing {
        Writing::Text => Ok(Payload::from_text(text)),
        Writing::Hex => hex(text).map(|bytes| Payload::from_bytes(&bytes)),
        Writing::Base64 => base64(text).map(|bytes| Payload::from_bytes(&bytes)),
        Writing::File => file
            .map(|file| Payload::from_bytes(&file.bytes))
            .ok_or_else(|| "There is no file yet: choose one, or set Payload as to Text.".to_owned()),
    }
}

/// Pairs of hex digits. White space and the separators of common dumps may stand between them, and `0x` in front.
fn hex(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut first: Option<u8> = None;
    let mut letters = text.chars().enumerate().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        match (letter.to_digit(16).and_then(|digit| u8::try_from(digit).ok()), first) {
            (Some(0), None) if matches!(next, Some('x' | 'X')) => {
                letters.next();
            }
            (Some(digit), None) => first = Some(digit),
            (Some(digit), Some(high)) => {
                bytes.push(high * 16 + digit);
                first = None;
            }
            (None, None) if letter.is_whitespace() || ":-,".contains(letter) => {}
            (None, _) => return Err(odd_letter(letter, at, "hex: use 0-9 and a-f, two for each byte")),
        }
    }
    match first {
        None => Ok(bytes),
        Some(_) => Err("The last byte has one hex digit only: each byte has two, such as 0a.".to_owned()),
    }
}

/// Takes what people copy: with padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Base64 (RFC 4648, sections 4 and 5), over several lines too.
fn base64(text: &str) -> Result<Vec<u8>, String> {
    let letters: Vec<(usize, char)> =
        text.chars().enumerate().filter(|(_, letter)| !letter.is_whitespace()).collect();
    let plain = |(_, letter): &(usize, char)| match letter {
        '-' => '+',
        '_' => '/',
        other => *other,
    };
    let text: String = letters.iter().map(plain).collect();
    BASE64.decode(&text).map_err(|error| {
        let odd = match error {
            DecodeError::InvalidByte(offset, _) => {
                text.char_indices().position(|(at, _)| at == offset).and_then(|index| letters.get(index))
            }
            DecodeError::InvalidLength(_)
            | DecodeError::InvalidLastSymbol(..)
            | DecodeError::InvalidPadding => None,
        };
        match odd {
            Some((at, letter)) => {
                odd_letter(*letter, *at, "base64 here: use A-Z, a-z, 0-9, + and /, and = at the end only")
            }
            None => "The base64 is cut off: its last character does not complete a byte.".to_owned(),
        }
    })
}

fn odd_letter(letter: char, at: usize, rule: &str) -> String {
    format!("‘{}’ at character {} does not belong to {rule}.", letter.escape_debug(), at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_read_as_dumps_write_it() {
        for text in ["00ff0A", "00 FF 0a", "0x00, 0xff, 0x0a", "00:ff:0a", "00-ff\n0a\n"] {
            assert_eq!(hex(text), Ok(vec![0, 255, 10]), "{text}");
        }
        assert_eq!(hex(""), Ok(vec![]));
    }

    #[test]
    fn odd_hex_is_refused_with_the_place() {
        assert!(hex("00 f").unwrap_err().contains("one hex digit only"));
        assert!(hex("00 fg").unwrap_err().starts_with("‘g’ at character 5"));
        assert!(hex("0 0").unwrap_err().starts_with("‘ ’ at character 2"));
        assert!(hex("ü0").unwrap_err().starts_with("‘ü’ at character 1"));
    }

    #[test]
    fn base64_is_read_as_the_standard_writes_it() {
        let pairs = [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg", "foob"),
            ("Zm9v\nYmE=\n", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ];
        for (text, bytes) in pairs {
            assert_eq!(base64(text), Ok(bytes.as_bytes().to_vec()), "{text}");
        }
        assert_eq!(base64("+/+/"), Ok(vec![0xfb, 0xff, 0xbf]));
        assert_eq!(base64("-_-_"), Ok(vec![0xfb, 0xff, 0xbf]));
    }

    #[test]
    fn broken_base64_is_refused() {
        assert!(base64("Zm9vY").unwrap_err().contains("cut off"));
        assert!(base64("Zh==").unwrap_err().contains("cut off"));
        assert!(base64("Zg==Zg==").unwrap_err().starts_with("‘=’ at character 3"));
        assert!(base64("Zü9v").unwrap_err().starts_with("‘ü’ at character 2"));
        assert!(base64("Zm 9v *").unwrap_err().starts_with("‘*’ at character 7"));
        assert!(base64("Zm9*").unwrap_err().starts_with("‘*’ at character 4"));
    }

    #[test]
    fn a_file_is_needed_where_one_is_chosen() {
        assert!(payload(Writing::File, "x", None).unwrap_err().contains("no file yet"));
        let file = ChosenFile { name: "a.bin".into(), bytes: vec![0xff, 0] };
        assert_eq!(payload(Writing::File, "x", Some(&file)).unwrap().into_bytes(), [0xff, 0]);
        assert_eq!(format!("{file:?}"), "ChosenFile(\"a.bin\", 2 bytes)");
    }
}
