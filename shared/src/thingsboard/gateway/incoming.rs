//! What the server sends to a gateway for the devices behind it (ThingsBoard JsonConverter
//! .getJsonObjectForGateway and AbstractGatewaySessionHandler).

use crate::thingsboard::{
    attributes::Push,
    json::{self, Json},
    rpc::{Request, RequestProblem},
    topic::TopicId,
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use thiserror::Error;

/// Why a message is not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Problem {
    #[error("The server's message to the gateway is no JSON object.")]
    NoObject,
    #[error("The server's message to the gateway has no usable `{0}`.")]
    Member(&'static str),
    #[error(transparent)]
    Call(#[from] RequestProblem),
}

/// `v1/gateway/disconnect`, MQTT 5 only: the server gave a device up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disconnected {
    pub device: String,
    /// MQTT 5's reason code.
    pub reason: u8,
}

/// `v1/gateway/attributes`: shared attributes of a device changed.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributesPush {
    pub device: String,
    pub push: Push,
}

/// `v1/gateway/attributes/response`.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributesResponse {
    /// That of the request.
    pub id: TopicId,
    pub device: String,
    pub found: Found,
}

/// What the request found.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// One key was asked for.
    One(Value),
    /// Several were asked for; those that exist.
    Several(Map<String, Value>),
    /// None of the keys exists.
    Nothing,
}

/// `v1/gateway/rpc`: a call for a device.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub device: String,
    /// To be named in the answer.
    pub id: TopicId,
    pub request: Request,
}

impl Disconnected {
    /// # Errors
    /// When it is something else.
    pub fn read(payload: &str) -> Result<Self, Problem> {
        let mut members = Members::read(payload)?;
        Ok(Self { device: members.device()?, reason: members.number("reason")? })
    }
}

impl AttributesPush {
    /// # Errors
    /// When it is something else.
    pub fn read(payload: &str) -> Result<Self, Problem> {
        let mut members = Members::read(payload)?;
        let device = members.device()?;
        let Some(Value::Object(data)) = members.take("data") else {
            return Err(Problem::Member("data"));
        };
        Ok(Self { device, push: Push::of(data) })
    }
}

impl AttributesResponse {
    /// # Errors
    /// When it is something else.
    pub fn read(payload: &str) -> Result<Self, Problem> {
        let mut members = Members::read(payload)?;
        let (id, device) = (members.number("id")?, members.device()?);
        let found = match (members.take("value"), members.take("values")) {
            (Some(value), None) => Found::One(value),
            (None, Some(Value::Object(values))) => Found::Several(values),
            (None, None) => Found::Nothing,
            _ => return Err(Problem::Member("values")),
        };
        Ok(Self { id, device, found })
    }
}

impl Call {
    /// # Errors
    /// When it is something else.
    pub fn read(payload: &str) -> Result<Self, Problem> {
        let mut members = Members::read(payload)?;
        let device = members.device()?;
        let data = members.0.remove("data").ok_or(Problem::Member("data"))?;
        let Json::Object(mut data) = data else {
            return Err(Problem::Member("data"));
        };
        let id = integer(data.remove("id")).ok_or(Problem::Member("id"))?;
        let request = Request::from_json(Json::Object(data).into_value())?;
        Ok(Self { device, id, request })
    }
}

struct Members(BTreeMap<String, Json>);

impl Members {
    fn read(payload: &str) -> Result<Self, Problem> {
        match json::parse(payload) {
            Ok(Json::Object(members)) => Ok(Self(members)),
            _ => Err(Problem::NoObject),
        }
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).map(Json::into_value)
    }

    fn device(&mut self) -> Result<String, Problem> {
        match self.0.remove("device") {
            Some(Json::String(device)) => Ok(device),
            _ => Err(Problem::Member("device")),
        }
    }

    fn number<T: std::str::FromStr>(&mut self, name: &'static str) -> Result<T, Problem> {
        integer(self.0.remove(name)).ok_or(Problem::Member(name))
    }
}

/// A whole number that is written plainly.
fn integer<T: std::str::FromStr>(json: Option<Json>) -> Option<T> {
    match json {
        Some(Json::Number(spelling)) => spelling.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_device_may_be_given_up() {
        let told = Disconnected::read(r#"{"device":"A","reason":152}"#);
        assert_eq!(told, Ok(Disconnected { device: "A".to_owned(), reason: 0x98 }));
        assert_eq!(Disconnected::read(r#"{"device":"A"}"#), Err(Problem::Member("reason")));
        assert_eq!(Disconnected::read(r#"{"device":"A","reason":256}"#), Err(Problem::Member("reason")));
        assert_eq!(Disconnected::read("[]"), Err(Problem::NoObject));
    }

    #[test]
    fn changed_and_deleted_attributes_are_told_apart() {
        let push = |data: Value| {
            AttributesPush::read(&json!({"device": "A", "data": data}).to_string()).unwrap().push
        };
        let values = json!({"k": 127.0});
        assert_eq!(push(values.clone()), Push::Updated(values.as_object().unwrap().clone()));
        assert_eq!(push(json!({"deleted": ["k", "l"]})), Push::Deleted(vec!["k".to_owned(), "l".to_owned()]));
        let problem = AttributesPush::read(r#"{"device":"A","data":[]}"#);
        assert_eq!(problem, Err(Problem::Member("data")));
    }

    #[test]
    fn a_response_has_one_value_or_several_or_none() {
        let found = |text: &str| AttributesResponse::read(text).map(|response| response.found);
        assert_eq!(found(r#"{"id":1,"device":"A","value":5}"#), Ok(Found::One(json!(5))));
        let values = json!({"k": 5});
        assert_eq!(
            found(r#"{"id":1,"device":"A","values":{"k":5}}"#),
            Ok(Found::Several(values.as_object().unwrap().clone()))
        );
        assert_eq!(found(r#"{"id":1,"device":"A"}"#), Ok(Found::Nothing));
        assert_eq!(found(r#"{"id":"x","device":"A"}"#), Err(Problem::Member("id")));
        assert_eq!(found(r#"{"id":1,"device":"A","values":5}"#), Err(Problem::Member("values")));
    }

    #[test]
    fn a_call_names_device_and_number() {
        let call = Call::read(r#"{"device":"A","data":{"id":7,"method":"m","params":{"x":1}}}"#).unwrap();
        let request = Request { method: "m".to_owned(), params: json!({"x": 1}) };
        assert_eq!(call, Call { device: "A".to_owned(), id: 7, request });
        let problems = [
            (r#"{"data":{"id":7,"method":"m"}}"#, Problem::Member("device")),
            (r#"{"device":"A"}"#, Problem::Member("data")),
            (r#"{"device":"A","data":{"method":"m"}}"#, Problem::Member("id")),
            (r#"{"device":"A","data":{"id":7}}"#, Problem::Call(RequestProblem::NoMethod)),
        ];
        for (payload, problem) in problems {
            assert_eq!(Call::read(payload), Err(problem), "{payload}");
        }
    }
}
