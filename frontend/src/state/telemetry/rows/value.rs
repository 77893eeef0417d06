//! A value as people type it into a row: JSON, or a text without quotes.

use crate::state::telemetry::spelled::spelled;
use shared::thingsboard::json::{self, Json, JsonProblem};

const NO_VALUE: &str = "The value is missing: type one, or \"\" for an empty text.";

/// How a value in a row is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// As JSON, which it is.
    Json(String),
    /// It stands without quotes and is no JSON: it is sent as this text in quotes.
    Text(String),
}

/// Understands what was typed as the value of a row.
///
/// # Errors
/// A sentence.
pub fn value_kind(typed: &str) -> Result<ValueKind, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(NO_VALUE.to_owned());
    }
    let begins_as_json = typed.starts_with(['{', '[', '"', '\'']);
    match json::parse_noting(typed) {
        Ok((_, liberties)) if liberties.is_empty() => Ok(ValueKind::Json(typed.to_owned())),
        Ok((json, _)) if begins_as_json || matches!(json, Json::Bool(_) | Json::Null) => {
            Ok(ValueKind::Json(spelled(&json)))
        }
        Err(JsonProblem { column, expected, .. }) if begins_as_json => Err(format!(
            "At column {column} of the value {expected} is expected. To send it as a text as it stands, put it in \
             double quotes."
        )),
        _ => Ok(ValueKind::Text(typed.to_owned())),
    }
}
