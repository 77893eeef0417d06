//! The payloads of calls and answers, in the format of their topics.

use crate::state::{
    dialect::{Dialect, PayloadFormat},
    rpc::{asks::AnswerKind, inbox::Question},
};
use shared::{
    payload::Payload,
    thingsboard::{
        protobuf,
        rpc::{self, CallProblem, Reply, Request},
        topic::Flavour,
    },
};

/// What the server asks.
pub(super) fn question(dialect: Dialect, flavour: Flavour, payload: &Payload) -> Question {
    let read = match dialect.format_on(flavour) {
        PayloadFormat::Json => match payload.as_text() {
            Some(text) => Request::read(text).map_err(|problem| problem.to_string()),
            None => Err("The call from the server is no text.".to_owned()),
        },
        PayloadFormat::Protobuf => {
            protobuf::rpc::decode_server_call(payload.as_bytes()).map_err(|problem| problem.to_string())
        }
    };
    match read {
        Ok(Request { method, params }) => {
            Question::Read { method: method.into(), params: params.to_string().into() }
        }
        Err(problem) => Question::Unread { payload: payload.clone().into(), problem },
    }
}

/// The answer to a call of the server.
pub(super) fn reply(dialect: Dialect, flavour: Flavour, text: &str) -> Payload {
    match dialect.format_on(flavour) {
        PayloadFormat::Json => Payload::from_text(text),
        PayloadFormat::Protobuf => Payload::Bytes(protobuf::rpc::encode_answer(text)),
    }
}

/// A call of the device.
///
/// # Errors
/// What is wrong with it.
pub(super) fn call(
    dialect: Dialect,
    flavour: Flavour,
    method: &str,
    params: &str,
) -> Result<Payload, CallProblem> {
    match dialect.format_on(flavour) {
        PayloadFormat::Json => Ok(Payload::from_text(&rpc::client_call(method, params)?)),
        PayloadFormat::Protobuf => Ok(Payload::Bytes(protobuf::rpc::encode_client_call(method, params)?)),
    }
}

/// What the server answered, and how it is drawn: as it came, or for Protobuf what it says.
pub(super) fn answer(dialect: Dialect, flavour: Flavour, payload: &Payload) -> (AnswerKind, Payload) {
    match dialect.format_on(flavour) {
        PayloadFormat::Json => {
            let kind = payload.as_text().map_or(AnswerKind::Unreadable, |text| kind(&Reply::read(text)));
            (kind, payload.clone())
        }
        PayloadFormat::Protobuf => match protobuf::rpc::decode_reply(payload.as_bytes()) {
            Ok(reply) => (kind(&reply), Payload::from_text(&words(&reply))),
            Err(_) => (AnswerKind::Unreadable, payload.clone()),
        },
    }
}

fn kind(reply: &Reply) -> AnswerKind {
    match reply {
        Reply::Answer(_) | Reply::Text(_) => AnswerKind::Value,
        Reply::TimedOut => AnswerKind::TimedOut,
        Reply::Error(_) => AnswerKind::Error,
    }
}

fn words(reply: &Reply) -> String {
    match reply {
        Reply::Answer(value) => value.to_string(),
        Reply::Text(text) | Reply::Error(text) => text.clone(),
        Reply::TimedOut => "timeout".to_owned(),
    }
}
