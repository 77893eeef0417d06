//! Payloads in Protocol Buffers, as ThingsBoard's transport reads and writes them for a device whose profile
//! says so, or on the `/p` topics (ThingsBoard ProtoMqttAdaptor and ProtoConverter).
//!
//! Telemetry, attributes and the two messages of a call from the server follow a schema of the device
//! profile: here its default one ([`schema`]). A profile with a schema of its own needs bytes made
//! elsewhere. The other messages are the transport's own ([`transport`]).
//!
//! - [`upload`]: telemetry and attributes, JSON text to bytes and back as the server stores it
//! - [`attributes`]: requests, responses and pushes of attributes
//! - [`rpc`]: calls in both directions
//! - [`claim`]: the claim of a device
//!
//! Bytes after bytes: nothing here knows of topics. A field that a message does not have is skipped, as
//! Protocol Buffers want it. A known field in a foreign form is an error here; ThingsBoard's dynamic messages
//! skip it.

pub mod attributes;
pub mod claim;
mod print;
pub mod rpc;
pub mod schema;
pub mod transport;
pub mod upload;

use thiserror::Error;

/// Bytes that are no message of the kind that was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "The payload is no Protobuf message `{message}`: the device profile may say JSON, or have a schema of its own."
)]
pub struct DecodeProblem {
    /// The message's name in ThingsBoard.
    pub message: &'static str,
}

/// Reads a message.
fn decode<M: prost::Message + Default>(bytes: &[u8], message: &'static str) -> Result<M, DecodeProblem> {
    M::decode(bytes).map_err(|_| DecodeProblem { message })
}
