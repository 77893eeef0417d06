//! Remote procedure calls in both directions: what the server asks a device, what a device asks the server,
//! and the answers, as JSON (ThingsBoard JsonConverter and DeviceActorMessageProcessor). The number that ties
//! an answer to its call stands in the topic, not here.

pub(super) mod literal;

use super::json::{self, JsonProblem};
use serde_json::Value;
use thiserror::Error;

/// Milliseconds until ThingsBoard gives up a call to a device, unless the caller asked for another time
/// (`server.rest.server_side_rpc.default_timeout`).
pub const SERVER_CALL_TIMEOUT_MS: u64 = 10_000;

/// The least time that a caller can ask for (`server.rest.server_side_rpc.min_timeout`).
pub const LEAST_SERVER_CALL_TIMEOUT_MS: u64 = 5_000;

/// Milliseconds until ThingsBoard answers a client-side call with `{"error":"timeout"}`
/// (`CLIENT_SIDE_RPC_TIMEOUT`).
pub const CLIENT_CALL_TIMEOUT_MS: u64 = 60_000;

/// What the server asks of the device.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub method: String,
    /// Any JSON; `null` when the caller gave none.
    pub params: Value,
}

/// Why a payload is no call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RequestProblem {
    #[error("The call from the server is no JSON object.")]
    NoObject,
    #[error("The call from the server names no `method`.")]
    NoMethod,
}

impl Request {
    /// Reads the payload of a call from the server: `{"method":"m","params":<any>}`.
    ///
    /// # Errors
    /// When it is something else.
    pub fn read(payload: &str) -> Result<Self, RequestProblem> {
        let json = json::parse(payload).map_err(|_| RequestProblem::NoObject)?;
        Self::from_json(json.into_value())
    }

    pub(super) fn from_json(json: Value) -> Result<Self, RequestProblem> {
        let Value::Object(mut members) = json else {
            return Err(RequestProblem::NoObject);
        };
        match members.remove("method") {
            Some(Value::String(method)) => {
                Ok(Self { method, params: members.remove("params").unwrap_or(Value::Null) })
            }
            _ => Err(RequestProblem::NoMethod),
        }
    }
}

/// Why a call to the server cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CallProblem {
    #[error("The method is missing: ThingsBoard closes the connection at a call without one.")]
    NoMethod,
    #[error("The parameters are no JSON: at line {}, column {}, {} is expected.", .0.line, .0.column, .0.expected)]
    Params(JsonProblem),
}

/// The payload of a call to the server: `{"method":"m","params":<any>}`. `params` is JSON as a person typed
/// it, and keeps its spelling; nothing is `{}`, because ThingsBoard needs the member.
///
/// # Errors
/// When the method is missing or the parameters are no JSON.
pub fn client_call(method: &str, params: &str) -> Result<String, CallProblem> {
    if method.is_empty() {
        return Err(CallProblem::NoMethod);
    }
    let params = params_text(params)?;
    Ok(format!("{{\"method\":{},\"params\":{params}}}", literal::quoted(method)))
}

/// Parameters as plain JSON; nothing is `{}`.
pub(super) fn params_text(params: &str) -> Result<String, CallProblem> {
    match params.trim() {
        "" => Ok("{}".to_owned()),
        text => literal::checked(text).map_err(CallProblem::Params),
    }
}

/// How a client-side call ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    Answer(Value),
    /// No JSON: the rule chain answers what it likes.
    Text(String),
    /// ThingsBoard's own `{"error":"timeout"}`.
    TimedOut,
    /// An object that holds an `error` and nothing else.
    Error(String),
}

/// What a person is told about [`Reply::TimedOut`].
pub const TIMED_OUT: &str = "No rule answered within the time: the rule chain needs the node \"rpc call reply\"; ThingsBoard's default chain only logs such calls.";

