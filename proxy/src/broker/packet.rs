//! MQTT packets as the session sees them, the same for every protocol version.

use bytes::Bytes;
use shared::wire::QoS;
use std::fmt;

/// Packet identifier of a request and its acknowledgement; never 0.
pub(crate) type PacketId = u16;

/// What the session sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outgoing {
    Publish { id: Option<PacketId>, topic: String, retain: bool, payload: Bytes },
    Subscribe { id: PacketId, filters: Vec<(String, QoS)> },
    Unsubscribe { id: PacketId, filters: Vec<String> },
    PubAck { id: PacketId },
    PingReq,
    Disconnect,
}

/// What the server sends after its CONNACK.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Incoming {
    Publish(IncomingPublish),
    PubAck {
        id: PacketId,
    },
    SubAck {
        id: PacketId,
        codes: Vec<SubAckCode>,
    },
    UnsubAck {
        id: PacketId,
    },
    PingResp,
    /// An acknowledgement of nothing we sent: late or repeated. To be passed over.
    Unsolicited,
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

/// The first packet of a connection.
#[derive(Clone)]
pub(crate) struct Connect {
    pub(crate) client_id: String,
    pub(crate) keep_alive_s: u16,
    pub(crate) user_name: shared::credentials::AccessToken,
}

impl fmt::Debug for Connect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connect").field("keep_alive_s", &self.keep_alive_s).finish_non_exhaustive()
    }
}

/// The server's answer to [`Connect`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ConnAck {
    pub(crate) return_code: u8,
    pub(crate) session_present: bool,
}
