//! Texts in quotes, and the escapes in them.

use super::{Liberty, Reader, Stop};

impl Reader<'_> {
    pub(super) fn quoted(&mut self) -> Result<String, Stop> {
        let at = self.at;
        let quote = self.take();
        if quote == Some('\'') {
            self.note(Liberty::SingleQuotes, at);
        }
        let mut text = String::new();
        loop {
            let here = self.at;
            match self.take() {
                None => return Self::unfinished(at, "a closing quote for the text that begins here"),
                next if next == quote => return Ok(text),
                Some('\\') => text.push(self.escape(here)?),
                Some(other) => {
                    if other < ' ' {
                        self.note(Liberty::RawControl, here);
                    }
                    text.push(other);
                }
            }
        }
    }

    /// What follows the backslash at `at`.
    fn escape(&mut self, at: usize) -> Result<char, Stop> {
        let letter = self.peek();
        let meant = match letter {
            Some('u') => {
                self.take();
                return self.unicode_escape(at);
            }
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n' | '\n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some(same @ ('\'' | '"' | '\\' | '/')) => same,
            _ => return self.fail("one of b f n r t u \" ' \\ / after the backslash"),
        };
        if matches!(letter, Some('\'' | '\n')) {
            self.note(Liberty::UnknownEscape, at);
        }
        self.take();
        Ok(meant)
    }

    fn unicode_escape(&mut self, at: usize) -> Result<char, Stop> {
        let unit = self.hex4()?;
        if let Ok(found) = char::try_from(unit) {
            return Ok(found);
        }
        if (0xd800..0xdc00).contains(&unit) && self.rest().starts_with("\\u") {
            let before = self.at;
            self.at += 2;
            let low = self.hex4()?;
            if (0xdc00..0xe000).contains(&low) {
                let scalar = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::try_from(scalar).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = before;
        }
        // Java's strings hold lone surrogates, ours cannot.
        self.note(Liberty::LoneSurrogate, at);
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self) -> Result<u32, Stop> {
        let digits = self.rest().get(..4).filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(unit) = digits.and_then(|text| u32::from_str_radix(text, 16).ok()) else {
            return self.fail("a code of four hexadecimal digits");
        };
        self.at += 4;
        Ok(unit)
    }
}
