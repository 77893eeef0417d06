//! The broker side: one MQTT connection to a server, over TLS.
//!
//! [`connection`] reads and writes packets, [`packet`] names them without a protocol version, and the
//! versions' own files (`v4`, `v5`, chosen in `protocol`) are the only ones that name rumqttc. Knows nothing of browsers, requests
//! or JSON, and decides nothing: which packet follows which is the session's business.

pub(crate) mod connection;
pub(crate) mod packet;
mod protocol;
mod v4;
mod v5;

/// The bytes are not what MQTT allows here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Malformed;

/// What a publish may be on (MQTT section 4.7): our own length limit is for what we send.
fn is_topic_name(topic: &str) -> bool {
    !topic.is_empty() && !topic.contains(['+', '#', '\0'])
}
