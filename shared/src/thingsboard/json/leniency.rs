//! What Gson's lenient reader takes and RFC 8259 does not.

use std::fmt;

/// A liberty and the first place where the text takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leniency {
    pub what: Liberty,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

/// A way of writing that is no JSON but is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Liberty {
    /// Nothing at all, which is read as `null`.
    Empty,
    /// U+FEFF in front.
    ByteOrderMark,
    /// `// …`, `# …` or `/* … */`.
    Comment,
    /// `{a:1}`
    UnquotedName,
    /// `{"a":b}`. Also what nearly is a number: `007`, `+5`, `.5`, `NaN`.
    UnquotedText,
    /// `{'a':'b'}`
    SingleQuotes,
    /// `{"a"="b"}` or `{"a"=>"b"}`
    EqualsForColon,
    /// `[1;2]`
    SemicolonForComma,
    /// `[1,,2]` and `[1,]`: `null`.
    LeftOutElement,
    /// `TRUE`
    KeywordCase,
    /// A line break or another control character inside quotes.
    RawControl,
    /// `\'`, or a backslash at the end of a line.
    UnknownEscape,
    /// Half of a UTF-16 pair, `\ud83d` alone: no character.
    LoneSurrogate,
}

impl Liberty {
    /// What is unusual, as half a sentence.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Empty => "the payload is empty and is read as null",
            Self::ByteOrderMark => "the payload begins with a byte order mark, which is skipped",
            Self::Comment => "a comment stands here, which is skipped",
            Self::UnquotedName => "the name stands without quotes",
            Self::UnquotedText => "the value stands without quotes and is read as a text",
            Self::SingleQuotes => "the text stands in single quotes",
            Self::EqualsForColon => "an equals sign stands where JSON has a colon",
            Self::SemicolonForComma => "a semicolon stands where JSON has a comma",
            Self::LeftOutElement => "an element of the array is left out and is read as null",
            Self::KeywordCase => "true, false and null are written in small letters in JSON",
            Self::RawControl => "a line break or another control character stands inside quotes",
            Self::UnknownEscape => "what follows the backslash is no escape of JSON",
            Self::LoneSurrogate => "this half of a surrogate pair is no character and is replaced",
        }
    }
}

/// A whole sentence.
impl fmt::Display for Leniency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, line, column } = self;
        write!(
            formatter,
            "Line {line}, column {column}: {}. ThingsBoard takes it, other readers of JSON may not.",
            what.words(),
        )
    }
}
