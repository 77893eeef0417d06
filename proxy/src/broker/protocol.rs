//! The version of a connection, chosen once.

use super::{
    Malformed,
    packet::{ConnAck, Connect, Incoming, Outgoing},
    v4::V4,
    v5::V5,
};
use bytes::BytesMut;
use shared::wire::MqttVersion;

/// One connection's codec and state.
pub(super) enum Protocol {
    V4(Box<V4>),
    V5(Box<V5>),
}

impl Protocol {
    pub(super) fn new(version: MqttVersion, max_packet_bytes: usize, window: u16) -> Self {
        match version {
            MqttVersion::V3_1_1 => Self::V4(Box::new(V4::new(max_packet_bytes, window))),
            MqttVersion::V5 => Self::V5(Box::new(V5::new(max_packet_bytes, window))),
        }
    }

    pub(super) fn encode_connect(
        &mut self,
        connect: &Connect,
        buffer: &mut BytesMut,
    ) -> Result<(), Malformed> {
        match self {
            Self::V4(v4) => v4.encode_connect(connect, buffer),
            Self::V5(v5) => v5.encode_connect(connect, buffer),
        }
    }

    pub(super) fn decode_connack(&mut self, buffer: &mut BytesMut) -> Result<Option<ConnAck>, Malformed> {
        match self {
            Self::V4(v4) => v4.decode_connack(buffer),
            Self::V5(v5) => v5.decode_connack(buffer),
        }
    }

    pub(super) fn encode(&mut self, packet: Outgoing, buffer: &mut BytesMut) -> Result<(), Malformed> {
        match self {
            Self::V4(v4) => v4.encode(packet, buffer),
            Self::V5(v5) => v5.encode(packet, buffer),
        }
    }

    pub(super) fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Incoming>, Malformed> {
        match self {
            Self::V4(v4) => v4.decode(buffer),
            Self::V5(v5) => v5.decode(buffer),
        }
    }
}
