//! A value as people type it into a row: JSON, or a text without quotes.

use super::{quoted, spelled};
use shared::thingsboard::json::{self, JsonProblem, Liberty};

const NO_VALUE: &str = "The value is missing: type one, or \"\" for an empty text.";
const COMMENT: &str = "A comment stands in the value, and JSON has none: remove it. To send the whole as a text, put it \
                       in double quotes.";

/// How a value in a row is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypedValue {
    /// JSON.
    Json(String),
    /// It stands without quotes and is no JSON: it is sent as this text.
    Text(String),
}

impl TypedValue {
    /// As plain JSON.
    #[must_use]
    pub fn into_json(self) -> String {
        match self {
            Self::Json(json) => json,
            Self::Text(text) => quoted(&text),
        }
    }
}

/// Understands what was typed as the value of a row. What is JSON as a whole stays as it was typed; what begins as
/// an object, an array or a quoted text is read as ThingsBoard reads it; anything else is a text, a word such as
/// `TRUE` and what looks like a comment too.
///
/// # Errors
/// A sentence: nothing was typed, or what begins as JSON is none.
pub fn typed_value(typed: &str) -> Result<TypedValue, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(NO_VALUE.to_owned());
    }
    let begins_as_json = typed.starts_with(['{', '[', '"', '\'']);
    match json::parse_noting(typed) {
        Ok((_, liberties)) if liberties.is_empty() => Ok(TypedValue::Json(typed.to_owned())),
        _ if !begins_as_json => Ok(TypedValue::Text(typed.to_owned())),
        Ok((_, liberties)) if liberties.iter().any(|liberty| liberty.what == Liberty::Comment) => {
            Err(COMMENT.to_owned())
        }
        Ok((json, _)) => Ok(TypedValue::Json(spelled(&json))),
        Err(JsonProblem { column, expected, .. }) => Err(format!(
            "At column {column} of the value {expected} is expected. To send it as a text as it stands, put it in \
             double quotes."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Result<TypedValue, String> {
        Ok(TypedValue::Json(text.to_owned()))
    }

    fn text(text: &str) -> Result<TypedValue, String> {
        Ok(TypedValue::Text(text.to_owned()))
    }

    #[test]
    fn values_are_json_where_they_are_json_and_texts_else() {
        assert_eq!(typed_value("127.0"), json("127.0"));
        assert_eq!(typed_value(" 9223372036854775807 "), json("9223372036854775807"));
        assert_eq!(typed_value("true"), json("true"));
        assert_eq!(typed_value("\"007\""), json("\"007\""));
        assert_eq!(typed_value("{\"a\":1}"), json("{\"a\":1}"));
        assert_eq!(typed_value("{a: 1}"), json("{\"a\": 1}"));
        assert_eq!(typed_value("007"), text("007"));
        assert_eq!(typed_value("on"), text("on"));
        assert_eq!(typed_value("12:30"), text("12:30"));
        assert!(typed_value("{\"a\":}").unwrap_err().contains("column 6"));
    }

    #[test]
    fn a_word_in_capitals_is_a_text() {
        assert_eq!(typed_value("TRUE"), text("TRUE"));
        assert_eq!(typed_value("Null"), text("Null"));
    }

    #[test]
    fn an_empty_value_is_refused_and_told_how_to_write_an_empty_text() {
        for empty in ["", "  "] {
            assert!(typed_value(empty).unwrap_err().contains("or \"\" for an empty text"));
        }
        assert_eq!(typed_value("\"\""), json("\"\""));
    }

    #[test]
    fn nothing_is_taken_for_a_comment() {
        for typed in ["#1", "// x", "/* x */", "on // off", "1 // off", "two words # and more"] {
            assert_eq!(typed_value(typed), text(typed));
        }
        for typed in ["{\"a\": 1} // off", "[1, /* two */ 3]", "\"on\" # off"] {
            assert!(typed_value(typed).unwrap_err().contains("comment"), "{typed}");
        }
        assert_eq!(typed_value("\"on // off\""), json("\"on // off\""));
    }
}
