//! The broker side: one MQTT connection to a server, over TLS.
//!
//! [`connection`] reads and writes packets, [`packet`] names them without a protocol version, and the
//! version's own file ([`v4`]) is the only one that names rumqttc. Knows nothing of browsers, requests
//! or JSON, and decides nothing: which packet follows which is the session's business.

pub(crate) mod connection;
pub(crate) mod packet;
mod v4;
