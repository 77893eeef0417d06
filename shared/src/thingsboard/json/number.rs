//! Numbers in a JSON text.

use serde_json::{Number, Value};

/// Whether the text is a number by RFC 8259, section 6.
pub(super) fn is_number(text: &str) -> bool {
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

/// The number itself. The standard library finds the nearest double; serde_json's own reader may miss it
/// by the last bit.
pub(super) fn value(spelling: String) -> Value {
    if let Ok(whole) = spelling.parse::<i64>() {
        return Value::from(whole);
    }
    if let Ok(whole) = spelling.parse::<u64>() {
        return Value::from(whole);
    }
    match spelling.parse().ok().and_then(Number::from_f64) {
        Some(double) => Value::Number(double),
        None => Value::String(spelling),
    }
}
