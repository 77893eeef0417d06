//! JSON as ThingsBoard's transport reads it: Gson's `JsonParser.parseString`, which is always lenient
//! (ThingsBoard JsonMqttAdaptor). Beyond JSON it takes comments, unquoted and single-quoted texts, `=` and
//! `=>` for `:`, `;` for `,`, and left-out array elements.
//!
//! Numbers keep their spelling, because ThingsBoard's typing depends on it. Knows nothing of MQTT or of
//! what the values mean.

use serde_json::Value;
use std::collections::BTreeMap;
use thiserror::Error;

/// Nesting that is read; Gson's own limit (`Strictness` default of `JsonReader.setNestingLimit`).
const MOST_NESTING: usize = 255;

/// What was read. Of two members with one name the later counts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// Spelled as received.
    Number(String),
    String(String),
    Array(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

impl Json {
    /// The same as plain JSON: whole numbers of 64 bits exactly, others as doubles, and as texts when a
    /// double cannot hold them.
    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(flag) => Value::Bool(flag),
            Self::Number(spelling) => match serde_json::from_str(&spelling) {
                Ok(number @ Value::Number(_)) => number,
                _ => Value::String(spelling),
            },
            Self::String(text) => Value::String(text),
            Self::Array(items) => items.into_iter().map(Self::into_value).collect(),
            Self::Object(members) => {
                members.into_iter().map(|(key, value)| (key, value.into_value())).collect()
            }
        }
    }
}

/// Why a payload is no JSON, even by Gson's measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no JSON at byte {at}: {expected} expected")]
pub(crate) struct JsonProblem {
    at: usize,
    expected: &'static str,
}

/// Reads a whole payload. An empty one is `null`, as in Gson's `Streams.parse`.
pub(crate) fn parse(text: &str) -> Result<Json, JsonProblem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader { text, at: 0 };
    reader.skip_blank()?;
    if reader.peek().is_none() {
        return Ok(Json::Null);
    }
    let value = reader.value(MOST_NESTING)?;
    reader.skip_blank()?;
    match reader.peek() {
        None => Ok(value),
        Some(_) => reader.fail("the end"),
    }
}

struct Reader<'a> {
    text: &'a str,
    /// Byte offset, always on a character boundary.
    at: usize,
}

