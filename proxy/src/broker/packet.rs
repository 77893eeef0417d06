//! MQTT packets as the session sees them, the same for every protocol version.

use bytes::Bytes;
use shared::{
    credentials::Credentials,
    wire::{QoS, SessionOptions},
};
use std::fmt;

/// Packet identifier of a request and its acknowledgement; never 0.
pub(crate) type PacketId = u16;

/// What the session sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outgoing {
    Publish {
        id: Option<PacketId>,
        topic: String,
        retain: bool,
        payload: Bytes,
    },
    Subscribe {
        id: PacketId,
        filters: Vec<(String, QoS)>,
    },
    Unsubscribe {
        id: PacketId,
        filters: Vec<String>,
    },
    PubAck {
        id: PacketId,
    },
    PingReq,
    /// The orderly end: the server forgets the last will (MQTT 5 section 3.14.4).
    Disconnect,
    /// An end after which the server is to publish the last will. MQTT 3.1.1 has no packet for it: there
    /// the connection just ends.
    DisconnectWithWill,
}

/// What the server sends after its CONNACK.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Incoming {
    Publish(IncomingPublish),
    /// `refused`: the server did not take the publish (MQTT 5 only).
    PubAck {
        id: PacketId,
        refused: Option<ServerReason>,
    },
    SubAck {
        id: PacketId,
        codes: Vec<SubAckCode>,
    },
    /// `refused`: the first refusal's code (MQTT 5 only).
    UnsubAck {
        id: PacketId,
        refused: Option<u8>,
    },
    /// The server ends the connection and says why (MQTT 5 only).
    Disconnect(ServerReason),
    PingResp,
    /// An acknowledgement of nothing we sent: late or repeated. To be passed over.
    Unsolicited,
}

impl Incoming {
    /// Bytes that it cost the server, about.
    pub(crate) fn weight(&self) -> usize {
        const OVERHEAD: usize = 8;
        match self {
            Self::Publish(publish) => OVERHEAD + publish.topic.len() + publish.payload.len(),
            _ => OVERHEAD,
        }
    }
}

/// A reason code of MQTT 5 and the server's own words; those are a stranger's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServerReason {
    pub(crate) code: u8,
    pub(crate) text: Option<String>,
}

/// A publish from the server; `id` stands for QoS 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IncomingPublish {
    pub(crate) id: Option<PacketId>,
    pub(crate) topic: String,
    pub(crate) retain: bool,
    pub(crate) duplicate: bool,
    pub(crate) payload: Bytes,
}

/// The server's answer for one filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SubAckCode {
    Granted(QoS),
    Refused(u8),
}

/// The first packet of a connection. Its options were checked ([`SessionOptions::check`]).
#[derive(Clone)]
pub(crate) struct Connect {
    pub(crate) credentials: Credentials,
    pub(crate) options: SessionOptions,
}

impl fmt::Debug for Connect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keep_alive_s = self.options.keep_alive_s;
        formatter.debug_struct("Connect").field("keep_alive_s", &keep_alive_s).finish_non_exhaustive()
    }
}

/// The server's answer to [`Connect`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConnAck {
    /// Return code of MQTT 3.1.1 (table 3.1) or reason code of MQTT 5 (section 3.2.2.2); 0 accepts.
    pub(crate) code: u8,
    pub(crate) session_present: bool,
    pub(crate) limits: ServerLimits,
}

/// What a server of MQTT 5 limits (section 3.2.2.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ServerLimits {
    /// Publishes in flight (receive maximum).
    pub(crate) in_flight: Option<u16>,
    pub(crate) packet_bytes: Option<u32>,
    pub(crate) only_qos_0: bool,
    pub(crate) keep_alive_s: Option<u16>,
}
