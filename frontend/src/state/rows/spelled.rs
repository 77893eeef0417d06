//! JSON written plainly with the digits that were read.

use serde_json::Value;
use shared::thingsboard::json::Json;

/// The value as plain JSON. Numbers keep their spelling, because ThingsBoard's typing depends on it.
#[must_use]
pub fn spelled(json: &Json) -> String {
    match json {
        Json::Null => "null".to_owned(),
        Json::Bool(flag) => flag.to_string(),
        Json::Number(spelling) => spelling.clone(),
        Json::String(text) => quoted(text),
        Json::Array(items) => format!("[{}]", items.iter().map(spelled).collect::<Vec<_>>().join(", ")),
        Json::Object(members) => object(members.iter().map(|(key, value)| (key.as_str(), spelled(value)))),
    }
}

/// A text in double quotes.
#[must_use]
pub fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// An object of values that are JSON already.
#[must_use]
pub fn object<'k>(members: impl Iterator<Item = (&'k str, String)>) -> String {
    let members: Vec<String> = members.map(|(key, value)| format!("{}: {value}", quoted(key))).collect();
    format!("{{{}}}", members.join(", "))
}