impl Reply {
    /// Reads the payload of the server's answer. Only plain JSON is taken as such: by Gson's measure any
    /// word would be.
    #[must_use]
    pub fn read(payload: &str) -> Self {
        let json = match json::parse_noting(payload) {
            Ok((json, leniencies)) if leniencies.is_empty() => json.into_value(),
            _ => return Self::Text(payload.to_owned()),
        };
        match json.as_object().filter(|members| members.len() == 1).and_then(|members| members.get("error")) {
            Some(Value::String(error)) if error == "timeout" => Self::TimedOut,
            Some(Value::String(error)) => Self::Error(error.clone()),
            Some(other) => Self::Error(other.to_string()),
            None => Self::Answer(json),
        }
    }
}

/// Checks the device's answer to a call from the server: ThingsBoard passes any text on, but callers expect
/// JSON. `None` when it is.
#[must_use]
pub fn answer_warning(payload: &str) -> Option<String> {
    let problem = serde_json::from_str::<serde::de::IgnoredAny>(payload).err()?;
    let at = format!("line {}, column {}", problem.line(), problem.column());
    Some(format!(
        "The answer is no JSON (at {at}). ThingsBoard passes it on as it is, but callers expect JSON: put a text in double quotes."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_call_from_the_server_is_read() {
        let request =
            Request::read(r#"{"method":"setValue","params":{"a":[9223372036854775807,127.0]}}"#).unwrap();
        assert_eq!(request.method, "setValue");
        assert_eq!(request.params.to_string(), r#"{"a":[9223372036854775807,127.0]}"#);
        assert_eq!(Request::read(r#"{"method":"m"}"#).unwrap().params, Value::Null);
        for (payload, problem) in [
            ("", RequestProblem::NoObject),
            ("[]", RequestProblem::NoObject),
            ("{}", RequestProblem::NoMethod),
            (r#"{"method":5}"#, RequestProblem::NoMethod),
        ] {
            assert_eq!(Request::read(payload), Err(problem), "{payload}");
        }
    }

    #[test]
    fn a_call_to_the_server_keeps_its_parameters_as_they_were_typed() {
        assert_eq!(client_call("getTime", " ").unwrap(), r#"{"method":"getTime","params":{}}"#);
        assert_eq!(
            client_call("a\"b", "{\"x\": 127.0, \"y\": 12345678901234567890123}").unwrap(),
            "{\"method\":\"a\\\"b\",\"params\":{\"x\": 127.0, \"y\": 12345678901234567890123}}"
        );
        assert_eq!(client_call("", "{}"), Err(CallProblem::NoMethod));
        let problem = client_call("m", "{\"x\":\n ]").unwrap_err().to_string();
        assert!(problem.contains("line 2"), "{problem}");
    }

    #[test]
    fn parameters_cannot_change_the_call_around_them() {
        for params in ["1},{", "{}}", "1,\"method\":\"x\"", "{} {}", "\"open"] {
            assert!(client_call("m", params).is_err(), "{params}");
        }
        // Where such a text is JSON by Gson's measure it stays within its member.
        for params in ["1 # end", "1 // end", "{a:1}", "[1,,2]"] {
            if let Ok(payload) = client_call("m", params) {
                let read: Value = serde_json::from_str(&payload).unwrap();
                assert_eq!(read["method"], "m", "{params}");
            }
        }
    }

    #[test]
    fn replies_are_told_apart() {
        assert_eq!(Reply::read(r#"{"error":"timeout"}"#), Reply::TimedOut);
        assert_eq!(Reply::read(r#"{"error":"no"}"#), Reply::Error("no".to_owned()));
        assert_eq!(Reply::read(r#"{"error":{"a":1}}"#), Reply::Error(r#"{"a":1}"#.to_owned()));
        let both = json!({"error": "no", "code": 5});
        assert_eq!(Reply::read(&both.to_string()), Reply::Answer(both));
        assert_eq!(Reply::read("5"), Reply::Answer(json!(5)));
        assert_eq!(Reply::read("done"), Reply::Text("done".to_owned()));
    }

    #[test]
    fn an_answer_that_is_no_json_is_noticed() {
        assert_eq!(answer_warning("true"), None);
        assert_eq!(answer_warning(r#"{"a":1}"#), None);
        for text in ["done", "", "{a:1}"] {
            assert!(answer_warning(text).is_some(), "{text}");
        }
    }
}
