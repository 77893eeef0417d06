//! Attributes on their way: the request for some, the server's answer, and its news of changes
//! (ThingsBoard JsonMqttAdaptor and JsonConverter). Values in, texts out, and back. Publishing own
//! attributes is the business of [`super::upload`].

mod request;

pub use request::{AttributesRequest, RequestProblem, RequestedKeys};

use super::json::{self, JsonProblem};
use serde_json::{Map, Value};
use std::fmt;
use thiserror::Error;

/// Whose attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Written by the device.
    Client,
    /// Written by the server's people.
    Shared,
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Client => "client",
            Self::Shared => "shared",
        })
    }
}

/// The answer to a request: those of the wanted attributes that exist.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Response {
    pub client: Map<String, Value>,
    pub shared: Map<String, Value>,
}

/// News of shared attributes.
#[derive(Clone, Debug, PartialEq)]
pub enum Push {
    /// New values; those not named are unchanged.
    Updated(Map<String, Value>),
    Deleted(Vec<String>),
}

/// Why a message about attributes cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MessageProblem {
    #[error("This message about attributes cannot be read. {0}")]
    Malformed(#[from] JsonProblem),
    #[error("This message about attributes is no JSON object, so it does not come from ThingsBoard.")]
    NoObject,
    #[error("The {0} attributes of this answer are no JSON object, so it does not come from ThingsBoard.")]
    ScopeNoObject(Scope),
}

impl Response {
    /// Reads `{"client":{…},"shared":{…}}`. Either member is missing when nothing of it was found.
    ///
    /// # Errors
    /// What is no such object.
    pub fn read(payload: &str) -> Result<Self, MessageProblem> {
        let mut members = object(payload)?;
        let mut scope = |scope: Scope| match members.remove(&scope.to_string()) {
            None => Ok(Map::new()),
            Some(Value::Object(values)) => Ok(values),
            Some(_) => Err(MessageProblem::ScopeNoObject(scope)),
        };
        Ok(Self { client: scope(Scope::Client)?, shared: scope(Scope::Shared)? })
    }

    /// Whether none of the wanted attributes exists.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.client.is_empty() && self.shared.is_empty()
    }
}

impl Push {
    /// Reads `{"key":value,…}` or `{"deleted":["key",…]}`.
    ///
    /// # Errors
    /// What is no object.
    pub fn read(payload: &str) -> Result<Self, MessageProblem> {
        object(payload).map(Self::of)
    }

    /// The same from its members. The server never mixes the two; an attribute with the name `deleted` whose
    /// value is a list of texts cannot be told from a deletion.
    #[must_use]
    pub fn of(members: Map<String, Value>) -> Self {
        let keys = match (members.len(), members.get("deleted")) {
            (1, Some(Value::Array(keys))) => keys.iter().map(|key| key.as_str().map(str::to_owned)).collect(),
            _ => None,
        };
        keys.map_or(Self::Updated(members), Self::Deleted)
    }
}

fn object(payload: &str) -> Result<Map<String, Value>, MessageProblem> {
    match json::parse(payload)?.into_value() {
        Value::Object(members) => Ok(members),
        _ => Err(MessageProblem::NoObject),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn map(value: Value) -> Map<String, Value> {
        let Value::Object(members) = value else { panic!("no object: {value}") };
        members
    }

    #[test]
    fn an_answer_holds_what_exists() {
        let read = |payload| Response::read(payload).unwrap();
        assert!(read("{}").is_empty());
        let both = read(r#"{"client":{"model":"X1"},"shared":{"id":9007199254740993,"gain":127.0}}"#);
        assert_eq!(both.client, map(json!({"model": "X1"})));
        assert_eq!(Value::Object(both.shared).to_string(), r#"{"gain":127.0,"id":9007199254740993}"#);
        assert_eq!(read(r#"{"shared":{"a":1}}"#).client, Map::new());
    }

    #[test]
    fn news_are_changes_or_deletions() {
        let read = |payload| Push::read(payload).unwrap();
        assert_eq!(read(r#"{"a":1,"b":null}"#), Push::Updated(map(json!({"a": 1, "b": null}))));
        assert_eq!(read(r#"{"deleted":["a","b"]}"#), Push::Deleted(vec!["a".to_owned(), "b".to_owned()]));
        for payload in [r#"{"deleted":true}"#, r#"{"deleted":[1]}"#, r#"{"deleted":["a"],"b":1}"#] {
            assert!(matches!(read(payload), Push::Updated(_)), "{payload}");
        }
    }

    #[test]
    fn other_messages_are_refused_with_a_sentence() {
        assert_eq!(Push::read("[]"), Err(MessageProblem::NoObject));
        assert_eq!(Response::read(r#"{"client":[]}"#), Err(MessageProblem::ScopeNoObject(Scope::Client)));
        assert_eq!(
            Response::read("{").unwrap_err().to_string(),
            "This message about attributes cannot be read. The payload is not valid JSON: at line 1, column 2, a \
             name is expected, but the payload ends.",
        );
    }
}
