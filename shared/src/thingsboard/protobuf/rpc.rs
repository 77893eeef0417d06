//! Calls in both directions. A call from the server and its answer follow the profile's default schema, a
//! call to the server and its answer are the transport's own (ThingsBoard ProtoConverter and
//! ProtoMqttAdaptor). Both ends: the device's and the server's.

use super::{
    DecodeProblem, decode,
    print::Printed,
    schema::{RpcRequestMsg, RpcResponseMsg},
    transport::{RpcRequest, ToServerRpcResponseMsg},
};
use crate::thingsboard::{
    json::{self, Json},
    rpc::{CallProblem, Reply, Request, params_text},
    topic::TopicId,
};
use prost::Message;
use serde_json::Value;
use thiserror::Error;

/// A call from the server. The default schema has the parameters as a text, so that a number and a text of
/// the same digits cannot be told apart: they arrive as a text.
///
/// # Errors
/// When the bytes are no such message.
pub fn decode_server_call(bytes: &[u8]) -> Result<Request, DecodeProblem> {
    let message: RpcRequestMsg = decode(bytes, "RpcRequestMsg")?;
    Ok(Request {
        method: message.method.unwrap_or_default(),
        params: message.params.map_or(Value::Null, Value::String),
    })
}

/// A call that the default schema cannot carry. ThingsBoard sends nothing then, and the caller waits in
/// vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "The default schema has the parameters of a call as a text: ThingsBoard does not send a call whose parameters are an object or an array."
)]
pub struct NotCarried;

/// A call from the server, as the server writes it (ProtoConverter.convertToRpcRequest): a simple value
/// becomes its text, `null` is left out, and of an array with one simple value that value is taken, as by
/// Gson's `getAsString`.
///
/// # Errors
/// When the parameters are no simple value, or no JSON.
pub fn encode_server_call(id: TopicId, method: &str, params: &str) -> Result<Vec<u8>, NotCarried> {
    let params = match json::parse(params).map_err(|_| NotCarried)? {
        Json::Null => None,
        other => Some(simple(other)?),
    };
    let message = RpcRequestMsg { method: Some(method.to_owned()), request_id: Some(id), params };
    Ok(message.encode_to_vec())
}

fn simple(json: Json) -> Result<String, NotCarried> {
    match json {
        Json::String(text) | Json::Number(text) => Ok(text),
        Json::Bool(flag) => Ok(flag.to_string()),
        Json::Array(mut items) if items.len() == 1 => items.pop().ok_or(NotCarried).and_then(simple),
        Json::Null | Json::Array(_) | Json::Object(_) => Err(NotCarried),
    }
}

/// The device's answer to a call from the server. Its caller gets it inside an object, see [`answer_json`].
#[must_use]
pub fn encode_answer(payload: &str) -> Vec<u8> {
    RpcResponseMsg { payload: Some(payload.to_owned()) }.encode_to_vec()
}

/// The device's answer as the server hands it to the caller: `{"payload":"…"}`.
///
/// # Errors
/// When the bytes are no such message.
pub fn answer_json(bytes: &[u8]) -> Result<String, DecodeProblem> {
    let message: RpcResponseMsg = decode(bytes, "RpcResponseMsg")?;
    let mut printed = Printed::default();
    printed.text("payload", message.payload.as_deref());
    Ok(printed.finish())
}

/// A call to the server; `params` is JSON as a person typed it, nothing is `{}`.
///
/// # Errors
/// When the method is missing or the parameters are no JSON.
pub fn encode_client_call(method: &str, params: &str) -> Result<Vec<u8>, CallProblem> {
    if method.is_empty() {
        return Err(CallProblem::NoMethod);
    }
    Ok(RpcRequest { method: method.to_owned(), params: params_text(params)? }.encode_to_vec())
}

/// A call to the server as the server reads it: method and parameters, which nobody checked.
///
/// # Errors
/// When the bytes are no such message.
pub fn decode_client_call(bytes: &[u8]) -> Result<(String, String), DecodeProblem> {
    let message: RpcRequest = decode(bytes, "RpcRequest")?;
    Ok((message.method, message.params))
}

/// The server's answer to a call of the device.
///
/// # Errors
/// When the bytes are no such message.
pub fn decode_reply(bytes: &[u8]) -> Result<Reply, DecodeProblem> {
    let message: ToServerRpcResponseMsg = decode(bytes, "ToServerRpcResponseMsg")?;
    Ok(match message.error.as_str() {
        "" => Reply::read(&message.payload),
        "timeout" => Reply::TimedOut,
        _ => Reply::Error(message.error),
    })
}

/// The server's answer to a call of the device, as the server writes it: a payload, or an error such as
/// `timeout`.
#[must_use]
pub fn encode_reply(id: TopicId, outcome: Result<&str, &str>) -> Vec<u8> {
    let (payload, error) = match outcome {
        Ok(payload) => (payload.to_owned(), String::new()),
        Err(error) => (String::new(), error.to_owned()),
    };
    ToServerRpcResponseMsg { request_id: id, payload, error }.encode_to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_parameters_of_a_call_from_the_server_are_a_text() {
        let params = |params: &str| {
            let bytes = encode_server_call(7, "m", params).unwrap();
            decode_server_call(&bytes).unwrap().params
        };
        assert_eq!(params("5"), json!("5"));
        assert_eq!(params("127.0"), json!("127.0"));
        assert_eq!(params("\"5\""), json!("5"));
        assert_eq!(params("true"), json!("true"));
        assert_eq!(params("[12]"), json!("12"));
        assert_eq!(params("null"), Value::Null);
        for params in ["{}", "[]", "[1,2]", "[[null]]", "{"] {
            assert_eq!(encode_server_call(7, "m", params), Err(NotCarried), "{params}");
        }
        assert_eq!(encode_server_call(7, "m", "5").unwrap(), b"\x0a\x01m\x10\x07\x1a\x015");
    }

    #[test]
    fn an_answer_reaches_its_caller_inside_an_object() {
        let bytes = encode_answer(r#"{"on":true}"#);
        assert_eq!(answer_json(&bytes).unwrap(), r#"{"payload":"{\"on\":true}"}"#);
        assert_eq!(answer_json(b"").unwrap(), "{}");
        assert!(answer_json(b"{\"on\":true}").is_err());
    }

    #[test]
    fn a_call_to_the_server_has_its_parameters_as_json() {
        let bytes = encode_client_call("getTime", "{\"digits\": 12345678901234567890}").unwrap();
        let call = ("getTime".to_owned(), "{\"digits\": 12345678901234567890}".to_owned());
        assert_eq!(decode_client_call(&bytes), Ok(call));
        let bytes = encode_client_call("m", "").unwrap();
        assert_eq!(bytes, b"\x0a\x01m\x12\x02{}");
        assert_eq!(encode_client_call("", "{}"), Err(CallProblem::NoMethod));
        assert!(matches!(encode_client_call("m", "{"), Err(CallProblem::Params(_))));
    }

    #[test]
    fn replies_are_told_apart() {
        let reply = |outcome| decode_reply(&encode_reply(1, outcome)).unwrap();
        assert_eq!(reply(Ok("5")), Reply::Answer(json!(5)));
        assert_eq!(reply(Ok("done")), Reply::Text("done".to_owned()));
        assert_eq!(reply(Err("timeout")), Reply::TimedOut);
        assert_eq!(reply(Err("no")), Reply::Error("no".to_owned()));
        assert_eq!(encode_reply(1, Err("no")), b"\x08\x01\x1a\x02no");
    }
}
