//! How ThingsBoard types a value it receives (ThingsBoard JsonConverter.parseProtoValues). The spelling
//! of a number decides: `42` is a long, `42.0` a double, `1e3` a long again.

pub(super) mod decimal;

use super::json::Json;
use decimal::Decimal;
use serde_json::{Number, Value};
use std::fmt;
use thiserror::Error;

/// Decimals a double may have before the value is kept as text.
const MOST_DECIMALS: i64 = 16;

/// A number too large to be written out. ThingsBoard would try; nothing is gained by its gigabytes of zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("its exponent is beyond 1,000, which fills the server with zeros: send it as a text")]
pub struct TooLarge;

/// The type of a stored value (ThingsBoard DataType).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StoredType {
    Boolean,
    /// A whole number of 64 bits, with sign.
    Long,
    Double,
    String,
    /// An object or an array.
    Json,
}

impl StoredType {
    /// The type of a value that [`typed`] gave. `null` is never stored; it counts as a part of JSON.
    #[must_use]
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if number.is_i64() => Self::Long,
            Value::Number(_) => Self::Double,
            Value::String(_) => Self::String,
            Value::Null | Value::Array(_) | Value::Object(_) => Self::Json,
        }
    }

    /// As the page names it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Long => "long",
            Self::Double => "double",
            Self::String => "string",
            Self::Json => "JSON",
        }
    }
}

impl fmt::Display for StoredType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.words())
    }
}

/// A value as it will be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    pub value: Value,
    pub stored: StoredType,
    /// What was sent, when that was a text that is stored as a number, or a number that is stored as a text.
    pub cast_from: Option<String>,
}

/// How a value is stored; `None` for `null`, which is skipped.
///
/// # Errors
/// A number that cannot be written out.
pub fn stored(json: Json) -> Result<Option<Stored>, TooLarge> {
    let (value, sent) = match json {
        Json::Null => return Ok(None),
        Json::Number(spelling) => (number(&spelling)?, Some((StoredType::Double, spelling))),
        // JSON_TYPE_CAST_ENABLED is on by default: "007" becomes 7.
        Json::String(text) if is_parsable(&text) => {
            (number(&text).unwrap_or_else(|_| Value::String(text.clone())), Some((StoredType::String, text)))
        }
        other => (other.into_value(), None),
    };
    let stored = StoredType::of(&value);
    let is_text = stored == StoredType::String;
    let cast_from = sent.filter(|(sent, _)| is_text != (*sent == StoredType::String)).map(|(_, text)| text);
    Ok(Some(Stored { value, stored, cast_from }))
}

/// The stored value alone; `None` for `null`, which is skipped.
///
/// # Errors
/// As [`stored`].
pub fn typed(json: Json) -> Result<Option<Value>, TooLarge> {
    Ok(stored(json)?.map(|stored| stored.value))
}

/// ThingsBoard JsonConverter.buildNumericKeyValueProto.
fn number(spelling: &str) -> Result<Value, TooLarge> {
    let decimal = Decimal::read(spelling).ok_or(TooLarge)?;
    let plain_double = spelling.contains('.') && !spelling.contains(['e', 'E']);
    if decimal.is_whole() && !plain_double {
        return Ok(decimal.to_i64().map_or_else(|| Value::String(decimal.to_plain()), Value::from));
    }
    let double = spelling.parse().ok().and_then(Number::from_f64);
    match double {
        Some(double) if decimal.scale <= MOST_DECIMALS => Ok(Value::Number(double)),
        _ => Ok(Value::String(decimal.to_plain())),
    }
}

/// Apache Commons' `NumberUtils.isParsable`: digits with at most one dot, not at the end, and a minus.
fn is_parsable(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty()
        && !digits.ends_with('.')
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().filter(|byte| *byte == b'.').count() <= 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thingsboard::json;
    use serde_json::json;

    #[track_caller]
    fn check(spelling: &str, value: Value) {
        assert_eq!(typed(json::parse(spelling).unwrap()), Ok(Some(value)), "{spelling}");
    }

    #[test]
    fn the_spelling_of_a_number_decides_its_type() {
        check("42", json!(42));
        check("-0", json!(0));
        check("1e3", json!(1000));
        check("1.5e3", json!(1500));
        check("15e-1", json!(1.5));
        check("42.0", json!(42.0));
        check("0.0", json!(0.0));
        check("1.5", json!(1.5));
        check("9223372036854775807", json!(i64::MAX));
        check("-9223372036854775808", json!(i64::MIN));
        check("9223372036854775808", json!("9223372036854775808"));
        check("1e20", json!("100000000000000000000"));
        check("0.12345678901234567", json!("0.12345678901234567"));
        check("1.5e-20", json!("0.000000000000000000015"));
    }

    #[test]
    fn texts_that_look_like_numbers_become_numbers() {
        check(r#""42""#, json!(42));
        check(r#""42.5""#, json!(42.5));
        check(r#""007""#, json!(7));
        check(r#""-.5""#, json!(-0.5));
        check("007", json!(7));
        for text in ["", "1e5", "+5", "42.", "1.2.3", "-", "0x1f", " 1"] {
            check(&format!("{text:?}"), json!(text));
        }
    }

    #[test]
    fn other_values_stay_what_they_are() {
        check("true", json!(true));
        check(r#"{"b":[1,"2"]}"#, json!({"b":[1,"2"]}));
        check("[]", json!([]));
        assert_eq!(typed(Json::Null), Ok(None));
    }

    #[test]
    fn a_number_that_would_fill_the_memory_is_refused() {
        for spelling in [
            "1e1001",
            "1e-1001",
            "1e999999999",
            "1e-999999999",
            "1e9223372036854775807",
            "1e-9223372036854775808",
            "-1e-9223372036854775808",
            "1e99999999999999999999",
            "1e-99999999999999999999",
        ] {
            assert_eq!(typed(json::parse(spelling).unwrap()), Err(TooLarge), "{spelling}");
        }
        check("1e1000", json!(format!("1{}", "0".repeat(1000))));
        assert!(typed(json::parse("0e1000").unwrap()).is_ok());
    }

    #[test]
    fn what_changes_its_type_is_said() {
        let checks = [
            (r#""007""#, StoredType::Long, Some("007")),
            (r#""42.5""#, StoredType::Double, Some("42.5")),
            ("9223372036854775808", StoredType::String, Some("9223372036854775808")),
            (r#""9223372036854775808""#, StoredType::String, None),
            ("42", StoredType::Long, None),
            ("42.0", StoredType::Double, None),
            (r#""hello""#, StoredType::String, None),
            ("true", StoredType::Boolean, None),
            ("[\"7\"]", StoredType::Json, None),
        ];
        for (text, kind, cast_from) in checks {
            let found = stored(json::parse(text).unwrap()).unwrap().unwrap();
            assert_eq!((found.stored, found.cast_from.as_deref()), (kind, cast_from), "{text}");
        }
    }
}
