//! Where and why a text is no JSON, in words.

use std::{error::Error, fmt};

/// Why a payload is no JSON, even by Gson's measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonProblem {
    /// From 1; lines end with a line feed, as for Gson.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What would have been right there: a noun with its article.
    pub expected: &'static str,
    /// What stands there; `None` when the payload ends before what was expected.
    pub found: Option<char>,
}

impl fmt::Display for JsonProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, expected, found } = self;
        write!(
            formatter,
            "The payload is not valid JSON: at line {line}, column {column}, {expected} is expected"
        )?;
        match found {
            None => formatter.write_str(", but the payload ends."),
            Some('\n' | '\r') => formatter.write_str(", but the line ends."),
            Some('"') => formatter.write_str(", but a double quote stands there."),
            Some('\'') => formatter.write_str(", but a single quote stands there."),
            Some(found) => write!(formatter, ", but \"{}\" stands there.", found.escape_debug()),
        }
    }
}

impl Error for JsonProblem {}

/// Line and column of a byte offset, which is on a character boundary. A byte order mark does not count.
pub(crate) fn place(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let before = before.strip_prefix('\u{feff}').unwrap_or(before);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
    (line, column)
}
