//! How ThingsBoard types a value it receives (ThingsBoard JsonConverter.parseProtoValues). The spelling
//! of a number decides: `42` is a long, `42.0` a double, `1e3` a long again.

use crate::json::Json;
use serde_json::{Number, Value};

/// Largest power of ten that is written out. ThingsBoard has no such bound: `1e999999999` would make a
/// gigabyte of zeros.
const MOST_EXPONENT: i64 = 1000;

/// Decimals a double may have before the value is kept as text.
const MOST_DECIMALS: i64 = 16;

/// A number too large to be written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

/// The stored value; `None` for `null`, which is skipped.
pub(crate) fn typed(json: Json) -> Result<Option<Value>, TooLarge> {
    Ok(match json {
        Json::Null => None,
        Json::Number(spelling) => Some(number(&spelling)?),
        // JSON_TYPE_CAST_ENABLED is on by default: "007" becomes 7.
        Json::String(text) if is_parsable(&text) => Some(number(&text).unwrap_or(Value::String(text))),
        other => Some(other.into_value()),
    })
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

/// A decimal number as Java's `BigDecimal` sees it: digits × 10^-scale.
struct Decimal {
    negative: bool,
    /// Without leading zeros; empty for zero.
    digits: String,
    scale: i64,
}

impl Decimal {
    /// `None` when its exponent is beyond what we write out.
    fn read(spelling: &str) -> Option<Self> {
        let unsigned = spelling.strip_prefix('-');
        let (mantissa, exponent) = match unsigned.unwrap_or(spelling).split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (unsigned.unwrap_or(spelling), 0),
        };
        if exponent.abs() > MOST_EXPONENT {
            return None;
        }
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}").trim_start_matches('0').to_owned();
        let scale = i64::try_from(fraction.len()).ok()? - exponent;
        Some(Self { negative: unsigned.is_some(), digits, scale })
    }

    fn is_whole(&self) -> bool {
        let zeros = self.digits.len() - self.digits.trim_end_matches('0').len();
        self.digits.is_empty() || i64::try_from(zeros).is_ok_and(|zeros| self.scale <= zeros)
    }

    fn to_i64(&self) -> Option<i64> {
        let plain = self.to_plain();
        plain.split('.').next()?.parse().ok()
    }

    /// `BigDecimal.toPlainString`.
    fn to_plain(&self) -> String {
        let sign = if self.negative && !self.digits.is_empty() { "-" } else { "" };
        let digits = if self.digits.is_empty() { "0" } else { &self.digits };
        let Ok(scale) = usize::try_from(self.scale) else {
            let zeros = usize::try_from(-self.scale).unwrap_or(0);
            return if self.digits.is_empty() {
                "0".to_owned()
            } else {
                format!("{sign}{digits}{}", "0".repeat(zeros))
            };
        };
        if scale == 0 {
            return format!("{sign}{digits}");
        }
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        format!("{sign}{whole}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;
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
        for spelling in ["1e1001", "1e999999999", "1e-999999999", "1e99999999999999999999"] {
            assert_eq!(typed(json::parse(spelling).unwrap()), Err(TooLarge), "{spelling}");
        }
        check("1e1000", json!(format!("1{}", "0".repeat(1000))));
        assert!(typed(json::parse("0e1000").unwrap()).is_ok());
    }
}