impl<'a> Reader<'a> {
    fn fail<T>(&self, expected: &'static str) -> Result<T, JsonProblem> {
        Err(JsonProblem { at: self.at, expected })
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn take_if(&mut self, wanted: &[char]) -> Option<char> {
        let next = self.peek().filter(|next| wanted.contains(next))?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Skips white space and the three kinds of comments.
    fn skip_blank(&mut self) -> Result<(), JsonProblem> {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
            if blank > 0 {
                self.at += blank;
            } else if rest.starts_with("//") || rest.starts_with('#') {
                self.at += rest.find(['\r', '\n']).unwrap_or(rest.len());
            } else if let Some(comment) = rest.strip_prefix("/*") {
                match comment.find("*/") {
                    Some(end) => self.at += end + 4,
                    None => return self.fail("*/"),
                }
            } else {
                return Ok(());
            }
        }
    }

    fn value(&mut self, nesting: usize) -> Result<Json, JsonProblem> {
        let Some(first) = self.peek() else {
            return self.fail("a value");
        };
        match first {
            '{' | '[' if nesting == 0 => self.fail("less nesting"),
            '{' => self.object(nesting - 1),
            '[' => self.array(nesting - 1),
            '"' | '\'' => self.quoted().map(Json::String),
            _ => self.literal().map(from_literal),
        }
    }

    fn object(&mut self, nesting: usize) -> Result<Json, JsonProblem> {
        self.take();
        let mut members = BTreeMap::new();
        self.skip_blank()?;
        if self.take_if(&['}']).is_some() {
            return Ok(Json::Object(members));
        }
        loop {
            self.skip_blank()?;
            let name = match self.peek() {
                Some('"' | '\'') => self.quoted()?,
                _ => self.literal()?.to_owned(),
            };
            self.skip_blank()?;
            match self.take_if(&[':', '=']) {
                Some('=') => drop(self.take_if(&['>'])),
                Some(_) => {}
                None => return self.fail(":"),
            }
            self.skip_blank()?;
            members.insert(name, self.value(nesting)?);
            self.skip_blank()?;
            match self.take_if(&[',', ';', '}']) {
                Some('}') => return Ok(Json::Object(members)),
                Some(_) => {}
                None => return self.fail(", or }"),
            }
        }
    }

    fn array(&mut self, nesting: usize) -> Result<Json, JsonProblem> {
        self.take();
        let mut items = Vec::new();
        self.skip_blank()?;
        if self.take_if(&[']']).is_some() {
            return Ok(Json::Array(items));
        }
        loop {
            self.skip_blank()?;
            items.push(match self.peek() {
                Some(',' | ';' | ']') => Json::Null,
                _ => self.value(nesting)?,
            });
            self.skip_blank()?;
            match self.take_if(&[',', ';', ']']) {
                Some(']') => return Ok(Json::Array(items)),
                Some(_) => {}
                None => return self.fail(", or ]"),
            }
        }
    }

    fn quoted(&mut self) -> Result<String, JsonProblem> {
        let quote = self.take();
        let mut text = String::new();
        loop {
            match self.take() {
                None => return self.fail("a closing quote"),
                next if next == quote => return Ok(text),
                Some('\\') => text.push(self.escape()?),
                Some(other) => text.push(other),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonProblem> {
        Ok(match self.take() {
            Some('u') => return self.unicode_escape(),
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n' | '\n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some(same @ ('\'' | '"' | '\\' | '/')) => same,
            _ => return self.fail("a known escape"),
        })
    }

    fn unicode_escape(&mut self) -> Result<char, JsonProblem> {
        let unit = self.hex4()?;
        if let Ok(found) = char::try_from(unit) {
            return Ok(found);
        }
        // A surrogate: Java's strings hold lone ones, ours cannot, so they become U+FFFD.
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
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self) -> Result<u32, JsonProblem> {
        let digits = self.rest().get(..4).filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(unit) = digits.and_then(|text| u32::from_str_radix(text, 16).ok()) else {
            return self.fail("four hexadecimal digits");
        };
        self.at += 4;
        Ok(unit)
    }

    /// A text without quotes, up to what ends it in Gson's `nextUnquotedValue`.
    fn literal(&mut self) -> Result<&'a str, JsonProblem> {
        const ENDS: [char; 16] =
            ['/', '\\', ';', '#', '=', '{', '}', '[', ']', ':', ',', ' ', '\t', '\u{c}', '\r', '\n'];
        let rest = self.rest();
        let literal = &rest[..rest.find(ENDS).unwrap_or(rest.len())];
        if literal.is_empty() {
            return self.fail("a name or value");
        }
        self.at += literal.len();
        Ok(literal)
    }
}

/// A literal is a keyword in any case, a number as JSON spells it, or else a text.
fn from_literal(literal: &str) -> Json {
    if literal.eq_ignore_ascii_case("true") {
        Json::Bool(true)
    } else if literal.eq_ignore_ascii_case("false") {
        Json::Bool(false)
    } else if literal.eq_ignore_ascii_case("null") {
        Json::Null
    } else if is_number(literal) {
        Json::Number(literal.to_owned())
    } else {
        Json::String(literal.to_owned())
    }
}

/// Whether the text is a number by RFC 8259, section 6.
fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(text: &str, value: Value) {
        assert_eq!(parse(text).map(Json::into_value), Ok(value), "{text}");
    }

    #[test]
    fn plain_json_is_read() {
        check(r#"{"a":[1,-2.5,true,null,"x"],"b":{}}"#, json!({"a":[1,-2.5,true,null,"x"],"b":{}}));
        check(r#""\u00fc\ud83d\ude00\n\/\"""#, json!("ü😀\n/\""));
        check(" [ ] ", json!([]));
        check("\u{feff}{\"a\":1}", json!({"a":1}));
        check(r#"{"a":9223372036854775807}"#, json!({"a": i64::MAX}));
    }

    #[test]
    fn what_gson_takes_beyond_json_is_taken() {
        check("{temperature:25}", json!({"temperature":25}));
        check("{'a':'b\"c'}", json!({"a":"b\"c"}));
        check("{a=1;b=>2}", json!({"a":1,"b":2}));
        check("/* x */ {a:1, // y\n b:2 # z\n}", json!({"a":1,"b":2}));
        check("[1,,2,]", json!([1, null, 2, null]));
        check("{a:TRUE,b:Null}", json!({"a":true,"b":null}));
        check("{a:hello,b:007,c:+5,d:NaN}", json!({"a":"hello","b":"007","c":"+5","d":"NaN"}));
        check("{\"a\":\"two\nlines\"}", json!({"a":"two\nlines"}));
        check("{a:1,a:2}", json!({"a":2}));
    }

    #[test]
    fn an_empty_payload_is_null() {
        for text in ["", "  \n", "# only a comment", "/**/"] {
            check(text, Value::Null);
        }
    }

    #[test]
    fn what_gson_refuses_is_refused() {
        let broken = [
            "{",
            "[1",
            "{a}",
            "{a:}",
            "{a:1,}",
            "{,}",
            "{a:1 b:2}",
            "{} {}",
            "1 2",
            "\"open",
            "\"\\x\"",
            "\"\\u12g4\"",
            "/* open",
            "]",
            "}",
            ":",
            "{a:1]",
            "\"\\u",
        ];
        for text in broken {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn nesting_has_a_limit() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&nested(MOST_NESTING)).is_ok());
        assert!(parse(&nested(MOST_NESTING + 1)).is_err());
        assert!(parse(&"[".repeat(65_000)).is_err());
    }

    #[test]
    fn lone_surrogates_do_no_harm() {
        check(r#""\ud83d""#, json!("\u{fffd}"));
        check(r#""\ud83d\u0041""#, json!("\u{fffd}A"));
        check(r#""\ude00\ud83d""#, json!("\u{fffd}\u{fffd}"));
    }

    #[test]
    fn no_text_makes_the_reader_fail_in_another_way() {
        const PIECES: [&str; 24] = [
            "{", "}", "[", "]", ":", ",", "\"", "'", "\\", "\\u", "d83d", "/*", "*/", "#", "//", "\n", "=",
            ">", "-", "1", "e", ".", "ü", " ",
        ];
        // A linear congruential generator: the same texts each time.
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap()
        };
        for _ in 0..20_000 {
            let length = next() % 12;
            let text: String = (0..length).map(|_| PIECES[next() % PIECES.len()]).collect();
            if let Ok(json) = parse(&text) {
                json.into_value();
            }
        }
    }
}
