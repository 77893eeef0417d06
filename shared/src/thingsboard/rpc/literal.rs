//! JSON that a person typed, made fit to stand inside a larger payload. Digits stay as they were typed; a
//! text that is JSON by Gson's measure only is written again in plain JSON, because a comment or an open
//! end could swallow what follows.

use crate::thingsboard::json::{self, Json, JsonProblem};
use serde_json::Value;

/// The text as plain JSON.
///
/// # Errors
/// The first place that is no JSON even by Gson's measure.
pub(in crate::thingsboard) fn checked(text: &str) -> Result<String, JsonProblem> {
    read(text).map(|(_, plain)| plain)
}

/// The same, with what was read.
pub(in crate::thingsboard) fn read(text: &str) -> Result<(Json, String), JsonProblem> {
    let (json, leniencies) = json::parse_noting(text)?;
    let plain = match leniencies.is_empty() && !text.trim().is_empty() {
        true => text.trim_matches([' ', '\t', '\r', '\n']).to_owned(),
        false => written(&json),
    };
    Ok((json, plain))
}

/// A text in double quotes, as JSON.
pub(in crate::thingsboard) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn written(json: &Json) -> String {
    match json {
        Json::Null => "null".to_owned(),
        Json::Bool(flag) => flag.to_string(),
        Json::Number(spelling) => spelling.clone(),
        Json::String(text) => quoted(text),
        Json::Array(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(",")),
        Json::Object(members) => {
            let member = |(key, value): (&String, &Json)| format!("{}:{}", quoted(key), written(value));
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(","))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stay_and_liberties_go() {
        let texts = [
            (" {\"a\": 127.0}\n", "{\"a\": 127.0}"),
            ("{a:12345678901234567890.10, b='x\"'}", r#"{"a":12345678901234567890.10,"b":"x\""}"#),
            ("[1,,TRUE] # end", "[1,null,true]"),
            ("hello", "\"hello\""),
            ("", "null"),
        ];
        for (text, plain) in texts {
            assert_eq!(checked(text).as_deref(), Ok(plain), "{text}");
        }
    }
}
