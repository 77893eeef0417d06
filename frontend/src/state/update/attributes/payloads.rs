//! The payloads of requests, answers and pushes, in the format of their topics.

use crate::state::dialect::{Dialect, PayloadFormat};
use shared::{
    payload::Payload,
    thingsboard::{
        attributes::{AttributesRequest, Push, Response},
        protobuf,
        topic::Flavour,
    },
};

/// Said of bytes where a text is due.
const NO_TEXT: &str = "This message about attributes is no text: the device profile may say Protobuf.";

pub(super) fn request(dialect: Dialect, wanted: &AttributesRequest) -> Payload {
    match dialect.format() {
        PayloadFormat::Json => Payload::from_text(&wanted.payload()),
        PayloadFormat::Protobuf => Payload::Bytes(protobuf::attributes::encode_request(wanted)),
    }
}

/// # Errors
/// A sentence.
pub(super) fn response(dialect: Dialect, flavour: Flavour, payload: &Payload) -> Result<Response, String> {
    match dialect.format_on(flavour) {
        PayloadFormat::Json => {
            Response::read(payload.as_text().ok_or(NO_TEXT)?).map_err(|problem| problem.to_string())
        }
        PayloadFormat::Protobuf => {
            protobuf::attributes::decode_response(payload.as_bytes()).map_err(|problem| problem.to_string())
        }
    }
}

/// What changed: over Protobuf changes and deletions may come as one.
///
/// # Errors
/// A sentence.
pub(super) fn pushes(dialect: Dialect, flavour: Flavour, payload: &Payload) -> Result<Vec<Push>, String> {
    match dialect.format_on(flavour) {
        PayloadFormat::Json => Push::read(payload.as_text().ok_or(NO_TEXT)?)
            .map(|push| vec![push])
            .map_err(|problem| problem.to_string()),
        PayloadFormat::Protobuf => {
            protobuf::attributes::decode_pushes(payload.as_bytes()).map_err(|problem| problem.to_string())
        }
    }
}
