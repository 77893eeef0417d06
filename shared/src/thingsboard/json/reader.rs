//! The reader: one pass over the text, from the first byte to the last.

mod quoted;

use super::{
    JsonProblem, Leniency, Liberty,
    located::{Located, LocatedValue},
    number::is_number,
    problem::place,
};

/// Nesting that is read; Gson's own limit (`JsonReader.setNestingLimit`).
pub(super) const MOST_NESTING: usize = 255;

pub(crate) fn read(text: &str) -> Result<(Located, Vec<Leniency>), JsonProblem> {
    let mut reader = Reader { text, at: 0, liberties: Vec::new() };
    match reader.whole() {
        Ok(located) => {
            let leniencies = reader.liberties.iter().map(|(what, at)| {
                let (line, column) = place(text, *at);
                Leniency { what: *what, line, column }
            });
            Ok((located, leniencies.collect()))
        }
        Err(Stop { at, expected, found }) => {
            let (line, column) = place(text, at);
            Err(JsonProblem { line, column, expected, found })
        }
    }
}

/// Where reading ends early. Lines are counted only for one that leaves the reader.
struct Stop {
    at: usize,
    expected: &'static str,
    found: Option<char>,
}

struct Reader<'a> {
    text: &'a str,
    /// Byte offset, always on a character boundary.
    at: usize,
    /// Each kind once, with its byte offset.
    liberties: Vec<(Liberty, usize)>,
}

impl<'a> Reader<'a> {
    fn fail<T>(&self, expected: &'static str) -> Result<T, Stop> {
        Err(Stop { at: self.at, expected, found: self.peek() })
    }

    /// What began at `at` has no end.
    fn unfinished<T>(at: usize, expected: &'static str) -> Result<T, Stop> {
        Err(Stop { at, expected, found: None })
    }

    fn note(&mut self, liberty: Liberty, at: usize) {
        if self.liberties.iter().all(|(known, _)| *known != liberty) {
            self.liberties.push((liberty, at));
        }
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

    fn whole(&mut self) -> Result<Located, Stop> {
        if self.take_if(&['\u{feff}']).is_some() {
            self.note(Liberty::ByteOrderMark, 0);
        }
        self.skip_blank()?;
        if self.peek().is_none() {
            self.note(Liberty::Empty, 0);
            return Ok(Located { span: self.at..self.at, value: LocatedValue::Null });
        }
        let value = self.value(MOST_NESTING)?;
        self.skip_blank()?;
        match self.peek() {
            None => Ok(value),
            Some(_) => self.fail("the end of the payload"),
        }
    }

    /// Skips white space and the three kinds of comments.
    fn skip_blank(&mut self) -> Result<(), Stop> {
        loop {
            let (at, rest) = (self.at, self.rest());
            let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
            if blank > 0 {
                self.at += blank;
                continue;
            }
            if rest.starts_with("//") || rest.starts_with('#') {
                self.at += rest.find(['\r', '\n']).unwrap_or(rest.len());
            } else if let Some(comment) = rest.strip_prefix("/*") {
                match comment.find("*/") {
                    Some(end) => self.at += end + 4,
                    None => return Self::unfinished(at, "the end */ of the comment that begins here"),
                }
            } else {
                return Ok(());
            }
            self.note(Liberty::Comment, at);
        }
    }

    fn value(&mut self, nesting: usize) -> Result<Located, Stop> {
        let at = self.at;
        let value = match self.peek() {
            Some('{' | '[') if nesting == 0 => {
                return self.fail("a value without more nesting (255 levels are the most)");
            }
            Some('{') => self.object(nesting - 1)?,
            Some('[') => self.array(nesting - 1)?,
            Some('"' | '\'') => LocatedValue::String(self.quoted()?),
            _ => {
                let literal = self.literal("a value")?;
                self.meaning(literal, at)
            }
        };
        Ok(Located { span: at..self.at, value })
    }

    fn object(&mut self, nesting: usize) -> Result<LocatedValue, Stop> {
        self.take();
        let mut members = Vec::new();
        self.skip_blank()?;
        if self.take_if(&['}']).is_some() {
            return Ok(LocatedValue::Object(members));
        }
        loop {
            self.skip_blank()?;
            let name = self.name()?;
            self.skip_blank()?;
            let at = self.at;
            match self.take_if(&[':', '=']) {
                Some('=') => {
                    self.take_if(&['>']);
                    self.note(Liberty::EqualsForColon, at);
                }
                Some(_) => {}
                None => return self.fail("a colon"),
            }
            self.skip_blank()?;
            members.push((name, self.value(nesting)?));
            self.skip_blank()?;
            if self.separated('}', "a comma or }")? {
                return Ok(LocatedValue::Object(members));
            }
        }
    }

    fn array(&mut self, nesting: usize) -> Result<LocatedValue, Stop> {
        self.take();
        let mut items = Vec::new();
        self.skip_blank()?;
        if self.take_if(&[']']).is_some() {
            return Ok(LocatedValue::Array(items));
        }
        loop {
            self.skip_blank()?;
            items.push(match self.peek() {
                Some(',' | ';' | ']') => {
                    self.note(Liberty::LeftOutElement, self.at);
                    Located { span: self.at..self.at, value: LocatedValue::Null }
                }
                _ => self.value(nesting)?,
            });
            self.skip_blank()?;
            if self.separated(']', "a comma or ]")? {
                return Ok(LocatedValue::Array(items));
            }
        }
    }

    /// Takes what stands between elements; true when it was the end of all.
    fn separated(&mut self, end: char, expected: &'static str) -> Result<bool, Stop> {
        let at = self.at;
        match self.take_if(&[',', ';', end]) {
            Some(',') => Ok(false),
            Some(';') => {
                self.note(Liberty::SemicolonForComma, at);
                Ok(false)
            }
            Some(_) => Ok(true),
            None => self.fail(expected),
        }
    }

    fn name(&mut self) -> Result<String, Stop> {
        if matches!(self.peek(), Some('"' | '\'')) {
            return self.quoted();
        }
        let at = self.at;
        let name = self.literal("a name")?;
        self.note(Liberty::UnquotedName, at);
        Ok(name.to_owned())
    }

    /// A text without quotes, up to what ends it in Gson's `nextUnquotedValue`.
    fn literal(&mut self, expected: &'static str) -> Result<&'a str, Stop> {
        const ENDS: [char; 16] =
            ['/', '\\', ';', '#', '=', '{', '}', '[', ']', ':', ',', ' ', '\t', '\u{c}', '\r', '\n'];
        let rest = self.rest();
        let literal = &rest[..rest.find(ENDS).unwrap_or(rest.len())];
        if literal.is_empty() {
            return self.fail(expected);
        }
        self.at += literal.len();
        Ok(literal)
    }

    /// A literal is a keyword in any case, a number as JSON spells it, or else a text.
    fn meaning(&mut self, literal: &str, at: usize) -> LocatedValue {
        let keywords = [
            ("true", LocatedValue::Bool(true)),
            ("false", LocatedValue::Bool(false)),
            ("null", LocatedValue::Null),
        ];
        for (keyword, value) in keywords {
            if literal.eq_ignore_ascii_case(keyword) {
                if literal != keyword {
                    self.note(Liberty::KeywordCase, at);
                }
                return value;
            }
        }
        if is_number(literal) {
            return LocatedValue::Number(literal.to_owned());
        }
        self.note(Liberty::UnquotedText, at);
        LocatedValue::String(literal.to_owned())
    }
}
