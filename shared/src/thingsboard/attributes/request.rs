//! The request for attributes. ThingsBoard reads the keys of each scope from one text and splits it at commas,
//! without trimming (ThingsBoard JsonMqttAdaptor.processGetAttributeRequestMsg).

use super::Scope;
use serde_json::{Map, Value};
use thiserror::Error;

/// Which attributes are wanted. One that exists can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributesRequest {
    /// Both empty: all of both scopes.
    client: Vec<String>,
    shared: Vec<String>,
}

/// The keys of a request by scope, as the server understands it: `None` where none is named, both for all. A
/// key may be empty, and need not exist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestedKeys {
    pub client: Option<Vec<String>>,
    pub shared: Option<Vec<String>>,
}

/// Why keys cannot be requested.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RequestProblem {
    #[error("No key is named: name at least one client or shared attribute, or ask for all of them.")]
    NoKeys,
    #[error("One of the {0} keys is empty: remove the comma too many.")]
    EmptyKey(Scope),
    #[error(
        "The {scope} key {key:?} holds a comma, and ThingsBoard splits requests at commas: it can only come with a \
         request for all attributes."
    )]
    Comma { scope: Scope, key: String },
}

impl AttributesRequest {
    /// All client and all shared attributes.
    #[must_use]
    pub fn all() -> Self {
        Self { client: Vec::new(), shared: Vec::new() }
    }

    /// These ones; of a scope without keys nothing is wanted. A key named twice is asked for once.
    ///
    /// # Errors
    /// The first rule that the keys break. Nothing at all is no way to ask for everything: see [`Self::all`].
    pub fn of(
        client: impl IntoIterator<Item = String>,
        shared: impl IntoIterator<Item = String>,
    ) -> Result<Self, RequestProblem> {
        let client = checked(Scope::Client, client)?;
        let shared = checked(Scope::Shared, shared)?;
        if client.is_empty() && shared.is_empty() {
            return Err(RequestProblem::NoKeys);
        }
        Ok(Self { client, shared })
    }

    /// The same from what a person types: keys with commas between them. Blanks around a key are not part of it.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub fn parse(client: &str, shared: &str) -> Result<Self, RequestProblem> {
        Self::of(split(client), split(shared))
    }

    #[must_use]
    pub fn client(&self) -> &[String] {
        &self.client
    }

    #[must_use]
    pub fn shared(&self) -> &[String] {
        &self.shared
    }

    #[must_use]
    pub fn is_all(&self) -> bool {
        self.client.is_empty() && self.shared.is_empty()
    }

    /// `{"clientKeys":"a,b","sharedKeys":"c"}`. A scope without keys is left out: an empty text would ask for
    /// the key without a name. For all, `{}`: ThingsBoard refuses an empty payload.
    #[must_use]
    pub fn payload(&self) -> String {
        let scopes = [("clientKeys", &self.client), ("sharedKeys", &self.shared)];
        let members = scopes.into_iter().filter(|(_, keys)| !keys.is_empty());
        let members: Map<String, Value> =
            members.map(|(name, keys)| (name.to_owned(), Value::from(keys.join(",")))).collect();
        Value::Object(members).to_string()
    }
}

fn split(typed: &str) -> Vec<String> {
    if typed.trim().is_empty() {
        return Vec::new();
    }
    typed.split(',').map(|key| key.trim().to_owned()).collect()
}

fn checked(scope: Scope, keys: impl IntoIterator<Item = String>) -> Result<Vec<String>, RequestProblem> {
    let mut kept: Vec<String> = Vec::new();
    for key in keys {
        if key.is_empty() {
            return Err(RequestProblem::EmptyKey(scope));
        }
        if key.contains(',') {
            return Err(RequestProblem::Comma { scope, key });
        }
        if !kept.contains(&key) {
            kept.push(key);
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_names_the_keys_of_each_scope_in_one_text() {
        let payload = |client, shared| AttributesRequest::parse(client, shared).unwrap().payload();
        assert_eq!(payload("model", ""), r#"{"clientKeys":"model"}"#);
        assert_eq!(payload("a, b,a", " c\t"), r#"{"clientKeys":"a,b","sharedKeys":"c"}"#);
        assert_eq!(payload("", "\"ü\" x"), r#"{"sharedKeys":"\"ü\" x"}"#);
        assert_eq!(AttributesRequest::all().payload(), "{}");
    }

    #[test]
    fn a_request_that_would_miss_is_refused() {
        assert_eq!(AttributesRequest::parse(" ", ""), Err(RequestProblem::NoKeys));
        assert_eq!(AttributesRequest::parse("a,", ""), Err(RequestProblem::EmptyKey(Scope::Client)));
        assert_eq!(AttributesRequest::parse("", ",a"), Err(RequestProblem::EmptyKey(Scope::Shared)));
        let comma = AttributesRequest::of(["a,b".to_owned()], []).unwrap_err();
        assert_eq!(
            comma.to_string(),
            "The client key \"a,b\" holds a comma, and ThingsBoard splits requests at commas: it can only come with \
             a request for all attributes.",
        );
    }
}
